"""Preparing to renew a grant: when, by which kind of filing, and on which statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F
from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows import policies, terms
from workflows.days import rule_day
from workflows.machines.grant import IN_FORCE
from workflows.refusals import Refusal, StepRefused

from .. import programme_rules
from ..models import Grant, Renewal, User
from . import grants


@in_one_piece
def prepare(grant: Grant, *, by: User, at: datetime) -> Renewal:
    """Begin to prepare the renewal of a grant that runs; the open one, if there is one already."""
    locked: Grant = Grant.objects.visible_to(by).select_for_update(of=("self",)).get(pk=grant.pk)
    begun: Renewal | None = locked.renewals.filter(ended_at__isnull=True).first()
    if begun is not None:
        return begun
    if locked.state not in IN_FORCE:
        raise StepRefused(
            Refusal(
                "grant_ended",
                _("This deferred action no longer runs, so it cannot be renewed."),
                _("Talk with the worker about a new request."),
            )
        )
    return grants.open_renewal(locked, by=by, at=at)


@dataclass(frozen=True)
class Outlook:
    """What a grant's end means on a day: windows, kinds of filing, and the statement's state."""

    ends_on: date
    opens: terms.Due
    last_recommended: terms.Due
    may_extend: bool
    may_renew: bool
    months_extended: int
    statement_is_updated: bool
    permit_extends_by_itself: bool

    @property
    def gap(self) -> bool:
        """Whether a permit can run out while the next one is decided."""
        return not self.permit_extends_by_itself


def outlook(grant: Grant, *, at: datetime) -> Outlook:
    """The windows before a grant's end and what can be filed today."""
    book, on = policies.book(), rule_day(at)
    opens, last = (
        policies.calculate(rule, start=grant.ends_on, served=None, on=on, rows=book)
        for rule in ("ead_renewal_opens", "ead_renewal_last_recommended")
    )
    updated = Grant.objects.filter(
        pk=grant.pk, worker_request__statement__versions__signed_at__gt=F("opened_at")
    ).exists()
    return Outlook(
        ends_on=grant.ends_on,
        opens=opens,
        last_recommended=last,
        may_extend=programme_rules.may_extend(grant, book, on=on),
        may_renew=programme_rules.may_renew(grant, book, on=on),
        months_extended=int(book.value("dale.initial_months", on=on, default=48)),
        statement_is_updated=updated,
        permit_extends_by_itself=bool(book.value("ead.auto_extension", on=on, default=False)),
    )

"""What the programme allows on a day: new requests, extensions, renewals, form editions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from workflows import days_in_words, policies
from workflows.machine import Told
from workflows.machines.grant import IN_FORCE

if TYPE_CHECKING:
    from .models import Grant, Renewal, WorkerRequest

TWO_YEARS = 24


def _taken(request: WorkerRequest, book: policies.PolicyBook, *, on: date) -> Told:
    status = book.programme(on)
    overridden = bool(getattr(request, "fact_programme_override", False))
    renews = request.filing != request.Filing.INITIAL and request.earlier_grant_id is not None
    if status.takes_new_requests or overridden or renews:
        return Told(True)
    return Told(
        False,
        _("The programme is closed to new requests since %(day)s.")
        % {"day": days_in_words.day(status.since)},
        _(
            "What is already filed, granted, renewable or stayable goes on. "
            "A programme officer can record an override for this statement."
        ),
    )


def _edition(request: WorkerRequest, book: policies.PolicyBook, *, on: date) -> Told:
    accepted = book.value("form.g-325a.editions", on=on, default=[])
    if request.editions_mixed:
        return Told(False, _("The pages of Form G-325A are of different editions."))
    if not request.form_edition:
        return Told(
            False, _("The edition of Form G-325A is not recorded."), _("Read it at the foot of the form.")
        )
    if accepted and request.form_edition not in accepted:
        return Told(
            False,
            _("Edition %(edition)s of Form G-325A is not accepted on %(day)s.")
            % {"edition": request.form_edition, "day": days_in_words.day(on)},
            _("Accepted: %(editions)s.") % {"editions": ", ".join(accepted)},
        )
    return Told(True)


def may_extend(grant: Grant, book: policies.PolicyBook, *, on: date) -> bool:
    """Two years to four: only for two-year grants that still run, and only while that rule is in force."""
    return (
        grant.months == TWO_YEARS
        and grant.state in IN_FORCE
        and grant.ends_on >= on
        and bool(book.value("dale.extension", on=on, default=False))
    )


def may_renew(grant: Grant, book: policies.PolicyBook, *, on: date) -> bool:
    """Subsequent requests exist since January 2024; the window before the end is policy and only warns."""
    return bool(book.value("dale.subsequent_months", on=on, default=0))


def _rests_on_grant(request: WorkerRequest, book: policies.PolicyBook, *, on: date) -> Told:
    if request.filing == request.Filing.INITIAL:
        return Told(True)
    grant = request.earlier_grant
    if grant is None:
        return Told(False, _("No earlier grant is named."))
    if request.filing == request.Filing.EXTENSION:
        return Told(
            may_extend(grant, book, on=on),
            _("This grant cannot be extended from two years to four today."),
            _("Only two-year grants can be extended while that rule is in force. A renewal may be possible."),
        )
    return Told(may_renew(grant, book, on=on), _("No rule for renewals is in force on this day."))


def request_facts(request: WorkerRequest, *, on: date) -> Mapping[str, Told]:
    """The facts of a worker's request that dated policy decides."""
    book = policies.book()
    return {
        "programme_takes_it": _taken(request, book, on=on),
        "edition_is_accepted": _edition(request, book, on=on),
        "renewal_rests_on_a_grant": _rests_on_grant(request, book, on=on),
    }


def renewal_facts(renewal: Renewal, *, on: date) -> Mapping[str, Told]:
    """Whether a grant can be extended or renewed on a day."""
    book = policies.book()
    return {
        "extension_is_possible": Told(may_extend(renewal.grant, book, on=on)),
        "programme_renews": Told(
            may_extend(renewal.grant, book, on=on)
            if renewal.chosen == "EXTENSION"
            else may_renew(renewal.grant, book, on=on)
        ),
    }

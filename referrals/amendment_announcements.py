"""Who hears that an amendment was signed: each office whose requests rest on the statement, about its own.

Like every message it names neither a person nor an employer: what changed is on the statement's page, and
the requests are named by their references, to the office that carries them and to nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications import outbox
from workflows.models import Kind, Step
from workflows.parties import Capacity

from . import audiences
from .notification_matrix import Notice
from .scope import Change

MOST_NAMED = 20
CHECKED_AGAIN = "check_scope_again"


def tell_dependants(statement: Any, notice: Notice, *, step: Step) -> None:
    """One message to each representative of an office with open requests that rest on the statement."""
    requests = statement.worker_requests.filter(closed_at__isnull=True)
    by_desk: dict[int, list[Any]] = {}
    for request in requests.order_by("pk").only("pk", "reference", "representative_desk_id"):
        by_desk.setdefault(request.representative_desk_id, []).append(request)
    other = _with_another_result(requests, step)
    for desk, dependants in by_desk.items():
        people = audiences.at_desks([desk], [Capacity.REPRESENTATIVE])
        named = [each.reference for each in dependants if each.pk in other]
        for language, readers in audiences.by_language(people).items():
            with translation.override(language):
                outbox.tell(
                    event="statement.sign",
                    recipients=readers,
                    key=f"step:{step.pk}:{notice.to.key}",
                    about=statement.reference,
                    link=statement.get_absolute_url(),
                    subject=f"{statement.machine.label} {statement.reference}",
                    body=words(statement, dependants=len(dependants), named=named),
                    at=step.at,
                    channels=notice.channels,
                    urgent=notice.urgent,
                    mandatory=notice.mandatory,
                )


def _with_another_result(requests: Any, step: Step) -> set[int]:
    """The requests whose scope check came out differently when this amendment was signed."""
    checked = Step.objects.filter(case_id__in=requests.values("pk"), name=CHECKED_AGAIN, at=step.at)
    return {each.case_id for each in checked if each.data.get("before") != each.data.get("after")}


def words(statement: Any, *, dependants: int, named: Sequence[str]) -> str:
    """What the office reads in its inbox."""
    told = [
        _("The agency signed version %(number)s of this statement. It counts from now on.")
        % {"number": statement.version_in_force},
        _of_the_scope(_changes(statement)),
        ngettext(
            "%(count)d open request of your office depends on it.",
            "%(count)d open requests of your office depend on it.",
            dependants,
        )
        % {"count": dependants},
    ]
    if named:
        told.append(
            _("The scope check now says something else for: %(references)s.")
            % {"references": ", ".join(named[:MOST_NAMED])}
        )
    if len(named) > MOST_NAMED:
        more = len(named) - MOST_NAMED
        told.append(ngettext("And for %(count)d more.", "And for %(count)d more.", more) % {"count": more})
    return " ".join(told)


def _of_the_scope(changes: Iterable[Change]) -> str:
    found = list(changes)
    if any(each.narrows for each in found):
        return _("Its scope is narrower: somebody who was covered may not be covered any more.")
    return _("Its scope changed.") if found else _("Its scope is the same as before.")


def _changes(statement: Any) -> list[Change]:
    """How the scope in force differs from the one that was signed before it."""
    from .scope import compare
    from .services.worker_requests import scope_of

    signed = statement.versions.filter(signed_at__isnull=False).order_by("-number")[:2]
    if len(signed) < 2:
        return []
    new, old = signed
    return compare(scope_of(old), scope_of(new))


OWN_WORDS = {(Kind.STATEMENT, "sign", "dependants"): tell_dependants}
"""Notices of the matrix whose message differs from office to office: kind of case, step, audience."""

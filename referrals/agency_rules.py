"""What an agency asks of a request for a statement, and which answers it gives, from its dated rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from workflows import rules
from workflows.days import rule_day
from workflows.machine import Told
from workflows.models import Step
from workflows.policies import NoPolicy

if TYPE_CHECKING:
    from .models import SoiRequest, Statement

# The answers of an agency as its settings name them, by the fact that lets the step be taken.
ANSWERS = {
    "gives_statements": "issue",
    "asks_for_more": "need_information",
    "monitors": "monitor",
    "declines": "decline",
    "refers": "refer",
}
CHECKED_BY_DHS = "dhs_draft_check"
NO_OBJECTION = "no_objection"


def rule_of(key: str, jurisdiction: str, *, day: date, today: date) -> Any:
    """The value that a case of an agency has to keep to; None where no rule says anything."""
    try:
        return rules.current().book.governing(key, day=day, today=today, jurisdiction=jurisdiction).value
    except NoPolicy:
        return None


def request_facts(request: SoiRequest, *, on: date) -> Mapping[str, Told]:
    """Whether the agency takes requests on a day, from this kind of requester, without a complaint."""
    agency = request.agency
    book = rules.current().book

    def rule(key: str, default: object) -> object:
        return book.value(key, on=on, jurisdiction=agency.code, default=default)

    takes_part = bool(rule("agency.participates", True))
    needs_complaint = bool(rule("agency.complaint_required", False))
    return {
        "agency_takes_requests": Told(
            takes_part,
            _("%(agency)s takes no requests for statements now.") % {"agency": agency.name},
        ),
        "requester_may_ask": _may_ask(
            request, rule("agency.who_may_ask", None), groups=bool(rule("agency.group_allowed", True))
        ),
        "shows_a_complaint": Told(not needs_complaint or bool(request.case_number.strip())),
    }


def _may_ask(request: SoiRequest, askers: object, *, groups: bool) -> Told:
    agency = request.agency.name
    if isinstance(askers, list) and request.requester_kind not in askers:
        return Told(
            False,
            _("%(agency)s does not take requests from: %(kind)s.")
            % {"agency": agency, "kind": request.get_requester_kind_display()},
            _("Ask through an attorney or another requester whom the agency accepts."),
        )
    if not groups and request.on_behalf_of != request.OnBehalfOf.INDIVIDUAL:
        return Told(
            False,
            _("%(agency)s takes requests on behalf of one worker only, not of a group.") % {"agency": agency},
            _("Say on whose behalf you ask, or ask once for each worker."),
        )
    return Told(True)


def answer_facts(request: SoiRequest, *, on: date) -> Mapping[str, Told]:
    """Which answers the agency gives, by the rule of the day on which the request was sent."""
    sent = rule_day(request.submitted_at) if request.submitted_at else on
    enabled = rule_of("agency.outcomes", request.agency.code, day=sent, today=on)
    return {
        fact: Told(not isinstance(enabled, list) or answer in enabled) for fact, answer in ANSWERS.items()
    }


def sees_drafts(agency_code: str, *, on: date) -> bool:
    """Whether DHS sees the drafts of an agency before they are signed."""
    return bool(rule_of("agency.dhs_preapproval", agency_code, day=on, today=on))


def dhs_has_seen_the_draft(statement: Statement, *, on: date) -> Told:
    """Whether DHS has no objection to the draft as it was last sent for approval, where that is asked."""
    if not sees_drafts(statement.jurisdiction, on=on):
        return Told(True)
    checked = last_check(statement)
    if checked is None:
        return Told(False)
    if checked.data.get("answer") != NO_OBJECTION:
        return Told(
            False,
            _("DHS has objections to this draft."),
            _("Return the draft to its drafter, or record another answer of DHS."),
        )
    return Told(True)


def last_check(statement: Statement) -> Step | None:
    """The last answer of DHS to the draft as it stands; None if the draft was written anew since."""
    own = Step.objects.filter(case_id=statement.pk)
    written = own.filter(name__in=["revise", "send_for_approval", "amend"]).order_by("-sequence").first()
    checks = own.filter(name=CHECKED_BY_DHS).order_by("-sequence")
    return checks.filter(sequence__gt=written.sequence if written else 0).first()

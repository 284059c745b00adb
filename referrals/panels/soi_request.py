"""A request for a statement, as the asking side and the agency see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from workflows.machines.soi_request import OPEN, State

from .. import presenting
from ..models import Assessment, Relief, SoiRequest, Statement, User
from ..services import suggestions
from ..templatetags.design import instant
from .base import Link, Panel, Section

ACKNOWLEDGEMENT = "soi_acknowledgement"
DETERMINATION = "soi_determination"


def panel(record: SoiRequest, user: User, *, at: datetime) -> Panel:
    """What the case page adds for one reader; the assessment only inside the agency."""
    prefetch_related_objects([record], "names", "sites")
    return _for_agency(record, user, at=at) if user.is_agency else _for_requester(record, user, at=at)


def _for_requester(record: SoiRequest, user: User, *, at: datetime) -> Panel:
    own = record.requester_id == user.organization_id
    links = []
    if own and record.state == State.DRAFT:
        links.append(Link(_("Write the request"), _edit(record, "agency"), main=True))
        links.append(Link(_("Check and send"), _edit(record, "check")))
    return Panel(
        title=_title(record),
        facts=_facts(record),
        sections=[
            *_answers(record, at=at),
            *_statements(record, user),
            _as_sent(record),
            *_questions(record),
        ],
        links=links,
        warning=_overdue(record, at=at),
    )


def _for_agency(record: SoiRequest, user: User, *, at: datetime) -> Panel:
    links = []
    if record.state in OPEN:
        main = record.state == State.UNDER_REVIEW
        links.append(
            Link(_("Assess the request"), reverse("soi_request_assess", args=[record.reference]), main)
        )
    assessments = Assessment.objects.visible_to(user).select_related("assessed_by")
    assessment = assessments.filter(request=record).first()
    return Panel(
        title=_title(record),
        facts=[(_("Asked by"), _asker(record)), *_facts(record)],
        sections=[
            _as_sent(record),
            *_statements(record, user),
            _matter(record),
            _same_place(record, user),
            *([_assessment(assessment)] if assessment else []),
            *_questions(record),
            *_answers(record, at=at),
        ],
        links=links,
        warning=_("Urgent: %(reason)s") % {"reason": record.urgent_reason} if record.urgent else "",
    )


def _title(record: SoiRequest) -> str:
    towns = suggestions.towns_of(record)
    employer = record.employer or _("Employer not named yet")
    return f"{employer}, {towns}" if towns else employer


def _asker(record: SoiRequest) -> str:
    contact = " · ".join(filter(None, [record.contact_name, record.contact_phone, record.contact_email]))
    return f"{record.requester} ({record.get_requester_kind_display()}) {contact}".strip()


def _facts(record: SoiRequest) -> list[tuple[str, Any]]:
    return [
        (_("Agency"), f"{record.agency}, {record.agency_desk.name}"),
        (_("On behalf of"), whom(record)),
        (_("Case number"), record.case_number),
        (_("Should support"), supported(record)),
        (_("Sent"), instant(record.submitted_at)),
        (_("Acknowledged"), instant(record.acknowledged_at)),
    ]


def whom(record: SoiRequest) -> str:
    """For whom the statement is asked, and for about how many workers."""
    group = record.get_on_behalf_of_display()
    if record.workers_affected is None:
        return group
    return _("%(whom)s, about %(number)s") % {"whom": group, "number": record.workers_affected}


def supported(record: SoiRequest) -> str:
    """The kinds of relief that the statement should support, in words; empty if none is chosen."""
    labels = dict(Relief.choices)
    return ", ".join(str(labels.get(each, each)) for each in record.relief)


def _edit(record: SoiRequest, part: str) -> str:
    return reverse("soi_request_edit", kwargs={"reference": record.reference, "part": part})


def _overdue(record: SoiRequest, *, at: datetime) -> str:
    """What to do now that the agency's acknowledgement is late."""
    late = [
        each for each in presenting.shown_clocks(record, at=at) if each.key == ACKNOWLEDGEMENT and each.late
    ]
    if not late:
        return ""
    return _("The agency has not acknowledged your request in time. What you can do now: %(escalation)s") % {
        "escalation": presenting.escalation(record, at=at)
    }


def _answers(record: SoiRequest, *, at: datetime) -> list[Section]:
    """When the agency acknowledged, and how its time to decide runs and stood still."""
    if not record.submitted_at:
        return []
    shown = next((each for each in presenting.shown_clocks(record, at=at) if each.key == DETERMINATION), None)
    clock = record.clocks.filter(key=DETERMINATION).prefetch_related("pauses").order_by("-pk").first()
    context = {
        "acknowledged_at": record.acknowledged_at,
        "office": record.agency_desk.name,
        "recheck_on": record.recheck_on,
        "deadline": shown,
        "pauses": list(clock.pauses.all()) if clock else [],
    }
    return [Section("answers", _("The agency's answer"), "statement_side/answers.html", context)]


def _as_sent(record: SoiRequest) -> Section:
    context = {"record": record, "names": list(record.names.all()), "sites": list(record.sites.all())}
    label = _("The request as sent") if record.submitted_at else _("The request so far")
    return Section("request", label, "statement_side/request_as_sent.html", context)


def _questions(record: SoiRequest) -> list[Section]:
    questions = list(record.questions.all())
    if not questions:
        return []
    return [
        Section(
            "questions", _("Questions and answers"), "statement_side/questions.html", {"questions": questions}
        )
    ]


def _statements(record: SoiRequest, user: User) -> list[Section]:
    own = list(Statement.objects.visible_to(user).filter(soi_request=record))
    if not own:
        return []
    return [Section("statements", _("Statement"), "statement_side/statement_links.html", {"statements": own})]


def _matter(record: SoiRequest) -> Section:
    suggested = [] if record.matter_id else suggestions.matters_for(record, most=3)
    context = {"record": record, "matter": record.matter, "suggested": suggested}
    return Section("matter", _("Matter"), "statement_side/matter_of_request.html", context)


def _same_place(record: SoiRequest, user: User) -> Section:
    context = {
        "requests": suggestions.requests_like(record, user),
        "statements": suggestions.statements_near(record, user),
    }
    return Section("same-place", _("About the same employer"), "statement_side/same_place.html", context)


def _assessment(assessment: Assessment) -> Section:
    from ..forms.assessments import factors_of

    context = {"assessment": assessment, "factors": factors_of(assessment)}
    return Section(
        "assessment", _("Assessment (your agency only)"), "statement_side/assessment.html", context
    )

"""What DHS sees of a filed request: what was filed, nothing that was told in confidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows import days_in_words

from ..models import PacketItem, Representation, User, WorkerRequest, WorkPermit
from ..packets import ITEMS
from ..services import decisions, intake
from . import comparison
from .base import Link, Panel, Section

QUESTIONS: dict[str, Promise] = {
    "in_proceedings": gettext_lazy("In removal proceedings"),
    "final_order": gettext_lazy("Final order of removal"),
    "reinstated_order": gettext_lazy("Reinstated order"),
    "voluntary_departure": gettext_lazy("Voluntary departure"),
    "detained": gettext_lazy("Detained now"),
    "prior_ice_contact": gettext_lazy("Earlier contact with ICE or supervision"),
}
STATES = {
    PacketItem.State.PRESENT: "in",
    PacketItem.State.MISSING: "missing",
    PacketItem.State.DEFECTIVE: "defective",
}


def panel(record: WorkerRequest, user: User, *, at: datetime) -> Panel:
    """The panel of a request for intake, USCIS or ICE."""
    on = timezone.localtime(at).date()
    return Panel(
        title=record.person.name,
        facts=[*identity(record), *statement_facts(record)],
        sections=[
            Section("scope", _("Claim and scope"), "dhs/sections/comparison.html", scope_context(record, on)),
            Section(
                "evidence",
                _("Evidence"),
                "dhs/sections/evidence.html",
                {"evidence": list(record.evidence.handed_over().with_scans())},
            ),
            Section("packet", _("Packet"), "dhs/sections/packet.html", packet_context(record)),
            Section("routing", _("Routing"), "dhs/sections/facts.html", {"facts": routing(record)}),
            *_asked(record),
            *_decision(record),
            *_permits(record, user),
        ],
        links=links(record, user),
        warning=urgent(record),
    )


def identity(record: WorkerRequest) -> list[tuple[str, Any]]:
    """The person as filed, and who stands by them."""
    person = record.person
    stands_by = (
        Representation.objects.filter(person=person, organization_id=record.representative_id, ended_on=None)
        .select_related("representative")
        .first()
    )
    facts: list[tuple[str, Any]] = [
        (_("Name"), person.name),
        (_("Other names"), person.other_names or _("none given")),
        (_("Date of birth"), days_in_words.day(person.born_on) if person.born_on else ""),
        (_("A-number"), person.a_number),
        (_("Nationality"), person.nationality),
        (_("Receipt number"), record.receipt_number),
        (_("Represented by"), record.representative.name),
    ]
    if stands_by is not None:
        facts.append(
            (_("Representative"), f"{stands_by.representative.name}, {stands_by.get_kind_display()}")
        )
    return facts


def statement_facts(record: WorkerRequest) -> list[tuple[str, Any]]:
    """The statement it rests on: number, version, live or not."""
    statement = record.statement
    live = _("in force") if statement.is_in_force else _("NOT in force: %(state)s")
    number = _("%(number)s version %(version)s, %(live)s") % {
        "number": statement.reference,
        "version": statement.version_in_force or "–",
        "live": live % {"state": statement.state_label} if "%(" in live else live,
    }
    return [
        (_("Kind of filing"), record.get_filing_display()),
        (_("Statement"), number),
        (_("Labor agency"), statement.agency.name),
        (_("Asks for a work permit"), _("yes") if record.asks_permit else _("no")),
    ]


def scope_context(record: WorkerRequest, on: Any) -> dict[str, Any]:
    version = record.statement.signed
    if version is not None:
        prefetch_related_objects([version], "names", "sites")
    found = comparison.verdict(record, version, on=on)
    word, tone = comparison.whole(found)
    return {
        "lines": comparison.lines(record, version, found),
        "whole": {"label": word, "tone": tone},
        "answer": record.scope_answer,
    }


def packet(record: WorkerRequest) -> list[dict[str, Any]]:
    """Every line of the packet: what intake found; before that, what was filed, without its notes."""
    drawn = []
    for item in record.items.all():
        words = ITEMS[item.key]
        state = STATES[PacketItem.State(item.intake_state or item.state)]
        why = item.intake_note
        if state == "missing" and not item.required:
            state = "recommended"
        drawn.append({"label": words.label, "state": state, "why": why})
    return drawn


def packet_context(record: WorkerRequest) -> dict[str, Any]:
    prefetch_related_objects([record], "items")
    unchecked = sum(1 for item in record.items.all() if not item.intake_state)
    return {"items": packet(record), "unchecked": unchecked}


def routing(record: WorkerRequest) -> list[tuple[str, Any]]:
    """The answers to the routing questions, the track and the field office."""
    said = {True: _("yes"), False: _("no"), None: _("not answered")}
    facts: list[tuple[str, Any]] = [
        (str(label), said[getattr(record, name)]) for name, label in QUESTIONS.items()
    ]
    if record.removal_at:
        facts.append((_("Removal date"), days_in_words.instant(record.removal_at)))
    facts.append((_("ICE field office"), record.ice_office.name if record.ice_office else _("none chosen")))
    facts.append((_("Track"), record.track or _("not routed yet")))
    return facts


def urgent(record: WorkerRequest) -> str:
    """The urgent lane: a person in detention, or a known removal date."""
    if record.closed_at is not None:
        return ""
    if record.removal_at:
        return _("Urgent: a removal date is known. Hours count here.")
    return _("Urgent: the worker is detained.") if record.detained else ""


def links(record: WorkerRequest, user: User) -> list[Link]:
    """The working pages of a reviewer beside the steps."""
    found = []
    where = {"reference": record.reference}
    if intake.may_check_packet(record, user):
        found.append(Link(_("Check completeness"), reverse("completeness", kwargs=where), main=True))
    if intake.may_route(record, user):
        found.append(Link(_("Routing questions"), reverse("routing", kwargs=where)))
    found.append(Link(_("Review side by side"), reverse("review", kwargs=where)))
    if decisions.may_decide(record, user):
        found.append(Link(_("Write the decision"), reverse("decision", kwargs=where), main=True))
    return found


def _asked(record: WorkerRequest) -> list[Section]:
    items = list(record.asked_items.all())
    if not items and not record.noid_answer:
        return []
    context = {"asked": items, "noid_answer": record.noid_answer}
    return [Section("asked", _("Asked and answered"), "dhs/sections/asked.html", context)]


def _decision(record: WorkerRequest) -> list[Section]:
    decision = decisions.last_decision(record)
    if decision is None:
        return []
    return [Section("decision", _("Decision"), "dhs/sections/decision.html", {"decision": decision})]


def _permits(record: WorkerRequest, user: User) -> list[Section]:
    permits = list(WorkPermit.objects.visible_to(user).filter(worker_request=record))
    if not permits:
        return []
    return [Section("permits", _("Work permit"), "dhs/sections/permits.html", {"permits": permits})]

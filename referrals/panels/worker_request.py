"""What the page of a worker's request shows: to the representative everything, to DHS what was filed."""

from __future__ import annotations

from datetime import date, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.days import rule_day
from workflows.days_in_words import day_with_weekday
from workflows.machines.worker_request import PREPARING, State

from ..forms.workers import LANGUAGES
from ..models import AskedItem, PacketItem, WorkerRequest
from ..packets import EMPLOYMENT
from ..services import evidence, notices, packets, worker_requests
from .base import Link, Panel, Section

TRACKS = {
    "USCIS": gettext_lazy("USCIS decides on deferred action and on the work permit."),
    "ICE": gettext_lazy("ICE decides on deferred action, USCIS on the work permit."),
}
TO_BRING = {
    State.DRAFT: gettext_lazy(
        "Collect what the checklist marks as missing. Talk about the risks before anything is signed."
    ),
    State.READY_FOR_SIGNATURE: gettext_lazy(
        "The whole packet and a pen: the worker signs by hand, after the talk about the risks."
    ),
    State.SIGNED: gettext_lazy("The whole packet, and a full copy for your office."),
    State.BIOMETRICS_SCHEDULED: gettext_lazy(
        "The appointment notice and a photo ID. Missing it can mean a denial."
    ),
    State.RFE_ISSUED: gettext_lazy(
        "Everything that is asked for, in one response, all at once. There is no extension."
    ),
    State.NOID_ISSUED: gettext_lazy(
        "An answer to each ground of the notice, in one response. There is no extension."
    ),
    State.ICE_INFO_REQUESTED: gettext_lazy("Everything that ICE asks for, in one response."),
    State.REJECTED: gettext_lazy(
        "The packet that came back: mend each defect and file again. No filing date was kept."
    ),
}
ADDRESS = gettext_lazy("Nothing now. If the worker moves, tell DHS within 10 days (Form AR-11).")


def panel(record: WorkerRequest, user: Any, *, at: datetime) -> Panel:
    """The panel for one reader. What a worker told the office in confidence is on none of them."""
    name = f"{__package__}.worker_request_dhs"
    if user.is_representative:
        return _representatives_panel(record, user, at=at)
    if user.is_dhs and find_spec(name) is not None:
        found: Panel = import_module(name).panel(record, user, at=at)
        return found
    return Panel(title=str(record.machine.label))


def _representatives_panel(record: WorkerRequest, user: Any, *, at: datetime) -> Panel:
    preparing = record.state in PREPARING
    links = _links(record)
    sections = [_now(record), *([_preflight(record, user, at=at)] if preparing else [])]
    asked = list(record.asked_items.all())
    if asked:
        sections.append(_asked(asked))
    sections += [_checklist(record, at=at), _scope(record, at=at), _consent(record)]
    related = _related(record)
    if related:
        sections.append(
            Section("follows", _("Work permit and grant"), f"{PARTS}/related.html", {"cases": related})
        )
    return Panel(title=record.person.name, facts=_facts(record, at=at), sections=sections, links=links)


def _links(record: WorkerRequest) -> list[Link]:
    """The office's pages of the request; while it is prepared, the one needed next is the main one."""
    pages = {
        "request_edit": _("Claim and forms"),
        "request_evidence": _("Proof of work"),
        "request_packet": _("Packet checklist"),
        "request_scope": _("Scope check"),
        "request_consent": _("Counselling and consent"),
        "request_screening": _("Confidential notes"),
    }
    main = _needed_next(record)
    links = [
        Link(label, reverse(name, args=[record.reference]), main=name == main)
        for name, label in pages.items()
    ]
    return [*links, Link(_("The worker"), reverse("worker", args=[record.person.token]))]


def _needed_next(record: WorkerRequest) -> str:
    if record.state not in PREPARING or record.signed_on is not None:
        return ""
    if not record.employer_on_stub or record.worked_from is None:
        return "request_edit"
    if not record.evidence.exists():
        return "request_evidence"
    if record.items.filter(required=True).exclude(state=PacketItem.State.PRESENT).exists():
        return "request_packet"
    return "" if record.consented_on and not record.consent_withdrawn_at else "request_consent"


PARTS = "worker_side/panels"


def _facts(record: WorkerRequest, *, at: datetime) -> list[tuple[str, Any]]:
    statement = record.statement
    shown: list[tuple[str, Any]] = [
        (
            _("Statement"),
            format_html(
                '<a href="{}">{}</a> · {} · {}',
                statement.get_absolute_url(),
                statement.reference,
                statement.agency.name,
                statement.state_label,
            ),
        ),
        (_("Kind of filing"), record.get_filing_display()),
        (_("Receipt number"), record.receipt_number),
    ]
    if record.track:
        shown.append((_("Who decides"), TRACKS.get(record.track, record.track)))
    if record.filed_at:
        noted = notices.noted(record)
        appointment = record.biometrics_on or noted.get("biometrics_on")
        if appointment:
            place = f" · {record.biometrics_place}" if record.biometrics_place else ""
            shown.append((_("Fingerprint appointment"), f"{day_with_weekday(appointment)}{place}"))
        shown += _differences(record, noted)
    outcome = record.decisions.order_by("-pk").first() if record.decided_at else None
    if outcome is not None:
        shown.append((_("Decision"), outcome.get_outcome_display()))
    if record.earlier_grant is not None:
        grant = record.earlier_grant
        shown.append(
            (
                _("Earlier grant"),
                format_html('<a href="{}">{}</a>', grant.get_absolute_url(), grant.reference),
            )
        )
    return shown


def _differences(record: WorkerRequest, noted: dict[str, date]) -> list[tuple[str, Any]]:
    """Where the paper that came says another date than DHS's record."""
    told = []
    pairs = (("biometrics_on", record.biometrics_on), ("rfe_served_on", record.rfe_served_on))
    for name, recorded in pairs:
        typed = noted.get(name)
        if typed and recorded and typed != recorded:
            told.append(
                (
                    _("Dates differ"),
                    _("Your notice says %(typed)s, DHS recorded %(recorded)s. Go by the earlier one.")
                    % {"typed": day_with_weekday(typed), "recorded": day_with_weekday(recorded)},
                )
            )
    return told


def _now(record: WorkerRequest) -> Section:
    bring = TO_BRING.get(State(record.state))
    text = str(bring) if bring else ("" if record.closed_at else str(ADDRESS))
    context = {"text": text, "then": str(record.standing.then)}
    return Section("now", _("What to do and to bring"), f"{PARTS}/now.html", context)


def _preflight(record: WorkerRequest, user: Any, *, at: datetime) -> Section:
    refusals = packets.preflight(record, by=user, at=at)
    return Section(
        "before-filing", _("Before it can be filed"), f"{PARTS}/preflight.html", {"refusals": refusals}
    )


STATES = {
    PacketItem.State.PRESENT: "in",
    PacketItem.State.MISSING: "missing",
    PacketItem.State.DEFECTIVE: "defective",
}


def _checklist(record: WorkerRequest, *, at: datetime) -> Section:
    url = reverse("request_packet", args=[record.reference])
    items = []
    for line, item in packets.lines(record, on=rule_day(at)):
        state = STATES[PacketItem.State(line.state)]
        shown = {
            "label": item.label if item else line.key,
            "state": "recommended" if state == "missing" and not line.required else state,
            "why": line.note or (item.why if item and state != "in" else ""),
        }
        if line.key == EMPLOYMENT:
            shown |= {
                "why": f"{shown['why']} {evidence.scans_in_words(record)}".strip(),
                "url": reverse("request_evidence", args=[record.reference]),
                "action": _("Proofs and scans"),
            }
        items.append(shown)
    present = sum(1 for each in items if each["state"] == "in")
    context = {"items": items, "url": url, "present": present, "total": len(items)}
    return Section("packet", _("Packet"), f"{PARTS}/checklist.html", context)


def _scope(record: WorkerRequest, *, at: datetime) -> Section:
    verdict = worker_requests.verdict(record, on=rule_day(at))
    context = {
        "verdict": verdict,
        "answer": record.scope_answer,
        "url": reverse("request_scope", args=[record.reference]),
        "edit_url": reverse("request_edit", args=[record.reference]),
    }
    return Section("scope", _("Scope"), f"{PARTS}/scope.html", context)


def _consent(record: WorkerRequest) -> Section:
    context = {
        "counselled_on": record.counselled_on,
        "counselled_in": dict(LANGUAGES).get(record.counselled_in, record.counselled_in),
        "consented_on": record.consented_on,
        "withdrawn_at": record.consent_withdrawn_at,
        "is_open": record.closed_at is None,
        "url": reverse("request_consent", args=[record.reference]),
        "withdraw_url": reverse("request_consent_withdraw", args=[record.reference]),
    }
    return Section("consent", _("Consent"), f"{PARTS}/consent.html", context)


def _asked(items: list[AskedItem]) -> Section:
    return Section("asked", _("What DHS asked for"), f"{PARTS}/asked.html", {"items": items})


def _related(record: WorkerRequest) -> list[Any]:
    grant = getattr(record, "deferred_action", None)
    return [*record.permits.all(), *([grant] if grant else [])]

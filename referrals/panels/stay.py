"""What the page of a stay shows: that it does not stop removal, the hours left, the papers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows import clockwork, days_in_words, policies, terms
from workflows.days import rule_day
from workflows.machines.stay import PENDING, PREPARING
from workflows.models import Deadline

from ..models import Stay, StayReferral
from .base import Link, Panel, Section

PARTS = "worker_side/panels"
RUNGS = {
    "warn_14": gettext_lazy("14 days before"),
    "warn_7": gettext_lazy("7 days before"),
    "warn_72h": gettext_lazy("72 hours before"),
    "warn_24h": gettext_lazy("24 hours before"),
    "due": gettext_lazy("The hour of removal"),
}


def panel(record: Stay, user: Any, *, at: datetime) -> Panel:
    """The panel for the representative, or for the field office with which the stay was filed."""
    own = user.is_representative
    pending = record.state in PENDING
    sections = [_papers(record, at=at)]
    if record.removal_at is not None and pending:
        sections.insert(0, _ladder(record, at=at))
    if record.filed_at is None:
        sections.append(_filing(record, at=at))
    referrals = list(
        StayReferral.objects.visible_to(user).filter(stay=record).select_related("agency").order_by("pk")
    )
    if own or referrals:
        ask = reverse("stay_support_new", args=[record.reference]) if own and pending else ""
        sections.append(
            Section(
                "support",
                _("Support of a labor agency"),
                f"{PARTS}/support.html",
                {"referrals": referrals, "ask_url": ask},
            )
        )
    return Panel(
        title=record.person.name,
        facts=_facts(record, own=own),
        sections=sections,
        links=_links(record) if own else [],
    )


def _links(record: Stay) -> list[Link]:
    links = [Link(_("The worker"), reverse("worker", args=[record.person.token]))]
    if record.state in PREPARING:
        links.insert(
            0, Link(_("Prepare Form I-246"), reverse("stay_edit", args=[record.reference]), main=True)
        )
    if record.state in PENDING:
        links.append(
            Link(_("Ask an agency to support it"), reverse("stay_support_new", args=[record.reference]))
        )
    return links


def _facts(record: Stay, *, own: bool) -> list[tuple[str, Any]]:
    person = record.person
    there = ZoneInfo(record.time_zone)
    removal = days_in_words.instant(record.removal_at, there) if record.removal_at else ""
    shown: list[tuple[str, Any]] = [
        (_("Removal"), removal or _("no day known")),
        (_("Detained"), (record.detained_at or _("yes")) if record.detained else _("no")),
        (_("Final order"), _order(record)),
        (_("Field office"), record.ice_office.name),
        (
            _("Appointment"),
            days_in_words.day_with_weekday(record.appointment_on) if record.appointment_on else _("none yet"),
        ),
        (_("Months asked for"), record.months_asked),
    ]
    if record.statement is not None:
        shown.append(
            (
                _("Statement"),
                format_html(
                    '<a href="{}">{}</a>', record.statement.get_absolute_url(), record.statement.reference
                )
                if own
                else record.statement.reference,
            )
        )
    if record.ends_on:
        shown.append((_("Stay until"), days_in_words.day_with_weekday(record.ends_on)))
    if not own:
        shown += [
            (_("Date of birth"), days_in_words.day_with_weekday(person.born_on) if person.born_on else ""),
            (_("Nationality"), person.nationality),
            (_("A-number"), person.a_number),
            (_("Representative"), record.representative.name),
            (_("Phone, day and night"), record.attorney_phone),
        ]
    return shown


def _order(record: Stay) -> str:
    if not record.final_order:
        return _("none")
    return days_in_words.day_with_weekday(record.order_on) if record.order_on else _("yes")


def _ladder(record: Stay, *, at: datetime) -> Section:
    """When people are warned before the removal, and what has passed already."""
    assert record.removal_at is not None
    rows = record.deadlines.filter(clock_key="removal_date", clock__stopped_at__isnull=True)
    steps = [
        {
            "label": RUNGS.get(row.rung, row.rung),
            "at": row.due_at,
            "done": row.state == Deadline.State.FIRED or row.due_at <= at,
        }
        for row in rows.exclude(state__in=[Deadline.State.SUPERSEDED, Deadline.State.CANCELLED]).order_by(
            "due_at"
        )
    ]
    days = clockwork.calendar_of(record)
    on = record.removal_at.astimezone(days.timezone).date()
    left = terms.remaining(terms.Due(on=on, at=record.removal_at), at, days)
    hours = max(0, int((record.removal_at - at).total_seconds() // 3600))
    context = {"steps": steps, "left": left.text, "hours": hours, "passed": record.removal_at <= at}
    return Section("removal", _("Time until removal"), f"{PARTS}/ladder.html", context)


def _papers(record: Stay, *, at: datetime) -> Section:
    fee = policies.value("fee.I-246", on=rule_day(at), default=None)
    fee_why = _("$%(fee)s today. A wrong fee leads to rejection.") % {"fee": fee} if fee is not None else ""
    lines = [
        (
            _("Form I-246, signed by hand"),
            record.form_signed,
            _("An unsigned form is rejected. One form for each person."),
        ),
        (
            record.get_identity_papers_display()
            if record.identity_papers
            else _("Identity papers (A, B or C)"),
            bool(record.identity_papers),
            _("Without them the papers are rejected."),
        ),
        (_("The reasons for a stay"), bool(record.reasons), _("Without a statement of reasons ICE denies.")),
        (_("The fee"), record.fee_ready, fee_why),
        (
            _("The worker's consent"),
            record.consented_on is not None and record.consent_withdrawn_at is None,
            _("Filing tells ICE who and where the worker is."),
        ),
    ]
    if record.medical:
        lines.append(
            (_("Medical documents"), record.medical_papers, _("Medical reasons without proof are denied."))
        )
    items = [
        {"label": label, "state": "in" if there else "missing", "why": "" if there else why}
        for label, there, why in lines
    ]
    return Section("papers", _("Papers for Form I-246"), f"{PARTS}/papers.html", {"items": items})


def _filing(record: Stay, *, at: datetime) -> Section:
    office = record.ice_office
    context = {
        "office": office,
        "fee": policies.value("fee.I-246", on=rule_day(at), default=None),
        "detained": record.detained,
    }
    return Section("filing", _("How it is filed"), f"{PARTS}/filing.html", context)

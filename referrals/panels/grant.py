"""Deferred action: its dates, its windows, who decided, and what it is not."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows import days_in_words, policies

from ..models import Grant, User, WorkerRequest, WorkPermit
from ..services import grants
from .base import Link, Panel, Section


def panel(record: Grant, user: User, *, at: datetime) -> Panel:
    """The panel of a grant for the representative and for DHS."""
    on = timezone.localtime(at).date()
    request = WorkerRequest.objects.visible_to(user).filter(pk=record.worker_request_id).first()
    permits = list(WorkPermit.objects.visible_to(user).filter(grant=record))
    sections = [
        Section("windows", _("Before it ends"), "dhs/sections/facts.html", {"facts": windows(record, on)})
    ]
    if record.termination_reason:
        sections.append(
            Section(
                "grounds",
                _("Grounds of the termination"),
                "dhs/sections/facts.html",
                {"facts": grounds(record)},
            )
        )
    if permits:
        sections.append(
            Section("permits", _("Work permit"), "dhs/sections/permits.html", {"permits": permits})
        )
    return Panel(
        title=record.person.name,
        facts=_facts(record),
        sections=sections,
        links=_links(record, request, user),
        warning=_("Deferred action gives no lawful status, and DHS may end it at any time.")
        if record.closed_at is None
        else "",
    )


def _facts(record: Grant) -> list[tuple[str, Any]]:
    statement = record.worker_request.statement
    return [
        (_("First day"), days_in_words.day_with_weekday(record.starts_on)),
        (_("Last day"), days_in_words.day_with_weekday(record.ends_on)),
        (_("Months"), record.months),
        (_("Decided by"), record.ice_office.name if record.ice_office else record.get_decider_display()),
        (_("Statement"), statement.reference),
        (_("Labor agency"), statement.agency.name),
    ]


def windows(record: Grant, on: date) -> list[tuple[str, Any]]:
    """When to ask again, by the dated rules of today; recommendations, not promises."""
    window = policies.value("dale.filing_window", on=on, default=None) or {}
    found: list[tuple[str, Any]] = []
    if window:
        first = record.ends_on - timedelta(days=int(window["first_days_before"]))
        last = record.ends_on - timedelta(days=int(window["last_days_before"]))
        found.append(
            (
                _("Best time to ask for a renewal"),
                _("%(first)s to %(last)s")
                % {"first": days_in_words.day(first), "last": days_in_words.day(last)},
            )
        )
    found.append((_("Days left"), max((record.ends_on - on).days, 0)))
    return found


def grounds(record: Grant) -> list[tuple[str, Any]]:
    return [
        (_("Authority"), record.termination_authority),
        (_("Reason"), record.termination_reason),
        (_("On whose request"), record.termination_requested_by),
    ]


def _links(record: Grant, request: WorkerRequest | None, user: User) -> list[Link]:
    found = []
    if grants.may_write_grounds(record, user):
        where = {"reference": record.reference}
        found.append(Link(_("Write the grounds of a termination"), reverse("grant_grounds", kwargs=where)))
    if request is not None:
        found.append(Link(_("The request it rests on"), request.get_absolute_url()))
    return found

"""The work permit: what it waits for, its dates, and the worksheet for those who decide."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from workflows import days_in_words, policies

from ..models import Grant, User, WorkerRequest, WorkPermit
from ..models.people import USCIS
from .base import Link, Panel, Section


def panel(record: WorkPermit, user: User, *, at: datetime) -> Panel:
    """The panel of a work permit for the representative, intake and USCIS."""
    sections = []
    if user.is_representative or user.capacity in USCIS:
        sections.append(
            Section(
                "worksheet",
                _("Economic necessity (Form I-765WS)"),
                "dhs/sections/facts.html",
                {"facts": worksheet(record)},
            )
        )
    return Panel(
        title=record.person.name,
        facts=_facts(record, timezone.localtime(at).date()),
        sections=sections,
        links=_links(record, user),
        warning="" if record.grant_id else _("It can be approved only after deferred action is granted."),
    )


def _facts(record: WorkPermit, on: date) -> list[tuple[str, Any]]:
    grant = record.grant
    facts: list[tuple[str, Any]] = [
        (_("Category"), "(c)(14)"),
        (
            _("Filed"),
            days_in_words.day_with_weekday(record.filed_at) if record.filed_at else _("not yet"),
        ),
        (
            _("Fee"),
            _("Fee waiver asked for (Form I-912)") if record.waiver_asked else _("Fee to be paid"),
        ),
        (
            _("Deferred action ends"),
            days_in_words.day_with_weekday(grant.ends_on) if grant else _("not granted"),
        ),
    ]
    if record.valid_from and record.valid_until:
        facts += [
            (_("Valid from"), days_in_words.day_with_weekday(record.valid_from)),
            (_("Valid until"), days_in_words.day_with_weekday(record.valid_until)),
            *_windows(record.valid_until, on),
        ]
    if record.card_last4:
        facts.append((_("Card number ends in"), record.card_last4))
    facts.append((_("Mail to"), record.person.safe_address or record.person.mailing_address))
    return facts


def _windows(valid_until: date, on: date) -> list[tuple[str, Any]]:
    """Between which days to ask for a new permit, by the rules of today: no extension is automatic."""
    found = []
    for rule, label in (
        ("ead_renewal_opens", _("First day to ask for a new one")),
        ("ead_renewal_last_recommended", _("Last recommended day to ask")),
    ):
        try:
            due = policies.calculate(rule, start=valid_until, served=None, on=on)
        except policies.NoPolicy:
            continue
        found.append((label, days_in_words.day_with_weekday(due.on)))
    return found


def worksheet(record: WorkPermit) -> list[tuple[str, Any]]:
    """The figures of the worksheet in US dollars."""

    def dollars(amount: int | None) -> str:
        return "" if amount is None else f"${amount:,}"

    return [
        (_("Annual income"), dollars(record.annual_income)),
        (_("Annual expenses"), dollars(record.annual_expenses)),
        (_("Total assets"), dollars(record.total_assets)),
        (_("Why the worker needs to work"), record.necessity),
    ]


def _links(record: WorkPermit, user: User) -> list[Link]:
    found = []
    request = WorkerRequest.objects.visible_to(user).filter(pk=record.worker_request_id).first()
    if request is not None:
        found.append(Link(_("The request it was filed with"), request.get_absolute_url()))
    grant = Grant.objects.visible_to(user).filter(pk=record.grant_id).first() if record.grant_id else None
    if grant is not None:
        found.append(Link(_("The deferred action it rests on"), grant.get_absolute_url()))
    return found

"""An agency's letter in support of one worker's stay: the one place where it reads a worker's name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from workflows.machines.stay_referral import State

from ..models import StayReferral, User
from ..templatetags.design import day, instant
from .base import Link, Panel, Section


def panel(record: StayReferral, user: User, *, at: datetime) -> Panel:
    """The worker, the consent, the ground, and why the name stands here."""
    stay = record.stay
    withdrawn = record.consent_withdrawn_at is not None
    facts: list[tuple[str, Any]] = [
        (
            _("Worker"),
            record.person.name if not (withdrawn and user.is_agency) else _("hidden: consent withdrawn"),
        ),
        (_("Consent signed"), day(record.consent_signed_on)),
        (_("Agency"), f"{record.agency}, {record.agency_desk.name}"),
        (_("Field office"), stay.ice_office.name),
        (_("Detained now"), _("yes") if stay.detained else _("no")),
        (_("Removal set for"), instant(stay.removal_at)),
    ]
    links = []
    if user.is_agency and record.state in (State.ASKED, State.DRAFTED) and record.ground:
        links.append(Link(_("Read the letter"), reverse("stay_support_preview", args=[record.reference])))
    return Panel(
        title=_("Support for a stay of removal"),
        facts=facts,
        sections=[
            Section(
                "name",
                _("Why a name stands here"),
                "statement_side/why_a_name.html",
                {"withdrawn": withdrawn},
            ),
            Section("letter", _("The letter"), "statement_side/stay_letter.html", _letter(record, user)),
        ],
        links=links,
        warning=_("The worker withdrew the consent. Do not use the name any more.") if withdrawn else "",
    )


def _letter(record: StayReferral, user: User) -> dict[str, Any]:
    written = user.is_agency or record.signed_at is not None
    matter = record.matter
    return {
        "written": written and bool(record.ground),
        "ground": record.get_ground_display() if written else "",
        "presence_needed": record.presence_needed if written else "",
        "months": record.months_asked if written else None,
        "matter": f"{matter.case_number} · {matter.get_stage_display()}" if written and matter else "",
        "phone": record.contact_phone if written else "",
    }

"""For what somebody must have proved a short while ago that it is they, and whether they have.

To sign, countersign, grant, deny, terminate, export, and to change rules and authority: a session that was
left open must not suffice. OWASP ASVS 5.0, 7.5.3; NIST SP 800-63B, 4.2.3.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from workflows.checks import machine_models
from workflows.machine import steps_of
from workflows.openness import COUNTERSIGN, manner_of

NAMED_STEPS = frozenset(
    {
        COUNTERSIGN,
        "approve",
        "decline",
        "deny",
        "give_notice",
        "grant",
        "intend_to_deny",
        "sign",
        "support",
    }
)
"""Steps of that name on whatever case, beside every step that a second person has to countersign."""
CHANGES = frozenset(
    {
        "absences",
        "access_review",
        "account_unlock",
        "admission",
        "agency_settings",
        "capacity_end",
        "closure_change",
        "closure_new",
        "disposition",
        "disposition_item",
        "export",
        "export_new",
        "hold",
        "holds",
        "openings",
        "organization",
        "organization_invite",
        "organization_propose",
        "override_new",
        "privacy_incident",
        "public_copy",
        "redaction",
        "redactions",
        "rule_change",
        "rule_check",
        "rule_propose",
        "signature",
        "signature_new",
    }
)
"""Pages that change a rule, who may do what, or what is kept, when something is sent to them."""
EXPORTS = frozenset({"case_history_file", "disclosures", "export_file"})
"""Addresses that give a file with what a case, or many, hold."""
STEP, TOGETHER = "case_step", "together"
ONLY_SHOWS = "show_due"


@cache
def steps() -> frozenset[str]:
    """The names of the steps for which a fresh proof is needed."""
    countersigned = {
        step.name
        for model in machine_models()
        for step in steps_of(model)
        if manner_of(step).countersigned_by
    }
    return NAMED_STEPS | countersigned


def needed(request: HttpRequest) -> bool:
    """Whether this very request needs a fresh proof; to look at a page never does."""
    match: Any = request.resolver_match
    page = match.view_name
    if page in EXPORTS:
        return True
    if request.method != "POST":
        return False
    if page == STEP:  # a form that is sent to show a date takes no step
        return match.kwargs["name"] in steps() and ONLY_SHOWS not in request.POST
    if page == TOGETHER:
        return request.POST.get("step", "").partition(".")[2] in steps()
    return page in CHANGES


def is_fresh(request: HttpRequest, *, at: datetime) -> bool:
    """Whether a password, a code or a passkey was given in this session in the last ``FRESH_SECONDS``.

    ``at`` is read off the machine's own clock, as the records are.
    """
    person: Any = request.user
    given = [record.get("at", 0) for record in get_authentication_records(request, person)]
    return bool(given) and at.timestamp() - max(given) < settings.FRESH_SECONDS

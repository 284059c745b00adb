"""What DHS answers to the draft of a statement, for agencies that sign only after DHS has seen it."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from workflows import engine, parties
from workflows.models import Step

from .. import agency_rules, personal_data
from ..models import Statement, User

ANSWERS = (agency_rules.NO_OBJECTION, "objections")


def record_check(
    statement: Statement,
    *,
    by: User,
    at: datetime,
    answer: str,
    answered_on: date,
    reason: str = "",
    expected_version: int | None = None,
) -> Step:
    """Write DHS's answer to the draft as it stands into the statement's history.

    A draft that is written or sent for approval anew needs another answer. Raises ``PermissionDenied`` for
    anybody but the agency's own people, ``PersonalDataFound`` and ``engine.StalePage``.
    """
    if not (parties.agency_staff(statement, by) or parties.agency_approver(statement, by)):
        raise PermissionDenied(_("The agency's own people record the answer of DHS."))
    personal_data.refuse({_("What DHS said"): reason})
    if answer not in ANSWERS:
        raise ValueError(answer)
    return engine.record_note(
        statement, agency_rules.CHECKED_BY_DHS, by=by, at=at, expected_version=expected_version,
        reason=reason, answer=answer, answered_on=answered_on, draft=statement.working_version,
    )  # fmt: skip

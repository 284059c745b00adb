"""A countersignature is worth what it was given for: if that changes, it falls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pgtrigger
import pytest
from django.db import DatabaseError, transaction

from referrals.models import Grant, StatementVersion, Stay, StayReferral, WorkerRequest, WorkPermit
from referrals.models.fields import is_sealed
from referrals.services import decisions, grants
from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD, active_statement, granted_request, reload, routed_request
from tests.laid_down import laid_down
from tests.letters_cases import reviewed_permit, reviewed_stay
from workflows import engine
from workflows.engine import StepRefused
from workflows.models import Case
from workflows.openness import COUNTERSIGN

LATER = OPEN_WORLD + timedelta(days=30)


@laid_down
def statement_to_be_closed(cast: Any) -> Any:
    statement = active_statement(cast)
    take_step(statement, "close", by=cast.approver, at=LATER, reason="The case settled.", outcome="settled")
    return statement, cast.second_approver


@laid_down
def denial_at_ice(cast: Any) -> Any:
    request = routed_request(cast, active_statement(cast), ice=True)
    take_step(request, "receive_at_ice", by=cast.ice_reviewer, at=LATER)
    take_step(request, "begin_ice_review", by=cast.ice_reviewer, at=LATER)
    decisions.write(
        request,
        by=cast.ice_reviewer,
        at=LATER,
        outcome="DENY",
        favorable="",
        adverse="",
        rationale="No need.",
    )
    take_step(request, "deny_at_ice", by=cast.ice_reviewer, at=LATER, reason="No need.", reason_code="OTHER")
    return request, cast.ice_supervisor


@laid_down
def termination(cast: Any) -> Any:
    grant = granted_request(cast, active_statement(cast), at=LATER, starts_on=date(2024, 8, 10), months=48)
    grants.write_grounds(
        grant, by=cast.adjudicator, at=LATER, authority="8 CFR 274a.14", reason="Fraud.", requested_by=""
    )
    take_step(grant, "terminate_at_once", by=cast.adjudicator, at=LATER, reason="Fraud.")
    return grant, cast.supervisor


@laid_down
def denial_of_a_permit(cast: Any) -> Any:
    permit = reviewed_permit(cast)
    take_step(permit, "deny", by=cast.adjudicator, at=LATER, reason="No need.", reason_code="OTHER")
    return permit, cast.supervisor


@laid_down
def denial_of_a_stay(cast: Any) -> Any:
    stay = reviewed_stay(cast)
    take_step(stay, "deny", by=cast.ice_reviewer, at=LATER, reason="No need.", reason_code="OTHER")
    return stay, cast.ice_supervisor


@laid_down
def support_declined(cast: Any) -> Any:
    from referrals.services import stays

    referral = stays.ask_support(
        reviewed_stay(cast), agency=cast.organizations["NLRB"], consent_signed_on=date(2024, 8, 1),
        by=cast.representative, at=LATER,
    )  # fmt: skip
    take_step(referral, "decline", by=cast.approver, at=LATER, reason="Not our matter.")
    return referral, cast.second_approver


def beside_the_door(model: Any, **values: Any) -> Callable[[Any], Any]:
    def change(record: Any) -> None:
        columns = {name: model._meta.get_field(name) for name in values}
        row = model.objects.get(pk=record.pk)
        told = {
            name: columns[name].sealed(value, row) if is_sealed(columns[name]) else value
            for name, value in values.items()
        }
        model.objects.filter(pk=record.pk).update(**told)

    return change


def another_decision(record: Any) -> None:
    decision = record.decisions.get()
    decision.rationale = "Something else."
    decision.save()


def another_author(record: Any) -> None:
    from referrals.models import User

    record.decisions.update(written_by=User.objects.get(email="ny-ice-reviewer@example.org"))


def statement_withdrawn(record: Any) -> None:
    with pgtrigger.ignore():
        Case.objects.filter(pk=record.statement_id).update(state="WITHDRAWN")


def another_version(record: Any) -> None:
    with pgtrigger.ignore():
        StatementVersion.objects.filter(statement=record).update(fingerprint="f" * 64)


def grant_ended(record: Any) -> None:
    with pgtrigger.ignore():
        Case.objects.filter(pk=record.grant_id).update(state="TERMINATED")


def another_reason(record: Any) -> None:
    with pgtrigger.ignore():
        record.proposals.update(reason="Something else.")


def another_payload(record: Any) -> None:
    with pgtrigger.ignore():
        record.proposals.update(payload={"reason_code": "FRAUD", "outcome": "lost"})


BOUND = [
    (statement_to_be_closed, another_version),
    (statement_to_be_closed, another_reason),
    (statement_to_be_closed, another_payload),
    (denial_at_ice, another_decision),
    (denial_at_ice, another_author),
    (denial_at_ice, another_reason),
    (denial_at_ice, another_payload),
    (denial_at_ice, statement_withdrawn),
    (denial_at_ice, beside_the_door(WorkerRequest, employer_on_stub="B Foods")),
    (denial_at_ice, beside_the_door(WorkerRequest, scope_result="out")),
    (termination, beside_the_door(Grant, termination_reason="Something else.")),
    (termination, beside_the_door(Grant, termination_authority="Another")),
    (termination, beside_the_door(Grant, ends_on=date(2030, 1, 1))),
    (denial_of_a_permit, beside_the_door(WorkPermit, annual_income=1)),
    (denial_of_a_permit, beside_the_door(WorkPermit, necessity="Food.")),
    (denial_of_a_permit, grant_ended),
    (denial_of_a_stay, beside_the_door(Stay, reasons="Something else.")),
    (denial_of_a_stay, beside_the_door(Stay, conditions="Something else.")),
    (denial_of_a_stay, beside_the_door(Stay, months_asked=3)),
    (support_declined, beside_the_door(StayReferral, presence_needed="A witness.")),
    (support_declined, another_reason),
]


@pytest.mark.parametrize(("proposed", "change"), BOUND)
def test_a_countersignature_falls_when_what_was_decided_changes(
    proposed: Callable[[Any], Any], change: Callable[[Any], None], cast: Any
) -> None:
    record, second = proposed(cast)
    change(record)
    before = reload(record).state
    with pytest.raises(StepRefused) as refused:
        engine.advance(reload(record), COUNTERSIGN, by=second, at=LATER)
    assert "content_changed" in [each.code for each in refused.value.refusals]
    assert reload(record).state == before


@pytest.mark.parametrize(
    "proposed", sorted({each for each, _change in BOUND}, key=lambda each: each.__name__)
)
def test_unchanged_it_is_countersigned(proposed: Callable[[Any], Any], cast: Any) -> None:
    record, second = proposed(cast)
    before = record.state
    take_step(record, COUNTERSIGN, by=second, at=LATER)
    assert reload(record).state != before


@laid_down
def under_review(cast: Any) -> Any:
    from referrals.services import statements

    statement = statements.open_draft(
        cases.matter_of(cast), office=cast.offices["nlrb-region-28"], by=cast.investigator, at=OPEN_WORLD
    )
    cases.complete_draft(statement, by=cast.investigator, at=OPEN_WORLD)
    take_step(statement, "send_for_approval", by=cast.investigator, at=OPEN_WORLD)
    return statement


CHANGES: list[Callable[[Any], Any]] = [
    lambda version: StatementVersion.objects.filter(pk=version.pk).update(supports="Something else."),
    lambda version: version.delete(),
    lambda version: version.names.create(name="B Foods", kind="LEGAL"),
    lambda version: version.names.update(name="B Foods"),
    lambda version: version.names.all().delete(),
    lambda version: version.sites.update(city="Tempe"),
    lambda version: version.sites.create(city="Tempe"),
]


@pytest.mark.parametrize("approved", [False, True])
@pytest.mark.parametrize("change", CHANGES)
def test_what_lies_before_an_approver_stands_still(
    change: Callable[[Any], Any], approved: bool, cast: Any
) -> None:
    statement = under_review(cast)
    if approved:
        take_step(statement, "approve", by=cast.approver, at=OPEN_WORLD)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(statement.draft)


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_signed_statement_covers_stands_still(change: Callable[[Any], Any], cast: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        change(active_statement(cast).signed)


def test_a_returned_draft_can_be_changed_again(cast: Any) -> None:
    statement = under_review(cast)
    take_step(statement, "return_to_drafter", by=cast.approver, at=OPEN_WORLD, reason="Name the site.")
    cases.complete_draft(statement, by=cast.investigator, at=LATER, supports="Say more.")
    assert reload(statement).draft.supports == "Say more."

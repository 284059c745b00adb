"""Forty paystubs carry a name that the statement does not: one amendment lets all forty in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from notifications.models import Message
from referrals.models import NameKind, Statement, WorkerRequest
from referrals.services import evidence, statements, worker_requests
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, draft_request, inbox_of
from workflows import history
from workflows.machines.statement import State
from workflows.parties import Capacity

FORTY = 40
ON_THE_STUB = "B Staffing"
LATER = OPEN_WORLD + timedelta(days=10)


@pytest.fixture
def statement(cast: Any) -> Statement:
    return active_statement(cast)


@pytest.fixture
def left_out(cast: Any, statement: Statement) -> None:
    for number in range(FORTY):
        request = draft_request(
            cast, statement, given_names=f"Persona {number}", employer_on_stub=ON_THE_STUB
        )
        evidence.add(
            request, by=cast.representative, at=OPEN_WORLD, kind="PAYSTUB", employer=ON_THE_STUB,
            covers_from=date(2022, 6, 1), covers_to=date(2023, 6, 30),
        )  # fmt: skip


def results() -> list[str]:
    return sorted(WorkerRequest.objects.values_list("scope_result", flat=True))


def amend(cast: Any, statement: Statement) -> None:
    take_step(
        statement, "amend", by=cast.investigator, at=LATER,
        reason="A staffing agency paid the night shift.",
    )  # fmt: skip
    named = [{"name": each.name, "kind": each.kind} for each in statement.draft.names.all()]
    statements.revise(
        statement, by=cast.investigator, at=LATER, values={},
        names=[*named, {"name": ON_THE_STUB, "kind": NameKind.STAFFING}],
    )  # fmt: skip
    take_step(statement, "send_for_approval", by=cast.investigator, at=LATER)
    take_step(statement, "approve", by=cast.approver, at=LATER)


class TestGivenFortyWorkersWithAnotherNameOnTheirPaystubs:
    @pytest.mark.usefixtures("left_out")
    def test_they_are_out_until_the_amendment_is_signed_and_nobody_types_anything(
        self, cast: Any, statement: Statement
    ) -> None:
        assert results() == ["out"] * FORTY
        request = WorkerRequest.objects.first()
        assert request is not None
        told = worker_requests.verdict(request, on=OPEN_WORLD.date())
        assert told is not None
        assert ON_THE_STUB in told.sentence

        amend(cast, statement)
        assert statement.version_in_force == 1
        assert results() == ["out"] * FORTY

        typed = {request.pk: request.employer_on_stub for request in WorkerRequest.objects.all()}
        take_step(statement, "sign", by=cast.signer, at=LATER, review_by_on=date(2026, 8, 5))
        assert statement.state == State.SIGNED
        assert statement.version_in_force == 2
        assert results() == ["in"] * FORTY
        for request in WorkerRequest.objects.all():
            assert request.employer_on_stub == typed[request.pk]
            assert request.scope_version == 2
            last = request.steps.last()
            assert last is not None
            assert (last.name, last.capacity) == ("check_scope_again", Capacity.SYSTEM)
            assert (last.data["before"], last.data["after"]) == ("out", "in")
        assert history.verify().broken is None

    def test_the_organization_that_asked_hears_when_it_goes_to_dhs(
        self, cast: Any, statement: Statement
    ) -> None:
        amend(cast, statement)
        take_step(statement, "sign", by=cast.signer, at=LATER, review_by_on=date(2026, 8, 5))
        before = len(inbox_of(cast.representative, statement))
        take_step(statement, "transmit", by=cast.investigator, at=LATER)
        assert len(inbox_of(cast.representative, statement)) == before + 1

    def test_the_first_version_stays_as_it_was_signed(self, cast: Any, statement: Statement) -> None:
        first = statement.versions.get(number=1)
        amend(cast, statement)
        take_step(statement, "sign", by=cast.signer, at=LATER, review_by_on=date(2026, 8, 5))
        again = statement.versions.get(number=1)
        assert again.fingerprint == first.fingerprint
        assert ON_THE_STUB not in [each.name for each in again.names.all()]

    @pytest.mark.usefixtures("left_out")
    def test_every_office_with_dependants_hears_of_its_own_and_the_agency_of_nobody(
        self, cast: Any, statement: Statement
    ) -> None:
        theirs = draft_request(cast, statement, by=cast.river, given_names="Otra")
        ours = [each.reference for each in WorkerRequest.objects.exclude(pk=theirs.pk).order_by("pk")]
        amend(cast, statement)
        before = {who: len(inbox_of(who, statement)) for who in (cast.representative, cast.river)}
        take_step(statement, "sign", by=cast.signer, at=LATER, review_by_on=date(2026, 8, 5))
        assert {who: len(inbox_of(who, statement)) - before[who] for who in before} == dict.fromkeys(
            before, 1
        )
        told, other = inbox_of(cast.representative, statement)[-1], inbox_of(cast.river, statement)[-1]
        assert "signed version 2 of this statement" in told
        assert "Its scope changed." in told
        assert "40 open requests of your office depend on it." in told
        assert [each for each in ours if each in told] == ours[:20]
        assert "And for 20 more." in told
        assert "1 open request of your office depends on it." in other
        assert not [each for each in ours if each in other]
        read_by_the_agency = " ".join(
            text
            for who in (cast.investigator, cast.approver, cast.second_approver, cast.signer)
            for text in inbox_of(who)
        )
        for hidden in (*ours, theirs.reference, "Persona", "Otra", "Ejemplo"):
            assert hidden not in read_by_the_agency
        for name in (ON_THE_STUB, "A Foods", "Persona", "Ejemplo"):
            assert name not in told

    def test_a_narrower_scope_is_called_narrower(self, cast: Any, statement: Statement) -> None:
        draft_request(cast, statement)
        take_step(statement, "amend", by=cast.investigator, at=LATER, reason="Only one year.")
        statements.revise(statement, by=cast.investigator, at=LATER, values={"period_from": date(2022, 9, 1)})
        take_step(statement, "send_for_approval", by=cast.investigator, at=LATER)
        take_step(statement, "approve", by=cast.approver, at=LATER)
        take_step(statement, "sign", by=cast.signer, at=LATER, review_by_on=date(2026, 8, 5))
        assert "Its scope is narrower" in inbox_of(cast.representative, statement)[-1]

    def test_nobody_hears_of_a_first_version_this_way(self, cast: Any, statement: Statement) -> None:
        assert not Message.objects.filter(event="statement.sign", recipient=cast.representative).exists()

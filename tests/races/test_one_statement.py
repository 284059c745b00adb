"""A step that sets nothing off is one statement without a transaction around it; any other has one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Channel, Message, Schedule, State
from recordsets import Rider
from referrals.models import SoiRequest
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD
from workflows import doorway, engine, history, storing
from workflows.models import Step, Wording

pytestmark = pytest.mark.django_db(transaction=True)

LATER = OPEN_WORLD + timedelta(hours=1)
READS = {"", "SELECT", "SAVEPOINT", "RELEASE"}
"""The engine's reading is numbered as PostgreSQL has it, and Django logs no words of such a statement."""
Submitted = Callable[[int], list[SoiRequest]]


def sent_while(work: Callable[[], object]) -> list[str]:
    """The first words of what the database was sent that changes something, or begins or ends a change."""
    with CaptureQueriesContext(connection) as captured:
        work()
    sent = [(query["sql"] or "").partition(" ")[0].upper() for query in captured]
    return [each for each in sent if each not in READS]


def mails(request: SoiRequest, event: str, to: Any) -> list[str]:
    found = Message.objects.filter(about=request.reference, event=event, channel=Channel.EMAIL, recipient=to)
    return list(found.values_list("state", flat=True))


@pytest.fixture
def request_(submitted: Submitted, cast: Any) -> SoiRequest:
    (request,) = submitted(1)
    take_step(request, "acknowledge", by=cast.investigator, at=OPEN_WORLD)
    Schedule.objects.all().delete()
    return request


def test_a_step_with_its_clocks_and_messages_is_one_statement(request_: SoiRequest, cast: Any) -> None:
    sent = sent_while(lambda: take_step(request_, "request_information", by=cast.investigator, at=LATER))
    assert sent == ["WITH"]
    assert mails(request_, "soi_request.request_information", cast.representative) == [State.PENDING]
    assert history.verify().broken is None


def test_its_reason_is_kept_in_the_same_statement(request_: SoiRequest, cast: Any) -> None:
    def withdraw() -> Step:
        return take_step(request_, "withdraw", by=cast.representative, at=LATER, reason="Settled.")

    assert sent_while(withdraw) == ["WITH"]
    assert Wording.objects.get(case=request_, field="reason").text == "Settled."
    assert history.verify().broken is None


def test_mail_to_somebody_with_hours_of_their_own_is_written_in_a_transaction_with_it(
    request_: SoiRequest, cast: Any
) -> None:
    Schedule.objects.create(user=cast.representative, summary=Schedule.Summary.DAILY, time_zone="UTC")
    sent = sent_while(lambda: take_step(request_, "request_information", by=cast.investigator, at=LATER))
    assert sent[:3] == ["WITH", "BEGIN", "WITH"]
    assert sent[-1] == "COMMIT"
    assert mails(request_, "soi_request.request_information", cast.representative) == [State.GATHERED]
    assert request_.steps.filter(name="request_information").count() == 1
    assert history.verify().broken is None


def test_a_step_with_a_letter_has_a_transaction(submitted: Submitted, cast: Any) -> None:
    (request,) = submitted(1)
    sent = sent_while(lambda: take_step(request, "acknowledge", by=cast.investigator, at=LATER))
    assert (sent[0], sent[-1]) == ("BEGIN", "COMMIT")


def test_what_fails_in_the_statement_leaves_nothing(request_: SoiRequest, cast: Any) -> None:
    failing = Rider(
        "INSERT INTO notifications_message (id) VALUES (%s::bigint) RETURNING id", ["no number"], len
    )
    with pytest.raises(DatabaseError):
        engine.advance(
            request_, "request_information", by=cast.investigator, at=LATER, along=lambda *_: failing
        )
    fresh = SoiRequest.objects.get(pk=request_.pk)
    assert (fresh.state, fresh.version) == (request_.state, request_.version)
    assert not fresh.steps.filter(name="request_information").exists()


class PutBack(OperationalError):
    sqlstate = "40P01"


def test_a_statement_that_was_put_back_is_repeated_from_the_start(request_: SoiRequest, cast: Any) -> None:
    real, tries = storing.store, iter([PutBack("deadlock detected")])

    def once(*changes: Any, **how: Any) -> set[int]:
        for failure in tries:
            raise failure
        return real(*changes, **how)

    with patch.object(doorway, "store", once):
        sent = sent_while(lambda: take_step(request_, "request_information", by=cast.investigator, at=LATER))
    assert sent == ["BEGIN", "WITH", "COMMIT"]
    assert request_.steps.filter(name="request_information").count() == 1


def test_who_was_slower_reads_again_under_the_lock(request_: SoiRequest, cast: Any) -> None:
    """Somebody else's line comes between the reading and the writing."""
    real, between = storing.store, iter([1])

    def after_another(*changes: Any, **how: Any) -> set[int]:
        for _each in between:
            other = SoiRequest.objects.get(pk=request_.pk)
            with patch.object(doorway, "store", real):
                engine.record_note(other, "seen", by=cast.approver, at=LATER)
        return real(*changes, **how)

    with patch.object(doorway, "store", after_another):
        step = take_step(request_, "request_information", by=cast.investigator, at=LATER)
    assert list(request_.steps.order_by("sequence").values_list("name", flat=True))[-2:] == [
        "seen",
        "request_information",
    ]
    assert step.sequence == request_.version
    assert len(mails(request_, "soi_request.request_information", cast.representative)) == 1
    assert history.verify().broken is None

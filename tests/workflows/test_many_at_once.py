"""The same step on many records: one statement each way, and each is decided on its own."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications import outbox
from notifications.models import Message
from referrals.models import Grant, SoiRequest
from referrals.services import decisions, effects
from referrals.services.steps import take_step, take_steps
from tests import cases
from tests.cases import OPEN_WORLD, reload
from tests.laid_down import laid_down
from workflows import engine, history
from workflows.engine import StalePage, StepRefused
from workflows.machines.soi_request_states import State
from workflows.models import Clock, Deadline, Step

LATER = OPEN_WORLD + timedelta(hours=1)


@pytest.fixture
@laid_down
def many(cast: Any) -> list[SoiRequest]:
    """Five requests that the agency has not acknowledged yet."""
    found = []
    for _each in range(5):
        request = cases.request_draft(cast)
        take_step(request, "submit", by=cast.representative, at=OPEN_WORLD)
        found.append(reload(request))
    return found


def traces_of(record: Any) -> Any:
    """Everything that a step leaves behind, without keys of rows."""
    step = record.steps.get(sequence=record.version)
    clocks = Clock.objects.filter(case=record).order_by("key", "started_at")
    rungs = Deadline.objects.filter(case=record).order_by("clock_key", "rung")
    messages = Message.objects.filter(about=record.reference).order_by("recipient_id", "channel", "event")
    return (
        record.state, record.version, record.desk_id, record.next_due_at, record.entered_state_at,
        (step.name, step.nature, step.actor_id, step.at, step.data, step.rules, step.effects),
        [(each.key, each.due_at, each.stopped_at) for each in clocks],
        [(each.clock_key, each.rung, each.due_at, each.state) for each in rungs],
        [(each.recipient_id, each.channel, each.event, each.body, each.state) for each in messages],
    )  # fmt: skip


def test_each_of_many_is_left_as_if_it_had_gone_alone(cast: Any, many: list[SoiRequest]) -> None:
    alone, *rest = many
    take_step(alone, "acknowledge", by=cast.investigator, at=LATER)
    verdicts = take_steps(rest, "acknowledge", by=cast.investigator, at=LATER)
    expected = traces_of(reload(alone))
    for record in rest:
        assert verdicts[record.pk] == record.steps.get(name="acknowledge")
        assert traces_of(record) == traces_of(reload(record)) == expected
    assert history.verify().broken is None


def test_what_one_is_refused_keeps_no_other_from_moving(cast: Any, many: list[SoiRequest]) -> None:
    take_step(reload(many[1]), "acknowledge", by=cast.approver, at=LATER)
    take_step(reload(many[3]), "withdraw", by=cast.representative, at=LATER, reason="Settled.")
    verdicts = take_steps(many, "acknowledge", by=cast.investigator, at=LATER)
    refused = {pk for pk, verdict in verdicts.items() if isinstance(verdict, StepRefused)}
    assert refused == {many[1].pk, many[3].pk}
    for pk in refused:
        verdict = verdicts[pk]
        assert isinstance(verdict, StepRefused)
        assert [each.code for each in verdict.refusals] == ["wrong_state"]
    assert [reload(each).state for each in many] == [
        State.ACKNOWLEDGED, State.ACKNOWLEDGED, State.ACKNOWLEDGED, State.WITHDRAWN, State.ACKNOWLEDGED,
    ]  # fmt: skip


def test_somebody_without_the_capacity_is_refused_every_one(cast: Any, many: list[SoiRequest]) -> None:
    verdicts = take_steps(many, "acknowledge", by=cast.representative, at=LATER)
    assert all(isinstance(verdict, StepRefused) for verdict in verdicts.values())
    assert not Step.objects.filter(name="acknowledge").exists()


def test_many_cost_as_many_statements_as_two(cast: Any, many: list[SoiRequest]) -> None:
    take_step(many.pop(), "acknowledge", by=cast.investigator, at=LATER)  # rules are read, statements built

    def cost(records: list[SoiRequest]) -> int:
        with CaptureQueriesContext(connection) as captured:
            engine.advance_all(records, "acknowledge", by=cast.investigator, at=LATER)
        return len(captured)

    assert cost(many[:2]) == cost(many[2:]) == 3, "lock, read, store"


def test_a_page_that_is_stale_is_refused_for_that_case_alone(cast: Any, many: list[SoiRequest]) -> None:
    seen = {each.pk: each.version for each in many}
    engine.record_note(reload(many[2]), "seen", by=cast.approver, at=LATER)
    verdicts = take_steps(many, "acknowledge", by=cast.investigator, at=LATER, expected_versions=seen)
    assert [pk for pk, each in verdicts.items() if isinstance(each, StalePage)] == [many[2].pk]
    assert sum(isinstance(each, Step) for each in verdicts.values()) == 4


def test_the_same_keys_again_change_nothing_and_answer_the_same(cast: Any, many: list[SoiRequest]) -> None:
    keys = {each.pk: f"bulk:{number}" for number, each in enumerate(many)}
    first = take_steps(many, "acknowledge", by=cast.investigator, at=LATER, keys=keys)
    told = Message.objects.count()
    again = take_steps(
        [reload(each) for each in many], "acknowledge", by=cast.investigator, at=LATER, keys=keys
    )
    assert again == first
    assert all(isinstance(each, Step) and each.repeated for each in again.values())
    assert Message.objects.count() == told
    assert Step.objects.filter(name="acknowledge").count() == len(many)


def test_proposals_of_many_wait_for_a_second_person_each(cast: Any) -> None:
    """Where a step needs two people, taking it on many proposes it on each."""
    statement = cases.active_statement(cast)
    pending = [cases.routed_request(cast, statement, ice=True) for _each in range(2)]
    for request in pending:
        for step in ("receive_at_ice", "begin_ice_review"):
            take_step(request, step, by=cast.ice_reviewer, at=LATER)
        decisions.write(
            request, by=cast.ice_reviewer, at=LATER, outcome="GRANT", rationale="The witness is needed."
        )
    on = {"grant_starts_on": date(2024, 6, 10), "months": 48}
    proposed = take_steps(pending, "grant_at_ice", by=cast.ice_reviewer, at=LATER, **on)
    assert [getattr(each, "nature", each) for each in proposed.values()] == ["PROPOSED", "PROPOSED"]
    own = take_steps(pending, "countersign", by=cast.ice_reviewer, at=LATER)
    assert all(isinstance(each, StepRefused) for each in own.values())
    settled = take_steps(pending, "countersign", by=cast.ice_supervisor, at=LATER)
    assert [getattr(each, "nature", each) for each in settled.values()] == ["MOVED", "MOVED"]
    assert Grant.objects.filter(worker_request__in=pending).count() == 2


def test_where_an_effect_is_refused_each_goes_alone_and_nobody_hears_twice(
    cast: Any, many: list[SoiRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    follow = effects.follow

    def refusing(record: Any, step: Step, **how: Any) -> None:
        if record.pk == many[2].pk:
            raise StepRefused(engine.Refusal("elsewhere", "Another case forbids it."))
        follow(record, step, **how)

    monkeypatch.setattr(effects, "follow", refusing)
    verdicts = take_steps(many, "acknowledge", by=cast.investigator, at=LATER)
    assert [pk for pk, each in verdicts.items() if isinstance(each, StepRefused)] == [many[2].pk]
    assert many[2].state == reload(many[2]).state == State.SUBMITTED
    heard = Message.objects.filter(event="soi_request.acknowledge")
    told = Counter(heard.values_list("about", "recipient_id", "channel"))
    assert set(told.values()) == {1}
    assert {about for about, *_whom in told} == {each.reference for each in many if each.pk != many[2].pk}


def test_a_case_that_is_gone_stops_all_of_them(cast: Any, many: list[SoiRequest]) -> None:
    gone = SoiRequest(pk=987_654_321)
    with pytest.raises(SoiRequest.DoesNotExist):
        engine.advance_all([*many, gone], "acknowledge", by=cast.investigator, at=LATER)
    assert not Step.objects.filter(name="acknowledge").exists()


def test_none_at_all_costs_nothing(cast: Any, db: None) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert engine.advance_all([], "acknowledge", by=cast.investigator, at=LATER) == {}
    assert len(captured) == 0


def test_notes_of_many_name_what_each_is_about(cast: Any, many: list[SoiRequest]) -> None:
    notes = {each: engine.Note({"number": each.pk}, key=f"note:{each.pk}") for each in many}
    written = engine.record_notes(notes, "counted", by=engine.SYSTEM, at=LATER)
    assert {pk: step.data for pk, step in written.items()} == {each.pk: {"number": each.pk} for each in many}
    assert [each.version for each in many] == [reload(each).version for each in many]
    assert engine.record_notes(notes, "counted", by=engine.SYSTEM, at=LATER) == written
    assert history.verify().broken is None


# What is told together


def tell(key: str, person: Any) -> list[Message]:
    return outbox.tell(
        event="soi_request.submit", recipients=[person], key=key, about="X", link="/", subject="S", body="B",
        at=LATER,
    )  # fmt: skip


def test_what_is_told_together_is_one_statement_and_falls_with_its_own_block(cast: Any, db: None) -> None:
    def told_and_undone() -> None:
        with outbox.together():
            tell("lost", cast.representative)
            raise ValueError("no")

    with CaptureQueriesContext(connection) as captured, transaction.atomic(), outbox.together():
        tell("first", cast.representative)
        with pytest.raises(ValueError, match="no"):
            told_and_undone()
        with outbox.together():
            tell("second", cast.investigator)
        assert not Message.objects.exists()
    written = [each["sql"] for each in captured if "INSERT" in each["sql"]]
    assert len(written) == 1
    assert set(Message.objects.values_list("recipient_id", flat=True)) == {
        cast.representative.pk, cast.investigator.pk,
    }  # fmt: skip
    assert Message.objects.count() == 4

"""One reading and one writing: what they see is of one moment, and who is slower writes nothing."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from referrals.models import SoiRequest, Statement, StayReferral, WorkerRequest, WorkPermit
from referrals.models.relief import Grant, Renewal
from referrals.models.stays import Stay
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, reload
from workflows import doorway, engine, openness, reading, reading_statement, rules
from workflows.engine import StalePage, StepRefused
from workflows.machine import FACT_PREFIX
from workflows.machines.soi_request_states import State
from workflows.models import Case, Policy, Step

LATER = OPEN_WORLD + timedelta(hours=1)
KINDS = (SoiRequest, Statement, WorkerRequest, Grant, WorkPermit, Renewal, Stay, StayReferral)


def facts(record: Any) -> dict[str, bool]:
    return {
        name: bool(value)
        for name, value in record.__dict__.items()
        if name.startswith((FACT_PREFIX, openness.TOOK_PART))
    }


@pytest.mark.parametrize("model", KINDS)
@pytest.mark.parametrize("single", [True, False])
def test_a_reading_depends_on_the_person_and_the_instant_alone(
    model: type[Case], single: bool, db: None
) -> None:
    compiled = reading_statement.statement(model, None, single, "default")
    asked = openness.with_facts(
        model._default_manager.order_by(), by=reading_statement.Anybody(pk=17), at=LATER
    )
    _sql, params = asked.query.get_compiler("default").as_sql()
    bound = compiled.bound(reading_statement.Anybody(pk=17), LATER, {}, [1] if single else [1, 2])
    told = [bound[int(number) - 1] for number in re.findall(r"[$](\d+)", compiled.sql)]
    text = {17: "17", LATER: LATER.isoformat(), LATER.date(): LATER.date().isoformat()}
    assert [text[each] for each in params if each in (*text,)] == [
        each for each in told if each in text.values()
    ]
    assert set(bound) - {*text.values()} == {"1" if single else "{1,2}", None if single else "{}"}


def test_what_never_changes_in_a_reading_is_written_out(db: None) -> None:
    compiled = reading_statement.statement(WorkerRequest, None, True, "default")
    assert "'WAITING'" in compiled.sql
    assert len(compiled.given) == len(set(compiled.given)) <= 5


def test_a_reading_finds_the_facts_that_the_page_shows(cast: Any, submitted: Any, pending: Any) -> None:
    for record, person in ((submitted, cast.investigator), (pending, cast.ice_supervisor)):
        shown = openness.load(type(record), record.pk, by=person, at=LATER)
        found = reading.read(type(record), [record.pk], by=person, at=LATER, step=openness.COUNTERSIGN)
        assert facts(found[record.pk].record) == facts(shown)
        assert facts(shown)


def test_a_reading_holds_clocks_pauses_and_fired_rungs(cast: Any, submitted: Any) -> None:
    found = reading.read(SoiRequest, [submitted.pk], by=cast.investigator, at=LATER)[submitted.pk]
    stored = {clock.key: clock for clock in submitted.clocks.filter(stopped_at=None)}
    assert {clock.key for clock in found.clocks} == set(stored)
    for clock in found.clocks:
        twin = stored[clock.key]
        assert (clock.due_at, clock.due_on, clock.started_at, clock.policy_id, clock.generation) == (
            twin.due_at, twin.due_on, twin.started_at, twin.policy_id, twin.generation,
        )  # fmt: skip
        assert clock.stretches() == list(twin.pauses.all())


def test_a_step_is_one_reading_and_one_writing_statement(cast: Any, submitted: Any) -> None:
    take_step(submitted, "acknowledge", by=cast.investigator, at=LATER)
    with CaptureQueriesContext(connection) as captured:
        engine.advance(submitted, "begin_review", by=cast.investigator, at=LATER)
    assert len(captured) == 2


def test_who_was_slower_reads_again_and_is_told_why_not(
    cast: Any, submitted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, passed = doorway.store, list[bool]()

    def slower(changes: Any, **how: Any) -> set[int]:
        if not passed:
            passed.append(True)
            engine.advance(reload(submitted), "acknowledge", by=cast.approver, at=LATER)
        return store(changes, **how)

    monkeypatch.setattr(doorway, "store", slower)
    with pytest.raises(StepRefused) as refused:
        engine.advance(submitted, "acknowledge", by=cast.investigator, at=LATER)
    assert [each.code for each in refused.value.refusals] == ["wrong_state"]
    steps = Step.objects.filter(case_id=submitted.pk, name="acknowledge")
    assert steps.get().actor_id == cast.approver.pk


def test_who_was_slower_but_is_still_right_gets_the_next_number(
    cast: Any, submitted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, passed = doorway.store, list[bool]()

    def slower(changes: Any, **how: Any) -> set[int]:
        if not passed:
            passed.append(True)
            engine.record_note(reload(submitted), "seen", by=cast.approver, at=LATER)
        return store(changes, **how)

    monkeypatch.setattr(doorway, "store", slower)
    version = submitted.version
    step = engine.advance(submitted, "acknowledge", by=cast.investigator, at=LATER)
    assert (step.sequence, submitted.version, reload(submitted).version) == (
        version + 2, version + 2, version + 2,
    )  # fmt: skip


def test_a_stale_page_is_still_refused_after_a_lost_race(
    cast: Any, submitted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, passed = doorway.store, list[bool]()

    def slower(changes: Any, **how: Any) -> set[int]:
        if not passed:
            passed.append(True)
            engine.record_note(reload(submitted), "seen", by=cast.approver, at=LATER)
        return store(changes, **how)

    monkeypatch.setattr(doorway, "store", slower)
    with pytest.raises(StalePage):
        engine.advance(
            submitted, "acknowledge", by=cast.investigator, at=LATER, expected_version=submitted.version
        )


def refused_by_the_database(write: Any) -> None:
    with pytest.raises(DatabaseError, match="together with a step"), transaction.atomic():
        write()


def test_the_database_refuses_every_other_way_to_a_state(cast: Any, submitted: Any) -> None:
    mine = Case.objects.filter(pk=submitted.pk)
    refused_by_the_database(lambda: mine.update(state=State.ACCEPTED))
    refused_by_the_database(lambda: mine.update(state=State.ACCEPTED, version=submitted.version + 1))
    refused_by_the_database(lambda: mine.update(version=submitted.version + 1))
    refused_by_the_database(lambda: mine.update(head_hash="f" * 64))
    stale = reload(submitted)
    engine.advance(submitted, "acknowledge", by=cast.investigator, at=LATER)
    refused_by_the_database(stale.save)
    assert reload(submitted).state == State.ACKNOWLEDGED


def test_rules_are_read_once_and_again_when_one_changes(db: None) -> None:
    kept = rules.current()
    with CaptureQueriesContext(connection) as captured:
        assert rules.current() is kept
    assert len(captured) == 1
    changed = Policy.objects.filter(key="rfe").latest("effective_from")
    with transaction.atomic():
        Policy.objects.filter(pk=changed.pk).update(unit="anew")
        assert rules.current().rows[changed.pk].unit == "anew"
        transaction.set_rollback(True)
    assert rules.current().rows[changed.pk].unit == changed.unit


def test_a_clock_that_begins_anew_in_one_step_stops_and_starts(cast: Any, pending: Any) -> None:
    """Serving a notice again: the running clock ends and a new one of the same name begins, at once."""
    from referrals.services import worker_requests
    from tests import cases

    request = cases.routed_request(cast, pending.statement)
    take_step(request, "record_biometrics", by=cast.adjudicator, at=LATER)
    worker_requests.ask_items(request, "rfe", [{"text": "Proof of work in March."}], at=LATER)
    take_step(
        request, "request_evidence", by=cast.adjudicator, at=LATER,
        rfe_served_on=date(2024, 8, 6), rfe_served_by="mail",
    )  # fmt: skip
    WorkerRequest.objects.filter(pk=request.pk).update(rfe_served_on=date(2024, 8, 9))
    step = engine.record_note(request, "served_again", by=cast.adjudicator, at=LATER)
    rfe = [each["what"] for each in step.effects if each["clock"] == "rfe"]
    assert rfe == ["stopped", "started"]
    running = request.clocks.get(key="rfe", stopped_at=None)
    assert running.counts_from == date(2024, 8, 9)
    assert set(request.deadlines.filter(state="ARMED", clock_key="rfe").values_list("clock", flat=True)) == {
        running.pk
    }

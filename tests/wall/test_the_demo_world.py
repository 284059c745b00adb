"""The demo: built through real steps, built once, in two worlds, with something due for everybody."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from notifications.models import KeptMail, Message
from referrals import demo
from referrals.demo import workers
from referrals.demo.workers import Worker
from referrals.demo.world import TRAINING, build
from referrals.models import WorkerRequest
from tests.wall.world import NOW, World, person_of
from tests.workflows.test_spanish import texts
from workflows import engine, history, policies, stuck
from workflows.machines import (
    grant_states,
    soi_request_states,
    statement_states,
    stay_states,
    work_permit_states,
    worker_request_states,
)
from workflows.models import Case, Deadline, Kind, Step

REQUEST, STATEMENT = soi_request_states.State, statement_states.State
WORKER, GRANT = worker_request_states.State, grant_states.State
PERMIT, STAY = work_permit_states.State, stay_states.State
THERE: dict[Kind, set[str]] = {
    Kind.SOI_REQUEST: {
        REQUEST.DRAFT, REQUEST.SUBMITTED, REQUEST.UNDER_REVIEW, REQUEST.INFO_REQUESTED, REQUEST.MONITORING,
        REQUEST.ACCEPTED, REQUEST.DECLINED,
    },
    Kind.STATEMENT: {
        STATEMENT.DRAFT, STATEMENT.AGENCY_REVIEW, STATEMENT.TRANSMITTED, STATEMENT.RETURNED, STATEMENT.ACTIVE,
        STATEMENT.EXPIRING, STATEMENT.WITHDRAWAL_NOTICE, STATEMENT.CLOSED,
    },
    Kind.WORKER_REQUEST: {
        WORKER.DRAFT, WORKER.SIGNED, WORKER.FILED, WORKER.COMPLETENESS_CHECK, WORKER.BIOMETRICS_SCHEDULED,
        WORKER.IN_ADJUDICATION, WORKER.RFE_ISSUED, WORKER.ICE_REVIEW, WORKER.ICE_INFO_REQUESTED, WORKER.HELD,
        WORKER.GRANTED, WORKER.DENIED, WORKER.REJECTED,
    },
    Kind.GRANT: {GRANT.ACTIVE, GRANT.EXPIRING, GRANT.TERMINATION_NOTICE},
    Kind.WORK_PERMIT: {PERMIT.DELIVERED, PERMIT.UNDELIVERABLE, PERMIT.EXPIRING, PERMIT.IN_ADJUDICATION},
    Kind.STAY: {STAY.UNDER_REVIEW, STAY.ACTIVE},
}  # fmt: skip
DESKS = (
    "desert-legal-aid", "river-workers-center", "nlrb-region-28", "dhs-intake", "uscis-adjudication",
    "ice-phoenix",
)  # fmt: skip


def request_of(worker: Worker) -> WorkerRequest:
    return WorkerRequest.objects.get(person=person_of(worker))


def may_file(world: World, worker: Worker) -> list[str]:
    """The codes of what keeps a request from being filed; none if it can be."""
    found = engine.options_for(request_of(worker), by=world.cast.representative, at=NOW)
    return [each.code for option in found if option.name == "file" for each in option.refusals]


@pytest.mark.parametrize("kind", THERE)
def test_it_shows_cases_in_many_states(world: World, kind: Kind) -> None:
    states = set(Case.objects.filter(kind=kind).values_list("state", flat=True))
    assert THERE[kind] - states == set()


@pytest.mark.parametrize("desk", DESKS)
def test_something_is_due_at_every_desk_within_a_week(world: World, desk: str) -> None:
    due = Case.objects.open().filter(desk__key=desk, next_due_at__range=(NOW, NOW + timedelta(days=7)))
    assert due.exists()


def test_every_history_holds_and_nothing_that_was_due_is_still_armed(world: World) -> None:
    assert history.verify().broken is None
    assert not Deadline.objects.filter(state=Deadline.State.ARMED, due_at__lte=NOW).exists()
    assert not Message.objects.undelivered().exists()
    assert KeptMail.objects.exists()


def test_building_it_again_adds_nothing(world: World) -> None:
    def counted() -> list[int]:
        return [model.objects.count() for model in (Case, Step, Message, KeptMail, WorkerRequest)]

    before = counted()
    built = build(world.cast, now=NOW, world="closed")
    assert not built.new
    assert counted() == before


class TestTheClosedWorld:
    def test_a_new_request_is_refused_with_the_reason(self, world: World) -> None:
        assert may_file(world, workers.BENIGNO) == ["programme_takes_it"]

    def test_under_an_override_the_main_line_can_be_walked_today(self, world: World) -> None:
        assert may_file(world, workers.SOCORRO) == []

    def test_a_draft_from_before_the_end_is_on_hold(self, world: World) -> None:
        assert request_of(workers.AMPARO).state == worker_request_states.State.HELD


class TestTheOpenWorld:
    def test_new_requests_are_taken_and_held_ones_go_on(self, world: World) -> None:
        build(world.cast, now=NOW, world="open")
        assert policies.programme(NOW.date()).source == TRAINING
        assert "Not real" in policies.programme(NOW.date()).note
        assert may_file(world, workers.BENIGNO) == []
        assert request_of(workers.AMPARO).state == worker_request_states.State.DRAFT

    def test_the_past_stays_as_it_was(self, world: World) -> None:
        build(world.cast, now=NOW, world="open")
        assert not policies.programme(NOW.date() - timedelta(days=1)).takes_new_requests

    def test_closing_it_again_takes_the_training_row_away(self, world: World) -> None:
        before = policies.programme(NOW.date())
        build(world.cast, now=NOW, world="open")
        build(world.cast, now=NOW, world="closed")
        assert policies.programme(NOW.date()) == before
        assert may_file(world, workers.BENIGNO) == ["programme_takes_it"]


def test_there_is_no_third_world(world: World) -> None:
    with pytest.raises(ValueError, match="closed or open"):
        build(world.cast, now=NOW, world="half-open")


def test_the_walk_names_words_that_stand_on_the_pages(world: World) -> None:
    walk = (Path(demo.__file__).parent / "WALK.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", " ".join(walk.split())))
    shown = {entry.english for package in ("referrals", "workflows") for entry in texts(package)}
    filled = [re.sub(r"%\\\(\w+\\\)\w", ".+", re.escape(text)) for text in shown if "%(" in text]
    missing = {each for each in named - shown if not any(re.fullmatch(one, each) for one in filled)}
    assert missing == {"italics"}


def test_each_mail_of_the_past_went_out_on_its_own_day(world: World) -> None:
    days = {(mail.message.next_try_at.date(), mail.at.date()) for mail in KeptMail.objects.all()}
    assert len({sent for _due, sent in days}) > 20
    assert {(due, sent) for due, sent in days if due != sent} == set()


def test_no_case_of_the_demo_is_stuck(world: World) -> None:
    assert stuck.find(at=NOW) == []

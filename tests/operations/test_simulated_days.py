"""Four hundred days of the demo's world: what must be true on every one of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import override_settings

from notifications.models import Message
from referrals.demo import agencies, places, workers
from referrals.demo.cast import Cast
from referrals.demo.workers import Worker
from referrals.models import Matter, Membership, Statement, User, WorkerRequest
from referrals.services import policy_changes as service
from referrals.services import soi_requests
from referrals.services.steps import take_step
from tests.cases import committed_for_many_tests, demo_world
from tests.operations.simulated import Life, lived, mail_without_a_letter
from workflows import policies, policy_changes, policy_drafts
from workflows.checks import machine_models
from workflows.models import Deadline, PolicyChange, Step
from workflows.parties import Capacity

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
DAYS = 400
OPENS, CLOSES = 40, 160
SHUT = (200, 214)
LONGER = {
    "amount": 45,
    "unit": "calendar_days",
    "rungs": [
        {"rung": "warn_7", "before": {"amount": 7, "unit": "calendar_days"}},
        {"rung": "due"},
        {"rung": "breach", "after": {"amount": 1, "unit": "calendar_days"}},
        {"rung": "supervisor", "after": {"amount": 7, "unit": "calendar_days"}},
        {"rung": "head", "after": {"amount": 14, "unit": "calendar_days"}},
    ],
}


@dataclass
class People:
    """Who goes on working: requests come in, some are carried far, some are forgotten; rules change."""

    cast: Cast
    steward: User
    start: datetime = START

    def day(self, number: int) -> date:
        return (self.start + timedelta(days=number)).date()

    def work(self, number: int, at: datetime) -> None:
        """What happens on one day. Every fourth day nobody works."""
        if number % 4 == 3:
            return
        self.rules(number, at)
        if number % 7 == 1 and number < DAYS - 60:
            self.asked(number // 7, at)
        if number % 10 == 2 and OPENS < number < CLOSES:
            self.filed(number // 10, at)

    def rules(self, number: int, at: datetime) -> None:
        match number:
            case 5:
                self.decided("soi_determination", LONGER, first=20, at=at, governs="pending")
            case 30:
                self.programme(policies.ProgrammeState.OPEN, first=OPENS, at=at)
            case 150:
                self.programme(policies.ProgrammeState.CLOSED_TO_NEW, first=CLOSES, at=at)
            case 204:  # declared when it has begun
                change = policy_drafts.draft_closure(
                    jurisdiction="US", first_day=self.day(SHUT[0]), last_day=self.day(SHUT[1]),
                    authority="Order 9", reason="No appropriation.", by=self.cast.administrator, at=at,
                )  # fmt: skip
                policy_changes.approve(policy_changes.propose(change, at=at), by=self.steward, at=at)
            case 260:
                self.decided(
                    "soi_determination", LONGER | {"amount": 30}, first=270, at=at, governs="pending"
                )

    def decided(self, key: str, value: object, *, first: int, at: datetime, governs: str) -> None:
        change = policy_drafts.draft_rule(
            key=key, first_day=self.day(first), value=value, governs=governs, source="Order 7",
            reason="Fewer people than before.", by=self.cast.administrator, at=at,
        )  # fmt: skip
        policy_changes.approve(policy_changes.propose(change, at=at), by=self.steward, at=at)

    def programme(self, state: str, *, first: int, at: datetime) -> None:
        change = policy_drafts.draft_rule(
            key=policies.PROGRAMME, first_day=self.day(first), value=str(state), authority="Memorandum 4",
            source="Memorandum of the secretary", reason="Ordered.", by=self.cast.officer, at=at,
        )  # fmt: skip
        seen = service.propose(change, by=self.cast.officer, at=at).fingerprint
        service.approve(change, by=self.cast.administrator, at=at, seen=seen)

    def asked(self, turn: int, at: datetime) -> None:
        """A request for a statement: forgotten, under review, waiting for an answer, or carried to DHS."""
        cast, place = self.cast, places.POULTRY
        request = agencies.submitted(place, cast=cast, by=cast.representative, at=at)
        if turn % 4 == 0:
            return
        agencies.taken_up(request, Matter.objects.get(case_number=place.number), cast=cast, at=at)
        if turn % 4 == 2:
            soi_requests.ask(request, "In which months did the second crew work?", at=at)
            take_step(request, "request_information", by=cast.investigator, at=at)
        if turn % 4 == 3:
            statement = agencies.drafted(request, cast=cast, at=at)
            review = (at + timedelta(days=100)).date()
            agencies.signed(statement, cast=cast, at=at, review_by=review)
            agencies.in_force(statement, cast=cast, at=at + timedelta(hours=3))

    def filed(self, turn: int, at: datetime) -> None:
        """A worker's request: left as a draft, filed, or filed and routed."""
        cast = self.cast
        statement = Statement.objects.get(matter__case_number=places.ROOFING.number)
        worker = Worker("Nueva", f"Inventada {turn}", 150 + turn, "Roofer", worked_from=date(2023, 9, 1))
        request = workers.begun(worker, places.ROOFING, statement, by=cast.representative, at=at)
        if turn % 3 == 0:
            return
        workers.signed(request, by=cast.representative, at=at)
        workers.accepted(request, cast=cast, by=cast.representative, at=at)
        if turn % 3 == 1:
            workers.routed(request, cast=cast, at=at + timedelta(hours=23))


def second_administrator(cast: Cast) -> User:
    first = cast.administrator.memberships.get()
    person = User.objects.create(email="second-administrator@example.org", name="Sara Steward")
    Membership.objects.create(
        user=person, organization=first.organization, office=first.office, capacity=Capacity.ADMINISTRATOR
    )
    return person


def say(config: Any, figures: str) -> None:
    """Print the figures among the results, whatever pytest captures."""
    terminal = config.pluginmanager.getplugin("terminalreporter")
    capture = config.pluginmanager.getplugin("capturemanager")
    if terminal and capture:
        with capture.global_and_fixture_disabled():
            terminal.write_line(f"\n{figures}")


@pytest.fixture(scope="module")
def life(request: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[Life]:
    machines = {str(model.machine.kind): model.machine for model in machine_models()}
    with (
        committed_for_many_tests(django_db_blocker, begin=partial(demo_world, now=START)) as cast,
        override_settings(NOTIFICATIONS_EMAIL="keep"),
    ):
        people, began, worked = (
            People(cast, second_administrator(cast)),
            time.monotonic(),
            time.process_time(),
        )
        found = lived(start=START, days=DAYS, machines=machines, work=people.work)
        seconds = f"{time.monotonic() - began:.0f} s, of them {time.process_time() - worked:.0f} s of Python"
        say(request.config, f"{found}; {seconds}")
        yield found


CLAIMS = [
    "no case fails",
    "what is due fires in the next tick",
    "nothing fires twice",
    "nothing fires before its time",
    "a date that fired stays as it was",
    "a rung speaks once for one date",
    "no date of a case that is over fires",
    "every clock has a rung",
    "only the newest dates are armed",
    "the next date of a case is that of its clocks",
    "each case stands where its history ends",
    "every history holds",
    "every open case is somebody's",
    "nothing is stuck",
    "mail that is due has left",
    "what cannot be delivered is somebody's incident",
]


@pytest.mark.parametrize("claim", CLAIMS)
def test_on_every_day(life: Life, claim: str) -> None:
    assert life.wrong[claim][:20] == []


def test_no_claim_is_looked_at_and_not_tested(life: Life) -> None:
    assert set(life.wrong) == set(CLAIMS)


def test_nothing_goes_wrong_behind_the_scenes(life: Life) -> None:
    assert [line for line in life.logged if not line.startswith("WARNING")] == []


def test_every_mail_that_counts_as_sent_was_written(life: Life) -> None:
    assert mail_without_a_letter() == []


def test_the_days_were_full(life: Life) -> None:
    """A life in which nothing happened would prove nothing."""
    assert life.days == DAYS
    assert life.fired > 400
    assert life.steps_of_the_system > 30
    assert life.sent > 1000
    assert Deadline.objects.filter(state=Deadline.State.ARMED).exists()
    assert Step.objects.filter(name="rule_changed").values("case_id").distinct().count() > 5
    assert PolicyChange.objects.filter(finished_at=None).count() == 0
    assert {"hold", "release"} <= set(
        Step.objects.filter(case__kind=WorkerRequest.machine.kind, at__gt=START).values_list(
            "name", flat=True
        )
    )
    assert Message.objects.filter(event="programme.held", created_at__gt=START).exists()

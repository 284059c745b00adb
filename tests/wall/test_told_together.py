"""Rungs that fire together tell everybody what they tell one by one, in a world with every kind of case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications import copies, preferences, rhythm
from notifications.models import Channel, Message, State
from referrals import assignees, audiences, deadline_announcements
from referrals.models import Membership, Office, User, record_models, records_with
from referrals.services import absences, assignments
from tests.cases import OPEN_WORLD
from tests.wall.world import World
from workflows.models import Clock, Deadline, Desk
from workflows.sweep import Fired

RUNGS = ("warn_1", "due", "breach", "supervisor", "head")
SAID = (
    "effect_key", "event", "recipient_id", "channel", "about", "link", "subject", "body", "context",
    "language", "urgent", "mandatory", "letter", "state", "created_at", "send_after", "put_off_until",
    "next_try_at", "sent_at",
)  # fmt: skip
Told = Counter[tuple[Any, ...]]


@pytest.fixture
def at() -> datetime:
    latest = Deadline.objects.order_by("-due_at").values_list("due_at", flat=True).first()
    assert latest is not None
    return latest + timedelta(days=1)


@pytest.fixture
def fired(world: World, at: datetime) -> list[Fired]:
    """Every rung of every clock that runs in this world, as though all of them had been due at one moment."""
    clocks = Clock.objects.filter(stopped_at__isnull=True).select_related("case").order_by("pk")
    return [
        Fired(
            place, clock.case_id, clock.case.kind, clock.case.reference, clock.case.definition_version,
            clock.case.jurisdiction, clock.key, rung, at, at.date(), collapsed=False,
        )
        for place, (clock, rung) in enumerate(((clock, rung) for clock in clocks for rung in RUNGS), 10**9)
    ]  # fmt: skip


def told_by(tell: Callable[[], None]) -> Told:
    """What is told, in a world that forgets it again."""
    with transaction.atomic():
        before = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        tell()
        rows = Message.objects.filter(pk__gt=before).values_list(*SAID)
        told = Counter(tuple(str(value) for value in row) for row in rows)
        transaction.set_rollback(True)
    return told


def same_together_as_each_by_itself(fired: list[Fired], at: datetime) -> Told:
    def one_by_one() -> None:
        for each in fired:
            deadline_announcements.deadlines_passed([each], at=at)

    together = told_by(lambda: deadline_announcements.deadlines_passed(fired, at=at))
    assert together == told_by(one_by_one)
    assert together
    return together


def test_together_everybody_hears_what_they_hear_one_by_one(fired: list[Fired], at: datetime) -> None:
    same_together_as_each_by_itself(fired, at)


def test_many_of_them_are_copied_and_a_copy_costs_no_statement(fired: list[Fired], at: datetime) -> None:
    groups = list(deadline_announcements._alike(fired))
    assert sum(len(group) - 1 for group in groups) > len(fired) / 4
    assert {group[0].kind for group in groups if len(group) > 1} >= {
        "SOI_REQUEST",
        "STATEMENT",
        "WORKER_REQUEST",
    }
    largest = max(groups, key=len)
    assert len(largest) > 2
    assert statements_of(largest[:2], at) == statements_of(largest, at)


def statements_of(fired: list[Fired], at: datetime) -> int:
    with CaptureQueriesContext(connection) as run, transaction.atomic():
        deadline_announcements.deadlines_passed(fired, at=at)
        transaction.set_rollback(True)
    return len(run)


def test_who_turned_it_off_or_wants_summaries_and_quiet_hours_is_copied_so(
    world: World, fired: list[Fired], at: datetime
) -> None:
    people = world.cast
    preferences.choose(user=people.investigator, event="", channel=Channel.INBOX, enabled=False)
    rhythm.choose(user=people.representative, time_zone="America/Phoenix", summary="daily")
    rhythm.choose(user=people.approver, time_zone="UTC", quiet_from=time(0), quiet_until=time(23, 59))
    told = same_together_as_each_by_itself(fired, at)
    states = Counter(row[SAID.index("state")] for row in told)
    assert states[State.SKIPPED] > 1
    assert states[State.GATHERED] > 1
    assert any(
        row[SAID.index("put_off_until")] != "None" for row in told if row[SAID.index("state")] == "PENDING"
    )


def test_the_deputies_of_the_absent_hear_of_what_they_may_see(
    world: World, fired: list[Fired], at: datetime
) -> None:
    investigator = world.cast.investigator
    hat = Membership.objects.current().get(user=investigator)
    desk = Desk.objects.create(name="NLRB Region 5, Baltimore", time_zone="America/New_York")
    elsewhere = Office.objects.create(name=desk.name, organization=hat.organization, desk=desk)
    stand_in = User.objects.create(email="stand-in@example.org", name="Stand-in", language="es")
    deputy = Membership.objects.create(
        user=stand_in, organization=hat.organization, office=elsewhere, capacity=hat.capacity
    )
    days = {"first_day": at.date() - timedelta(days=1), "last_day": at.date() + timedelta(days=1)}
    absences.mark(hat, deputy=deputy, **days, by=investigator, at=at - timedelta(hours=1))
    told = same_together_as_each_by_itself(fired, at)
    assert str(stand_in.pk) in {row[SAID.index("recipient_id")] for row in told}


NAMED = [each for each in vars(audiences).values() if isinstance(each, audiences.Audience) and each.by]


def take_something(person: User) -> None:
    """Let a case of this person's desk be theirs."""
    for model in record_models().values():
        for record in model.objects.visible_to(person).filter(closed_at__isnull=True):
            if assignees.at_desk(record, person):
                assignments.assign(record, person.pk, by=person, at=OPEN_WORLD, seen=None)
                return


@pytest.mark.parametrize("audience", NAMED, ids=lambda each: each.key)
def test_an_audience_asks_a_record_for_nothing_but_what_it_names(
    world: World, audience: audiences.Audience
) -> None:
    """A record that holds nothing else gives the same people, and nothing else is read of it meanwhile."""
    asked = 0
    if audience is audiences.assignee:
        take_something(world.cast.investigator)
    for kind, model in record_models().items():
        names = {name for field in model._meta.concrete_fields for name in (field.name, field.attname)}
        held = [name.partition("__")[0] for name in audience.by if name.partition("__")[0] in names]
        if not held:  # such a case has nobody at the other end, whichever it is
            continue
        for record in records_with((kind, pk) for pk in model.objects.values_list("pk", flat=True)):
            scant = model.objects.only(*held).get(pk=record.pk)
            unread = scant.get_deferred_fields()
            people = {person.pk for person in audience.people(scant)}
            assert people == {person.pk for person in audience.people(record)}
            assert scant.get_deferred_fields() == unread
            asked += bool(people)
    assert asked


def test_what_was_told_before_is_no_model_for_others(fired: list[Fired], at: datetime) -> None:
    group = next(each for each in deadline_announcements._alike(fired) if len(each) > 1)
    with transaction.atomic():
        deadline_announcements.deadlines_passed(group[:1], at=at)
        with pytest.raises(copies.ToldBefore):
            deadline_announcements.deadlines_passed(group, at=at)

"""Summaries and quiet hours, on the reader's own clock. What is urgent or mandatory waits for neither."""

from datetime import UTC, datetime, time, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from notifications import digests, health, preferences, relay, rhythm
from notifications.models import Attempt, Incident, Message, Schedule, State

pytestmark = pytest.mark.django_db

EIGHT = datetime(2025, 3, 4, 15, 0, tzinfo=UTC)  # eight o'clock in Phoenix, the day after Monday
ZONES = ["America/New_York", "America/Phoenix", "Pacific/Honolulu", "America/St_Johns", "Pacific/Guam", "UTC"]
INSTANTS = st.integers(1_704_067_200, 1_798_761_600).map(lambda second: datetime.fromtimestamp(second, UTC))


def deliver(at):
    return relay.deliver_pending(at=at, worker="test")


@pytest.fixture
def with_summary(person):
    def make(summary="daily", **changes):
        reader = person()
        rhythm.choose(user=reader, time_zone="America/Phoenix", summary=summary, **changes)
        return reader

    return make


@pytest.fixture
def night_sleeper(person):
    reader = person()
    rhythm.choose(
        user=reader, time_zone="America/Phoenix", quiet_from=time(7, 30), quiet_until=time(9)
    )  # Monday's 15:00 UTC is 8:00 there
    return reader


def test_many_messages_are_one_mail_that_says_how_many(with_summary, tell, monday):
    reader = with_summary()
    for _ in range(3):
        tell(reader)
    assert deliver(monday) == relay.Delivered()
    assert deliver(EIGHT - timedelta(seconds=1)) == relay.Delivered()
    assert deliver(EIGHT) == relay.Delivered(sent=1)
    (letter,) = mail.outbox
    assert letter.subject == "3 messages in your inbox"
    assert "statement" not in (letter.subject + letter.body).lower()
    assert Message.objects.inbox_of(reader).count() == 3, "the inbox did not wait"


def test_a_summary_comes_once(with_summary, tell):
    tell(with_summary())
    deliver(EIGHT)
    assert deliver(EIGHT + timedelta(days=30)) == relay.Delivered()
    assert len(mail.outbox) == 1


def test_what_a_summary_carried_was_sent_when_it_was(with_summary, tell):
    _inbox, message = tell(with_summary())
    assert message.state == State.GATHERED
    deliver(EIGHT)
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.digest.tries.count()) == (State.SENT, EIGHT, 1)


def test_a_summary_that_fails_has_carried_nothing(smtp, with_summary, tell, monday):
    reader = with_summary()
    _inbox, message = tell(reader)
    smtp.answers[reader.email] = "451 4.3.0 later"
    assert deliver(EIGHT) == relay.Delivered(retried=1)
    message.refresh_from_db()
    assert (message.state, message.sent_at) == (State.GATHERED, None)
    smtp.answers.clear()
    assert deliver(EIGHT + timedelta(minutes=2)) == relay.Delivered(sent=1)
    message.refresh_from_db()
    assert message.state == State.SENT


def test_a_summary_that_is_refused_is_one_incident(smtp, with_summary, tell):
    reader = with_summary()
    told = [tell(reader)[1] for _ in range(3)]
    smtp.answers[reader.email] = "550 5.1.1 no"
    assert deliver(EIGHT) == relay.Delivered(failed=1)
    assert Incident.objects.get().message.event == digests.EVENT
    assert {m.state for m in Message.objects.filter(pk__in=[each.pk for each in told])} == {State.FAILED}


def test_a_relay_that_dies_with_a_summary_leaves_it_to_the_next(with_summary, tell):
    _inbox, message = tell(with_summary())
    with (
        mock.patch.object(relay, "_deliver_batch", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        deliver(EIGHT)
    message.refresh_from_db()
    assert message.state == State.GATHERED
    assert deliver(EIGHT + relay.LEASE).sent == 1
    assert Message.objects.filter(event=digests.EVENT).count() == 1


def test_what_comes_after_a_summary_waits_for_the_next(with_summary, tell):
    reader = with_summary()
    tell(reader)
    deliver(EIGHT)
    tell(reader, at=EIGHT + timedelta(minutes=1))
    assert deliver(EIGHT + timedelta(hours=23)) == relay.Delivered()
    assert deliver(EIGHT + timedelta(days=1)) == relay.Delivered(sent=1)
    assert mail.outbox[1].subject == "1 message in your inbox"


@pytest.mark.parametrize("how", [{"urgent": True}, {"mandatory": True}])
def test_what_cannot_wait_waits_for_no_summary(with_summary, tell, monday, how):
    tell(with_summary(), **how)
    assert deliver(monday).sent == 1


@pytest.mark.parametrize("how", [{"urgent": True}, {"mandatory": True}])
def test_what_cannot_wait_breaks_quiet_hours(night_sleeper, tell, monday, how):
    tell(night_sleeper, **how)
    assert deliver(monday).sent == 1


def test_quiet_hours_put_mail_off_and_the_inbox_not(night_sleeper, tell, monday):
    _inbox, message = tell(night_sleeper)
    assert message.put_off_until == monday + timedelta(hours=1)
    assert Message.objects.inbox_of(night_sleeper).count() == 1
    assert deliver(monday + timedelta(minutes=59)) == relay.Delivered()
    assert deliver(monday + timedelta(hours=1)).sent == 1


def test_a_mail_that_comes_late_does_not_break_quiet_hours(night_sleeper, tell, person, monday):
    before = monday - timedelta(hours=1)
    _inbox, message = tell(night_sleeper, at=before)
    tell(person(), at=before)
    assert message.put_off_until is None
    assert deliver(monday).sent == 1, "the other reader is awake"
    message.refresh_from_db()
    assert (message.state, message.put_off_until, message.attempts) == (
        State.PENDING,
        monday + timedelta(hours=1),
        0,
    )
    assert not Attempt.objects.filter(message=message).exists()
    assert deliver(monday + timedelta(hours=1)).sent == 1


def test_a_summary_respects_quiet_hours(with_summary, tell):
    tell(with_summary(hour=6, quiet_from=time(22), quiet_until=time(7)))
    six = EIGHT - timedelta(hours=2)
    assert deliver(six) == relay.Delivered()
    assert deliver(six + timedelta(hours=1)).sent == 1


def test_what_was_put_off_is_not_late(with_summary, night_sleeper, tell, monday):
    tell(with_summary())
    tell(night_sleeper)
    assert health.lag(monday + timedelta(minutes=30)).pending == 0
    assert health.lag(EIGHT + timedelta(minutes=5)) == health.Lag(timedelta(hours=23, minutes=5), 2, 0)


def test_what_a_person_turned_off_is_in_no_summary(with_summary, tell):
    reader = with_summary()
    preferences.choose(user=reader, event="", channel="email", enabled=False)
    assert tell(reader)[1].state == State.SKIPPED
    assert deliver(EIGHT) == relay.Delivered()


def test_two_people_get_a_summary_each_in_their_language(with_summary, tell, person):
    spaniard = person(language="es")
    rhythm.choose(user=spaniard, time_zone="America/Phoenix", summary="daily")
    tell(with_summary(), spaniard)
    tell(spaniard)
    assert deliver(EIGHT).sent == 2
    assert {m.subject for m in mail.outbox} == {
        "1 message in your inbox",
        "2 mensajes en su bandeja de entrada",
    }


def test_a_weekly_summary_comes_on_its_day(with_summary, tell, monday):
    tell(with_summary("weekly", weekday=4, hour=17))
    friday = datetime(2025, 3, 8, 0, 0, tzinfo=UTC)  # Friday 17:00 in Phoenix
    assert deliver(friday - timedelta(seconds=1)) == relay.Delivered()
    assert deliver(friday).sent == 1


@pytest.mark.parametrize(
    ("summary", "at", "expected"),
    [
        ("daily", "2025-03-09T06:30-05:00", "2025-03-09T08:00-04:00"),  # the clocks go forward at two
        ("daily", "2025-11-02T00:30-04:00", "2025-11-02T08:00-05:00"),
        ("daily", "2025-03-04T08:00-05:00", "2025-03-05T08:00-05:00"),
        ("weekly", "2025-03-03T07:59-05:00", "2025-03-03T08:00-05:00"),
        ("weekly", "2025-03-03T08:00-05:00", "2025-03-10T08:00-04:00"),
        ("daily", "2024-02-28T09:00-05:00", "2024-02-29T08:00-05:00"),
        ("daily", "2025-12-31T09:00-05:00", "2026-01-01T08:00-05:00"),
    ],
)
def test_summaries_keep_to_the_clock_on_the_wall(summary, at, expected):
    schedule = Schedule(summary=summary, time_zone="America/New_York")
    assert rhythm.next_summary(schedule, datetime.fromisoformat(at)) == datetime.fromisoformat(expected)


@given(
    at=INSTANTS,
    zone=st.sampled_from(ZONES),
    summary=st.sampled_from(["daily", "weekly"]),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
)
def test_the_next_summary_is_never_past_and_never_far(at, zone, summary, weekday, hour):
    schedule = Schedule(summary=summary, weekday=weekday, hour=hour, time_zone=zone)
    slot = rhythm.next_summary(schedule, at)
    days = 1 if summary == "daily" else 7
    assert at < slot <= at + timedelta(days=days, hours=1)
    local = slot.astimezone(ZoneInfo(zone))
    assert summary == "daily" or local.weekday() == weekday


@given(at=INSTANTS, zone=st.sampled_from(ZONES), first=st.times(), last=st.times())
def test_quiet_hours_end_and_nothing_is_quiet_at_their_end(at, zone, first, last):
    schedule = Schedule(time_zone=zone, quiet_from=first, quiet_until=last)
    if first == last:
        return
    end = rhythm.end_of_quiet(schedule, at)
    assert end is None or at < end <= at + timedelta(hours=26)
    if end is not None:
        assert rhythm.end_of_quiet(schedule, end) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../etc/passwd"},
        {"time_zone": "UTC", "quiet_from": time(22)},
        {"time_zone": "UTC", "quiet_from": time(22), "quiet_until": time(22)},
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(person, wrong):
    with pytest.raises(ValueError, match=r"zone|Quiet"):
        rhythm.choose(user=person(), **wrong)
    assert not Schedule.objects.exists()

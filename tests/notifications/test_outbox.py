from datetime import timedelta
from unittest import mock

import pytest
from django.core import mail
from django.db import transaction

from notifications import outbox, preferences, relay
from notifications.models import Channel, Message, State

pytestmark = pytest.mark.django_db

kicks: list[str] = []


def kick() -> None:
    kicks.append("kicked")


def broken_kick() -> None:
    raise ConnectionError("redis is down")


def test_each_person_is_told_once_on_each_channel(tell, person):
    readers = [person(), person()]
    told = tell(*readers)
    assert sorted((m.recipient_id, m.channel) for m in told) == sorted(
        (reader.pk, channel) for reader in readers for channel in ("inbox", "email")
    )


def test_a_person_named_twice_is_told_once(tell, person):
    reader = person()
    assert len(tell(reader, reader)) == 2


def test_telling_the_same_thing_twice_leaves_one_message(tell, person):
    reader = person()
    first = tell(reader, key="step-7")
    again = tell(reader, key="step-7", subject="Something else")
    assert [m.pk for m in again] == [m.pk for m in first]
    assert {m.subject for m in Message.objects.all()} == {"A statement was sent to DHS", ""}


def test_telling_nobody_writes_nothing(tell):
    assert tell() == []
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_tells_nobody(person, tell, monday, settings):
    settings.NOTIFICATIONS_KICK = f"{__name__}.kick"
    kicks.clear()
    reader = person()
    with transaction.atomic():
        tell(reader)
        transaction.set_rollback(True)
    relay.deliver_pending(at=monday, worker="test")
    assert not Message.objects.exists()
    assert mail.outbox == []
    assert kicks == []


@pytest.mark.django_db(transaction=True)
def test_telling_outside_a_transaction_is_refused(person, monday):
    with pytest.raises(outbox.ToldOutsideTransaction):
        outbox.tell(
            event="e", recipients=[person()], key="k", about="", link="/", subject="s", body="", at=monday
        )
    assert not Message.objects.exists()


def test_an_unknown_channel_is_refused(tell, person):
    with pytest.raises(ValueError, match="pigeon"):
        tell(person(), channels=["pigeon"])


def test_the_mail_row_carries_no_text(tell, person):
    (row,) = tell(person(), channels=["email"], context={"date": "3 March 2025"})
    assert (row.subject, row.body, row.context) == ("", "", {})


def test_the_inbox_shows_a_message_without_any_relay(tell, person):
    reader = person()
    tell(reader)
    assert [m.subject for m in Message.objects.inbox_of(reader)] == ["A statement was sent to DHS"]


def test_a_message_for_later_waits_on_both_channels(tell, person, monday):
    reader = person()
    tell(reader, send_after=monday + timedelta(hours=8))
    relay.deliver_pending(at=monday + timedelta(hours=7), worker="test")
    assert not Message.objects.inbox_of(reader).exists()
    assert mail.outbox == []
    relay.deliver_pending(at=monday + timedelta(hours=8), worker="test")
    assert Message.objects.inbox_of(reader).count() == 1
    assert len(mail.outbox) == 1


def test_what_a_person_turned_off_is_skipped_and_kept(tell, person, monday):
    reader = person()
    preferences.choose(user=reader, event="statement_moved", channel=Channel.EMAIL, enabled=False)
    inbox, by_mail = tell(reader)
    relay.deliver_pending(at=monday, worker="test")
    assert (inbox.state, by_mail.state) == (State.SENT, State.SKIPPED)
    assert mail.outbox == []


def test_a_mandatory_message_cannot_be_turned_off(tell, person, monday):
    reader = person()
    preferences.choose(user=reader, event="", channel=Channel.EMAIL, enabled=False)
    tell(reader, mandatory=True)
    relay.deliver_pending(at=monday, worker="test")
    assert len(mail.outbox) == 1


def test_a_choice_by_name_beats_the_choice_for_everything(tell, person):
    reader = person()
    preferences.choose(user=reader, event="", channel=Channel.EMAIL, enabled=False)
    preferences.choose(user=reader, event="deadline_passed", channel=Channel.EMAIL, enabled=True)
    assert tell(reader, event="deadline_passed", channels=["email"])[0].state == State.PENDING
    assert tell(reader, event="statement_moved", channels=["email"])[0].state == State.SKIPPED


def test_one_person_s_choice_does_not_silence_another(tell, person):
    silent, keen = person(), person()
    preferences.choose(user=silent, event="", channel=Channel.EMAIL, enabled=False)
    told = tell(silent, keen, channels=["email"])
    assert {m.recipient_id: m.state for m in told} == {silent.pk: State.SKIPPED, keen.pk: State.PENDING}


def test_a_transaction_that_tells_often_wakes_the_relay_once(
    tell, person, settings, django_capture_on_commit_callbacks
):
    settings.NOTIFICATIONS_KICK = f"{__name__}.kick"
    kicks.clear()
    with django_capture_on_commit_callbacks(execute=True):
        tell(person())
        tell(person(), person())
    assert kicks == ["kicked"]


def test_a_relay_that_cannot_be_woken_harms_nobody(
    tell, person, settings, monday, django_capture_on_commit_callbacks
):
    settings.NOTIFICATIONS_KICK = f"{__name__}.broken_kick"
    with mock.patch.object(outbox.log, "warning") as said, django_capture_on_commit_callbacks(execute=True):
        tell(person())
    assert "ConnectionError" in str(said.call_args)
    assert relay.deliver_pending(at=monday, worker="test").sent == 1


def test_telling_a_thousand_people_takes_a_handful_of_queries(person, tell, django_assert_max_num_queries):
    people = [person() for _ in range(1000)]
    with django_assert_max_num_queries(8):
        assert len(tell(*people)) == 2000


@pytest.mark.parametrize(("reads", "written"), [("es", "es"), ("es-mx", "es"), ("", "en"), ("xx", "en")])
def test_a_message_remembers_the_language_of_its_reader(tell, person, reads, written):
    assert {m.language for m in tell(person(language=reads))} == {written}


@pytest.mark.django_db(transaction=True)
def test_a_relay_refuses_to_work_inside_a_transaction(monday):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        relay.deliver_pending(at=monday, worker="test")

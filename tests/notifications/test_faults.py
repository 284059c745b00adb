"""The mail server is down, slow, refuses, or dies after it took a mail; the database dies in between.

Nothing is lost, nothing goes more than twice, and what may have gone twice is marked so.
"""

import smtplib
from collections import Counter
from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError

from notifications import ledger, marks, relay
from notifications.channels import TemporaryFailure, email
from notifications.channels import smtp as smtp_channel
from notifications.models import Attempt, Incident, Mark, Message, State

pytestmark = pytest.mark.django_db


def deliver(at):
    return relay.deliver_pending(at=at, worker="test")


def test_a_mail_without_an_answer_goes_once_more_under_its_number_and_is_marked(smtp, tell, person, monday):
    unlucky = person()
    (message,) = tell(unlucky, channels=["email"])
    tell(person(), channels=["email"])
    smtp.silent[unlucky.email] = 1
    assert deliver(monday) == relay.Delivered(sent=1, retried=1)
    message.refresh_from_db()
    assert (message.state, message.in_doubt, message.tries.get().outcome) == (State.PENDING, 1, "in_doubt")
    assert deliver(monday + timedelta(minutes=1)).sent == 1
    assert Counter(smtp.message_ids)[message.message_id] == 2
    message.refresh_from_db()
    assert (message.state, message.in_doubt) == (State.SENT, 1)


def test_a_mail_without_two_answers_is_an_incident_and_goes_no_third_time(smtp, tell, person, monday):
    unlucky = person()
    (message,) = tell(unlucky, channels=["email"])
    smtp.silent[unlucky.email] = 9
    deliver(monday)
    assert deliver(monday + timedelta(minutes=1)) == relay.Delivered(failed=1)
    assert deliver(monday + timedelta(days=2)) == relay.Delivered()
    assert len(smtp.mails) == 2
    assert Incident.objects.get().kind == Incident.Kind.IN_DOUBT
    assert [a.outcome for a in message.tries.all()] == ["in_doubt", "in_doubt"]


def test_a_server_that_takes_its_time_is_waited_for(smtp, tell, person, monday, settings):
    settings.EMAIL_TIMEOUT, smtp.slow = 1, 0.6
    settings.NOTIFICATIONS_SECONDS_FOR_AN_ANSWER = 10
    tell(person(), person(), channels=["email"])
    assert deliver(monday) == relay.Delivered(sent=2)
    assert smtp.connections == 1


def test_a_server_that_never_greets_is_tried_later(smtp, tell, person, monday, settings):
    settings.EMAIL_TIMEOUT, smtp.slow = 0.2, 2
    (message,) = tell(person(), channels=["email"])
    tell(person(), channels=["email"])
    assert deliver(monday) == relay.Delivered(retried=2)
    message.refresh_from_db()
    assert (message.in_doubt, message.tries.get().outcome) == (0, "temporary"), "it was never handed over"
    assert smtp.connections == 1, "a run knocks once"


def test_a_server_that_is_too_slow_with_its_answer_leaves_a_mail_in_doubt(
    smtp, tell, person, monday, settings
):
    (message,) = tell(person(), channels=["email"])
    settings.NOTIFICATIONS_SECONDS_FOR_AN_ANSWER = 0.2
    with mock.patch.object(smtp, "slow", 0.0):
        original = smtp.accept

        def accept(recipient, text):
            smtp.slow = 1.0
            return original(recipient, text)

        with mock.patch.object(smtp, "accept", accept):
            assert deliver(monday) == relay.Delivered(retried=1)
    message.refresh_from_db()
    assert (message.in_doubt, message.tries.get().outcome) == (1, "in_doubt")


def test_a_refused_text_is_no_doubt(smtp, tell, person, monday):
    (message,) = tell(person(), channels=["email"])
    refusal = TemporaryFailure("451 4.3.0 later")
    with mock.patch.object(smtp_channel, "hand_over", side_effect=refusal):
        assert deliver(monday) == relay.Delivered(retried=1)
    message.refresh_from_db()
    assert (message.in_doubt, message.tries.get().outcome) == (0, "temporary")


def test_one_refused_address_among_many_costs_the_others_nothing(smtp, tell, person, monday):
    people = [person() for _ in range(9)]
    gone = [people[0], people[4], people[8]]
    for reader in gone:
        smtp.answers[reader.email] = "550 5.1.1 no such user"
    tell(*people, channels=["email"])
    assert deliver(monday) == relay.Delivered(sent=6, failed=3)
    assert [to for to, _ in smtp.mails] == [each.email for each in people if each not in gone]
    assert smtp.connections == 1


def test_a_text_that_is_refused_costs_the_mail_announced_after_it_nothing(smtp, tell, person, monday):
    people = [person() for _ in range(3)]
    smtp.refused_texts[people[1].email] = "552 5.3.4 too big"
    tell(*people, channels=["email"])
    assert deliver(monday) == relay.Delivered(sent=2, failed=1)
    assert [to for to, _ in smtp.mails] == [people[0].email, people[2].email]
    assert smtp.connections == (2 if smtp.pipelining else 1), (
        "a server that waits for a text takes no command"
    )


def test_a_mail_that_was_announced_and_does_not_come_leaves_no_trace(smtp, tell, person, monday):
    people = [person() for _ in range(4)]
    told = tell(*people, channels=["email"])
    compose, broken = email.compose, [told[1].pk, told[3].pk]

    def failing(message, **how):
        if message.pk in broken:
            raise LookupError("no words")
        return compose(message, **how)

    with mock.patch.object(email, "compose", failing):
        assert deliver(monday) == relay.Delivered(sent=2, retried=2)
    assert [to for to, _ in smtp.mails] == [people[0].email, people[2].email]
    assert deliver(monday + ledger.BACKOFF[0]).sent == 2
    assert Counter(smtp.message_ids) == {each.message_id: 1 for each in told}


def test_each_mail_after_the_first_is_announced_with_the_text_before_it(smtp, tell, person, monday):
    tell(*(person() for _ in range(5)), channels=["email"])
    with mock.patch("smtplib.SMTP.send", autospec=True, side_effect=smtplib.SMTP.send) as send:
        deliver(monday)
    said = [call.args[1] for call in send.call_args_list]
    texts = [each for each in said if isinstance(each, bytes)]
    assert [b"\r\nDATA\r\n" in each for each in texts] == [smtp.pipelining] * 4 + [False]


def test_a_run_that_is_broken_off_in_a_mail_leaves_that_one_in_doubt(smtp, tell, person, monday):
    told = tell(*(person() for _ in range(3)), channels=["email"])
    hand_over = smtp_channel.hand_over

    def interrupted(server, content, message_id, **how):
        receipt = hand_over(server, content, message_id, **how)
        if message_id == told[1].message_id:
            raise KeyboardInterrupt
        return receipt

    with mock.patch.object(smtp_channel, "hand_over", interrupted), pytest.raises(KeyboardInterrupt):
        deliver(monday)
    for message in told:
        message.refresh_from_db()
    assert [(m.state, m.in_doubt) for m in told] == [(State.SENT, 0), (State.PENDING, 1), (State.PENDING, 0)]
    assert deliver(monday).sent == 2
    assert Counter(smtp.message_ids)[told[1].message_id] == 2


def test_a_mark_that_is_not_stored_ends_the_run_and_one_mail_repeats(smtp, tell, person, monday):
    told = tell(*(person() for _ in range(4)), channels=["email"])
    settle, count = marks.Marks.settle, [0]

    def failing(self):
        waiting = self._waiting is not None
        settle(self)
        if waiting:
            count[0] += 1
            if count[0] == 2:
                Mark.objects.filter(message_id=told[1].pk).delete()
                raise OperationalError("server closed the connection unexpectedly")

    with mock.patch.object(marks.Marks, "settle", failing), pytest.raises(OperationalError):
        deliver(monday)
    assert len(smtp.mails) == 2, "no third mail left while the second was unmarked"
    deliver(monday + relay.LEASE)
    assert Counter(smtp.message_ids) == {
        told[0].message_id: 1, told[1].message_id: 2, told[2].message_id: 1, told[3].message_id: 1,
    }  # fmt: skip
    assert not Message.objects.undelivered().exists()


def test_no_mail_leaves_before_the_one_ahead_of_it_is_marked(smtp, tell, person, monday):
    tell(*(person() for _ in range(5)), channels=["email"])
    marked_before = []
    hand_over = smtp_channel.hand_over

    def watched(server, content, message_id, **how):
        marked_before.append((Mark.objects.count(), len(smtp.mails)))
        return hand_over(server, content, message_id, **how)

    with mock.patch.object(smtp_channel, "hand_over", watched):
        deliver(monday)
    assert marked_before == [(number, number) for number in range(5)]


def test_marks_that_a_dead_relay_left_are_booked_and_not_sent_again(smtp, tell, person, monday):
    told = tell(person(), person(), channels=["email"])
    relay.claim(at=monday, size=2, lease="dead/1")
    Mark.objects.create(message_id=told[0].pk, lease="dead/1", at=monday, provider_id="Q7", answer="250 fine")
    assert marks.book_left_behind(at=monday) == 0, "the lease still holds"
    later = monday + relay.LEASE
    assert deliver(later).sent == 1
    for message in told:
        message.refresh_from_db()
    assert [(m.state, m.sent_at, m.in_doubt) for m in told] == [
        (State.SENT, monday, 0),
        (State.SENT, later, 1),
    ]
    assert told[0].tries.get().provider_id == "Q7"
    assert [to for to, _ in smtp.mails] == [told[1].recipient.email]
    assert not Mark.objects.exists()


def test_without_prepared_statements_marks_are_stored_all_the_same(smtp, tell, person, monday):
    from django.db import connection

    tell(*(person() for _ in range(3)), channels=["email"])
    with mock.patch.dict(connection.settings_dict, {"DISABLE_SERVER_SIDE_CURSORS": True}):
        assert deliver(monday).sent == 3
    assert Attempt.objects.filter(outcome="ok").count() == 3


@pytest.mark.parametrize(
    "answer", ["250 2.0.0 Ok: queued as Q00001", "250 " + "x" * 900, "250 a\x00b <r@example.org>"]
)
def test_any_answer_can_be_kept(tell, person, monday, answer):
    (message,) = tell(person(), channels=["email"])
    with mock.patch.object(email, "deliver", return_value=email.Receipt("Q\x00" * 300, answer)):
        assert deliver(monday).sent == 1
    attempt = message.tries.get()
    assert attempt.answer == ledger.without_addresses(answer)
    assert len(attempt.provider_id) <= 200

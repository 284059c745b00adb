import socket
from datetime import timedelta
from itertools import pairwise
from unittest import mock

import pytest
from django.core import mail

from notifications import health, incidents, ledger, relay
from notifications.channels import email
from notifications.models import Attempt, Incident, Message, State

pytestmark = pytest.mark.django_db


def deliver(at):
    return relay.deliver_pending(at=at, worker="test")


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def smtp_down(smtp, settings):
    settings.EMAIL_PORT = closed_port()


def test_a_delivered_mail_leaves_the_number_the_server_gave_it(smtp, tell, person, monday):
    (message,) = tell(person(), channels=["email"])
    assert deliver(monday) == relay.Delivered(sent=1)
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.provider_id) == ("ok", "Q00001")
    assert attempt.answer == "250 2.0.0 Ok: queued as Q00001"
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.attempts) == (State.SENT, monday, 1)


def test_a_batch_uses_one_connection(smtp, tell, person, monday):
    tell(*(person() for _ in range(20)), channels=["email"])
    assert deliver(monday).sent == 20
    assert smtp.connections == 1


def test_nothing_is_sent_twice_by_a_second_run(smtp, tell, person, monday):
    tell(person(), channels=["email"])
    deliver(monday)
    assert deliver(monday + timedelta(days=30)) == relay.Delivered()
    assert len(smtp.mails) == 1


def test_the_urgent_goes_first(tell, person, monday):
    tell(person(address="later@example.org"), channels=["email"], at=monday - timedelta(hours=1))
    tell(person(address="first@example.org"), channels=["email"], urgent=True)
    deliver(monday)
    assert [m.to for m in mail.outbox] == [["first@example.org"], ["later@example.org"]]


def test_a_run_takes_no_more_than_its_limit(tell, person, monday):
    tell(*(person() for _ in range(5)), channels=["email"])
    assert relay.deliver_pending(at=monday, limit=3, worker="test").sent == 3
    assert Message.objects.undelivered().count() == 2


def test_a_refused_address_does_not_stop_the_others(smtp, tell, person, monday):
    smtp.answers["gone@example.org"] = "550 5.1.1 <gone@example.org> no such user"
    people = [person(), person(address="gone@example.org"), person()]
    tell(*people, channels=["email"])
    assert deliver(monday) == relay.Delivered(sent=2, failed=1)
    assert [to for to, _ in smtp.mails] == [people[0].email, people[2].email]


def test_a_refused_address_is_an_incident_at_once_and_is_not_tried_again(smtp, tell, person, monday):
    smtp.answers["gone@example.org"] = "550 5.1.1 <gone@example.org> no such user"
    tell(person(address="gone@example.org"), channels=["email"])
    deliver(monday)
    incident = Incident.objects.get()
    assert (incident.kind, incident.message.state) == (Incident.Kind.REFUSED, State.FAILED)
    assert deliver(monday + timedelta(days=2)) == relay.Delivered()


def test_the_ledger_keeps_no_address(smtp, tell, person, monday):
    smtp.answers["gone@example.org"] = "550 5.1.1 <gone@example.org>: no such user gone@example.org"
    tell(person(address="gone@example.org"), channels=["email"])
    deliver(monday)
    assert Attempt.objects.get().answer == "550 5.1.1 <[address]>: no such user [address]"
    assert "gone" not in Incident.objects.get().note


def test_a_long_answer_is_capped(smtp, tell, person, monday):
    smtp.answers["full@example.org"] = "452 " + "x" * 480 + "-" * 100
    tell(person(address="full@example.org"), channels=["email"])
    deliver(monday)
    assert len(Attempt.objects.get().answer) == 500


def test_a_busy_mailbox_is_tried_again(smtp, tell, person, monday):
    smtp.answers["full@example.org"] = "452 4.2.2 mailbox full"
    tell(person(address="full@example.org"), person(), channels=["email"])
    assert deliver(monday) == relay.Delivered(sent=1, retried=1)
    smtp.answers.clear()
    assert deliver(monday + timedelta(seconds=59)) == relay.Delivered()
    assert deliver(monday + timedelta(seconds=60)) == relay.Delivered(sent=1)
    assert not Incident.objects.exists()


@pytest.mark.usefixtures("smtp_down")
def test_with_the_server_down_a_message_is_tried_for_a_day_and_then_is_an_incident(tell, person, monday):
    (message,) = tell(person(), channels=["email"])
    tries, now = [], monday
    while Message.objects.undelivered().exists():
        if sum(vars_of(deliver(now))):
            tries.append(now - monday)
        now += timedelta(minutes=1)
        assert now < monday + timedelta(days=2)
    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert tuple(waits) == ledger.BACKOFF
    assert timedelta(hours=20) < tries[-1] < timedelta(hours=25)
    incident = Incident.objects.get()
    assert (incident.message, incident.kind) == (message, Incident.Kind.GAVE_UP)
    assert incident.opened_at == monday + tries[-1]
    assert [a.outcome for a in message.tries.all()] == ["temporary"] * len(tries)


def vars_of(delivered: relay.Delivered) -> tuple[int, int, int]:
    return delivered.sent, delivered.retried, delivered.failed


@pytest.mark.usefixtures("smtp_down")
def test_with_the_server_down_a_batch_knocks_once(tell, person, monday):
    tell(*(person() for _ in range(10)), channels=["email"])
    with mock.patch("smtplib.socket.create_connection", side_effect=ConnectionRefusedError) as knock:
        assert deliver(monday) == relay.Delivered(retried=10)
    assert knock.call_count == 1


def test_a_server_that_breaks_off_is_called_again_for_the_next_mail(smtp, tell, person, monday):
    smtp.answers["rude@example.org"] = "421 4.3.2 shutting down"
    tell(person(address="rude@example.org"), person(), channels=["email"])
    assert deliver(monday) == relay.Delivered(sent=1, retried=1)
    assert smtp.connections == 2


def test_a_person_without_an_address_is_an_incident(tell, person, monday):
    tell(person(address=""), channels=["email"])
    assert deliver(monday).failed == 1
    assert Incident.objects.get().kind == Incident.Kind.NO_ADDRESS


def test_a_closed_account_is_an_incident_and_gets_no_mail(tell, person, monday):
    tell(person(is_active=False), channels=["email"])
    assert deliver(monday).failed == 1
    assert Incident.objects.get().kind == Incident.Kind.ACCOUNT_CLOSED
    assert mail.outbox == []


def test_an_address_cannot_smuggle_a_header(smtp, tell, person, monday):
    tell(person(address="a@example.org\r\nBcc: b@example.org"), channels=["email"])
    assert deliver(monday).failed == 1
    assert smtp.mails == []


def test_an_address_with_a_foreign_domain_is_reached_by_its_ascii_name(smtp, tell, person, monday):
    tell(person(address="ana@español.example"), channels=["email"])
    deliver(monday)
    assert smtp.mails[0][0] == "ana@xn--espaol-zwa.example"


def test_a_mistake_of_ours_with_one_message_does_not_stop_the_others(tell, person, monday):
    first, _second = tell(person(), person(), channels=["email"])
    compose = email.compose

    def fragile(message, **rest):
        if message.pk == first.pk:
            raise KeyError("Maria Lopez")
        return compose(message, **rest)

    with mock.patch.object(email, "compose", fragile):
        assert deliver(monday) == relay.Delivered(sent=1, retried=1)
    assert first.tries.get().answer == "KeyError"


def test_an_interrupted_relay_gives_back_what_it_did_not_send(tell, person, monday):
    tell(*(person() for _ in range(5)), channels=["email"])
    with (
        mock.patch.object(email, "deliver", side_effect=[email.Receipt(), KeyboardInterrupt]),
        pytest.raises(KeyboardInterrupt),
    ):
        deliver(monday)
    assert Message.objects.filter(state=State.PENDING).count() == 4
    assert deliver(monday).sent == 4


def test_a_slow_run_stops_before_its_leases_end(tell, person, monday):
    assert relay.LEASE.total_seconds() > relay.SECONDS_FOR_A_RUN * 2
    tell(*(person() for _ in range(5)), channels=["email"])
    with mock.patch.object(relay.time, "monotonic", side_effect=[0, 0, 10, 20, 70, 70]):
        assert deliver(monday).sent == 2
    assert Message.objects.filter(state=State.PENDING).count() == 3


def test_a_relay_that_lost_its_lease_changes_nothing_but_the_ledger(tell, person, monday):
    (message,) = tell(person(), channels=["email"])
    (slow,) = relay.claim(at=monday, size=1, lease="slow/1")
    now = monday + relay.LEASE
    (taken_over,) = relay.claim(at=now, size=1, lease="quick/2")
    refused = ledger.Outcome(Attempt.Outcome.PERMANENT, answer="550 no")
    ledger.record(slow, refused, lease="slow/1", at=now)
    message.refresh_from_db()
    assert (message.state, message.leased_by) == (State.LEASED, "quick/2")
    assert not Incident.objects.exists()
    ledger.record(taken_over, ledger.Outcome(Attempt.Outcome.OK), lease="quick/2", at=now)
    ledger.record(slow, refused, lease="slow/1", at=now)
    message.refresh_from_db()
    assert message.state == State.SENT
    assert [a.outcome for a in message.tries.order_by("pk")] == ["permanent", "ok", "permanent"]
    assert not Incident.objects.exists()


def duty_officer():
    return Message.objects.get().recipient


def test_an_incident_has_the_owner_whom_the_settings_name(tell, person, monday, settings):
    settings.NOTIFICATIONS_INCIDENT_OWNER = f"{__name__}.duty_officer"
    reader = person(address="")
    tell(reader, channels=["email"])
    deliver(monday)
    assert Incident.objects.get().owner == reader


def test_an_incident_is_recorded_even_when_nobody_can_be_found_to_own_it(tell, person, monday, settings):
    settings.NOTIFICATIONS_INCIDENT_OWNER = f"{__name__}.nobody_here"
    tell(person(address=""), channels=["email"])
    deliver(monday)
    assert list(Incident.objects.unresolved().unowned()) == [Incident.objects.get()]


def test_an_incident_is_resolved_once_and_says_how(tell, person, monday):
    reader = person(address="")
    tell(reader, channels=["email"])
    deliver(monday)
    incident = Incident.objects.get()
    with pytest.raises(ValueError, match="how"):
        incidents.resolve(incident=incident, by=reader, at=monday, resolution=" ")
    incidents.resolve(incident=incident, by=reader, at=monday, resolution="Telephoned.")
    with pytest.raises(incidents.AlreadyResolved):
        incidents.resolve(incident=incident, by=reader, at=monday, resolution="Telephoned.")
    assert not Incident.objects.unresolved().exists()


def test_a_mended_address_gets_the_message_after_all(tell, person, monday):
    reader = person(address="")
    tell(reader, channels=["email"])
    deliver(monday)
    reader.email = "mended@example.org"
    reader.save()
    tomorrow = monday + timedelta(days=1)
    incidents.send_again(
        incident=Incident.objects.get(), by=reader, at=tomorrow, resolution="Address mended."
    )
    assert deliver(tomorrow).sent == 1
    assert [a.outcome for a in Attempt.objects.order_by("pk")] == ["permanent", "ok"]


def test_the_lag_counts_what_should_have_gone_by_now(tell, person, monday):
    tell(person(), person(), channels=["email"])
    tell(person(), channels=["email"], send_after=monday + timedelta(days=3))
    tell(person(address=""), channels=["email"], at=monday - timedelta(days=1))
    relay.deliver_pending(at=monday, limit=1, worker="test")
    assert health.lag(monday + timedelta(minutes=7)) == health.Lag(timedelta(minutes=7), 2, 1)


def test_a_retry_put_off_still_counts_as_waiting(smtp_down, tell, person, monday):
    tell(person(), channels=["email"])
    deliver(monday)
    assert health.lag(monday + timedelta(seconds=30)).pending == 1


def test_without_messages_there_is_no_lag(monday):
    assert health.lag(monday) == health.Lag(timedelta(0), 0, 0)

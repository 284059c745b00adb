"""Mail that comes back: by a signed report or by mailbox file. It is seen, it is kept, nothing is lost."""

import email
import hashlib
import hmac
import json
import mailbox
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from notifications import bounces, incidents, outbox, relay, reports
from notifications.models import (
    Bounce,
    BounceReport,
    FailingAddress,
    Incident,
    IncidentNote,
    Message,
    State,
)

pytestmark = pytest.mark.django_db

KEY = "a key that the provider has too"
NO_SUCH_USER = "550 5.1.1 <gone@example.org> no such user"


@pytest.fixture
def sent(tell, person, monday):
    """A mail that a server accepted, and its copy in the inbox."""

    def send(reader=None, **changes):
        told = tell(reader or person(), **changes)
        relay.deliver_pending(at=monday, worker="test")
        return told[-1]

    return send


@pytest.fixture
def report(settings):
    """Send a report as a provider would, with whatever is changed."""
    settings.NOTIFICATIONS_BOUNCE_KEY = KEY

    def post(*events, body=None, key=KEY, age=timedelta(0), signature=None, timestamp=None):
        body = json.dumps({"events": events}).encode() if body is None else body
        stamp = str(int((timezone.now() - age).timestamp())) if timestamp is None else timestamp
        made = hmac.new(key.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return Client(raise_request_exception=False).post(
            "/notifications/bounces/",
            data=body,
            content_type="application/json",
            headers={
                "X-Bounce-Timestamp": stamp,
                "X-Bounce-Signature": made if signature is None else signature,
            },
        )

    return post


def came_back(message, **changes):
    return {
        "message_id": message.message_id,
        "kind": "hard",
        "status": "5.1.1",
        "answer": NO_SUCH_USER,
        **changes,
    }


def take(message, kind=Bounce.Kind.HARD, *, at, content=None, status="5.1.1"):
    entry = bounces.Entry(message.message_id, kind, status, NO_SUCH_USER)
    return bounces.take(source="webhook", content=content or uuid4().bytes, entries=[entry], at=at)


def test_a_mail_that_comes_back_is_marked_and_somebody_is_to_see_to_it(sent, report, monday):
    message = sent()
    assert report(came_back(message)).status_code == 202
    message.refresh_from_db()
    assert (message.state, message.sent_at) == (State.BOUNCED, monday), "when it was sent stays on record"
    incident = Incident.objects.get()
    assert (incident.kind, incident.message, incident.resolved_at) == ("bounced", message, None)
    bounce = message.bounces.get()
    assert (bounce.kind, bounce.status) == ("hard", "5.1.1")


def test_no_address_is_kept_from_a_report(sent, report):
    message = sent()
    report(came_back(message))
    assert "gone" not in message.bounces.get().answer + Incident.objects.get().note


def test_the_inbox_keeps_its_copy_of_what_came_back(sent, report, person):
    reader = person()
    report(came_back(sent(reader)))
    assert [m.subject for m in Message.objects.inbox_of(reader)] == ["A statement was sent to DHS"]


def test_the_same_report_counts_once(sent, report):
    message, stamp = sent(), str(int(timezone.now().timestamp()))
    assert report(came_back(message), timestamp=stamp).status_code == 202
    again = report(came_back(message), timestamp=stamp)
    assert again.status_code == 409
    assert (Bounce.objects.count(), BounceReport.objects.count(), Incident.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"key": "another key"},
        {"signature": ""},
        {"signature": "é"},
        {"age": timedelta(minutes=6)},
        {"age": timedelta(minutes=-6)},
        {"timestamp": ""},
        {"timestamp": "yesterday"},
        {"timestamp": "9" * 40},
    ],
    ids=str,
)
def test_what_is_not_signed_and_fresh_is_refused(sent, report, change):
    message = sent()
    assert report(came_back(message), **change).status_code == 401
    message.refresh_from_db()
    assert message.state == State.SENT
    assert not BounceReport.objects.exists()


def test_without_a_key_nothing_is_taken_in(sent, report, settings):
    settings.NOTIFICATIONS_BOUNCE_KEY = ""
    assert report(came_back(sent()), key="").status_code == 401


def test_the_signature_may_name_its_method(sent, report):
    body, stamp = b'{"events": []}', str(int(timezone.now().timestamp()))
    made = hmac.new(KEY.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert report(body=body, timestamp=stamp, signature=f"sha256={made}").status_code == 202


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"events": {}}',
        b'{"events": [1]}',
        b'{"events": [{"message_id": 7, "kind": "hard"}]}',
        b'{"events": [{"kind": "hard"}]}',
        b'{"events": [{"message_id": "<x@y>", "kind": "returned"}]}',
        b'{"events": [' + b",".join([b"{}"] * 1001) + b"]}",
        b"[" * 100_000,
        b" " * 1_000_001,
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_cannot_be_read_is_refused_with_a_reason(report, body):
    answer = report(body=body)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert not BounceReport.objects.exists()


def test_the_answer_does_not_tell_whether_a_mail_exists(sent, report):
    known = report(came_back(sent()))
    unknown = report(came_back(sent(), message_id=f"<{uuid4()}@casework.example.gov>"))
    foreign = report({"message_id": "<abc@elsewhere.example>", "kind": "hard"})
    assert known.status_code == unknown.status_code == foreign.status_code == 202
    assert known.content == unknown.content == foreign.content
    assert Bounce.objects.count() == 1


def test_only_a_post_is_a_report(client):
    assert client.get("/notifications/bounces/").status_code == 405


def test_a_nul_in_a_report_harms_nobody(sent, report):
    assert report(came_back(sent(), answer="550 \x00 no", status="5.\x001.1")).status_code == 202
    assert Bounce.objects.get().answer == "550  no"


def test_the_number_of_a_mail_cannot_be_guessed_from_its_row(sent):
    message = sent()
    assert bounces.number_in(f"<outbox-{message.pk}@casework.example.gov>") is None
    assert bounces.number_in(message.message_id) == message.public_id


def test_a_delay_is_noted_and_changes_nothing(sent, monday):
    message = sent()
    take(message, Bounce.Kind.DELAYED, at=monday, status="4.4.1")
    message.refresh_from_db()
    assert (message.state, message.bounces.count()) == (State.SENT, 1)
    assert not Incident.objects.exists()


def test_a_complaint_is_an_incident_and_the_mail_did_arrive(sent, monday):
    message = sent()
    take(message, Bounce.Kind.COMPLAINT, at=monday)
    message.refresh_from_db()
    assert (message.state, Incident.objects.get().kind) == (State.SENT, "complaint")


def test_an_address_fails_until_its_owner_says_that_it_works(sent, person, monday):
    reader = person()
    take(sent(reader), at=monday)
    assert bounces.failing_since(reader) == monday
    assert bounces.mend(user=reader, at=monday + timedelta(days=1))
    assert bounces.failing_since(reader) is None
    assert not bounces.mend(user=reader, at=monday + timedelta(days=1))
    take(sent(reader), at=monday + timedelta(days=2))
    assert bounces.failing_since(reader) == monday + timedelta(days=2)
    assert FailingAddress.objects.count() == 2


def test_a_new_address_is_not_blamed_for_the_old_one(sent, person, monday):
    reader = person()
    take(sent(reader), at=monday)
    reader.email = "new@example.org"
    assert bounces.failing_since(reader) is None


def test_a_mailbox_that_was_only_full_is_not_failing(sent, person, monday):
    reader = person()
    message = sent(reader)
    take(message, Bounce.Kind.SOFT, at=monday, status="4.2.2")
    message.refresh_from_db()
    assert message.state == State.BOUNCED
    assert bounces.failing_since(reader) is None


def test_a_person_whose_mail_keeps_coming_back_is_one_incident(sent, person, monday):
    reader = person()
    for _ in range(3):
        take(sent(reader), at=monday)
    incident = Incident.objects.get()
    assert (incident.notes.count(), Bounce.objects.count()) == (2, 3)


def test_a_mail_that_comes_back_before_it_was_marked_was_sent(tell, person, monday):
    (message,) = tell(person(), channels=["email"])
    (leased,) = relay.claim(at=monday, size=1, lease="slow/1")
    take(message, at=monday)
    message.refresh_from_db()
    assert (message.state, message.sent_at) == (State.BOUNCED, monday)
    relay.marks.Marks(lease="slow/1", at=monday).close()
    assert relay.deliver_pending(at=monday + relay.LEASE, worker="next").sent == 0
    assert leased.pk == message.pk


def test_what_a_summary_carried_comes_back_with_it(tell, person, monday):
    from notifications import rhythm

    reader = person()
    rhythm.choose(user=reader, time_zone="UTC", summary="daily")
    _inbox, message = tell(reader)
    relay.deliver_pending(at=monday + timedelta(days=1), worker="test")
    message.refresh_from_db()
    take(message.digest, at=monday + timedelta(days=2))
    message.refresh_from_db()
    assert (message.state, message.digest.state) == (State.BOUNCED, State.BOUNCED)


@pytest.mark.parametrize("model", [Bounce, BounceReport])
def test_reports_are_only_added_to(sent, monday, model):
    take(sent(), at=monday)
    for change in (lambda: model.objects.all()._raw_delete("default"), lambda: model.objects.update(id=7)):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            change()
    assert model.objects.count() == 1


def test_a_mail_is_sent_again_beside_the_first(sent, person, monday):
    reader, later = person(), monday + timedelta(days=1)
    first = sent(reader, mandatory=True)
    take(first, at=monday)
    incident = Incident.objects.get()
    incidents.send_again(incident=incident, by=reader, at=later, resolution="Address corrected.")
    again = first.sent_again.get()
    assert (again.event, again.about, again.link, again.key) == (
        first.event,
        first.about,
        first.link,
        first.key,
    )
    assert relay.deliver_pending(at=later, worker="test").sent == 1
    first.refresh_from_db()
    again.refresh_from_db()
    assert (first.state, again.state, again.sent_at) == (State.BOUNCED, State.SENT, later)
    assert again.message_id != first.message_id
    incident.refresh_from_db()
    assert (incident.ending, incident.resolution) == ("sent_again", "Address corrected.")


def test_a_repetition_refers_to_the_first_however_often(sent, monday):
    first = again = sent()
    for number in (1, 2):
        with transaction.atomic():
            again = outbox.send_again(message=again, at=monday)
        assert (again.again_of, again.effect_key) == (first, f"{first.effect_key}#{number}")
        relay.deliver_pending(at=monday, worker="test")


def test_what_is_still_on_its_way_is_not_sent_again(sent, tell, person, monday):
    first = sent()
    with transaction.atomic():
        outbox.send_again(message=first, at=monday)
    with pytest.raises(ValueError, match="known"), transaction.atomic():
        outbox.send_again(message=first, at=monday)
    inbox, _mail = tell(person())
    with pytest.raises(ValueError, match="known"), transaction.atomic():
        outbox.send_again(message=inbox, at=monday)


def test_an_incident_keeps_its_notes_and_ends_with_words(sent, person, monday):
    reader = person()
    take(sent(reader), at=monday)
    incident = Incident.objects.get()
    incidents.add_note(incident=incident, by=reader, at=monday, text="Telephoned.")
    with pytest.raises(ValueError, match="Say"):
        incidents.add_note(incident=incident, by=reader, at=monday, text="  ")
    incidents.skip(incident=incident, by=reader, at=monday, resolution="She read it in the inbox.")
    incident.refresh_from_db()
    assert (incident.ending, incident.message.state) == ("skipped", State.BOUNCED)
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        IncidentNote.objects.update(text="Never telephoned.")
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        Incident.objects.update(kind="refused")


DSN = """\
From: MAILER-DAEMON@mx.example.net
To: no-reply@casework.example.gov
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Mon, 3 Mar 2025 15:00:00 +0000

Final-Recipient: rfc822; gone@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1
    <gone@example.org>: no such user

--B
Content-Type: {copy}

From: no-reply@casework.example.gov
To: gone@example.org
Message-ID: {message_id}
Subject: There is news in your case

--B--
"""

ARF = """\
From: feedback@provider.example
To: no-reply@casework.example.gov
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

This is an email abuse report.

--B
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1

--B
Content-Type: message/rfc822

From: no-reply@casework.example.gov
To: reader@example.org
Message-ID: {message_id}
Subject: There is news in your case

There is news in your case.

--B--
"""


def read(text: str) -> list[bounces.Entry]:
    return reports.from_mail(email.message_from_string(text))


@pytest.mark.parametrize("copy", ["message/rfc822", "text/rfc822-headers"])
def test_a_delivery_status_notification_is_understood(copy):
    (entry,) = read(DSN.format(action="failed", status="5.1.1", copy=copy, message_id="<x@y>"))
    assert (entry.message_id, entry.kind, entry.status) == ("<x@y>", "hard", "5.1.1")
    assert entry.answer == "smtp; 550 5.1.1 <gone@example.org>: no such user"


@pytest.mark.parametrize(
    ("action", "status", "kinds"),
    [
        ("failed", "5.2.2", ["hard"]),
        ("Failed", "4.4.7", ["soft"]),
        ("failed", "", ["soft"]),
        ("delayed", "4.4.1", ["delayed"]),
        ("delivered", "2.0.0", []),
        ("relayed", "2.0.0", []),
        ("expanded", "2.0.0", []),
    ],
)
def test_what_a_notification_says_decides_what_it_is(action, status, kinds):
    text = DSN.format(action=action, status=status, copy="message/rfc822", message_id="<x@y>")
    assert [entry.kind for entry in read(text)] == kinds


def test_a_feedback_report_is_understood():
    assert read(ARF.format(message_id="<x@y>")) == [bounces.Entry("<x@y>", "complaint", "", "abuse")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Subject: Out of office\n\nI am away. Message-ID: <x@y>\n",
        DSN.replace("multipart/report; report-type=delivery-status", "multipart/mixed"),
        DSN.replace("Message-ID: {message_id}\n", ""),
        DSN.replace("report-type=delivery-status", "report-type=disposition-notification"),
        DSN[:300],
    ],
)
def test_other_mail_in_the_mailbox_says_nothing(text):
    assert read(text.replace("{copy}", "message/rfc822").replace("{message_id}", "<x@y>")) == []


@pytest.fixture
def mbox(tmp_path):
    def write(*texts: str) -> str:
        box = mailbox.mbox(tmp_path / "returned.mbox")
        for text in texts:
            box.add(text)
        box.close()
        return str(tmp_path / "returned.mbox")

    return write


def test_a_mailbox_is_read_and_reading_it_again_changes_nothing(sent, mbox, capsys):
    hard, delayed, unwelcome = sent(), sent(), sent()
    path = mbox(
        DSN.format(action="failed", status="5.1.1", copy="message/rfc822", message_id=hard.message_id),
        DSN.format(action="delayed", status="4.4.1", copy="message/rfc822", message_id=delayed.message_id),
        ARF.format(message_id=unwelcome.message_id),
        "Subject: Hello\n\nNo report.\n",
    )
    call_command("read_bounces", path)
    assert (
        "Mails read: 4. Reports known from before: 0. New entries: 3, of these about mails of ours: 3."
        in (capsys.readouterr().out)
    )
    assert {m.pk: m.state for m in Message.objects.filter(channel="email")} == {
        hard.pk: State.BOUNCED, delayed.pk: State.SENT, unwelcome.pk: State.SENT,
    }  # fmt: skip
    call_command("read_bounces", path)
    assert "known from before: 3. New entries: 0" in capsys.readouterr().out
    assert Bounce.objects.count() == 3


def test_a_mailbox_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        call_command("read_bounces", str(tmp_path / "none"))

"""Several relays at once, and relays that are killed."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.db import connection

from notifications import relay
from notifications.models import Attempt, Incident, Mark, Message, State

pytestmark = pytest.mark.django_db(transaction=True)

RELAY_PROCESS = """
import json, os, sys
import django
from datetime import datetime
django.setup()
from django.conf import settings
from django.db import connection
order = json.loads(sys.stdin.read())
connection.settings_dict["NAME"] = order["database"]
for name, value in order["settings"].items():
    setattr(settings, name, value)
from notifications import relay
relay.deliver_pending(at=datetime.fromisoformat(order["at"]), worker="doomed")
"""


def start_relay(at, port) -> subprocess.Popen[str]:
    order = {
        "database": connection.settings_dict["NAME"],
        "at": at.isoformat(),
        "settings": {
            "SITE_URL": project.SITE_URL,
            "NOTIFICATIONS_EMAIL": "smtp",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": port,
        },
    }
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(
        [sys.executable, "-c", RELAY_PROCESS], stdin=subprocess.PIPE, text=True, env=environment
    )
    process.stdin.write(json.dumps(order))
    process.stdin.close()
    return process


def kill(process) -> None:
    process.send_signal(signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL


def test_two_relays_deliver_two_hundred_messages_once_each(smtp, tell, person, monday, monkeypatch):
    monkeypatch.setattr(relay, "BATCH", 50)
    people = [person() for _ in range(200)]
    tell(*people, channels=["email"])
    start, done, trouble = threading.Barrier(2), {}, []

    def run(name):
        try:
            start.wait(10)
            done[name] = relay.deliver_pending(at=monday, worker=name)
        except BaseException as problem:
            trouble.append(problem)
        finally:
            connection.close()

    relays = [threading.Thread(target=run, args=(name,)) for name in ("one", "two")]
    for thread in relays:
        thread.start()
    for thread in relays:
        thread.join(60)
    assert trouble == []
    assert Counter(to for to, _ in smtp.mails) == Counter(p.email for p in people)
    assert sum(d.sent for d in done.values()) == 200
    assert all(d.sent > 0 for d in done.values())
    assert Attempt.objects.filter(outcome="ok").count() == 200


def test_after_kill_9_nothing_is_lost_and_one_mail_at_most_repeats_under_its_old_number(
    smtp, tell, person, monday
):
    people = [person() for _ in range(30)]
    tell(*people, channels=["email"])
    smtp.hold_at = 13
    doomed = start_relay(monday, smtp.port)
    assert smtp.holding.wait(60), "the relay did not come as far as the mail it is to be killed at"
    kill(doomed)
    smtp.go_on.set()
    assert Mark.objects.count() == 12
    assert Message.objects.filter(state=State.LEASED).count() == 30

    assert relay.deliver_pending(at=monday, worker="successor").sent == 0, "the lease still holds"
    after = monday + relay.LEASE
    assert relay.deliver_pending(at=after, worker="successor").sent == 18

    repeats = [number for number, times in Counter(smtp.message_ids).items() if times > 1]
    assert {to for to, _ in smtp.mails} == {p.email for p in people}
    assert len(smtp.mails) == 31
    assert repeats == [smtp.message_ids[12]]
    assert not Message.objects.undelivered().exists()
    assert not Mark.objects.exists()
    assert Attempt.objects.filter(outcome="ok").count() == 30
    (doubtful,) = Message.objects.filter(in_doubt__gt=0)
    assert (doubtful.message_id, doubtful.in_doubt) == (smtp.message_ids[12], 1), "the repeat is marked so"


def test_relays_killed_one_after_another_lose_nothing(smtp, tell, person, monday):
    people = [person() for _ in range(12)]
    tell(*people, channels=["email"])
    now = monday
    for hold_at in (3, 6):
        smtp.hold_at = hold_at
        smtp.holding.clear()
        smtp.go_on.clear()
        doomed = start_relay(now, smtp.port)
        assert smtp.holding.wait(60)
        kill(doomed)
        smtp.go_on.set()
        now += relay.LEASE + timedelta(seconds=1)
    relay.deliver_pending(at=now, worker="successor")
    times = Counter(smtp.message_ids)
    assert {to for to, _ in smtp.mails} == {p.email for p in people}
    assert sum(times.values()) - len(times) == 2, "one repeat for each killed relay"


def test_a_mail_at_which_two_relays_died_is_not_sent_a_third_time(smtp, tell, person, monday):
    tell(person(), channels=["email"])
    now = monday
    for turn in (1, 2):
        smtp.hold_at = turn
        smtp.holding.clear()
        smtp.go_on.clear()
        doomed = start_relay(now, smtp.port)
        assert smtp.holding.wait(60)
        kill(doomed)
        smtp.go_on.set()
        now += relay.LEASE + timedelta(seconds=1)
    assert relay.deliver_pending(at=now, worker="successor") == relay.Delivered(failed=1)
    assert len(smtp.mails) == 2
    assert len(set(smtp.message_ids)) == 1
    assert Incident.objects.get().kind == Incident.Kind.IN_DOUBT

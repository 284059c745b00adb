"""How fast mail leaves the outbox: ``python -m tests.benchmarks.relay [--mails N] [--rounds N] [--parts]``.

Each round sends the same number of mails three times to the same server on this machine: with a bare smtplib
loop over one connection and mails that were made beforehand, with the relay, and with the relay to a server
that does not offer PIPELINING. Ratios are medians of the rounds' own ratios: a round shares its noise. On
a busy machine speed says more about the neighbours; so the processor time of everybody who works on a mail
(sender, server, database process) is measured too.
"""

from __future__ import annotations

import argparse
import os
import smtplib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
READERS = 200


@contextmanager
def sink(*how: str) -> Iterator[int]:
    """A mail server of our own in another process; gives its port."""
    command = [sys.executable, "-m", "tests.benchmarks.sink", *how]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def database() -> Iterator[None]:
    """The project's tables in a database of their own, which goes afterwards."""
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = os.environ.get("TEST_DATABASE_NAME", "test_relay_benchmark")
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def stat(port: int) -> tuple[int, int, float]:
    """What a server took since it was last asked: mails, different mails; and its seconds of work in all."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        mails, different, microseconds = server.docmd("XSTAT")[1].split()
    return int(mails), int(different), int(microseconds) / 1e6


def work_of_database() -> float:
    """Seconds that our database process has worked; 0 where /proc does not say: on another machine, say."""
    from django.db import connection

    connection.ensure_connection()
    try:
        fields = (
            Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rsplit(")", 1)[1].split()
        )
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def readers() -> list[Any]:
    from referrals.models import User

    made = [
        User(email=f"reader{number}@example.org", name="Reader", language="en") for number in range(READERS)
    ]
    return User.objects.bulk_create(made)


def fill(people: list[Any], number: int) -> None:
    """Put that many mails into the outbox, all due."""
    from notifications.models import Channel, Message

    batch, keep = uuid4().hex, Message.objects
    keep.bulk_create(
        (
            Message(
                effect_key=f"{batch}-{place}:email:{people[place % READERS].pk}",
                event="benchmark",
                recipient=people[place % READERS],
                channel=Channel.EMAIL,
                about="SOI-2026-000017",
                link="/cases/SOI-2026-000017/",
                language="en",
                created_at=NOW,
                send_after=NOW,
                next_try_at=NOW,
            )
            for place in range(number)
        ),
        batch_size=2000,
    )


def ready_bytes(number: int) -> list[tuple[str, bytes]]:
    """As many mails as the relay will send, of the same size, made beforehand."""
    from notifications.channels import email, wire
    from notifications.models import Channel, Message

    made = []
    for place in range(number):
        message = Message(channel=Channel.EMAIL, language="en", event="benchmark")
        address = f"reader{place % READERS}@example.org"
        content = wire.as_bytes(email.compose(message, to=address, at=NOW), address)
        made.append((address, content.removesuffix(wire.END_OF_MAIL)))
    return made


def bare_loop(port: int, mails: list[tuple[str, bytes]]) -> float:
    """Seconds that smtplib needs for ready mails over one connection."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        start = time.perf_counter()
        for address, content in mails:
            server.sendmail("no-reply@localhost", [address], content)
        return time.perf_counter() - start


def relay_all(port: int, number: int) -> float:
    """Seconds that one relay needs for what lies in the outbox."""
    from django.conf import settings

    from notifications import relay

    settings.EMAIL_PORT = port
    sent, start = 0, time.perf_counter()
    while sent < number:
        done = relay.deliver_pending(at=NOW + timedelta(seconds=1), worker="benchmark").sent
        if not done:
            raise RuntimeError(f"Only {sent} of {number} mails left.")
        sent += done
    return time.perf_counter() - start


@dataclass
class Way:
    """One way of sending, and what each round measured: mails a second, and everybody's µs of work a mail."""

    label: str
    port: int
    run: Callable[[], float]
    fills: bool
    speeds: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)

    def measure(self, people: list[Any], number: int) -> None:
        """Raises RuntimeError for a mail that was lost or doubled."""
        if self.fills:
            fill(people, number)
        served, stored, own = stat(self.port)[2], work_of_database(), time.process_time()
        seconds = self.run()
        mails, different, served_after = stat(self.port)
        if (mails, different) != (number, number):
            raise RuntimeError(f"{self.label}: a mail was lost or doubled.")
        spent = time.process_time() - own + served_after - served
        spent += work_of_database() - stored if self.fills else 0
        self.speeds.append(number / seconds)
        self.work.append(spent / number * 1e6)
        print(f"{self.label:34} {number / seconds:7.0f}/s {self.work[-1]:6.0f} µs", flush=True)  # noqa: T201


def rounds(number: int, times: int) -> list[Way]:
    """The ways, the bare loop first, measured in turns."""
    people, mails = readers(), ready_bytes(number)
    with sink() as port, sink("plain") as plain:
        ways = [
            Way("bare smtplib loop, ready bytes", port, lambda: bare_loop(port, mails), fills=False),
            Way("relay", port, lambda: relay_all(port, number), fills=True),
            Way("relay, server without PIPELINING", plain, lambda: relay_all(plain, number), fills=True),
        ]
        for turn in range(times):
            for way in ways if turn % 2 == 0 else reversed(ways):
                way.measure(people, number)
    return ways


def parts(number: int) -> dict[str, float]:
    """Microseconds a mail for each part of the relay by itself; together they are more than the whole,
    because a mark is stored while the next mail is written."""
    from django.conf import settings

    from notifications import relay
    from notifications.channels import Receipt, email, wire
    from notifications.channels.smtp import Smtp
    from notifications.marks import Marks
    from notifications.models import Message

    at, lease, found = NOW + timedelta(seconds=1), "parts/1", dict[str, float]()

    def clock(name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = work()
        found[name] = (time.perf_counter() - start) / number * 1e6
        return result

    def claim() -> list[Message]:
        got: list[Message] = []
        while len(got) < number:
            got += relay.claim(at=at, size=min(relay.BATCH, number - len(got)), lease=lease)
        return got

    fill(readers_again(), number)
    messages = clock("lease them", claim)
    mails = clock(
        "write them",
        lambda: [email.compose(each, to=email.address_of(each), at=at) for each in messages],
    )
    clock("turn them into bytes", lambda: [wire.as_bytes(mail, mail.to) for mail in mails])
    with sink() as port:
        settings.EMAIL_PORT = port
        with closing(Smtp()) as carrier:
            following = [*(mail.to for mail in mails[1:]), ""]
            each = list(zip(mails, following, strict=True))
            clock(
                "give them to the server",
                lambda: [carrier.send(mail, before=lambda: None, next_to=to) for mail, to in each],
            )
    with closing(Marks(lease=lease, at=at)) as marks:

        def mark() -> None:
            for message in messages:
                marks.note_sent(message, Receipt("Q1", "250 2.0.0 Ok: queued as Q1"))
            marks.settle()

        clock("mark them", mark)
    return found


def readers_again() -> list[Any]:
    from referrals.models import User

    return list(User.objects.filter(name="Reader")[:READERS])


def report(ways: list[Way], number: int) -> list[str]:
    """A head, and one line of the table for each way."""
    head = "mails/s | × bare loop (range) | µs of work a mail | bare loop's work ÷ ours (range)"
    lines = [f"| relay of {number} mails, medians | {head} |", "|---|---|---|---|---|"]
    bare = ways[0]
    for way in ways:
        speed = span([mine / theirs for mine, theirs in zip(way.speeds, bare.speeds, strict=True)])
        work = span([theirs / mine for mine, theirs in zip(way.work, bare.work, strict=True)])
        middle = statistics.median
        lines.append(
            f"| {way.label} | {middle(way.speeds):.0f} | {speed} | {middle(way.work):.0f} | {work} |"
        )
    return lines


def span(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parts", action="store_true", help="also time each part of the relay by itself")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("TESTING", "1")

    import django

    django.setup()
    from django.conf import settings

    settings.NOTIFICATIONS_EMAIL, settings.EMAIL_HOST = "smtp", "127.0.0.1"
    settings.NOTIFICATIONS_KICK = settings.NOTIFICATIONS_INCIDENT_OWNER = None
    with database():
        print("\n".join(report(rounds(asked.mails, asked.rounds), asked.mails)))  # noqa: T201
        if asked.parts:
            for name, microseconds in parts(min(asked.mails, 5000)).items():
                print(f"{name:26} {microseconds:7.0f} µs a mail")  # noqa: T201


if __name__ == "__main__":
    main()

"""Deadlines that fall due together: ``python -m tests.benchmarks.sweep [--sizes 10000 100000] [--due 1000]``.

The job: of many armed deadlines, each of so many cases has one that is due, a warning to the staff of the
agency. It fires, and everybody concerned hears of it in the inbox and by mail, unless they turned that off.
By hand it is one statement for all of them; the peer is a loop over the due rows with the ORM, each in a
transaction of its own. Beside it: what a tick costs when nothing is due.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tests.benchmarks import ground

WARNING = ("soi_acknowledgement", "warn_1")
HAND = """
    WITH due AS (
        SELECT d.id, d.case_id, k.due_on FROM workflows_deadline d
        JOIN workflows_clock k ON k.id = d.clock_id
        JOIN workflows_case c ON c.id = d.case_id
        WHERE d.state = 'ARMED' AND d.due_at <= %(at)s FOR UPDATE OF c SKIP LOCKED),
    fired AS (
        UPDATE workflows_deadline d SET state = 'FIRED', settled_at = %(at)s
        FROM due WHERE d.id = due.id RETURNING d.id, due.case_id, due.due_on),
    told AS (
        INSERT INTO notifications_message (effect_key, public_id, event, recipient_id, channel, about, link,
            subject, body, context, language, urgent, mandatory, letter, state, created_at, send_after,
            next_try_at, leased_by, attempts, sent_at)
        SELECT 'deadline:' || f.id || ':agency_staff:' || ch.channel || ':' || u.id, gen_random_uuid(),
            'soi_acknowledgement.warn', u.id, ch.channel, c.reference, '/cases/' || c.reference || '/',
            CASE ch.channel WHEN 'inbox' THEN 'Request for a statement ' || c.reference ELSE '' END,
            CASE ch.channel WHEN 'inbox' THEN 'A date is coming up: acknowledgement, due '
                || to_char(f.due_on, 'FMDD Mon YYYY') || '.' ELSE '' END,
            '{}', u.language, false, false, '',
            CASE WHEN p.off THEN 'SKIPPED' WHEN ch.channel = 'inbox' THEN 'SENT' ELSE 'PENDING' END,
            %(at)s, %(at)s, %(at)s, '', 0,
            CASE WHEN ch.channel = 'inbox' AND NOT p.off THEN %(at)s::timestamptz END
        FROM fired f
        JOIN workflows_case c ON c.id = f.case_id
        JOIN referrals_soirequest r ON r.case_ptr_id = f.case_id
        JOIN referrals_office o ON o.desk_id = r.agency_desk_id
        JOIN referrals_membership m ON m.office_id = o.id AND m.ended_on IS NULL
            AND m.capacity = 'AGENCY_STAFF'
        JOIN referrals_user u ON u.id = m.user_id AND u.is_active
        CROSS JOIN (VALUES ('inbox'), ('email')) AS ch(channel)
        CROSS JOIN LATERAL (SELECT NOT coalesce((
            SELECT p.enabled FROM notifications_preference p
            WHERE p.user_id = u.id AND p.channel = ch.channel
                AND p.event IN ('', 'soi_acknowledgement.warn')
            ORDER BY p.event DESC LIMIT 1), true) AS off) p
        RETURNING id)
    SELECT (SELECT count(*) FROM fired), (SELECT count(*) FROM told)
"""


class Field:
    """Many open requests with all their deadlines ahead, of which some fall due when they are told to."""

    def __init__(self) -> None:
        from referrals.demo.cast import gather
        from referrals.services.steps import take_step
        from tests import cases
        from workflows import policies

        policies.load(cases.OPEN_WORLD)
        self.cast = gather(password="a password for benchmarks")
        self.record = cases.request_draft(self.cast)
        take_step(self.record, "submit", by=self.cast.representative, at=cases.OPEN_WORLD)
        self.record = cases.reload(self.record)
        self.at = cases.OPEN_WORLD + timedelta(hours=1)
        self.rungs = self.record.deadlines.filter(state="ARMED").count()
        self.keys: list[int] = []

    def grow(self, armed: int) -> None:
        missing = armed // self.rungs - len(self.keys)
        while missing > 0:
            self.keys += ground.copies(self.record, min(missing, 20_000))
            missing -= 20_000

    def fall_due(self, number: int) -> Sequence[int]:
        """One warning of each of so many cases, here and there, is due now; all else is as it was."""
        from django.db import connection

        from workflows.models import Deadline

        own = self.record.deadlines.get(clock_key=WARNING[0], rung=WARNING[1])
        with connection.cursor() as cursor:  # a superuser may: messages are never deleted otherwise
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("DELETE FROM notifications_message")
            cursor.execute("SET session_replication_role = origin")
        warnings = Deadline.objects.filter(clock_key=WARNING[0], rung=WARNING[1])
        warnings.filter(state="FIRED").update(state="ARMED", settled_at=None, due_at=own.due_at)
        keys = self.keys[:: max(1, len(self.keys) // number)][:number]
        warnings.filter(case_id__in=keys).update(due_at=self.at - timedelta(minutes=5))
        self.settle()
        return keys

    def settle(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) workflows_deadline, notifications_message, workflows_case")

    def hand(self, _keys: Sequence[int]) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(HAND, {"at": self.at})
            self.check(*cursor.fetchone())

    def ours(self, _keys: Sequence[int]) -> None:
        from notifications.models import Message
        from referrals import tasks

        swept = tasks.SWEEPER.fire_due(at=self.at)
        self.check(swept.fired, Message.objects.count())

    def loop(self, _keys: Sequence[int]) -> None:
        """A loop over the rows that are due, as it is usually written; preferences are left out."""
        from django.db import transaction

        from notifications.models import Message
        from referrals import audiences
        from referrals.models import SoiRequest
        from workflows.models import Case, Deadline

        due = Deadline.objects.filter(state="ARMED", due_at__lte=self.at).values_list("pk", "case_id")
        fired = told = 0
        for pk, case in list(due):
            with transaction.atomic():
                Case.objects.select_for_update().get(pk=case)
                deadline = Deadline.objects.select_related("clock").get(pk=pk)
                deadline.state, deadline.settled_at = "FIRED", self.at
                deadline.save()
                record = SoiRequest.objects.get(pk=case)
                for person in audiences.agency_staff.people(record):
                    for channel in ("inbox", "email"):
                        Message.objects.create(
                            effect_key=f"loop:{pk}:{channel}:{person.pk}", event="soi_acknowledgement.warn",
                            recipient=person, channel=channel, about=record.reference,
                            link=f"/cases/{record.reference}/",
                            subject="Request" if channel == "inbox" else "",
                            body="A date is coming up." if channel == "inbox" else "",
                            language="en", state="SENT" if channel == "inbox" else "PENDING",
                            created_at=self.at, send_after=self.at, next_try_at=self.at,
                            sent_at=self.at if channel == "inbox" else None,
                        )  # fmt: skip
                        told += 1
            fired += 1
        self.check(fired, told)

    expected = (0, 0)

    def check(self, fired: int, told: int) -> None:
        """Every way has the same effect: so many fired, so many messages."""
        if (fired, told) != self.expected:
            raise RuntimeError(f"{fired} fired and {told} told instead of {self.expected}")

    def empty_tick(self, times: int = 50) -> float:
        """Milliseconds of a sweep that finds nothing, in the median."""
        from referrals import tasks

        early = self.at - timedelta(days=30)
        found = []
        for _turn in range(times):
            start = time.perf_counter()
            tasks.SWEEPER.fire_due(at=early)
            found.append((time.perf_counter() - start) * 1000)
        return statistics.median(found)


def backend() -> int:
    from django.db import connection

    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def measure(field: Field, due: int, rounds: int, ways: Sequence[str]) -> dict[str, Any]:
    from referrals import audiences

    people = len(audiences.agency_staff.people(field.record))
    field.expected = (due, due * people * 2)
    return ground.taking_turns(
        {name: getattr(field, name) for name in ways},
        lambda _name: field.fall_due(due),
        rounds=rounds,
        processes=lambda _name: [os.getpid(), backend()],
    )


def main() -> None:
    import django

    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    reader.add_argument("--due", type=int, default=1_000)
    reader.add_argument("--rounds", type=int, default=5)
    asked = reader.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with ground.database("sweep"):
        field = Field()
        for size in asked.sizes:
            field.grow(max(size, asked.due * field.rungs))
            field.fall_due(asked.due)
            field.expected = (0, 0)
            found = measure(field, asked.due, asked.rounds, ("hand", "ours", "loop"))
            print(f"\n{asked.due} due of {len(field.keys) * field.rungs} armed")  # noqa: T201
            for name, each in found.items():
                faster = ground.ratio(each.rates, found["hand"].rates)
                print(  # noqa: T201
                    f"  {name:5} {each.rate:7.0f}/s  {each.cost:6.3f} ms processor time each"
                    f"  {faster:6.3f} x the speed of one statement"
                )
            print(f"  ours is {ground.ratio(found['ours'].rates, found['loop'].rates):.1f} x the loop")  # noqa: T201
            field.settle()
            print(f"  a tick that finds nothing: {field.empty_tick():.2f} ms")  # noqa: T201


if __name__ == "__main__":
    main()

"""One guarded step, three ways: ``python -m tests.benchmarks.steps [--cases 300] [--rounds 5]``.

The job: a USCIS adjudicator requests evidence. Read the case, the capacity and the fact that something is
asked; refuse or move the state; append the step with its hash; let the decision's clock stand still and take
its deadlines back; start the worker's clock with its ladder of deadlines; write one mail into the outbox,
unless its reader turned it off; commit. By hand it is ten prepared statements on the same tables; the peer is
django-fsm with the ORM. Before anything is measured, all ways must leave the same rows behind.
"""

from __future__ import annotations

import argparse
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from typing import Any

from tests.benchmarks import ground

NOW = datetime(2024, 9, 2, 15, 0, tzinfo=UTC)
SERVED = date(2024, 9, 2)


def ready_case() -> Any:
    """A request in adjudication in which an item is asked for."""
    from referrals.demo.cast import gather
    from referrals.services import worker_requests
    from referrals.services.steps import take_step
    from tests import cases
    from workflows import policies

    policies.load(datetime(2023, 1, 2, tzinfo=UTC))
    cast = gather(password="a password for benchmarks")
    request = cases.routed_request(cast, cases.active_statement(cast))
    take_step(request, "record_biometrics", by=cast.adjudicator, at=NOW - timedelta(days=1))
    worker_requests.ask_items(
        request, "rfe", [{"text": "Proof of work at the site in March 2023."}], at=NOW - timedelta(days=1)
    )
    request = cases.reload(request)
    return cast, request


PAUSED = "The other side has to answer, or a hold is in place."


def effects(rule: Any, due: Any) -> list[dict[str, str]]:
    """What the step's line says of the clocks."""
    return [
        {"what": "paused", "clock": "uscis_decision"},
        {"what": "started", "clock": "rfe", "due": str(due.on), "rule": f"rfe/US@{rule.effective_from}"},
    ]


# --- by hand


class Way(ABC):
    """One way to do the job, case by case."""

    ground: Ground

    @abstractmethod
    def take(self, pk: int) -> None: ...

    def take_each(self, keys: Sequence[int]) -> None:
        for pk in keys:
            self.take(pk)


class Hand(Way):
    """Ten prepared statements, as somebody would write them who knows these tables."""

    def __init__(self, ground: Ground) -> None:
        import psycopg
        from django.db import connection

        from workflows import history, terms
        from workflows.calendars import calendar
        from workflows.models import Step

        given = connection.get_connection_params()
        dsn = {name: given[name] for name in ("dbname", "user", "password", "host", "port") if name in given}
        self.connection = psycopg.connect(**dsn, autocommit=True, prepare_threshold=0)
        self.run = self.connection.cursor().execute
        self.ground = ground
        self.history, self.terms, self.calendar, self.step = history, terms, calendar, Step

    def backend(self) -> int:
        return self.connection.info.backend_pid

    def take(self, pk: int) -> None:
        history, terms = self.history, self.terms
        run, person, rule = self.run, self.ground.person, self.ground.rule
        run("BEGIN")
        found = run(
            "SELECT c.reference, c.state, c.version, c.head_hash, c.time_zone, c.definition_version, "
            "r.representative_desk_id FROM workflows_case c "
            "JOIN referrals_workerrequest r ON r.case_ptr_id = c.id WHERE c.id = %s FOR UPDATE OF c",
            (pk,),
        ).fetchone()
        assert found is not None
        reference, state, version, head, zone, definition, desk = found
        asks = run(
            "SELECT 1 FROM referrals_askeditem WHERE request_id = %s AND answered_at IS NULL LIMIT 1", (pk,)
        ).fetchone()
        if not (asks and state == "IN_ADJUDICATION" and person.capacity == "USCIS_ADJUDICATOR"):
            run("ROLLBACK")
            raise RuntimeError("refused")
        days = self.calendar("us-federal").with_timezone(zone)
        term = terms.Term.parse(rule.value)
        due = terms.due(term, calendar=days, start=SERVED, served=terms.Served("mail"), at=NOW)
        rungs = [(each.rung, terms.rung_at(due, each, days)) for each in terms.rungs(rule.value)]
        step = self.step(
            case_id=pk, sequence=version + 1, nature="MOVED", name="request_evidence", from_state=state,
            to_state="RFE_ISSUED", actor_id=person.pk, capacity=person.capacity,
            organization=person.organization_id, at=NOW, definition_version=definition,
            rules={"rfe": f"rfe/US@{rule.effective_from}"},
            data={"rfe_served_on": str(SERVED), "rfe_served_by": "mail"},
            effects=effects(rule, due), previous_hash=head,
        )  # fmt: skip
        hashed = history.hash_of(step, reference)
        run(
            "INSERT INTO workflows_step (case_id, sequence, nature, name, from_state, to_state, actor_id, "
            "capacity, organization, at, reason, definition_version, rules, data, effects, previous_hash, "
            "hash) "
            "VALUES (%s, %s, 'MOVED', 'request_evidence', %s, 'RFE_ISSUED', %s, %s, %s, %s, '', %s, "
            "%s::jsonb, "
            "%s::jsonb, %s::jsonb, %s, %s)",
            (
                pk, version + 1, state, person.pk, person.capacity, person.organization_id, NOW, definition,
                history.canonical(step.rules), history.canonical(step.data), history.canonical(step.effects),
                head, hashed,
            ),
        )  # fmt: skip
        run(
            "UPDATE workflows_case SET state = 'RFE_ISSUED', version = %s, desk_id = %s, "
            "entered_state_at = %s, next_due_at = %s, head_hash = %s WHERE id = %s",
            (version + 1, desk, NOW, due.at, hashed, pk),
        )
        run(
            "UPDATE referrals_workerrequest SET rfe_served_on = %s, rfe_served_by = 'mail' "
            "WHERE case_ptr_id = %s",
            (SERVED, pk),
        )
        run(
            "INSERT INTO workflows_pause (clock_id, began_at, reason, authority) SELECT id, %s, %s, '' "
            "FROM workflows_clock WHERE case_id = %s AND key = 'uscis_decision' AND stopped_at IS NULL",
            (NOW, PAUSED, pk),
        )
        run(
            "UPDATE workflows_deadline d SET state = 'CANCELLED', settled_at = %s FROM workflows_clock k "
            "WHERE k.case_id = %s AND k.key = 'uscis_decision' AND k.stopped_at IS NULL "
            "AND d.clock_id = k.id AND d.state = 'ARMED'",
            (NOW, pk),
        )
        made = run(
            "INSERT INTO workflows_clock (case_id, key, policy_id, generation, started_at, counts_from, "
            "served, "
            "due_on, due_at) VALUES (%s, 'rfe', %s, 1, %s, %s, 'mail', %s, %s) RETURNING id",
            (pk, rule.pk, NOW, SERVED, due.on, due.at),
        ).fetchone()
        assert made is not None
        run(
            "INSERT INTO workflows_deadline (case_id, clock_id, clock_key, rung, generation, due_at, state, "
            "collapsed) SELECT %s, %s, 'rfe', r, 1, w, 'ARMED', false "
            "FROM unnest(%s::text[], %s::timestamptz[]) AS t(r, w)",
            (pk, made[0], [name for name, _when in rungs], [when for _name, when in rungs]),
        )
        run(
            "INSERT INTO notifications_message (effect_key, public_id, event, recipient_id, channel, about, "
            "link, "
            "subject, body, context, language, urgent, mandatory, letter, state, created_at, send_after, "
            "next_try_at, leased_by, attempts, in_doubt) SELECT %s, gen_random_uuid(), "
            "'worker_request.request_evidence', %s, 'email', %s, %s, '', '', '{}', 'en', false, false, '', "
            "'PENDING', %s, %s, %s, '', 0, 0 WHERE NOT EXISTS (SELECT FROM notifications_preference p "
            "WHERE p.user_id = %s AND p.channel = 'email' AND NOT p.enabled "
            "AND p.event IN ('', 'worker_request.request_evidence')) "
            "AND NOT EXISTS (SELECT FROM notifications_schedule s WHERE s.user_id = %s)",
            (
                f"hand:{pk}", self.ground.told.pk, reference, f"/cases/{reference}/", NOW, NOW, NOW,
                self.ground.told.pk, self.ground.told.pk,
            ),
        )  # fmt: skip
        run("COMMIT")


class Ours(Way):
    """The door and the outbox."""

    def __init__(self, ground: Ground) -> None:
        from notifications import outbox
        from recordsets import instance
        from referrals.models import WorkerRequest
        from workflows import engine

        self.ground = ground
        self.outbox, self.engine = outbox, engine
        self.record = partial(instance, WorkerRequest)

    def backend(self) -> int:
        from django.db import connection

        connection.ensure_connection()
        return int(connection.connection.info.backend_pid)

    def take(self, pk: int) -> None:
        def along(record: Any, step: Any) -> Any:
            return self.outbox.rider(partial(self.tell, record, step), only_if=self.engine.WRITTEN)

        self.engine.advance(
            self.record({"id": pk, "case_ptr_id": pk, "reference": ""}),
            "request_evidence",
            by=self.ground.person,
            at=NOW,
            along=along,
            rfe_served_on=SERVED,
            rfe_served_by="mail",
        )

    def tell(self, record: Any, step: Any) -> None:
        self.outbox.tell(
            event="worker_request.request_evidence",
            recipients=[self.ground.told],
            key=f"step:{step.pk}",
            about=record.reference,
            link=f"/cases/{record.reference}/",
            subject="",
            body="",
            at=NOW,
            channels=["email"],
        )


class Fsm(Ours):
    """The same transition method, called as django-fsm's documentation does, and the ORM for the rest."""

    def take(self, pk: int) -> None:
        from django.db import transaction
        from django_fsm import has_transition_perm

        from notifications.models import Message, Preference, Schedule
        from referrals.models import AskedItem, WorkerRequest
        from workflows import history, terms
        from workflows.calendars import calendar
        from workflows.models import Clock, Deadline, Pause, Step

        person, rule = self.ground.person, self.ground.rule
        with transaction.atomic():
            record: Any = WorkerRequest.objects.select_for_update().get(pk=pk)
            asks = AskedItem.objects.filter(request_id=pk, answered_at__isnull=True).exists()
            record.fact_asks_for_something = asks
            if not has_transition_perm(record.request_evidence, person):
                raise RuntimeError("refused")
            before = record.state
            record.request_evidence(at=NOW, rfe_served_on=SERVED, rfe_served_by="mail")
            days = calendar("us-federal").with_timezone(record.time_zone)
            term = terms.Term.parse(rule.value)
            due = terms.due(term, calendar=days, start=SERVED, served=terms.Served("mail"), at=NOW)
            record.version += 1
            record.desk_id = record.representative_desk_id
            record.entered_state_at, record.next_due_at = NOW, due.at
            step = Step(
                case_id=pk, sequence=record.version, nature="MOVED", name="request_evidence",
                from_state=before, to_state=record.state, actor_id=person.pk, capacity=person.capacity,
                organization=person.organization_id, at=NOW, definition_version=record.definition_version,
                rules={"rfe": f"rfe/US@{rule.effective_from}"},
                data={"rfe_served_on": str(SERVED), "rfe_served_by": "mail"}, effects=effects(rule, due),
                previous_hash=record.head_hash,
            )  # fmt: skip
            step.hash = record.head_hash = history.hash_of(step, record.reference)
            step.save()
            record.save()
            going = Clock.objects.get(case_id=pk, key="uscis_decision", stopped_at=None)
            Pause.objects.create(clock=going, began_at=NOW, reason=PAUSED)
            going.deadlines.filter(state=Deadline.State.ARMED).update(
                state=Deadline.State.CANCELLED, settled_at=NOW
            )
            clock = Clock.objects.create(
                case_id=pk, key="rfe", policy=rule, started_at=NOW, counts_from=SERVED, served="mail",
                due_on=due.on, due_at=due.at,
            )  # fmt: skip
            Deadline.objects.bulk_create(
                Deadline(
                    case_id=pk, clock=clock, clock_key="rfe", rung=each.rung, generation=1,
                    due_at=terms.rung_at(due, each, days),
                )
                for each in terms.rungs(rule.value)
            )  # fmt: skip
            event = "worker_request.request_evidence"
            off = Preference.objects.filter(
                user=self.ground.told, channel="email", enabled=False, event__in=["", event]
            )
            if off.exists() or Schedule.objects.filter(user=self.ground.told).exists():
                return
            Message.objects.create(
                effect_key=f"fsm:{pk}", event="worker_request.request_evidence",
                recipient=self.ground.told, channel="email", about=record.reference,
                link=f"/cases/{record.reference}/", language="en", created_at=NOW, send_after=NOW,
                next_try_at=NOW,
            )  # fmt: skip


WAYS: dict[str, type[Any]] = {"hand": Hand, "ours": Ours, "fsm": Fsm}


def left_behind(pk: int) -> dict[str, list[tuple[Any, ...]]]:
    """What a way left in the tables for a case, but for keys and what is random."""
    from django.db import connection

    rows = {
        "case": "SELECT state, version, desk_id, entered_state_at, next_due_at, closed_at "
        "FROM workflows_case WHERE id = %(case)s",
        "own": "SELECT rfe_served_on, rfe_served_by FROM referrals_workerrequest "
        "WHERE case_ptr_id = %(case)s",
        "step": "SELECT sequence, nature, name, from_state, to_state, actor_id, capacity, organization, at, "
        "reason, definition_version, rules::text, data::text, effects::text, idempotency_key, previous_hash "
        "FROM workflows_step WHERE case_id = %(case)s ORDER BY sequence",
        "clocks": "SELECT key, policy_id, generation, started_at, counts_from, served, until_at, due_on, "
        "due_at, stopped_at FROM workflows_clock WHERE case_id = %(case)s ORDER BY key",
        "pauses": "SELECT k.key, p.began_at, p.ended_at, p.reason, p.authority, p.ordered_in "
        "FROM workflows_pause p JOIN workflows_clock k ON k.id = p.clock_id WHERE k.case_id = %(case)s",
        "deadlines": "SELECT clock_key, rung, generation, due_at, state, settled_at, collapsed "
        "FROM workflows_deadline WHERE case_id = %(case)s ORDER BY clock_key, rung",
        "mail": "SELECT event, recipient_id, channel, subject, body, language, urgent, mandatory, letter, "
        "m.state, send_after, next_try_at, attempts, in_doubt FROM notifications_message m "
        "JOIN workflows_case c ON c.reference = m.about WHERE c.id = %(case)s",
    }
    found = {}
    with connection.cursor() as cursor:
        for name, sql in rows.items():
            cursor.execute(sql, {"case": pk})
            found[name] = cursor.fetchall()
    return found


def check_that_all_do_the_same(ways: dict[str, Way]) -> None:
    """Raises AssertionError where a way leaves other rows behind than the door does."""
    wanted = None
    for name in ("ours", *sorted(ways)):
        (pk,) = ways[name].ground.fresh(1)
        ways[name].take(pk)
        found = left_behind(pk)
        wanted = wanted or found
        for part, rows in found.items():
            assert rows == wanted[part], f"{name} leaves another {part}: {rows}, not {wanted[part]}"


# --- measuring


def one_connection(ground_: Ground, cases: int, rounds: int) -> dict[str, ground.Measured]:
    """Each way over one connection, in turns."""
    made = {name: way(ground_) for name, way in WAYS.items()}
    check_that_all_do_the_same(made)
    for way in made.values():  # statements prepared, rules read
        way.take_each(ground_.fresh(20))
    return ground.taking_turns(
        {name: way.take_each for name, way in made.items()},
        lambda _name: ground_.fresh(cases),
        rounds=rounds,
        processes=lambda name: [os.getpid(), made[name].backend()],
    )


def several_connections(ground_: Ground, cases: int, rounds: int, number: int) -> dict[str, ground.Measured]:
    """Each way over several connections at once, each in a process of its own that stays for all rounds."""
    from django.db import connections

    connections.close_all()
    context = get_context("fork")
    crews: dict[str, list[tuple[Any, Any]]] = {}
    for name in WAYS:
        crews[name] = []
        for _each in range(number):
            here, there = context.Pipe()
            worker = context.Process(target=work, args=(name, ground_, there), daemon=True)
            worker.start()
            crews[name].append((worker, here))
    backends = {
        name: [pid for worker, pipe in crew for pid in (worker.pid, pipe.recv())]
        for name, crew in crews.items()
    }

    def run(name: str) -> Callable[[Sequence[int]], None]:
        def all_of(keys: Sequence[int]) -> None:
            for place, (_worker, pipe) in enumerate(crews[name]):
                pipe.send(keys[place::number])
            for _worker, pipe in crews[name]:
                assert pipe.recv() == "done"

        return all_of

    for name in WAYS:
        run(name)(ground_.fresh(20 * number))
    return ground.taking_turns(
        {name: run(name) for name in WAYS},
        lambda _name: ground_.fresh(cases),
        rounds=rounds,
        processes=lambda name: backends[name],
    )


def work(name: str, ground_: Ground, pipe: Any) -> None:
    """A process that takes the steps it is told, until it is killed."""
    way = WAYS[name](ground_)
    pipe.send(way.backend())
    while True:
        way.take_each(pipe.recv())
        pipe.send("done")


def told(label: str, found: dict[str, ground.Measured]) -> None:
    print(f"\n{label}")  # noqa: T201
    for name, each in found.items():
        faster = ground.ratio(each.rates, found["hand"].rates)
        dearer = ground.ratio(each.costs, found["hand"].costs)
        print(  # noqa: T201
            f"  {name:5} {each.rate:7.0f}/s  {each.cost:6.2f} ms processor time a step"
            f"  {faster:5.2f} x the speed, {dearer:5.2f} x the processor time of hand-written SQL"
        )
    print(f"  ours is {ground.ratio(found['ours'].rates, found['fsm'].rates):.1f} x django-fsm with the ORM")  # noqa: T201


class Ground:
    """One case that is ready for the step, and copies of it."""

    def __init__(self) -> None:
        from workflows import policies

        cast, self.record = ready_case()
        self.person = cast.people["adjudicator"]
        self.told = cast.people["representative"]
        self.rule = policies.policy("rfe", on=SERVED)
        assert self.person.capacity == "USCIS_ADJUDICATOR"
        assert self.told.pk

    def fresh(self, number: int) -> Sequence[int]:
        from referrals.models import AskedItem

        return ground.copies(self.record, number, beside=[AskedItem])


def main() -> None:
    import django

    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--cases", type=int, default=300)
    reader.add_argument("--rounds", type=int, default=5)
    reader.add_argument("--connections", type=int, default=8)
    asked = reader.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with ground.database("steps"):
        ready = Ground()
        told("one connection", one_connection(ready, asked.cases, asked.rounds))
        if asked.connections > 1:
            found = several_connections(ready, asked.cases, asked.rounds, asked.connections)
            told(f"{asked.connections} connections", found)


if __name__ == "__main__":
    main()

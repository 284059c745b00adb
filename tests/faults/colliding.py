"""How the database is made to put a transaction back, and how often it did."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from recordsets import collisions
from tests.faults.stack import Stack, wait_for


@contextmanager
def meanwhile(stack: Stack, first: str, *values: Any, then: str = "") -> Iterator[None]:
    """Another connection does ``first``; once the block waits for it, ``then``; and commits."""
    ready, trouble = threading.Event(), []

    def go() -> None:
        try:
            with psycopg.connect(stack.postgres.url()) as other:
                other.execute("SET deadlock_timeout = '30s'")  # so that the block is the one put back
                other.execute(first, values)  # type: ignore[call-overload]
                ready.set()
                wait_for(stack.waits_for_lock, "somebody who waits for this lock")
                if then:
                    other.execute(then)  # type: ignore[call-overload]
        except BaseException as problem:
            trouble.append(problem)
            ready.set()

    thread = threading.Thread(target=go)
    thread.start()
    assert ready.wait(60)
    try:
        yield
    finally:
        thread.join(60)
    assert trouble == []


@contextmanager
def put_back_once(stack: Stack, table: str) -> Iterator[None]:
    """The first transaction that changes ``table`` cannot be serialized, which it hears at its very end.

    A sequence remembers that it was the first: what a sequence has given is never taken back.
    """
    with psycopg.connect(stack.postgres.url(), autocommit=True) as other:
        other.execute(
            f"""
            CREATE SEQUENCE first_to_commit;
            GRANT USAGE ON SEQUENCE first_to_commit TO PUBLIC;
            CREATE FUNCTION put_back_once() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('first_to_commit') = 1 THEN
                    RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001';
                END IF;
                RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER put_back_once AFTER INSERT OR UPDATE OR DELETE ON {table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION put_back_once();
            """
        )
        try:
            yield
        finally:
            other.execute("DROP FUNCTION put_back_once CASCADE; DROP SEQUENCE first_to_commit")


def put_back(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the database put back, once for each try that it cost."""
    return [each.args[0] for each in caplog.records if each.name == collisions.log.name and each.args]  # type: ignore[misc,index]

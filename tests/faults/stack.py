"""The whole product in processes of its own, with servers of its own, so that any of them may be killed."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings

from config.local.places import ROOT
from config.local.postgres import Postgres
from config.local.processes import Child, until
from config.local.valkey import Valkey
from tests.notifications.conftest import SmtpSink

HOST = "127.0.0.1"
PATIENCE = 150.0  # seconds that a condition may take before the test has failed


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Go on as soon as something is so; a test that waits in vain fails with what it waited for."""
    assert until(condition, seconds=PATIENCE, pause=0.02), f"in vain: {what}"


class Stack:
    """PostgreSQL, Valkey, a mail server, web processes, workers and beats."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.postgres = Postgres(base)
        self.valkey = Valkey(base)
        self.mail = SmtpSink()
        self.mail.pipelining = True
        self.programs: dict[str, Child] = {}
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = int(probe.getsockname()[1])

    def start(self) -> None:
        """The servers, with tables and rules; the programs are started by those who need them."""
        threading.Thread(target=self.mail.serve_forever, args=(0.01,), daemon=True).start()
        self.postgres.start()
        self.valkey.start()
        made = self._child("tables", "-m", "config.local.prepare", "tables")
        assert made.process.wait(120) == 0, made.last_words()

    def stop(self) -> None:
        for program in self.programs.values():
            program.ask_to_stop()
        for program in self.programs.values():
            program.stop()
        self.mail.go_on.set()
        self.mail.shutdown()
        self.mail.server_close()
        self.valkey.stop()
        self.postgres.stop()
        self.postgres.remove()

    def environment(self) -> dict[str, str]:
        """What each process of this stack is told; nothing of the test run's own servers."""
        ours = {
            "DATABASE_URL": self.postgres.url(),
            "REDIS_URL": self.valkey.url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "TESTING": "1",
            "REFERRAL_MANAGED": "1",
            "NOTIFICATIONS_EMAIL": "smtp",
            "EMAIL_HOST": HOST,
            "EMAIL_PORT": str(self.mail.port),
            "EMAIL_TIMEOUT": "5",
            "SITE_URL": f"http://{HOST}:{self.port}",
            "LOG_LEVEL": "WARNING",
            "SWEEP_BATCH": "1",
        }
        theirs = {"DEBUG", "DEMO", "CACHE_URL", "TEST_DATABASE_NAME"}
        return {**{name: value for name, value in os.environ.items() if name not in theirs}, **ours}

    def _child(self, name: str, *words: str) -> Child:
        return Child(
            name,
            [sys.executable, *words],
            log=self.base / f"{name}-{time.monotonic_ns()}.log",
            cwd=ROOT,
            env=self.environment(),
        )

    def run(self, name: str, *words: str) -> Child:
        self.programs[name] = child = self._child(name, *words)
        return child

    # The programs

    def serve_pages(self) -> None:
        """Two web processes behind one port; one dies when a request asks for it, see ``web.py``."""
        how = ["--bind", f"{HOST}:{self.port}", "--workers", "2", "--threads", "4", "--preload"]
        self.run("web", "-m", "gunicorn", "tests.faults.web", *how, "--no-control-socket")
        wait_for(self.answers, "a web process that answers")

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/healthz").status == 200
        except OSError:
            return False

    def ask(
        self, method: str, path: str, *, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> http.client.HTTPResponse:
        """One request over a connection of its own. Raises OSError or HTTPException where nobody answers."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            response = connection.getresponse()
            response.text = response.read().decode(errors="replace")  # type: ignore[attr-defined]
            return response
        finally:
            connection.close()

    def work(self, name: str = "worker", processes: int = 2) -> Child:
        """A Celery worker; several are told apart by their names."""
        pool = ["--pool", "prefork", "--concurrency", str(processes)]
        quiet = ["--without-gossip", "--without-mingle", "--loglevel", "WARNING", "-n", f"{name}@faults"]
        return self.run(name, "-m", "celery", "-A", "tests.faults.queue", "worker", *pool, *quiet)

    def tick(self, name: str = "beat") -> Child:
        """A beat, which asks for a sweep and a delivery about three times a second."""
        own = ["--schedule", str(self.base / f"{name}-{time.monotonic_ns()}"), "--pidfile", ""]
        return self.run(name, "-m", "celery", "-A", "tests.faults.queue", "beat", *own)

    def rest(self, *names: str) -> None:
        """End programs in an orderly way."""
        for name in names:
            if program := self.programs.pop(name, None):
                program.stop()

    def kill(self, name: str) -> None:
        """``kill -9`` of a program and every process that it has started."""
        program = self.programs.pop(name)
        os.killpg(program.process.pid, signal.SIGKILL)
        assert program.process.wait(10) == -signal.SIGKILL

    # The servers

    def kill_postgres(self) -> None:
        """``kill -9`` of the whole database server, as a machine that loses power would end it."""
        child = self.postgres.child
        assert child is not None
        number = self.postgres.server_pid()
        assert number is not None
        own = [int(each) for each in Path(f"/proc/{number}/task/{number}/children").read_text().split()]
        for each in [number, *own]:
            os.kill(each, signal.SIGKILL)
        child.process.wait(10)
        wait_for(lambda: not any(Path(f"/proc/{each}").exists() for each in own), "the end of PostgreSQL")
        child.stop()

    def start_postgres(self) -> None:
        self.postgres.start()

    def kill_valkey(self) -> None:
        assert self.valkey.child is not None
        self.valkey.child.process.kill()
        self.valkey.stop()

    @contextmanager
    def frozen_valkey(self) -> Iterator[None]:
        """Valkey takes connections and says nothing, as a host that is out of memory does."""
        assert self.valkey.child is not None
        number = self.valkey.child.process.pid
        os.kill(number, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(number, signal.SIGCONT)

    def flush_valkey(self) -> None:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(self.valkey.socket))
            client.sendall(b"FLUSHALL\r\n")
            assert client.recv(16).startswith(b"+OK")

    @contextmanager
    def locked(self, statement: str, *values: Any) -> Iterator[psycopg.Connection[Any]]:
        """A connection of another program, which holds what a statement locks."""
        with psycopg.connect(self.postgres.url()) as other:
            other.execute(statement, values)  # type: ignore[call-overload]
            yield other
            other.rollback()

    def waits_for_lock(self) -> bool:
        with psycopg.connect(self.postgres.url()) as other:
            found = other.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE wait_event_type = 'Lock' AND datname = current_database()"
            ).fetchone()
        return found is not None and found[0] > 0


def address_of(url: str) -> dict[str, str]:
    """What Django's connection needs of an address like ``postgres://user@/name?host=directory``."""
    parts = urlsplit(url)
    return {
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username or "",
        "HOST": parts.query.removeprefix("host="),
        "PORT": "",
        "PASSWORD": "",
    }

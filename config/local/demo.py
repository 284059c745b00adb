"""``manage.py demo``: the whole product on one machine, until Ctrl-C.

Starts PostgreSQL and Valkey (or uses ``DATABASE_URL`` and ``REDIS_URL``), makes
the tables and the demo's records, and runs the web server, the worker and the
tick. Whatever way it ends, none of its processes stays behind.
"""

from __future__ import annotations

import argparse
import http.client
import os
import shutil
import signal
import socket
import sys
import textwrap
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn

from config.local import living, places, prepare, servers
from config.local.leases import Lease
from config.local.postgres import Postgres
from config.local.processes import Child, until
from config.local.trouble import DISK_IS_FULL, Trouble, say
from config.local.valkey import Valkey

HOST = "127.0.0.1"
WORLDS = ("closed", "open")
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: Sequence[str]) -> int:
    """Run the demo and return the exit code."""
    options = parsed(arguments)
    wish = living.wished(options.at) if options.at is not None else None
    refuse_busy(options.port)
    for number in ENDS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as nohup has it
            signal.signal(number, interrupt)
    demo = Demo(options.port)
    try:
        demo.start(world=options.world, fresh=options.fresh, wish=wish)
        demo.watch()
    except KeyboardInterrupt:
        say("Stopping")
        return 0
    finally:
        for number in ENDS:
            signal.signal(number, signal.SIG_IGN)
        demo.stop()
        say("Everything has stopped")


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="manage.py demo", description="Run the whole product on this machine."
    )
    parser.add_argument("--port", type=int, default=8000, help="the port of the web server (8000)")
    parser.add_argument("--world", choices=WORLDS, help="whether the federal programme takes new requests")
    parser.add_argument(
        "--at",
        metavar="DAY",
        help="live on that day, such as 2028-06-01, with everything that came due until then, and go on from "
        "there; again with a later day, move on to that",
    )
    parser.add_argument("--fresh", action="store_true", help="throw the demo's records away and begin again")
    return parser.parse_args(arguments)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Any wish to end is a Ctrl-C."""
    raise KeyboardInterrupt


def refuse_busy(port: int) -> None:
    """Raise Trouble when something else listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise Trouble(f"Port {port} is for root alone. Choose one above 1023: --port 8000") from None
        except OverflowError:
            raise Trouble(f"{port} is no port. Choose one from 1024 to 65535: --port 8000") from None
        except OSError:
            raise Trouble(
                f"Port {port} is taken by another program, perhaps a demo that already runs. "
                f"Stop it, or choose another port: --port {port + 1}"
            ) from None


class Demo:
    """Everything that runs, in the order in which it was started."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.home = servers.home()
        self.leases: list[Lease] = []
        self.children: list[Child] = []

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self, *, world: str | None, fresh: bool, wish: living.Wish | None = None) -> None:
        self.serve_records(fresh=fresh)
        shared = any(lease.others() for lease in self.leases)
        lives_on = living.begin(wish, home=self.home, url=os.environ["DATABASE_URL"], shared=shared)
        os.environ["DEMO"] = "1"
        os.environ.setdefault("SECRET_KEY", servers.secret_key())
        os.environ.setdefault("KEYSTORE", str(servers.keystore()))
        os.environ.setdefault("STATIC_ROOT", str(places.var() / "static"))
        os.environ.setdefault("SITE_URL", self.address)
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        self.prepare(world or prepare.remembered(self.home).get("world", "closed"), moved=wish is not None)
        self.run_programs()
        if not until(self.answers, seconds=90, pause=0.1):
            raise Trouble(f"The web server does not answer. Its last words:\n{self.children[0].last_words()}")
        say("Ready")
        people = prepare.remembered(self.home).get("sign_ins")
        print(welcome(self.address, people, lives_on=lives_on), flush=True)

    def serve_records(self, *, fresh: bool) -> None:
        """Have a database and a broker: the ones that are named, or our own."""
        if fresh and os.environ.get("DATABASE_URL"):
            raise Trouble(
                "--fresh empties only the demo's own database. Unset DATABASE_URL, or omit --fresh."
            )
        if not os.environ.get("DATABASE_URL"):
            postgres = Postgres(self.home)
            lease = self.lease(postgres)
            if fresh:
                self.empty(postgres, lease)
            os.environ["DATABASE_URL"] = postgres.url()
        if not os.environ.get("REDIS_URL"):
            valkey = Valkey(self.home)
            if fresh and not valkey.running():
                valkey.remove()
            self.lease(valkey)
            os.environ["REDIS_URL"] = valkey.url()

    def lease(self, server: Postgres | Valkey) -> Lease:
        lease = Lease(server)
        self.leases.append(lease)
        lease.take()
        say(f"{server.name} runs" if lease.started_here else f"{server.name} already ran; joined it")
        return lease

    def empty(self, postgres: Postgres, lease: Lease) -> None:
        if lease.others():
            raise Trouble(
                "Another command uses the demo's database. Let it end first, then try --fresh again."
            )
        prepare.forget(self.home)
        postgres.drop_database()
        shutil.rmtree(servers.keystore(), ignore_errors=True)
        say("The demo's old records are gone")

    def prepare(self, world: str, *, moved: bool = False) -> None:
        """Do what changed since last time: tables and records on one side, collected files on the other."""
        jobs = {}
        if moved or self.records_are_old(world):
            jobs["Tables and demo records"] = ["records", "--world", world, "--home", str(self.home)]
        if not prepare.static_is_ready():
            jobs["Static files"] = ["static"]
        running = []
        for name, words in jobs.items():
            child = self.child(name, ["-m", "config.local.prepare", *words], log=f"prepare-{words[0]}")
            running.append(child)
        for child in running:
            say(f"{child.name} are being made ready")
        for child in running:
            if child.process.wait():
                words_said = child.last_words()
                full = "No space left on device" in words_said
                raise Trouble(DISK_IS_FULL if full else f"{child.name} cannot be made ready:\n{words_said}")
            say(f"{child.name} are ready")
            self.children.remove(child)

    def records_are_old(self, world: str) -> bool:
        """Whether the database may lack something; one that is not ours is always looked at."""
        kept = prepare.remembered(self.home)
        ours = any(isinstance(lease.server, Postgres) for lease in self.leases)
        return not (ours and kept.get("world") == world and kept.get("state") == prepare.state_of_code(world))

    def run_programs(self) -> None:
        """The web server, the worker and the tick; their output goes to var/log."""
        celery = ["-m", "celery", "-A", "config.celery"]
        schedule = str(self.home / "celerybeat-schedule")
        web = [
            "--bind",
            f"{HOST}:{self.port}",
            "--workers",
            "2",
            "--threads",
            "4",
            "--preload",
            "--no-control-socket",
        ]
        self.child("web", ["-m", "gunicorn", "--config", "python:config.web_server", "config.wsgi", *web])
        quiet = ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        # By force: Celery may lose a signal that it handles while it starts. Its pool ends with its pipe.
        self.child("worker", [*celery, "worker", *pool(), *quiet], orphaned=signal.SIGKILL)
        self.child("beat", [*celery, "beat", "--schedule", schedule, "--pidfile", ""])

    def child(self, name: str, words: Sequence[str], *, log: str = "", orphaned: int | None = None) -> Child:
        path = places.var() / "log" / f"{log or name}.log"
        child = Child(name, [sys.executable, *words], log=path, orphaned=orphaned, cwd=places.ROOT)
        self.children.append(child)
        return child

    def answers(self) -> bool:
        """Whether the first page can be asked for; raises Trouble when a program has ended instead."""
        self.notice_ends()
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def notice_ends(self) -> None:
        for child in self.children:
            if not child.alive:
                raise Trouble(
                    f"The {child.name} process ended by itself. Its last words:\n{child.last_words()}"
                )

    def watch(self) -> NoReturn:
        """Until somebody interrupts, or a program ends by itself; a lost server is started again."""
        while True:
            self.notice_ends()
            for lease in self.leases:
                if lease.server.ended():
                    say(f"{lease.server.name} ended by itself; starting it again")
                    lease.server.start()
            time.sleep(0.5)

    def stop(self) -> None:
        """End everything, the last started first, the servers after their clients."""
        for child in self.children:
            child.ask_to_stop()
        with ExitStack() as stack:
            for lease in self.leases:
                stack.callback(lease.give_back, wait=False)
            for child in reversed(self.children):
                stack.callback(child.stop)


def pool() -> list[str]:
    """Celery's own processes, or threads where there is no shared memory for their locks."""
    shared = Path("/dev/shm")  # noqa: S108
    works = not shared.exists() or os.access(shared, os.W_OK)
    return ["--pool", "prefork" if works else "threads", "--concurrency", "1"]


def welcome(address: str, people: object, *, lives_on: datetime | None = None) -> str:
    """What a visitor reads when everything runs: the address, and a sign-in for each kind of person."""
    rows = [prepare.SignIn(**row) for row in people] if isinstance(people, list) else []
    lines = ["", f"  Open {address}/ in a browser. Ctrl-C stops everything.", ""]
    if lives_on:
        lines += [
            f"  The demonstration lives on {living.in_words(lives_on)}, and time goes on from there.",
            "",
        ]
    who = max((len(row.who) for row in rows), default=0)
    email = max((len(row.email) for row in rows), default=0)
    width = max(shutil.get_terminal_size().columns - who - email - 6, 30)
    for row in rows:
        first, *more = textwrap.wrap(row.what, width) or [""]
        lines.append(f"  {row.who:<{who}}  {row.email:<{email}}  {first}")
        lines += [" " * (who + email + 6) + line for line in more]
    lines += ["", *passwords(rows), "  The page after it shows the code of their app."] if rows else []
    return "\n".join([*lines, ""])


def passwords(rows: Sequence[prepare.SignIn]) -> list[str]:
    """One line where everybody has the same password, otherwise one for each person."""
    if len({row.password for row in rows}) == 1:
        return [f"  The password of each is {rows[0].password}"]
    return [f"  The password of {row.email} is {row.password}" for row in rows]

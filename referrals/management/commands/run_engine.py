import logging
import signal
import threading
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, connection
from django.utils.translation import gettext as _

import present
from notifications.relay import Delivered
from referrals import heartbeats, tasks
from referrals.models import Heartbeat
from referrals.services import access_alerts, access_chain, disposing, due_records, quarantine
from workflows import heads
from workflows.sweep import Swept

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Fires due deadlines and delivers messages, with neither Celery nor Redis."

    def add_arguments(self, parser: ArgumentParser) -> None:
        how = parser.add_mutually_exclusive_group(required=True)
        how.add_argument("--once", action="store_true", help="do what is due now and stop")
        how.add_argument("--loop", action="store_true", help="go on until told to stop (SIGTERM, Ctrl+C)")
        parser.add_argument("--seconds", type=float, default=20.0, help="between two turns of --loop")

    def handle(self, *, once: bool, seconds: float, **_options: Any) -> None:
        if once:
            self._fire()
            self._deliver()
            self._check_files()
            self._follow()
            self._dispose()
            return
        with _told_to_stop() as stopped:
            self.stdout.write(_("The engine runs."))
            while not stopped.is_set():
                self._despite_trouble(self._fire)
                self._despite_trouble(self._deliver)
                self._despite_trouble(self._check_files)
                self._despite_trouble(self._follow)
                self._despite_trouble(self._dispose)
                self._despite_trouble(self._note)
                self._despite_trouble(self._sign)
                stopped.wait(max(0.1, seconds))
            self.stdout.write(_("The engine stops."))

    def _note(self, *, quiet: bool) -> None:
        """Say that the loop goes round, even if nothing of the turn could be done."""
        heartbeats.note(Heartbeat.Part.LOOP, at=present.now())

    def _check_files(self, *, quiet: bool = False) -> None:
        """Ask clamd about the files that wait for it."""
        quarantine.check_waiting(at=present.now())

    def _follow(self, *, quiet: bool = False) -> None:
        """Chain what was read, and tell what the rules find in it."""
        access_alerts.follow(at=present.now())

    def _dispose(self, *, quiet: bool = False) -> None:
        """Once a day find what is due to be destroyed; destroy what two people have agreed on."""
        at = present.now()
        due_records.find_daily(at=at)
        disposing.carry_out(at=at)

    def _sign(self, *, quiet: bool) -> None:
        """Take this day's heads of the histories and of the reads, unless they have been taken."""
        heads.take(at=present.now())
        access_chain.take_head(at=present.now())

    def _despite_trouble(self, work: Callable[..., None]) -> None:
        """One half of a turn: what goes wrong in it ends neither the other half nor the loop."""
        try:
            work(quiet=True)
        except Error as outage:
            self.stderr.write(_("The database did not answer; trying again. %(why)s") % {"why": outage})
            connection.close()
        except Exception:
            log.exception("The engine goes on in spite of this.")

    def _fire(self, *, quiet: bool = False) -> None:
        """Fire until nothing is due."""
        swept = _swept()
        if quiet and swept == Swept():
            return
        words = {
            "fired": swept.fired,
            "collapsed": swept.collapsed,
            "steps": swept.steps,
            "failed": swept.failed,
        }
        self.stdout.write(
            _(
                "Deadlines fired: %(fired)d (%(collapsed)d of them late and silent). Steps taken: %(steps)d. "
                "Cases that failed: %(failed)d."
            )
            % words
        )

    def _deliver(self, *, quiet: bool = False) -> None:
        """Deliver until nothing waits."""
        delivered = _delivered()
        if quiet and delivered == Delivered():
            return
        self.stdout.write(
            _("Messages sent: %(sent)d. To be tried again: %(retried)d. Given up: %(failed)d.")
            % {"sent": delivered.sent, "retried": delivered.retried, "failed": delivered.failed}
        )


def _swept() -> Swept:
    swept = Swept()
    while True:
        turn = tasks.fire(at=present.now())
        swept.failed = max(swept.failed, turn.failed)
        turn.failed = 0
        swept += turn
        if not turn.fired:
            return swept


def _delivered() -> Delivered:
    sent = retried = failed = 0
    while True:
        turn = tasks.deliver(at=present.now())
        if turn == Delivered():
            return Delivered(sent, retried, failed)
        sent, retried, failed = sent + turn.sent, retried + turn.retried, failed + turn.failed


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set, so that a turn is finished before the process ends."""
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signals = (signal.SIGTERM, signal.SIGINT)
    before = {each: signal.signal(each, stop) for each in signals}
    try:
        yield stopped
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)

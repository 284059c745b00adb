import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows import history
from workflows.models import Case

SECONDS = 2.0


class Command(BaseCommand):
    help = (
        "Checks the daily heads and walks the history of every case; exits 1 at the first place that does "
        "not hold."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--published", default="", metavar="HASH", help="a daily head kept outside; it must be among ours"
        )
        parser.add_argument(
            "--every-root",
            action="store_true",
            help="compute the root of every daily head anew, not the last",
        )

    def handle(self, **options: Any) -> None:
        verdict = history.verify(
            published=options["published"].lower(),
            every_root=options["every_root"],
            progress=self._progress() if self.stderr.isatty() else None,
        )
        broken = verdict.broken
        if options["json"]:
            self.stdout.write(json.dumps(verdict.as_json(), ensure_ascii=False))
        elif broken is None:
            self.stdout.write(f"{verdict.cases} cases with {verdict.steps} steps: every history holds.")
            self.stdout.write(self._heads(verdict))
        if broken is not None:
            raise CommandError(
                f"{broken}. {verdict.cases} cases with {verdict.steps} steps were walked up to here."
            )

    def _heads(self, verdict: history.Verdict) -> str:
        if verdict.newest is None:
            return "No daily head was taken yet, so a history cut off at its end would not be seen."
        signed = f"signed with key {verdict.newest['key_id']}" if verdict.newest["key_id"] else "not signed"
        return (
            f"{verdict.heads} daily heads hold, the newest of {verdict.newest['day']}, {signed}: "
            f"{verdict.newest['hash']}"
        )

    def _progress(self) -> history.Progress:
        total, began = Case.objects.count(), time.monotonic()
        said = began

        def tell(cases: int) -> None:
            nonlocal said
            now = time.monotonic()
            if now - said >= SECONDS:
                said = now
                self.stderr.write(f"{cases} of {total} cases, {cases / (now - began):.0f} a second")

        return tell

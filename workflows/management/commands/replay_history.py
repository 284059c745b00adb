import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows import replay
from workflows.models import Case, Kind

SECONDS = 2.0
SHOWN = 100


class Command(BaseCommand):
    help = (
        "Replays the history of every case under the frozen definition of its version, and names each line "
        "that could not have come about; exits 1 if there is one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kind", choices=Kind.values, default="", help="only cases of this kind")
        parser.add_argument("--reference", default="", help="only this case")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *, kind: str, reference: str, **options: Any) -> None:
        if reference and not Case.objects.filter(reference=reference).exists():
            raise CommandError(f"There is no case {reference}.")
        began = time.monotonic()
        outcome = replay.replay(
            kind=kind, reference=reference, progress=self._progress(kind) if self.stderr.isatty() else None
        )
        took = max(time.monotonic() - began, 0.001)
        if options["json"]:
            told = outcome.as_json() | {"seconds": round(took, 3)}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for illegal in outcome.illegal[:SHOWN]:
                self.stdout.write(str(illegal))
            if outcome.found > SHOWN:
                self.stdout.write(f"… and {outcome.found - SHOWN} more.")
        walked = f"{outcome.cases} cases with {outcome.lines} lines"
        if outcome.found:
            raise CommandError(f"{walked} were replayed: {outcome.found} places are not legal.")
        if not options["json"]:
            self.stdout.write(
                f"{walked}: every history is legal under its version "
                f"({outcome.lines / took:,.0f} lines a second)."
            )

    def _progress(self, kind: str) -> replay.Progress:
        cases = Case.objects.filter(kind=kind) if kind else Case.objects.all()
        total, began = cases.count(), time.monotonic()
        said = began

        def tell(done: int) -> None:
            nonlocal said
            now = time.monotonic()
            if now - said >= SECONDS:
                said = now
                self.stderr.write(f"{done} of {total} cases, {done / (now - began):.0f} a second")

        return tell

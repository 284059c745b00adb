import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows import history


class Command(BaseCommand):
    help = "Walks the history of every case and exits 1 at the first step that does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        verdict = history.verify()
        broken = verdict.broken
        if options["json"]:
            self.stdout.write(json.dumps(verdict.as_json(), ensure_ascii=False))
        elif broken is None:
            self.stdout.write(f"{verdict.cases} cases with {verdict.steps} steps: every history holds.")
        if broken is not None:
            raise CommandError(
                f"Case {broken.case}, step {broken.sequence}: {broken.problem}. "
                f"{verdict.cases} cases with {verdict.steps} steps were walked up to here."
            )

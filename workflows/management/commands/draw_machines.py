from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows import diagrams


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # the diagrams need nothing but the machines
    help = "Draws every machine into workflows/README.md; with --check only says whether that is needed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when stale")

    def handle(self, *, check: bool, **_options: Any) -> None:
        present = diagrams.README.read_text(encoding="utf-8")
        try:
            drawn = diagrams.redrawn(present)
        except diagrams.NoPlaceForDiagrams as lacking:
            raise CommandError(str(lacking)) from lacking
        if drawn == present:
            self.stdout.write("The diagrams are up to date.")
        elif check:
            raise CommandError("The diagrams are stale. Run: python3 manage.py draw_machines")
        else:
            diagrams.README.write_text(drawn, encoding="utf-8")
            self.stdout.write("The diagrams were drawn anew.")

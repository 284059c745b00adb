import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

import present
from referrals.matter_csv import UnreadableFile
from referrals.services import matters

WIDTH = 30


class Command(BaseCommand):
    help = "Brings labor matters in from a CSV file. Running it twice adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv", help="nineteen columns, any order")

    def handle(self, *, file: Path, **_options: Any) -> None:
        try:
            rows = _lines_of(file)
            done = matters.import_file(file, at=present.now(), progress=bar(rows, sys.stderr))
        except UnreadableFile as unreadable:
            raise CommandError(
                _("%(file)s cannot be read. %(why)s") % {"file": file, "why": unreadable}
            ) from unreadable
        except OSError as trouble:
            raise CommandError(
                _("%(file)s cannot be opened: %(why)s.") % {"file": file, "why": trouble.strerror}
            ) from trouble
        for note in done.notes:
            self.stdout.write(note)
        for row in done.bad:
            self.stdout.write(
                _("Row %(number)d left out (%(record)s): %(reasons)s")
                % {
                    "number": row.number,
                    "record": row.record_id or _("no record id"),
                    "reasons": " ".join(row.reasons),
                }
            )
        self.stdout.write(
            _(
                "Matters added: %(added)d. Already there: %(unchanged)d. Names added: %(names)d. "
                "Places added: %(sites)d. Rows left out: %(bad)d."
            )
            % {
                "added": done.added,
                "unchanged": done.unchanged,
                "names": done.names_added,
                "sites": done.sites_added,
                "bad": len(done.bad),
            }
        )


def _lines_of(file: Path) -> int:
    with file.open("rb") as source:
        return sum(block.count(b"\n") for block in iter(lambda: source.read(1 << 20), b""))


def bar(total: int, screen: TextIO) -> Callable[[int], None] | None:
    """Draws a bar of the rows read, if somebody is watching: a pipe or a log gets none."""
    if not screen.isatty():
        return None

    def draw(read: int) -> None:
        share = min(1.0, read / max(1, total - 1))
        screen.write(f"\r[{'#' * int(share * WIDTH):{WIDTH}}] {share:4.0%}  {read}")
        if share == 1.0:
            screen.write("\n")
        screen.flush()

    return draw

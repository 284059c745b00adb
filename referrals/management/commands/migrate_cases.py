import json
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

import present
from workflows import migrating, version_maps
from workflows.migrating import Migration, Outcome
from workflows.models import Kind
from workflows.parties import SYSTEM, Actor
from workflows.version_maps import MapRefused, VersionMap

from ... import policy_people, version_announcements
from ...models import User

SECONDS = 2.0
SHOWN = 50


class Command(BaseCommand):
    help = (
        "Moves the open cases of a kind from one version of its machine to another, with a line in each "
        "history. --dry-run says what would become of each state and clock, and who cannot be moved and why. "
        "May be stopped and begun again, and be undone with --back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=Kind.values, metavar="KIND", help=", ".join(Kind.values))
        parser.add_argument("--from", type=int, required=True, dest="source", metavar="VERSION")
        parser.add_argument("--to", type=int, required=True, dest="target", metavar="VERSION")
        parser.add_argument(
            "--map", type=Path, metavar="FILE.json", help="instead of the map that is shipped"
        )
        parser.add_argument(
            "--by",
            default="",
            metavar="E-MAIL",
            help="the account of whoever orders it: stands in each history; else the system",
        )
        parser.add_argument("--reason", default="", help="stands in each history; else the map's own reason")
        parser.add_argument("--dry-run", action="store_true", help="store nothing, only report")
        parser.add_argument(
            "--batch", type=int, default=migrating.BATCH, help="cases in one transaction (%(default)s)"
        )
        parser.add_argument(
            "--back", action="store_true", help="take the cases that moved from --from to --to back again"
        )
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")

    def handle(self, *, dry_run: bool, batch: int, **options: Any) -> None:
        if batch < 1:
            raise CommandError("A batch holds at least one case.")
        by = _ordered_by(options["by"].strip())
        try:
            known = _map(**options)
        except MapRefused as refused:
            raise CommandError("\n".join(refused.problems)) from refused
        reason = options["reason"].strip() or known.reason
        if not reason and not dry_run:
            raise CommandError("Say why, for the histories: --reason “…”, or “reason” in the map.")
        migration = Migration(
            known,
            at=present.now(),
            by=by,
            reason=reason,
            batch=batch,
            tell=version_announcements.case_moved,
        )
        began = time.monotonic()
        outcome = migration.foreseen() if dry_run else migration.run(progress=self._progress(migration))
        if options["json"]:
            self.stdout.write(_as_json(outcome))
        else:
            for line in report(outcome, known, dry_run=dry_run):
                self.stdout.write(line)
            if outcome.moved and not dry_run:
                took = max(time.monotonic() - began, 0.001)
                self.stdout.write(f"{outcome.moved / took:,.0f} cases a second.")
        if outcome.left:
            raise CommandError(
                f"{len(outcome.left)} cases {'would stay' if dry_run else 'stay'} where they are."
            )

    def _progress(self, migration: Migration) -> Callable[[int], None] | None:
        if not self.stderr.isatty():
            return None
        total, began = migration.candidates().count(), time.monotonic()
        said = began

        def tell(done: int) -> None:
            nonlocal said
            now = time.monotonic()
            if now - said >= SECONDS:
                said = now
                self.stderr.write(f"{done} of {total} cases, {done / (now - began):.0f} a second")

        return tell


def _ordered_by(address: str) -> Actor:
    """Who orders the move. Raises CommandError for an account that is not there, closed, or may not."""
    if not address:
        return SYSTEM
    person = User.objects.filter(email__iexact=address).first()
    if person is None:
        raise CommandError(f"There is no account {address}. --by takes the e-mail address of one.")
    if not person.is_active:
        raise CommandError(f"The account {address} is closed. Name somebody who can answer for the move.")
    if not policy_people.as_steward(person):
        raise CommandError(
            f"{address} may not change rules for everybody. Name an administrator or a programme officer."
        )
    return person


def _map(*, kind: str, source: int, target: int, map: Path | None, back: bool, **_more: Any) -> VersionMap:
    found = (
        version_maps.read(map, kind=kind, source=source, target=target)
        if map is not None
        else version_maps.shipped(kind, source, target)
    )
    return found.turned_round() if back else found


def report(outcome: Outcome, known: VersionMap, *, dry_run: bool) -> Iterator[str]:
    """The report, line by line: states, clocks, dates, proposals, and who stays."""
    would = "would move" if dry_run else "moved"
    yield (f"{known.kind}: {outcome.moved} open cases {would} from version {known.source} to {known.target}.")
    for (was, becomes), number in sorted(outcome.states.items()):
        yield f"  {number:>6}  {was}" + (f" → {becomes}" if was != becomes else "")
    for (what, was, becomes), number in sorted(outcome.clocks.items()):
        name = f"{was} → {becomes}" if was != becomes else was
        yield f"  {number:>6}  clock {name}: {what}"
    for each in outcome.dates[:SHOWN]:
        dates = f"{_day(each['old'])} → {_day(each['new'])}"
        yield f"  {each['reference']}  {each['clock']}: {dates} ({each['what']})"
    if len(outcome.dates) > SHOWN:
        yield f"  … and {len(outcome.dates) - SHOWN} more dates; --json prints all."
    if outcome.fallen:
        fall = "would fall" if dry_run else "fell"
        yield f"Waiting proposals that {fall}: {', '.join(outcome.fallen)}"
    for left in outcome.left[:SHOWN]:
        yield f"{left.reference} stays in {left.state}: {left.why}"
    if len(outcome.left) > SHOWN:
        yield f"… and {len(outcome.left) - SHOWN} more that stay; --json prints all."


def _day(found: Any) -> str:
    return found.isoformat() if found else "no date"


def _as_json(outcome: Outcome) -> str:
    told = {
        "moved": outcome.moved,
        "states": [
            {"from": was, "to": becomes, "cases": number}
            for (was, becomes), number in sorted(outcome.states.items())
        ],
        "clocks": [
            {"what": what, "from": was, "to": becomes, "cases": number}
            for (what, was, becomes), number in sorted(outcome.clocks.items())
        ],
        "dates": outcome.dates,
        "fallen": outcome.fallen,
        "left": [vars(each) for each in outcome.left],
    }
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

import present
from referrals import proofs
from referrals.demo.cast import gather
from referrals.demo.world import WORLDS, build


class Command(BaseCommand):
    help = "Fills the database with the demo's invented world. Running it twice adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--world",
            choices=WORLDS,
            default=WORLDS[0],
            help="whether the federal programme takes new requests: closed, as it stands today, or open",
        )

    def handle(self, *, world: str, **_options: Any) -> None:
        self.stdout.write(_("People, offices and desks."))
        try:
            built = build(gather(), now=present.now(), world=world, say=self.stdout.write)
        except ValueError as refused:
            raise CommandError(str(refused)) from refused
        for walk in (proofs.verify, proofs.replay_all):  # else a first day would begin with a warning
            walk(at=present.now())
        told = _("The demo's world is ready") if built.new else _("The demo's world was there already")
        self.stdout.write(
            _("%(told)s: %(cases)d cases, %(steps)d steps, %(messages)d messages.")
            % {"told": told, "cases": built.cases, "steps": built.steps, "messages": built.messages}
        )

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import present
from workflows import stuck


class Command(BaseCommand):
    help = "Finds cases that nothing will move any more; changes nothing. Exits 1 when there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        found = stuck.find(at=present.now())
        if options["json"]:
            self.stdout.write(json.dumps([each.as_json() for each in found], ensure_ascii=False, indent=2))
        for each in [] if options["json"] else found:
            self.stdout.write(
                _("%(reference)s (%(kind)s), “%(state)s” since %(since)s: %(what)s%(about)s. %(remedy)s")
                % {
                    "reference": each.reference,
                    "kind": each.kind_label,
                    "state": each.state_label,
                    "since": each.since.strftime("%Y-%m-%d %H:%M UTC"),
                    "what": each.trouble.label,
                    "about": f" ({each.about})" if each.about else "",
                    "remedy": each.remedy,
                }
            )
        number = len({each.reference for each in found if each.trouble not in stuck.WITHOUT_HARM})
        if number:
            raise CommandError(
                ngettext("%(number)d case is stuck.", "%(number)d cases are stuck.", number)
                % {"number": number}
            )
        if not options["json"]:
            self.stdout.write(_("No case is stuck."))

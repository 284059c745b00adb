from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

import present
from workflows import policies


class Command(BaseCommand):
    help = "Adds the rules of the rulebook files to the database. Running it twice adds nothing."

    def handle(self, **_options: Any) -> None:
        loaded = policies.load(present.now())
        self.stdout.write(
            _("Rules added: %(added)d. Already there: %(unchanged)d. Closures added: %(closures)d.")
            % {"added": loaded.added, "unchanged": loaded.unchanged, "closures": loaded.closures_added}
        )
        if loaded.translated:
            self.stdout.write(
                _("Rules that now have the languages they lacked: %(count)d.") % {"count": loaded.translated}
            )
        for sentence in loaded.differences:
            self.stderr.write(sentence)

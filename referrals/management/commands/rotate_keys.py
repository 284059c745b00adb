import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

import present
from referrals.keys.cipher import Unreadable
from referrals.keys.keepers import KeeperAway
from referrals.services import keys


class Command(BaseCommand):
    help = "Wraps all data keys under the current key. Stop it whenever you like: the next run goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="data keys in one transaction (500)")

    def handle(self, *, batch: int, **_options: Any) -> None:
        if batch < 1:
            raise CommandError(_("A batch has at least one key."))
        try:
            forgotten = keys.forget_destroyed(at=present.now())
            self._wrap(batch)
        except Unreadable as broken:
            raise CommandError(
                _("A data key cannot be unwrapped: DATA_KEYS and KEYSTORE do not belong to this database.")
            ) from broken
        except KeeperAway as away:
            raise CommandError(str(away)) from away
        if forgotten:
            self.stdout.write(
                _("Destroyed keys that were forgotten now: %(number)d.") % {"number": forgotten}
            )

    def _wrap(self, batch: int) -> None:
        total, done, began = keys.to_wrap(), 0, time.monotonic()
        try:
            for number in keys.wrap_anew(batch=batch):
                done += number
                self.stdout.write(_("%(done)d of %(total)d") % {"done": done, "total": max(total, done)})
        except KeyboardInterrupt:
            raise CommandError(
                _("Stopped after %(done)d of %(total)d. Run it again to go on.")
                % {"done": done, "total": total}
            ) from None
        keys.note_rotation(done, at=present.now())
        self.stdout.write(
            _("Data keys wrapped anew: %(done)d, in %(seconds).1f s. Under an older key: %(left)d.")
            % {"done": done, "seconds": time.monotonic() - began, "left": keys.to_wrap()}
        )

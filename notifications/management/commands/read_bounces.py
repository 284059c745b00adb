import email
import mailbox
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

import present
from notifications import bounces, reports
from notifications.models import BounceReport


class Command(BaseCommand):
    help = "Reads a mailbox file (mbox) of returned mail; reading it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the mailbox file")

    def handle(self, *, file: str, **_options: Any) -> None:
        if not Path(file).is_file():
            raise CommandError(_("There is no file %(name)s.") % {"name": file})
        read = old = entries = matched = 0
        box = mailbox.mbox(file, create=False)
        try:
            for key in box.keys():  # noqa: SIM118 (a mailbox iterates over its mails)
                content = box.get_bytes(key)
                read += 1
                found = reports.from_mail(email.message_from_bytes(content))
                if not found:
                    continue
                try:
                    taken = bounces.take(
                        source=BounceReport.Source.MAILBOX,
                        content=content,
                        entries=found,
                        at=present.now(),
                    )
                except bounces.AlreadyTaken:
                    old += 1
                else:
                    entries += taken.entries
                    matched += taken.matched
        finally:
            box.close()
        self.stdout.write(
            _(
                "Mails read: %(read)d. Reports known from before: %(old)d. "
                "New entries: %(entries)d, of these about mails of ours: %(matched)d."
            )
            % {"read": read, "old": old, "entries": entries, "matched": matched}
        )

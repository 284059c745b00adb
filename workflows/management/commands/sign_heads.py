from typing import Any

from django.core.management.base import BaseCommand

import present
from workflows import heads


class Command(BaseCommand):
    help = (
        "Takes today's daily head of all histories, signs it, and prints what to publish; once a day (UTC)."
    )

    def handle(self, **options: Any) -> None:
        head = heads.take(at=present.now())
        self.stdout.write(f"Daily head {head.number} of {head.day}: {head.cases} cases, {head.lines} steps.")
        self.stdout.write(f"Root: {head.root}")
        self.stdout.write(f"Hash: {head.hash}")
        if head.signature:
            self.stdout.write(f"Signed with key {head.key_id}: {head.signature}")
        else:
            self.stderr.write("Not signed: set HISTORY_SIGNING_KEY. `manage.py new_history_key` draws a key.")

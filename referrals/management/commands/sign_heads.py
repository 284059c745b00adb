from typing import Any

import present
from referrals.services import access_alerts, access_chain
from workflows.management.commands.sign_heads import Command as HistoryCommand


class Command(HistoryCommand):
    """The command of the engine, and then the daily head of the trail of reads."""

    def handle(self, **options: Any) -> None:
        super().handle(**options)
        at = present.now()
        access_alerts.follow(at=at, everything=True)
        head = access_chain.take_head(at=at)
        self.stdout.write(f"Daily head {head.number} of reads, of {head.day}: {len(head.ends)} chains.")
        self.stdout.write(f"Hash: {head.hash}")

from typing import Any

from django.core.management.base import CommandError

import present
from referrals import certificates
from referrals.services import access_chain
from workflows.management.commands.verify_history import Command as HistoryCommand


class Command(HistoryCommand):
    """The command of the engine, which knows nothing of reads, and then the trail of reads."""

    help = (
        "Checks the daily heads and walks the history of every case, then the trail of reads and the "
        "certificates of dispositions; exits 1 at the first place that does not hold."
    )

    def handle(self, **options: Any) -> None:
        super().handle(**options)
        verdict = access_chain.verify(at=present.now())
        if verdict.broken:
            raise CommandError(f"{verdict.broken}. {verdict.reads} reads were walked up to here.")
        if wrong := certificates.broken():
            raise CommandError(f"{wrong}.")
        if not options["json"]:
            self.stdout.write(f"{verdict.reads} reads: the trail holds.")

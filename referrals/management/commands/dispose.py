from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

import present
from referrals.keys.keepers import KeeperAway
from referrals.models import Disposition
from referrals.services import disposing, due_records


class Command(BaseCommand):
    help = (
        "Finds what is due to be destroyed and puts it into batches for two people to review. With "
        "--carry-out it destroys what they have approved. Stop it whenever you like: the next run goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--carry-out", action="store_true", help="destroy what was approved, find nothing"
        )
        parser.add_argument("--batch", type=int, default=due_records.BATCH, help="items in one batch (200)")

    def handle(self, *, carry_out: bool, batch: int, **_options: Any) -> None:
        if batch < 1:
            raise CommandError(_("A batch has at least one item."))
        if carry_out:
            self._carry_out()
        else:
            self._find(batch)

    def _find(self, batch: int) -> None:
        survey = due_records.find(at=present.now(), batch=batch)
        waiting = Disposition.objects.filter(fate=Disposition.Fate.REVIEW)
        self.stdout.write(
            _("Looked at: %(walked)d. Batches that wait to be reviewed: %(batches)s.")
            % {"walked": survey.walked, "batches": ", ".join(str(each.pk) for each in waiting) or _("none")}
        )

    def _carry_out(self) -> None:
        settled = 0
        try:
            while number := disposing.carry_out(at=present.now()):
                settled += number
        except KeeperAway as away:
            raise CommandError(str(away)) from away
        except KeyboardInterrupt:
            raise CommandError(
                _("Stopped after %(number)d items. Run it again to go on.") % {"number": settled}
            ) from None
        self.stdout.write(_("Items settled: %(number)d.") % {"number": settled})

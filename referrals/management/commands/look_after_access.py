from typing import Any

from django.core.management.base import BaseCommand

import present
from referrals.services import access_care


class Command(BaseCommand):
    help = (
        "Opens and follows the reviews of who may act for each organization, and warns and locks accounts "
        "that nobody uses. A worker does the same every night; to run it twice does no harm."
    )

    def handle(self, **_options: Any) -> None:
        cared = access_care.look_after(at=present.now(), on_this_machine=present.on_this_machine())
        reviews = cared.reviews
        self.stdout.write(
            f"Reviews: {reviews.opened} opened, {reviews.told} reminders, {reviews.suspended} capacities "
            f"stopped. Accounts: {cared.warned} warned, {cared.locked} locked."
        )

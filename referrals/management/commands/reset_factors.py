from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

import present
from referrals import account_mail, second_factors
from referrals.models import User


class Command(BaseCommand):
    help = (
        "For somebody who has lost every second factor: takes them all away and ends every sign-in. They "
        "sign in with their password and set up a new one first. Make sure in person that it is they who ask."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address of the account")

    def handle(self, *, email: str, **_options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError("There is no account with that address.")
        number = second_factors.take_all_away(user)
        account_mail.tell_changed(user, "factors_reset", at=present.now())
        self.stdout.write(f"{number} factors were taken away.")

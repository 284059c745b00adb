from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

import present
from referrals.keys.keepers import KeeperAway
from referrals.models import Person
from referrals.personal_data import PersonalDataFound
from referrals.services import keys


class Command(BaseCommand):
    help = "Makes everything personal about one worker unreadable for good. It cannot be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--person", required=True, metavar="TOKEN", help="the worker's token, W-…")
        parser.add_argument("--reason", required=True, help="why; it stays, so it must not say who it is")

    def handle(self, *, person: str, reason: str, **_options: Any) -> None:
        at = present.now()
        found = Person.objects.filter(token=person.strip().upper()).first()
        if found is None:
            raise CommandError(_("There is no worker with the token %(token)s.") % {"token": person})
        try:
            keys.destroy(found, because=reason, at=at)
        except (keys.KeyRefused, PersonalDataFound) as refused:
            raise CommandError(str(refused)) from refused
        except KeeperAway as away:
            raise CommandError(
                _(
                    "The key is destroyed here, but its keeper could not be told. "
                    "Run rotate_keys to end it. (%(why)s)"
                )
                % {"why": away}
            ) from away
        self.stdout.write(
            _("The key of %(token)s is destroyed. Nobody can read any more who this is.")
            % {"token": found.token}
        )

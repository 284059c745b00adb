import json
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from workflows import policies
from workflows.terms import Served, Tolling

USAGE_ERROR = 2


class Command(BaseCommand):
    help = "Tells the due date of a rule and how it comes about."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rule", metavar="RULE", help="the rule's key, for example rfe")
        parser.add_argument("--from", dest="start", required=True, metavar="YYYY-MM-DD", help="the first day")
        parser.add_argument("--served", metavar="mail|electronic|personal", help="how a notice was served")
        parser.add_argument("--jurisdiction", default="US", help="an agency's code, for its own rules")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *, rule: str, start: str, served: str | None, **options: Any) -> None:
        began, how = _day(start), _manner(served)
        book, tolling = self._rules(options["jurisdiction"])
        if rule not in book.rules():
            known = ", ".join(book.rules())
            raise CommandError(
                _("There is no rule “%(rule)s”. The rules are: %(known)s.") % {"rule": rule, "known": known},
                returncode=USAGE_ERROR,
            )
        try:
            found = policies.calculate(
                rule,
                start=began,
                served=how,
                on=began,
                jurisdiction=options["jurisdiction"],
                rows=book,
                tolling=tolling,
            )
        except ValueError as error:
            raise CommandError(str(error), returncode=USAGE_ERROR) from error
        if options["json"]:
            told = {
                "rule": rule,
                "from": began.isoformat(),
                "due": found.on.isoformat(),
                "explanation": list(found.explanation),
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for sentence in found.explanation:
            self.stdout.write(sentence)

    def _rules(self, jurisdiction: str) -> tuple[policies.PolicyBook, Sequence[Tolling]]:
        book = policies.book()
        if book:
            return book, policies.closures(jurisdiction)
        self.stderr.write(_("The database holds no rules yet; those of the rulebook files are used."))
        return policies.shipped_book(), policies.shipped_closures(jurisdiction)


def _day(text: str) -> date:
    with suppress(ValueError):
        day = date.fromisoformat(text)
        if day.isoformat() == text:
            return day
    raise CommandError(
        _("“%(text)s” is not a date. Write it as year-month-day, for example 2026-08-31.") % {"text": text},
        returncode=USAGE_ERROR,
    )


def _manner(text: str | None) -> Served | None:
    try:
        return Served(text) if text else None
    except ValueError:
        raise CommandError(
            _("“%(text)s” is not a way of service. Use mail, electronic or personal.") % {"text": text},
            returncode=USAGE_ERROR,
        ) from None

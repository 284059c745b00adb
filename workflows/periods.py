"""A length of time as a rule states it, and its last day before any pause or roll."""

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows import deadline_sentences as say
from workflows.calendars import Calendar
from workflows.days import in_range, moved_by
from workflows.days_in_words import day_with_weekday
from workflows.deadline_sentences import Sentence, Served, Unit

LARGEST_AMOUNT = 100_000
_LENGTHS = gettext_lazy("The length of a period is a whole number from 0 to %(largest)d.")


@dataclasses.dataclass(frozen=True)
class Term:
    """A length of time as a rule states it.

    `mail_days` are calendar days added when served by mail, on the ground of `mail_cite`. `rolls`: a
    period ending on a closed day runs to the next business day. `counts_back`: the date lies before the
    start ("90 days before expiry"); it never rolls, is not paused, and mail does not matter to it.
    """

    amount: int
    unit: Unit
    mail_days: int = 0
    rolls: bool = True
    counts_back: bool = False
    exclude_first_day: bool = True
    mail_cite: str = "8 CFR 103.8(b)"

    def __post_init__(self) -> None:
        if not (0 <= self.amount <= LARGEST_AMOUNT and 0 <= self.mail_days <= LARGEST_AMOUNT):
            raise ValueError(_LENGTHS % {"largest": LARGEST_AMOUNT})

    @classmethod
    def parse(cls, value: object) -> "Term":
        """Read a term from a policy's value, for example {"amount": 84, "unit": "calendar_days"}.

        Keys that do not describe a term (`rungs`) are left alone. Raises ValueError with a sentence.
        """
        if not isinstance(value, Mapping) or not {"amount", "unit"} <= value.keys():
            raise ValueError(_("This rule does not state a period: it needs an amount and a unit."))
        if not all(isinstance(value.get(name, 0), int) for name in ("amount", "mail_days")):
            raise ValueError(_LENGTHS % {"largest": LARGEST_AMOUNT})
        if value["unit"] not in set(Unit):
            raise ValueError(_("“%(unit)s” is not a unit of time.") % {"unit": value["unit"]})
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{name: value[name] for name in known & value.keys()} | {"unit": Unit(value["unit"])})


def plain_period(
    term: Term, calendar: Calendar, first: date, served: Served | None
) -> tuple[date, list[Sentence]]:
    """The last day before any roll or pause, mailing days included, and how it comes about."""
    if not term.amount and not term.mail_days and term.unit is not Unit.BUSINESS_DAYS:
        return first, [partial(say.the_day_itself, first)]
    amount = -term.amount if term.counts_back else term.amount
    counts_first = not (term.exclude_first_day or term.counts_back)
    if counts_first and (term.unit is not Unit.BUSINESS_DAYS or calendar.is_business_day(first)):
        amount = max(0, amount - 1)
    day = in_range(moved_by(first, amount, term.unit, calendar))
    told: list[Sentence] = [
        partial(_start, term, first, served),
        *_holidays_skipped(term, first, day, calendar),
        partial(_period, term, day),
    ]
    if served is Served.MAIL and not term.counts_back:
        day = in_range(day + timedelta(days=term.mail_days))
        told.append(partial(say.mailed, term.mail_days, term.mail_cite, day))
    return day, told


def _start(term: Term, first: date, served: Served | None) -> str:
    return say.start(
        day_with_weekday(first),
        served=served,
        counts_back=term.counts_back,
        exclude_first_day=term.exclude_first_day,
    )


def _period(term: Term, last: date) -> str:
    return say.period(term.amount, term.unit, day_with_weekday(last), counts_back=term.counts_back)


def _holidays_skipped(term: Term, first: date, last: date, calendar: Calendar) -> Iterator[Sentence]:
    """A sentence for each holiday on a weekday inside a count of business days (a short one)."""
    if term.unit is not Unit.BUSINESS_DAYS or term.amount > 30:
        return
    low, high = min(first, last), max(first, last)
    for n in range(1, (high - low).days):
        day = low + timedelta(days=n)
        name = calendar.holiday(day)
        if name and day.weekday() not in calendar.closed_weekdays:
            yield partial(say.holiday_skipped, day, name)

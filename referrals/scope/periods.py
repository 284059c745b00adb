"""The dates of a claim against the period of a statement: overlap, and months without proof."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from django.utils.translation import gettext, ngettext

from referrals.scope.terms import Claim, Dimension, EvidencePeriod, Part, Result, Scope
from workflows import days_in_words


def check_dates(scope: Scope, claim: Claim, on: date) -> Dimension:
    """Whether the work falls in the period, whether it is proven, and whether such workers are covered."""
    ended = claim.worked_to or on
    if claim.worked_from is None:
        return Dimension(
            Part.DATES,
            Result.ASK,
            gettext("It is not known when the work started."),
            remedy=gettext("Correct or find out the dates of work."),
        )
    if ended < claim.worked_from:
        return Dimension(
            Part.DATES,
            Result.ASK,
            gettext("The work ends before it starts."),
            remedy=gettext("Correct or find out the dates of work."),
        )
    if refusal := _wrong_kind_of_worker(scope, still_there=ended >= on):
        return refusal
    start, end = max(scope.period_from, claim.worked_from), min(scope.period_to or ended, ended)
    if start > end:
        return Dimension(
            Part.DATES,
            Result.OUT,
            gettext("The work (%(work)s) does not fall in the statement's period (%(period)s).")
            % {
                "work": period(claim.worked_from, claim.worked_to),
                "period": period(scope.period_from, scope.period_to),
            },
            remedy=gettext("Ask the agency to extend the period if it looks into that time too."),
        )
    missing = tuple(_missing_proof(start, end, claim.evidence_periods))
    return Dimension(
        Part.DATES, Result.LIKELY if missing else Result.IN, _overlap(start, end), missing=missing
    )


def _wrong_kind_of_worker(scope: Scope, *, still_there: bool) -> Dimension | None:
    if still_there and not scope.current_workers:
        return Dimension(
            Part.DATES,
            Result.OUT,
            gettext("The statement covers former workers only, and this one still works there."),
            remedy=gettext("Ask the agency to cover current workers."),
        )
    if not still_there and not scope.former_workers:
        return Dimension(
            Part.DATES,
            Result.OUT,
            gettext("The statement covers current workers only, and this one has left."),
            remedy=gettext("Ask the agency to cover former workers."),
        )
    return None


def period(from_on: date, to_on: date | None) -> str:
    """A span of days in words; an end of None is "to the present"."""
    facts = {"start": days_in_words.day(from_on), "end": days_in_words.day(to_on) if to_on else ""}
    return (gettext("%(start)s to %(end)s") if to_on else gettext("%(start)s to the present")) % facts


def _overlap(start: date, end: date) -> str:
    after = end + timedelta(days=1)
    months = (after.year - start.year) * 12 + after.month - start.month - (after.day < start.day)
    if months:
        sentence = ngettext("Dates overlap %(count)s month.", "Dates overlap %(count)s months.", months)
        return sentence % {"count": months}
    days = (after - start).days
    return ngettext("Dates overlap %(count)s day.", "Dates overlap %(count)s days.", days) % {"count": days}


def _missing_proof(start: date, end: date, evidence: tuple[EvidencePeriod, ...]) -> Iterator[str]:
    """A sentence for each run of calendar months of the overlap in which no day is proven."""
    proven: set[int] = set()
    for each in evidence:
        if each.from_on <= end and each.to_on >= start:
            proven.update(range(_month(max(each.from_on, start)), _month(min(each.to_on, end)) + 1))
    missing = [month for month in range(_month(start), _month(end) + 1) if month not in proven]
    for _, run in groupby(enumerate(missing), key=lambda pair: pair[1] - pair[0]):
        months = [month for _, month in run]
        facts = {"first": _month_in_words(months[0]), "last": _month_in_words(months[-1])}
        if len(months) == 1:
            yield gettext("Missing: proof for %(first)s.") % facts
        else:
            yield gettext("Missing: proof for %(first)s to %(last)s.") % facts


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_in_words(month: int) -> str:
    return days_in_words.month(date(month // 12, month % 12 + 1, 1))

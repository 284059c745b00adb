"""A claim beside the scope of its statement, line by line, with the agreement in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows import days_in_words

from ..models import StatementVersion, WorkerRequest
from ..scope import Part, Result, Verdict
from ..services import worker_requests


@dataclass(frozen=True)
class Line:
    """One part of the scope: what is claimed, what the statement says, how they agree and why."""

    label: str | Promise
    claim: Sequence[str]
    statement: Sequence[str]
    agreement: str | Promise
    tone: str
    sentence: str = ""
    missing: Sequence[str] = ()
    remedy: str = ""


AGREEMENT = {
    Result.IN: (gettext_lazy("Agrees"), "good"),
    Result.LIKELY: (gettext_lazy("Close, proof is missing"), "waiting"),
    Result.ASK: (gettext_lazy("Cannot be told"), "waiting"),
    Result.OUT: (gettext_lazy("Does not agree"), "bad"),
}
LABELS = {
    Part.EMPLOYER: gettext_lazy("Employer"),
    Part.SITE: gettext_lazy("Place of work"),
    Part.DATES: gettext_lazy("Dates of work"),
    Part.JOB: gettext_lazy("Job"),
}


def lines(request: WorkerRequest, version: StatementVersion | None, found: Verdict | None) -> list[Line]:
    """The four parts of the scope in the order of the scope check, with what it found."""
    answers = {each.key: each for each in found.dimensions} if found else {}
    claimed, covered = _claim(request), _scope(version) if version else {}
    drawn = []
    for part in Part:
        answer = answers.get(part)
        word, tone = AGREEMENT[answer.result if answer else Result.ASK]
        drawn.append(
            Line(
                label=LABELS[part],
                claim=claimed[part],
                statement=covered.get(part, []),
                agreement=word,
                tone=tone,
                sentence=answer.sentence if answer else "",
                missing=answer.missing if answer else (),
                remedy=answer.remedy if answer else "",
            )
        )
    return drawn


def whole(found: Verdict | None) -> tuple[str | Promise, str]:
    """The agreement of the claim as a whole: words and tone."""
    return AGREEMENT[found.result if found else Result.ASK]


def verdict(request: WorkerRequest, version: StatementVersion | None = None, *, on: date) -> Verdict | None:
    """The scope check on the proofs that DHS has; those of an answer in preparation do not count yet."""
    return worker_requests.verdict(request, on=on, evidence=request.evidence.handed_over(), version=version)


def _claim(request: WorkerRequest) -> dict[Part, list[str]]:
    place = [request.site_street, request.site_city, f"{request.site_state} {request.site_zip}".strip()]
    return {
        Part.EMPLOYER: [request.employer_on_stub] if request.employer_on_stub else [],
        Part.SITE: [text for text in [", ".join(part for part in place if part)] if text],
        Part.DATES: [period(request.worked_from, request.worked_to, to_present=request.works_still)],
        Part.JOB: [request.job] if request.job else [],
    }


def _scope(version: StatementVersion) -> dict[Part, list[str]]:
    names = [f"{each.name} ({each.get_kind_display()})" for each in version.names.all()]
    sites = (
        [_("All worksites of the employer")] if version.all_sites else [str(s) for s in version.sites.all()]
    )
    jobs = list(version.job_list) or [_("All jobs")]
    jobs += [_("Not: %(job)s") % {"job": each} for each in version.excluded_list]
    workers = [
        text
        for text, covered in (
            (_("Current workers"), version.current_workers),
            (_("Former workers"), version.former_workers),
        )
        if covered
    ]
    dates = period(version.period_from, version.period_to, to_present=version.to_present)
    return {Part.EMPLOYER: names, Part.SITE: sites, Part.DATES: [dates, *workers], Part.JOB: jobs}


def period(first: date | None, last: date | None, *, to_present: bool) -> str:
    """Two days as people write them; an end that has not come is "the present"."""
    since = days_in_words.day(first) if first else _("not given")
    until = _("the present") if to_present else days_in_words.day(last) if last else _("not given")
    return _("%(first)s to %(last)s") % {"first": since, "last": until}

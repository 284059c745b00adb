"""The comparison of one worker's claim with a statement's scope, part by part, and the whole."""

from datetime import date

from django.utils.translation import gettext, gettext_lazy
from rapidfuzz import fuzz

from referrals.employer_names import Alike, Likeness, likeness, normalise
from referrals.scope.periods import check_dates
from referrals.scope.places import Nearness, nearness
from referrals.scope.terms import Claim, Dimension, Part, Result, Scope, ScopeName, Verdict


def check(scope: Scope, claim: Claim, *, on: date) -> Verdict:
    """Compare a claim with a scope as of a day (for "to the present"); sentences in the reader's language."""
    dimensions = (
        _check_employer(scope, claim),
        _check_site(scope, claim),
        check_dates(scope, claim, on),
        _check_job(scope, claim),
    )
    result = max((part.result for part in dimensions), key=list(Result).index)
    relevant = [part for part in dimensions if part.result is Result.OUT] or dimensions
    told = [text for part in relevant for text in (part.sentence, *part.missing, part.remedy) if text]
    return Verdict(result, dimensions, " ".join([str(_OPENINGS[result]), *told]))


_OPENINGS = {
    Result.IN: gettext_lazy("Covered."),
    Result.LIKELY: gettext_lazy("Likely covered."),
    Result.ASK: gettext_lazy("Ask the agency: this cannot be told from what is known."),
    Result.OUT: gettext_lazy("Not covered by this statement."),
}
_ON_THE_STATEMENT_AS = {
    "legal": gettext_lazy("“%(name)s” is the employer's legal name on the statement."),
    "dba": gettext_lazy("“%(name)s” is a trade name on the statement."),
    "paystub": gettext_lazy("“%(name)s” is on the statement as a name on paystubs."),
    "staffing": gettext_lazy("“%(name)s” appears on the statement as a staffing agency."),
    "contractor": gettext_lazy("“%(name)s” appears on the statement as a contractor."),
    "successor": gettext_lazy("“%(name)s” appears on the statement as a successor of the employer."),
}
_ANY_NAME = gettext_lazy("“%(name)s” is a name on the statement.")


def _check_employer(scope: Scope, claim: Claim) -> Dimension:
    on_stub = claim.employer_on_stub.strip()
    if not normalise(on_stub):
        return Dimension(
            Part.EMPLOYER,
            Result.ASK,
            gettext("The employer's name is not known."),
            remedy=gettext(
                "Look for it on a paystub, a check or a badge, or ask the agency who pays these workers."
            ),
        )
    best = max(((likeness(on_stub, each.name), each) for each in scope.names), key=_score, default=None)
    if best is None or best[0].verdict is Alike.DIFFERENT:
        return Dimension(
            Part.EMPLOYER,
            Result.OUT,
            gettext("“%(name)s” is not on the statement.") % {"name": on_stub},
            remedy=gettext("Ask the agency to add “%(name)s” if it paid or hired these workers.")
            % {"name": on_stub},
        )
    alike, named = best
    listed = str(_ON_THE_STATEMENT_AS.get(named.kind, _ANY_NAME)) % {"name": named.name}
    if alike.verdict is Alike.SAME:
        return Dimension(Part.EMPLOYER, Result.IN, listed)
    close = gettext("“%(stub)s” is close to “%(name)s”.") % {"stub": on_stub, "name": named.name}
    return Dimension(
        Part.EMPLOYER,
        Result.LIKELY,
        f"{close} {listed}",
        missing=(gettext("Missing: proof that both names are one employer."),),
    )


def _score(candidate: tuple[Likeness, ScopeName]) -> int:
    return candidate[0].score


def _check_site(scope: Scope, claim: Claim) -> Dimension:
    if scope.all_sites:
        return Dimension(Part.SITE, Result.IN, gettext("The statement covers all worksites of the employer."))
    if not (claim.city.strip() or claim.zip.strip() or claim.state.strip()) or not scope.sites:
        return Dimension(
            Part.SITE,
            Result.ASK,
            gettext("The place of work is not known."),
            remedy=gettext("Find out the street, or at least the town, where the work was done."),
        )
    near, site = max(((nearness(claim, each), each) for each in scope.sites), key=lambda pair: pair[0])
    facts = {"site": str(site)}
    match near:
        case Nearness.SAME_PLACE:
            return Dimension(
                Part.SITE, Result.IN, gettext("The place is on the statement: %(site)s.") % facts
            )
        case Nearness.SAME_TOWN if not site.street:
            return Dimension(
                Part.SITE, Result.IN, gettext("The statement covers this town: %(site)s.") % facts
            )
        case Nearness.SAME_TOWN | Nearness.SAME_STREET:
            return Dimension(
                Part.SITE,
                Result.LIKELY,
                gettext("The place is close to one on the statement: %(site)s.") % facts,
                missing=(gettext("Missing: the exact street address of the place of work."),),
            )
        case Nearness.CANNOT_TELL:
            return Dimension(
                Part.SITE,
                Result.ASK,
                gettext("The place cannot be compared with the places on the statement."),
                remedy=gettext("Find out the street, or at least the town, where the work was done."),
            )
    return Dimension(
        Part.SITE,
        Result.OUT,
        gettext("The place is not on the statement."),
        remedy=gettext("Ask the agency to add this place if the same employer runs it."),
    )


_SAME_JOB_FROM, _NEAR_JOB_FROM = 90, 70


def _check_job(scope: Scope, claim: Claim) -> Dimension:
    job = claim.job.strip()
    if not scope.job_classes and not scope.excluded_classes:
        return Dimension(Part.JOB, Result.IN, gettext("The statement covers all jobs."))
    if not normalise(job):
        return Dimension(
            Part.JOB,
            Result.ASK,
            gettext("The job is not known, and the statement does not cover all jobs."),
            remedy=gettext("Find out what work the person did."),
        )
    excluded, left_out = _nearest(job, scope.excluded_classes)
    covered, listed = _nearest(job, scope.job_classes)
    if excluded >= _NEAR_JOB_FROM and excluded >= covered:
        return _left_out_job(job, left_out, excluded)
    if not scope.job_classes:
        return Dimension(
            Part.JOB, Result.IN, gettext("“%(job)s” is not among the jobs left out.") % {"job": job}
        )
    if covered >= _SAME_JOB_FROM:
        return Dimension(
            Part.JOB, Result.IN, gettext("The statement covers “%(class)s”.") % {"class": listed}
        )
    if covered >= _NEAR_JOB_FROM:
        facts = {"job": job, "class": listed}
        return Dimension(
            Part.JOB, Result.LIKELY, gettext("“%(job)s” is close to “%(class)s”, which is covered.") % facts
        )
    return Dimension(
        Part.JOB,
        Result.OUT,
        gettext("“%(job)s” is not among the jobs on the statement (%(classes)s).")
        % {"job": job, "classes": ", ".join(scope.job_classes)},
        remedy=gettext("Ask the agency if this is another word for one of them, or if it can add it."),
    )


def _left_out_job(job: str, left_out: str, score: float) -> Dimension:
    if score < _SAME_JOB_FROM:
        facts = {"job": job, "class": left_out}
        return Dimension(
            Part.JOB,
            Result.ASK,
            gettext("“%(job)s” is close to “%(class)s”, which the statement leaves out.") % facts,
        )
    return Dimension(
        Part.JOB,
        Result.OUT,
        gettext("The statement leaves out “%(class)s”.") % {"class": left_out},
        remedy=gettext("Ask the agency to cover this job."),
    )


def _nearest(job: str, classes: tuple[str, ...]) -> tuple[float, str]:
    """The class that fits a job best and how well (0-100); only a job with all words of the class is it."""
    return max(((_job_likeness(job, each), each) for each in classes), default=(0.0, ""))


def _job_likeness(job: str, job_class: str) -> float:
    words, wanted = _job_words(job), _job_words(job_class)
    if wanted and set(wanted) <= set(words):
        return 100.0
    return min(fuzz.token_set_ratio(" ".join(words), " ".join(wanted)), _SAME_JOB_FROM - 1)


def _job_words(job: str) -> list[str]:
    """The words of a job, plurals without their "s"."""
    return [word.removesuffix("s") for word in normalise(job).split()]

"""What resembles a request: matters it may belong to, requests and statements about the same place.

The database narrows the candidates by words and towns, so that an agency with tens of thousands of matters
waits no longer than one with ten; the comparison of names decides. It only suggests: a person links.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case as When
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models import When as IfSo
from django.utils.translation import gettext as _

from ..employer_names import Alike, Likeness, likeness, normalise
from ..models import EmployerName, Matter, RequestedName, SoiRequest, Statement, User, Worksite

MOST_CANDIDATES = 200
SHORTEST_WORD = 4


@dataclass(frozen=True)
class Suggestion:
    """A record that may belong, how alike the names are (0-100), and why in words."""

    record: Any
    score: int
    reasons: tuple[str, ...]


def _beginnings(names: Iterable[str]) -> set[str]:
    """The first letters of each telling word: enough to find a misspelled name by."""
    words = {word for name in names for word in normalise(name).split()}
    long = {word for word in words if len(word) >= SHORTEST_WORD}
    return {word[:5] for word in long or words}


def _speaks_of(names: Sequence[str]) -> Q:
    return reduce(or_, (Q(name__icontains=start) for start in sorted(_beginnings(names))), Q(pk__in=[]))


def _towns(sites: Iterable[Any]) -> set[tuple[str, str]]:
    return {(site.city.strip().casefold(), site.state) for site in sites if site.city.strip()}


def _candidates(agency_id: int, names: Sequence[str], sites: Sequence[Any]) -> QuerySet[Matter]:
    own_names = EmployerName.objects.filter(matter=OuterRef("pk"))
    near = Worksite.objects.filter(matter=OuterRef("pk"))
    towns = reduce(
        or_, (Q(city__iexact=site.city.strip()) for site in sites if site.city.strip()), Q(pk__in=[])
    )
    states = {site.state for site in sites if site.state}
    return (
        Matter.objects.filter(agency_id=agency_id)
        .filter(Exists(own_names.filter(_speaks_of(names))))
        .annotate(
            distance=When(
                IfSo(Exists(near.filter(towns)), then=Value(0)),
                IfSo(Exists(near.filter(state__in=states)), then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
        .order_by("distance", "-opened_on", "pk")
    )


def _best(names: Iterable[str], others: Iterable[str], city: str) -> Likeness | None:
    compared = [likeness(one, other, city=city) for one in names for other in others]
    return max(compared, key=lambda each: each.score, default=None)


def _place_reason(sites: Iterable[Any], others: Iterable[Any]) -> str:
    ours, theirs = _towns(sites), _towns(others)
    for city, state in sorted(ours & theirs):
        return _("Same town: %(city)s %(state)s.") % {"city": city.title(), "state": state}
    if {site.state for site in sites if site.state} & {site.state for site in others if site.state}:
        return _("Same state.")
    return ""


def _judged(
    record: Any, names: Sequence[str], sites: Sequence[Any], *, number: str = ""
) -> Suggestion | None:
    own_sites = list(record.worksites.all() if isinstance(record, Matter) else record.sites.all())
    same_town = _towns(sites) & _towns(own_sites)
    town = min(same_town)[0] if same_town else ""
    best = _best(names, [each.name for each in record.names.all()], town)
    numbered = bool(number) and number.casefold() == record.case_number.casefold()
    reasons = []
    if numbered:
        reasons.append(_("The request gives this case number."))
    if best is not None and best.verdict is not Alike.DIFFERENT:
        reasons.append(best.why)
    if not reasons:
        return None
    score = (best.score if best else 0) + (200 if numbered else 0) + (20 if same_town else 0)
    return Suggestion(record, score, tuple(filter(None, [*reasons, _place_reason(sites, own_sites)])))


def matters_for(request: SoiRequest, *, most: int = 5) -> list[Suggestion]:
    """The agency's matters that a request may belong to, the likeliest first, with the reasons."""
    names = [each.name for each in request.names.all()]
    sites = list(request.sites.all())
    number = request.case_number.strip()
    found = list(
        _candidates(request.agency_id, names, sites).prefetch_related("names", "worksites")[:MOST_CANDIDATES]
    )
    if number:
        numbered = Matter.objects.filter(agency_id=request.agency_id, case_number__iexact=number)
        known = {matter.pk for matter in found}
        found += [each for each in numbered.prefetch_related("names", "worksites") if each.pk not in known]
    judged = (_judged(matter, names, sites, number=number) for matter in found)
    return sorted(filter(None, judged), key=lambda each: (-each.score, each.record.pk))[:most]


def _alike_requests(requests: QuerySet[Any], request: SoiRequest, most: int) -> list[Suggestion]:
    names = [each.name for each in request.names.all()]
    sites = list(request.sites.all())
    same = RequestedName.objects.filter(request=OuterRef("pk")).filter(_speaks_of(names))
    found = requests.filter(Exists(same)).exclude(pk=request.pk).order_by("-opened_at")
    candidates = found.select_related("requester").prefetch_related("names", "sites")[:MOST_CANDIDATES]
    judged = (_judged(each, names, sites) for each in candidates)
    return sorted(filter(None, judged), key=lambda each: -each.score)[:most]


def own_requests_like(request: SoiRequest, user: User, *, most: int = 3) -> list[Suggestion]:
    """Open requests of the asker's own organization about an employer with a similar name."""
    own = SoiRequest.objects.visible_to(user).open().filter(requester_id=user.organization_id)
    return _alike_requests(own, request, most)


def requests_like(request: SoiRequest, user: User, *, most: int = 5) -> list[Suggestion]:
    """Other requests to the same agency about what seems to be the same employer."""
    return _alike_requests(SoiRequest.objects.visible_to(user), request, most)


def statements_near(request: SoiRequest, user: User, *, most: int = 5) -> list[Suggestion]:
    """Statements of the agency, signed or drafted, about what seems to be the same employer."""
    names = [each.name for each in request.names.all()]
    sites = list(request.sites.all())
    own = Statement.objects.visible_to(user).exclude(soi_request=request)
    matters = _candidates(request.agency_id, names, sites).filter(statements__in=own)
    found = []
    for matter in matters.distinct().prefetch_related("names", "worksites", "statements")[:MOST_CANDIDATES]:
        judged = _judged(matter, names, sites)
        if judged:
            found += [Suggestion(each, judged.score, judged.reasons) for each in matter.statements.all()]
    return sorted(found, key=lambda each: -each.score)[:most]


def towns_of(request: SoiRequest) -> str:
    """The towns of a request, for a heading."""
    return ", ".join(dict.fromkeys(site.city for site in request.sites.all() if site.city))

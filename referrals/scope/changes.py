"""What a scope leaves out, and what differs between two versions of it, in sentences."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from referrals.employer_names import Alike, likeness, normalise
from referrals.scope.places import Nearness, nearness
from referrals.scope.terms import Scope, ScopeName, ScopeSite
from workflows import days_in_words

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions; `narrows` if somebody covered before may not be covered now."""

    sentence: str
    narrows: bool


def left_out(
    scope: Scope,
    *,
    matter_names: Sequence[ScopeName] = (),
    matter_sites: Sequence[ScopeSite] = (),
    violations_from: date | None = None,
    violations_to: date | None = None,
) -> list[str]:
    """Who is left out by this scope, most often by oversight: a warning for each group."""
    return [
        *_names_left_out(scope, matter_names),
        *_sites_left_out(scope, matter_sites),
        *_times_left_out(scope, violations_from, violations_to),
        *_workers_left_out(scope),
    ]


def compare(old: Scope, new: Scope) -> list[Change]:
    """Every difference of the new version from the old one, in the order of a statement's blocks."""
    return [
        *_added_and_removed(old.names, new.names, _name_key, _NAMES),
        *_kinds_changed(old, new),
        *_sites_changed(old, new),
        *_period_changed(old, new),
        *_workers_changed(old, new),
        *_jobs_changed(old, new),
    ]


# --- Who is left out -----------------------------------------------------------------------------------


def _names_left_out(scope: Scope, matter_names: Sequence[ScopeName]) -> Iterator[str]:
    for each in matter_names:
        if not any(likeness(each.name, named.name).verdict is Alike.SAME for named in scope.names):
            yield gettext("People paid by “%(name)s”: the matter has this name, the statement does not.") % {
                "name": each.name
            }
    if not any(named.kind == "staffing" for named in scope.names):
        yield gettext("People paid by a staffing agency: the statement names none.")


def _sites_left_out(scope: Scope, matter_sites: Sequence[ScopeSite]) -> Iterator[str]:
    if scope.all_sites:
        return
    for place in matter_sites:
        if not any(_covers(site, place) for site in scope.sites):
            yield gettext("People at %(site)s: the matter has this place, the statement does not.") % {
                "site": str(place)
            }


def _covers(site: ScopeSite, place: ScopeSite) -> bool:
    if _site_key(site) == _site_key(place):
        return True
    near = nearness(site, place)
    return near is Nearness.SAME_PLACE or (near is Nearness.SAME_TOWN and not site.street)


def _times_left_out(scope: Scope, violations_from: date | None, violations_to: date | None) -> Iterator[str]:
    if violations_from and scope.period_from > violations_from:
        yield gettext(
            "People who worked only before %(start)s: the violations began earlier, on %(violations)s."
        ) % {"start": days_in_words.day(scope.period_from), "violations": days_in_words.day(violations_from)}
    if scope.period_to and violations_to and scope.period_to < violations_to:
        yield gettext("People hired after %(end)s: the violations went on until %(violations)s.") % {
            "end": days_in_words.day(scope.period_to),
            "violations": days_in_words.day(violations_to),
        }
    elif scope.period_to and not violations_to:
        yield gettext("People hired after %(end)s, when the statement's period ends.") % {
            "end": days_in_words.day(scope.period_to)
        }


def _workers_left_out(scope: Scope) -> Iterator[str]:
    if not scope.former_workers:
        yield gettext("Former workers, including those who were fired or quit over the violations.")
    if not scope.current_workers:
        yield gettext("Current workers, who may be the ones afraid to speak.")
    if scope.job_classes:
        yield gettext("All jobs other than: %(classes)s.") % {"classes": ", ".join(scope.job_classes)}
    if scope.excluded_classes:
        yield gettext("These jobs: %(classes)s.") % {"classes": ", ".join(scope.excluded_classes)}


# --- What changed between two versions ------------------------------------------------------------------

_NAMES = (gettext_lazy("Added the name “%(item)s”."), gettext_lazy("Removed the name “%(item)s”."))
_SITES = (gettext_lazy("Added the place %(item)s."), gettext_lazy("Removed the place %(item)s."))
_JOBS = (gettext_lazy("Added the job “%(item)s”."), gettext_lazy("Removed the job “%(item)s”."))
_EXCLUDED = (
    gettext_lazy("The job “%(item)s” is now left out."),
    gettext_lazy("The job “%(item)s” is no longer left out."),
)


def _added_and_removed(
    old: Iterable[Item],
    new: Iterable[Item],
    key: Callable[[Item], Hashable],
    sentences: tuple[Promise, Promise],
    *,
    adding_narrows: bool = False,
) -> Iterator[Change]:
    before, after = {key(each): each for each in old}, {key(each): each for each in new}
    added, removed = sentences
    for each in [after[known] for known in after if known not in before]:
        yield Change(str(added) % {"item": _shown(each)}, narrows=adding_narrows)
    for each in [before[known] for known in before if known not in after]:
        yield Change(str(removed) % {"item": _shown(each)}, narrows=not adding_narrows)


def _shown(item: object) -> str:
    return item.name if isinstance(item, ScopeName) else str(item)


def _name_key(named: ScopeName) -> str:
    return normalise(named.name) or named.name


def _site_key(site: ScopeSite) -> tuple[str, ...]:
    parts = (site.street, site.city, site.state, site.zip)
    return tuple(" ".join(part.casefold().split()) for part in (parts if any(parts) else (site.label,)))


def _kinds_changed(old: Scope, new: Scope) -> Iterator[Change]:
    before = {_name_key(each): each.kind for each in old.names}
    for each in new.names:
        if before.get(_name_key(each), each.kind) != each.kind:
            sentence = gettext("“%(name)s” is now listed as another kind of name.") % {"name": each.name}
            yield Change(sentence, narrows=False)


def _sites_changed(old: Scope, new: Scope) -> Iterator[Change]:
    if new.all_sites and not old.all_sites:
        yield Change(gettext("Now covers all worksites of the employer."), narrows=False)
    elif old.all_sites and not new.all_sites:
        yield Change(gettext("No longer covers all worksites, only those listed."), narrows=True)
    changes = _added_and_removed(old.sites, new.sites, _site_key, _SITES)
    for change in changes:
        yield Change(change.sentence, narrows=change.narrows and not (old.all_sites or new.all_sites))


def _period_changed(old: Scope, new: Scope) -> Iterator[Change]:
    if new.period_from != old.period_from:
        later = new.period_from > old.period_from
        sentence = (
            gettext("The period now starts later, on %(day)s.")
            if later
            else gettext("The period now starts earlier, on %(day)s.")
        )
        yield Change(sentence % {"day": days_in_words.day(new.period_from)}, narrows=later)
    if new.period_to == old.period_to:
        return
    if new.period_to is None:
        yield Change(gettext("The period now runs to the present."), narrows=False)
        return
    earlier = old.period_to is None or new.period_to < old.period_to
    sentence = (
        gettext("The period now ends earlier, on %(day)s.")
        if earlier
        else gettext("The period now ends later, on %(day)s.")
    )
    yield Change(sentence % {"day": days_in_words.day(new.period_to)}, narrows=earlier)


def _workers_changed(old: Scope, new: Scope) -> Iterator[Change]:
    for covered_before, covered_now, now_sentence, no_longer_sentence in (
        (
            old.current_workers,
            new.current_workers,
            gettext("Now covers current workers."),
            gettext("No longer covers current workers."),
        ),
        (
            old.former_workers,
            new.former_workers,
            gettext("Now covers former workers."),
            gettext("No longer covers former workers."),
        ),
    ):
        if covered_before != covered_now:
            yield Change(now_sentence if covered_now else no_longer_sentence, narrows=covered_before)


def _jobs_changed(old: Scope, new: Scope) -> Iterator[Change]:
    if old.job_classes and not new.job_classes:
        yield Change(gettext("Now covers all jobs."), narrows=False)
    elif new.job_classes and not old.job_classes:
        classes = {"classes": ", ".join(new.job_classes)}
        yield Change(gettext("No longer covers all jobs, only: %(classes)s.") % classes, narrows=True)
    else:
        yield from _added_and_removed(old.job_classes, new.job_classes, normalise, _JOBS)
    yield from _added_and_removed(
        old.excluded_classes, new.excluded_classes, normalise, _EXCLUDED, adding_narrows=True
    )

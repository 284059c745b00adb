"""Who has a case in hand, as colleagues read it: in lists, on its page, and to whom it can be given.

A name is told within the organization alone, as the history tells it; the other side learns the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from workflows import absences, assigning, days_in_words, engine
from workflows.models import Absence, Case, Step
from workflows.openness import COUNTERSIGN, Option

from . import turns
from .models import Membership, User, record_models

FOUR_EYES = "four_eyes"


@dataclass(frozen=True)
class Colleague:
    """Somebody who sits at a desk now, with the memberships held there and the absence, if one lasts."""

    person: User
    hats: tuple[Membership, ...]
    away: Absence | None = None

    @property
    def label(self) -> str:
        title = self.hats[0].title or self.hats[0].get_capacity_display()
        words = {"who": self.person.name, "title": title}
        if self.away is None:
            return _("%(who)s, %(title)s") % words
        return _("%(who)s, %(title)s (away until %(until)s)") % {
            **words,
            "until": days_in_words.instant(self.away.ends_at),
        }


def colleagues(desk: int | None, *, at: datetime) -> dict[int, Colleague]:
    """The active people who sit at a desk, by their keys, in the order of their names."""
    if desk is None:
        return {}
    seats = Membership.objects.current().filter(office__desk_id=desk, user__is_active=True)
    hats: dict[int, list[Membership]] = {}
    for hat in seats.select_related("user", "organization", "office__desk").order_by("user__name", "pk"):
        hats.setdefault(hat.user_id, []).append(hat)
    away = {each.person_id: each for each in absences.deputies(list(hats), at=at)} if hats else {}
    return {pk: Colleague(held[0].user, tuple(held), away.get(pk)) for pk, held in hats.items()}


def _by_kind(records: Iterable[Case]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for record in records:
        found.setdefault(record.kind, []).append(record.pk)
    return found


def openers(people: Iterable[Colleague], records: Sequence[Case]) -> dict[int, set[int]]:
    """Which of these cases each of these people may open at their desk: keys of cases by keys of people."""
    models, kinds = record_models(), _by_kind(records)
    by_hat: dict[tuple[str, int, int], set[int]] = {}
    found: dict[int, set[int]] = {}
    for each in people:
        for hat in each.hats:
            same = (hat.capacity, hat.organization_id, hat.office_id)
            if same not in by_hat:
                reader = hat.user.act_as(hat)
                by_hat[same] = {
                    pk
                    for kind, pks in kinds.items()
                    for pk in models[kind]
                    .objects.visible_to(reader)
                    .filter(pk__in=pks)
                    .values_list("pk", flat=True)
                }
            found.setdefault(each.person.pk, set()).update(by_hat[same])
    return found


def undecidable(who: Colleague, records: Sequence[Case], *, at: datetime) -> set[int]:
    """The cases among these that four eyes keep somebody from moving on, in each capacity held there."""
    models, barred = record_models(), {record.pk for record in records}
    for hat in who.hats:
        reader = hat.user.act_as(hat)
        for kind, pks in _by_kind(records).items():
            options = engine.options_of(models[kind], pks, by=reader, at=at, decided=False)
            barred -= {pk for pk in pks if not _barred(options.get(pk, ()))}
    return barred


def _barred(options: Iterable[Option]) -> bool:
    """Whether somebody prepared what is to be decided, and no other step onward is theirs.

    While a proposal waits, the case waits for its countersignature and for nothing else.
    """
    theirs = [each for each in options if each.theirs]
    settling = [each for each in theirs if each.name == COUNTERSIGN]
    barred = [each for each in settling or theirs if FOUR_EYES in {why.code for why in each.refusals}]
    if settling or not barred:
        return bool(barred)
    return not any(each.manner.main for each in theirs if each not in barred)


def at_desk(record: Case, user: User) -> bool:
    """Whether somebody sits, in the capacity they act in, at the desk whose turn it is."""
    return record.closed_at is None and record.desk_id is not None and record.desk_id == turns.my_desk(user)


def holders(cases: Iterable[Case], user: User) -> dict[int, str]:
    """A sentence for each of these cases that somebody has in hand, as far as the reader may know it."""
    held = [case for case in cases if case.assignee_id is not None]
    if not held:
        return {}
    seats = Membership.objects.current().filter(
        user_id__in={case.assignee_id for case in held},
        user__is_active=True,
        office__desk_id__in={case.desk_id for case in held},
        organization_id=user.organization_id or 0,
    )
    rows = seats.values_list("user", "office__desk", "user__name")
    names: dict[tuple[Any, Any], str] = {(who, desk): name for who, desk, name in rows}
    desks = turns.my_desks(user)
    found = {
        case.pk: _sentence(case, user, names.get((case.assignee_id, case.desk_id)), desks) for case in held
    }
    return {pk: sentence for pk, sentence in found.items() if sentence}


def _sentence(case: Case, user: User, name: str | None, desks: Sequence[int]) -> str:
    if name is None:
        return _("Nobody has it: whoever had it has left this desk") if case.desk_id in desks else ""
    if case.assignee_id == user.pk:
        return _("You have it")
    if case.assignee_id in user.people_stood_in_for:
        return _("%(who)s has it, for whom you stand in") % {"who": name}
    return _("%(who)s has it") % {"who": name}


@dataclass(frozen=True)
class Held:
    """Who has a case in hand, as its page shows it.

    ``may`` tells that the reader sits at its desk, ``mine`` that it is theirs, ``somebody`` that it has been
    given at all. ``seen`` is what a form says it saw: the key of the person, or nothing.
    """

    sentence: str
    may: bool
    mine: bool
    somebody: bool
    seen: str


def held(record: Case, user: User) -> Held | None:
    """What a reader may know of who has a case in hand; None where that is nothing."""
    may = at_desk(record, user)
    sentence = holders([record], user).get(record.pk, "")
    if not sentence and may:
        sentence = _("Nobody at this desk has it in hand")
    if not sentence:
        return None
    somebody = record.assignee_id is not None
    return Held(sentence, may, somebody and record.assignee_id == user.pk, somebody, seen_of(record))


def seen_of(record: Any) -> str:
    """Who has a case, as a hidden field carries it."""
    return str(record.assignee_id or "")


def names_in(steps: Iterable[Step]) -> dict[int, str]:
    """The names of those to whom these lines give a case, by their keys."""
    keys = {step.data.get(assigning.ASSIGNEE) for step in steps if step.name in assigning.NOTES} - {None}
    return dict(User.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def in_words(step: Step, names: Mapping[int, str]) -> str:
    """What a line says of who works on the case; empty for every other line. Not for the other side."""
    if step.name not in assigning.NOTES or step.nature != Step.Nature.RECORDED:
        return ""
    who = {"who": names.get(step.data.get(assigning.ASSIGNEE) or 0, "")}
    if step.name == assigning.TAKE:
        return _("Taken by %(who)s") % who
    if step.name == assigning.GIVE:
        return _("Given to %(who)s") % who
    return _("Put back: nobody has it in hand")


def fallen(record: Any, step: Step, user: User) -> list[str]:
    """That a line took the case from whoever had it in hand, for those at the desk that it left."""
    if not step.data.get(assigning.FALLS):
        return []
    machine = type(record).machine.of(step.data.get("from_version", step.definition_version))
    left = getattr(record, f"{machine.standing(step.from_state).holder}_desk_id", None)
    if left is None or left != turns.my_desk(user):
        return []
    return [_("Whoever had it in hand no longer has it: it has left this desk.")]

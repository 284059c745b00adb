"""Which steps are open to this person on this record; for the others, why not."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.db.models import BigIntegerField, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models import Case as Choice
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import Transition

from .machine import FACT_PREFIX, REFUSED, Manner, Told, steps_from, steps_of, targets_of
from .models import Absence, Case, Proposal, Step
from .models.second_person import FOR_ABSENT
from .parties import Actor, EitherParty, Party, Text
from .refusals import Refusal

Record = TypeVar("Record", bound=Case)

COUNTERSIGN = "countersign"
SEND_BACK = "send_back"
TOOK_PART = "took_part_in_"
PROPOSED_IT = TOOK_PART + "the_proposal"
OWN, AS_DEPUTY = 1, 2


@dataclass(frozen=True)
class Option:
    """A step as seen by one person: open, or closed with every reason."""

    name: str
    label: Text
    refusals: tuple[Refusal, ...]
    targets: tuple[str, ...]
    manner: Manner
    party: Text
    theirs: bool
    proposal: Proposal | None = None

    @property
    def open(self) -> bool:
        return not self.refusals


def manner_of(declared: Transition) -> Manner:
    manner: Manner = declared.custom["manner"]
    return manner


def declared_step(model: type[Case], name: str, state: str) -> Transition | None:
    """The transition ``name`` from ``state``; None if that step does not start there."""
    for declared in steps_of(model):
        if declared.name == name and str(declared.source) == str(state):
            return declared
    return None


def step_here(record: Case, name: str) -> Transition | None:
    """The step as the record's own version declares it in its state; None if it does not start there."""
    return next((declared for declared in steps_from(record) if declared.name == name), None)


def _exclusions(model: type[Case]) -> set[tuple[str, ...]]:
    """The lists of steps whose takers some step excludes, in any version: a page may hold several."""
    from .definitions import older

    found = {manner_of(each).not_by_those_who for each in steps_of(model)} - {()}
    return found | older.exclusions(str(model.machine.kind), model.machine.version)


def _is_countersigned(model: type[Case]) -> bool:
    return any(manner_of(each).countersigned_by for each in steps_of(model))


def _stands_behind(by: Actor, *, at: datetime, **lines: Any) -> Subquery:
    """Whether this person stands behind such lines of the case: OWN, AS_DEPUTY, or null for neither.

    A line is theirs if they took it, or if it was taken for them while they were absent. A deputy is excluded
    where the absent person is: the same is asked of everybody for whom they stand in at that instant.
    """
    me = by.pk or 0
    absent = Absence.objects.at(at).filter(deputy_id=me).order_by().values("person_id")
    behalf = Cast(KeyTextTransform(FOR_ABSENT, "data"), BigIntegerField())
    found = Step.objects.filter(case_id=OuterRef("pk"), **lines).alias(behalf=behalf)
    found = found.filter(Q(actor_id=me) | Q(behalf=me) | Q(actor_id__in=absent) | Q(behalf__in=absent))
    standing = When(Q(actor_id=me) | Q(behalf=me), then=OWN)
    ordered = found.annotate(
        standing=Choice(standing, default=AS_DEPUTY, output_field=IntegerField())
    ).order_by("standing")
    return Subquery(ordered.values("standing")[:1])


def participation(names: Iterable[str]) -> str:
    return TOOK_PART + "_or_".join(sorted(names))


def what_decides(model: type[Case], *, by: Actor, at: datetime) -> dict[str, Any]:
    """The expression of every fact of a kind, and of how this person stands behind earlier lines, by name."""
    found = {FACT_PREFIX + name: fact for name, fact in model.fact_expressions(by=by, at=at).items()}
    for names in _exclusions(model):
        found[participation(names)] = _stands_behind(by, at=at, name__in=names)
    if _is_countersigned(model):
        found[PROPOSED_IT] = _stands_behind(by, at=at, proposal__fate=Proposal.Fate.WAITING)
    return found


def with_facts(
    records: QuerySet[Record], *, by: Actor, at: datetime, only: Set[str] | None = None
) -> QuerySet[Record]:
    """Annotate every fact of the machine, or ``only`` some (``asked_by``), in the query of the records."""
    expressions = what_decides(records.model, by=by, at=at).items()
    return records.annotate(**{name: each for name, each in expressions if only is None or name in only})


@lru_cache(maxsize=512)
def asked_by(model: type[Case], step: str) -> frozenset[str] | None:
    """What ``refusals_for`` this step asks of a record, by annotation; None for all that there is."""
    from .definitions import older

    own = [declared for declared in steps_of(model) if declared.name == step]
    facts = {fact.name for declared in own for fact in declared.conditions}
    if step in (COUNTERSIGN, SEND_BACK) or facts & model.told_facts:
        return None
    prepared = {manner_of(each).not_by_those_who for each in own} - {()}
    prepared |= older.exclusions(str(model.machine.kind), model.machine.version)
    return frozenset({FACT_PREFIX + name for name in facts} | {participation(each) for each in prepared})


def load(model: type[Record], pk: int, *, by: Actor, at: datetime) -> Record:
    """One record with its facts, fresh from the database."""
    record = with_facts(model._default_manager.all(), by=by, at=at).get(pk=pk)
    tell_policy_facts(record, by=by, at=at)
    return record


def tell_policy_facts(record: Case, *, by: Actor, at: datetime) -> None:
    """Put the facts decided by dated policy beside those read from rows."""
    for name, told in record.policy_facts(by=by, at=at).items():
        setattr(record, FACT_PREFIX + name, told)


def unmet(record: Case, declared: Transition) -> list[Refusal]:
    """The facts that this step needs and the record does not show."""
    missing = []
    for fact in declared.conditions:
        held: Any = getattr(record, FACT_PREFIX + fact.name)
        if held:
            continue
        label = held.label if isinstance(held, Told) and held.label else fact.label
        remedy = held.remedy if isinstance(held, Told) and held.remedy else fact.remedy
        missing.append(Refusal(fact.name, label, remedy))
    return missing


def _whose_step(party: Party | EitherParty) -> str:
    return _("This step belongs to %(party)s.") % {"party": party.label}


_belongs_to = lazy(_whose_step, str)


def refusals_for(record: Case, declared: Transition, *, by: Actor) -> list[Refusal]:
    """Every reason why ``by`` cannot take this declared step on this record now."""
    if REFUSED in declared.custom:
        return [declared.custom[REFUSED]()]
    manner = manner_of(declared)
    found = []
    if not declared.permission(record, by):
        found.append(
            Refusal("not_your_step", _belongs_to(declared.permission), gettext_lazy("Ask them to take it."))
        )
    elif manner.countersigned_by is None and (standing := _prepared(record, manner)):
        found.append(_prepared_it(standing))
    found.extend(unmet(record, declared))
    return found


def _prepared(record: Case, manner: Manner) -> int:
    """How this person stands behind the lines that exclude from a step: OWN, AS_DEPUTY, or nothing."""
    names = manner.not_by_those_who
    return (names and getattr(record, participation(names))) or 0


def _second_is_needed(why: str) -> Refusal:
    return Refusal("four_eyes", why, _("It needs a second official who did not prepare it."))


def _prepared_it(standing: int) -> Refusal:
    if standing == AS_DEPUTY:
        return _second_is_needed(_("You stand in for somebody who prepared this."))
    return _second_is_needed(_("You prepared this yourself."))


def _proposed_it(standing: int) -> Refusal:
    if standing == AS_DEPUTY:
        return _second_is_needed(_("You stand in for the person who proposed this."))
    return _second_is_needed(_("You proposed this yourself."))


def another_waits(record: Case, declared: Transition, *, by: Actor) -> list[Refusal]:
    """One decision at a time waits for its second person; only those whose step this is learn of it."""
    if manner_of(declared).countersigned_by is None or not declared.permission(record, by):
        return []
    why = _("Another decision already waits for a countersignature.")
    return [Refusal("waits", why, _("Settle it first."))]


def waiting_proposal(record: Case) -> Proposal | None:
    return record.proposals.filter(fate=Proposal.Fate.WAITING).first()


def _countersigning(record: Case, proposal: Proposal, declared: Transition, *, by: Actor) -> list[Option]:
    manner = manner_of(declared)
    second = manner.countersigned_by
    assert second is not None
    refusals: tuple[Refusal, ...] = ()
    theirs = second(record, by)
    if not theirs:
        refusals = (
            Refusal(
                "not_your_step",
                _("This needs a countersignature by %(party)s.") % {"party": second.label},
            ),
        )
    elif proposal.proposed_by_id == by.pk or getattr(record, PROPOSED_IT):
        own = proposal.proposed_by_id == by.pk
        refusals = (_proposed_it(OWN if own else getattr(record, PROPOSED_IT)),)
    elif standing := _prepared(record, manner):
        refusals = (_prepared_it(standing),)
    common: dict[str, Any] = {
        "refusals": refusals,
        "party": second.label,
        "theirs": theirs,
        "proposal": proposal,
    }
    label = {"step": manner.label}
    return [
        Option(
            COUNTERSIGN,
            _("Countersign: %(step)s") % label,
            targets=tuple(targets_of(declared)),
            manner=manner,
            **common,
        ),
        Option(
            SEND_BACK,
            _("Send back: %(step)s") % label,
            targets=(record.state,),
            manner=Manner(label=_("Send back"), needs_reason=True),
            **common,
        ),
    ]


def options(record: Case, *, by: Actor, proposal: Proposal | None = None) -> list[Option]:
    """Every step that starts from the record's state, open or with the reasons why not.

    The record must carry its facts (``load`` or ``with_facts``). Steps that only
    the system takes are left out.
    """
    return options_among(steps_from(record), record, by=by, proposal=proposal)


def options_among(
    steps: Iterable[Transition], record: Any, *, by: Actor, proposal: Proposal | None = None
) -> list[Option]:
    """The same for a record that has no class: an object with whatever these steps look at."""
    found: list[Option] = []
    for declared in steps:
        manner = manner_of(declared)
        if manner.quiet:
            continue
        refusals = refusals_for(record, declared, by=by)
        if proposal is not None and proposal.step == declared.name:
            found.extend(_countersigning(record, proposal, declared, by=by))
            refusals = [
                Refusal("waits_for_countersignature", _("Already proposed; it waits for a countersignature."))
            ]
        elif proposal is not None:
            refusals.extend(another_waits(record, declared, by=by))
        found.append(
            Option(
                declared.name,
                manner.label,
                tuple(refusals),
                tuple(targets_of(declared)),
                manner,
                declared.permission.label,
                bool(declared.permission(record, by)),
            )
        )
    return sorted(found, key=lambda each: (not each.open, not each.manner.main, not each.theirs))

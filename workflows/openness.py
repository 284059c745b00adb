"""Which steps are open to this person on this record; for the others, why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django_fsm import Transition

from .machine import FACT_PREFIX, Manner, Told, steps_of, targets_of
from .models import Case, Proposal, Step
from .parties import Actor
from .refusals import Refusal

Record = TypeVar("Record", bound=Case)

COUNTERSIGN = "countersign"
SEND_BACK = "send_back"
TOOK_PART = "took_part_in_"


@dataclass(frozen=True)
class Option:
    """A step as seen by one person: open, or closed with every reason."""

    name: str
    label: str
    refusals: tuple[Refusal, ...]
    targets: tuple[str, ...]
    manner: Manner
    party: str
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


def _exclusions(model: type[Case]) -> set[tuple[str, ...]]:
    return {manner_of(each).not_by_those_who for each in steps_of(model) if manner_of(each).not_by_those_who}


def _participation(names: Iterable[str]) -> str:
    return TOOK_PART + "_or_".join(sorted(names))


def with_facts(
    records: QuerySet[Record], *, by: Actor, at: datetime, only: Collection[str] | None = None
) -> QuerySet[Record]:
    """Annotate every fact of the machine, or ``only`` some, in the one query that loads the records."""
    model: type[Case] = records.model
    expressions = {
        FACT_PREFIX + name: value
        for name, value in model.fact_expressions(by=by, at=at).items()
        if only is None or name in only
    }
    for names in _exclusions(model):
        own = Step.objects.filter(case_id=OuterRef("pk"), name__in=names, actor_id=by.pk or 0)
        expressions[_participation(names)] = Exists(own)
    return records.annotate(**expressions)


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
        missing.append(Refusal(fact.name, str(label), str(remedy)))
    return missing


def refusals_for(record: Case, declared: Transition, *, by: Actor) -> list[Refusal]:
    """Every reason why ``by`` cannot take this declared step on this record now."""
    manner = manner_of(declared)
    found = []
    if not declared.permission(record, by):
        found.append(
            Refusal(
                "not_your_step",
                _("This step belongs to %(party)s.") % {"party": declared.permission.label},
                _("Ask them to take it."),
            )
        )
    elif manner.not_by_those_who and getattr(record, _participation(manner.not_by_those_who)):
        found.append(
            Refusal(
                "four_eyes",
                _("You prepared this yourself."),
                _("It needs a second official who did not prepare it."),
            )
        )
    found.extend(unmet(record, declared))
    return found


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
    elif proposal.proposed_by_id == by.pk:
        refusals = (
            Refusal(
                "four_eyes",
                _("You proposed this yourself."),
                _("It needs a second official who did not prepare it."),
            ),
        )
    common: dict[str, Any] = {
        "refusals": refusals,
        "party": str(second.label),
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
    found: list[Option] = []
    for declared in steps_of(type(record)):
        manner = manner_of(declared)
        if str(declared.source) != record.state or manner.quiet:
            continue
        refusals = refusals_for(record, declared, by=by)
        if proposal is not None and proposal.step == declared.name:
            found.extend(_countersigning(record, proposal, declared, by=by))
            refusals = [
                Refusal("waits_for_countersignature", _("Already proposed; it waits for a countersignature."))
            ]
        found.append(
            Option(
                declared.name,
                str(manner.label),
                tuple(refusals),
                tuple(targets_of(declared)),
                manner,
                str(declared.permission.label),
                bool(declared.permission(record, by)),
            )
        )
    return sorted(found, key=lambda each: (not each.open, not each.manner.main, not each.theirs))

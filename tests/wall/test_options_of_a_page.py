"""What a page says of its steps is what each record says on its own, for everybody, in every state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pgtrigger
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from referrals.models import StayReferral, WorkerRequest, record_models
from tests.wall import people
from tests.wall.world import NOW, World
from workflows import engine, openness, page_options, reading
from workflows.machine import FACT_PREFIX, steps_by_state
from workflows.models import Case, Kind, Proposal, Step
from workflows.openness import COUNTERSIGN, Option, manner_of
from workflows.parties import SYSTEM, Actor

FEW = 6
OF_EACH_CAPACITY = (
    "representative", "river", "organizer", "investigator", "approver", "signer", "intake", "adjudicator",
    "supervisor", "ice_reviewer", "ice_supervisor", "officer", "administrator",
)  # fmt: skip


def on_their_own(readings: dict[int, reading.Reading], *, by: Actor) -> dict[int, list[Option]]:
    """Each record with all that it has, asked by itself, as before a step."""
    return {
        pk: openness.options(each.record, by=by, proposal=each.proposal()) for pk, each in readings.items()
    }


def compared(model: type[Case], pks: Sequence[int], who: Iterable[Actor]) -> list[Option]:
    """All options of these people, after the page was compared with the records on their own."""
    seen: list[Option] = []
    for by in who:
        readings = reading.read(model, pks, by=by, at=NOW, step=COUNTERSIGN)
        page = engine.options_of(model, pks, by=by, at=NOW)
        assert page == on_their_own(readings, by=by)
        if model.told_facts:
            for each in readings.values():
                each.record.__dict__.update({FACT_PREFIX + name: True for name in model.told_facts})
            presumed = engine.options_of(model, pks, by=by, at=NOW, decided=False)
            assert presumed == on_their_own(readings, by=by)
        seen.extend(option for options in page.values() for option in options)
    return seen


@pytest.mark.parametrize("kind", Kind)
def test_in_the_demo_a_page_says_to_everybody_what_each_record_says(world: World, kind: Kind) -> None:
    model = record_models()[kind]
    pks = list(model._default_manager.values_list("pk", flat=True))
    assert pks
    seen = compared(model, pks, [*(world.cast.people[who] for who in sorted(people.SIGNED_IN)), SYSTEM])
    assert {option.open for option in seen} == {True, False}


def propose(model: type[Case], pk: int, state: str, everybody: Mapping[str, Any]) -> bool:
    """Let a step that is countersigned wait in this case, if one starts in this state.

    Somebody who could countersign it has taken the line with which another proposed it.
    """
    for declared in steps_by_state(model, model.machine.version)[state]:
        second = manner_of(declared).countersigned_by
        if second is None:
            continue
        record = model._default_manager.get(pk=pk)
        line = Step.objects.filter(case_id=pk, proposal=None).latest("sequence")
        line.actor = next((each for each in everybody.values() if second(record, each)), line.actor)
        line.save()
        Proposal.objects.create(
            case_id=pk,
            line=line,
            step=declared.name,
            content_hash="0" * 64,
            proposed_by=everybody["administrator"],
            proposed_at=NOW,
        )
        return True
    return False


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (kind, state)
        for kind, model in record_models().items()
        for state in sorted(steps_by_state(model, model.machine.version))
    ],
)
def test_in_every_state_a_page_says_what_each_record_says(world: World, kind: str, state: str) -> None:
    model, everybody = record_models()[kind], world.cast.people
    pks = list(model._default_manager.order_by("pk").values_list("pk", flat=True)[:FEW])
    with pgtrigger.ignore():
        Proposal.objects.filter(case__in=pks).update(fate=Proposal.Fate.FALLEN)
        Case.objects.filter(pk__in=pks).update(state=state)
        waits = propose(model, pks[0], state, everybody)
    seen = compared(model, pks, [everybody[who] for who in OF_EACH_CAPACITY])
    assert any(option.name == COUNTERSIGN for option in seen) == waits


def test_a_page_of_letters_is_one_query_though_it_is_the_stay_that_says_whose_they_are(world: World) -> None:
    (letter,) = StayReferral.objects.values_list("pk", flat=True)[:1]
    with CaptureQueriesContext(connection) as captured:
        options = engine.options_of(
            StayReferral, [letter], by=world.cast.people["ice_reviewer"], at=NOW, decided=False
        )
    assert options[letter]
    assert len(captured) == 1


def test_records_that_are_alike_are_asked_about_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, ask = list[Any](), openness.options_among

    def counted(*args: Any, **kwargs: Any) -> list[Option]:
        asked.append(args)
        return ask(*args, **kwargs)

    monkeypatch.setattr(openness, "options_among", counted)
    pks = list(WorkerRequest.objects.values_list("pk", flat=True))
    with pgtrigger.ignore():
        Proposal.objects.update(fate=Proposal.Fate.FALLEN)
        Case.objects.filter(pk__in=pks).update(state="DENIED")
    options = engine.options_of(WorkerRequest, pks, by=world.cast.people["intake"], at=NOW)
    assert len(pks) > len(asked) == 1
    first, second, *_others = options.values()
    assert first == second
    assert first is not second


def test_policy_that_looks_at_more_than_it_said_is_heard_of(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WorkerRequest, "told_from", ("filing", "earlier_grant_id", "editions_mixed"))
    page_options.page_of.cache_clear()
    signed = WorkerRequest.objects.filter(state="SIGNED").values_list("pk", flat=True)
    try:
        with pytest.raises(WorkerRequest.DoesNotExist):
            engine.options_of(WorkerRequest, list(signed), by=world.cast.people["representative"], at=NOW)
    finally:
        page_options.page_of.cache_clear()

"""The one door: what it lets through, what it refuses and how, and what is left behind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from notifications.models import Message
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD
from workflows import engine, history, sealing
from workflows.engine import StalePage, StepRefused, UnknownStep
from workflows.machines.soi_request_states import State
from workflows.models import Case, Deadline, Step

LATER = OPEN_WORLD + timedelta(hours=1)


def everything() -> tuple[Any, ...]:
    """All that a step may leave behind."""
    return (
        list(Case.objects.order_by("pk").values()),
        list(Step.objects.order_by("pk").values()),
        list(Deadline.objects.order_by("pk").values()),
        list(Message.objects.order_by("pk").values()),
    )


def codes(refused: pytest.ExceptionInfo[StepRefused]) -> list[str]:
    return [refusal.code for refusal in refused.value.refusals]


def test_a_step_moves_the_case_and_leaves_one_line_of_history(cast: Any, draft: Any) -> None:
    version = draft.version
    step = engine.advance(draft, "submit", by=cast.representative, at=LATER)
    assert (draft.state, draft.version, draft.entered_state_at) == (State.SUBMITTED, version + 1, LATER)
    assert (step.sequence, step.nature, step.name) == (version + 1, Step.Nature.MOVED, "submit")
    assert (step.from_state, step.to_state, step.at) == (State.DRAFT, State.SUBMITTED, LATER)
    assert (step.actor_id, step.capacity) == (cast.representative.pk, "REPRESENTATIVE")
    assert step.organization == cast.representative.organization_id
    assert draft.desk_id == draft.agency_desk_id
    assert type(draft)._default_manager.get(pk=draft.pk).submitted_at == LATER


def test_a_refused_step_tells_nobody_and_stores_nothing(cast: Any, draft: Any) -> None:
    before = everything()
    with pytest.raises(StepRefused):
        take_step(draft, "submit", by=cast.intake, at=LATER)
    with pytest.raises(StepRefused):
        take_step(draft, "acknowledge", by=cast.investigator, at=LATER)
    assert everything() == before


def test_what_the_caller_wrote_falls_with_the_step(cast: Any, draft: Any) -> None:
    before = everything()

    def take_it_and_fail() -> None:
        with transaction.atomic():
            take_step(draft, "submit", by=cast.representative, at=LATER)
            raise RuntimeError("the caller could not finish")

    with pytest.raises(RuntimeError):
        take_it_and_fail()
    assert everything() == before


def test_every_reason_is_given_at_once_each_with_its_remedy(cast: Any) -> None:
    from referrals.services import soi_requests

    empty = soi_requests.begin(
        agency=cast.organizations["NLRB"],
        office=cast.offices["nlrb-region-28"],
        by=cast.representative,
        at=OPEN_WORLD,
    )
    with pytest.raises(StepRefused) as refused:
        engine.advance(empty, "submit", by=cast.river, at=LATER)
    assert codes(refused) == [
        "not_your_step",
        "names_an_employer",
        "names_a_worksite",
        "tells_what_happened",
        "shows_a_complaint",
    ]
    assert all(refusal.reason and refusal.remedy for refusal in refused.value.refusals)
    assert "Name at least one place of work." in str(refused.value)


def test_a_step_that_starts_elsewhere_says_where_the_case_is(cast: Any, draft: Any) -> None:
    with pytest.raises(StepRefused, match="does not start from “Draft”") as refused:
        engine.advance(draft, "acknowledge", by=cast.investigator, at=LATER)
    assert codes(refused) == ["wrong_state"]


def test_a_step_that_no_machine_of_the_kind_has_is_refused(cast: Any, draft: Any) -> None:
    with pytest.raises(UnknownStep, match="no step “teleport” here"):
        engine.advance(draft, "teleport", by=cast.representative, at=LATER)


@pytest.mark.parametrize("reason", ["", "   \n "])
def test_a_reason_of_nothing_is_no_reason(cast: Any, draft: Any, reason: str) -> None:
    with pytest.raises(StepRefused) as refused:
        engine.advance(draft, "withdraw", by=cast.representative, at=LATER, reason=reason)
    assert codes(refused) == ["needs_reason"]
    step = engine.advance(draft, "withdraw", by=cast.representative, at=LATER, reason=" Settled. ")
    assert sealing.reason_of(step) == "Settled."


def test_a_closed_case_is_closed_once_and_on_no_desk(cast: Any, draft: Any) -> None:
    engine.advance(draft, "withdraw", by=cast.representative, at=LATER, reason="Settled.")
    assert (draft.closed_at, draft.desk_id, draft.next_due_at) == (LATER, None, None)


# Doing it twice


def test_a_key_used_before_returns_the_same_step_and_does_nothing(cast: Any, draft: Any) -> None:
    first = take_step(draft, "submit", by=cast.representative, at=LATER, idempotency_key="form-1")
    before = everything()
    again = take_step(draft, "submit", by=cast.representative, at=LATER, idempotency_key="form-1")
    assert (again.pk, again.repeated, first.repeated) == (first.pk, True, False)
    assert everything() == before


def test_a_key_belongs_to_one_case(cast: Any, draft: Any) -> None:
    from tests import cases

    other = cases.request_draft(cast)
    first = engine.advance(draft, "submit", by=cast.representative, at=LATER, idempotency_key="form-1")
    second = engine.advance(other, "submit", by=cast.representative, at=LATER, idempotency_key="form-1")
    assert first.pk != second.pk


def test_a_key_of_a_refused_step_is_free_for_the_next_try(cast: Any, draft: Any) -> None:
    with pytest.raises(StepRefused):
        engine.advance(draft, "withdraw", by=cast.representative, at=LATER, idempotency_key="form-2")
    step = engine.advance(
        draft, "withdraw", by=cast.representative, at=LATER, reason="Settled.", idempotency_key="form-2"
    )
    assert not step.repeated


# Acting on what was shown


def test_a_stale_page_is_told_what_happened_since_and_by_whom(cast: Any, draft: Any) -> None:
    shown = draft.version
    engine.advance(draft, "submit", by=cast.representative, at=LATER)
    before = everything()
    with pytest.raises(StalePage) as refused:
        engine.advance(
            draft, "withdraw", by=cast.representative, at=LATER, reason="Settled.", expected_version=shown
        )
    assert codes(refused) == ["stale"]
    for told in ("“Send to the agency”", "Mon 5 Aug 2024, 4 p.m. UTC", "by Representative"):
        assert told in str(refused.value)
    assert everything() == before


def test_a_page_that_shows_the_present_is_not_stale(cast: Any, draft: Any) -> None:
    engine.advance(draft, "submit", by=cast.representative, at=LATER, expected_version=draft.version)
    assert draft.state == State.SUBMITTED


def test_the_record_in_hand_may_be_old_the_door_reads_anew(cast: Any, draft: Any) -> None:
    old = type(draft)._default_manager.get(pk=draft.pk)
    engine.advance(draft, "submit", by=cast.representative, at=LATER)
    with pytest.raises(StepRefused) as refused:
        engine.advance(old, "submit", by=cast.representative, at=LATER)
    assert codes(refused) == ["wrong_state"]


# What enters the history


def test_only_declared_arguments_enter_the_history(cast: Any, submitted: Any) -> None:
    from referrals.services import soi_requests

    for name in ("acknowledge", "begin_review"):
        engine.advance(submitted, name, by=cast.investigator, at=LATER)
    soi_requests.assess(submitted, by=cast.investigator, at=LATER, values={"witnesses": 1})
    step = engine.advance(
        submitted,
        "monitor",
        by=cast.investigator,
        at=LATER,
        reason="Not needed yet.",
        recheck_on=date(2024, 12, 2),
    )
    assert step.data == {"recheck_on": "2024-12-02"}


def test_a_note_bumps_the_version_and_moves_nothing(cast: Any, draft: Any) -> None:
    version, entered = draft.version, draft.entered_state_at
    step = engine.record_note(draft, "looked_at", by=cast.representative, at=LATER, reason="Fine.")
    assert (step.nature, step.from_state, step.to_state) == (Step.Nature.RECORDED, State.DRAFT, State.DRAFT)
    assert (draft.version, draft.state, draft.entered_state_at) == (version + 1, State.DRAFT, entered)


def test_every_step_names_the_dated_rules_it_started(cast: Any, draft: Any) -> None:
    step = engine.advance(draft, "submit", by=cast.representative, at=LATER)
    assert set(step.rules) == {"soi_acknowledgement", "soi_request_lapse", "soi_determination"}
    assert all("@" in version for version in step.rules.values())


def test_what_the_buttons_say_the_door_does(cast: Any, submitted: Any) -> None:
    """For every person, each step that is shown open is taken and each that is shown closed is refused."""
    for person in cast.people.values():
        for option in engine.options_for(submitted, by=person, at=LATER):
            with transaction.atomic():
                try:
                    engine.advance(submitted, option.name, by=person, at=LATER, reason="Because.")
                    taken = True
                except StepRefused:
                    taken = False
                transaction.set_rollback(True)
            submitted = type(submitted)._default_manager.get(pk=submitted.pk)
            assert taken is option.open, (person.name, option.name)


def test_the_chain_holds_after_all_of_this(cast: Any, submitted: Any) -> None:
    engine.record_note(submitted, "looked_at", by=cast.investigator, at=LATER)
    engine.advance(submitted, "acknowledge", by=cast.investigator, at=LATER)
    verdict = history.verify()
    assert verdict.broken is None
    assert (verdict.cases, verdict.steps) == (1, submitted.version)

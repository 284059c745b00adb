"""Every way in which a history can be illegal is found, and named by case and line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from referrals.models import SoiRequest, WorkerRequest
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD
from tests.laid_down import laid_down
from workflows import engine, replay
from workflows.models import Case, Clock, Proposal, Step

LATER = OPEN_WORLD + timedelta(hours=1)
CONSTRAINTS = ("only_a_step_taken_changes_the_state", "a_case_is_opened_by_its_first_line")


def illegal(reference: str = "") -> list[str]:
    return [f"{each.line}: {each.what}" for each in replay.replay(reference=reference).illegal]


def rewritten(record: Any, sequence: int, **values: Any) -> list[str]:
    """What is illegal once a line has been rewritten behind every guard's back."""
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in CONSTRAINTS if "nature" in values else ():
            cursor.execute(f"ALTER TABLE workflows_step DROP CONSTRAINT {name}")
        Step.objects.filter(case_id=record.pk, sequence=sequence).update(**values)
    return illegal(record.reference)


@pytest.fixture
@laid_down
def reviewed(cast: Any, submitted: SoiRequest) -> SoiRequest:
    """Lines: the draft's own, then submit, acknowledge, begin_review."""
    take_step(submitted, "acknowledge", by=cast.investigator, at=LATER)
    take_step(submitted, "begin_review", by=cast.investigator, at=LATER)
    assert illegal() == []
    return submitted


@pytest.fixture
@laid_down
def proposed(cast: Any, pending: WorkerRequest) -> WorkerRequest:
    take_step(
        pending, "grant_at_ice", by=cast.ice_reviewer, at=LATER, grant_starts_on=date(2024, 9, 10), months=48
    )
    assert illegal() == []
    return pending


@pytest.fixture
@laid_down
def decided(cast: Any, proposed: WorkerRequest) -> WorkerRequest:
    take_step(proposed, "countersign", by=cast.ice_supervisor, at=LATER)
    assert illegal() == []
    return proposed


def found(problems: list[str], record: Any, back: int, what: str) -> bool:
    """Whether the line so many from the end is named with these words."""
    return any(each.startswith(f"{record.version - back}: ") and what in each for each in problems)


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"name": "accept"}, "accept does not start from ACKNOWLEDGED in version 1"),
        ({"name": "teleport"}, "teleport is no step in version 1"),
        ({"to_state": "ACCEPTED"}, "leads to ACCEPTED, which is not declared"),
        ({"from_state": "SUBMITTED"}, "starts from SUBMITTED, and the case was in ACKNOWLEDGED"),
        ({"capacity": "REPRESENTATIVE"}, "taken by REPRESENTATIVE, whose step it is not"),
        ({"capacity": "ADMINISTRATOR"}, "taken by ADMINISTRATOR, whose step it is not"),
        ({"nature": "OPENED"}, "begins with its opening, and nothing else does"),
        ({"nature": "RECORDED"}, "changes the state to UNDER_REVIEW without a step"),
        ({"nature": "PROPOSED"}, "is proposed, and needs no countersignature"),
        ({"nature": "SENT_BACK"}, "nobody had proposed it"),
        ({"nature": "MIGRATED"}, "moves to version 1, under which the case lives already"),
        ({"definition_version": 7}, "There is no definition SOI_REQUEST.7.json"),
        ({"effects": [{"what": "started", "clock": "soi_determination"}]}, "started, which it could not be"),
        ({"effects": [{"what": "paused", "clock": "soi_determination"}]}, "stands still in UNDER_REVIEW"),
        ({"effects": [{"what": "stopped", "clock": "soi_determination"}]}, "does not run in UNDER_REVIEW"),
        ({"effects": [{"what": "resumed", "clock": "soi_determination"}]}, "resumed, which it could not be"),
        ({"effects": [{"what": "recomputed", "clock": "rfe"}]}, "recomputed, which it could not be"),
        ({"effects": [{"what": "renamed", "clock": "rfe", "was": "noid"}]}, "renamed, which it could not be"),
        ({"effects": [{"what": "started", "clock": "rfe"}]}, "rfe runs, which version 1 does not have"),
        ({"effects": [{"what": "started", "clock": "soi_recheck"}]}, "soi_recheck goes on in UNDER_REVIEW"),
        ({"effects": [{"what": "melted", "clock": "rfe"}]}, "something unknown: melted"),
    ],
)
def test_an_illegal_line_is_named(reviewed: SoiRequest, values: dict[str, Any], what: str) -> None:
    problems = rewritten(reviewed, reviewed.version, **values)
    assert found(problems, reviewed, 0, what), problems


def test_a_clock_that_should_stand_still_is_named(cast: Any, reviewed: SoiRequest) -> None:
    take_step(reviewed, "request_information", by=cast.investigator, at=LATER, reason="Which dates?")
    assert illegal() == []
    problems = rewritten(
        reviewed, reviewed.version, effects=[{"what": "started", "clock": "soi_information"}]
    )
    assert found(problems, reviewed, 0, "soi_determination does not stand still in INFO_REQUESTED"), problems


def test_a_missing_reason_is_named(cast: Any, reviewed: SoiRequest) -> None:
    take_step(reviewed, "withdraw", by=cast.representative, at=LATER, reason="It was settled.")
    assert illegal() == []
    problems = rewritten(reviewed, reviewed.version, reason="")
    assert found(problems, reviewed, 0, "needs a reason and has none"), problems


def test_a_missing_line_is_named(reviewed: SoiRequest) -> None:
    with pgtrigger.ignore():
        Step.objects.filter(case_id=reviewed.pk, sequence=reviewed.version - 1).delete()
    assert found(illegal(), reviewed, 0, "lines are missing")


def test_a_countersignature_by_the_proposer_is_named(cast: Any, decided: WorkerRequest) -> None:
    line = decided.steps.get(name="grant_at_ice", nature="MOVED").sequence
    proposal = decided.steps.get(name="grant_at_ice", nature="PROPOSED")
    problems = rewritten(decided, line, actor_id=proposal.actor_id)
    assert any("settled by the person who proposed it" in each for each in problems), problems


def test_a_countersignature_in_the_wrong_capacity_is_named(decided: WorkerRequest) -> None:
    line = decided.steps.get(name="grant_at_ice", nature="MOVED").sequence
    problems = rewritten(decided, line, capacity="ICE_REVIEWER")
    assert any("taken by ICE_REVIEWER, whose step it is not" in each for each in problems), problems


def test_a_decision_without_a_proposal_is_named(decided: WorkerRequest) -> None:
    line = decided.steps.get(name="grant_at_ice", nature="PROPOSED").sequence
    problems = rewritten(decided, line, nature="RECORDED")
    assert any("settled, and nobody had proposed it" in each for each in problems), problems


def test_a_step_by_somebody_who_prepared_it_is_named(cast: Any, active: Any) -> None:
    """Who wrote a statement does not approve it."""
    assert illegal() == []
    wrote = active.steps.filter(name="revise").first().actor_id
    line = active.steps.get(name="approve").sequence
    problems = rewritten(active, line, actor_id=wrote)
    assert any("somebody who took revise before" in each for each in problems), problems


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (
            lambda pk: Case.objects.filter(pk=pk).update(state="ACCEPTED"),
            "state is ACCEPTED; its history leads",
        ),
        (lambda pk: Case.objects.filter(pk=pk).update(version=99), "version is 99"),
        (lambda pk: Case.objects.filter(pk=pk).update(definition_version=2), "definition is 2"),
        (lambda pk: Case.objects.filter(pk=pk).update(closed_at=LATER), "end is 2024-08-05"),
        (lambda pk: Clock.objects.filter(case_id=pk).update(stopped_at=LATER), "running clocks is none"),
    ],
)
def test_a_case_that_its_history_does_not_lead_to_is_named(
    reviewed: SoiRequest, damage: Callable[[int], Any], what: str
) -> None:
    with pgtrigger.ignore():
        damage(reviewed.pk)
    problems = illegal()
    assert any(each.startswith("0: ") and what in each for each in problems), problems


def test_a_proposal_that_waits_without_its_line_is_named(cast: Any, proposed: WorkerRequest) -> None:
    with pgtrigger.ignore():
        Proposal.objects.filter(case_id=proposed.pk).update(fate="FALLEN")
    assert illegal() == ["0: waiting proposal is none; its history leads to grant_at_ice"]


def test_a_sealed_reason_counts_and_notes_change_nothing(cast: Any, reviewed: SoiRequest) -> None:
    engine.record_note(reviewed, "seen", by=cast.investigator, at=LATER, reason="Looked at.")
    assert illegal() == []


def test_a_case_without_any_line_is_named(reviewed: SoiRequest) -> None:
    with pgtrigger.ignore():
        Proposal.objects.filter(case_id=reviewed.pk).delete()
        Step.objects.filter(case_id=reviewed.pk).delete()
    assert any("version is" in each for each in illegal(reviewed.reference))


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("replay_history", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_how_much_was_replayed_and_how_fast(reviewed: SoiRequest) -> None:
    assert f"1 cases with {reviewed.version} lines: every history is legal under its version" in printed()
    told = json.loads(printed("--json", "--kind=SOI_REQUEST"))
    assert (told["cases"], told["found"], told["illegal"]) == (1, 0, [])
    assert json.loads(printed("--json", "--kind=STAY"))["cases"] == 0


def test_the_command_fails_with_the_list(reviewed: SoiRequest) -> None:
    rewritten(reviewed, reviewed.version, capacity="REPRESENTATIVE")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 places are not legal"):
        call_command("replay_history", f"--reference={reviewed.reference}", stdout=out)
    assert f"{reviewed.reference}, line {reviewed.version}: begin_review was taken" in out.getvalue()


def test_the_command_knows_no_such_case(db: None) -> None:
    with pytest.raises(CommandError, match="There is no case"):
        printed("--reference=NOT-THERE")

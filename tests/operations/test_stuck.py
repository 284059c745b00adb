"""Cases that nothing will move: each kind of trouble is found, a sound world has none."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from referrals import tasks
from referrals.demo.cast import Cast
from referrals.services import assignments
from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD
from tests.laid_down import laid_down
from tests.operations.conftest import broken, by_hand
from workflows import stuck
from workflows.models import Case, Clock, Deadline, Pause, Proposal
from workflows.stuck import Trouble

LATER = OPEN_WORLD + timedelta(hours=1)


@pytest.fixture
@laid_down
def submitted(cast: Cast) -> Any:
    """A request that waits for its agency, with a running clock."""
    request = cases.request_draft(cast)
    take_step(request, "submit", by=cast.representative, at=OPEN_WORLD)
    return request


@pytest.fixture
@laid_down
def withdrawn(submitted: Any, cast: Cast) -> Any:
    take_step(submitted, "withdraw", by=cast.representative, at=OPEN_WORLD, reason="Settled.")
    assert submitted.closed_at
    return submitted


def troubles(at: datetime = LATER) -> dict[str, list[tuple[Trouble, str]]]:
    """What is found, by the reference of the case."""
    found: dict[str, list[tuple[Trouble, str]]] = {}
    for each in stuck.find(at=at):
        found.setdefault(each.reference, []).append((each.trouble, each.about))
    return found


def a_clock(of: Any) -> Clock:
    return Clock.objects.filter(case_id=of.pk, stopped_at__isnull=True).earliest("pk")


def test_a_case_that_moves_by_the_rules_is_not_stuck(withdrawn: Any, cast: Cast) -> None:
    statement = cases.active_statement(cast)
    cases.routed_request(cast, statement)
    assert troubles() == {}
    assert set(stuck.counts(at=LATER).values()) == {0}


def test_a_state_that_the_machine_has_lost_is_found(submitted: Any) -> None:
    broken(submitted, state="MISLAID", version=submitted.version + 1)
    assert troubles()[submitted.reference][0] == (Trouble.UNKNOWN_STATE, "")
    [first, *_rest] = stuck.find(at=LATER)
    assert first.state_label == "MISLAID"
    assert first.since == submitted.entered_state_at


def test_a_lost_state_is_found_in_a_closed_case_too(withdrawn: Any) -> None:
    broken(withdrawn, state="MISLAID", version=withdrawn.version + 1)
    assert troubles() == {withdrawn.reference: [(Trouble.UNKNOWN_STATE, "")]}


def test_an_open_case_on_nobodys_desk_is_found(submitted: Any) -> None:
    broken(submitted, desk=None)
    assert troubles() == {submitted.reference: [(Trouble.NOBODY, "")]}


def test_an_open_case_without_a_clock_is_found_unless_its_state_says_why(submitted: Any, cast: Cast) -> None:
    draft = cases.request_draft(cast)
    assert str(draft.standing.no_clock)
    for each in (draft, submitted):
        Deadline.objects.filter(case_id=each.pk).update(state=Deadline.State.CANCELLED)
        Clock.objects.filter(case_id=each.pk).update(stopped_at=OPEN_WORLD)
    assert troubles() == {submitted.reference: [(Trouble.NO_CLOCK, "")]}


def test_a_clock_that_will_warn_nobody_is_found(submitted: Any) -> None:
    clock = a_clock(submitted)
    clock.deadlines.update(state=Deadline.State.CANCELLED)
    assert troubles() == {submitted.reference: [(Trouble.SILENT_CLOCK, clock.key)]}


def test_a_clock_that_is_past_its_date_or_stands_still_owes_no_warning(submitted: Any) -> None:
    clock = a_clock(submitted)
    clock.deadlines.update(state=Deadline.State.FIRED)
    assert clock.due_at
    assert troubles(at=clock.due_at + timedelta(seconds=1)) == {}
    Pause.objects.create(clock=clock, began_at=OPEN_WORLD, reason="The other side has the ball.")
    assert troubles() == {}


def test_what_is_left_running_in_a_closed_case_is_found(withdrawn: Any) -> None:
    clock = Clock.objects.filter(case_id=withdrawn.pk).order_by("pk").first()
    assert clock
    Clock.objects.filter(pk=clock.pk).update(stopped_at=None)
    clock.deadlines.filter(rung="due").update(state=Deadline.State.ARMED)
    assert troubles() == {
        withdrawn.reference: [(Trouble.ARMED_AFTER_END, clock.key), (Trouble.CLOCK_AFTER_END, clock.key)]
    }
    assert {each.since for each in stuck.find(at=LATER)} == {withdrawn.closed_at}


def test_a_decision_that_waits_on_a_closed_case_is_found(withdrawn: Any, cast: Cast) -> None:
    with by_hand():
        Proposal.objects.create(
            case_id=withdrawn.pk, step="accept", content_hash="0" * 64, proposed_by=cast.approver,
            proposed_at=OPEN_WORLD,
        )  # fmt: skip
    assert troubles() == {withdrawn.reference: [(Trouble.PROPOSAL_AFTER_END, "accept")]}


def test_every_trouble_says_what_to_do_in_both_languages() -> None:
    assert set(stuck.REMEDIES) == set(Trouble)
    for trouble in Trouble:
        with translation.override("es"):
            spanish = (str(trouble.label), str(stuck.REMEDIES[trouble]))
        assert all(spanish)
        assert not set(spanish) & {str(trouble.label), str(stuck.REMEDIES[trouble])}


def test_a_page_asks_for_a_few_of_each_trouble_and_counts_all(cast: Cast) -> None:
    for _each in range(3):
        broken(cases.request_draft(cast), desk=None)
    assert len(stuck.find(at=LATER, limit=2)) == 2
    assert stuck.counts(at=LATER)[Trouble.NOBODY] == 3


def test_the_search_changes_nothing(submitted: Any) -> None:
    broken(submitted, desk=None)
    before = list(Case.objects.values()), list(Deadline.objects.values()), list(Clock.objects.values())
    stuck.find(at=LATER)
    assert before == (
        list(Case.objects.values()), list(Deadline.objects.values()), list(Clock.objects.values())
    )  # fmt: skip


def test_the_command_lists_each_and_exits_with_one(
    submitted: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    broken(submitted, desk=None)
    with pytest.raises(CommandError, match=r"^1 case is stuck\.$") as ended:
        call_command("sweep_stuck")
    assert ended.value.returncode == 1
    line = capsys.readouterr().out
    for part in (submitted.reference, "Request for a statement", str(submitted.state_label), "2024-08-05"):
        assert part in line
    assert str(stuck.REMEDIES[Trouble.NOBODY]) in line


def test_the_command_speaks_json(submitted: Any, capsys: pytest.CaptureFixture[str]) -> None:
    broken(submitted, desk=None)
    with pytest.raises(CommandError):
        call_command("sweep_stuck", "--json")
    [told] = json.loads(capsys.readouterr().out)
    assert told["reference"] == submitted.reference
    assert told["trouble"] == "nobody"
    assert datetime.fromisoformat(told["since"]) == submitted.entered_state_at
    assert told["remedy"]


def test_the_command_is_content_with_a_sound_world(
    submitted: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("sweep_stuck")
    assert capsys.readouterr().out == "No case is stuck.\n"
    call_command("sweep_stuck", "--json")
    assert json.loads(capsys.readouterr().out) == []


def test_a_case_whose_holder_left_is_listed_and_is_not_stuck(
    submitted: Any, cast: Cast, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assignments.assign(submitted, cast.signer.pk, by=cast.approver, at=OPEN_WORLD, seen=None)
    cast.signer.memberships.update(ended_on=OPEN_WORLD.date())
    assert troubles() == {submitted.reference: [(Trouble.LEFT, "")]}
    call_command("sweep_stuck")
    said = capsys.readouterr().out
    assert str(stuck.REMEDIES[Trouble.LEFT]) in said
    assert said.endswith("No case is stuck.\n")
    assert "Sol Signer" not in said
    with caplog.at_level(logging.WARNING, "referrals.tasks"):
        tasks.find_stuck_nightly()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_at_night_each_stuck_case_gets_a_line_in_the_log(
    submitted: Any, caplog: pytest.LogCaptureFixture
) -> None:
    broken(submitted, desk=None)
    with caplog.at_level(logging.ERROR, "referrals.tasks"):
        tasks.find_stuck_nightly()
    assert caplog.messages == [f"case {submitted.reference} is stuck: nobody "]

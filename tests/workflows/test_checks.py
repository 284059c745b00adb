"""An unsound machine is found, whatever is wrong with it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from referrals.models import Grant, SoiRequest, Statement, record_models
from tests import cases
from workflows import checks, openness, parties, texts
from workflows.machine import step, steps_of
from workflows.machines.grant_states import State as GrantState
from workflows.machines.statement_states import State as StatementState

ROOT = Path(__file__).resolve().parents[2]
MONDAY = datetime(2024, 8, 5, 15, 0, tzinfo=UTC)


@pytest.fixture
def change(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Changes parts of the machine of grants, and gives back what is then wrong with it."""

    def changed(**parts: Any) -> list[str]:
        monkeypatch.setattr(Grant, "machine", dataclasses.replace(Grant.machine, **parts))
        return list(checks.unsoundness(Grant))

    return changed


@pytest.fixture
def stand(change: Any) -> Any:
    def changed(state: str, **parts: Any) -> list[str]:
        standings = dict(Grant.machine.standings)
        standings[state] = dataclasses.replace(standings[state], **parts)
        return change(standings=standings)

    return changed


@pytest.fixture
def clock(change: Any) -> Any:
    def changed(**parts: Any) -> list[str]:
        expiry, *others = Grant.machine.clocks
        return change(clocks=[dataclasses.replace(expiry, **parts), *others])

    return changed


@pytest.mark.parametrize("model", checks.machine_models())
def test_every_machine_is_sound(model: Any) -> None:
    assert list(checks.unsoundness(model)) == []


def test_a_state_that_nothing_leads_to_is_found(change: Any) -> None:
    assert "EXTENDED cannot be reached" in change(initial=GrantState.TERMINATED)


def test_a_state_without_a_standing_is_found(change: Any) -> None:
    rest = {state: each for state, each in Grant.machine.standings.items() if state != GrantState.RENEWED}
    assert change(standings=rest) == ["RENEWED has no standing"]


@pytest.mark.parametrize(
    ("state", "parts", "problem"),
    [
        (GrantState.ACTIVE, {"final": True}, "ACTIVE is final and yet has an exit"),
        (GrantState.EXPIRED, {"final": False}, "EXPIRED is open and has no exit"),
        (GrantState.ACTIVE, {"holder": ""}, "ACTIVE is open and it is nobody's turn"),
        (GrantState.ACTIVE, {"holder": "bishop"}, "holder bishop has no bishop_desk on the record"),
    ],
)
def test_a_state_without_exit_or_owner_is_found(
    stand: Any, state: str, parts: dict[str, Any], problem: str
) -> None:
    assert problem in stand(state, **parts)


def test_an_open_state_needs_a_deadline_or_a_reason_for_none(change: Any, stand: Any) -> None:
    assert "ACTIVE is open, has no deadline and states no reason for none" in change(clocks=())
    assert "ACTIVE is open, has no deadline and states no reason for none" not in stand(
        GrantState.ACTIVE, no_clock="It waits."
    )


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"policy": "none.such"}, "follows the rule none.such, which the rulebook lacks"),
        ({"policy": "dale.status", "until": "", "fires": {}}, "states no period"),
        ({"until": "until_doomsday"}, "reads until_doomsday, which the record lacks"),
        ({"served_by": "carrier"}, "reads carrier, which the record lacks"),
        ({"paused_in": frozenset({"ACTIVE"})}, "both runs and stands still in ACTIVE"),
        ({"fires": {"warn_7000": "expire"}}, "fires expire on warn_7000, which is no rung of"),
        ({"fires": {"due": "evaporate"}}, "fires evaporate, which is no step"),
        ({"fires": {"due": "begin_expiring"}}, "runs in EXPIRING, from which begin_expiring cannot be taken"),
        ({"fires": {"due": "respond"}}, "from TERMINATION_NOTICE, which the system may not take"),
        ({"fires": {"due": "supersede"}}, "from ACTIVE, which needs a person's words or signature"),
    ],
)
def test_a_clock_that_cannot_work_is_found(clock: Any, parts: dict[str, Any], problem: str) -> None:
    assert any(problem in each for each in clock(**parts)), clock(**parts)


def test_a_warning_may_find_nothing_to_do(clock: Any) -> None:
    assert clock(fires={"warn_120": "begin_expiring"}) == []


def test_a_clock_due_in_a_state_that_cannot_expire_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = [
        dataclasses.replace(rule, runs_in=rule.runs_in | {StatementState.RETURNED})
        if rule.key == "soi_review"
        else rule
        for rule in Statement.machine.clocks
    ]
    monkeypatch.setattr(Statement, "machine", dataclasses.replace(Statement.machine, clocks=rules))
    assert list(checks.unsoundness(Statement)) == [
        "clock soi_review runs in RETURNED, from which expire cannot be taken when it is due"
    ]


def test_a_step_hidden_by_a_relation_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Grant, "extend", "the name of something else")
    assert "step extend is hidden by a field or a relation of the same name" in checks.unsoundness(Grant)


def test_a_fact_bound_to_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SoiRequest, "told_facts", SoiRequest.told_facts - {"agency_takes_requests"})
    assert list(checks.unsoundness(SoiRequest)) == [
        "fact agency_takes_requests is bound to nothing on the record"
    ]


class Careless:
    state = "A"

    @step("A", "B", "Grant", by=parties.dhs_intake, records=("month",), countersigned_by=parties.dhs_intake)
    def grant(self, *, at: datetime, months: int) -> None: ...

    @step("A", "B", "Deny", by=parties.dhs_intake, needs=[lambda record: True])  # type: ignore[list-item]
    def deny(self, *, at: datetime) -> None: ...

    @step("A", "B", "Refer", by=parties.dhs_intake, words=("whom",), countersigned_by=parties.dhs_intake)
    def refer(self, *, at: datetime, whom: str = "") -> None: ...


def test_a_step_that_records_or_needs_the_wrong_thing_is_found() -> None:
    deny, grant, refer = steps_of(Careless)  # type: ignore[arg-type]
    assert list(checks._step_problems(grant)) == [
        "step grant records month, which it does not take",
        "step grant is proposed first and would forget months: it is not recorded",
    ]
    assert list(checks._step_problems(deny)) == ["step deny needs something that is not a fact"]
    assert list(checks._step_problems(refer)) == [
        "step refer is proposed first, where whom would not be sealed"
    ]


def test_every_fact_decided_by_policy_is_told(cast: Any) -> None:
    statement = cases.active_statement(cast)
    request = cases.signed_request(cast, statement)
    told = [statement, request, cases.request_draft(cast)]
    for record in told:
        fresh = openness.load(type(record), record.pk, by=cast.representative, at=MONDAY)
        assert set(fresh.policy_facts(by=cast.representative, at=MONDAY)) == type(record).told_facts
        assert all(hasattr(fresh, f"fact_{fact.name}") for fact in texts.facts_of(type(record)))


# Texts


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """A Spanish catalog that holds every text of every machine, to take some out of."""
    known = {text for model in checks.machine_models() for _what, text in texts.texts_of(model)}
    monkeypatch.setattr(texts, "catalog", lambda _language: known)
    return known


def test_a_text_spelled_alike_in_both_languages_counts_if_somebody_entered_it(catalog: set[str]) -> None:
    assert all(machine.problems == () for machine in checks.examine())


def test_a_text_that_nobody_translated_is_named_once_a_machine(catalog: set[str]) -> None:
    catalog.discard("Expire")
    found = {machine.kind: machine.untranslated for machine in checks.examine() if machine.untranslated}
    assert all(len(problems) == 1 for problems in found.values())
    assert all(problem.endswith(": “Expire”") for (problem,) in found.values())
    assert set(found) >= {"GRANT", "STATEMENT", "STAY", "WORK_PERMIT"}


@pytest.mark.parametrize(
    "what",
    [
        "ACTIVE: label",
        "ACTIVE: public label",
        "ACTIVE: what comes next",
        "clock grant_expiry: label",
        "step respond from TERMINATION_NOTICE: label",
        "step respond: party",
        "fact has_grounds: label",
        "fact has_grounds: remedy",
    ],
)
def test_every_sort_of_text_is_looked_at(what: str) -> None:
    assert what in dict(texts.texts_of(Grant))


def test_an_empty_text_is_found(stand: Any, catalog: set[str]) -> None:
    stand(GrantState.ACTIVE, public=" ")
    (grant,) = [machine for machine in checks.examine() if machine.kind == "GRANT"]
    assert grant.untranslated == ("ACTIVE: public label is empty",)


# The command


def test_the_command_says_per_machine_what_it_checked(catalog: set[str], capsys: Any) -> None:
    call_command("check_machines")
    printed = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in printed[:-1]] == sorted(record_models())
    assert all(line.endswith("sound") for line in printed[:-1])


def test_the_command_fails_with_a_list_of_problems(catalog: set[str], capsys: Any) -> None:
    catalog.discard("In force")
    with pytest.raises(CommandError, match="2 problems in 8 machines"):
        call_command("check_machines")
    assert "GRANT: ACTIVE: label is not in Spanish: “In force”" in capsys.readouterr().err


def test_an_unsound_machine_does_not_start(clock: Any) -> None:
    clock(policy="none.such")
    (error,) = checks.machines_are_sound(None)
    assert (error.id, "none.such" in error.msg) == ("workflows.E001", True)


def test_translations_do_not_keep_the_machines_from_starting(catalog: set[str]) -> None:
    catalog.clear()
    assert checks.machines_are_sound(None) == []

"""The frozen definitions are those of the code, and a changed machine asks for the next version."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from referrals.models import Grant, SoiRequest, WorkerRequest
from tests import versions
from workflows import checks, definitions
from workflows.definitions import UnknownDefinition, freezing, older
from workflows.machine import steps_of, targets_of


@pytest.mark.parametrize("model", checks.machine_models())
def test_every_machine_is_as_it_is_frozen(model: Any) -> None:
    """If this fails: give the machine the next version, then python3 manage.py freeze_machines."""
    assert freezing.unfrozen(model) == []


@pytest.mark.parametrize("model", checks.machine_models())
def test_what_is_frozen_gives_the_same_machine_back(model: Any) -> None:
    again = older.machine(str(model.machine.kind), model.machine.version)
    for state in model.machine.states:
        was, now = model.machine.standing(state), again.standing(state)
        assert (str(was.public), was.holder, was.final, was.tone) == (
            str(now.public), now.holder, now.final, now.tone,
        )  # fmt: skip
        assert again.label_of(state) == model.machine.label_of(state)
        assert again.station_of(state) == model.machine.station_of(state)
    words = {"label": "", "pause_reason": "", "ordered_by": None}
    bound = [dataclasses.asdict(each) | words | {"policy": each.rule} for each in model.machine.clocks]
    assert bound == [dataclasses.asdict(each) | words for each in again.clocks]
    for was, now in zip(steps_of(model), older.steps(model, model.machine.version), strict=True):
        assert (was.name, str(was.source), sorted(targets_of(was))) == (
            now.name, str(now.source), sorted(targets_of(now)),
        )  # fmt: skip
        assert was.permission.capacities == now.permission.capacities
        assert set(was.conditions) == set(now.conditions)


def test_a_changed_machine_asks_for_a_version(monkeypatch: pytest.MonkeyPatch) -> None:
    expiry, *others = Grant.machine.clocks
    monkeypatch.setattr(
        Grant,
        "machine",
        dataclasses.replace(Grant.machine, clocks=[dataclasses.replace(expiry, until=""), *others]),
    )
    (problem,) = freezing.unfrozen(Grant)
    assert f"frozen version 1: clocks.{expiry.key}.until" in problem
    with pytest.raises(CommandError, match="problems"):
        call_command("check_machines")
    with pytest.raises(CommandError, match="next version number"):
        call_command("freeze_machines", "--check")
    with pytest.raises(CommandError, match="next version number"):
        call_command("freeze_machines")


def test_the_next_version_asks_to_be_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Grant, "machine", dataclasses.replace(Grant.machine, version=2))
    assert freezing.unfrozen(Grant) == ["version 2 is not frozen; run freeze_machines"]


def test_words_bind_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    standings = {
        state: dataclasses.replace(each, public="Anything else.")
        for state, each in Grant.machine.standings.items()
    }
    monkeypatch.setattr(Grant, "machine", dataclasses.replace(Grant.machine, standings=standings))
    assert freezing.unfrozen(Grant) == []


@pytest.fixture
def emptied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(definitions, "FOLDERS", [tmp_path])
    monkeypatch.setattr(freezing, "FOLDERS", [tmp_path])
    definitions.forget()
    yield tmp_path
    monkeypatch.undo()
    definitions.forget()


def test_the_command_freezes_every_machine(emptied: Path) -> None:
    call_command("freeze_machines")
    assert len(list(emptied.glob("*.1.json"))) == len(checks.machine_models())
    call_command("freeze_machines", "--check")


def test_the_command_writes_over_a_frozen_version_only_when_told(emptied: Path) -> None:
    call_command("freeze_machines")
    path = emptied / "GRANT.1.json"
    changed = path.read_text(encoding="utf-8").replace('"USCIS_SUPERVISOR"', '"ADMINISTRATOR"')
    path.write_text(changed, encoding="utf-8")
    definitions.forget()
    with pytest.raises(CommandError, match="--replace"):
        call_command("freeze_machines")
    assert path.read_text(encoding="utf-8") == changed
    call_command("freeze_machines", "--replace")
    assert freezing.unfrozen(Grant) == []


def test_the_file_of_a_version_is_one_line_for_each_state_step_and_clock() -> None:
    content = freezing.frozen(WorkerRequest)
    spelled = freezing.spelled(content)
    assert json.loads(spelled) == content
    rows = len(content["states"]) + len(content["steps"]) + len(content["clocks"])
    assert rows < len(spelled.splitlines()) < rows + 20


def test_a_record_answers_from_its_own_version_and_the_class_from_the_newest(tmp_path: Path) -> None:
    with versions.known(versions.write(tmp_path / "two")):
        record = SoiRequest(definition_version=2)
        record.__dict__["state"] = "SENT"
        assert record.state_label == "On its way"
        assert next(rule.key for rule in record.machine.clocks) == "first_answer"
        with translation.override("es"):
            assert record.state_label == "En camino"
        assert SoiRequest.machine.version == 1
        assert SoiRequest(definition_version=1).machine is SoiRequest.machine


def test_a_version_without_a_file_is_said_to_be_unknown() -> None:
    with pytest.raises(UnknownDefinition, match=r"SOI_REQUEST\.9\.json"):
        SoiRequest(definition_version=9).state_label  # noqa: B018

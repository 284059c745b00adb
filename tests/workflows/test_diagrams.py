"""The diagrams in the package's README are those of today, in words that Mermaid can read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from referrals.models import Grant, WorkerRequest
from workflows import diagrams
from workflows.checks import machine_models
from workflows.machine import steps_of, targets_of

STATE = r"(?:\[\*\]|[A-Z][A-Z_]*)"
WORDS = r"[^:;#{}\[\]<>%|`\\\"\n]+"
LINES = re.compile(rf"    (?:[A-Z][A-Z_]* : {WORDS}|{STATE} --> {STATE}(?: : {WORDS})?)")


def test_the_diagrams_are_those_of_today() -> None:
    """If this fails: python3 manage.py draw_machines."""
    present = diagrams.README.read_text(encoding="utf-8")
    assert diagrams.redrawn(present) == present


@pytest.mark.parametrize("model", machine_models())
def test_every_line_is_one_that_mermaid_can_read(model: Any) -> None:
    first, *lines = diagrams.diagram(model).splitlines()
    assert first == "stateDiagram-v2"
    assert [line for line in lines if not LINES.fullmatch(line)] == []


@pytest.mark.parametrize("model", machine_models())
def test_every_state_and_every_move_is_drawn(model: Any) -> None:
    drawn = diagrams.diagram(model)
    for state in model.machine.states:
        assert f"    {state} : " in drawn
    for declared in steps_of(model):
        if declared.target is not None:
            assert all(f"    {declared.source} --> {target} : " in drawn for target in targets_of(declared))
    assert f"[*] --> {model.machine.initial}" in drawn


def test_a_line_names_the_step_its_party_and_who_countersigns() -> None:
    assert (
        "    IN_ADJUDICATION --> DENIED : Deny (a USCIS adjudicator, countersigned by a USCIS supervisor)"
        in diagrams.diagram(WorkerRequest).splitlines()
    )


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("USCIS: review", "USCIS – review"),
        ("In force; the end is near", "In force, the end is near"),
        ('a "b" #c {d} <e> [f] 100%', "a 'b' c d e f 100"),
        ("two\nlines", "two lines"),
    ],
)
def test_what_mermaid_takes_for_syntax_is_replaced(text: str, label: str) -> None:
    assert diagrams.escaped(text) == label


@pytest.fixture
def readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "README.md"
    path.write_text(f"Before.\n{diagrams.BEGIN}\nold\n{diagrams.END}\nAfter.\n", encoding="utf-8")
    monkeypatch.setattr(diagrams, "README", path)
    return path


def test_checking_changes_nothing_and_fails_when_stale(readme: Path) -> None:
    stale = readme.read_text(encoding="utf-8")
    with pytest.raises(CommandError, match="stale"):
        call_command("draw_machines", "--check")
    assert readme.read_text(encoding="utf-8") == stale


def test_drawing_keeps_what_stands_around_the_diagrams(readme: Path) -> None:
    call_command("draw_machines")
    drawn = readme.read_text(encoding="utf-8")
    assert drawn.startswith("Before.\n")
    assert drawn.endswith("\nAfter.\n")
    assert diagrams.diagram(Grant) in drawn
    call_command("draw_machines", "--check")


def test_a_document_without_a_place_for_diagrams_is_refused(readme: Path) -> None:
    readme.write_text("Nothing here.", encoding="utf-8")
    with pytest.raises(CommandError, match="lacks the lines"):
        call_command("draw_machines")

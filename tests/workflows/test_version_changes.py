"""What a line that moves a case to another version may be: the database and the replay say the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.db import DatabaseError, transaction

from referrals.models import SoiRequest
from referrals.policy_people import STEWARDS
from referrals.services.steps import take_step
from tests import versions
from tests.cases import OPEN_WORLD, reload
from tests.laid_down import laid_down
from workflows import history, replay, version_maps
from workflows.definitions import definition, freezing
from workflows.legality import MOVERS
from workflows.migrating import Migration
from workflows.models import Case, Step, version_change
from workflows.models.version_change import VersionChange
from workflows.parties import Capacity

LATER = OPEN_WORLD + timedelta(days=1)
DATA = {"from_version": 1, "to_version": 2, "back": False}
ENDED, OPEN = "WITHDRAWN", "SENT"


@pytest.fixture
def folder(tmp_path: Path, db: None) -> Iterator[Path]:
    with versions.known(versions.write(tmp_path / "definitions")):
        yield tmp_path / "definitions"


def migrated(record: Any, **columns: Any) -> Step:
    """A line that moves a request to version 2, as somebody with SQL writes it, and the case that follows."""
    case = Case.objects.get(pk=record.pk)
    values = {
        "case_id": case.pk, "sequence": case.version + 1, "nature": Step.Nature.MIGRATED,
        "name": "change_version", "from_state": case.state, "to_state": OPEN, "capacity": "SYSTEM",
        "at": LATER, "reason": "A new procedure.", "definition_version": 2, "data": DATA,
        "previous_hash": case.head_hash,
    } | columns  # fmt: skip
    step = Step(**values)
    step.hash = history.hash_of(step, case.reference)
    with transaction.atomic():
        step.save(force_insert=True)
        Case.objects.filter(pk=case.pk).update(
            version=step.sequence, state=step.to_state, head_hash=step.hash,
            definition_version=step.definition_version,
        )  # fmt: skip
    return step


def test_an_honest_line_is_let_through(folder: Path, submitted: SoiRequest) -> None:
    """Or the tests below would prove nothing."""
    migrated(submitted)
    assert reload(submitted).definition_version == 2


UNSAID = "says from which version to which, and why"


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"definition_version": 1, "data": {"from_version": 1, "to_version": 1}}, UNSAID),
        ({"data": {}}, UNSAID),
        ({"data": {"from_version": 3, "to_version": 2}}, UNSAID),
        ({"data": {"from_version": 1, "to_version": 3}}, UNSAID),
        ({"reason": ""}, UNSAID),
        ({"name": "submit"}, UNSAID),
        ({"from_state": "DRAFT"}, UNSAID),
        ({"capacity": "REPRESENTATIVE"}, "by those who change rules"),
        ({"capacity": "ADMINISTRATOR"}, "by those who change rules"),
        ({"to_state": ENDED}, "neither ends a case nor opens it again"),
        ({"to_state": "DECLINED"}, "neither ends a case nor opens it again"),
    ],
)
def test_the_database_refuses_a_line_that_is_no_change_of_version_or_decides(
    folder: Path, submitted: SoiRequest, columns: dict[str, Any], problem: str
) -> None:
    with pytest.raises(DatabaseError, match=problem):
        migrated(submitted, **columns)
    assert reload(submitted).version == submitted.version


def test_a_person_who_changes_no_rules_moves_no_case(folder: Path, cast: Any, submitted: SoiRequest) -> None:
    with pytest.raises(DatabaseError, match="by those who change rules"):
        migrated(submitted, actor_id=cast.representative.pk)
    migrated(submitted, actor_id=cast.administrator.pk, capacity="ADMINISTRATOR")


def test_a_case_that_ended_is_not_opened_again(folder: Path, cast: Any, submitted: SoiRequest) -> None:
    take_step(submitted, "withdraw", by=cast.representative, at=OPEN_WORLD, reason="Settled.")
    with pytest.raises(DatabaseError, match="neither ends a case nor opens it again"):
        migrated(submitted, to_state="DRAFT")


# Into a state where a second person decides


@pytest.fixture
@laid_down
def reviewed(cast: Any, in_review: Any) -> Any:
    """A statement before its approver."""
    return in_review


def as_approved(record: Any) -> Step:
    return migrated(record, to_state="APPROVED")


def test_no_line_leads_into_a_guarded_state_without_a_shipped_map(reviewed: Any) -> None:
    with pytest.raises(DatabaseError, match="only a shipped map leads into a state"):
        as_approved(reviewed)


def test_a_shipped_map_leads_there_once_the_trigger_knows_it(
    reviewed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version_change, "moves", lambda: ("STATEMENT 1 2 AGENCY_REVIEW APPROVED",))
    VersionChange().install(Step)
    as_approved(reviewed)
    assert reload(reviewed).state == "APPROVED"
    with pytest.raises(DatabaseError, match="says from which version"):
        as_approved(reviewed)


GUARDED = "DECLINED_SOON"


def guarded() -> dict[str, Any]:
    """A version 2 with an open state into which a step leads that is countersigned."""
    content = versions.second(freezing.frozen(SoiRequest))
    step = {**next(each for each in content["steps"] if each["name"] == "acknowledge")}
    step |= {"name": "foretell", "from": ["UNDER_REVIEW"], "to": [GUARDED], "countersigned_by": step["by"]}
    content["steps"].append(step)
    content["states"][GUARDED] = content["states"]["SENT"]
    for clock in content["clocks"]:
        if "SENT" in clock["runs_in"]:
            clock["runs_in"] = [*clock["runs_in"], GUARDED]
    return content


@pytest.fixture
def foretold(tmp_path: Path, db: None) -> Iterator[Path]:
    states = {"SUBMITTED": GUARDED}
    path = versions.write(tmp_path / "foretold", content=guarded(), states=states)
    with versions.known(path):
        yield path


def test_the_command_moves_along_a_shipped_map_and_the_replay_agrees(
    foretold: Path, submitted: SoiRequest
) -> None:
    assert definition("SOI_REQUEST", 2).guarded >= {GUARDED}
    known = version_maps.shipped("SOI_REQUEST", 1, 2)
    assert Migration(known, at=LATER, reason="New.").run().moved == 1
    assert reload(submitted).state == GUARDED
    assert [str(each) for each in replay.replay().illegal] == []
    back = Migration(known.turned_round(), at=LATER, reason="Not so.").run()
    assert (back.moved, reload(submitted).state) == (1, "SUBMITTED")
    assert [str(each) for each in replay.replay().illegal] == []


def test_a_map_given_by_hand_leads_into_no_guarded_state(
    foretold: Path, tmp_path: Path, submitted: SoiRequest
) -> None:
    by_hand = tmp_path / "by_hand.json"
    (foretold / "SOI_REQUEST.1-2.json").rename(by_hand)
    known = version_maps.read(by_hand, kind="SOI_REQUEST", source=1, target=2)
    outcome = Migration(known, at=LATER, reason="New.").run()
    assert outcome.moved == 0
    assert [each.why for each in outcome.left] == [
        f"Into {GUARDED} a second person leads. Only a map that ships with the definitions may do so too."
    ]
    assert reload(submitted).definition_version == 1


def test_the_replay_names_a_line_that_no_shipped_map_declares(foretold: Path, submitted: SoiRequest) -> None:
    known = version_maps.shipped("SOI_REQUEST", 1, 2)
    Migration(known, at=LATER, reason="New.").run()
    versions.write(foretold, content=guarded(), states={"SUBMITTED": "SENT"})
    found = [str(each) for each in replay.replay().illegal]
    assert any("where a second person decides, and no shipped map leads there" in each for each in found)


def test_the_replay_names_a_change_of_version_that_ended_a_case(folder: Path, submitted: SoiRequest) -> None:
    with pgtrigger.ignore():
        migrated(submitted, to_state=ENDED)
    found = [str(each) for each in replay.replay().illegal]
    assert any("ends the case, or opens it again: SUBMITTED to WITHDRAWN" in each for each in found), found


def test_maps_of_both_directions_are_drawn_into_the_trigger(foretold: Path) -> None:
    assert version_maps.shipped_moves("SOI_REQUEST", 1, 2) == {("SUBMITTED", GUARDED)}
    assert version_maps.shipped_moves("SOI_REQUEST", 2, 1) == {(GUARDED, "SUBMITTED")}
    assert version_maps.shipped_moves("STAY", 1, 2) == frozenset()
    assert set(version_change._moves()) == {
        f"SOI_REQUEST 1 2 SUBMITTED {GUARDED}", f"SOI_REQUEST 2 1 {GUARDED} SUBMITTED",
    }  # fmt: skip


def test_those_who_change_rules_are_the_same_everywhere() -> None:
    assert set(MOVERS) == {str(each) for each in STEWARDS} | {str(Capacity.SYSTEM)}

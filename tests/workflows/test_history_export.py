"""An exported history, checked as a court would check it: by one file, with nothing installed."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD
from tests.laid_down import laid_down
from tests.workflows.history_files import run_verifier, spoken_line
from workflows import exports, heads
from workflows.models import DailyHead, Step
from workflows.signing import SigningKey
from workflows.verify_export import PARTS, Broken, check, digest, line_hash

DAY = timedelta(days=1)
SECRET = "5e" * 32
PUBLIC = SigningKey(bytes.fromhex(SECRET)).public.hex()
SECRET_WORDS = "The witness is Lázaro."


@pytest.fixture(autouse=True)
def signing_key(settings: Any) -> None:
    settings.HISTORY_SIGNING_KEY, settings.HISTORY_PUBLIC_KEYS = SECRET, []


def everything(_step: Step) -> frozenset[str]:
    return exports.EVERYTHING


@pytest.fixture
@laid_down
def case(cast: Any, submitted: Any) -> Any:
    """A case of five lines, one of them with a sealed reason, under a daily head among three cases."""
    cases.request_draft(cast)
    take_step(submitted, "acknowledge", by=cast.investigator, at=OPEN_WORLD + DAY)
    spoken_line(submitted, SECRET_WORDS, by=cast.investigator, at=OPEN_WORLD + DAY)
    cases.request_draft(cast)
    heads.take(at=OPEN_WORLD + DAY)
    return submitted


def export(record: Any, sight: exports.Sight = everything) -> dict[str, Any]:
    return exports.export(record, sight=sight, reader="A court", at=OPEN_WORLD + 2 * DAY)


def unsigned(file: dict[str, Any]) -> dict[str, Any]:
    """As somebody would hand it in who changed it and does not have the key."""
    return copy.deepcopy(file) | {"signature": None}


def holds(file: dict[str, Any], **given: str) -> bool:
    try:
        check(file, **given)
    except (Broken, KeyError, TypeError, ValueError, AttributeError):
        return False
    return True


# Good ones


def test_a_good_export_holds(case: Any, tmp_path: Path) -> None:
    file = export(case)
    code, said = run_verifier(file, tmp_path)
    assert code == 0, said
    assert (
        f"Case {case.reference}: {case.version} lines.\n{case.version} shown whole, 0 in part, 0 withheld"
        in said
    )
    assert DailyHead.objects.get().root in said
    assert "Compare the key or the root with the published one." in said


def test_the_published_key_or_root_settles_it(case: Any, tmp_path: Path) -> None:
    file = export(case)
    root = DailyHead.objects.get().root
    assert run_verifier(file, tmp_path, "--public-key", PUBLIC, "--root", root)[0] == 0
    assert run_verifier(file, tmp_path, "--public-key", "00" * 32)[0] == 1
    assert run_verifier(file, tmp_path, "--root", "00" * 32)[0] == 1


def test_the_verifier_finds_the_hashes_that_the_engine_wrote(case: Any) -> None:
    for step in case.steps.all():
        assert line_hash(case.reference, heads.columns(step)) == step.hash


def test_a_text_that_may_be_read_is_in_the_file_and_bound_to_its_line(case: Any) -> None:
    line = export(case)["lines"][-1]
    assert line["texts"]["reason"]["text"] == SECRET_WORDS
    assert line["shown"]["reason"]["reason"].startswith("sealed:")


def test_lines_newer_than_the_daily_head_are_named(cast: Any, case: Any, tmp_path: Path) -> None:
    spoken_line(case, "Later.", by=cast.investigator, at=OPEN_WORLD + 2 * DAY)
    code, said = run_verifier(export(case), tmp_path)
    assert code == 0, said
    assert f"covers lines 1 to {case.version - 1}." in said
    assert "Of what no daily head covers, this file's own signature speaks alone." in said


def test_a_case_that_no_daily_head_covers_yet_holds_by_its_signature(submitted: Any, tmp_path: Path) -> None:
    file = export(submitted)
    assert file["daily_head"] is None
    assert run_verifier(file, tmp_path)[0] == 0
    assert run_verifier(unsigned(file), tmp_path) == (
        1,
        "BROKEN: nothing speaks for this file: it is not signed and holds no daily head.\n",
    )


# Withheld parts

HIDDEN = frozenset[str]()


def alone(part: str) -> exports.Sight:
    return lambda _step: frozenset({part})


SIGHTS = {
    "nothing": lambda _step: HIDDEN,
    "what happened": lambda _step: exports.HAPPENED,
    "every second line": lambda step: exports.EVERYTHING if step.sequence % 2 else HIDDEN,
    "the first line": lambda step: exports.EVERYTHING if step.sequence == 1 else HIDDEN,
    "no reasons": lambda _step: exports.EVERYTHING - {"reason"},
    **{part: alone(part) for part in PARTS},
}


@pytest.mark.parametrize("sight", SIGHTS)
def test_an_export_holds_whatever_is_withheld(case: Any, sight: str, tmp_path: Path) -> None:
    code, said = run_verifier(export(case, SIGHTS[sight]), tmp_path, "--public-key", PUBLIC)
    assert code == 0, said


def test_what_is_withheld_is_not_in_the_file(case: Any) -> None:
    text = repr(export(case, lambda _step: exports.HAPPENED))
    assert SECRET_WORDS not in text
    assert "acknowledge" in text
    for step in case.steps.all():
        assert step.idempotency_key is None or step.idempotency_key not in text
    assert "acknowledge" not in repr(export(case, lambda _step: HIDDEN))


def test_keys_of_parts_that_are_withheld_are_not_in_the_file(case: Any) -> None:
    shown, whole = export(case, lambda _step: exports.HAPPENED), export(case)
    for part, full in zip(shown["lines"], whole["lines"], strict=True):
        assert set(part["salts"]) == {"what"}
        assert part["withheld"]["who"] != full["salts"]["who"]
        assert full["salts"]["who"] not in repr(shown)


def test_what_is_shown_in_part_cannot_be_changed(case: Any) -> None:
    file = unsigned(export(case, lambda _step: exports.HAPPENED))
    assert holds(file)
    file["lines"][2]["shown"]["what"]["capacity"] = "DHS_INTAKE"
    assert not holds(file)


# Tampered ones


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a file, empty lists and objects among them."""
    children = (
        list(value.items() if isinstance(value, dict) else enumerate(value))
        if isinstance(value, (dict, list))
        else []
    )
    for name, child in children:
        yield from leaves(child, (*path, name))
    if not children:
        yield path


def changed(value: Any) -> Any:
    """Another value of the same sort."""
    if isinstance(value, bool) or value is None:
        return "x"
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return ("f" if value[:1] != "f" else "e") + value[1:]
    return ["x"] if isinstance(value, list) else {"x": "x"}


def tampered(file: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    file = copy.deepcopy(file)
    place: Any = file
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = changed(place[path[-1]])
    return file


SAID_BY_NOBODY_ELSE = {"kind", "made_at", "made_for"}


def test_no_value_of_a_signed_file_can_be_changed(case: Any) -> None:
    file = export(case, SIGHTS["every second line"])
    assert holds(file)
    ways = list(leaves(file))
    assert len(ways) > 80
    assert [way for way in ways if holds(tampered(file, way))] == []


@pytest.mark.parametrize("sight", ["every second line", "what happened", "no reasons", "who"])
def test_without_the_signature_the_daily_head_still_holds_every_line(case: Any, sight: str) -> None:
    file = unsigned(export(case, SIGHTS[sight]))
    assert holds(file)
    ways = [way for way in leaves(file) if way[0] not in SAID_BY_NOBODY_ELSE | {"signature"}]
    free = [way for way in ways if holds(tampered(file, way))]
    assert [way for way in free if way != ("head",)] == []
    assert not free or "who" not in file["lines"][-1]["shown"]


@pytest.mark.parametrize("column", sorted(name for names in PARTS.values() for name in names))
def test_each_column_of_a_line_is_watched(case: Any, column: str, tmp_path: Path) -> None:
    file = unsigned(export(case))
    shown = file["lines"][1]["shown"]
    part = next(part for part in PARTS if column in PARTS[part])
    shown[part][column] = changed(shown[part][column])
    code, said = run_verifier(file, tmp_path)
    assert code == 1
    assert said.startswith("BROKEN: ")
    assert "line 2" in said or "line 3" in said


def test_a_line_that_is_dropped_is_missed(case: Any, tmp_path: Path) -> None:
    file = unsigned(export(case))
    del file["lines"][1]
    assert run_verifier(file, tmp_path) == (1, "BROKEN: line 2 is missing or stands in another place.\n")
    renumbered = copy.deepcopy(file)
    for number, line in enumerate(renumbered["lines"], start=1):
        line["line"] = number
    renumbered["version"] -= 1
    assert run_verifier(renumbered, tmp_path) == (1, "BROKEN: line 2 was another line.\n")


def test_lines_that_are_swapped_are_seen(case: Any, tmp_path: Path) -> None:
    file = unsigned(export(case))
    file["lines"][1], file["lines"][2] = file["lines"][2], file["lines"][1]
    assert run_verifier(file, tmp_path)[0] == 1
    for number in (1, 2):
        file["lines"][number]["line"] = number + 1
    assert run_verifier(file, tmp_path)[0] == 1


@pytest.mark.parametrize("sight", ["every second line", "what happened", "nothing"])
def test_withheld_lines_that_are_swapped_or_dropped_are_seen(case: Any, sight: str) -> None:
    file = unsigned(export(case, SIGHTS[sight]))
    lines = file["lines"]
    lines[1], lines[3] = lines[3] | {"line": 2}, lines[1] | {"line": 4}
    assert not holds(file)
    file = unsigned(export(case, SIGHTS[sight]))
    del file["lines"][1]
    file["version"] -= 1
    for number, line in enumerate(file["lines"], start=1):
        line["line"] = number
    assert not holds(file)


def test_a_tail_cut_off_is_seen(case: Any, tmp_path: Path) -> None:
    file = unsigned(export(case))
    del file["lines"][-1]
    assert run_verifier(file, tmp_path) == (1, "BROKEN: the end of the history is missing.\n")
    file["version"] -= 1
    file["head"] = file["lines"][-1]["shown"]["who"]["hash"]
    assert run_verifier(file, tmp_path) == (
        1,
        "BROKEN: the daily head knows more lines than the file shows.\n",
    )


def test_a_line_put_in_is_seen(case: Any) -> None:
    file = unsigned(export(case))
    file["lines"].append(copy.deepcopy(file["lines"][-1]) | {"line": case.version + 1})
    file["version"] += 1
    assert not holds(file)


def test_a_line_changed_with_a_new_hash_still_does_not_lead_to_the_daily_head(case: Any) -> None:
    file = unsigned(export(case))
    shown = file["lines"][-1]["shown"]
    shown["what"]["capacity"] = "DHS_INTAKE"
    columns = {name: value for values in shown.values() for name, value in values.items()}
    shown["who"]["hash"] = file["head"] = line_hash(case.reference, columns)
    with pytest.raises(Broken, match="the daily head knows other lines"):
        check(file)


def test_a_file_signed_anew_by_a_stranger_does_not_fit_the_published_key(case: Any) -> None:
    file = unsigned(export(case))
    file["made_for"] = "Somebody else"
    stranger = SigningKey(bytes.fromhex("0f" * 32))
    body = {name: value for name, value in file.items() if name != "signature"}
    file["signature"] = {
        "key_id": stranger.id,
        "public_key": stranger.public.hex(),
        "signature": stranger.sign(f"case-history:{digest(body)}"),
    }
    assert holds(file)
    assert not holds(file, public_key=PUBLIC)


def test_another_cases_proof_does_not_fit(cast: Any, case: Any) -> None:
    other = cases.request_draft(cast)
    heads.take(at=OPEN_WORLD + 5 * DAY)
    mine, theirs = unsigned(export(case)), export(other)
    assert holds(mine)
    assert not holds(mine | {"proof": theirs["proof"]})


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"format": "case-history/1"}', "[" * 5_000])
def test_what_is_no_export_gets_a_sentence(text: str, tmp_path: Path) -> None:
    assert run_verifier(text, tmp_path) == (1, "BROKEN: this is no whole export.\n")

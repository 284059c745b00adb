"""Employer names written differently are recognised; names that share only common words are not."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.employer_names import Alike, likeness, normalise, split_variants

PAIRS = Path(__file__).resolve().parents[3] / "shared" / "data" / "pairs" / "pairs_dev.csv"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("A Foods, Inc.", "a foods"),
        ("A FOODS INCORPORATED", "a foods"),
        ("Desert Poultry L.L.C.", "desert poultry"),
        ("Tacos El Güero, S.A. de C.V.", "tacos el guero"),
        ("U.S. Foods", "us foods"),
        ("E. M. A. General Contractor", "ema general contractor"),
        ("Bros. & Sons Mfg. Co.", "brothers sons manufacturing"),
        ("A Foods Inc. d/b/a B", "a foods b"),
        ("LLC", "llc"),
        ("DBA", "dba"),
        ("北京烤鸭有限公司", "北京烤鸭"),
        ("ООО Ромашка", "ромашка"),
        ("शर्मा ढाबा", "शर्मा ढाबा"),
        ("ＡＢＣ　Ｓｔａｆｆｉｎｇ", "abc staffing"),
        ("  ", ""),
        ("???", ""),
    ],
)
def test_a_name_is_made_comparable(name: str, plain: str) -> None:
    assert normalise(name) == plain


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A Foods Inc. d/b/a B | C", ["A Foods Inc.", "B", "C"]),
        ("A Foods Inc., DBA: B Kitchen", ["A Foods Inc.", "B Kitchen"]),
        ("A Foods aka B Foods fka C Foods", ["A Foods", "B Foods", "C Foods"]),
        ("A Foods doing business as B", ["A Foods", "B"]),
        ("PHARMACY ONE LLC D/", ["PHARMACY ONE LLC"]),
        ("A Foods (d/b/a B)", ["A Foods", "B"]),
        ("A Foods (Mesa)", ["A Foods (Mesa)"]),
        ("A Foods Inc | A FOODS, INC.", ["A Foods Inc"]),
        ("A Foods Inc; LTD", ["A Foods Inc"]),
        ("Akasha Dbanks", ["Akasha Dbanks"]),
        ("LLC", ["LLC"]),
        ("", []),
    ],
)
def test_variants_are_taken_apart(text: str, names: list[str]) -> None:
    assert split_variants(text) == names


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("A Foods Inc.", "A Foods", Alike.SAME),
        ("B Staffing, LLC", "B STAFING", Alike.SAME),
        ("A Foods Inc. d/b/a Casa B", "Casa B", Alike.SAME),
        ("Van der Meer Dairy", "Vandermeer Dairy", Alike.SAME),
        ("北京烤鸭", "北京烤鸭有限公司", Alike.SAME),
        ("Desert Poultry LLC", "Desert Poultry Processing", Alike.LIKELY),
        ("Louisiana State Univ", "LSU", Alike.LIKELY),
        ("A Foods Inc.", "B Staffing", Alike.DIFFERENT),
        ("ABC Staffing", "XYZ Staffing", Alike.DIFFERENT),
        ("Staffing Solutions", "Staffing Services", Alike.DIFFERENT),
        ("", "A Foods", Alike.DIFFERENT),
        ("???", "???", Alike.DIFFERENT),
    ],
)
def test_names_are_judged_as_a_person_would(left: str, right: str, verdict: Alike) -> None:
    assert likeness(left, right).verdict is verdict
    assert likeness(right, left).verdict is verdict


def test_the_reason_names_the_shared_words() -> None:
    assert "desert, poultry" in likeness("Desert Poultry", "Desert Poultry Processing of Mesa").why
    assert likeness("ABC Staffing", "XYZ Staffing").why == "The names share only common words: staffing."


def test_the_name_of_the_town_tells_nothing_inside_the_town() -> None:
    left, right = "Odessa Dental Solution", "Odessa Junior College"
    assert likeness(left, right, city="Odessa").score < likeness(left, right).score


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_names_can_be_compared_either_way_round(left: str, right: str) -> None:
    assert likeness(left, right).score == likeness(right, left).score
    assert 0 <= likeness(left, right).score <= 100


@given(st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=40))
def test_every_name_is_the_same_as_itself(name: str) -> None:
    assert likeness(name, name).verdict is Alike.SAME


@given(
    words=st.lists(st.sampled_from(["Foods", "Güero", "O'Brien", "St. Mary", "Staffing", "7th"]), min_size=1),
    ending=st.sampled_from(["", " Inc", ", LLC", " L.L.C.", " CORP.", " & Co., Ltd.", " S.A. de C.V."]),
)
def test_case_punctuation_and_legal_endings_make_no_difference(words: list[str], ending: str) -> None:
    name = " ".join(words)
    assert normalise(f" {name.upper()}{ending} ") == normalise(name) != ""


@pytest.mark.skipif(not PAIRS.is_file(), reason="the public pairs are not beside the project")
def test_on_public_pairs_at_one_place_most_are_told_right() -> None:
    hits = wrong = missed = sure_hits = sure_wrong = 0
    for row in csv.DictReader(PAIRS.open(encoding="utf-8", newline="")):
        same_city = (row["left_city"].lower(), row["left_state"]) == (
            row["right_city"].lower(),
            row["right_state"],
        )
        one_place = same_city or row["left_zip5"] == row["right_zip5"] != ""
        city = row["left_city"] if same_city else ""
        verdict = likeness(row["left_name"], row["right_name"], city=city).verdict
        alike, is_same = one_place and verdict is not Alike.DIFFERENT, row["label"] == "1"
        hits += alike and is_same
        wrong += alike and not is_same
        missed += is_same and not alike
        sure_hits += one_place and verdict is Alike.SAME and is_same
        sure_wrong += one_place and verdict is Alike.SAME and not is_same
    precision, recall = hits / (hits + wrong), hits / (hits + missed)
    assert precision > 0.94
    assert recall > 0.80
    assert 2 * precision * recall / (precision + recall) > 0.87
    assert sure_hits / (sure_hits + sure_wrong) > 0.99

"""A scope check answers in, likely, ask or out, with its reasons; versions and gaps are told in sentences."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.scope import (
    Claim,
    EvidencePeriod,
    Part,
    Result,
    Scope,
    ScopeName,
    ScopeSite,
    Verdict,
    check,
    compare,
    left_out,
)

TODAY = date(2026, 11, 23)
PLANT = ScopeSite("Mesa plant", "1200 N Center Street", "Mesa", "AZ", "85201")
SCOPE = Scope(
    names=(ScopeName("A Foods Inc.", "legal"), ScopeName("B Staffing", "staffing")),
    sites=(PLANT,),
    period_from=date(2025, 3, 1),
    period_to=None,
)
CLAIM = Claim(
    employer_on_stub="B Staffing LLC",
    street="1200 North Center St.",
    city="Mesa",
    state="AZ",
    zip="85201",
    worked_from=date(2025, 3, 15),
    worked_to=date(2026, 5, 14),
    job="Packer",
    evidence_periods=(EvidencePeriod("paystub", date(2025, 3, 15), date(2026, 5, 14)),),
)


def checked(scope: Scope = SCOPE, **claim: object) -> Verdict:
    return check(scope, replace(CLAIM, **claim), on=TODAY)  # type: ignore[arg-type]


def part(verdict: Verdict, key: Part) -> Result:
    return next(each.result for each in verdict.dimensions if each.key is key)


def test_a_claim_that_agrees_and_is_proven_is_in() -> None:
    verdict = checked()
    assert verdict.result is Result.IN
    assert verdict.sentence == (
        "Covered. “B Staffing” appears on the statement as a staffing agency. "
        "The place is on the statement: Mesa plant. Dates overlap 14 months. The statement covers all jobs."
    )


def test_every_verdict_has_the_four_parts_in_order() -> None:
    assert [each.key for each in checked().dimensions] == list(Part)


# Employer


def test_a_name_the_statement_lacks_is_out_until_an_amendment_adds_it() -> None:
    first_version = replace(SCOPE, names=(ScopeName("A Foods Inc.", "legal"),))
    before = checked(first_version)
    assert before.result is Result.OUT
    assert [each.key for each in before.failing] == [Part.EMPLOYER]
    assert "Ask the agency to add “B Staffing LLC”" in before.sentence
    assert checked(SCOPE).result is Result.IN


@pytest.mark.parametrize(
    ("stub", "result"),
    [
        ("A FOODS", Result.IN),
        ("B Stafing", Result.IN),
        ("B Staffing of Arizona", Result.LIKELY),
        ("C Cleaning", Result.OUT),
        ("", Result.ASK),
        ("???", Result.ASK),
        ("ब स्टाफिंग", Result.OUT),
    ],
)
def test_the_employer_is_found_by_any_spelling(stub: str, result: Result) -> None:
    assert part(checked(employer_on_stub=stub), Part.EMPLOYER) is result


@pytest.mark.parametrize(
    "kind", ["legal", "dba", "paystub", "staffing", "contractor", "successor", "unknown"]
)
def test_each_kind_of_name_has_its_own_sentence(kind: str) -> None:
    scope = replace(SCOPE, names=(ScopeName("B Staffing", kind),))
    assert "“B Staffing”" in checked(scope).dimensions[0].sentence


def test_an_unknown_employer_at_a_covered_place_is_a_question_for_the_agency() -> None:
    assert checked(employer_on_stub="").result is Result.ASK


def test_a_per_cent_sign_in_a_name_is_shown_as_it_is() -> None:
    assert "“100% Fresh (s)”" in checked(employer_on_stub="100% Fresh (s)").sentence


# Place


@pytest.mark.parametrize(
    ("place", "result"),
    [
        ({"zip": "85201-1234"}, Result.IN),
        ({"city": "Messa", "zip": ""}, Result.IN),
        ({"street": "1200 N. Centre Street, Suite 4"}, Result.IN),
        ({"street": ""}, Result.LIKELY),
        ({"street": "1210 N Center St"}, Result.LIKELY),
        ({"street": "77 Poultry Road"}, Result.OUT),
        ({"street": "", "city": "Gilbert", "zip": "85233"}, Result.OUT),
        ({"state": "NM"}, Result.OUT),
        ({"street": "", "city": "", "zip": ""}, Result.ASK),
        ({"street": "", "city": "", "zip": "", "state": ""}, Result.ASK),
    ],
)
def test_the_place_is_compared_by_street_and_town(place: dict[str, str], result: Result) -> None:
    assert part(checked(SCOPE, **place), Part.SITE) is result


def test_all_worksites_cover_a_place_that_nobody_listed() -> None:
    scope = replace(SCOPE, all_sites=True, sites=())
    assert part(checked(scope, city="Gilbert", zip=""), Part.SITE) is Result.IN


def test_a_whole_town_on_the_statement_covers_every_street_in_it() -> None:
    scope = replace(SCOPE, sites=(ScopeSite("", "", "Mesa", "AZ", ""),))
    verdict = checked(scope)
    assert part(verdict, Part.SITE) is Result.IN
    assert "The statement covers this town: Mesa, AZ." in verdict.sentence


def test_the_best_of_several_places_counts() -> None:
    scope = replace(SCOPE, sites=(ScopeSite("Gilbert", "5 Elm St", "Gilbert", "AZ", "85233"), PLANT))
    assert part(checked(scope), Part.SITE) is Result.IN


# Dates


def test_a_month_without_proof_is_named() -> None:
    verdict = checked(
        evidence_periods=(
            EvidencePeriod("paystub", date(2025, 3, 15), date(2025, 4, 30)),
            EvidencePeriod("paystub", date(2025, 6, 1), date(2026, 5, 14)),
        )
    )
    assert verdict.result is Result.LIKELY
    assert "Dates overlap 14 months. Missing: proof for May 2025." in verdict.sentence


def test_a_run_of_months_without_proof_is_one_sentence() -> None:
    evidence = (EvidencePeriod("W-2", date(2025, 1, 1), date(2025, 12, 31)),)
    assert "Missing: proof for January 2026 to May 2026." in checked(evidence_periods=evidence).sentence
    assert "Missing: proof for March 2025 to May 2026." in checked(evidence_periods=()).sentence


def test_proof_from_outside_the_period_counts_for_nothing() -> None:
    evidence = (EvidencePeriod("W-2", date(2024, 1, 1), date(2024, 12, 31)),)
    assert "Missing: proof for March 2025 to May 2026." in checked(evidence_periods=evidence).sentence


@pytest.mark.parametrize(
    ("worked_from", "worked_to", "overlap"),
    [
        (date(2025, 3, 1), date(2025, 3, 31), "Dates overlap 1 month."),
        (date(2025, 3, 2), date(2025, 3, 31), "Dates overlap 30 days."),
        (date(2020, 1, 1), date(2025, 3, 1), "Dates overlap 1 day."),
        (date(2024, 2, 29), date(2026, 2, 28), "Dates overlap 12 months."),
        (date(2025, 11, 24), None, "Dates overlap 12 months."),
    ],
)
def test_the_overlap_is_counted_in_whole_months(
    worked_from: date, worked_to: date | None, overlap: str
) -> None:
    assert overlap in checked(worked_from=worked_from, worked_to=worked_to).sentence


def test_work_outside_the_period_is_out_and_both_spans_are_shown() -> None:
    verdict = checked(worked_from=date(2023, 1, 1), worked_to=date(2025, 2, 28))
    assert verdict.result is Result.OUT
    assert "1 Jan 2023 to 28 Feb 2025" in verdict.sentence
    assert "1 Mar 2025 to the present" in verdict.sentence


@pytest.mark.parametrize(
    ("current", "former", "worked_to", "result"),
    [
        (True, False, None, Result.IN),
        (True, False, TODAY, Result.IN),
        (True, False, date(2026, 5, 14), Result.OUT),
        (False, True, date(2026, 5, 14), Result.IN),
        (False, True, None, Result.OUT),
    ],
)
def test_current_and_former_workers_are_told_apart(
    current: bool, former: bool, worked_to: date | None, result: Result
) -> None:
    scope = replace(SCOPE, current_workers=current, former_workers=former)
    evidence = (EvidencePeriod("paystub", date(2025, 3, 15), TODAY),)
    assert part(checked(scope, worked_to=worked_to, evidence_periods=evidence), Part.DATES) is result


def test_dates_that_make_no_sense_are_a_question() -> None:
    assert part(checked(worked_from=None), Part.DATES) is Result.ASK
    assert part(checked(worked_to=date(2024, 1, 1)), Part.DATES) is Result.ASK
    assert part(checked(worked_from=date(2030, 1, 1), worked_to=None), Part.DATES) is Result.ASK


# Job


@pytest.mark.parametrize(
    ("classes", "excluded", "job", "result"),
    [
        ((), (), "", Result.IN),
        (("Packers", "Line workers"), (), "packer", Result.IN),
        (("Packers", "Line workers"), (), "Night line worker", Result.IN),
        (("Packers",), (), "Pakers", Result.LIKELY),
        (("Packers",), (), "Office manager", Result.OUT),
        (("Packers",), (), "", Result.ASK),
        ((), ("Supervisors",), "Supervisor", Result.OUT),
        ((), ("Supervisors",), "Superviser", Result.ASK),
        ((), ("Supervisors",), "Packer", Result.IN),
        ((), ("Line supervisors",), "Supervisor", Result.ASK),
        (("Line workers",), (), "Worker", Result.LIKELY),
        (("Supervisors",), ("Line supervisors",), "Line supervisor", Result.OUT),
        (("Supervisors",), ("Line supervisors",), "Supervisor", Result.IN),
    ],
)
def test_the_job_is_compared_with_what_is_listed_and_left_out(
    classes: tuple[str, ...], excluded: tuple[str, ...], job: str, result: Result
) -> None:
    scope = replace(SCOPE, job_classes=classes, excluded_classes=excluded)
    assert part(checked(scope, job=job), Part.JOB) is result


# The whole


def test_one_part_out_puts_the_whole_claim_out_and_only_that_part_is_explained() -> None:
    verdict = checked(employer_on_stub="", city="Gilbert", zip="85233", street="", worked_from=None)
    assert verdict.result is Result.OUT
    assert verdict.sentence == (
        "Not covered by this statement. The place is not on the statement. "
        "Ask the agency to add this place if the same employer runs it."
    )


DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
TEXTS = st.sampled_from(["", "B Staffing", "Mesa", "AZ", "85201", "%(name)s", "Ñandú 100%", "饭店"])


@given(start=DAYS, end=st.none() | DAYS, period_from=DAYS, period_to=st.none() | DAYS, text=TEXTS, on=DAYS)
def test_every_claim_gets_an_answer(
    start: date, end: date | None, period_from: date, period_to: date | None, text: str, on: date
) -> None:
    scope = replace(SCOPE, period_from=period_from, period_to=period_to, names=(ScopeName(text, "dba"),))
    claim = Claim(employer_on_stub=text, worked_from=start, worked_to=end, job=text, city=text, state=text)
    verdict = check(scope, claim, on=on)
    assert verdict.result in {each.result for each in verdict.dimensions}
    assert all(each.sentence for each in verdict.dimensions)


# Who is left out


def test_a_wide_scope_leaves_nobody_out() -> None:
    assert (
        left_out(SCOPE, matter_names=SCOPE.names, matter_sites=(PLANT,), violations_from=SCOPE.period_from)
        == []
    )


def test_each_group_left_out_has_its_warning() -> None:
    scope = replace(
        SCOPE,
        names=(ScopeName("A Foods Inc.", "legal"),),
        period_to=date(2025, 12, 31),
        former_workers=False,
        job_classes=("Packers",),
        excluded_classes=("Supervisors",),
    )
    warnings = left_out(
        scope,
        matter_names=SCOPE.names,
        matter_sites=(PLANT, ScopeSite("Gilbert site", "5 Elm St", "Gilbert", "AZ", "85233")),
        violations_from=date(2024, 6, 1),
    )
    assert warnings == [
        "People paid by “B Staffing”: the matter has this name, the statement does not.",
        "People paid by a staffing agency: the statement names none.",
        "People at Gilbert site: the matter has this place, the statement does not.",
        "People who worked only before 1 Mar 2025: the violations began earlier, on 1 Jun 2024.",
        "People hired after 31 Dec 2025, when the statement's period ends.",
        "Former workers, including those who were fired or quit over the violations.",
        "All jobs other than: Packers.",
        "These jobs: Supervisors.",
    ]


def test_a_period_that_ends_before_the_violations_is_warned_of_once() -> None:
    scope = replace(SCOPE, period_to=date(2025, 12, 31))
    (warning,) = left_out(scope, violations_to=date(2026, 3, 1))
    assert "went on until 1 Mar 2026" in warning


def test_a_statement_for_former_workers_only_says_that_current_ones_are_missing() -> None:
    assert any("Current workers" in each for each in left_out(replace(SCOPE, current_workers=False)))


# What changed


def test_the_same_scope_has_no_changes() -> None:
    respelled = replace(
        SCOPE, names=(ScopeName("A Foods, INC", "legal"), ScopeName("B Staffing", "staffing"))
    )
    assert compare(SCOPE, respelled) == []


@pytest.mark.parametrize(
    ("wider", "sentence", "opposite"),
    [
        (
            {"names": (*SCOPE.names, ScopeName("C Crew", "staffing"))},
            "Added the name “C Crew”.",
            "Removed the name “C Crew”.",
        ),
        (
            {"sites": (PLANT, ScopeSite("Gilbert site"))},
            "Added the place Gilbert site.",
            "Removed the place Gilbert site.",
        ),
        (
            {"all_sites": True},
            "Now covers all worksites of the employer.",
            "No longer covers all worksites, only those listed.",
        ),
        (
            {"period_from": date(2024, 1, 1)},
            "The period now starts earlier, on 1 Jan 2024.",
            "The period now starts later, on 1 Mar 2025.",
        ),
    ],
)
def test_widening_and_narrowing_are_told_apart(
    wider: dict[str, object], sentence: str, opposite: str
) -> None:
    widened = replace(SCOPE, **wider)  # type: ignore[arg-type]
    (change,) = compare(SCOPE, widened)
    assert (change.sentence, change.narrows) == (sentence, False)
    (change,) = compare(widened, SCOPE)
    assert (change.sentence, change.narrows) == (opposite, True)


@pytest.mark.parametrize(
    ("old", "new", "sentence", "narrows"),
    [
        ({}, {"period_to": date(2026, 1, 1)}, "The period now ends earlier, on 1 Jan 2026.", True),
        ({"period_to": date(2026, 1, 1)}, {}, "The period now runs to the present.", False),
        (
            {"period_to": date(2026, 1, 1)},
            {"period_to": date(2026, 2, 1)},
            "The period now ends later, on 1 Feb 2026.",
            False,
        ),
        ({}, {"former_workers": False}, "No longer covers former workers.", True),
        ({"current_workers": False}, {}, "Now covers current workers.", False),
        ({}, {"job_classes": ("Packers",)}, "No longer covers all jobs, only: Packers.", True),
        ({"job_classes": ("Packers",)}, {}, "Now covers all jobs.", False),
        ({"job_classes": ("A", "B")}, {"job_classes": ("A",)}, "Removed the job “B”.", True),
        ({}, {"excluded_classes": ("Guards",)}, "The job “Guards” is now left out.", True),
        ({"excluded_classes": ("Guards",)}, {}, "The job “Guards” is no longer left out.", False),
        (
            {"names": (ScopeName("A Foods Inc.", "dba"), SCOPE.names[1])},
            {},
            "“A Foods Inc.” is now listed as another kind of name.",
            False,
        ),
    ],
)
def test_each_difference_is_one_sentence(
    old: dict[str, object], new: dict[str, object], sentence: str, narrows: bool
) -> None:
    (change,) = compare(replace(SCOPE, **old), replace(SCOPE, **new))  # type: ignore[arg-type]
    assert (change.sentence, change.narrows) == (sentence, narrows)


def test_dropping_a_place_narrows_nothing_while_all_places_are_covered() -> None:
    everywhere = replace(SCOPE, all_sites=True)
    (change,) = compare(everywhere, replace(everywhere, sites=()))
    assert not change.narrows

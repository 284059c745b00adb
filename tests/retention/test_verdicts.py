"""Which rule, trigger and hold give which verdict: a table, and what holds for all that can be invented."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referrals import retention
from referrals.models.visibility import PERSON
from referrals.retention import CaseFacts, Standing, WorkerFacts, judge_screening, judge_worker
from workflows import policies
from workflows.models import Kind, Policy

BOOK = policies.shipped_book()
TODAY = date(2030, 6, 14)
YEARS_7, DAYS_30, DAYS_90 = date(2023, 6, 13), TODAY - timedelta(days=31), TODAY - timedelta(days=91)


def case(kind: str, closed_on: date | None, *, filed: bool = True) -> CaseFacts:
    return CaseFacts(1, kind, "AAAA", closed_on, filed)


def worker(*cases: CaseFacts, last_on: date = date(2020, 1, 1), **more: object) -> WorkerFacts:
    return WorkerFacts(pk=1, token="W-1", last_on=last_on, cases=cases, **more)  # type: ignore[arg-type]


REQUEST, STAY, GRANT = Kind.WORKER_REQUEST, Kind.STAY, Kind.GRANT
TABLE = [
    # nothing was filed: twelve months after the last activity
    (worker(last_on=date(2029, 6, 13)), Standing.DUE, retention.NEVER_FILED),
    (worker(last_on=date(2029, 6, 14)), Standing.SOON, retention.NEVER_FILED),
    (worker(last_on=date(2029, 9, 12)), Standing.SOON, retention.NEVER_FILED),
    (worker(last_on=date(2029, 9, 13)), Standing.LATER, retention.NEVER_FILED),
    (worker(case(REQUEST, date(2029, 1, 1), filed=False)), Standing.DUE, retention.NEVER_FILED),
    # the worker asked to be forgotten: thirty days, where nothing was filed
    (worker(last_on=DAYS_30, asked_on=DAYS_30), Standing.DUE, retention.ASKED),
    (worker(last_on=DAYS_30, asked_on=TODAY - timedelta(days=30)), Standing.SOON, retention.ASKED),
    (worker(case(REQUEST, date(2029, 1, 1)), asked_on=DAYS_30), Standing.LATER,
     "retention.worker_request.closed"),
    # something was filed: the last of the rules of the closed cases
    (worker(case(REQUEST, YEARS_7)), Standing.DUE, "retention.worker_request.closed"),
    (worker(case(REQUEST, date(2023, 6, 14))), Standing.SOON, "retention.worker_request.closed"),
    (worker(case(REQUEST, YEARS_7), case(GRANT, date(2029, 1, 1))), Standing.LATER, "retention.grant.closed"),
    (worker(case(REQUEST, YEARS_7), case(STAY, date(2020, 1, 1), filed=False)), Standing.DUE,
     "retention.worker_request.closed"),
    # a case is open
    (worker(case(REQUEST, None)), Standing.OPEN, ""),
    (worker(case(REQUEST, YEARS_7), case(STAY, None, filed=False)), Standing.OPEN, ""),
    # a hold goes before all of it
    (worker(held=True), Standing.HELD, retention.NEVER_FILED),
    (worker(last_on=DAYS_30, asked_on=DAYS_30, held=True), Standing.HELD, retention.ASKED),
    (worker(case(REQUEST, YEARS_7), held=True), Standing.HELD, "retention.worker_request.closed"),
    (worker(case(REQUEST, None), held=True), Standing.HELD, ""),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "standing", "rule"), TABLE)
def test_a_worker_stands_to_the_rules_like_this(facts: WorkerFacts, standing: Standing, rule: str) -> None:
    verdict = judge_worker(facts, BOOK, on=TODAY)
    assert (verdict.standing, verdict.key) == (standing, rule)


@pytest.mark.parametrize(
    ("case", "held", "standing"),
    [
        (case(REQUEST, DAYS_90, filed=False), False, Standing.DUE),
        (case(REQUEST, TODAY - timedelta(days=90), filed=False), False, Standing.SOON),
        (case(REQUEST, DAYS_90, filed=False), True, Standing.HELD),
        (case(REQUEST, DAYS_90, filed=True), False, Standing.OPEN),
        (case(REQUEST, None, filed=False), False, Standing.OPEN),
    ],
)
def test_screening_notes_go_ninety_days_after_an_end_without_filing(
    case: CaseFacts, held: bool, standing: Standing
) -> None:
    assert judge_screening(case, BOOK, held=held, on=TODAY).standing is standing


def test_the_arithmetic_is_said() -> None:
    verdict = judge_worker(worker(case(REQUEST, date(2023, 6, 13))), BOOK, on=TODAY)
    assert verdict.starts_on == date(2023, 6, 13)
    assert verdict.rule is not None
    with override("en"):
        assert retention.arithmetic(verdict.rule, verdict.starts_on or TODAY) == [
            "Counted from Tue 13 Jun 2023; that day is not counted.",
            "84 months: Thu 13 Jun 2030.",
            "Kept through Thu 13 Jun 2030.",
        ]


def test_every_kind_of_a_workers_cases_has_a_rule_from_the_first_day_and_nobody_has_verified_it() -> None:
    rows = retention.rows_in_force(BOOK, on=date(2021, 10, 12))
    assert [row.key for row in rows] == list(retention.KEYS)
    assert {retention.closed(kind) for kind in PERSON} <= {row.key for row in rows}
    assert not any(row.verified for row in rows)


def test_without_a_rule_everything_is_kept() -> None:
    assert judge_worker(worker(), BOOK, on=date(2020, 1, 1)).standing is Standing.UNRULED


def test_a_longer_time_keeps_what_was_closed_before_it() -> None:
    key = retention.closed(REQUEST)
    longer = Policy(
        key=key, jurisdiction="US", effective_from=date(2030, 1, 1), governs=Policy.Governs.KEPT,
        value={"amount": 120, "unit": "months", "rolls": False},
    )  # fmt: skip
    facts = worker(case(REQUEST, YEARS_7))
    assert judge_worker(facts, BOOK, on=TODAY).is_due
    assert judge_worker(facts, BOOK.with_row(longer), on=TODAY).standing is Standing.LATER


def test_an_agencys_own_rule_comes_before_the_one_for_all() -> None:
    own = Policy(
        key=retention.closed(REQUEST), jurisdiction="NLRB", effective_from=date(2030, 1, 1),
        governs=Policy.Governs.KEPT, value={"amount": 120, "unit": "months", "rolls": False},
    )  # fmt: skip
    book = BOOK.with_row(own)
    theirs = CaseFacts(1, REQUEST, "AAAA", YEARS_7, filed=True, jurisdiction="NLRB")
    assert judge_worker(worker(theirs), book, on=TODAY).standing is Standing.LATER
    assert judge_worker(worker(case(REQUEST, YEARS_7)), book, on=TODAY).is_due


DAYS = st.dates(date(2015, 1, 1), TODAY)
CASES = st.builds(
    CaseFacts, pk=st.just(1), kind=st.sampled_from([str(kind) for kind in PERSON]), reference=st.just("A"),
    closed_on=st.none() | DAYS, filed=st.booleans(),
)  # fmt: skip
WORKERS = st.builds(
    WorkerFacts, pk=st.just(1), token=st.just("W"), last_on=DAYS,
    cases=st.lists(CASES, max_size=4).map(tuple), asked_on=st.none() | DAYS, held=st.booleans(),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(facts=WORKERS, on=st.dates(date(2021, 10, 12), date(2099, 1, 1)))
def test_what_is_held_or_open_is_never_due(facts: WorkerFacts, on: date) -> None:
    verdict = judge_worker(facts, BOOK, on=on)
    assert not (verdict.is_due and (facts.held or facts.has_open_cases))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(facts=WORKERS, on=st.dates(date(2021, 10, 12), date(2099, 1, 1)))
def test_what_is_due_stays_due_and_was_kept_through_its_last_day(facts: WorkerFacts, on: date) -> None:
    verdict = judge_worker(facts, BOOK, on=on)
    if verdict.is_due:
        assert verdict.due is not None
        assert verdict.due.on < on
        assert judge_worker(facts, BOOK, on=on + timedelta(days=1)).is_due
        assert not judge_worker(facts, BOOK, on=verdict.due.on).is_due

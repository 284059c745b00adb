"""What a change would do is computed without doing it, and is what then happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referrals.services.steps import take_step
from tests.policies.conftest import approved, carry_out, day, drafted, on, submitted
from workflows import policy_changes, policy_drafts, what_if
from workflows.models import Clock, Deadline, PolicyChange, Step

UNITS = ("calendar_days", "business_days", "months", "hours")
AMOUNTS = {"calendar_days": 120, "business_days": 90, "months": 6, "hours": 900}


def test_foreseeing_changes_nothing(cast: Any) -> None:
    submitted(cast, 2)
    before = (list(Clock.objects.order_by("pk").values()), Step.objects.count(), Deadline.objects.count())
    impact = what_if.impact_of(drafted(cast.administrator), at=day(0))
    assert (impact.cases, impact.later, impact.earlier, impact.same) == (2, 2, 0, 0)
    after = (list(Clock.objects.order_by("pk").values()), Step.objects.count(), Deadline.objects.count())
    assert after == before


def test_the_number_of_queries_does_not_grow_with_the_cases(cast: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            what_if.impact_of(drafted(cast.administrator), at=day(0))
        return len(asked)

    submitted(cast, 1)
    queries()
    few = queries()
    submitted(cast, 6)
    assert queries() == few <= 7


def test_each_rung_that_moves_is_told(cast: Any) -> None:
    submitted(cast)
    (touched,) = what_if.impact_of(drafted(cast.administrator), at=day(0)).touched
    assert [move.rung for move in touched.rungs] == ["warn_7", "due", "breach", "supervisor", "head"]
    assert all(move.old and move.new and move.new - move.old == timedelta(days=15) for move in touched.rungs)


def test_what_would_be_late_at_once_is_counted(cast: Any) -> None:
    submitted(cast)
    short = {"amount": 5, "unit": "calendar_days"}
    change = drafted(cast.administrator, at=day(10), value=short)
    assert what_if.impact_of(change, at=day(10)).late_at_once == 1


def test_the_fingerprint_changes_with_the_cases_and_only_then(cast: Any) -> None:
    submitted(cast)
    change = drafted(cast.administrator)
    first = what_if.impact_of(change, at=day(0)).summary()
    assert what_if.impact_of(change, at=day(0) + timedelta(hours=1)).summary() == first
    submitted(cast)
    assert what_if.impact_of(change, at=day(0)).summary()["fingerprint"] != first["fingerprint"]


HISTORIES = st.lists(
    st.tuples(
        st.integers(0, 20),  # the day on which it is sent
        st.lists(st.integers(1, 12), max_size=4),  # the pauses between: asked, answered, asked, answered
        st.booleans(),  # whether a warning had fired
    ),
    min_size=1,
    max_size=3,
)


def lived(cast: Any, sent: int, gaps: list[int], warned: bool) -> Any:
    (request,) = submitted(cast, at=day(sent))
    now = sent + 1
    take_step(request, "acknowledge", by=cast.investigator, at=day(now))
    for number, gap in enumerate(gaps):
        now += gap
        if number % 2:
            take_step(request, "answer", by=cast.representative, at=day(now))
        else:
            take_step(request, "request_information", by=cast.investigator, at=day(now))
    if warned:
        Deadline.objects.filter(case_id=request.pk, rung="warn_7", state="ARMED").update(
            state="FIRED", settled_at=day(now)
        )
    return request


def carried_out() -> dict[tuple[int, str], Any]:
    armed: dict[int, dict[str, Any]] = {}
    for clock, rung, due_at in Deadline.objects.filter(state="ARMED").values_list(
        "clock_id", "rung", "due_at"
    ):
        armed.setdefault(clock, {})[rung] = due_at
    return {
        (clock.case_id, clock.key): (what_if.name_of(clock.policy), clock.due_at, armed.get(clock.pk, {}))
        for clock in Clock.objects.filter(stopped_at=None).select_related("policy")
        if clock.policy is not None
    }


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    histories=HISTORIES,
    unit=st.sampled_from(UNITS),
    share=st.floats(0.0, 1.0),
    governs=st.sampled_from(["pending", "filed"]),
    back=st.integers(0, 70),
)
def test_what_is_foreseen_is_what_happens(
    cast: Any, steward: Any, histories: Any, unit: str, share: float, governs: str, back: int
) -> None:
    with transaction.atomic():
        for sent, gaps, warned in histories:
            lived(cast, sent, gaps, warned)
        value = {
            "amount": int(share * AMOUNTS[unit]),
            "unit": unit,
            "rungs": [{"rung": "due"}, {"rung": "breach", "after": {"amount": 2, "unit": "calendar_days"}}],
        }
        fields = {"first_day": on(70 - back), "correction": True, "governs": governs, "value": value}
        at = day(70)
        foreseen = what_if.impact_of(drafted(cast.administrator, at=at, **fields), at=at)
        before = carried_out()
        approved(cast.administrator, steward, at=at, **fields)
        carry_out(at)
        after = carried_out()
        moved = {key for key in after if after[key] != before[key]}
        assert moved == {(each.case_id, each.clock) for each in foreseen.touched}
        for each in foreseen.touched:
            rule, due_at, armed = after[each.case_id, each.clock]
            assert rule == each.new_rule
            if not each.paused:
                assert due_at == each.new_at
            kept = dict(before[each.case_id, each.clock][2])
            for move in each.rungs:
                kept.pop(move.rung, None)
                if move.new is not None:
                    kept[move.rung] = move.new
            assert armed == kept
        assert what_if.impact_of(PolicyChange.objects.latest("pk"), at=at).touched == ()
        transaction.set_rollback(True)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories=HISTORIES, first=st.integers(0, 60), length=st.integers(0, 40))
def test_a_closure_does_what_was_foreseen(
    cast: Any, steward: Any, histories: Any, first: int, length: int
) -> None:
    with transaction.atomic():
        for sent, gaps, warned in histories:
            lived(cast, sent, gaps, warned)
        at = day(70)
        change = policy_drafts.draft_closure(
            first_day=on(first), last_day=on(first + length), authority="Order 9", reason="Closed.",
            by=cast.administrator, at=at,
        )  # fmt: skip
        foreseen = what_if.impact_of(change, at=at)
        before = carried_out()
        policy_changes.approve(policy_changes.propose(change, at=at), by=steward, at=at)
        carry_out(at)
        after = carried_out()
        assert {key for key in after if after[key] != before[key]} == {
            (each.case_id, each.clock) for each in foreseen.touched
        }
        assert all(after[each.case_id, each.clock][1] == each.new_at for each in foreseen.touched)
        transaction.set_rollback(True)

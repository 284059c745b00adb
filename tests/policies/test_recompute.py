"""An approved change reaches the open cases: on its day, once, with a step that says old and new date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from notifications.models import Message
from referrals import presenting
from referrals.services import policy_changes as service
from referrals.services.steps import take_step
from tests.cases import inbox_of, reload
from tests.laid_down import laid_down
from tests.policies.conftest import TERM_OF_45, approved, carry_out, day, drafted, on, submitted
from workflows import history, policy_changes, policy_drafts, recompute, rules, what_if
from workflows.models import Clock, Deadline, PolicyChange, TollingWindow

ARMED, FIRED = Deadline.State.ARMED, Deadline.State.FIRED


def determination(record: Any) -> Clock:
    return Clock.objects.select_related("policy").get(
        case_id=record.pk, key="soi_determination", stopped_at=None
    )


def due_on(record: Any) -> date | None:
    return determination(record).due_on


def closure(by: Any, *, first: int, last: int, jurisdiction: str = "US", **fields: Any) -> PolicyChange:
    return policy_drafts.draft_closure(
        jurisdiction=jurisdiction, first_day=on(first), last_day=on(last), authority="Order 9",
        reason="The offices are closed.", by=by, at=day(0), **fields,
    )  # fmt: skip


def approved_closure(by: Any, second: Any, **fields: Any) -> PolicyChange:
    change = policy_changes.propose(closure(by, **fields), at=day(0))
    return policy_changes.approve(change, by=second, at=day(0))


class TestOnTheDay:
    def test_the_dates_move_with_a_step_that_says_from_what_to_what(self, cast: Any, steward: Any) -> None:
        (request,) = submitted(cast)
        change = approved(cast.administrator, steward, authority="Order 7")
        done = carry_out(day(0))
        assert (done.cases, done.finished) == (1, 1)
        assert due_on(request) == date(2024, 9, 19)
        step = reload(request).steps.last()
        assert (step.name, step.capacity, step.nature) == ("rule_changed", "SYSTEM", "RECORDED")
        (moved,) = step.data["clocks"]
        assert (moved["old"], moved["due"], moved["cite"]) == ("2024-09-04", "2024-09-19", "Order 7")
        assert moved["rule"] == "soi_determination/US@2024-08-05"
        assert moved["old_rule"] == "soi_determination/US@2021-10-12"
        assert PolicyChange.objects.get(pk=change.pk).finished_at == day(0)
        assert history.verify().broken is None

    def test_the_history_tells_it_in_words(self, cast: Any, steward: Any) -> None:
        (request,) = submitted(cast)
        approved(cast.administrator, steward, authority="Order 7")
        carry_out(day(0))
        step = reload(request).steps.last()
        assert presenting.step_label(request, step) == "A rule changed"
        (told,) = [line for line in presenting.set_off(request, step) if "was due" in line]
        assert "Determination: was due 4 Sep 2024, is now due 19 Sep 2024" in told
        assert "(Order 7)" in told

    def test_looking_again_changes_nothing(self, cast: Any, steward: Any) -> None:
        (request,) = submitted(cast)
        approved(cast.administrator, steward)
        carry_out(day(0))
        version = reload(request).version
        assert carry_out(day(1)).cases == 0
        assert reload(request).version == version

    def test_nothing_happens_before_the_day_and_all_of_it_when_it_comes_late(
        self, cast: Any, steward: Any
    ) -> None:
        (request,) = submitted(cast)
        approved(cast.administrator, steward, first_day=on(5))
        assert carry_out(day(4)).cases == 0
        assert due_on(request) == date(2024, 9, 4)
        assert carry_out(day(12)).cases == 1
        assert due_on(request) == date(2024, 9, 19)

    def test_two_changes_that_both_came_late_leave_the_case_under_the_last(
        self, cast: Any, steward: Any
    ) -> None:
        (request,) = submitted(cast)
        approved(cast.administrator, steward, first_day=on(5))
        approved(cast.administrator, steward, first_day=on(9), value={**TERM_OF_45, "amount": 50})
        done = carry_out(day(12))
        assert (done.cases, done.finished) == (1, 2)
        assert due_on(request) == date(2024, 9, 24)

    def test_a_case_that_began_under_the_new_rule_is_left_alone(self, cast: Any, steward: Any) -> None:
        approved(cast.administrator, steward)
        (request,) = submitted(cast)
        assert due_on(request) == date(2024, 9, 19)
        assert carry_out(day(0)).cases == 0

    def test_the_desk_is_sorted_by_the_new_date(self, cast: Any, steward: Any) -> None:
        (request,) = submitted(cast)
        take_step(request, "acknowledge", by=cast.investigator, at=day(0))
        approved(cast.administrator, steward)
        carry_out(day(0))
        assert reload(request).next_due_at == determination(request).due_at


class TestWhatIsPast:
    def test_rungs_that_fired_stay_fired_and_what_is_ahead_is_armed_anew(
        self, cast: Any, steward: Any
    ) -> None:
        """Warned for 4 September; by the new date the warning lies ahead again, in a second generation."""
        (request,) = submitted(cast)
        determination(request).deadlines.filter(rung="warn_7").update(state=FIRED, settled_at=day(0))
        approved(cast.administrator, steward)
        carry_out(day(0))
        clock = determination(request)
        fired = clock.deadlines.filter(state=FIRED).values_list("rung", flat=True)
        armed = clock.deadlines.filter(state=ARMED).order_by("due_at").values_list("rung", flat=True)
        assert list(fired) == ["warn_7"]
        assert list(armed) == ["warn_7", "due", "breach", "supervisor", "head"]
        assert set(clock.deadlines.filter(state=ARMED).values_list("generation", flat=True)) == {2}

    def test_a_rung_that_fired_and_would_lie_in_the_past_is_not_armed_again(
        self, cast: Any, steward: Any
    ) -> None:
        (request,) = submitted(cast)
        determination(request).deadlines.filter(rung="warn_7").update(state=FIRED, settled_at=day(23))
        approved(cast.administrator, steward)
        carry_out(day(40))
        armed = determination(request).deadlines.filter(state=ARMED).order_by("due_at")
        assert list(armed.values_list("rung", flat=True)) == ["due", "breach", "supervisor", "head"]

    def test_a_clock_that_stopped_keeps_its_rule(self, cast: Any, steward: Any) -> None:
        (request,) = submitted(cast)
        take_step(request, "withdraw", by=cast.representative, at=day(1), reason="Settled.")
        before = list(Clock.objects.filter(case_id=request.pk).order_by("pk").values())
        approved(cast.administrator, steward, at=day(2))
        assert carry_out(day(2)).cases == 0
        assert list(Clock.objects.filter(case_id=request.pk).order_by("pk").values()) == before

    def test_a_rule_of_the_filing_day_leaves_earlier_cases_alone(self, cast: Any, steward: Any) -> None:
        (early,) = submitted(cast)
        change = drafted(cast.administrator, at=day(3), governs="filed")
        assert what_if.impact_of(change, at=day(3)).touched == ()
        approved(cast.administrator, steward, at=day(3), governs="filed")
        (late,) = submitted(cast, at=day(4))
        assert carry_out(day(4)).cases == 0
        assert due_on(early) == date(2024, 9, 4)
        assert due_on(late) == (day(4) + timedelta(days=45)).date()

    def test_a_correction_moves_the_cases_filed_in_the_corrected_time(self, cast: Any, steward: Any) -> None:
        (before,) = submitted(cast, at=day(0))
        (within,) = submitted(cast, at=day(6))
        approved(cast.administrator, steward, at=day(10), first_day=on(5), correction=True, governs="filed")
        assert carry_out(day(10)).cases == 1
        assert due_on(before) == date(2024, 9, 4)
        assert due_on(within) == (day(6) + timedelta(days=45)).date()

    def test_a_clock_under_a_rule_for_pending_cases_keeps_it_when_the_next_rule_asks_for_the_filing_day(
        self, cast: Any, steward: Any
    ) -> None:
        (request,) = submitted(cast)
        approved(cast.administrator, steward)
        carry_out(day(0))
        approved(cast.administrator, steward, at=day(3), governs="filed", value={**TERM_OF_45, "amount": 10})
        assert carry_out(day(3)).cases == 0
        assert due_on(request) == date(2024, 9, 19)


class TestAClockThatStandsStill:
    @pytest.fixture
    @laid_down
    def asked(self, cast: Any) -> Any:
        (request,) = submitted(cast)
        take_step(request, "acknowledge", by=cast.investigator, at=day(1))
        take_step(request, "request_information", by=cast.investigator, at=day(2))
        return request

    def test_it_takes_the_rule_and_finds_its_date_when_it_goes_on(
        self, cast: Any, steward: Any, asked: Any
    ) -> None:
        approved(cast.administrator, steward, at=day(3))
        assert carry_out(day(3)).cases == 1
        clock = determination(asked)
        assert clock.policy is not None
        assert clock.policy.effective_from == on(3)
        assert not clock.deadlines.filter(state=ARMED).exists()
        assert inbox_of(cast.representative, asked)[-1].find("was due") == -1
        take_step(asked, "answer", by=cast.representative, at=day(9))
        assert due_on(asked) == (day(0) + timedelta(days=45 + 7)).date()


class TestAgencies:
    def test_an_agencys_own_rule_moves_its_own_cases_only(self, cast: Any) -> None:
        (ours,) = submitted(cast)
        (theirs,) = submitted(cast)
        type(theirs).objects.filter(pk=theirs.pk).update(jurisdiction="DOL")
        approved(cast.approver, cast.second_approver, jurisdiction="NLRB")
        assert carry_out(day(0)).cases == 1
        assert (due_on(ours), due_on(theirs)) == (date(2024, 9, 19), date(2024, 9, 4))

    def test_a_rule_for_all_leaves_agencies_with_their_own_alone(self, cast: Any, steward: Any) -> None:
        (request,) = submitted(cast)
        before = Clock.objects.get(case_id=request.pk, key="soi_acknowledgement").due_on
        approved(cast.administrator, steward, key="soi_acknowledgement", value={**TERM_OF_45, "amount": 9})
        assert carry_out(day(0)).cases == 0
        assert Clock.objects.get(case_id=request.pk, key="soi_acknowledgement").due_on == before


class TestClosures:
    def test_a_closure_moves_every_running_clock_of_its_agency(self, cast: Any) -> None:
        (request,) = submitted(cast)
        approved_closure(cast.approver, cast.signer, first=7, last=11, jurisdiction="NLRB")
        done = carry_out(day(0))
        assert done.cases == 1
        assert due_on(request) == date(2024, 9, 9)
        told = presenting.shown_clocks(request, at=day(1))
        sentences = " ".join(line for shown in told for line in shown.explanation)
        assert "The offices are closed., Order 9" in sentences or "Order 9" in sentences

    def test_another_agencys_closure_moves_nothing(self, cast: Any, steward: Any) -> None:
        (request,) = submitted(cast)
        approved_closure(cast.administrator, steward, first=7, last=11, jurisdiction="NYSDOL")
        assert carry_out(day(0)).cases == 0
        assert due_on(request) == date(2024, 9, 4)

    def test_a_nation_wide_closure_moves_everybody(self, cast: Any, steward: Any) -> None:
        requests = submitted(cast, 2)
        approved_closure(cast.administrator, steward, first=7, last=11)
        assert carry_out(day(0)).cases == 2
        assert {due_on(each) for each in requests} == {date(2024, 9, 9)}

    def test_extended_or_ended_early_the_dates_follow(self, cast: Any, steward: Any) -> None:
        (request,) = submitted(cast)
        change = approved_closure(cast.administrator, steward, first=7, last=11)
        carry_out(day(0))
        window = TollingWindow.objects.get(pk=change.window_id)
        approved_closure(cast.administrator, steward, first=7, last=21, window=window)
        carry_out(day(0))
        assert due_on(request) == date(2024, 9, 19)
        approved_closure(
            cast.administrator, steward, first=7, last=8, window=TollingWindow.objects.get(pk=window.pk)
        )
        carry_out(day(0))
        assert due_on(request) == date(2024, 9, 6)
        assert TollingWindow.objects.filter(jurisdiction="US", starts_on=on(7)).count() == 1
        assert PolicyChange.objects.approved().count() == 3

    def test_a_closure_that_touches_no_date_leaves_no_step(self, cast: Any, steward: Any) -> None:
        (request,) = submitted(cast)
        version = reload(request).version
        approved_closure(cast.administrator, steward, first=300, last=301)
        assert carry_out(day(0)).finished == 1
        assert reload(request).version == version


class TestWhoIsTold:
    def test_those_concerned_are_told_once_for_each_case_with_both_dates(
        self, cast: Any, steward: Any
    ) -> None:
        first, second = submitted(cast, 2)
        approved(cast.administrator, steward, authority="Order 7")
        service.carry_out(at=day(0))
        service.carry_out(at=day(1))
        for request in (first, second):
            found = Message.objects.filter(event="rule.changed", about=request.reference, channel="inbox")
            assert {each.recipient for each in found} == {
                cast.representative, cast.organizer, cast.investigator,
            }  # fmt: skip
            body = found.get(recipient=cast.representative).body
            assert "was due Wed 4 Sep 2024, is now due Thu 19 Sep 2024" in body

    def test_nobody_is_told_where_only_the_rule_changes(self, cast: Any, steward: Any) -> None:
        (request,) = submitted(cast)
        row = determination(request).policy
        assert row is not None
        approved(cast.administrator, steward, value=row.value, authority="A new citation")
        assert service.carry_out(at=day(0)).cases == 1
        assert not Message.objects.filter(event="rule.changed").exists()
        assert reload(request).steps.last().name == "rule_changed"


class TestTrouble:
    def test_a_case_that_fails_is_tried_again_and_the_others_go_on(
        self, cast: Any, steward: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        good, bad = submitted(cast, 2)
        change = approved(cast.administrator, steward)
        real = recompute.engine.record_notes

        def failing(notes: Any, *args: Any, **more: Any) -> Any:
            if bad in notes:
                raise RuntimeError("out of paper")
            return real(notes, *args, **more)

        monkeypatch.setattr(recompute.engine, "record_notes", failing)
        done = carry_out(day(0))
        assert (done.cases, done.finished) == (1, 0)
        assert due_on(bad) == date(2024, 9, 4)
        assert not Deadline.objects.filter(case_id=bad.pk, generation=2).exists()
        assert PolicyChange.objects.get(pk=change.pk).left == [bad.pk]
        monkeypatch.undo()
        done = carry_out(day(0))
        assert (done.cases, done.finished) == (1, 1)
        assert due_on(bad) == due_on(good) == date(2024, 9, 19)

    def test_killed_between_two_batches_nothing_is_lost_or_done_twice(
        self, cast: Any, steward: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        requests = submitted(cast, 5)
        monkeypatch.setattr(recompute, "BATCH", 2)
        change = approved(cast.administrator, steward)
        carry_out(day(0), limit=2)
        assert PolicyChange.objects.get(pk=change.pk).moved == 2
        told: list[Any] = []
        carry_out(day(0), told)
        assert len(told) == 3
        names = [list(reload(each).steps.values_list("name", flat=True)) for each in requests]
        assert [each.count("rule_changed") for each in names] == [1] * 5

    def test_killed_in_a_batch_the_whole_batch_is_undone(
        self, cast: Any, steward: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        requests = submitted(cast, 3)
        change = approved(cast.administrator, steward)

        class Killed(BaseException):
            pass

        def kill(self: PolicyChange, **_fields: Any) -> None:
            raise Killed

        real = PolicyChange.save
        monkeypatch.setattr(PolicyChange, "save", kill)
        with pytest.raises(Killed):
            carry_out(day(0))
        monkeypatch.setattr(PolicyChange, "save", real)
        assert {due_on(each) for each in requests} == {date(2024, 9, 4)}
        assert carry_out(day(0)).cases == 3
        assert PolicyChange.objects.get(pk=change.pk).moved == 3


def test_the_rules_kept_in_memory_follow_an_approval(cast: Any, steward: Any) -> None:
    assert rules.current().book.value("soi_determination", on=on(0))["amount"] == 30
    approved(cast.administrator, steward)
    assert rules.current().book.value("soi_determination", on=on(0))["amount"] == 45

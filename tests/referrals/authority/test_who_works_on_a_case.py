"""Who works on a case: who may say it, of whom, what the history keeps of it. It is no permission."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from notifications import preferences
from notifications.models import Channel, Message
from referrals import assignees, diary, disclosure, notification_choices, queues, turns
from referrals.demo.cast import ROLES, Cast
from referrals.models import Membership, Office, SoiRequest, User, visible_cases
from referrals.notification_matrix import CASE_GIVEN
from referrals.personal_data import PersonalDataFound
from referrals.services import absences, assignments, decisions, soi_requests, statements
from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD, reload
from tests.operations.conftest import by_hand
from workflows import engine, exports, history, replay, sealing, stuck
from workflows.assigning import FALLS, GIVE, PUT_BACK, TAKE
from workflows.engine import StalePage, StepRefused
from workflows.models import Absence, Case, Desk, Step
from workflows.parties import Capacity

HOUR = timedelta(hours=1)
LATER = OPEN_WORLD + HOUR
AT_REGION = {"investigator", "approver", "second_approver", "signer"}


@pytest.fixture
def request_(cast: Cast) -> SoiRequest:
    """A request that waits at the agency's desk; nobody has it."""
    made = cases.request_draft(cast)
    take_step(made, "submit", by=cast.representative, at=OPEN_WORLD)
    return made


def assign(record: Any, to: User | None, *, by: User, at: Any = LATER, **how: Any) -> Step:
    seen = how.pop("seen", reload(record).assignee_id)
    return assignments.assign(record, to.pk if to else None, by=by, at=at, seen=seen, **how)


def why_not(record: Any, to: User | None, **how: Any) -> list[Any]:
    before = reload(record)
    with pytest.raises(StepRefused) as refused:
        assign(record, to, **how)
    now = reload(record)
    assert (now.version, now.assignee_id) == (before.version, before.assignee_id)
    assert all(each.remedy for each in refused.value.refusals)
    return list(refused.value.refusals)


def codes(record: Any, to: User | None, **how: Any) -> list[str]:
    return [each.code for each in why_not(record, to, **how)]


def away(person: User, deputy: User) -> Absence:
    def hat(of: User) -> Membership:
        return of.memberships.select_related("user", "organization", "office__desk").get()

    return absences.mark(
        hat(person), deputy=hat(deputy), first_day=OPEN_WORLD.date(),
        last_day=(OPEN_WORLD + timedelta(days=10)).date(), by=person, at=OPEN_WORLD,
    )  # fmt: skip


def a_colleague(office: Office, capacity: str, name: str = "Nelly New") -> User:
    person = User.objects.create_user(f"{name.split()[0].lower()}@example.org", name=name)
    Membership.objects.create(user=person, organization=office.organization, office=office, capacity=capacity)
    return person


def office_beside(office: Office) -> Office:
    """Another office of the same organization, with a desk of its own."""
    desk = Desk.objects.create(key="beside", name="Beside")
    return Office.objects.create(organization=office.organization, desk=desk, name="Beside")


class TestWhoMay:
    @pytest.mark.parametrize("role", [role.key for role in ROLES])
    def test_only_people_of_the_desk_whose_turn_it_is_take_a_case(
        self, role: str, cast: Cast, request_: SoiRequest
    ) -> None:
        if role in AT_REGION:
            step = assign(request_, cast.people[role], by=cast.people[role])
            assert (step.name, reload(request_).assignee_id) == (TAKE, cast.people[role].pk)
        else:
            assert codes(request_, cast.people[role], by=cast.people[role]) == ["not_your_desk"]

    @pytest.mark.parametrize("role", [role.key for role in ROLES])
    def test_only_people_of_that_desk_are_given_a_case(
        self, role: str, cast: Cast, request_: SoiRequest
    ) -> None:
        to = cast.people[role]
        if role == "approver":
            assert assign(request_, to, by=to).name == TAKE
        elif role in AT_REGION:
            assert assign(request_, to, by=cast.approver).name == GIVE
            assert reload(request_).assignee_id == to.pk
        else:
            assert codes(request_, to, by=cast.approver) == ["not_at_desk"]

    def test_whoever_stands_in_at_another_desk_takes_nothing_there(
        self, cast: Cast, request_: SoiRequest
    ) -> None:
        at_another_region = office_beside(cast.offices["nlrb-region-28"])
        deputy = a_colleague(at_another_region, Capacity.AGENCY_APPROVER)
        away(cast.approver, deputy)
        deputy.desks_stood_in_for = [request_.desk_id]
        assert request_.desk_id in turns.my_desks(deputy)
        assert codes(request_, deputy, by=deputy) == ["not_your_desk"]

    def test_any_colleague_puts_back_or_takes_over_what_another_has(
        self, cast: Cast, request_: SoiRequest
    ) -> None:
        assign(request_, cast.investigator, by=cast.investigator)
        assert assign(request_, cast.approver, by=cast.approver).name == TAKE
        assert assign(request_, None, by=cast.signer).name == PUT_BACK
        assert reload(request_).assignee_id is None

    def test_it_says_when_there_is_nothing_to_do(self, cast: Cast, request_: SoiRequest) -> None:
        assert codes(request_, None, by=cast.approver) == ["already"]
        assign(request_, cast.investigator, by=cast.approver)
        assert codes(request_, cast.investigator, by=cast.approver) == ["already"]

    def test_somebody_who_was_switched_off_or_has_left_is_given_nothing(
        self, cast: Cast, request_: SoiRequest
    ) -> None:
        User.objects.filter(pk=cast.investigator.pk).update(is_active=False)
        cast.signer.memberships.update(ended_on=OPEN_WORLD.date())
        for gone in (cast.investigator, cast.signer):
            assert codes(request_, gone, by=cast.approver) == ["not_at_desk"]

    def test_a_colleague_who_may_not_open_the_case_is_not_given_it(self, cast: Cast) -> None:
        request = cases.draft_request(cast, cases.active_statement(cast))
        assert codes(request, cast.organizer, by=cast.representative) == ["may_not_open"]
        second = a_colleague(cast.offices["desert-legal-aid"], Capacity.REPRESENTATIVE)
        assert assign(request, second, by=cast.representative).name == GIVE

    def test_a_case_that_has_ended_is_nobodys(self, cast: Cast, request_: SoiRequest) -> None:
        take_step(request_, "withdraw", by=cast.representative, at=LATER, reason="Settled.")
        assert codes(request_, cast.approver, by=cast.approver) == ["nobodys_turn"]


class TestFourEyes:
    @pytest.fixture
    def written_by_alma(self, cast: Cast) -> Any:
        statement = statements.open_draft(
            cases.matter_of(cast), office=cast.offices["nlrb-region-28"], by=cast.investigator, at=OPEN_WORLD
        )
        cases.complete_draft(statement, by=cast.approver, at=OPEN_WORLD)
        take_step(statement, "send_for_approval", by=cast.investigator, at=OPEN_WORLD)
        return statement

    def test_whoever_prepared_it_is_not_given_what_is_to_be_decided(
        self, cast: Cast, written_by_alma: Any
    ) -> None:
        (why,) = why_not(written_by_alma, cast.approver, by=cast.second_approver)
        assert why.code == "four_eyes"
        assert "Alma Approver prepared this" in str(why.reason)
        assert "second official" in str(why.remedy)

    def test_nor_takes_it(self, cast: Cast, written_by_alma: Any) -> None:
        (why,) = why_not(written_by_alma, cast.approver, by=cast.approver)
        assert (why.code, str(why.reason)[:17]) == ("four_eyes", "You prepared this")

    def test_nor_does_who_stands_in_for_them(self, cast: Cast, written_by_alma: Any) -> None:
        away(cast.approver, cast.second_approver)
        assert codes(written_by_alma, cast.second_approver, by=cast.signer) == ["four_eyes"]

    def test_another_official_is_given_it(self, cast: Cast, written_by_alma: Any) -> None:
        assign(written_by_alma, cast.second_approver, by=cast.approver)
        assert reload(written_by_alma).assignee_id == cast.second_approver.pk

    def test_who_proposed_a_decision_is_not_given_its_countersignature(self, cast: Cast) -> None:
        request = cases.routed_request(cast, cases.active_statement(cast))
        take_step(request, "record_biometrics", by=cast.adjudicator, at=OPEN_WORLD)
        decisions.write(
            request, by=cast.supervisor, at=OPEN_WORLD, outcome="DENY", rationale="Nothing shows it."
        )
        take_step(
            request, "deny", by=cast.supervisor, at=OPEN_WORLD, reason="Not shown.",
            reason_code="NOT_COVERED",
        )  # fmt: skip
        assert codes(request, cast.supervisor, by=cast.adjudicator) == ["four_eyes"]

    def test_where_another_step_is_theirs_it_is_given(self, cast: Cast, request_: SoiRequest) -> None:
        """Whoever weighed a request may not decline it, but may accept it."""
        take_step(request_, "acknowledge", by=cast.investigator, at=OPEN_WORLD)
        take_step(request_, "begin_review", by=cast.investigator, at=OPEN_WORLD)
        soi_requests.assess(request_, by=cast.approver, at=OPEN_WORLD, values={"witnesses": 3})
        options = {each.name: each for each in engine.options_for(request_, by=cast.approver, at=LATER)}
        assert "four_eyes" in {each.code for each in options["decline"].refusals}
        assert assign(request_, cast.approver, by=cast.second_approver).name == GIVE


class TestAbsences:
    def test_who_is_away_is_given_a_case_only_if_one_says_so(self, cast: Cast, request_: SoiRequest) -> None:
        away(cast.approver, cast.second_approver)
        (why,) = why_not(request_, cast.approver, by=cast.investigator)
        assert why.code == "away"
        assert "Abel Approver stands in for them" in str(why.reason)
        assign(request_, cast.approver, by=cast.investigator, although_away=True)
        assert reload(request_).assignee_id == cast.approver.pk

    def test_the_deputy_hears_of_it_too(self, cast: Cast, request_: SoiRequest) -> None:
        away(cast.approver, cast.second_approver)
        assign(request_, cast.approver, by=cast.investigator, although_away=True)
        told = Message.objects.filter(event=CASE_GIVEN).values_list("recipient", flat=True)
        assert set(told) == {cast.approver.pk, cast.second_approver.pk}


class TestNoPermission:
    def test_any_colleague_still_takes_each_step(self, cast: Cast, request_: SoiRequest) -> None:
        assign(request_, cast.approver, by=cast.approver)
        take_step(request_, "acknowledge", by=cast.investigator, at=LATER)
        assert reload(request_).assignee_id == cast.approver.pk, "and who had it still has it"

    def test_nobody_sees_more_or_less_or_finds_another_step_open(
        self, cast: Cast, request_: SoiRequest
    ) -> None:
        def sight() -> dict[str, Any]:
            return {
                key: (
                    visible_cases(person).filter(pk=request_.pk).exists(),
                    {each.name: each.open for each in engine.options_for(request_, by=person, at=LATER)},
                )
                for key, person in cast.people.items()
            }

        before = sight()
        assign(request_, cast.signer, by=cast.investigator)
        assert sight() == before


class TestWhenTheDeskChanges:
    def test_a_step_that_hands_the_case_over_leaves_it_in_nobodys_hands(self, cast: Cast) -> None:
        request = cases.signed_request(cast, cases.active_statement(cast))
        assign(request, cast.representative, by=cast.representative)
        step = take_step(request, "file", by=cast.representative, at=LATER)
        assert (request.assignee_id, reload(request).assignee_id) == (None, None)
        assert (request.desk_id, step.data[FALLS]) == (cast.offices["dhs-intake"].desk_id, True)

    def test_so_does_its_end(self, cast: Cast, request_: SoiRequest) -> None:
        assign(request_, cast.approver, by=cast.investigator)
        step = take_step(request_, "withdraw", by=cast.representative, at=LATER, reason="Settled.")
        stored = reload(request_)
        assert (stored.assignee_id, stored.desk_id, step.data[FALLS]) == (None, None, True)
        assert replay.replay().found == 0

    def test_a_step_at_the_same_desk_leaves_it_where_it_is(self, cast: Cast, request_: SoiRequest) -> None:
        assign(request_, cast.investigator, by=cast.investigator)
        step = take_step(request_, "acknowledge", by=cast.approver, at=LATER)
        assert reload(request_).assignee_id == cast.investigator.pk
        assert FALLS not in step.data

    def test_a_line_says_nothing_where_nobody_had_it(self, cast: Cast, request_: SoiRequest) -> None:
        step = take_step(request_, "withdraw", by=cast.representative, at=LATER, reason="Settled.")
        assert FALLS not in step.data

    def test_the_history_tells_it_to_the_desk_it_left_and_to_nobody_else(self, cast: Cast) -> None:
        request = cases.signed_request(cast, cases.active_statement(cast))
        take_step(request, "file", by=cast.representative, at=OPEN_WORLD)
        assign(request, cast.intake, by=cast.intake, at=OPEN_WORLD)
        take_step(request, "withdraw", by=cast.representative, at=LATER, reason="The worker asks for it.")
        sentence = "Whoever had it in hand no longer has it: it has left this desk."
        theirs = diary.entries(reload(request), cast.intake)
        ours = diary.entries(reload(request), cast.representative)
        assert sentence in theirs[0].set_off
        assert all(sentence not in each.set_off for each in ours)


class TestTheHistory:
    def test_each_is_a_line_with_its_own_version(self, cast: Cast, request_: SoiRequest) -> None:
        first = request_.version
        for to, by, name in (
            (cast.investigator, cast.investigator, TAKE),
            (cast.approver, cast.investigator, GIVE),
            (None, cast.approver, PUT_BACK),
        ):
            step = assign(request_, to, by=by, reason="A word.")
            assert (step.name, step.nature, step.from_state) == (name, Step.Nature.RECORDED, step.to_state)
        assert reload(request_).version == first + 3
        assert step.data == {"assignee": None, "assignee_before": cast.approver.pk}
        assert sealing.reason_of(step) == "A word."
        assert history.verify().broken is None
        assert replay.replay().found == 0

    def test_colleagues_read_it_in_words(self, cast: Cast, request_: SoiRequest) -> None:
        assign(request_, cast.investigator, by=cast.investigator)
        assign(request_, cast.approver, by=cast.investigator)
        assign(request_, None, by=cast.approver)
        for language, told in (
            (
                "en",
                ["Put back: nobody has it in hand", "Given to Alma Approver", "Taken by Ian Investigator"],
            ),
            (
                "es",
                [
                    "Devuelto: nadie lo tiene a su cargo",
                    "Dado a Alma Approver",
                    "Tomado por Ian Investigator",
                ],
            ),
        ):
            with translation.override(language):
                assert [each.what for each in diary.entries(request_, cast.signer)][:3] == told

    def test_the_filter_of_the_history_names_nobody(self, cast: Cast, request_: SoiRequest) -> None:
        assign(request_, cast.approver, by=cast.investigator)
        assert dict(diary.steps_taken(diary.entries(request_, cast.signer)))[GIVE] == "Given to a colleague"

    @pytest.mark.parametrize("role", ["representative", "organizer"])
    def test_the_other_side_reads_nothing_of_it(self, role: str, cast: Cast, request_: SoiRequest) -> None:
        before = len(diary.entries(request_, cast.people[role]))
        assign(request_, cast.approver, by=cast.investigator)
        outsider = cast.people[role]
        assert len(diary.entries(request_, outsider)) == before
        assert diary.people_told(request_, outsider) == [
            each for each in diary.people_told(request_, outsider) if "hand" not in each.group
        ]
        assert assignees.held(reload(request_), outsider) is None
        assert assignees.holders([reload(request_)], outsider) == {}
        line = next(
            each for each in the_file(request_, outsider)["lines"] if each["line"] == request_.version
        )
        assert (line["shown"], line["texts"]) == ({}, {})

    def test_what_the_other_side_takes_away_names_no_assignee(self, cast: Cast, request_: SoiRequest) -> None:
        """Not even in the line by which the case left the desk, which is their own."""
        assign(request_, cast.approver, by=cast.investigator)
        take_step(request_, "withdraw", by=cast.representative, at=LATER, reason="Settled.")
        last = the_file(request_, cast.representative)["lines"][-1]
        assert last["shown"]["data"]["data"] == {FALLS: True}

    def test_one_form_sent_twice_is_one_line(self, cast: Cast, request_: SoiRequest) -> None:
        one = assign(request_, cast.approver, by=cast.investigator, seen=None, idempotency_key="k")
        two = assign(request_, cast.approver, by=cast.investigator, seen=None, idempotency_key="k")
        assert (two.pk, two.repeated) == (one.pk, True)
        assert Message.objects.filter(event=CASE_GIVEN).count() == 1

    def test_a_reason_with_a_number_in_it_is_refused(self, cast: Cast, request_: SoiRequest) -> None:
        with pytest.raises(PersonalDataFound):
            assign(request_, cast.approver, by=cast.investigator, reason="A-number A123456789")
        assert reload(request_).assignee_id is None

    def test_another_line_in_between_makes_the_page_stale(self, cast: Cast, request_: SoiRequest) -> None:
        version = request_.version
        take_step(request_, "acknowledge", by=cast.investigator, at=LATER)
        with pytest.raises(StalePage):
            assign(request_, cast.approver, by=cast.approver, expected_version=version)

    def test_the_slower_one_reads_who_was_faster(self, cast: Cast, request_: SoiRequest) -> None:
        version = request_.version
        assign(request_, cast.approver, by=cast.approver, expected_version=version)
        (why,) = why_not(request_, cast.signer, by=cast.signer, seen=None, expected_version=version)
        assert why.code == "faster"
        assert "Alma Approver has this case now" in str(why.reason)

    def test_it_costs_no_clock(self, cast: Cast, request_: SoiRequest) -> None:
        due = request_.next_due_at
        step = assign(request_, cast.approver, by=cast.investigator)
        assert (step.effects, reload(request_).next_due_at) == ([], due)


def the_file(record: Any, reader: User) -> dict[str, Any]:
    sight = disclosure.sight(record, reader)
    return exports.export(reload(record), sight=sight, reader="Reader", at=LATER)


class TestTheDatabase:
    def test_it_refuses_an_assignee_without_a_line(self, cast: Cast, request_: SoiRequest) -> None:
        with pytest.raises(DatabaseError, match="only together with a step"), transaction.atomic():
            Case.objects.filter(pk=request_.pk).update(assignee=cast.approver)

    def test_and_a_case_in_hand_on_no_desk(self, cast: Cast, request_: SoiRequest) -> None:
        with (
            by_hand(),
            pytest.raises(IntegrityError, match="a_case_in_hand_lies_on_a_desk"),
            transaction.atomic(),
        ):
            Case.objects.filter(pk=request_.pk).update(assignee=cast.approver, desk=None)


class TestTelling:
    def test_who_is_given_a_case_is_told_in_the_inbox_alone(self, cast: Cast, request_: SoiRequest) -> None:
        assign(request_, cast.approver, by=cast.investigator)
        message = Message.objects.get(event=CASE_GIVEN)
        assert (message.recipient_id, message.channel) == (cast.approver.pk, Channel.INBOX)
        assert (message.about, message.link) == (request_.reference, request_.get_absolute_url())
        assert message.body == "A colleague at your desk gave you this case to work on."

    def test_in_their_own_language(self, cast: Cast) -> None:
        request = cases.request_draft(cast)
        assign(request, cast.organizer, by=cast.representative)
        assert Message.objects.get(event=CASE_GIVEN).body == (
            "Una persona de su escritorio le dio este caso para que trabaje en él."
        )

    @pytest.mark.parametrize("to", ["investigator", None])
    def test_nobody_is_told_who_takes_it_or_puts_it_back(
        self, to: str | None, cast: Cast, request_: SoiRequest
    ) -> None:
        assign(request_, cast.approver, by=cast.approver)
        assign(request_, cast.people[to] if to else None, by=cast.investigator)
        assert not Message.objects.filter(event=CASE_GIVEN).exists()

    def test_it_can_be_turned_off(self, cast: Cast, request_: SoiRequest) -> None:
        preferences.choose(user=cast.approver, event=CASE_GIVEN, channel=Channel.INBOX, enabled=False)
        assign(request_, cast.approver, by=cast.investigator)
        assert not Message.objects.inbox_of(cast.approver).filter(event=CASE_GIVEN).exists()

    @pytest.mark.parametrize("role", [role.key for role in ROLES])
    def test_everybody_with_cases_at_a_desk_can_choose(self, role: str, cast: Cast) -> None:
        rows = [row for group in notification_choices.groups(cast.people[role]) for row in group.rows]
        mine = [row for row in rows if CASE_GIVEN in row.events]
        assert len(mine) == (0 if role in ("officer", "administrator", "privacy_officer") else 1)
        assert all(row.channels == (Channel.INBOX,) and not row.why_fixed for row in mine)


class TestWhoLeft:
    @pytest.fixture
    def given(self, cast: Cast, request_: SoiRequest) -> SoiRequest:
        assign(request_, cast.investigator, by=cast.approver)
        return request_

    def switched_off(self, person: User) -> None:
        User.objects.filter(pk=person.pk).update(is_active=False)

    def left_the_desk(self, person: User) -> None:
        person.memberships.update(ended_on=OPEN_WORLD.date())

    @pytest.mark.parametrize("left", [switched_off, left_the_desk])
    def test_their_cases_count_as_nobodys_and_operations_lists_them(
        self, left: Callable[..., None], cast: Cast, given: SoiRequest
    ) -> None:
        assert stuck.counts(at=LATER)[stuck.Trouble.LEFT] == 0
        left(self, cast.investigator)
        assert hands(cast.approver) == {"mine": 0, "nobody": 1, "colleagues": 0}
        (found,) = [each for each in stuck.find(at=LATER) if each.trouble == stuck.Trouble.LEFT]
        assert found.reference == given.reference
        held = assignees.held(reload(given), cast.approver)
        assert held is not None
        assert "whoever had it has left this desk" in held.sentence

    def test_a_colleague_takes_it_over_and_all_is_well(self, cast: Cast, given: SoiRequest) -> None:
        self.switched_off(cast.investigator)
        assign(given, cast.approver, by=cast.approver)
        assert stuck.counts(at=LATER)[stuck.Trouble.LEFT] == 0


def hands(person: User, show: str = queues.Show.DESK) -> dict[str, int]:
    return queues.counts_by_hand(person, show, at=LATER)


class TestTogether:
    def test_each_case_has_its_own_verdict(self, cast: Cast) -> None:
        made = []
        for _each in range(3):
            made.append(cases.request_draft(cast))
            take_step(made[-1], "submit", by=cast.representative, at=OPEN_WORLD)
        assign(made[1], cast.signer, by=cast.signer)
        take_step(made[2], "withdraw", by=cast.representative, at=OPEN_WORLD, reason="Settled.")
        verdicts = assignments.assign_all(
            made, cast.approver.pk, by=cast.investigator, at=LATER, seen=dict.fromkeys([r.pk for r in made])
        )
        assert isinstance(verdicts[made[0].pk], Step)
        refused = [verdicts[record.pk] for record in made[1:]]
        assert [each.refusals[0].code for each in refused] == ["faster", "nobodys_turn"]  # type: ignore[union-attr]
        assert [reload(record).assignee_id for record in made] == [cast.approver.pk, cast.signer.pk, None]
        assert Message.objects.filter(event=CASE_GIVEN).count() == 1
        assert history.verify().broken is None

    def test_twelve_cost_as_many_queries_as_two(self, cast: Cast) -> None:
        def given(number: int) -> int:
            made = []
            for _each in range(number):
                made.append(cases.request_draft(cast))
                take_step(made[-1], "submit", by=cast.representative, at=OPEN_WORLD)
            with CaptureQueriesContext(connection) as captured:
                assignments.assign_all(
                    made, cast.approver.pk, by=cast.investigator, at=LATER,
                    seen=dict.fromkeys([record.pk for record in made]),
                )  # fmt: skip
            return len(captured)

        given(1)
        assert given(12) == given(2)

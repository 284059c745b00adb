"""Somebody is away: a deputy sees the work, hears of it, acts in their own name; and is no second person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

import present
from notifications.models import Message
from referrals import queues
from referrals.demo.cast import Cast
from referrals.models import Membership, Office, User
from referrals.services import absences, statements
from referrals.services.absences import AbsenceRefused
from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD, reload
from tests.laid_down import laid_down
from workflows import engine, history
from workflows.engine import StepRefused
from workflows.models import Absence, Case, Desk, Step
from workflows.openness import COUNTERSIGN
from workflows.parties import Capacity

DAY = timedelta(days=1)
AT_NOON = datetime(2026, 11, 18, 19, tzinfo=UTC)
DURING = OPEN_WORLD + DAY
AFTER = OPEN_WORLD + 20 * DAY


def hat(person: User) -> Membership:
    return person.memberships.select_related("user", "organization", "office__desk").get()


def away(person: User, deputy: User, *, by: User | None = None, at: datetime = OPEN_WORLD) -> Absence:
    return absences.mark(
        hat(person), deputy=hat(deputy), first_day=at.date(), last_day=(at + 10 * DAY).date(),
        by=by or person, at=at,
    )  # fmt: skip


def codes(record: Any, step: str, **how: Any) -> list[str]:
    with pytest.raises(StepRefused) as refused:
        engine.advance(record, step, **how)
    return [each.code for each in refused.value.refusals]


@pytest.fixture
@laid_down
def written_by_alma(cast: Cast) -> Any:
    statement = statements.open_draft(
        cases.matter_of(cast), office=cast.offices["nlrb-region-28"], by=cast.investigator, at=OPEN_WORLD
    )
    cases.complete_draft(statement, by=cast.approver, at=OPEN_WORLD)
    take_step(statement, "send_for_approval", by=cast.investigator, at=OPEN_WORLD)
    return statement


# A deputy is no second person


def test_a_deputy_is_excluded_where_the_absent_person_is(cast: Cast, written_by_alma: Any) -> None:
    away(cast.approver, cast.second_approver)
    assert codes(written_by_alma, "approve", by=cast.second_approver, at=DURING) == ["four_eyes"]
    option = next(
        each
        for each in engine.options_for(written_by_alma, by=cast.second_approver, at=DURING)
        if each.name == "approve"
    )
    assert "stand in for somebody who prepared" in option.refusals[0].reason
    take_step(written_by_alma, "approve", by=cast.second_approver, at=AFTER)


def test_the_database_excludes_the_deputy_too(cast: Cast, written_by_alma: Any) -> None:
    away(cast.approver, cast.second_approver)
    case = Case.objects.get(pk=written_by_alma.pk)
    line = Step(
        case_id=case.pk, sequence=case.version + 1, nature="MOVED", name="approve", from_state=case.state,
        to_state="APPROVED", actor_id=cast.second_approver.pk, capacity="X", at=DURING,
        previous_hash=case.head_hash,
    )  # fmt: skip
    line.hash = history.hash_of(line, case.reference)
    with pytest.raises(DatabaseError, match="whoever prepared it"), transaction.atomic():
        line.save(force_insert=True)


def test_a_deputy_does_not_countersign_what_the_absent_person_proposed(cast: Cast) -> None:
    statement = cases.active_statement(cast)
    take_step(statement, "withdraw_at_once", by=cast.approver, at=OPEN_WORLD, reason="Danger.")
    away(cast.approver, cast.second_approver)
    assert codes(statement, COUNTERSIGN, by=cast.second_approver, at=DURING) == ["four_eyes"]
    take_step(statement, COUNTERSIGN, by=cast.signer, at=DURING)


def test_what_a_deputy_did_for_somebody_excludes_both(cast: Cast) -> None:
    statement = cases.active_statement(cast)
    away(cast.approver, cast.second_approver)
    cast.second_approver.acting_for = cast.approver.pk
    step = take_step(statement, "withdraw_at_once", by=cast.second_approver, at=DURING, reason="Danger.")
    assert step.data["for_absent"] == cast.approver.pk
    cast.second_approver.acting_for = None
    assert codes(statement, COUNTERSIGN, by=cast.approver, at=AFTER) == ["four_eyes"]
    assert codes(statement, COUNTERSIGN, by=cast.second_approver, at=AFTER) == ["four_eyes"]
    take_step(statement, COUNTERSIGN, by=cast.signer, at=AFTER)
    assert history.verify().broken is None


@pytest.mark.parametrize("at", [OPEN_WORLD - DAY, AFTER])
def test_nobody_acts_for_somebody_who_is_not_away(at: datetime, cast: Cast, written_by_alma: Any) -> None:
    away(cast.approver, cast.second_approver)
    cast.second_approver.acting_for = cast.approver.pk
    assert codes(written_by_alma, "return_to_drafter", by=cast.second_approver, at=at, reason="x") == [
        "not_standing_in"
    ]


def test_nobody_acts_for_somebody_whose_deputy_is_another(cast: Cast, written_by_alma: Any) -> None:
    away(cast.approver, cast.second_approver)
    cast.signer.acting_for = cast.approver.pk
    assert "not_standing_in" in codes(
        written_by_alma, "return_to_drafter", by=cast.signer, at=DURING, reason="x"
    )


# Who may be marked, by whom, with whom


def test_a_supervisor_marks_an_absence_and_a_colleague_does_not(cast: Cast) -> None:
    made = away(cast.approver, cast.second_approver, by=cast.signer)
    assert made.marked_by == cast.signer
    with pytest.raises(AbsenceRefused):
        away(cast.second_approver, cast.approver, by=cast.investigator)
    with pytest.raises(AbsenceRefused):
        away(cast.second_approver, cast.approver, by=cast.ny_approver)


@pytest.mark.parametrize(
    ("person", "deputy"),
    [
        ("approver", "approver"),
        ("approver", "investigator"),
        ("approver", "ny_approver"),
        ("ice_reviewer", "ny_ice_reviewer"),
    ],
)
def test_a_deputy_holds_the_same_capacity_where_it_counts(person: str, deputy: str, cast: Cast) -> None:
    with pytest.raises(AbsenceRefused) as refused:
        away(getattr(cast, person), getattr(cast, deputy))
    assert refused.value.field == "deputy"


def test_a_deputy_who_is_away_is_no_deputy(cast: Cast) -> None:
    away(cast.second_approver, cast.approver)
    with pytest.raises(AbsenceRefused, match="absent in that time"):
        away(cast.approver, cast.second_approver)


def test_an_absence_is_only_ever_ended_earlier(cast: Cast) -> None:
    made = away(cast.approver, cast.second_approver)
    mine = Absence.objects.filter(pk=made.pk)
    for values in ({"deputy": cast.signer}, {"ends_at": AFTER}, {"starts_at": OPEN_WORLD - DAY}):
        with pytest.raises(DatabaseError, match="only be ended earlier"), transaction.atomic():
            mine.update(**values)
    with pytest.raises(DatabaseError), transaction.atomic():
        mine.delete()
    absences.end(made, by=cast.approver, at=DURING)
    assert not Absence.objects.at(DURING).exists()


def test_the_deputy_does_not_end_it(cast: Cast) -> None:
    made = away(cast.ice_supervisor, _second(cast, cast.ice_supervisor))
    with pytest.raises(AbsenceRefused):
        absences.end(made, by=made.deputy, at=DURING)


# What a deputy sees and hears


def _second(cast: Cast, like: User, office: Office | None = None) -> User:
    first = hat(like)
    person = User.objects.create_user(f"second-{first.capacity.lower()}@example.org", name="Second Person")
    Membership.objects.create(
        user=person, organization=first.organization, office=office or first.office, capacity=first.capacity
    )
    return person


def _elsewhere(cast: Cast) -> User:
    """Staff of the same agency at another office."""
    desk = Desk.objects.create(key="nlrb-elsewhere", name="NLRB Region 19")
    office = Office.objects.create(organization=cast.organizations["NLRB"], desk=desk, name="NLRB Region 19")
    return _second(cast, cast.investigator, office)


def test_a_deputy_at_another_office_is_told_what_the_absent_person_is_told(cast: Cast) -> None:
    deputy = _elsewhere(cast)
    request = cases.request_draft(cast)
    take_step(request, "submit", by=cast.representative, at=OPEN_WORLD)
    assert not Message.objects.filter(recipient=deputy).exists()
    away(cast.investigator, deputy)
    take_step(request, "withdraw", by=cast.representative, at=DURING, reason="Settled.")
    told = Message.objects.filter(recipient=cast.investigator, about=request.reference).latest("pk")
    assert Message.objects.filter(recipient=deputy, event=told.event).count() >= 1


def test_a_deputy_is_not_told_what_their_own_capacity_may_not_see(cast: Cast) -> None:
    stranger = _second(cast, cast.ny_ice_reviewer)
    Absence.objects.create(
        person=cast.ice_reviewer, deputy=stranger, capacity=Capacity.ICE_REVIEWER,
        organization=hat(cast.ice_reviewer).organization_id, desk=hat(cast.ice_reviewer).office.desk,
        starts_at=OPEN_WORLD, ends_at=AFTER, marked_by=cast.ice_reviewer, marked_at=OPEN_WORLD,
    )  # fmt: skip
    cases.routed_request(cast, cases.active_statement(cast), ice=True)
    assert Message.objects.filter(recipient=cast.ice_reviewer).exists()
    assert not Message.objects.filter(recipient=stranger).exists()


@time_machine.travel(AT_NOON)
def test_the_desk_shows_a_deputy_what_waits_at_the_other_desk(cast: Cast) -> None:
    deputy = _elsewhere(cast)
    now = present.now()
    request = cases.request_draft(cast, at=now)
    take_step(request, "submit", by=cast.representative, at=now)
    assert queues.counts(deputy, at=now)[queues.Show.DESK] == 0
    away(cast.investigator, deputy, at=now)
    page = _signed_in(deputy).get(reverse("desk")).text
    assert "Ian Investigator is away until" in page
    assert request.reference in page


def _signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@time_machine.travel(AT_NOON)
def test_a_deputy_acts_for_somebody_on_pages_and_the_history_says_so(cast: Cast) -> None:
    deputy = _elsewhere(cast)
    now = present.now()
    request = cases.request_draft(cast, at=now)
    take_step(request, "submit", by=cast.representative, at=now)
    away(cast.investigator, deputy, at=now)
    client = _signed_in(deputy)
    assert client.post(reverse("act_for"), {"person": cast.investigator.pk}).status_code == 302
    client.post(reverse("case_step", args=[request.reference, "acknowledge"]), {})
    assert reload(request).state == "ACKNOWLEDGED"
    page = client.get(reverse("case_history", args=[request.reference])).text
    assert "Second Person, for Ian Investigator, who is absent" in page
    outside = _signed_in(cast.representative).get(reverse("case_history", args=[request.reference])).text
    assert "Ian Investigator" not in outside


@time_machine.travel(AT_NOON)
def test_an_absence_is_marked_and_ended_on_a_page(cast: Cast) -> None:
    today = present.today()
    alma = _signed_in(cast.approver)
    typed = {
        "membership": hat(cast.approver).pk, "deputy": hat(cast.second_approver).pk,
        "first_day": today.isoformat(), "last_day": (today + 5 * DAY).isoformat(),
    }  # fmt: skip
    bad = alma.post(reverse("absences"), {**typed, "last_day": date(2020, 1, 1).isoformat()}).text
    assert "The last day lies before the first." in bad
    assert alma.post(reverse("absences"), typed).status_code == 302
    made = Absence.objects.get()
    abel = _signed_in(cast.second_approver)
    assert "Alma Approver is away" in abel.get(reverse("desk")).text
    assert _signed_in(cast.ny_approver).post(reverse("absence_end", args=[made.pk])).status_code == 404
    assert alma.post(reverse("absence_end", args=[made.pk])).status_code == 302
    assert not Absence.objects.at(present.now()).exists()

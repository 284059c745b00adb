"""Every way in is tried by somebody whom four eyes exclude. None of them leads anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django_fsm import TransitionNotAllowed

from referrals import tasks
from referrals.models import Membership
from referrals.services import decisions, statements
from referrals.services.steps import take_step, take_steps
from tests import cases
from tests.cases import OPEN_WORLD, reload
from workflows import engine, history
from workflows.engine import StepRefused
from workflows.machine import FACT_PREFIX
from workflows.models import Case, Proposal, Step
from workflows.openness import COUNTERSIGN
from workflows.parties import Capacity
from workflows.texts import facts_of

LATER = OPEN_WORLD + timedelta(days=1)
GRANTED = {"grant_starts_on": date(2024, 9, 10), "months": 48}


@dataclass
class Cheat:
    """A case, the person who is excluded there, what they try, and what it would lead to."""

    record: Any
    person: Any
    step: str
    name: str
    target: str
    data: dict[str, Any]
    honest: Any


def in_another_hat(person: Any, capacity: str) -> Any:
    """The same human being in a second membership of the same office."""
    first = person.memberships.order_by("pk").first()
    hat = Membership.objects.create(
        user=person, organization=first.organization, office=first.office, capacity=capacity
    )
    return type(person).objects.get(pk=person.pk).act_as(hat)


def the_author_of_a_statement(cast: Any) -> Cheat:
    statement = statements.open_draft(
        cases.matter_of(cast), office=cast.offices["nlrb-region-28"], by=cast.investigator, at=OPEN_WORLD
    )
    cases.complete_draft(statement, by=cast.investigator, at=OPEN_WORLD)
    take_step(statement, "send_for_approval", by=cast.second_approver, at=OPEN_WORLD)
    author = in_another_hat(cast.investigator, Capacity.AGENCY_APPROVER)
    return Cheat(statement, author, "approve", "approve", "APPROVED", {}, cast.approver)


def who_sent_it_for_approval(cast: Any) -> Cheat:
    cheat = the_author_of_a_statement(cast)
    cheat.person = cast.second_approver
    return cheat


def the_proposer_of_a_decision(cast: Any) -> Cheat:
    request = _at_ice(cast)
    take_step(request, "grant_at_ice", by=cast.ice_supervisor, at=OPEN_WORLD, **GRANTED)
    honest = in_another_hat(cast.ny_ice_reviewer, Capacity.ICE_SUPERVISOR)
    honest.hat.office = cast.offices["ice-phoenix"]
    data = {"grant_starts_on": "2024-09-10", "months": 48}
    return Cheat(request, cast.ice_supervisor, COUNTERSIGN, "grant_at_ice", "ICE_GRANTED", data, honest)


def the_author_of_the_grounds(cast: Any) -> Cheat:
    request = _at_ice(cast)
    decisions.write(
        request, by=cast.ice_supervisor, at=OPEN_WORLD, outcome="GRANT", favorable="", adverse="",
        rationale="The witness is needed.",
    )  # fmt: skip
    take_step(request, "grant_at_ice", by=cast.ice_reviewer, at=OPEN_WORLD, **GRANTED)
    honest = in_another_hat(cast.ny_ice_reviewer, Capacity.ICE_SUPERVISOR)
    honest.hat.office = cast.offices["ice-phoenix"]
    data = {"grant_starts_on": "2024-09-10", "months": 48}
    return Cheat(request, cast.ice_supervisor, COUNTERSIGN, "grant_at_ice", "ICE_GRANTED", data, honest)


def _at_ice(cast: Any) -> Any:
    request = cases.routed_request(cast, cases.active_statement(cast), ice=True)
    take_step(request, "receive_at_ice", by=cast.ice_reviewer, at=OPEN_WORLD)
    take_step(request, "begin_ice_review", by=cast.ice_reviewer, at=OPEN_WORLD)
    decisions.write(
        request, by=cast.ice_reviewer, at=OPEN_WORLD, outcome="GRANT", favorable="", adverse="",
        rationale="The witness is needed.",
    )  # fmt: skip
    return request


SITUATIONS = [
    the_author_of_a_statement,
    who_sent_it_for_approval,
    the_proposer_of_a_decision,
    the_author_of_the_grounds,
]


def forged_line(cheat: Cheat, person: Any, **columns: Any) -> None:
    """A line of history with a right hash, and the case set to follow, as somebody with SQL writes it."""
    case = Case.objects.get(pk=cheat.record.pk)
    values: dict[str, Any] = {
        "case_id": case.pk,
        "sequence": case.version + 1,
        "nature": Step.Nature.MOVED,
        "name": cheat.name,
        "from_state": case.state,
        "to_state": cheat.target,
        "actor_id": person.pk if person is not None else None,
        "capacity": Capacity.AGENCY_APPROVER,
        "at": LATER,
        "definition_version": case.definition_version,
        "data": cheat.data,
        "previous_hash": case.head_hash,
    } | columns
    step = Step(**values)
    step.hash = history.hash_of(step, case.reference)
    with transaction.atomic():
        step.save(force_insert=True)
        moved = {"definition_version": step.definition_version} if step.nature == "MIGRATED" else {}
        Case.objects.filter(pk=case.pk).update(
            version=step.sequence, state=step.to_state, head_hash=step.hash, **moved
        )


# The ways in. Each raises, or does nothing.


def by_the_page(cheat: Cheat) -> None:
    client = Client()
    client.force_login(cheat.person)
    session = client.session
    session["acting_as"] = cheat.person.acting.pk
    session.save()
    address = reverse("case_step", kwargs={"reference": cheat.record.reference, "name": cheat.step})
    client.post(address, {"reason": "Because I say so.", "grant_starts_on": "2024-09-10", "months": "48"})


def by_the_page_for_several(cheat: Cheat) -> None:
    client = Client()
    client.force_login(cheat.person)
    session = client.session
    session["acting_as"] = cheat.person.acting.pk
    session.save()
    record = cheat.record
    data = {"case": record.reference, "step": f"{record.kind}.{cheat.step}", "reason": "Because I say so."}
    client.post(reverse("together"), {**data, "key": "k", f"version-{record.reference}": record.version})


def by_the_service_for_several(cheat: Cheat) -> None:
    take_steps([cheat.record], cheat.step, by=cheat.person, at=LATER)


def by_the_service(cheat: Cheat) -> None:
    take_step(cheat.record, cheat.step, by=cheat.person, at=LATER)


def by_the_door_from_a_shell(cheat: Cheat) -> None:
    engine.advance(cheat.record, cheat.step, by=cheat.person, at=LATER)


def by_proposing_it_again(cheat: Cheat) -> None:
    engine.advance(cheat.record, cheat.name, by=cheat.person, at=LATER, **cheat.data)


def by_a_note(cheat: Cheat) -> None:
    engine.record_note(cheat.record, cheat.name, by=cheat.person, at=LATER, to_state=cheat.target)


def as_a_superuser(cheat: Cheat) -> None:
    cheat.person.is_superuser = cheat.person.is_staff = True
    engine.advance(cheat.record, cheat.step, by=cheat.person, at=LATER)


def as_an_administrator(cheat: Cheat) -> None:
    engine.advance(
        cheat.record, cheat.step, by=in_another_hat(cheat.person, Capacity.ADMINISTRATOR), at=LATER
    )


def as_the_system(cheat: Cheat) -> None:
    engine.advance(cheat.record, cheat.step, by=engine.SYSTEM, at=LATER)


def by_calling_the_method(cheat: Cheat) -> None:
    fresh = reload(cheat.record)
    for fact in facts_of(type(fresh)):
        setattr(fresh, FACT_PREFIX + fact.name, True)
    getattr(fresh, cheat.name)(at=LATER, **(GRANTED if cheat.data else {}))
    fresh.save()


def by_setting_the_state(cheat: Cheat) -> None:
    fresh = reload(cheat.record)
    fresh.__dict__["state"] = cheat.target
    fresh.save()


def by_update(cheat: Cheat) -> None:
    Case.objects.filter(pk=cheat.record.pk).update(state=cheat.target)


def by_bulk_update(cheat: Cheat) -> None:
    case = Case.objects.get(pk=cheat.record.pk)
    case.__dict__["state"] = cheat.target
    Case.objects.bulk_update([case], ["state"])


def by_sql(cheat: Cheat) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflows_case SET state = %s, version = version + 1 WHERE id = %s",
            [cheat.target, cheat.record.pk],
        )


def by_a_forged_line(cheat: Cheat) -> None:
    forged_line(cheat, cheat.person)


def by_a_line_of_the_system(cheat: Cheat) -> None:
    forged_line(cheat, None)


def by_a_line_of_another_name(cheat: Cheat) -> None:
    forged_line(cheat, cheat.honest, name="tidy_up")


def by_a_line_from_another_state(cheat: Cheat) -> None:
    forged_line(cheat, cheat.honest, from_state="DRAFT")


def by_a_recorded_line(cheat: Cheat) -> None:
    forged_line(cheat, cheat.person, nature=Step.Nature.RECORDED)


def by_an_opening_line(cheat: Cheat) -> None:
    forged_line(cheat, cheat.person, nature=Step.Nature.OPENED)


def by_a_line_of_another_version(cheat: Cheat) -> None:
    forged_line(cheat, cheat.person, definition_version=999)


def by_a_change_of_version(cheat: Cheat) -> None:
    """Everything about the line is right, except that it decides."""
    version = cheat.record.definition_version
    forged_line(
        cheat, None, nature=Step.Nature.MIGRATED, name="change_version", capacity="SYSTEM", reason="Order.",
        definition_version=version + 1, data={"from_version": version, "to_version": version + 1},
    )  # fmt: skip


def by_lines_added_together(cheat: Cheat) -> None:
    """The excluding line and the decision in one statement."""
    rows = [
        Step(
            case_id=cheat.record.pk, sequence=cheat.record.version + 1 + number, nature=nature, name=name,
            from_state=cheat.record.state, to_state=target, actor_id=cheat.person.pk, capacity="X", at=LATER,
            data=cheat.data, definition_version=cheat.record.definition_version,
        )
        for number, (nature, name, target) in enumerate(
            [("RECORDED", "note", cheat.record.state), ("MOVED", cheat.name, cheat.target)]
        )
    ]  # fmt: skip
    Step.objects.bulk_create(rows)


def by_rewriting_who_prepared_it(cheat: Cheat) -> None:
    Step.objects.filter(case_id=cheat.record.pk, actor_id=cheat.person.pk).update(actor_id=cheat.honest.pk)


def by_removing_the_lines(cheat: Cheat) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM workflows_step WHERE case_id = %s", [cheat.record.pk])


def by_the_clock(cheat: Cheat) -> None:
    tasks.fire(at=LATER)


WAYS: list[Callable[[Cheat], None]] = [
    by_the_page, by_the_page_for_several, by_the_service, by_the_service_for_several,
    by_the_door_from_a_shell, by_proposing_it_again, by_a_note, as_a_superuser,
    as_an_administrator, as_the_system, by_calling_the_method, by_setting_the_state, by_update,
    by_bulk_update, by_sql, by_a_forged_line, by_a_line_of_the_system, by_a_line_of_another_name,
    by_a_line_from_another_state,
    by_a_recorded_line, by_an_opening_line, by_a_line_of_another_version, by_a_change_of_version,
    by_lines_added_together,
    by_rewriting_who_prepared_it, by_removing_the_lines, by_the_clock,
]  # fmt: skip


@pytest.fixture(scope="class", params=SITUATIONS, ids=lambda each: each.__name__)
def situation(request: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[Cheat]:
    """Each situation is brought about once; every way in begins with it."""
    with cases.kept_for_many_tests(django_db_blocker) as cast:
        yield request.param(cast)


@pytest.fixture
def cheat(situation: Cheat, db: None) -> Cheat:
    return deepcopy(situation)


class TestEveryWay:
    @pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
    def test_no_way_leads_around_four_eyes(self, cheat: Cheat, way: Callable[[Cheat], None]) -> None:
        before = cheat.record.state
        try:
            with transaction.atomic():
                way(cheat)
        except (StepRefused, DatabaseError, TransitionNotAllowed):
            pass
        assert reload(cheat.record).state == before != cheat.target
        assert not Step.objects.filter(
            case_id=cheat.record.pk, to_state=cheat.target, nature=Step.Nature.MOVED
        ).exists()
        assert not Proposal.objects.filter(fate=Proposal.Fate.COUNTERSIGNED).exists()
        assert history.verify().broken is None

    def test_the_trigger_lets_the_right_person_through(self, cheat: Cheat) -> None:
        """Or the test above would prove nothing."""
        forged_line(cheat, cheat.honest)
        assert reload(cheat.record).state == cheat.target


@pytest.mark.parametrize(
    "change",
    [
        {"proposed_by_id": None},
        {"payload": {"months": 12}},
        {"content_hash": "0" * 64},
        {"reason": "Another reason."},
        {"step": "deny_at_ice"},
        {"fate": Proposal.Fate.COUNTERSIGNED, "decided_by_id": None, "decided_at": LATER},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_waiting_proposal_is_not_tampered_with(change: dict[str, Any], cast: Any) -> None:
    cheat = the_proposer_of_a_decision(cast)
    values = {name: cheat.honest.pk if value is None else value for name, value in change.items()}
    with pytest.raises(DatabaseError), transaction.atomic():
        Proposal.objects.filter(case_id=cheat.record.pk).update(**values)


def test_a_proposal_of_somebody_else_is_not_made_up(cast: Any) -> None:
    request = _at_ice(cast)
    made_up = {
        "case_id": request.pk, "step": "grant_at_ice", "payload": {}, "content_hash": "0" * 64,
        "proposed_by_id": cast.ice_reviewer.pk, "proposed_at": LATER,
    }  # fmt: skip
    with pytest.raises(DatabaseError, match="begins with a line"), transaction.atomic():
        Proposal.objects.create(**made_up)
    line = request.steps.get(name="begin_ice_review")
    with pytest.raises(DatabaseError, match="begins with a line"), transaction.atomic():
        Proposal.objects.create(**made_up, line=line)


def test_a_proposal_is_never_removed(cast: Any) -> None:
    cheat = the_proposer_of_a_decision(cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        Proposal.objects.filter(case_id=cheat.record.pk).delete()


def test_the_content_that_was_proposed_is_what_the_countersigned_line_says(cast: Any) -> None:
    cheat = the_proposer_of_a_decision(cast)
    cheat.data = {"grant_starts_on": "2024-09-10", "months": 12}
    with pytest.raises(DatabaseError, match="needs a proposal"):
        forged_line(cheat, cheat.honest)

"""What an agency's settings say is what its forms and steps do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from referrals.personal_data import PersonalDataFound
from referrals.services import dhs_draft_checks, soi_requests, statements
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, complete_draft, matter_of, reload, request_draft
from tests.laid_down import laid_down
from tests.policies.conftest import approved, carry_out, day, submitted
from workflows import engine
from workflows.engine import StepRefused
from workflows.models import Clock

NOW = OPEN_WORLD
ALL_OUTCOMES = ["issue", "need_information", "monitor", "decline", "refer"]


def setting(cast: Any, key: str, value: Any, **fields: Any) -> None:
    approved(
        cast.approver, cast.signer, key=key, value=value, jurisdiction="NLRB",
        **{"governs": "", "first_day": NOW.date(), **fields},
    )  # fmt: skip


def refusal(record: Any, step: str, by: Any, *, at: Any = NOW, **data: Any) -> str:
    with pytest.raises(StepRefused) as found:
        take_step(record, step, by=by, at=at, **data)
    return str(found.value)


def reviewed(cast: Any) -> Any:
    (request,) = submitted(cast)
    take_step(request, "acknowledge", by=cast.investigator, at=NOW)
    take_step(request, "begin_review", by=cast.investigator, at=NOW)
    soi_requests.link_matter(request, matter_of(cast), by=cast.investigator, at=NOW)
    soi_requests.assess(request, by=cast.investigator, at=NOW, values={"witnesses": 3})
    return request


def test_an_agency_that_takes_no_requests_gets_none(cast: Any) -> None:
    draft = request_draft(cast)
    setting(cast, "agency.participates", False)
    assert "takes no requests" in refusal(draft, "submit", cast.representative)


def test_whoever_may_not_ask_is_told_so(cast: Any) -> None:
    draft = request_draft(cast)
    setting(cast, "agency.who_may_ask", ["union"])
    assert "does not take requests from: Attorney" in refusal(draft, "submit", cast.representative)


def test_a_complaint_is_asked_for_only_where_the_agency_needs_one(cast: Any) -> None:
    draft = request_draft(cast, case_number="")
    assert "complaint" in refusal(draft, "submit", cast.representative)
    setting(cast, "agency.complaint_required", False)
    take_step(draft, "submit", by=cast.representative, at=NOW)


def test_a_group_is_refused_where_the_agency_takes_one_worker_at_a_time(cast: Any) -> None:
    draft = request_draft(cast)
    setting(cast, "agency.group_allowed", False)
    assert "one worker only" in refusal(draft, "submit", cast.representative)
    single = request_draft(cast, on_behalf_of="INDIVIDUAL")
    take_step(single, "submit", by=cast.representative, at=NOW)


OUTCOMES = [
    ("need_information", "request_information", "investigator", {}),
    (
        "monitor",
        "monitor",
        "investigator",
        {"reason": "Not now.", "recheck_on": NOW.date() + timedelta(days=30)},
    ),
    ("refer", "refer", "investigator", {"reason": "Not ours.", "other_agency": "Another"}),
    ("decline", "decline", "approver", {"reason": "No.", "reason_code": "OTHER"}),
    ("issue", "accept", "approver", {}),
]


@pytest.mark.parametrize(("outcome", "step", "who", "data"), OUTCOMES)
def test_an_answer_the_agency_does_not_give_is_closed_and_says_why(
    cast: Any, outcome: str, step: str, who: str, data: dict[str, Any]
) -> None:
    others = [each for each in ALL_OUTCOMES if each != outcome]
    setting(cast, "agency.outcomes", others)
    request = reviewed(cast)
    by = getattr(cast, who)
    assert "does not give this answer" in refusal(request, step, by, **data)
    option = next(each for each in engine.options_for(request, by=by, at=NOW) if each.name == step)
    assert not option.open


@pytest.mark.parametrize(("outcome", "step", "who", "data"), OUTCOMES)
def test_the_answers_an_agency_gives_are_open(
    cast: Any, outcome: str, step: str, who: str, data: dict[str, Any]
) -> None:
    setting(cast, "agency.outcomes", [outcome])
    request = reviewed(cast)
    take_step(request, step, by=getattr(cast, who), at=NOW, **data)


def test_a_request_sent_before_keeps_the_answers_of_its_day(cast: Any) -> None:
    request = reviewed(cast)
    setting(cast, "agency.outcomes", ["issue"], at=day(5), first_day=day(5).date())
    take_step(request, "decline", by=cast.approver, at=day(6), reason="No.", reason_code="OTHER")


def test_the_targets_are_the_agencys_own_clocks(cast: Any) -> None:
    term = {"amount": 5, "unit": "business_days"}
    setting(cast, "soi_acknowledgement", term, first_day=day(1).date())
    setting(cast, "soi_determination", {"amount": 20, "unit": "calendar_days"})
    (early,) = submitted(cast)
    (late,) = submitted(cast, at=day(1))
    carry_out(day(1))
    due = {
        (clock.case_id, clock.key): clock.due_on
        for clock in Clock.objects.filter(key__in=["soi_acknowledgement", "soi_determination"])
    }
    assert due[early.pk, "soi_acknowledgement"] == day(3).date()
    assert due[late.pk, "soi_acknowledgement"] == day(8).date()
    assert due[early.pk, "soi_determination"] == day(21).date()


class TestDhsSeesTheDraftFirst:
    @pytest.fixture
    @laid_down
    def approved_statement(self, cast: Any) -> Any:
        setting(cast, "agency.dhs_preapproval", True)
        statement = statements.open_draft(
            matter_of(cast), office=cast.offices["nlrb-region-28"], by=cast.investigator, at=NOW
        )
        complete_draft(statement, by=cast.investigator, at=NOW)
        take_step(statement, "send_for_approval", by=cast.investigator, at=NOW)
        take_step(statement, "approve", by=cast.approver, at=NOW)
        return statement

    def sign(self, cast: Any, statement: Any) -> None:
        take_step(statement, "sign", by=cast.signer, at=NOW, review_by_on=NOW.date() + timedelta(days=700))

    def answer(self, cast: Any, statement: Any, answer: str, **more: Any) -> None:
        dhs_draft_checks.record_check(
            statement, by=cast.investigator, at=NOW, answer=answer, answered_on=NOW.date(), **more
        )

    def test_nobody_signs_before(self, cast: Any, approved_statement: Any) -> None:
        with pytest.raises(StepRefused, match="only after DHS has seen the draft"):
            self.sign(cast, approved_statement)

    def test_objections_keep_it_closed_and_no_objection_opens_it(
        self, cast: Any, approved_statement: Any
    ) -> None:
        self.answer(cast, approved_statement, "objections", reason="The scope is too wide.")
        with pytest.raises(StepRefused, match="objections"):
            self.sign(cast, approved_statement)
        self.answer(cast, approved_statement, "no_objection")
        self.sign(cast, approved_statement)

    def test_a_draft_written_anew_needs_another_answer(self, cast: Any, approved_statement: Any) -> None:
        self.answer(cast, approved_statement, "no_objection")
        take_step(approved_statement, "return_to_drafter", by=cast.approver, at=NOW, reason="One more site.")
        take_step(approved_statement, "send_for_approval", by=cast.investigator, at=NOW)
        take_step(approved_statement, "approve", by=cast.approver, at=NOW)
        with pytest.raises(StepRefused, match="only after DHS"):
            self.sign(cast, approved_statement)

    def test_a_workers_number_in_the_answer_is_refused(self, cast: Any, approved_statement: Any) -> None:
        version = reload(approved_statement).version
        with pytest.raises(PersonalDataFound):
            self.answer(cast, approved_statement, "no_objection", reason="About A123456789.")
        assert reload(approved_statement).version == version

    def test_the_page_records_it_and_is_not_there_for_others(
        self, cast: Any, approved_statement: Any, time_machine: Any
    ) -> None:
        time_machine.move_to(NOW)
        address = reverse("dhs_draft_check", args=[approved_statement.reference])
        browser = Client()
        browser.force_login(cast.investigator)
        version = reload(approved_statement).version
        future = {"answer": "no_objection", "answered_on": "2030-01-01", "expected_version": version}
        assert "still to come" in browser.post(address, future).content.decode()
        fine = {**future, "answered_on": NOW.date().isoformat()}
        assert browser.post(address, fine).status_code == 302
        self.sign(cast, approved_statement)
        for who in (cast.representative, cast.intake, cast.ny_approver, cast.administrator):
            browser.force_login(who)
            assert browser.get(address).status_code == 404

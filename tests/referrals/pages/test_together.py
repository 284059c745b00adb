"""One step for several cases: what is offered to whom, what is said before, and what came of it in each."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.models import Message
from referrals import together
from referrals.demo.cast import ROLES, Cast
from referrals.forms.together import NOT_WHOLE
from referrals.models import SoiRequest, WorkerRequest
from referrals.models.people import ICE
from referrals.services import soi_requests, statements
from referrals.services.steps import take_step
from tests.cases import (
    OPEN_WORLD,
    active_statement,
    complete_draft,
    matter_of,
    reload,
    request_draft,
    routed_request,
    signed_request,
)
from tests.referrals.pages.reading import Browse, fields, links, main
from tests.referrals.pages.test_case_page import waiting_for_countersignature
from workflows.machines.soi_request import State
from workflows.models import Proposal, Step

URL = "/together/"


def submitted(cast: Cast, number: int = 3) -> list[SoiRequest]:
    now = timezone.now()
    made = [request_draft(cast, at=now) for _ in range(number)]
    for request in made:
        take_step(request, "submit", by=cast.representative, at=now)
    return made


def address(records: list[Any], step: str = "", **more: str) -> str:
    query = [("case", record.reference) for record in records]
    return f"{URL}?{urlencode([*query, *([('step', step)] if step else []), *more.items()])}"


def sent_from(page: Any, records: list[Any], **typed: str) -> dict[str, Any]:
    """What a browser sends back from the page of a step."""
    return {**fields(page), "case": [record.reference for record in records], **typed}


def take(browser: Client, records: list[Any], step: str, **typed: str) -> Any:
    """Open the page of a step for these cases and confirm it."""
    page = browser.get(address(records, step))
    assert page.status_code == 200
    return browser.post(URL, sent_from(page, records, **typed))


class TestOnTheDesk:
    def test_every_row_has_a_box_that_is_called_by_its_reference(self, cast: Cast, browse: Browse) -> None:
        for request in submitted(cast):
            page = browse(cast.investigator).get("/?show=desk")
            assert f'name="case" value="{request.reference}"' in page.content.decode()
            assert f"Choose {request.reference}" in main(page)
        assert "Take a step on the chosen cases" in main(page)

    @pytest.mark.parametrize("role", [role.key for role in ROLES if role.capacity in ICE])
    def test_ice_field_offices_open_their_cases_one_at_a_time(
        self, role: str, cast: Cast, browse: Browse
    ) -> None:
        request = routed_request(cast, active_statement(cast), ice=True)
        browser = browse(cast.people[role])
        page = browser.get("/?show=desk")
        assert 'name="case"' not in page.content.decode()
        assert "Take a step on the chosen cases" not in main(page)
        for step in ("", "WORKER_REQUEST.receive_at_ice"):
            assert browser.get(address([request], step)).status_code == 404
            assert browser.post(URL, {"case": request.reference, "step": step}).status_code == 404
        assert reload(request).version == request.version

    def test_what_is_closed_cannot_be_chosen(self, cast: Cast, browse: Browse) -> None:
        (request,) = submitted(cast, 1)
        take_step(request, "withdraw", by=cast.representative, at=timezone.now(), reason="Not needed.")
        page = browse(cast.representative).get("/?show=decided")
        assert request.reference in main(page)
        assert 'name="case"' not in page.content.decode()


class TestChoosing:
    def test_each_step_says_for_how_many_of_them_it_is_open(self, cast: Cast, browse: Browse) -> None:
        first, *others = submitted(cast)
        take_step(first, "acknowledge", by=cast.investigator, at=timezone.now())
        text = main(browse(cast.investigator).get(address([first, *others])))
        assert "Acknowledge open for 2 of 3 cases" in text
        assert "open for 1 of 3 cases" in text

    def test_a_step_that_asks_for_more_is_taken_one_by_one_and_says_why(
        self, cast: Cast, browse: Browse
    ) -> None:
        requests = submitted(cast, 2)
        browser = browse(cast.investigator)
        for request in requests:
            take_step(request, "acknowledge", by=cast.investigator, at=timezone.now())
        page = browser.get(address(requests))
        assert "One by one only" in main(page)
        assert "It asks for more than a reason, or shows what to weigh first." in main(page)
        assert f"/cases/{requests[0].reference}/steps/request_information/" in links(page)
        assert 'value="SOI_REQUEST.request_information"' not in page.content.decode()
        for answer in (
            browser.get(address(requests, "SOI_REQUEST.request_information")),
            browser.post(
                URL,
                {
                    "case": [each.reference for each in requests],
                    "step": "SOI_REQUEST.request_information",
                    "reason": "Which shift?",
                },
            ),
        ):
            assert answer.status_code == 409
            assert "This step is taken one case at a time" in main(answer)
        assert {reload(each).state for each in requests} == {State.ACKNOWLEDGED}

    def test_cases_of_several_kinds_keep_their_steps_apart(self, cast: Cast, browse: Browse) -> None:
        statement = active_statement(cast)
        requests = submitted(cast, 2)
        text = main(browse(cast.investigator).get(address([statement, *requests])))
        assert "Acknowledge open for 2 of 3 cases · Request for a statement" in text

    def test_no_choice_gets_a_sentence(self, cast: Cast, browse: Browse) -> None:
        page = browse(cast.investigator).get(URL + "?show=desk")
        assert page.status_code == 200
        assert "No case is chosen" in main(page)
        assert "/?show=desk" in links(page)

    def test_more_than_a_hundred_get_a_sentence_and_stay_in_sight(
        self, cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(together, "MOST", 2)
        requests = submitted(cast, 3)
        browser = browse(cast.investigator)
        for page in (
            browser.get(address(requests, "SOI_REQUEST.acknowledge")),
            browser.post(
                URL,
                {
                    "case": [each.reference for each in requests],
                    "step": "SOI_REQUEST.acknowledge",
                    "key": "k",
                    **{f"version-{each.reference}": each.version for each in requests},
                },
            ),
        ):
            assert "3 cases are chosen; at most 2 can go together" in main(page)
            assert page.content.decode().count('name="case"') == 3
            assert len(re.findall(r'name="case"[^>]*checked', page.content.decode())) == 2
        assert {reload(each).state for each in requests} == {State.SUBMITTED}

    def test_a_hundred_is_the_limit(self) -> None:
        assert together.MOST == 100

    def test_the_same_case_twice_is_one_case(self, cast: Cast, browse: Browse) -> None:
        (request,) = submitted(cast, 1)
        text = main(browse(cast.investigator).get(address([request, request])))
        assert "Acknowledge open for 1 of 1 case" in text

    def test_ten_cases_cost_as_many_queries_as_two(self, cast: Cast, browse: Browse) -> None:
        requests = submitted(cast, 10)
        browser = browse(cast.investigator)
        for step in ("", "SOI_REQUEST.acknowledge"):
            costs = []
            for chosen in (requests[:2], requests):
                browser.get(address(chosen, step))
                with CaptureQueriesContext(connection) as captured:
                    assert browser.get(address(chosen, step)).status_code == 200
                costs.append(len(captured))
            assert costs[0] == costs[1] <= 20


class TestWhatIsNotYours:
    @pytest.mark.parametrize("step", ["", "SOI_REQUEST.acknowledge"])
    def test_one_reference_that_is_not_yours_closes_the_whole_page(
        self, step: str, cast: Cast, browse: Browse
    ) -> None:
        mine = submitted(cast, 2)
        theirs = request_draft(cast, at=timezone.now())  # a draft that no agency sees
        browser = browse(cast.investigator)
        data = {
            "case": [each.reference for each in [*mine, theirs]],
            "step": "SOI_REQUEST.acknowledge",
            "key": "k",
            **{f"version-{each.reference}": each.version for each in [*mine, theirs]},
        }
        assert browser.get(address([*mine, theirs], step)).status_code == 404
        for nothing in ("NO-SUCH-CASE", "", "%00", "%F0%9F%98%80", mine[0].reference.lower()):
            assert browser.get(f"{address(mine, step)}&case={nothing}").status_code == 404
        assert browser.post(URL, data).status_code == 404
        assert {reload(each).state for each in mine} == {State.SUBMITTED}

    @pytest.mark.parametrize("step", ["SOI_REQUEST.no_such_step", "NOTHING.acknowledge", "SOI_REQUEST.lapse"])
    def test_a_step_that_nobody_takes_is_not_found(self, step: str, cast: Cast, browse: Browse) -> None:
        requests = submitted(cast, 2)
        assert browse(cast.investigator).get(address(requests, step)).status_code == 404

    def test_a_step_of_somebody_else_is_refused_in_each_case(self, cast: Cast, browse: Browse) -> None:
        requests = submitted(cast, 2)
        browser = browse(cast.representative)
        page = browser.get(address(requests, "SOI_REQUEST.acknowledge"))
        assert "This step belongs to staff of the labor agency." in main(page)
        assert "2 of the chosen cases stay as they are" in main(page)
        answer = browser.post(
            URL,
            {
                "case": [each.reference for each in requests],
                "step": "SOI_REQUEST.acknowledge",
                "key": "k",
                **{f"version-{each.reference}": each.version for each in requests},
            },
        )
        assert answer.status_code == 409
        assert "Not done in 2 of 2" in main(answer)
        assert {reload(each).state for each in requests} == {State.SUBMITTED}

    def test_nobody_gets_in_without_signing_in(self, client: Client, cast: Cast) -> None:
        answer = client.get(address(submitted(cast, 1)))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


class TestBefore:
    def test_one_reads_what_it_does_and_how_many_are_told(self, cast: Cast, browse: Browse) -> None:
        requests = submitted(cast)
        text = main(browse(cast.investigator).get(address(requests, "SOI_REQUEST.acknowledge")))
        assert "The requester gets an acknowledgement" in text
        assert "3 cases are then: Acknowledged." in text
        assert "Stops counting: Acknowledgement." in text
        assert "The organization that asked 2 people · inbox and mail" in text
        assert "Acknowledge: 3 cases" in text

    def test_a_case_for_which_it_is_not_open_is_left_out_with_the_reason(
        self, cast: Cast, browse: Browse
    ) -> None:
        statement = active_statement(cast)
        requests = submitted(cast, 2)
        browser = browse(cast.investigator)
        page = browser.get(address([statement, *requests], "SOI_REQUEST.acknowledge"))
        assert "1 of the chosen cases stays as it is" in main(page)
        assert "This step is for cases of another kind: Request for a statement of interest." in main(page)
        assert "Acknowledge: 2 cases" in main(page)
        assert f'type="hidden" name="case" value="{statement.reference}"' not in page.content.decode()

    def test_looking_takes_no_step(self, cast: Cast, browse: Browse) -> None:
        requests = submitted(cast, 2)
        browse(cast.investigator).get(address(requests, "SOI_REQUEST.acknowledge"))
        assert [reload(each).version for each in requests] == [each.version for each in requests]


def test_a_step_is_taken_in_each_case_and_its_taker_reads_where_each_is_now(
    cast: Cast, browse: Browse
) -> None:
    requests = submitted(cast)
    answer = take(browse(cast.investigator), requests, "SOI_REQUEST.acknowledge")
    assert answer.status_code == 200
    assert "Done in 3 of 3 cases." in main(answer)
    for request in requests:
        assert f"{request.reference} Done: Acknowledge. The case is now: Acknowledged." in main(answer)
        assert request.get_absolute_url() in links(answer)
        assert reload(request).state == State.ACKNOWLEDGED
        last = Step.objects.filter(case=request).latest("sequence")
        assert (last.name, last.actor) == ("acknowledge", cast.investigator)


def draft_for(cast: Cast) -> list[Any]:
    return [request_draft(cast, at=timezone.now()) for _ in range(2)]


def at_intake(cast: Cast) -> list[Any]:
    statement = active_statement(cast)
    return [_filed(cast, statement) for _ in range(2)]


def _filed(cast: Cast, statement: Any) -> WorkerRequest:
    request = signed_request(cast, statement)
    take_step(request, "file", by=cast.representative, at=OPEN_WORLD)
    return request


def at_uscis(cast: Cast) -> list[Any]:
    statement = active_statement(cast)
    return [routed_request(cast, statement) for _ in range(2)]


def weighed(cast: Cast) -> list[Any]:
    now, found = timezone.now(), submitted(cast, 2)
    for request in found:
        take_step(request, "acknowledge", by=cast.investigator, at=now)
        take_step(request, "begin_review", by=cast.investigator, at=now)
        soi_requests.link_matter(request, matter_of(cast), by=cast.investigator, at=now)
        soi_requests.assess(
            request, by=cast.investigator, at=now, values={"witnesses": 3, "cooperation_needed_now": True}
        )
    return found


def sent_for_approval(cast: Cast, number: str, *, by: Any) -> Any:
    statement = statements.open_draft(
        matter_of(cast, number=number),
        office=cast.offices["nlrb-region-28"],
        by=cast.investigator,
        at=OPEN_WORLD,
    )
    complete_draft(statement, by=cast.investigator, at=OPEN_WORLD)
    take_step(statement, "send_for_approval", by=by, at=OPEN_WORLD)
    return statement


@pytest.mark.parametrize(
    ("who", "made", "step"),
    [
        ("organizer", draft_for, "SOI_REQUEST.submit"),
        ("representative", draft_for, "SOI_REQUEST.submit"),
        ("investigator", submitted, "SOI_REQUEST.acknowledge"),
        ("approver", weighed, "SOI_REQUEST.accept"),
        ("signer", weighed, "SOI_REQUEST.accept"),
        ("intake", at_intake, "WORKER_REQUEST.confirm_receipt"),
        ("adjudicator", at_uscis, "WORKER_REQUEST.record_biometrics"),
        ("supervisor", at_uscis, "WORKER_REQUEST.record_biometrics"),
    ],
)
def test_everybody_with_a_desk_takes_their_own_steps_together(
    who: str, made: Callable[[Cast], list[Any]], step: str, cast: Cast, browse: Browse
) -> None:
    records = made(cast)
    answer = take(browse(cast.people[who]), records, step)
    assert f"Done in {len(records)} of {len(records)} cases." in main(answer)
    name = step.partition(".")[2]
    assert Step.objects.filter(case__in=records, name=name, actor=cast.people[who]).count() == len(records)


@pytest.mark.parametrize("who", ["officer", "administrator"])
def test_those_without_casework_find_no_case_here(who: str, cast: Cast, browse: Browse) -> None:
    requests = submitted(cast, 1)
    assert browse(cast.people[who]).get(address(requests)).status_code == 404


class TestWhatGoesWrong:
    def test_a_page_sent_twice_changes_nothing_the_second_time(self, cast: Cast, browse: Browse) -> None:
        requests, browser = submitted(cast), browse(cast.investigator)
        data = sent_from(browser.get(address(requests, "SOI_REQUEST.acknowledge")), requests)
        first = browser.post(URL, data)
        told, steps = Message.objects.count(), Step.objects.count()
        second = browser.post(URL, data)
        assert main(first) == main(second)
        assert (Message.objects.count(), Step.objects.count()) == (told, steps)

    def test_a_case_that_moved_meanwhile_says_so_and_the_others_go(self, cast: Cast, browse: Browse) -> None:
        requests, browser = submitted(cast), browse(cast.investigator)
        data = sent_from(browser.get(address(requests, "SOI_REQUEST.acknowledge")), requests)
        take_step(
            requests[1],
            "withdraw",
            by=cast.representative,
            at=timezone.now(),
            reason="They settled it.",
        )
        answer = browser.post(URL, data)
        text = main(answer)
        assert answer.status_code == 200
        assert "Done in 2 of 3 cases." in text
        assert "Not done in 1 of 3: it stays as it is" in text
        assert "The case changed while you were looking at it" in text
        assert f"What happened meanwhile in {requests[1].reference}" in text
        assert "They settled it." in text
        assert reload(requests[1]).state == State.WITHDRAWN
        assert any(link.startswith(address([requests[1]])) for link in links(answer))

    def test_one_that_is_refused_keeps_no_other_from_moving(self, cast: Cast, browse: Browse) -> None:
        good = [request_draft(cast, at=timezone.now()) for _ in range(2)]
        bad = request_draft(cast, at=timezone.now(), dispute="")
        browser = browse(cast.representative)
        data = {
            **sent_from(browser.get(address(good, "SOI_REQUEST.submit")), [*good, bad]),
            f"version-{bad.reference}": str(bad.version),
        }
        text = main(browser.post(URL, data))
        assert "Done in 2 of 3 cases." in text
        assert "Not done in 1 of 3: it stays as it is" in text
        assert reload(bad).state == State.DRAFT
        assert {reload(each).state for each in good} == {State.SUBMITTED}

    def test_a_missing_reason_is_asked_for(self, cast: Cast, browse: Browse) -> None:
        requests, browser = submitted(cast, 2), browse(cast.representative)
        answer = take(browser, requests, "SOI_REQUEST.withdraw", reason=" ")
        assert "Reason: This field is required." in main(answer)
        assert {reload(each).state for each in requests} == {State.SUBMITTED}
        again = browser.post(URL, sent_from(answer, requests, reason="The dispute is settled."))
        assert "Done in 2 of 2 cases." in main(again)

    def test_personal_data_in_the_reason_is_said_and_what_was_typed_stays(
        self, cast: Cast, browse: Browse
    ) -> None:
        requests, browser = submitted(cast, 2), browse(cast.representative)
        reason = "It is settled for the worker with A 200 000 123."
        answer = take(browser, requests, "SOI_REQUEST.withdraw", reason=reason)
        assert "A-number ending in 23" in main(answer)
        assert reason in answer.content.decode()
        assert {reload(each).state for each in requests} == {State.SUBMITTED}

    def test_a_page_that_comes_back_in_part_takes_no_step(self, cast: Cast, browse: Browse) -> None:
        requests, browser = submitted(cast, 2), browse(cast.investigator)
        data = sent_from(browser.get(address(requests, "SOI_REQUEST.acknowledge")), requests)
        for name in ("key", f"version-{requests[0].reference}"):
            for wrong in ({}, {name: "x" * 70}):
                answer = browser.post(URL, {key: value for key, value in data.items() if key != name} | wrong)
                assert str(NOT_WHOLE) in main(answer)
        assert {reload(each).state for each in requests} == {State.SUBMITTED}

    def test_a_case_of_another_kind_is_not_taken_along(self, cast: Cast, browse: Browse) -> None:
        requests, statement = submitted(cast, 1), active_statement(cast)
        browser = browse(cast.investigator)
        data = sent_from(browser.get(address(requests, "SOI_REQUEST.acknowledge")), [*requests, statement])
        assert browser.post(URL, data).status_code == 404
        assert reload(requests[0]).state == State.SUBMITTED

    def test_going_back_after_it_was_done_explains_itself(self, cast: Cast, browse: Browse) -> None:
        requests, browser = submitted(cast, 2), browse(cast.investigator)
        take(browser, requests, "SOI_REQUEST.acknowledge")
        page = browser.get(address(requests, "SOI_REQUEST.acknowledge"))
        assert page.status_code == 200
        assert "2 of the chosen cases stay as they are" in main(page)
        assert "This step does not start from “Acknowledged”." in main(page)
        assert 'method="post" action="/together/"' not in page.content.decode()


class TestFourEyes:
    def proposed(self, cast: Cast, browse: Browse) -> tuple[list[WorkerRequest], Any]:
        requests = at_uscis(cast)
        page = browse(cast.adjudicator).get(address(requests, "WORKER_REQUEST.close_administratively"))
        assert "In each case it is first a proposal." in main(page)
        answer = browse(cast.adjudicator).post(
            URL, sent_from(page, requests, reason="The worker has left the country for good.")
        )
        return requests, answer

    def test_a_countersigned_step_is_proposed_in_each(self, cast: Cast, browse: Browse) -> None:
        requests, answer = self.proposed(cast, browse)
        assert "Proposed in 2 of 2; they wait for a countersignature." in main(answer)
        assert Proposal.objects.filter(case__in=requests, fate=Proposal.Fate.WAITING).count() == 2
        assert all(reload(each).closed_at is None for each in requests)

    @pytest.mark.parametrize("who", ["adjudicator", "supervisor"])
    @pytest.mark.parametrize("step", ["countersign", "send_back"])
    def test_nobody_countersigns_what_they_did_not_read_one_by_one(
        self, who: str, step: str, cast: Cast, browse: Browse
    ) -> None:
        requests, _answer = self.proposed(cast, browse)
        data = {
            "case": [each.reference for each in requests],
            "step": f"WORKER_REQUEST.{step}",
            "reason": "x",
            "key": "k",
            **{f"version-{each.reference}": reload(each).version for each in requests},
        }
        answer = browse(cast.people[who]).post(URL, data)
        assert answer.status_code == 409
        assert "Whoever countersigns reads each proposal first." in main(answer)
        assert Proposal.objects.filter(case__in=requests, fate=Proposal.Fate.WAITING).count() == 2

    def test_the_second_person_is_led_to_each_proposal(self, cast: Cast, browse: Browse) -> None:
        requests, _answer = self.proposed(cast, browse)
        page = browse(cast.supervisor).get(address(requests))
        for request in requests:
            assert f"/cases/{request.reference}/steps/countersign/" in links(page)
        mine = browse(cast.adjudicator).get(address(requests))
        assert not [link for link in links(mine) if link.endswith("/steps/countersign/")]
        assert "Already proposed; it waits for a countersignature." in main(mine)

    def test_the_step_cannot_be_proposed_a_second_time(self, cast: Cast, browse: Browse) -> None:
        requests, _answer = self.proposed(cast, browse)
        page = browse(cast.supervisor).get(address(requests, "WORKER_REQUEST.close_administratively"))
        assert "Already proposed; it waits for a countersignature." in main(page)
        assert "2 of the chosen cases stay as they are" in main(page)

    def test_whoever_sent_a_statement_for_approval_does_not_approve_it_among_others(
        self, cast: Cast, browse: Browse
    ) -> None:
        mine = sent_for_approval(cast, "28-CA-300001", by=cast.second_approver)
        others = [sent_for_approval(cast, f"28-CA-30000{each}", by=cast.investigator) for each in (2, 3)]
        browser = browse(cast.second_approver)
        page = browser.get(address([mine, *others], "STATEMENT.approve"))
        assert "You prepared this yourself." in main(page)
        assert "1 of the chosen cases stays as it is" in main(page)
        data = sent_from(page, [mine, *others]) | {f"version-{mine.reference}": str(mine.version)}
        text = main(browser.post(URL, data))
        assert "Done in 2 of 3 cases." in text
        assert "You prepared this yourself." in text
        taken = Step.objects.filter(name="approve").values_list("case_id", flat=True)
        assert set(taken) == {each.pk for each in others}

    def test_nobody_outside_learns_of_a_decision_that_is_only_proposed(
        self, cast: Cast, browse: Browse
    ) -> None:
        request = waiting_for_countersignature(cast)
        text = main(browse(cast.representative).get(address([request])))
        assert "ountersign" not in text

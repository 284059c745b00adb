"""The pages on which a clock is ordered to stand still and goes on again, and the panel that shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import present
from referrals.services import clock_orders
from referrals.services.steps import take_step
from tests import cases
from tests.laid_down import laid_down
from tests.referrals.pages.reading import Browse, fields, links, main
from workflows.models import Pause

CLOCK = "soi_determination"
WORDS = {"reason": "A court stayed the investigation.", "authority": "Order of 6 Aug 2024, D. Ariz. 24-1234"}
AGO = timedelta(days=14)


@pytest.fixture
def acknowledged(cast: Any) -> Any:
    at = present.now() - AGO
    request = cases.request_draft(cast, at=at)
    take_step(request, "submit", by=cast.representative, at=at)
    take_step(request, "acknowledge", by=cast.investigator, at=at)
    return request


@pytest.fixture
def ordered(acknowledged: Any, cast: Any) -> Any:
    clock_orders.order_pause(acknowledged, CLOCK, by=cast.approver, at=present.now() - AGO / 2, **WORDS)
    return acknowledged


def pause_url(record: Any, key: str = CLOCK) -> str:
    return f"/cases/{record.reference}/clocks/{key}/pause/"


def lift_url(record: Any, line: int | None = None) -> str:
    return f"/cases/{record.reference}/clocks/{CLOCK}/pauses/{line or record.version}/lift/"


def test_the_panel_leads_whoever_is_in_charge_to_the_order(
    browse: Browse, cast: Any, acknowledged: Any
) -> None:
    page = browse(cast.approver).get(f"/cases/{acknowledged.reference}/")
    assert pause_url(acknowledged) in links(page)
    for person in (cast.investigator, cast.representative):
        page = browse(person).get(f"/cases/{acknowledged.reference}/")
        assert pause_url(acknowledged) not in links(page)


def test_before_an_order_one_reads_what_it_does_and_who_is_told(
    browse: Browse, cast: Any, acknowledged: Any
) -> None:
    text = main(browse(cast.approver).get(pause_url(acknowledged)))
    assert "The clock stands still from now until this order is lifted." in text
    assert "The organization that asked" in text
    assert not Pause.objects.exists()


def test_an_order_is_given_and_the_case_shows_it(browse: Browse, cast: Any, acknowledged: Any) -> None:
    browser = browse(cast.approver)
    data = fields(browser.get(pause_url(acknowledged)))
    answer = browser.post(pause_url(acknowledged), {**data, **WORDS})
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{acknowledged.reference}/")
    page = browser.get(answer["Location"])
    text = main(page)
    assert "Determination was ordered to stand still." in text
    assert f"{WORDS['reason']} By order. Authority: {WORDS['authority']}" in text
    assert "Clock ordered to stand still" in text, "in the history"
    assert lift_url(cases.reload(acknowledged)) in links(page)


def test_the_other_side_reads_reason_and_authority_and_no_name(
    browse: Browse, cast: Any, ordered: Any
) -> None:
    text = main(browse(cast.representative).get(f"/cases/{ordered.reference}/"))
    assert WORDS["reason"] in text
    assert WORDS["authority"] in text
    assert "Clock ordered to stand still" in text
    assert str(cast.approver) not in text


def test_planned_and_legal_date_stand_apart(browse: Browse, cast: Any, ordered: Any) -> None:
    clock_orders.lift_pause(
        ordered, CLOCK, ordered_in=ordered.version, by=cast.approver, at=present.now(), reason="Over."
    )
    text = main(browse(cast.investigator).get(f"/cases/{ordered.reference}/"))
    assert "Legal date" in text
    assert "Planned date" in text
    assert "if the clock had never stood still" in text


def test_an_order_is_lifted(browse: Browse, cast: Any, ordered: Any) -> None:
    browser = browse(cast.second_approver)
    page = browser.get(lift_url(ordered))
    assert WORDS["reason"] in main(page)
    answer = browser.post(lift_url(ordered), {**fields(page), "reason": "The court lifted its stay."})
    assert answer.status_code == 302
    assert "Determination goes on. It is now due" in main(browser.get(answer["Location"]))
    assert Pause.objects.get().ended_at is not None


def test_whoever_is_not_in_charge_is_told_who_is_and_gets_no_form(
    browse: Browse, cast: Any, ordered: Any
) -> None:
    for person in (cast.investigator, cast.representative):
        for url in (pause_url(ordered), lift_url(ordered)):
            page = browse(person).get(url)
            assert "Only an approver of the labor agency can decide this." in main(page)
            assert '<form class="app-form"' not in page.content.decode()
            answer = browse(person).post(url, WORDS)
            assert answer.status_code == 409
    assert Pause.objects.get().ended_at is None


def test_who_may_not_see_the_case_finds_nothing(browse: Browse, cast: Any, ordered: Any) -> None:
    for person in (cast.river, cast.ny_approver, cast.supervisor, cast.administrator):
        for url in (pause_url(ordered), lift_url(ordered)):
            assert browse(person).get(url).status_code == 404
            assert browse(person).post(url, WORDS).status_code == 404
    assert Pause.objects.count() == 1


def test_a_clock_that_this_kind_of_case_does_not_have_is_not_found(
    browse: Browse, cast: Any, ordered: Any
) -> None:
    assert browse(cast.approver).get(pause_url(ordered, "rfe")).status_code == 404


def test_a_clock_that_does_not_run_is_refused_with_a_remedy(browse: Browse, cast: Any, ordered: Any) -> None:
    page = browse(cast.approver).get(pause_url(ordered, "soi_acknowledgement"))
    assert "This clock does not run now. Open the case to see which clocks run." in main(page)
    answer = browse(cast.approver).post(pause_url(ordered, "soi_acknowledgement"), WORDS)
    assert answer.status_code == 409
    assert WORDS["reason"] in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": ""}, "required"),
        ({"authority": ""}, "required"),
        ({"authority": "x" * 201}, "at most 200 characters"),
        ({"reason": "His A-number is A123 456 789."}, "A-number ending in 89"),
        ({"authority": "Order on A123 456 789"}, "A-number ending in 89"),
        ({"reason": "a\x00b"}, "Null characters"),
    ],
)
def test_bad_input_gets_a_sentence_and_stays_on_the_page(
    browse: Browse, cast: Any, acknowledged: Any, typed: dict[str, str], sentence: str
) -> None:
    answer = browse(cast.approver).post(pause_url(acknowledged), {**WORDS, **typed})
    assert answer.status_code == 200
    assert sentence in main(answer)
    kept = next(value for name, value in WORDS.items() if name not in typed)
    assert kept in answer.content.decode()
    assert not Pause.objects.exists()


def test_a_stale_page_says_what_happened_and_keeps_what_was_typed(
    browse: Browse, cast: Any, acknowledged: Any
) -> None:
    browser = browse(cast.approver)
    data = fields(browser.get(pause_url(acknowledged)))
    take_step(acknowledged, "begin_review", by=cast.investigator, at=present.now())
    answer = browser.post(pause_url(acknowledged), {**data, **WORDS})
    assert answer.status_code == 409
    assert "The case changed while you were looking at it" in main(answer)
    assert "What happened meanwhile" in main(answer)
    assert WORDS["reason"] in answer.content.decode()
    assert browser.post(pause_url(acknowledged), {**fields(answer), **WORDS}).status_code == 302


def test_a_page_sent_twice_is_one_order(browse: Browse, cast: Any, acknowledged: Any) -> None:
    browser = browse(cast.approver)
    data = {**fields(browser.get(pause_url(acknowledged))), **WORDS}
    answers = [browser.post(pause_url(acknowledged), data).status_code for _again in range(2)]
    assert (answers, Pause.objects.count()) == ([302, 302], 1)


def test_looking_orders_nothing_and_only_get_and_post_are_answered(
    browse: Browse, cast: Any, acknowledged: Any
) -> None:
    browser = browse(cast.approver)
    assert browser.get(pause_url(acknowledged)).status_code == 200
    assert browser.put(pause_url(acknowledged)).status_code == 405
    assert cases.reload(acknowledged).version == acknowledged.version


def test_a_fixed_date_offers_no_order(browse: Browse, cast: Any) -> None:
    statement = cases.active_statement(cast)
    page = browse(cast.approver).get(f"/cases/{statement.reference}/")
    assert "Review of the statement" in main(page)
    assert pause_url(statement, "soi_review") not in links(page)
    refused = main(browse(cast.approver).get(pause_url(statement, "soi_review")))
    assert "This date is fixed. It does not move when a clock stands still." in refused


@pytest.fixture
@laid_down
def at_intake(cast: Any) -> Any:
    """A worker's request that intake has accepted and not routed yet."""
    request = cases.signed_request(cast, cases.active_statement(cast))
    take_step(request, "file", by=cast.representative, at=cases.OPEN_WORLD)
    return request


@pytest.mark.parametrize(("accepted", "key"), [(False, "worker_receipt"), (True, "routing")])
def test_intake_orders_the_clocks_of_a_workers_request_while_it_lies_there(
    browse: Browse, cast: Any, at_intake: Any, accepted: bool, key: str
) -> None:
    for name in ("confirm_receipt", "accept") if accepted else ():
        take_step(at_intake, name, by=cast.intake, at=cases.OPEN_WORLD)
    browser, page = browse(cast.intake), pause_url(at_intake, key)
    assert page in links(browser.get(f"/cases/{at_intake.reference}/"))
    answer = browser.post(page, {**fields(browser.get(page)), **WORDS})
    assert answer.status_code == 302
    paused = Pause.objects.get(ended_at=None)
    assert (paused.clock.key, paused.authority) == (key, WORDS["authority"])
    assert page not in links(browse(cast.representative).get(f"/cases/{at_intake.reference}/"))
    assert WORDS["authority"] in main(browse(cast.representative).get(f"/cases/{at_intake.reference}/"))


def test_intake_orders_no_clock_of_a_request_that_is_decided_elsewhere(browse: Browse, cast: Any) -> None:
    request = cases.routed_request(cast, cases.active_statement(cast))
    page = browse(cast.intake).get(f"/cases/{request.reference}/")
    assert page.status_code == 200
    assert pause_url(request, "uscis_decision") not in links(page)
    refused = main(browse(cast.intake).get(pause_url(request, "uscis_decision")))
    assert "Only a USCIS supervisor / a DHS programme officer can decide this." in refused

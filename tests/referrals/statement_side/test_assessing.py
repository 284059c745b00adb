"""The agency receives a request, finds its matter, weighs it and answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import Assessment, EmployerName, Matter, SoiRequest, Statement, Worksite
from referrals.services import soi_requests, suggestions
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, matter_of, request_draft
from tests.referrals.statement_side.conftest import Browse
from tests.referrals.statement_side.reading import take, text_of, token_of
from workflows import sealing
from workflows.machines.soi_request import State

SECRET = "Weighed in confidence."


def sent(cast: Cast, **fields: Any) -> SoiRequest:
    request = request_draft(cast, **fields)
    take_step(request, "submit", by=cast.representative, at=OPEN_WORLD)
    return request


def under_review(cast: Cast) -> SoiRequest:
    request = sent(cast)
    take_step(request, "acknowledge", by=cast.investigator, at=OPEN_WORLD)
    take_step(request, "begin_review", by=cast.investigator, at=OPEN_WORLD)
    return request


def assessed(cast: Cast) -> SoiRequest:
    request = under_review(cast)
    values = {"witnesses": 3, "notes": SECRET, "cooperation_needed_now": True}
    soi_requests.assess(request, by=cast.investigator, at=OPEN_WORLD, values=values)
    return request


def assess_url(request: SoiRequest) -> str:
    return reverse("soi_request_assess", args=[request.reference])


FACTORS = {"witnesses": "3", "deterrence": "2", "retaliation": "3", "scope_of_harm": "1", "priority": "0"}


@pytest.fixture(autouse=True)
def _in_the_open_world() -> Any:
    with time_machine.travel(OPEN_WORLD + timedelta(hours=2), tick=False):
        yield


def test_an_investigator_links_weighs_and_an_approver_accepts(cast: Cast, browse: Browse) -> None:
    matter_of(cast)
    request = under_review(cast)
    ian = browse(cast.investigator)
    page = ian.get(assess_url(request))
    assert "28-CA-300001" in text_of(page)
    assert "The request gives this case number." in text_of(page)
    link = reverse("soi_request_matter", args=[request.reference])
    ian.post(link, {"matter": str(Matter.objects.get().pk)})
    page = ian.get(assess_url(request))
    data = {**FACTORS, "notes": SECRET, "expected_version": token_of(page, "expected_version")}
    assert ian.post(assess_url(request), data).status_code == 302
    assert Assessment.objects.get().notes == SECRET
    alma = browse(cast.approver)
    assert "Accept and prepare a statement" in text_of(alma.get(assess_url(request)))
    take(alma, request, "accept")
    assert Statement.objects.get().soi_request == SoiRequest.objects.get()
    assert SoiRequest.objects.get().state == State.ACCEPTED


def test_a_name_is_found_among_thousands_of_matters(cast: Cast, django_assert_max_num_queries: Any) -> None:
    agency = cast.organizations["NLRB"]
    made = Matter.objects.bulk_create(Matter(agency=agency, case_number=f"X-{n}") for n in range(3_000))
    EmployerName.objects.bulk_create(
        EmployerName(matter=each, name=f"Other Employer {each.pk}") for each in made
    )
    matter_of(cast)
    request = request_draft(cast, case_number="")
    with django_assert_max_num_queries(8):
        found = suggestions.matters_for(request)
    assert [each.record.case_number for each in found] == ["28-CA-300001"]
    assert "Same town: Mesa AZ." in found[0].reasons


def test_a_misspelled_name_is_still_suggested(cast: Cast) -> None:
    agency = cast.organizations["NLRB"]
    matter = Matter.objects.create(agency=agency, case_number="1")
    EmployerName.objects.create(matter=matter, name="Sandoval Poultry Processors LLC")
    Worksite.objects.create(matter=matter, city="MESA", state="AZ")
    request = request_draft(cast)
    request.names.update(name="Sandovall Poultry Procesors")
    assert [each.record for each in suggestions.matters_for(request)] == [matter]


def test_linking_twice_writes_one_line_of_history(cast: Cast, browse: Browse) -> None:
    matter = matter_of(cast)
    request = under_review(cast)
    client = browse(cast.investigator)
    for _again in range(2):
        client.post(reverse("soi_request_matter", args=[request.reference]), {"matter": str(matter.pk)})
    assert request.steps.filter(name="link_matter").count() == 1


def test_a_matter_opened_from_a_request_takes_its_names_and_places(cast: Cast, browse: Browse) -> None:
    request = under_review(cast)
    client = browse(cast.investigator)
    url = reverse("soi_request_matter", args=[request.reference])
    client.post(url, {"case_number": "28-CA-9", "stage": "INVESTIGATION"})
    matter = SoiRequest.objects.get().matter
    assert matter is not None
    assert [each.name for each in matter.names.all()] == ["A Foods"]
    assert [each.city for each in matter.worksites.all()] == ["Mesa"]
    again = client.post(url, {"case_number": "28-CA-9", "stage": "INVESTIGATION"})
    assert "has a matter with this number already" in text_of(again)
    assert Matter.objects.count() == 1


@pytest.mark.parametrize("chosen", ["0", "999999", "x", "9" * 40])
def test_a_matter_that_is_not_there_cannot_be_linked(cast: Cast, browse: Browse, chosen: str) -> None:
    request = under_review(cast)
    url = reverse("soi_request_matter", args=[request.reference])
    assert browse(cast.investigator).post(url, {"matter": chosen}).status_code == 404


def test_another_agencys_matter_cannot_be_linked(cast: Cast, browse: Browse) -> None:
    foreign = matter_of(cast, code="NYSDOL", number="NY-1")
    request = under_review(cast)
    url = reverse("soi_request_matter", args=[request.reference])
    assert browse(cast.investigator).post(url, {"matter": str(foreign.pk)}).status_code == 404


def test_an_a_number_in_the_notes_is_refused_and_stays_as_typed(cast: Cast, browse: Browse) -> None:
    request = under_review(cast)
    answer = browse(cast.investigator).post(assess_url(request), {**FACTORS, "notes": "See A098765432."})
    assert "See A098765432." in text_of(answer)
    assert not Assessment.objects.exists()


def test_an_assessment_on_a_page_that_is_out_of_date_is_not_stored(cast: Cast, browse: Browse) -> None:
    request = under_review(cast)
    client = browse(cast.investigator)
    version = token_of(client.get(assess_url(request)), "expected_version")
    soi_requests.link_matter(request, matter_of(cast), by=cast.investigator, at=OPEN_WORLD)
    answer = client.post(assess_url(request), {**FACTORS, "notes": "Typed", "expected_version": version})
    assert answer.status_code == 409
    assert "Typed" in text_of(answer)
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(
    "who", ["representative", "organizer", "river", "ny_investigator", "intake", "administrator"]
)
def test_the_assessment_never_leaves_the_agency(cast: Cast, browse: Browse, who: str) -> None:
    request = assessed(cast)
    client = browse(getattr(cast, who))
    assert client.get(assess_url(request)).status_code == 404
    assert SECRET not in text_of(client.get(reverse("case", args=[request.reference])))


def test_the_agency_reads_its_assessment_on_the_case_page(cast: Cast, browse: Browse) -> None:
    request = assessed(cast)
    page = browse(cast.signer).get(reverse("case", args=[request.reference]))
    assert SECRET in text_of(page)


def test_a_signing_official_weighs_nothing(cast: Cast, browse: Browse) -> None:
    request = under_review(cast)
    client = browse(cast.signer)
    answer = client.post(assess_url(request), FACTORS)
    assert answer.status_code == 409
    assert client.post(reverse("soi_request_matter", args=[request.reference])).status_code == 403
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ("2024-08-05", "still to come"),
        ("2024-11-04", "no later than"),
        ("2024-02-30", "There is no such day"),
    ],
)
def test_the_day_to_look_again_is_within_the_rule(
    cast: Cast, browse: Browse, chosen: str, sentence: str
) -> None:
    request = assessed(cast)
    answer = take(browse(cast.investigator), request, "monitor", recheck_on=chosen, reason="Not needed now.")
    assert sentence in text_of(answer)
    assert chosen in text_of(answer)
    assert SoiRequest.objects.get().state == State.UNDER_REVIEW


def test_a_request_is_monitored_until_the_last_day_of_the_rule(cast: Cast, browse: Browse) -> None:
    request = assessed(cast)
    take(browse(cast.investigator), request, "monitor", recheck_on="2024-11-03", reason="Not needed now.")
    assert SoiRequest.objects.get().recheck_on == date(2024, 11, 3)


def test_declining_takes_a_coded_reason_and_words_for_the_letter(cast: Cast, browse: Browse) -> None:
    request = assessed(cast)
    client = browse(cast.approver)
    refused = take(client, request, "decline", reason="Ask the state agency.")
    assert refused.status_code == 200
    take(client, request, "decline", reason="Ask the state agency.", reason_code="NO_JURISDICTION")
    step = request.steps.get(name="decline")
    assert (step.data["reason_code"], sealing.reason_of(step)) == ("NO_JURISDICTION", "Ask the state agency.")


def test_a_question_and_its_answer_go_back_and_forth(cast: Cast, browse: Browse) -> None:
    request = under_review(cast)
    ian, rosa = browse(cast.investigator), browse(cast.representative)
    take(ian, request, "request_information", question="Which shifts were threatened?")
    page = rosa.get(reverse("case", args=[request.reference]))
    assert "Which shifts were threatened?" in text_of(page)
    refused = take(rosa, request, "answer", answer="Ask A098765432.")
    assert "Ask A098765432." in text_of(refused)
    take(rosa, request, "answer", answer="The night shift.")
    assert "The night shift." in text_of(ian.get(reverse("case", args=[request.reference])))
    assert request.questions.get().answered_at is not None


def test_a_late_acknowledgement_shows_what_to_do(cast: Cast, browse: Browse) -> None:
    request = sent(cast)
    page = browse(cast.organizer).get(reverse("case", args=[request.reference]))
    assert "202-273-2900" not in text_of(page)
    with time_machine.travel(OPEN_WORLD + timedelta(days=7), tick=False):
        page = browse(cast.organizer).get(reverse("case", args=[request.reference]))
        assert "202-273-2900" in text_of(page)


def test_a_standstill_of_the_time_to_decide_is_shown(cast: Cast, browse: Browse) -> None:
    request = under_review(cast)
    take(browse(cast.investigator), request, "request_information", question="Which shifts?")
    page = browse(cast.organizer).get(reverse("case", args=[request.reference]))
    assert "When this time stood still" in text_of(page)
    assert "NLRB Region 28, Phoenix acknowledged the request" in text_of(page)

"""A worker's request prepared through its pages alone, from the worker's name to the filing."""

from __future__ import annotations

from datetime import date
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import Person, Statement, WorkerRequest
from tests.cases import CLOSED_WORLD, active_statement
from tests.referrals.worker_side.browsing import Browser, send, step
from workflows.machines.worker_request import State

NAMES = {
    "given_names": "Prudencia",
    "family_names": "Ejemplo",
    "language": "es",
    "representation": "ATTORNEY",
}
CLAIM = {
    "employer_on_stub": "A Foods",
    "site_street": "1 Example Road",
    "site_city": "Mesa",
    "site_state": "az",
    "site_zip": "85201",
    "worked_from": "June 1, 2022",
    "worked_to": "6/30/2023",
    "job": "Packer",
    "form_edition": "01/20/25",
    "asks_permit": "on",
    "annual_income": "18000",
    "annual_expenses": "17500",
    "total_assets": "400",
}
TOLD = {"told_where": "on", "told_denial": "on", "told_sharing": "on"}


def prepared(browser: Browser, statement: Statement, *, today: date) -> WorkerRequest:
    """A request ready to be filed, by forms alone."""
    send(browser, reverse("worker_new"), **NAMES, born_on="5/17/1990")
    person = Person.objects.get()
    send(
        browser,
        f"{reverse('request_new')}?worker={person.token}",
        statement=statement.reference,
        filing="INITIAL",
        asks_permit="on",
    )
    request = WorkerRequest.objects.get()
    at = [request.reference]
    send(browser, reverse("request_edit", args=at), **CLAIM)
    send(
        browser,
        reverse("request_evidence", args=at),
        kind="W2",
        covers_from="2022-06-01",
        covers_to="2023-06-30",
    )
    marks = {f"state_{item.key}": "PRESENT" for item in request.items.all()}
    send(browser, reverse("request_packet", args=at), **marks)
    send(
        browser,
        reverse("request_consent", args=at),
        counselled_on=today.isoformat(),
        counselled_in="es",
        consented_on=today.isoformat(),
        **TOLD,
    )
    step(browser, request, "make_ready")
    step(browser, request, "sign", signed_on=today.isoformat(), by_hand="on")
    request = WorkerRequest.objects.get()
    assert request.state == State.SIGNED
    return request


def test_a_request_is_prepared_and_filed_by_forms_alone(rosa: Browser, statement: Statement) -> None:
    request = prepared(rosa, statement, today=date(2024, 8, 5))
    answer = step(rosa, request, "file", whole="on", agreed="on")
    assert answer.status_code == 302
    filed = WorkerRequest.objects.get()
    assert filed.state == State.FILED
    assert filed.scope_result == "in"
    permit = filed.permits.get()
    assert (permit.annual_income, permit.total_assets) == (18000, 400)
    assert permit.filed_at is not None


def test_while_the_programme_is_closed_filing_is_refused_with_the_day_and_what_goes_on(cast: Cast) -> None:
    statement = active_statement(cast)
    with time_machine.travel(CLOSED_WORLD, tick=False):
        rosa = Browser(cast.representative)
        token = Person.objects.values_list("token", flat=True)
        request = prepared(rosa, statement, today=CLOSED_WORLD.date())
        banner = rosa.get(f"{reverse('request_new')}?worker={token.get()}").content.decode()
        assert "takes no new requests since" in banner
        assert "24 Jan 2025" in banner
        answer = step(rosa, request, "file", whole="on", agreed="on")
        page = rosa.get(reverse("case", args=[request.reference])).content.decode()
    assert answer.status_code == 409
    assert WorkerRequest.objects.get().state == State.SIGNED
    assert "closed to new requests since 24 Jan 2025" in answer.content.decode()
    assert "closed to new requests since 24 Jan 2025" in page
    assert "goes on" in page


def test_nothing_is_signed_before_the_talk_about_the_risks(rosa: Browser, statement: Statement) -> None:
    send(rosa, reverse("worker_new"), **NAMES)
    url = f"{reverse('request_new')}?worker={Person.objects.get().token}"
    send(rosa, url, statement=statement.reference, filing="INITIAL", asks_permit="on")
    request = WorkerRequest.objects.get()
    page = rosa.get(reverse("request_packet", args=[request.reference])).content.decode()
    assert "The talk about the risks of filing is not recorded." in page
    assert "The packet checklist still has missing or defective required items." in page


def test_beginning_the_same_request_twice_makes_one(rosa: Browser, statement: Statement) -> None:
    send(rosa, reverse("worker_new"), **NAMES)
    url = f"{reverse('request_new')}?worker={Person.objects.get().token}"
    for _again in range(2):
        rosa.post(url, {"statement": statement.reference, "filing": "INITIAL", "asks_permit": "on"})
    assert WorkerRequest.objects.count() == 1


def test_without_a_grant_only_a_first_request_is_offered(rosa: Browser, statement: Statement) -> None:
    send(rosa, reverse("worker_new"), **NAMES)
    url = f"{reverse('request_new')}?worker={Person.objects.get().token}"
    answer = rosa.post(url, {"statement": statement.reference, "filing": "EXTENSION"})
    assert answer.status_code == 200
    assert answer.context["form"].errors["filing"]
    assert not WorkerRequest.objects.exists()


def test_a_request_without_a_permit_needs_no_permit_papers(rosa: Browser, statement: Statement) -> None:
    send(rosa, reverse("worker_new"), **NAMES)
    url = f"{reverse('request_new')}?worker={Person.objects.get().token}"
    send(rosa, url, statement=statement.reference, filing="INITIAL", asks_permit="on")
    request = WorkerRequest.objects.get()
    assert request.items.get(key="i765").required
    send(rosa, reverse("request_edit", args=[request.reference]), **{**CLAIM, "asks_permit": ""})
    assert not request.items.get(key="i765").required
    assert request.permits.get().closed_at is not None
    assert request.items.get(key="employment").required


def begun(rosa: Browser, statement: Statement) -> str:
    """The page for the claim of a request that was just begun."""
    send(rosa, reverse("worker_new"), **NAMES)
    url = f"{reverse('request_new')}?worker={Person.objects.get().token}"
    send(rosa, url, statement=statement.reference, filing="INITIAL", asks_permit="on")
    return reverse("request_edit", args=[WorkerRequest.objects.get().reference])


ZIP = {
    "en": "A ZIP code has five digits, like 85201, or nine, like 85201-1234.",
    "es": "Un código postal tiene cinco dígitos, como 85201, o nueve, como 85201-1234.",
}
STATE = {
    "en": "“%s” is not the two-letter code of a state.",
    "es": "“%s” no es el código de dos letras de un estado.",
}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("site_state", "ZZ", STATE), ("site_state", "7", STATE), ("site_zip", "1", ZIP),
        ("site_zip", "8520", ZIP), ("site_zip", "85201-12", ZIP), ("site_zip", "8520A", ZIP),
        ("site_zip", "٨٥٢٠١", ZIP),
    ],
)  # fmt: skip
def test_a_place_that_cannot_be_is_refused_with_a_sentence_and_stays_on_the_page(
    rosa: Browser, statement: Statement, name: str, typed: str, told: dict[str, str], language: str
) -> None:
    url = begun(rosa, statement)
    page = rosa.get(url)
    rosa.cookies["django_language"] = language
    answer = rosa.post(
        url, {"expected_version": page.context["form"]["expected_version"].value(), **CLAIM, name: typed}
    )
    text = unescape(answer.content.decode())
    sentence = told[language]
    assert (sentence % typed if "%s" in sentence else sentence) in text
    assert f'value="{typed}"' in text
    assert f'value="{CLAIM["site_street"]}"' in text
    assert WorkerRequest.objects.get().site_street == ""


@pytest.mark.parametrize(
    ("state", "code", "kept"),
    [
        (" pr ", "00901", ("PR", "00901")), ("dc", "200010001", ("DC", "20001-0001")),
        ("GU", "96910-1234", ("GU", "96910-1234")), ("", "", ("", "")),
    ],
)  # fmt: skip
def test_a_place_in_a_territory_and_a_zip_code_of_nine_digits_are_kept(
    rosa: Browser, statement: Statement, state: str, code: str, kept: tuple[str, str]
) -> None:
    send(rosa, begun(rosa, statement), **{**CLAIM, "site_state": state, "site_zip": code})
    request = WorkerRequest.objects.get()
    assert (request.site_state, request.site_zip) == kept


def test_an_empty_form_for_a_signed_packet_gets_a_sentence(rosa: Browser, signed: WorkerRequest) -> None:
    answer = rosa.post(reverse("request_edit", args=[signed.reference]), {})
    assert answer.status_code == 409
    assert "The packet stands still for the signature." in answer.content.decode()

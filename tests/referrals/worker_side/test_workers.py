"""The list of workers and one worker's page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from referrals import caseload
from referrals.demo.cast import Cast
from referrals.models import Person, Stay, StayReferral, WorkerRequest
from referrals.services import stays, worker_requests
from tests.cases import OPEN_WORLD
from tests.referrals.worker_side.browsing import Browser, send

NAMES = {
    "given_names": "Prudencia",
    "family_names": "Ejemplo",
    "language": "es",
    "representation": "ATTORNEY",
}


def person(cast: Cast, given: str = "Prudencia", family: str = "Ejemplo", **fields: Any) -> Person:
    return worker_requests.add_person(
        by=cast.representative, at=OPEN_WORLD, given_names=given, family_names=family, **fields
    )


def test_a_worker_of_the_same_name_is_pointed_out_and_stored_only_when_confirmed(
    cast: Cast, rosa: Browser
) -> None:
    known = person(cast)
    answer = send(rosa, reverse("worker_new"), **{**NAMES, "given_names": "prudencia "})
    page = answer.content.decode()
    assert "You may have this worker already" in page
    assert reverse("worker", args=[known.token]) in page
    assert Person.objects.count() == 1
    send(rosa, reverse("worker_new"), **NAMES, another_person="on")
    assert Person.objects.count() == 2


def test_somebody_known_to_another_organization_is_not_pointed_out(cast: Cast, rosa: Browser) -> None:
    worker_requests.add_person(by=cast.river, at=OPEN_WORLD, given_names="Prudencia", family_names="Ejemplo")
    assert send(rosa, reverse("worker_new"), **NAMES).status_code == 302


def test_a_form_sent_twice_stores_one_worker(rosa: Browser) -> None:
    filled = {**NAMES, "key": "drawn-once", "another_person": "on"}
    first, second = (rosa.post(reverse("worker_new"), filled) for _twice in range(2))
    assert first["Location"] == second["Location"]
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "stored"), [("A 123 456 789", "A123456789"), ("a12345678", "A012345678"), ("", "")]
)
def test_an_a_number_is_stored_in_one_form(rosa: Browser, typed: str, stored: str) -> None:
    send(rosa, reverse("worker_new"), **NAMES, a_number=typed)
    assert Person.objects.get().a_number == stored


@pytest.mark.parametrize(
    ("field", "typed"),
    [("a_number", "A12"), ("born_on", "2024-08-05"), ("born_on", "31/02/1990"), ("given_names", "")],
)
def test_a_wrong_answer_comes_back_as_it_was_typed(rosa: Browser, field: str, typed: str) -> None:
    answer = send(rosa, reverse("worker_new"), **{**NAMES, field: typed})
    assert answer.status_code == 200
    assert answer.context["form"].errors[field]
    assert not typed or f'value="{typed}"' in answer.content.decode()
    assert not Person.objects.exists()


def test_every_personal_field_says_who_sees_it(rosa: Browser) -> None:
    form = rosa.get(reverse("worker_new")).context["form"]
    silent = {name for name, field in form.fields.items() if not getattr(field, "visible_to", "")}
    told_together = {field.name for part in form.parts() if part.audience for field in part.fields}
    assert silent - told_together == {"expected_version", "key"}


def test_the_search_finds_by_any_name_and_writes_none_into_the_address(cast: Cast, rosa: Browser) -> None:
    person(cast, "Tomasa", "Muestra", other_names="La Güera")
    person(cast)
    page = rosa.post(reverse("workers"), {"name": "güera"})
    assert [row["cells"][0]["text"] for row in page.context["table"]["rows"]] == ["Tomasa Muestra"]
    assert 'method="post"' in page.content.decode()


def test_the_most_pressing_worker_stands_first(cast: Cast, rosa: Browser) -> None:
    person(cast, "Sin", "Fecha")
    pressed = person(cast, "Muy", "Urgente")
    stays.open_stay(
        pressed,
        ice_office=cast.offices["ice-phoenix"],
        by=cast.representative,
        at=OPEN_WORLD,
        removal_at=OPEN_WORLD + timedelta(days=3),
    )
    rows = rosa.get(reverse("workers")).context["table"]["rows"]
    assert [row["cells"][0]["text"] for row in rows] == ["Muy Urgente", "Sin Fecha"]
    assert rows[0]["urgent"]


def test_pages_follow_each_other_without_gaps_or_doubles(
    cast: Cast, rosa: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caseload, "PAGE", 3)
    for number in range(8):
        worker = person(cast, f"Trabajadora {number}")
        if number % 2:
            stays.open_stay(
                worker,
                ice_office=cast.offices["ice-phoenix"],
                by=cast.representative,
                at=OPEN_WORLD,
                removal_at=OPEN_WORLD + timedelta(days=number),
            )
    seen: list[str] = []
    url: str = reverse("workers")
    while url and len(seen) <= 8:
        table = rosa.get(url).context["table"]
        seen += [row["cells"][0]["text"] for row in table["rows"]]
        url = reverse("workers") + table["next_url"] if table["next_url"] else ""
    assert len(seen) == len(set(seen)) == 8


@pytest.mark.parametrize("mark", ["nonsense", "~", "2024-08-05~1", "~99999999999999999999999", "x~1"])
def test_a_broken_mark_is_no_error(cast: Cast, rosa: Browser, mark: str) -> None:
    person(cast)
    assert rosa.get(reverse("workers"), {"after": mark}).status_code == 200


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(
    cast: Cast, rosa: Browser, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            rosa.get(reverse("workers"))
        return len(asked)

    def add() -> None:
        stays.open_stay(
            person(cast),
            ice_office=cast.offices["ice-phoenix"],
            by=cast.representative,
            at=OPEN_WORLD,
            removal_at=OPEN_WORLD + timedelta(days=3),
        )

    add()
    rosa.get(reverse("workers"))
    few = queries()
    for _more in range(10):
        add()
    assert queries() == few


def test_a_changed_detail_is_noted_by_its_name_alone(
    cast: Cast, rosa: Browser, signed: WorkerRequest
) -> None:
    url = reverse("worker_edit", args=[signed.person.token])
    form = rosa.get(url).context["form"]
    known = {field.html_name: field.value() or "" for field in form}
    answer = rosa.post(url, {**known, "mailing_address": "2 Example Road, Mesa"})
    assert answer.status_code == 302
    signed.person.refresh_from_db()
    assert signed.person.mailing_address == "2 Example Road, Mesa"
    line = signed.steps.order_by("-sequence").first()
    assert line is not None
    assert line.data == {"fields": ["mailing_address"]}


def test_consent_withdrawn_for_a_worker_stops_every_open_case(
    cast: Cast, rosa: Browser, signed: WorkerRequest
) -> None:
    stay = stays.open_stay(
        signed.person,
        ice_office=cast.offices["ice-phoenix"],
        by=cast.representative,
        at=OPEN_WORLD,
        consented_on=date(2024, 8, 5),
    )
    stays.ask_support(
        stay,
        agency=cast.organizations["NLRB"],
        consent_signed_on=date(2024, 8, 5),
        by=cast.representative,
        at=OPEN_WORLD,
    )
    rosa.post(reverse("worker_consent_withdraw", args=[signed.person.token]))
    signed, stay = WorkerRequest.objects.get(), Stay.objects.get()
    referral = StayReferral.objects.get()
    assert signed.consent_withdrawn_at == stay.consent_withdrawn_at == OPEN_WORLD
    assert referral.closed_at == OPEN_WORLD
    page = rosa.get(reverse("case", args=[signed.reference])).content.decode()
    assert "The worker withdrew the consent on" in page

"""Preparing a stay of removal, and the one page from which a name crosses to an agency."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import Person, Statement, Stay, StayReferral
from referrals.services import stays, worker_requests
from tests.cases import OPEN_WORLD
from tests.laid_down import laid_down
from tests.referrals.worker_side.browsing import Browser, send, step
from workflows.machines.stay import State

NOT_STOPPED = "A pending request does not stop removal."


@pytest.fixture
@laid_down
def worker(cast: Cast) -> Person:
    return worker_requests.add_person(
        by=cast.representative, at=OPEN_WORLD, given_names="Prudencia", family_names="Ejemplo"
    )


@pytest.fixture
def phoenix(cast: Cast) -> int:
    return cast.offices["ice-phoenix"].pk


@pytest.fixture
@laid_down
def stay(cast: Cast, worker: Person, open_world: datetime) -> Stay:
    return stays.open_stay(
        worker, ice_office=cast.offices["ice-phoenix"], by=cast.representative, at=OPEN_WORLD
    )


def new_url(worker: Person) -> str:
    return f"{reverse('stay_new')}?worker={worker.token}"


def test_a_day_without_an_hour_counts_from_midnight_where_the_office_is(
    rosa: Browser, worker: Person, phoenix: int
) -> None:
    send(rosa, new_url(worker), removal_day="2024-08-20", ice_office=phoenix)
    stay = Stay.objects.get()
    assert stay.removal_at == datetime(2024, 8, 20, 7, 0, tzinfo=UTC)
    clock = stay.clocks.get(key="removal_date")
    assert clock.due_at == stay.removal_at


def test_a_new_removal_time_moves_its_warnings(rosa: Browser, worker: Person, phoenix: int) -> None:
    send(rosa, new_url(worker), removal_day="2024-08-20", ice_office=phoenix)
    stay = Stay.objects.get()
    url = reverse("stay_edit", args=[stay.reference])
    send(rosa, url, removal_day="2024-08-12", removal_time="06:30", months_asked="12")
    stay = Stay.objects.get()
    assert stay.removal_at == datetime(2024, 8, 12, 13, 30, tzinfo=UTC)
    running = stay.clocks.get(key="removal_date", stopped_at__isnull=True)
    assert running.due_at == stay.removal_at
    page = rosa.get(reverse("case", args=[stay.reference])).content.decode()
    assert "72 hours before" in page
    assert "Mon 12 Aug 2024" in page


def test_the_whole_stay_is_prepared_and_filed_by_forms(rosa: Browser, worker: Person, phoenix: int) -> None:
    send(rosa, new_url(worker), removal_day="2024-08-20", ice_office=phoenix, final_order="on")
    stay = Stay.objects.get()
    url = reverse("stay_edit", args=[stay.reference])
    answer = send(
        rosa,
        url,
        removal_day="2024-08-20",
        final_order="on",
        order_on="2020-01-15",
        reasons="The worker is a witness in a wage case.",
        months_asked="12",
        identity_papers="B",
        form_signed="on",
        fee_ready="on",
        consented_on="2024-08-05",
    )
    assert answer.status_code == 302
    step(rosa, stay, "make_ready")
    step(rosa, stay, "make_appointment", appointment_on="2024-08-07")
    assert Stay.objects.get().state == State.APPOINTMENT_MADE
    step(rosa, stay, "file", in_person="on", understood="on")
    assert Stay.objects.get().state == State.FILED


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"months_asked": "13"}, "months_asked"),
        ({"months_asked": "12", "medical_papers": "on"}, "medical"),
        ({"months_asked": "12", "removal_time": "06:30"}, "removal_day"),
        ({"months_asked": "12", "order_on": "2020-01-15"}, "final_order"),
        ({"months_asked": "12", "consented_on": "2030-01-01"}, "consented_on"),
    ],
)
def test_contradictions_come_back_at_their_field(
    rosa: Browser, stay: Stay, answers: dict[str, str], field: str
) -> None:
    answer = send(rosa, reverse("stay_edit", args=[stay.reference]), **answers)
    assert answer.status_code == 200
    assert answer.context["form"].errors[field]


def test_every_page_of_a_pending_stay_says_that_it_does_not_stop_removal(
    rosa: Browser, worker: Person, stay: Stay
) -> None:
    urls = [new_url(worker), reverse("worker", args=[worker.token])]
    urls += [reverse(name, args=[stay.reference]) for name in ("stay_edit", "stay_support_new", "case")]
    for url in urls:
        assert NOT_STOPPED in rosa.get(url).content.decode(), url


def test_the_fee_is_the_one_in_force(rosa: Browser, stay: Stay) -> None:
    assert "The fee is $155 today." in rosa.get(reverse("stay_edit", args=[stay.reference])).content.decode()


def test_beginning_a_stay_twice_makes_one(rosa: Browser, worker: Person, phoenix: int) -> None:
    for _twice in range(2):
        rosa.post(new_url(worker), {"ice_office": phoenix})
    assert Stay.objects.count() == 1


def test_no_agency_is_told_a_name_without_a_signed_consent(cast: Cast, rosa: Browser, stay: Stay) -> None:
    url = reverse("stay_support_new", args=[stay.reference])
    page = rosa.get(url).content.decode()
    assert "This tells the agency the worker" in page
    for consent in ("", "2030-01-01"):
        answer = rosa.post(url, {"agency": "NLRB", "consent_signed_on": consent, "understood": "on"})
        assert answer.context["form"].errors["consent_signed_on"]
    assert not StayReferral.objects.exists()
    assert not Stay.objects.visible_to(cast.investigator).exists()


def test_with_a_signed_consent_the_chosen_agency_is_asked_once(
    cast: Cast, rosa: Browser, stay: Stay, statement: Statement
) -> None:
    url = reverse("stay_support_new", args=[stay.reference])
    for _twice in range(2):
        answer = rosa.post(url, {"agency": "NLRB", "consent_signed_on": "2024-08-04", "understood": "on"})
        assert answer.status_code == 302
    referral = StayReferral.objects.get()
    assert referral.consent_signed_on == date(2024, 8, 4)
    assert StayReferral.objects.visible_to(cast.investigator).get() == referral
    assert not StayReferral.objects.visible_to(cast.ny_investigator).exists()
    assert not StayReferral.objects.visible_to(cast.ice_reviewer).exists()


def test_ice_reads_a_stay_only_once_it_is_filed_and_never_the_offices_links(
    cast: Cast, rosa: Browser, stay: Stay
) -> None:
    ice = Browser(cast.ice_reviewer)
    url = reverse("case", args=[stay.reference])
    assert ice.get(url).status_code == 404
    values: dict[str, Any] = {
        "reasons": "A witness.", "identity_papers": "B", "form_signed": True, "fee_ready": True,
        "final_order": True, "consented_on": date(2024, 8, 5),
    }  # fmt: skip
    stays.revise(stay, by=cast.representative, at=OPEN_WORLD + timedelta(minutes=1), values=values)
    step(rosa, stay, "make_ready")
    step(rosa, stay, "file", in_person="on", understood="on")
    page = ice.get(url).content.decode()
    assert NOT_STOPPED in page
    assert reverse("worker", args=[stay.person.token]) not in page
    assert reverse("stay_support_new", args=[stay.reference]) not in page

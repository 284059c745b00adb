"""Finding people by digests: what finds them, what does not, and what the table gives away."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from referrals import caseload, lookups
from referrals.demo.cast import Cast
from referrals.models import LookUp, Person
from referrals.services import notices
from referrals.services.persons import add_person, alike, change_person
from tests.cases import OPEN_WORLD, active_statement, routed_request

LETTERS = st.text(st.characters(categories=["Lu", "Ll"]), min_size=1, max_size=12)


def person(by: Any, given: str = "María-José", family: str = "Núñez de la O'Cruz", **more: Any) -> Person:
    return add_person(by=by, at=OPEN_WORLD, given_names=given, family_names=family, **more)


@pytest.mark.parametrize(
    "typed",
    [
        "maria", "MARÍA", "Maria José", "jose núñez", "nun", "ocr", "ocruz", "o'cruz", "o’cruz", "de la",
        "Núñez María", "maria-jose",
    ],
)  # fmt: skip
def test_a_worker_is_found_by_the_beginnings_of_names(cast: Cast, typed: str) -> None:
    worker = person(cast.representative)
    assert [each["person_id"] for each in lookups.found(cast.representative.organization_id, typed)] == [
        worker.pk
    ]


@pytest.mark.parametrize("typed", ["aria", "ma", "mariax", "jose nunez perez", "", "  ", "-", "'"])
def test_nobody_is_found_by_anything_else(cast: Cast, typed: str) -> None:
    person(cast.representative)
    assert not lookups.found(cast.representative.organization_id, typed).exists()


@given(word=LETTERS, cut=st.integers(min_value=lookups.SHORTEST, max_value=12))
def test_every_beginning_of_three_letters_is_among_what_finds_a_word(word: str, cut: int) -> None:
    (folded,) = lookups.words(word) or ("",)
    assert not folded or folded[: max(cut, lookups.SHORTEST)] in {*lookups._beginnings(folded), folded}


@pytest.mark.parametrize("typed", ["A012345678", "a 012-345-678", "12345678", "A#012345678", "A12345678"])
def test_a_worker_is_found_by_the_a_number_however_it_is_typed(cast: Cast, typed: str) -> None:
    worker = person(cast.representative, a_number="A012345678")
    person(cast.representative, a_number="A999999999")
    assert [each["person_id"] for each in lookups.found(cast.representative.organization_id, typed)] == [
        worker.pk
    ]


def test_a_worker_is_found_by_a_receipt_number_that_came_on_paper(cast: Cast, client: Any) -> None:
    request = routed_request(cast, active_statement(cast))
    office = cast.representative.hat.organization_id
    assert lookups.found(office, request.receipt_number.lower()).exists()
    type(request).objects.filter(pk=request.pk).update(receipt_number="")
    request = type(request).objects.get(pk=request.pk)
    notices.enter(request, by=cast.representative, at=OPEN_WORLD, receipt_number="IOE-09 8765 4321")
    client.force_login(cast.representative)
    answer = client.get("/search/", {"q": "ioe0987654321"}, follow=True)
    assert request.reference in answer.content.decode()


def test_the_history_has_no_digest_of_a_receipt_number_that_can_be_guessed(cast: Cast) -> None:
    import hashlib

    request = routed_request(cast, active_statement(cast))
    notices.enter(request, by=cast.representative, at=OPEN_WORLD, receipt_number=request.receipt_number)
    said = f"{request.receipt_number}||[]"
    key = request.steps.filter(name=notices.NOTE).get().idempotency_key
    assert hashlib.sha256(said.encode()).hexdigest()[:12] not in key
    assert lookups.digest(cast.representative.hat.organization_id, said) in key


def test_somebody_who_was_renamed_is_found_by_the_new_name_alone(cast: Cast) -> None:
    worker, office = person(cast.representative), cast.representative.hat.organization_id
    change_person(worker, by=cast.representative, at=OPEN_WORLD, family_names="Otra")
    assert lookups.found(office, "otra").exists()
    assert not lookups.found(office, "ocruz").exists()


def test_the_list_of_workers_finds_by_other_names_too(cast: Cast) -> None:
    worker = person(cast.representative, other_names="La Güera")
    person(cast.representative, "Tomasa", "Muestra")
    found = caseload.named(Person.objects.visible_to(cast.representative), "guera", cast.representative)
    assert list(found) == [worker]


@pytest.mark.parametrize(
    ("same", "is_alike"),
    [
        ({"given_names": " MARIA josé", "family_names": "nuñez de la ocruz"}, True),
        ({"given_names": "X", "family_names": "Y", "a_number": "A012345678"}, True),
        ({"given_names": "X", "family_names": "Núñez de la O'Cruz", "born_on": date(1990, 1, 1)}, True),
        ({"given_names": "X", "family_names": "Núñez de la O'Cruz", "born_on": date(1990, 1, 2)}, False),
        ({"given_names": "María", "family_names": "Núñez de la O'Cruz"}, False),
    ],
)
def test_who_may_be_the_same_person(cast: Cast, same: dict[str, Any], is_alike: bool) -> None:
    person(cast.representative, a_number="A012345678", born_on=date(1990, 1, 1))
    assert alike(cast.representative, **same).exists() is is_alike


def test_equal_names_in_two_organizations_have_nothing_in_common(cast: Cast) -> None:
    one, other = person(cast.representative), person(cast.river)
    first, second = (set(LookUp.objects.get(person=each).digests) for each in (one, other))
    assert len(first) == len(second) > 10
    assert not first & second


def test_another_organization_finds_nobody(cast: Cast) -> None:
    person(cast.representative)
    assert not lookups.found(cast.river.hat.organization_id, "maria").exists()


def test_short_beginnings_are_not_in_the_table(cast: Cast) -> None:
    person(cast.representative, "Abcde", "Fghij")
    made = lookups.Digests(cast.representative.hat.organization_id)
    digests = set(LookUp.objects.get().digests)
    assert not digests & {made.of(lookups.WORD, each) for each in ("a", "ab", "f", "fg")}
    assert {made.of(lookups.WORD, each) for each in ("abc", "abcd", "abcde")} <= digests


def test_looking_somebody_up_can_use_the_index(cast: Cast) -> None:
    person(cast.representative)
    wanted = lookups.found(cast.representative.hat.organization_id, "maria")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE referrals_lookup DROP CONSTRAINT a_worker_is_looked_up_by_one_row")
    assert "look_ups_by_digest" in wanted.explain()

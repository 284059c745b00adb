"""The public copy of a statement: what is withheld by rule is not in the file, and the file lists it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from referrals import public_records
from referrals.demo.cast import Cast
from referrals.models import Access, Export, Statement, User
from referrals.services import public_copies
from tests.cases import OPEN_WORLD, active_statement
from tests.laid_down import laid_down
from tests.referrals.letters.tagged_reader import Reader
from workflows.days import rule_day
from workflows.models import Policy

ON = rule_day(OPEN_WORLD)
REQUEST = "FOIA-2026-0042"


@pytest.fixture
@laid_down
def statement(cast: Cast) -> Statement:
    return active_statement(cast)


def make(cast: Cast, statement: Statement, **more: Any) -> bytes:
    return public_copies.make(statement, by=cast.approver, at=OPEN_WORLD, asked_as=REQUEST, **more)[1]


def lines(statement: Statement, **more: Any) -> dict[str, public_records.Line]:
    version = statement.signed
    assert version is not None
    return {line.key: line for line in public_records.review(version, on=ON, **more)}


def secrets_of(statement: Statement) -> set[str]:
    """Texts that the rules withhold while the matter is open."""
    version, asked = statement.signed, statement.soi_request
    assert version is not None
    assert asked is not None
    return {
        *(each.name for each in version.names.all()),
        *(each.street for each in version.sites.all()),
        version.violations, version.cooperation, version.contact_name, version.contact_email,
        asked.requester.name, asked.contact_name, asked.contact_email, statement.matter.case_number,
    } - {""}  # fmt: skip


def everything_in(content: bytes) -> bytes:
    """All bytes of a PDF: as they are, each stream opened, each text of each object, the metadata."""
    found = [content]
    with pikepdf.open(BytesIO(content)) as pdf:
        for each in pdf.objects:
            found.append(each.unparse() if not isinstance(each, pikepdf.Stream) else each.read_bytes())
            if isinstance(each, pikepdf.Stream):
                found.append(each.read_raw_bytes())
        found.append(str(dict(pdf.docinfo)).encode())
    return b"\n".join(found)


def test_what_is_withheld_is_nowhere_in_the_file(cast: Cast, statement: Statement) -> None:
    content = make(cast, statement)
    aloud, raw = Reader(content).aloud(), everything_in(content)
    hidden = secrets_of(statement)
    assert len(hidden) > 6
    for text in hidden:
        assert " ".join(text.split()) not in aloud
        for encoding in ("utf-8", "utf-16-be", "utf-16-le"):
            assert text.encode(encoding) not in raw
            assert text.encode(encoding).hex().encode() not in raw.lower()
    assert statement.reference in aloud  # so the reader reads


def test_the_same_texts_are_found_in_the_letter_itself(cast: Cast, statement: Statement) -> None:
    """The search above would find them: it does, where nothing is withheld."""
    Policy.objects.filter(key__startswith="public_records.").update(value=[])
    aloud = Reader(make(cast, statement)).aloud()
    for text in secrets_of(statement):
        assert " ".join(text.split()) in aloud


def test_each_thing_that_is_withheld_is_listed_with_exemption_reason_and_amount(
    cast: Cast, statement: Statement
) -> None:
    aloud = Reader(make(cast, statement)).aloud()
    assert "What was withheld, and why" in aloud
    listed = [part for line in lines(statement).values() for part in line.withheld]
    assert len(listed) > 6
    for number, part in enumerate(listed, start=1):
        assert f"[{number}: withheld, {', '.join(part.codes)}]" in aloud
        assert part.why in aloud
        assert part.source in aloud
        assert part.amount in aloud
    assert {line.key for line in lines(statement).values() if line.withheld} >= {
        "employer", "sites", "cooperation", "contact", "requester",
    }  # fmt: skip


def test_facts_of_the_matter_are_disclosed_when_it_has_ended(cast: Cast, statement: Statement) -> None:
    statement.matter.closed_on = ON
    statement.matter.save()
    found = lines(Statement.objects.get(pk=statement.pk))
    assert "A Foods Inc." in found["employer"].texts
    assert found["requester"].withheld  # people stay withheld


def test_a_number_that_belongs_to_a_person_is_masked_in_what_is_disclosed(statement: Statement) -> None:
    statement.matter.statutes = "29 U.S.C. 158; see A123456789 of the file"
    line = lines(statement)["statutes"]
    assert line.texts == ("29 U.S.C. 158; see [withheld] of the file",)
    assert line.withheld[0].amount == "1 place"


def test_small_numbers_are_withheld(statement: Statement) -> None:
    assert statement.soi_request is not None
    statement.soi_request.workers_affected = 9
    found = lines(statement)
    assert "affected" not in found
    assert found["affected_few"].withheld[0].amount == "one number"
    statement.soi_request.workers_affected = 40
    assert lines(statement)["affected"].texts == ("40",)


def test_the_officer_can_withhold_more_and_never_less(cast: Cast, statement: Statement) -> None:
    found = lines(statement, also={"official", "employer"}, code="(b)(7)(E)")
    assert found["official"].texts == ()
    assert found["official"].withheld[0].codes == ("(b)(7)(E)",)
    assert found["employer"].withheld[0].codes == ("(b)(7)(A)",)


def test_a_rule_of_the_agency_comes_first(statement: Statement) -> None:
    row = Policy.objects.get(key="public_records.contact", jurisdiction="US")
    row.pk, row.jurisdiction, row.value = None, "NLRB", []
    row.save(force_insert=True)
    assert lines(statement)["contact"].texts
    assert lines(statement)["requester"].withheld


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_an_approver_reviews_it_and_makes_the_copy(cast: Cast, statement: Statement) -> None:
    client, address = client_of(cast.approver), reverse("public_copy", args=[statement.reference])
    page = client.get(address).content.decode()
    assert "(b)(7)(A)" in page
    assert client.post(address, {"asked_as": "", "code": "(b)(6)"}).status_code == 400
    answer = client.post(address, {"asked_as": REQUEST, "code": "(b)(6)", "also": ["official"]})
    export = Export.objects.get()
    assert answer["Content-Disposition"] == f'attachment; filename="{export.reference}.pdf"'
    assert (export.purpose, export.text, export.fetched) == ("RECORDS", REQUEST, 1)
    read = Access.objects.filter(what=Access.What.EXPORT).get()
    assert (read.subject, read.purpose) == (statement.reference, "RECORDS")


def test_nobody_else_has_the_page(cast: Cast, statement: Statement) -> None:
    address = reverse("public_copy", args=[statement.reference])
    for person in (cast.investigator, cast.signer, cast.ny_approver, cast.representative, cast.officer):
        assert client_of(person).get(address).status_code == 404


def test_it_is_made_in_spanish_too(cast: Cast, statement: Statement) -> None:
    with translation.override("es"):
        aloud = Reader(make(cast, statement)).aloud()
    assert "Qué se retuvo y por qué" in aloud

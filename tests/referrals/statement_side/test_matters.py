"""An agency's matters: found, written by hand, brought in from a file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.matter_csv import COLUMNS, MissingColumns
from referrals.models import Matter, Organization, Statement
from referrals.services import matters
from tests.cases import matter_of
from tests.referrals.statement_side.conftest import Browse
from tests.referrals.statement_side.reading import rows, text_of, token_of

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def row(number: int, **given: str) -> dict[str, str]:
    return {
        "record_id": f"r-{number}",
        "agency": "NLRB",
        "agency_level": "federal",
        "source_case_no": f"28-CA-{number}",
        "employer_name": f"Employer {number} Inc.",
        "city": "Mesa",
        "state": "AZ",
        **given,
    }


def file_of(*given: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(given)
    return text.getvalue().encode()


def test_a_file_brought_in_twice_adds_nothing_the_second_time(cast: Cast) -> None:
    content = file_of(*(row(number) for number in range(1, 1_203)))
    heard: list[int] = []
    first = matters.import_file(content, at=NOW, progress=heard.append)
    second = matters.import_file(content, at=NOW)
    assert (first.added, first.names_added, first.sites_added, first.bad) == (1202, 1202, 1202, [])
    assert heard == [1000, 1202]
    assert (second.added, second.unchanged, second.names_added, second.sites_added) == (0, 1202, 0, 0)


def test_several_rows_of_one_case_are_one_matter_with_their_names_and_places(cast: Cast) -> None:
    done = matters.import_file(
        file_of(
            row(1),
            row(2, source_case_no="28-CA-1", employer_name="B Staffing LLC", city="Gilbert"),
            row(3, source_case_no="28-CA-1", employer_name="EMPLOYER 1 INC.", city="mesa"),
        ),
        at=NOW,
    )
    matter = Matter.objects.get()
    assert (done.added, done.unchanged) == (1, 2)
    assert [each.name for each in matter.names.all()] == ["Employer 1 Inc.", "B Staffing LLC"]
    assert [each.city for each in matter.worksites.all()] == ["Mesa", "Gilbert"]


def test_unknown_agencies_are_created_with_their_full_name(cast: Cast) -> None:
    matters.import_file(
        file_of(row(1, agency="DOL-WHD"), row(2, agency="XY-LABOR", agency_level="state")), at=NOW
    )
    names = Organization.objects.filter(code__in=["DOL-WHD", "XY-LABOR"]).values_list("code", "name", "level")
    assert set(names) == {
        ("DOL-WHD", "U.S. Department of Labor, Wage and Hour Division", "FEDERAL"),
        ("XY-LABOR", "XY-LABOR", "STATE"),
    }


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"employer_name": "Ana A098765432"}, "A-number"),
        ({"opened_on": "2031-01-01"}, "has not come yet"),
        ({"source_case_no": "9" * 100}, "longer than 80 characters"),
        ({"agency": "DHS"}, "not an agency whose matters you can add"),
        ({"agency": "Ümlaut & Co"}, "not an agency whose matters you can add"),
        ({"state": "ZZ"}, "two-letter code"),
    ],
)
def test_a_bad_row_is_named_with_its_reason_and_the_others_are_taken(
    cast: Cast, given: dict[str, str], sentence: str
) -> None:
    done = matters.import_file(file_of(row(1), row(2, **given), row(3)), at=NOW)
    assert done.added == 2
    assert [bad.number for bad in done.bad] == [3]
    assert sentence in " ".join(done.bad[0].reasons)


def test_an_unreadable_file_changes_nothing(cast: Cast) -> None:
    with pytest.raises(MissingColumns):
        matters.import_file(b"a,b\n1,2\n", at=NOW)
    assert not Matter.objects.exists()


def test_a_mapping_of_codes_decides_whose_matters_they_are(cast: Cast) -> None:
    done = matters.import_file(
        file_of(row(1, agency="X")), agency_for={"X": cast.organizations["NYSDOL"]}, at=NOW
    )
    assert done.added == 1
    assert Matter.objects.get().agency.code == "NYSDOL"


def upload(content: bytes) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("matters.csv", content, content_type="text/csv")}


def test_an_uploaded_file_is_answered_with_numbers_and_every_bad_row(cast: Cast, browse: Browse) -> None:
    client = browse(cast.investigator)
    foreign = row(2, agency="NYSDOL")
    page = client.post(reverse("matters_import"), upload(file_of(row(1), foreign, row(3, state="ZZ"))))
    text = text_of(page)
    assert "not an agency whose matters you can add" in text
    assert "two-letter code" in text
    assert [matter.agency.code for matter in Matter.objects.all()] == ["NLRB"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe",
        b"no,columns\n",
        b"\xff\xfea",
        file_of(row(1)).decode().encode("utf-16")[:-1],
        b"PK\x03\x04 a workbook",
        b"\x89PNG\r\n\x1a\n",
        b'"',
        b"\x00" * 5_000,
        b"a" * (20 * 1024 * 1024 + 1),
    ],
    ids=["empty", "noise", "columns", "odd", "cut UTF-16", "xlsx", "PNG", "quote", "NUL", "too large"],
)
def test_a_file_of_something_else_is_explained(cast: Cast, browse: Browse, content: bytes) -> None:
    page = browse(cast.investigator).post(reverse("matters_import"), upload(content))
    assert page.status_code == 200
    assert "usa-error-message" in text_of(page)


@pytest.mark.parametrize("asked", ["foods", "A FOODS mesa", "28-ca-3000", "mesa"])
def test_a_matter_is_found_by_number_by_any_name_and_by_town(cast: Cast, browse: Browse, asked: str) -> None:
    matter_of(cast)
    matter_of(cast, code="NYSDOL", number="NY-77 foods mesa")
    page = browse(cast.signer).get(reverse("matters"), {"q": asked})
    assert "28-CA-300001" in text_of(page)
    assert "NY-77" not in text_of(page)


@pytest.mark.parametrize(
    "query", [{"page": "x"}, {"page": "0"}, {"page": "999999"}, {"q": "\x00%_' " + "x" * 900}]
)
def test_an_odd_search_is_no_server_error(cast: Cast, browse: Browse, query: dict[str, str]) -> None:
    assert browse(cast.investigator).get(reverse("matters"), query).status_code == 200


def test_a_list_of_many_matters_costs_few_queries(
    cast: Cast, browse: Browse, django_assert_max_num_queries: Any
) -> None:
    matters.import_file(file_of(*(row(number) for number in range(1, 130))), at=NOW)
    client = browse(cast.investigator)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("matters"), {"page": "2"})
    assert "page=3" in text_of(page)


def test_the_answer_to_a_file_costs_the_same_for_twelve_rows_as_for_two(cast: Cast, browse: Browse) -> None:
    client, costs = browse(cast.investigator), []
    client.get("/")  # the first page of a sign-in notes when it began
    for rows_of_each_kind in (2, 12):
        good = [row(100 * rows_of_each_kind + number) for number in range(rows_of_each_kind)]
        bad = [row(number, state="ZZ") for number in range(rows_of_each_kind)]
        with CaptureQueriesContext(connection) as captured:
            page = client.post(reverse("matters_import"), upload(file_of(*good, *bad)))
        assert text_of(page).count("two-letter code") >= rows_of_each_kind
        costs.append(len(captured))
    assert costs[0] == costs[1]
    assert Matter.objects.count() == 2 + 12


def test_a_matter_is_written_by_hand_and_gains_names(cast: Cast, browse: Browse) -> None:
    client = browse(cast.investigator)
    new = reverse("matter_new")
    facts = {"case_number": "28-CA-5", "stage": "INVESTIGATION", "opened_on": "2024-01-05"}
    empty = rows("sites", {})
    answer = client.post(new, {**facts, **rows("names", {"name": "A Foods", "kind": "LEGAL"}), **empty})
    matter = Matter.objects.get()
    assert answer["Location"] == reverse("matter", args=[matter.pk])
    edit = reverse("matter_edit", args=[matter.pk])
    given = rows(
        "names", {"name": "A Foods", "kind": "LEGAL"}, {"name": "B Staffing", "kind": "STAFFING"}, initial=1
    )
    client.post(edit, {**facts, **given, **empty, "as_shown": token_of(client.get(edit))})
    assert [each.name for each in matter.names.all()] == ["A Foods", "B Staffing"]
    again = client.post(new, {**facts, **rows("names", {"name": "A Foods"}), **empty})
    assert "has a matter with this number already" in text_of(again)


@pytest.mark.parametrize("who", ["ny_investigator", "representative", "intake", "administrator"])
def test_a_matter_is_its_agencys_alone(cast: Cast, browse: Browse, who: str) -> None:
    matter = matter_of(cast)
    client = browse(getattr(cast, who))
    for name in ("matter", "matter_edit", "statement_new"):
        assert client.get(reverse(name, args=[matter.pk])).status_code == 404


def test_a_signing_official_reads_matters_and_writes_none(cast: Cast, browse: Browse) -> None:
    matter = matter_of(cast)
    client = browse(cast.signer)
    assert client.get(reverse("matter", args=[matter.pk])).status_code == 200
    for url in (reverse("matter_new"), reverse("matters_import"), reverse("statement_new", args=[matter.pk])):
        assert client.get(url).status_code == 403


def test_a_statement_is_started_once_from_a_page_sent_twice(cast: Cast, browse: Browse) -> None:
    matter = matter_of(cast)
    client = browse(cast.investigator)
    url = reverse("statement_new", args=[matter.pk])
    seen = token_of(client.get(url), "seen")
    first, second = client.post(url, {"seen": seen}), client.post(url, {"seen": seen})
    assert first["Location"] == second["Location"]
    assert Statement.objects.count() == 1

"""An advocate asks an agency for a statement: five steps, kept as they are typed."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import NameKind, SoiRequest
from tests.cases import request_draft
from tests.referrals.statement_side.conftest import Browse
from tests.referrals.statement_side.reading import rows, take, text_of, token_of

A_NUMBER = "A 098 765 432"
HTMX = {"HTTP_HX_REQUEST": "true"}


def edit(request: SoiRequest, part: str) -> str:
    return reverse("soi_request_edit", args=[request.reference, part])


def begin(cast: Cast, client: Client, **fields: str) -> dict[str, str]:
    page = client.get(reverse("soi_request_new"))
    return {
        "draft": token_of(page, "draft"),
        "office": str(cast.offices["nlrb-region-28"].pk),
        "requester_kind": "organization",
        "on_behalf_of": "ALL",
        "case_number": "28-CA-300001",
        **fields,
    }


def test_an_organizer_asks_in_five_steps_and_sends(cast: Cast, browse: Browse) -> None:
    client = browse(cast.organizer)
    page = client.get(reverse("soi_request_new"))
    assert "3 business days" in text_of(page)
    assert "National Labor Relations Board" in text_of(page)
    answer = client.post(reverse("soi_request_new"), begin(cast, client))
    request = SoiRequest.objects.get()
    assert answer["Location"] == edit(request, "employer")

    shown = token_of(client.get(edit(request, "employer")))
    names = rows("names", {"name": "Ñandú Foods", "kind": NameKind.PAYSTUB}, {"name": "", "kind": ""})
    answer = client.post(edit(request, "employer"), {"as_shown": shown, "next": "1", **names})
    assert answer["Location"] == edit(request, "places")

    shown = token_of(client.get(edit(request, "places")))
    sites = rows("sites", {"street": "1 Example Road", "city": "Mesa", "state": "AZ", "zip_code": "85201"})
    days = {"period_from": "3/5/2022", "period_to": "present"}
    client.post(edit(request, "places"), {"as_shown": shown, "next": "1", **sites, **days})

    page = client.get(edit(request, "check"))
    assert "Fill in step 4" in text_of(page)
    assert edit(request, "story") in text_of(page)

    story = {
        "dispute": "餐厅不付加班费。" * 1_250,
        "retaliation": "A foreman threatened to call immigration.",
        "fear": "Nadie contesta el teléfono.",
        "relief": ["DEFERRED_ACTION"],
        "certifies_no_names": "on",
    }
    shown = token_of(client.get(edit(request, "story")))
    answer = client.post(edit(request, "story"), {"as_shown": shown, "next": "1", **story})
    assert answer["Location"] == edit(request, "check")

    page = client.get(edit(request, "check"))
    assert "Before you can send it" not in text_of(page)
    take(client, request, "submit")
    sent = SoiRequest.objects.get()
    assert sent.submitted_at is not None
    assert len(sent.dispute) == 10_000
    assert (sent.period_from, sent.period_to, sent.to_present) == (date(2022, 3, 5), None, True)
    assert [each.name for each in sent.names.all()] == ["Ñandú Foods"]


def test_the_first_step_sent_twice_begins_one_request(cast: Cast, browse: Browse) -> None:
    client = browse(cast.organizer)
    data = begin(cast, client)
    first = client.post(reverse("soi_request_new"), data)
    second = client.post(reverse("soi_request_new"), data)
    assert SoiRequest.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_an_a_number_is_refused_with_a_sentence_and_the_rest_is_kept(cast: Cast, browse: Browse) -> None:
    request = request_draft(cast)
    client = browse(cast.representative)
    page = client.get(edit(request, "story"))
    typed = {
        "as_shown": token_of(page),
        "next": "1",
        "dispute": f"The cook {A_NUMBER} saw it.",
        "fear": "They hide.",
    }
    answer = client.post(edit(request, "story"), typed)
    assert answer.status_code == 200
    assert f"The cook {A_NUMBER} saw it." in text_of(answer)
    assert "What happened: " in text_of(answer)
    stored = SoiRequest.objects.get()
    assert A_NUMBER not in stored.dispute
    assert stored.fear == "They hide."


def test_a_name_with_a_number_in_it_is_refused_and_the_other_names_are_kept(
    cast: Cast, browse: Browse
) -> None:
    request = request_draft(cast)
    client = browse(cast.representative)
    page = client.get(edit(request, "employer"))
    typed = rows(
        "names", {"name": "A Foods", "kind": "PAYSTUB"}, {"name": A_NUMBER}, {"name": "B Staffing"}, initial=1
    )
    answer = client.post(edit(request, "employer"), {"as_shown": token_of(page), "next": "1", **typed})
    assert A_NUMBER in text_of(answer)
    assert [each.name for each in request.names.all()] == ["A Foods", "B Staffing"]


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        ("2024-02-01", "2023-02-01", "The end is before the beginning."),
        ("1899-12-31", "present", "not between 1900 and 2100"),
        ("2099-01-01", "present", "This day has not come yet."),
        ("yesterday-ish", "present", "is not a date"),
    ],
)
def test_a_day_that_cannot_be_is_explained_and_stays_as_typed(
    cast: Cast, browse: Browse, start: str, end: str, sentence: str
) -> None:
    request = request_draft(cast)
    client = browse(cast.representative)
    page = client.get(edit(request, "places"))
    typed = {"as_shown": token_of(page), "next": "1", "period_from": start, "period_to": end}
    answer = client.post(edit(request, "places"), {**typed, **rows("sites", {"city": "Mesa", "state": "AZ"})})
    assert sentence in text_of(answer)
    assert f'value="{start}"' in text_of(answer)
    assert SoiRequest.objects.get().period_from == date(2022, 1, 1)
    assert [site.city for site in request.sites.all()] == ["Mesa"]


def test_more_rows_can_be_added_without_a_script(cast: Cast, browse: Browse) -> None:
    request = request_draft(cast)
    client = browse(cast.representative)
    page = client.get(edit(request, "employer"))
    before = text_of(page).count("Name ")
    typed = rows("names", {"name": "A Foods", "kind": "PAYSTUB"}, {"name": "C Crew"}, initial=1)
    answer = client.post(edit(request, "employer"), {"as_shown": token_of(page), "more": "names", **typed})
    assert text_of(client.get(answer["Location"])).count("Name ") > before
    assert [each.name for each in request.names.all()] == ["A Foods", "C Crew"]


def test_text_is_kept_while_it_is_typed_without_filling_the_history(cast: Cast, browse: Browse) -> None:
    request = request_draft(cast)
    client = browse(cast.representative)
    token = token_of(client.get(edit(request, "story")))
    story = {"retaliation": "Threats.", "fear": "Fear.", "certifies_no_names": "on"}
    lines = []
    for text in ("One", "One two", "One two three"):
        answer = client.post(edit(request, "story"), {"as_shown": token, "dispute": text, **story}, **HTMX)
        assert answer.status_code == 200
        token = token_of(answer)
        lines.append(request.steps.count())
    assert SoiRequest.objects.get().dispute == "One two three"
    assert lines[0] == lines[-1]


def test_rows_typed_after_a_save_while_typing_are_all_kept(cast: Cast, browse: Browse) -> None:
    request = request_draft(cast)
    client = browse(cast.representative)
    token = token_of(client.get(edit(request, "employer")))
    given = [{"name": "A Foods", "kind": "PAYSTUB"}, {"name": "B Staffing", "kind": "STAFFING"}]
    answer = client.post(
        edit(request, "employer"), {"as_shown": token, **rows("names", *given, initial=1)}, **HTMX
    )
    given.append({"name": "C Crew", "kind": "UNKNOWN"})
    typed = {"as_shown": token_of(answer), "next": "1", **rows("names", *given, initial=1)}
    client.post(edit(request, "employer"), typed)
    assert [each.name for each in request.names.all()] == ["A Foods", "B Staffing", "C Crew"]


def test_what_is_not_kept_while_typing_is_said(cast: Cast, browse: Browse) -> None:
    request = request_draft(cast)
    client = browse(cast.representative)
    token = token_of(client.get(edit(request, "story")))
    answer = client.post(edit(request, "story"), {"as_shown": token, "dispute": A_NUMBER}, **HTMX)
    assert "These answers are not kept yet" in text_of(answer)
    assert A_NUMBER not in SoiRequest.objects.get().dispute


def test_text_changed_by_a_colleague_is_not_overwritten_unseen(cast: Cast, browse: Browse) -> None:
    request = request_draft(cast)
    rosa, ana = browse(cast.representative), browse(cast.organizer)
    story = {"retaliation": "Threats.", "fear": "Fear.", "certifies_no_names": "on"}
    seen_by_rosa = token_of(rosa.get(edit(request, "story")))
    seen_by_ana = token_of(ana.get(edit(request, "story")))
    ana.post(edit(request, "story"), {"as_shown": seen_by_ana, "next": "1", "dispute": "Ana's text", **story})
    answer = rosa.post(
        edit(request, "story"), {"as_shown": seen_by_rosa, "next": "1", "dispute": "Rosa's text", **story}
    )
    assert answer.status_code == 409
    assert "Rosa&#x27;s text" in text_of(answer)
    assert SoiRequest.objects.get().dispute == "Ana's text"
    again = {"as_shown": token_of(answer), "next": "1", "dispute": "Both texts", **story}
    assert rosa.post(edit(request, "story"), again).status_code == 302
    assert SoiRequest.objects.get().dispute == "Both texts"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"zip_code": "1"}, "A ZIP code has five digits, like 85201, or nine, like 85201-1234."),
        ({"state": "ZZ"}, "ZZ is not one of the available choices."),
    ],
)
def test_a_worksite_that_cannot_be_is_refused_and_stays_on_the_page(
    cast: Cast, browse: Browse, wrong: dict[str, str], told: str
) -> None:
    request = request_draft(cast)
    client, page = browse(cast.representative), edit(request, "places")
    typed = rows(
        "sites", {"street": "9 New Road", "city": "Mesa", "state": "AZ", "zip_code": "85201", **wrong}
    )
    answer = client.post(page, {"as_shown": token_of(client.get(page)), "next": "1", **typed})
    assert told in text_of(answer)
    assert 'value="9 New Road"' in answer.content.decode()
    assert not request.sites.filter(street="9 New Road").exists()


def test_the_agency_can_be_changed_while_it_is_a_draft(cast: Cast, browse: Browse) -> None:
    request = request_draft(cast)
    client = browse(cast.representative)
    page = client.get(edit(request, "agency"))
    typed = {
        "as_shown": token_of(page),
        "next": "1",
        "office": str(cast.offices["nysdol-wpu"].pk),
        "requester_kind": "attorney",
        "on_behalf_of": "ALL",
    }
    client.post(edit(request, "agency"), typed)
    stored = SoiRequest.objects.get()
    assert (stored.agency.code, stored.jurisdiction, stored.time_zone) == (
        "NYSDOL",
        "NYSDOL",
        "America/New_York",
    )
    assert stored.agency_desk.office.name == "NYSDOL Worker Protection Unit, Albany"


def test_an_open_request_of_ones_own_about_a_similar_employer_is_pointed_out(
    cast: Cast, browse: Browse
) -> None:
    request_draft(cast)
    second = request_draft(cast)
    page = browse(cast.organizer).get(edit(second, "employer"))
    assert "You may have asked already" in text_of(page)


@pytest.mark.parametrize("who", ["river", "investigator", "intake", "adjudicator", "administrator"])
def test_nobody_else_reaches_a_draft(cast: Cast, browse: Browse, who: str) -> None:
    request = request_draft(cast)
    client = browse(getattr(cast, who))
    assert client.get(edit(request, "story")).status_code == 404
    assert client.get(reverse("case", args=[request.reference])).status_code == 404


@pytest.mark.parametrize("who", ["investigator", "intake", "administrator"])
def test_only_the_workers_side_asks(cast: Cast, browse: Browse, who: str) -> None:
    assert browse(getattr(cast, who)).get(reverse("soi_request_new")).status_code == 403


@pytest.mark.parametrize("part", ["nonsense", "CHECK"])
def test_a_step_that_is_not_there_is_not_found(cast: Cast, browse: Browse, part: str) -> None:
    assert browse(cast.organizer).get(edit(request_draft(cast), part)).status_code == 404


def test_a_tampered_form_is_no_server_error(cast: Cast, browse: Browse) -> None:
    request = request_draft(cast)
    client = browse(cast.representative)
    for part in ("agency", "employer", "places", "story"):
        assert client.post(edit(request, part), {"as_shown": "\x00" * 90, "office": "x"}).status_code in (
            200,
            302,
            409,
        )
    assert (
        client.post(reverse("soi_request_new"), {"draft": "forged:token", "office": "999999"}).status_code
        == 200
    )
    assert [each.name for each in request.names.all()] == ["A Foods"]

"""When a session ends: it is said before, and what was sent afterwards is held by the answer, not lost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import SignIn, SoiRequest
from tests.cases import request_draft
from tests.laid_down import laid_down
from tests.referrals.pages.reading import Browse, links

WORDS = 'Wages were kept back.\r\n"Nobody" says <why>.'
OWN = {"Origin": "http://testserver"}


@pytest.fixture
@laid_down
def draft(cast: Cast) -> SoiRequest:
    return request_draft(cast)


def story_of(draft: SoiRequest) -> str:
    return reverse("soi_request_edit", args=[draft.reference, "story"])


def held(page: Any) -> dict[str, str]:
    """The fields that a page holds, as its form would send them."""
    text = page.content.decode()
    found = re.findall(r'<input\s+type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', text)
    return {name: unescape(value) for name, value in found}


def test_what_was_sent_without_a_session_is_held_by_the_page_that_says_so(draft: SoiRequest) -> None:
    page = Client().post(story_of(draft), {"dispute": WORDS, "as_shown": "x"})
    assert page.status_code == 401
    assert {"dispute": WORDS, "as_shown": "x"}.items() <= held(page).items()
    assert "no-store" in page.headers["Cache-Control"]
    assert reverse("account_login") in links(page)


def test_nothing_of_it_is_stored_for_somebody_who_is_not_signed_in(draft: SoiRequest) -> None:
    client = Client()
    client.post(story_of(draft), {"dispute": WORDS})
    assert not SignIn.objects.exists()
    assert set(client.cookies) <= {"csrftoken"}


def test_a_password_is_never_held(cast: Cast) -> None:
    page = Client().post(reverse("account_change_password"), {"oldpassword": "a secret of hers"})
    assert "a secret of hers" not in page.content.decode()


def test_a_page_that_is_only_read_still_leads_to_the_sign_in(draft: SoiRequest) -> None:
    answer = Client().get(story_of(draft))
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("account_login"))


def test_sent_again_after_a_sign_in_it_is_stored(draft: SoiRequest, cast: Cast, browse: Browse) -> None:
    page = Client().post(story_of(draft), {"dispute": WORDS})
    answer = browse(cast.representative).post(story_of(draft), held(page))
    assert answer.status_code in (200, 302)
    assert SoiRequest.objects.get(pk=draft.pk).dispute.splitlines() == WORDS.splitlines()


def test_a_draft_that_keeps_itself_is_not_called_saved_after_the_session(draft: SoiRequest) -> None:
    answer = Client().post(story_of(draft), {"dispute": WORDS}, headers={"HX-Request": "true"})
    assert answer.status_code == 401


def strict(client: Client) -> Client:
    client.handler.enforce_csrf_checks = True
    return client


def test_a_form_from_before_the_sign_in_can_be_sent_again(
    draft: SoiRequest, cast: Cast, browse: Browse
) -> None:
    client = strict(browse(cast.representative))
    page = client.post(story_of(draft), {"dispute": WORDS, "csrfmiddlewaretoken": "o" * 64}, headers=OWN)
    assert page.status_code == 403
    assert held(page)["dispute"] == WORDS
    assert SoiRequest.objects.get(pk=draft.pk).dispute == draft.dispute
    assert client.post(story_of(draft), held(page), headers=OWN).status_code in (200, 302)
    assert SoiRequest.objects.get(pk=draft.pk).dispute.splitlines() == WORDS.splitlines()


@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}, {"Origin": "https://elsewhere.example"}])
def test_what_another_site_sends_is_not_offered_to_be_sent_again(
    draft: SoiRequest, cast: Cast, browse: Browse, headers: dict[str, str]
) -> None:
    client = strict(browse(cast.representative))
    page = client.post(story_of(draft), {"dispute": WORDS}, headers=headers)
    assert page.status_code == 403
    assert "dispute" not in held(page)


class TestHowLongASessionLasts:
    def test_to_ask_does_not_prolong_it(self, cast: Cast, browse: Browse, settings: Any) -> None:
        client = browse(cast.representative)
        settings.SESSION_COOKIE_AGE = 3_000
        ends = SignIn.objects.get().expire_date
        first = client.get(reverse("session")).json()["seconds"]
        assert 1_000 < first <= 30 * 60
        assert SignIn.objects.get().expire_date == ends

    def test_to_stay_signed_in_prolongs_it(self, cast: Cast, browse: Browse, settings: Any) -> None:
        client = browse(cast.representative)
        settings.SESSION_COOKIE_AGE = 3_000
        ends = SignIn.objects.get().expire_date
        answer = client.post(reverse("session"))
        assert answer.json()["seconds"] in (2_999, 3_000)
        assert SignIn.objects.get().expire_date > ends
        assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] in (2_999, 3_000)

    def test_nobody_has_no_time_left_and_learns_nothing(self, db: None) -> None:
        for answer in (Client().get(reverse("session")), Client().post(reverse("session"))):
            assert (answer.status_code, answer.json()["seconds"]) == (401, 0)
            assert set(answer.json()) == {"seconds", "token"}

    def test_it_is_not_prolonged_from_elsewhere(self, cast: Cast, browse: Browse) -> None:
        assert strict(browse(cast.representative)).post(reverse("session")).status_code == 403

    def test_the_warning_is_on_the_pages_of_signed_in_people_only(self, cast: Cast, browse: Browse) -> None:
        assert 'id="session-ending"' in browse(cast.representative).get("/").content.decode()
        assert 'id="session-ending"' not in Client().get(reverse("account_login")).content.decode()

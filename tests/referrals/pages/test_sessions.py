"""When a session ends: it is said before, and what was sent afterwards is held by the answer, not lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import SignIn, SoiRequest, User
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


NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class TestWhenItEnds:
    def opened(self, client: Client, *, minutes: float) -> int:
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            return client.get("/").status_code

    def begun(self, person: User) -> Client:
        with time_machine.travel(NOW, tick=False):
            client = Client()
            client.force_login(person)
            assert client.get("/").status_code == 200
        return client

    def test_after_half_an_hour_without_a_page(self, cast: Cast) -> None:
        client = self.begun(cast.representative)
        assert self.opened(client, minutes=29) == 200
        assert self.opened(client, minutes=29 + 29) == 200
        assert self.opened(client, minutes=29 + 29 + 31) == 302

    def test_after_twelve_hours_in_any_case(self, cast: Cast) -> None:
        client = self.begun(cast.representative)
        assert [self.opened(client, minutes=each) for each in range(20, 720, 20)] == [200] * 35
        assert self.opened(client, minutes=721) == 302

    def test_the_time_that_is_left_is_the_shorter_one(self, cast: Cast) -> None:
        client = self.begun(cast.representative)
        for minutes in range(20, 701, 20):
            self.opened(client, minutes=minutes)
        with time_machine.travel(NOW + timedelta(minutes=710), tick=False):
            assert client.get(reverse("session")).json()["seconds"] == 600
            assert client.post(reverse("session")).json()["seconds"] == 600

    def test_to_ask_how_long_it_lasts_is_not_to_use_it(self, cast: Cast) -> None:
        client = self.begun(cast.representative)
        for minutes in (10, 20, 29):
            with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
                client.get(reverse("session"))
        assert self.opened(client, minutes=31) == 302

    def test_the_sign_in_page_says_why(self, cast: Cast) -> None:
        client = self.begun(cast.representative)
        SignIn.objects.all().delete()
        page = client.get("/", follow=True).content.decode()
        assert "after 30 minutes without a page, after 12 hours in any case" in page
        assert "You were signed out" not in Client().get("/", follow=True).content.decode()


class TestWhereIAmSignedIn:
    def browser(self, person: User, agent: str = FIREFOX) -> Client:
        client = Client(headers={"user-agent": agent})
        client.force_login(person)
        client.get("/")
        return client

    def test_each_is_listed_with_its_device(self, cast: Cast) -> None:
        here = self.browser(cast.representative)
        self.browser(cast.representative, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Safari/605.1.15")
        self.browser(cast.river, "Mozilla/5.0 (Windows NT 10.0) Edg/140.0")
        page = here.get(reverse("sign_ins")).content.decode()
        assert "Firefox, Linux" in page
        assert "Safari, iPhone" in page
        assert "Edge" not in page
        keys = SignIn.objects.values_list("session_key", flat=True)
        assert not any(key in page for key in keys)

    def test_one_is_ended(self, cast: Cast) -> None:
        here, there = self.browser(cast.representative), self.browser(cast.representative)
        other = SignIn.objects.exclude(session_key=here.session.session_key).get()
        here.post(reverse("sign_ins"), {"end": other.handle})
        assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)

    def test_every_other_one_is_ended(self, cast: Cast) -> None:
        here, *others = (self.browser(cast.representative) for _each in range(4))
        stranger = self.browser(cast.river)
        here.post(reverse("sign_ins"), {"others": "1"})
        assert [each.get("/").status_code for each in others] == [302] * 3
        assert (here.get("/").status_code, stranger.get("/").status_code) == (200, 200)

    @pytest.mark.parametrize("handle", ["", "x", "0" * 32])
    def test_what_is_not_mine_is_not_ended(self, cast: Cast, handle: str) -> None:
        here, stranger = self.browser(cast.representative), self.browser(cast.river)
        theirs = SignIn.objects.get(user=cast.river).handle
        for each in (handle, theirs):
            page = here.post(reverse("sign_ins"), {"end": each}, follow=True).content.decode()
            assert "had ended already" in page
        assert stranger.get("/").status_code == 200

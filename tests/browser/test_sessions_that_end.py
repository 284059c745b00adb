"""A session that ends says so before; what was typed is there after the next sign-in, and is sent then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from referrals.demo.cast import Cast
from referrals.models import SignIn, SoiRequest
from tests import signing_in
from tests.browser.visitor import DESKTOP, EMAILS, PASSWORD, PHONE, Visitor
from tests.cases import request_draft

Visit = Callable[..., Visitor]
LANGUAGES = ["en-US", "es-MX"]
WORDS = 'Dijo: "vete".\nWages were kept back.'


@pytest.fixture
def draft(world: Cast) -> SoiRequest:
    return request_draft(world)


def typing(visitor: Visitor, draft: SoiRequest) -> Page:
    visitor.go(reverse("soi_request_edit", args=[draft.reference, "story"]))
    visitor.page.locator("textarea[name=dispute]").fill(WORDS)
    return visitor.page


def send(page: Page) -> None:
    """The button that goes on, and then whatever page the answer is."""
    with page.expect_navigation():
        page.locator("main form[method=post] button[type=submit]").last.click()


def sign_in_behind(visitor: Visitor, link: Locator) -> None:
    """Follow a link into a new tab, sign in there, and come back to the tab with the words."""
    with visitor.context.expect_page() as opened:
        link.click()
    page = opened.value
    page.locator("input[name=login]").fill(EMAILS[visitor.who])
    page.locator("input[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()
    signing_in.give_code(page, EMAILS[visitor.who])
    visitor.page.bring_to_front()
    with visitor.page.expect_response("**/session/"):  # a tab that comes to the front asks how it stands
        visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.close()


def ends_in(seconds: int) -> Any:
    return timezone.now() + timedelta(seconds=seconds)


def is_stored(draft: SoiRequest) -> bool:
    return SoiRequest.objects.get(pk=draft.pk).dispute.splitlines() == WORDS.splitlines()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_sent_after_the_session_had_ended_is_sent_again_after_the_next_sign_in(
    visit: Visit, draft: SoiRequest, language: str
) -> None:
    visitor = visit("representative", language=language)
    page = typing(visitor, draft)
    SignIn.objects.all().delete()
    send(page)
    assert not is_stored(draft)
    visitor.complaints.clear()
    for screen in (DESKTOP, PHONE):
        visitor.turn(screen)
        visitor.look()
    assert visitor.tab_through() == []
    sign_in_behind(visitor, page.locator("main a[target=_blank]"))
    send(page)
    assert is_stored(draft)
    visitor.look()


def test_without_scripts_it_takes_one_press_more(visit: Visit, draft: SoiRequest) -> None:
    """The form's token is from before the sign-in; the answer says so and holds the words too."""
    visitor = visit("representative")
    page = typing(visitor, draft)
    page.locator("main form[method=post] input[name=csrfmiddlewaretoken]").last.evaluate(
        "each => each.value = 'o'.repeat(64)"
    )
    send(page)
    assert not is_stored(draft)
    visitor.complaints.clear()
    visitor.look()
    send(page)
    assert is_stored(draft)


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_is_warned_and_stays_signed_in(
    visit: Visit, draft: SoiRequest, settings: Any, language: str
) -> None:
    visitor = visit("representative", phone=True, language=language)
    settings.SESSION_COOKIE_AGE = 8  # so that a page looks after two seconds
    page = typing(visitor, draft)
    SignIn.objects.update(expire_date=ends_in(60))
    warning = page.locator("#session-ending")
    expect(warning).to_be_visible()
    expect(warning.get_by_role("button")).to_be_focused()
    visitor.look()
    settings.SESSION_COOKIE_AGE = 12 * 3600
    with page.expect_response("**/session/"):
        page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    assert SignIn.objects.get().expire_date > ends_in(3600)
    send(page)
    assert is_stored(draft)


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_who_was_signed_out_is_told_and_goes_on_where_they_were(
    visit: Visit, draft: SoiRequest, settings: Any, language: str
) -> None:
    visitor = visit("representative", phone=True, language=language)
    settings.SESSION_COOKIE_AGE = 8
    page = typing(visitor, draft)
    settings.SESSION_COOKIE_AGE = 12 * 3600
    with page.expect_response(lambda answer: answer.request.method == "POST") as draft_kept:
        SignIn.objects.all().delete()
    assert draft_kept.value.status == 401
    note = page.locator("[data-draft]")
    expect(note).to_have_text(note.get_attribute("data-failed") or "?")
    told = page.locator("#session-ended")
    expect(told).to_be_visible()
    visitor.complaints.clear()
    visitor.look()
    sign_in_behind(visitor, told.locator("a[target=_blank]"))
    expect(told).to_be_hidden()
    assert page.locator("textarea[name=dispute]").input_value() == WORDS
    send(page)
    assert is_stored(draft)

"""A passkey, made and used by a real browser with a simulated device; a code; the pages about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect

from referrals import second_factors
from referrals.demo.cast import Cast
from tests.browser.visitor import DESKTOP, EMAILS, PASSWORD, PHONE, Visitor

Visit = Callable[..., Visitor]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_tries_before() -> None:
    cache.clear()


def with_device(visitor: Visitor) -> None:
    """Plug in a device that keeps passkeys and finds its owner's finger in order."""
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def pressed(visitor: Visitor, name: str) -> Any:
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("button", name=name, exact=True).click()
    return visitor.page


def test_a_passkey_is_made_and_signs_in_without_a_password(visit: Visit, world: Cast) -> None:
    visitor = visit("representative")
    with_device(visitor)
    visitor.open(reverse("mfa_add_webauthn"))
    visitor.page.locator("input[name=name]").fill("My computer")
    pressed(visitor, "Add the passkey")
    assert len(second_factors.factors_of(world.representative)) == 2
    visitor.context.clear_cookies()
    visitor.go(reverse("account_login"))
    pressed(visitor, "Sign in with a passkey")
    assert visitor.page.url.rstrip("/") == visitor.address
    visitor.sees("Rosa Representative")


def test_a_passkey_is_the_second_factor_too_and_confirms(visit: Visit, world: Cast) -> None:
    visitor = visit("representative")
    with_device(visitor)
    visitor.go(reverse("mfa_add_webauthn"))
    pressed(visitor, "Add the passkey")
    visitor.context.clear_cookies()
    visitor.go(reverse("account_login"))
    visitor.page.locator("input[name=login]").fill(EMAILS["representative"])
    visitor.page.locator("input[name=password]").fill(PASSWORD)
    with visitor.page.expect_navigation():
        visitor.page.locator("main form button[type=submit]").first.click()
    visitor.look()
    pressed(visitor, "Use a passkey")
    visitor.sees("Rosa Representative")
    visitor.open(reverse("mfa_reauthenticate_webauthn") + "?next=/inbox/")
    pressed(visitor, "Use a passkey")
    assert visitor.page.url.endswith("/inbox/")


def test_without_a_device_the_page_says_so_and_nothing_is_lost(visit: Visit) -> None:
    visitor = visit("representative")
    visitor.context.add_init_script("navigator.credentials.create = () => Promise.reject(new Error('none'))")
    visitor.open(reverse("mfa_add_webauthn"))
    visitor.page.locator("input[name=name]").fill("My computer")
    visitor.page.get_by_role("button", name="Add the passkey", exact=True).click()
    expect(visitor.page.locator("[data-passkey-trouble]")).to_be_visible(timeout=15_000)
    assert visitor.page.locator("input[name=name]").input_value() == "My computer"


PAGES = (
    "mfa_index", "mfa_reauthenticate", "account_reauthenticate", "mfa_deactivate_totp", "mfa_add_webauthn",
    "mfa_generate_recovery_codes", "sign_ins",
)  # fmt: skip


@pytest.mark.parametrize("language", ["en-US", "es-MX"])
def test_the_pages_are_in_order(visit: Visit, language: str) -> None:
    visitor = visit("organizer", language=language)
    visitor.go(reverse("mfa_deactivate_totp"))
    with visitor.page.expect_navigation():
        visitor.page.locator("main button.usa-button--secondary").click()
    for path in ["mfa_activate_totp", *PAGES[:3], *PAGES[4:5], "sign_ins"]:
        for screen in (DESKTOP, PHONE):
            visitor.turn(screen)
            visitor.open(reverse(path))
        assert visitor.tab_through() == []
    visitor = visit("representative", language=language)
    for path in [*PAGES, "mfa_view_recovery_codes"]:
        if path == "mfa_view_recovery_codes":
            visitor.go(reverse("mfa_generate_recovery_codes"))
            with visitor.page.expect_navigation():
                visitor.page.locator("main form button[type=submit]").click()
            visitor.look()
        for screen in (DESKTOP, PHONE):
            visitor.turn(screen)
            visitor.open(reverse(path))


@pytest.mark.parametrize("language", ["en-US", "es-MX"])
def test_the_page_for_the_code_is_in_order(visit: Visit, world: Cast, language: str) -> None:
    visitor = visit("", language=language)
    visitor.go(reverse("account_login"))
    visitor.page.locator("input[name=login]").fill(EMAILS["river"])
    visitor.page.locator("input[name=password]").fill(PASSWORD)
    with visitor.page.expect_navigation():
        visitor.page.locator("main form button[type=submit]").first.click()
    for screen in (DESKTOP, PHONE):
        visitor.turn(screen)
        visitor.look()
    assert visitor.tab_through() == []

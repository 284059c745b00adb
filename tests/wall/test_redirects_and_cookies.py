"""Nobody is sent elsewhere by an address that somebody else made; cookies are this host's alone."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from tests.wall.every_address import addresses
from tests.wall.world import World

HOSTILE = (
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "http:evil.example", "https:///evil.example", "javascript:alert(1)", "data:text/html,x",
    " https://evil.example", "/\t/evil.example", "https://testserver@evil.example/",
    "https://testserver.evil.example/", "//evil.example/%2f..", "\x00//evil.example", "http://[",
    "/%0d%0aLocation: x",
)  # fmt: skip
PHRASE = "a long enough phrase of hers"
PARAMETERS = ("next", "url", "return", "back", "to", "redirect", "continue", "return_to", "from")


def leads_elsewhere(answer: object) -> bool:
    there = getattr(answer, "headers", {}).get("Location", "")
    parts = urlsplit(there.strip().replace("\\", "/"))
    return bool(parts.netloc not in ("", "testserver") or parts.scheme not in ("", "http", "https"))


@pytest.mark.parametrize("who", ["anonymous", "representative"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_address_sends_anybody_to_another_site(
    world: World, signed_in: Callable[[str], Client], who: str, method: str
) -> None:
    found = []
    for hostile in HOSTILE[:2]:
        asked = dict.fromkeys(PARAMETERS, hostile)
        browser = signed_in(who)
        for name, address in addresses().items():
            if name == "account_logout":
                continue
            answer = getattr(browser, method)(address, asked, headers={"referer": hostile.strip("\x00\t ")})
            if leads_elsewhere(answer):
                found.append((name, hostile, answer.headers["Location"]))
    assert found == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_after_signing_in_and_choosing_a_language_people_stay_here(world: World, hostile: str) -> None:
    cache.clear()
    person = world.cast.representative
    person.set_password(PHRASE)
    person.save()
    browser = Client(raise_request_exception=False)
    asked = {"login": person.email, "password": PHRASE, "next": hostile}
    for address, sent in (
        (reverse("account_reset_password"), {"email": "nobody", "next": hostile}),
        (reverse("account_login"), asked),
        ("/i18n/setlang/", {"language": "es", "next": hostile}),
    ):
        answer = browser.post(address, sent)
        assert answer.status_code < 500
        assert not leads_elsewhere(answer)


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver:80@evil.example", ""]
)
def test_another_host_name_is_refused_everywhere_but_by_the_probes(world: World, host: str) -> None:
    browser = Client(raise_request_exception=False)
    for address in ("/", "/accounts/login/", "/verify/", "/nowhere/"):
        assert browser.get(address, headers={"host": host}).status_code == 400
    assert browser.get("/", headers={"x-forwarded-host": "evil.example"}).status_code == 302


def test_no_script_and_no_other_site_gets_a_cookie(world: World) -> None:
    browser = signing_in(world)
    browser.handler.enforce_csrf_checks = False
    browser.post("/i18n/setlang/", {"language": "es"})
    browser.get("/verify/")
    assert set(browser.cookies) >= {"sessionid", "csrftoken", "django_language"}
    for name, cookie in browser.cookies.items():
        assert cookie["httponly"] or cookie["max-age"] == 0, name
        assert cookie["samesite"] in {"Lax", "Strict"}, name
        assert (cookie["path"], cookie["domain"]) == ("/", ""), name


def signing_in(world: World) -> Client:
    """A browser in which the representative has signed in by the form, over TLS."""
    cache.clear()  # of the attempts that other tests made
    person = world.cast.representative
    person.set_password(PHRASE)
    person.save()
    browser = Client(enforce_csrf_checks=True, headers={"referer": "https://testserver/"})
    page = browser.get(reverse("account_login"), secure=True)
    asked = {"login": person.email, "password": PHRASE, "csrfmiddlewaretoken": page.context["csrf_token"]}
    assert browser.post(reverse("account_login"), asked, secure=True).status_code == 302
    return browser


@override_settings(
    SESSION_COOKIE_NAME="__Host-sessionid", SESSION_COOKIE_SECURE=True,
    CSRF_COOKIE_NAME="__Host-csrftoken", CSRF_COOKIE_SECURE=True,
)  # fmt: skip
def test_cookies_named_for_their_host_are_what_the_name_demands(world: World) -> None:
    browser = signing_in(world)
    for name in ("__Host-sessionid", "__Host-csrftoken"):
        cookie = browser.cookies[name]
        assert (bool(cookie["secure"]), cookie["path"], cookie["domain"]) == (True, "/", "")

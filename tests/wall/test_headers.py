"""Each answer tells the browser the same strict things, whoever made it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, TooManyFieldsSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path, reverse

from config import headers, urls
from referrals.models import Document
from referrals.views.downloads import ALONE
from tests.wall.every_address import addresses
from tests.wall.world import World

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
WANTED = {**headers.ALWAYS, "Referrer-Policy": "same-origin"}
WRONG = {
    "400": BadRequest,
    "403": PermissionDenied,
    "413": RequestDataTooBig,
    "too-many": TooManyFieldsSent,
    "500": RuntimeError,
    "503": OperationalError,
}
STATUS = {"too-many": 413}


def wrong(request: HttpRequest, what: str) -> HttpResponse:
    raise WRONG[what]("on purpose")


urlpatterns = [path("wrong/<str:what>/", wrong), *urls.urlpatterns]
handler400, handler500 = urls.handler400, urls.handler500


def missing(answer: Any) -> dict[str, str | None]:
    """What an answer does not say, or says otherwise; what is handed out to be saved says more."""
    saved = answer.headers.get("Content-Disposition", "").startswith("attachment")
    found = {
        name: answer.headers.get(name) for name, value in WANTED.items() if answer.headers.get(name) != value
    }
    if parts_of(answer.headers.get("Content-Security-Policy", "")) != parts_of(ALONE if saved else POLICY):
        found["Content-Security-Policy"] = answer.headers.get("Content-Security-Policy")
    kept = answer.headers.get("Cache-Control", "")
    if "no-store" not in kept and not kept.startswith(("max-age=0, public", "max-age=60, public")):
        found["Cache-Control"] = kept
    return found


def parts_of(policy: str) -> set[str]:
    """The directives of a policy: their order says nothing."""
    return set(policy.split("; "))


@pytest.mark.parametrize("who", ["anonymous", "representative", "administrator"])
@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_every_address_answers_with_every_header(
    world: World, signed_in: Callable[[str], Client], who: str, method: str
) -> None:
    browser = signed_in(who)
    found = {}
    for name, address in addresses().items():
        if who != "anonymous" and name == "account_logout":
            continue
        if lacking := missing(getattr(browser, method)(address)):
            found[name] = lacking
    assert found == {}


@pytest.mark.parametrize(
    "address",
    ["/static/referrals/app.css", "/static/nothing.css", "/nowhere", "/nowhere/", "/cases/a%00b/",
     "/healthz", "/readyz", "/metrics", "/.well-known/security.txt"],
)  # fmt: skip
def test_files_probes_and_what_is_not_there_do_too(world: World, address: str) -> None:
    answer = Client(raise_request_exception=False).get(address)
    assert missing(answer) == {}


def test_a_public_file_may_be_kept_and_nothing_else(world: World) -> None:
    assert "no-store" not in Client().get("/static/referrals/app.css").headers["Cache-Control"]
    for address in ("/", "/accounts/login/", "/verify/", "/deadlines/", "/nowhere"):
        assert "no-store" in Client().get(address).headers["Cache-Control"], address


@pytest.mark.parametrize("what", WRONG)
@override_settings(ROOT_URLCONF="tests.wall.test_headers")
def test_every_page_about_something_wrong_does_too(world: World, what: str) -> None:
    answer = Client(raise_request_exception=False).get(f"/wrong/{what}/")
    assert answer.status_code == STATUS.get(what) or answer.status_code == int(what)
    assert missing(answer) == {}


def test_a_wrong_host_and_a_form_without_its_token_do_too(world: World) -> None:
    assert missing(Client(raise_request_exception=False).get("/", headers={"host": "evil.example"})) == {}
    refused = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "a"})
    assert refused.status_code == 403
    assert missing(refused) == {}


@override_settings(
    SECURE_HSTS_SECONDS=31_536_000,
    SECURE_HSTS_INCLUDE_SUBDOMAINS=True,
    SECURE_HSTS_PRELOAD=True,
    SECURE_SSL_REDIRECT=True,
)
def test_over_tls_every_answer_asks_for_tls_for_a_year(world: World) -> None:
    for address in ("/", "/healthz", "/static/referrals/app.css", "/nowhere"):
        answer = Client().get(address, secure=True)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    redirected = Client().get("/accounts/login/")
    assert redirected["Location"] == "https://testserver/accounts/login/"
    assert missing(redirected) == {}


def test_a_letter_and_every_other_download_does_too(world: World, signed_in: Callable[[str], Client]) -> None:
    browser = signed_in("representative")
    letter = Document.objects.visible_to(world.cast.representative).exclude(kind=Document.SCAN).first()
    assert letter is not None
    answer = browser.get(reverse("document", args=[letter.public_id]))
    assert answer.status_code == 200
    assert missing(answer) == {}
    record = world.record("worker's request, at USCIS")
    file = browser.get(reverse("case_history_file", args=[record.reference]))
    assert (file.status_code, file.headers["Content-Disposition"].partition(";")[0]) == (200, "attachment")
    assert missing(file) == {}


def test_no_page_holds_a_script_or_a_style_of_its_own(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    """The policy would refuse it; a page that needs one would be broken."""
    for who in ("representative", "investigator", "administrator"):
        text = signed_in(who).get("/").content.decode()
        assert "<style" not in text
        assert " style=" not in text
        assert "<script>" not in text
        assert " onclick=" not in text

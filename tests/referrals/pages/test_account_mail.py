"""A new password is asked for: the mail goes through the outbox, and its key is stored nowhere."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from notifications import relay
from notifications.models import KeptMail, Message, Schedule, State
from referrals.demo.cast import Cast
from tests.referrals.pages.reading import Browse, main

ASK = "/accounts/password/reset/"


@pytest.fixture(autouse=True)
def nobody_asked_before(settings: Any) -> None:
    """How often somebody may ask is counted in the cache."""
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": memory, "LOCATION": uuid4().hex}}


def ask(address: str) -> Any:
    return Client().post(ASK, {"email": address})


def link_in(text: str) -> str:
    return urlsplit(re.findall(r"https?://\S+", text)[0]).path


def test_the_mail_waits_in_the_outbox_and_cannot_be_turned_off(cast: Cast, mailoutbox: list[Any]) -> None:
    assert ask(cast.representative.email).status_code == 302
    assert mailoutbox == []
    (row,) = Message.objects.all()
    assert (row.event, row.state, row.mandatory, row.urgent) == (
        "account.password_reset",
        State.PENDING,
        True,
        True,
    )


def test_the_link_lets_its_reader_choose_a_new_password(cast: Cast, mailoutbox: list[Any]) -> None:
    ask(cast.representative.email)
    assert relay.deliver_pending(at=timezone.now(), worker="test").sent == 1
    (letter,) = mailoutbox
    assert letter.to == [cast.representative.email]
    browser = Client()
    page = browser.get(link_in(letter.body), follow=True)
    path = page.request["PATH_INFO"]
    words = "another long password 77"
    browser.post(path, {"password1": words, "password2": words})
    cast.representative.refresh_from_db()
    assert cast.representative.check_password(words)
    assert "/accounts/password/reset/" in Client().get(link_in(letter.body), follow=True).request["PATH_INFO"]


def test_the_key_is_stored_in_no_table(cast: Cast, settings: Any) -> None:
    settings.NOTIFICATIONS_EMAIL, settings.DEMO = "keep", True
    ask(cast.representative.email)
    relay.deliver_pending(at=timezone.now(), worker="test")
    shown = KeptMail.objects.get().shown_body
    key = link_in(shown).rstrip("/").rsplit("/", 1)[1].split("-", 1)[1]
    assert len(key) > 20
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("notifications_"):
                cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', [f"%{key}%"])  # noqa: S608
                assert cursor.fetchone()[0] == 0, table


def test_the_demonstration_shows_a_link_that_works(cast: Cast, browse: Browse, settings: Any) -> None:
    settings.NOTIFICATIONS_EMAIL, settings.DEMO = "keep", True
    ask(cast.representative.email)
    relay.deliver_pending(at=timezone.now(), worker="test")
    text = main(browse(cast.investigator).get("/mail/"))
    assert "Choose a new password" in text
    assert Client().get(link_in(text), follow=True).context["form"] is not None


def test_an_address_without_an_account_gets_no_mail_and_the_same_answer(cast: Cast) -> None:
    known, unknown = ask(cast.representative.email), ask("nobody@example.org")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert Message.objects.count() == 1


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_mail_is_in_the_readers_language_and_says_how_to_ignore_it(
    cast: Cast, mailoutbox: list[Any], language: str
) -> None:
    type(cast.representative).objects.filter(pk=cast.representative.pk).update(language=language)
    ask(cast.representative.email)
    relay.deliver_pending(at=timezone.now(), worker="test")
    assert {"en": "do nothing", "es": "no haga nada"}[language] in mailoutbox[0].body


def test_neither_a_summary_nor_quiet_hours_hold_it_back(cast: Cast) -> None:
    Schedule.objects.create(
        user=cast.representative,
        summary="weekly",
        time_zone="UTC",
        quiet_from="00:00",
        quiet_until="23:59:59",
    )
    ask(cast.representative.email)
    assert relay.deliver_pending(at=timezone.now(), worker="test").sent == 1

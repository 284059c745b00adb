"""Whose account was changed, or used on a new device, is told by a mail that nobody can turn off."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications import relay
from notifications.models import Message
from referrals import account_mail
from referrals.demo.cast import Cast
from referrals.models import User
from tests.referrals.people.conftest import Browse

PASSWORD = "a password for tests"
WORDS = "another long password 77"


@pytest.fixture(autouse=True)
def nobody_tried_before(settings: Any) -> None:
    """Tries are counted in the cache."""
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": memory, "LOCATION": uuid4().hex}}


def told(person: User) -> list[str]:
    sent = Message.objects.filter(recipient=person, mandatory=True, urgent=True, channel="email")
    return list(sent.filter(event__startswith="account.").order_by("pk").values_list("event", flat=True))


def signs_in(client: Client, person: User) -> None:
    Authenticator.objects.filter(user=person).delete()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})


def test_a_sign_in_on_a_new_device_is_told_and_one_on_a_known_device_is_not(cast: Cast) -> None:
    client = Client()
    signs_in(client, cast.organizer)
    assert told(cast.organizer) == ["account.new_device"]
    client.post("/accounts/logout/")
    signs_in(client, cast.organizer)
    assert told(cast.organizer) == ["account.new_device"]
    signs_in(Client(), cast.organizer)
    assert told(cast.organizer) == ["account.new_device"] * 2


def test_a_changed_password_is_told(cast: Cast, browse: Browse) -> None:
    typed = {"oldpassword": PASSWORD, "password1": WORDS, "password2": WORDS}
    assert browse(cast.organizer).post("/accounts/password/change/", typed).status_code == 302
    assert told(cast.organizer) == ["account.password_changed"]


def test_new_recovery_codes_and_a_factor_taken_away_are_told(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.organizer)
    assert browser.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    assert browser.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert told(cast.organizer) == ["account.codes_made", "account.factor_removed"]


def test_factors_that_an_operator_takes_away_are_told(cast: Cast) -> None:
    call_command("reset_factors", cast.river.email)
    assert told(cast.river) == ["account.factors_reset"]


@pytest.mark.parametrize("what", sorted(account_mail.CHANGES))
def test_the_mail_says_what_happened_and_nothing_about_anybody(
    cast: Cast, mailoutbox: list[Any], what: str
) -> None:
    account_mail.tell_changed(cast.river, what, at=timezone.now())
    assert relay.deliver_pending(at=timezone.now(), worker="test").sent == 1
    (mail,) = mailoutbox
    assert mail.subject == account_mail.CHANGES[what]
    assert str(account_mail.CHANGES[what]) in mail.body
    assert cast.river.name not in mail.body
    assert mail.to == [cast.river.email]


def test_it_is_written_in_the_readers_language(cast: Cast, mailoutbox: list[Any]) -> None:
    account_mail.tell_changed(cast.organizer, "password_changed", at=timezone.now())
    relay.deliver_pending(at=timezone.now(), worker="test")
    assert mailoutbox[0].subject == "Se cambió la contraseña de su cuenta"

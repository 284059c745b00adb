"""Guessing is slowed down, its owner is not locked out, and no refusal says whether there is an account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from referrals import sign_in_limits
from referrals.demo.cast import Cast
from referrals.models import SignIn, User
from tests import signing_in

PASSWORD = "a password for tests"
HOME, ELSEWHERE = "198.51.100.7", "203.0.113.9"


@pytest.fixture(autouse=True)
def _no_tries_before(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def tries(email: str, password: str, *, address: str = HOME, client: Client | None = None) -> Any:
    browser = client or Client()
    return browser.post(reverse("account_login"), {"login": email, "password": password}, REMOTE_ADDR=address)


def passes(answer: Any) -> bool:
    return bool(answer.status_code == 302 and answer["Location"] == reverse("mfa_authenticate"))


def device_of(user: User) -> Client:
    """A browser on which somebody has signed in, and out again."""
    client = Client()
    assert passes(tries(user.email, PASSWORD, client=client))
    client.post(reverse("mfa_authenticate"), {"code": signing_in.code_of(user)}, REMOTE_ADDR=HOME)
    client.post(reverse("account_logout"))
    assert sign_in_limits.COOKIE in client.cookies
    return client


class TestPasswords:
    def test_a_guesser_is_stopped_even_with_the_right_one(self, cast: Cast) -> None:
        for number in range(40):
            tries(cast.river.email, f"guess {number}", address=ELSEWHERE)
        assert not passes(tries(cast.river.email, PASSWORD, address=ELSEWHERE))

    def test_the_owner_gets_in_from_another_address(self, cast: Cast) -> None:
        for number in range(200):
            tries(cast.river.email, f"guess {number}", address=ELSEWHERE)
        assert passes(tries(cast.river.email, PASSWORD))

    def test_the_owner_gets_in_on_a_known_device_at_the_guessers_address(self, cast: Cast) -> None:
        device = device_of(cast.river)
        for number in range(40):
            tries(cast.river.email, f"guess {number}")
        assert passes(tries(cast.river.email, PASSWORD, client=device))

    def test_many_addresses_together_are_stopped_but_not_the_known_device(self, cast: Cast) -> None:
        device = device_of(cast.river)
        for number in range(60):
            tries(cast.river.email, "a guess", address=f"192.0.2.{number}")
        assert not passes(tries(cast.river.email, PASSWORD, address="192.0.2.200"))
        assert passes(tries(cast.river.email, PASSWORD, client=device))

    def test_a_stolen_device_has_few_tries(self, cast: Cast) -> None:
        device = device_of(cast.river)
        for number in range(12):
            tries(cast.river.email, f"guess {number}", client=device)
        assert not passes(tries(cast.river.email, PASSWORD, client=device))

    def test_a_device_is_known_for_its_own_account_alone(self, cast: Cast) -> None:
        device = device_of(cast.river)
        for number in range(40):
            tries(cast.approver.email, f"guess {number}", client=device)
        assert not passes(tries(cast.approver.email, PASSWORD, client=device))

    @pytest.mark.parametrize("value", ["", "x", "a:b:c", "x" * 5000])
    def test_a_made_up_device_is_not_known(self, cast: Cast, value: str) -> None:
        client = Client()
        client.cookies[sign_in_limits.COOKIE] = value
        for number in range(6):
            tries(cast.river.email, f"guess {number}", client=client)
        assert not passes(tries(cast.river.email, PASSWORD, client=client))

    def test_others_at_a_shared_address_get_in(self, cast: Cast) -> None:
        for number in range(12):
            tries(cast.river.email, f"guess {number}")
        assert passes(tries(cast.approver.email, PASSWORD))

    def test_those_who_sign_in_rightly_are_not_counted(self, cast: Cast) -> None:
        assert all(passes(tries(cast.river.email, PASSWORD)) for _time in range(12))


def words_of(answer: Any) -> str:
    """A page without what differs each time."""
    text = re.sub(r'value="[^"]*"', "", answer.content.decode())
    return re.sub(r"\s+", " ", text)


class TestNobodyLearnsWhoHasAnAccount:
    def test_every_refusal_has_the_same_words(self, cast: Cast) -> None:
        known = [words_of(tries(cast.river.email, f"guess {each}")) for each in range(10)]
        unknown = [words_of(tries("nobody@example.org", f"guess {each}")) for each in range(10)]
        assert len({*known, *unknown}) == 1

    def test_nor_does_asking_for_a_new_password_tell(self, cast: Cast) -> None:
        address = reverse("account_reset_password")
        answers = [
            Client().post(address, {"email": email}) for email in (cast.river.email, "nobody@example.org")
        ]
        assert {(answer.status_code, answer["Location"]) for answer in answers} == {
            (302, reverse("account_reset_password_done"))
        }


class TestCodes:
    def given(self, user: User, code: str, address: str) -> bool:
        client = Client()
        assert passes(tries(user.email, PASSWORD, address=address, client=client))
        client.post(reverse("mfa_authenticate"), {"code": code}, REMOTE_ADDR=address)
        return client.get(reverse("desk")).status_code == 200

    def test_a_guesser_is_stopped_and_the_owner_is_not(self, cast: Cast) -> None:
        for _number in range(8):
            assert not self.given(cast.river, "000000", ELSEWHERE)
        assert not self.given(cast.river, signing_in.code_of(cast.river), ELSEWHERE)
        assert self.given(cast.river, signing_in.code_of(cast.river), HOME)


class TestNewPasswords:
    def change(self, client: Client, new: str) -> Any:
        given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        return client.post(reverse("account_change_password"), given)

    @pytest.mark.parametrize("new", ["short one", "password1234", "organizer@example.org"])
    def test_what_is_short_common_or_ones_own_name_is_refused(self, cast: Cast, new: str) -> None:
        client = Client()
        client.force_login(cast.organizer)
        assert self.change(client, new).status_code == 200
        cast.organizer.refresh_from_db()
        assert cast.organizer.check_password(PASSWORD)

    @pytest.mark.parametrize(
        "new", ["only small letters and spaces", "719305826641", "ñandú con paraguas", "x y" * 40]
    )
    def test_nothing_is_asked_of_its_letters(self, cast: Cast, new: str) -> None:
        client = Client()
        client.force_login(cast.organizer)
        assert self.change(client, new).status_code == 302
        cast.organizer.refresh_from_db()
        assert cast.organizer.check_password(new)

    def test_every_other_sign_in_ends(self, cast: Cast) -> None:
        here, there = Client(), Client()
        for client in (here, there):
            client.force_login(cast.organizer)
        self.change(here, "only small letters and spaces")
        assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)
        assert SignIn.objects.filter(user=cast.organizer).count() == 1

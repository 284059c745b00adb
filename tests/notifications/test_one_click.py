"""Turning mail off from the mail itself (RFC 8058), without signing in and without learning anything."""

import re
from email import message_from_string
from email.policy import default
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from notifications import one_click, preferences, relay
from notifications.models import Channel, Message, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def headers(smtp, monday):
    def read():
        relay.deliver_pending(at=monday, worker="test")
        return message_from_string(smtp.mails[-1][1], policy=default)

    return read


def path_in(letter) -> str:
    return re.fullmatch(
        r"<https://casework\.example\.gov(/notifications/off/\S+/)>", letter["List-Unsubscribe"]
    )[1]


def test_a_mail_that_can_be_turned_off_says_how(tell, person, headers):
    tell(person(), channels=["email"])
    letter = headers()
    assert path_in(letter)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("channel", [{"mandatory": True}, {"mandatory": True, "urgent": True}])
def test_a_mail_that_cannot_be_turned_off_does_not_offer_it(tell, person, headers, channel):
    tell(person(), channels=["email"], **channel)
    letter = headers()
    assert letter["List-Unsubscribe"] is None
    assert letter["List-Unsubscribe-Post"] is None


def test_one_click_turns_mail_off_and_leaves_the_inbox(tell, person, headers, stranger):
    reader = person()
    preferences.choose(user=reader, event="statement_moved", channel=Channel.EMAIL, enabled=True)
    tell(reader)
    answer = stranger.post(path_in(headers()), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    inbox, by_mail = tell(reader)
    assert (inbox.state, by_mail.state) == (State.SENT, State.SKIPPED)
    assert tell(reader, mandatory=True)[1].state == State.PENDING


def test_opening_the_address_turns_nothing_off(tell, person, headers, stranger):
    reader = person()
    tell(reader)
    path = path_in(headers())
    assert stranger.get(path).status_code == stranger.head(path).status_code == 200
    assert tell(reader)[1].state == State.PENDING


def test_the_address_and_its_page_name_nobody(tell, person, headers, stranger):
    reader = person(address="maria.lopez@example.org", name="Maria Lopez")
    tell(reader)
    path = path_in(headers())
    number = Message.objects.get(channel="email").public_id.hex
    assert re.fullmatch(rf"/notifications/off/{number}-[0-9a-f]{{64}}/", path)
    for page in (stranger.get(path), stranger.post(path)):
        text = page.content.decode().lower()
        assert "lopez" not in text
        assert "statement_moved" not in text


def test_an_address_that_was_not_made_here_is_unknown(tell, person, headers, stranger):
    reader = person()
    tell(reader)
    path = path_in(headers())
    flipped = path[:-2] + ("0" if path[-2] != "0" else "1") + "/"
    for wrong in (
        flipped,
        "/notifications/off/x/",
        f"/notifications/off/{uuid4().hex}-/",
        "/notifications/off/é-é/",
    ):
        assert stranger.post(wrong).status_code == stranger.get(wrong).status_code == 404
    assert tell(reader)[1].state == State.PENDING


def test_a_signed_number_without_a_mail_looks_the_same(tell, person, headers, stranger):
    tell(person())
    seen = []
    for path in (path_in(headers()), f"/notifications/off/{one_click.token_of(uuid4())}/"):
        page = stranger.post(path)
        seen.append((page.status_code, re.search("<main.*</main>", page.content.decode(), re.DOTALL)[0]))
    assert seen[0] == seen[1]


def test_the_address_of_a_mandatory_mail_turns_nothing_off(tell, person, stranger):
    reader = person()
    (row,) = tell(reader, channels=["email"], mandatory=True)
    stranger.post(f"/notifications/off/{one_click.token_of(row.public_id)}/")
    assert tell(reader)[1].state == State.PENDING


def test_the_address_is_that_of_the_page():
    assert reverse("notifications_off", args=["x"]) == f"{one_click.PATH}x/"


def test_clicking_twice_is_harmless(tell, person, headers, stranger):
    tell(person())
    path = path_in(headers())
    assert [stranger.post(path).status_code for _ in range(2)] == [200, 200]

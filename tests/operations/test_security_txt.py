"""Whoever finds a weakness learns whom to tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine
from django.test import Client, override_settings

ADDRESS = "/.well-known/security.txt"
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
CONTACT = ["mailto:security@casework.example", "https://casework.example/report"]


@override_settings(SECURITY_CONTACT=CONTACT, SECURITY_POLICY_URL="", SITE_URL="https://casework.example")
def test_it_names_the_contacts_the_languages_and_an_end_within_a_year(db: None) -> None:
    with time_machine.travel(NOW, tick=False):
        answer = Client().get(ADDRESS)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = [line.partition(": ")[::2] for line in answer.content.decode().splitlines()]
    assert [value for name, value in lines if name == "Contact"] == CONTACT
    (ends,) = [datetime.fromisoformat(value) for name, value in lines if name == "Expires"]
    assert timedelta(days=30) < ends - NOW < timedelta(days=365)
    assert ("Preferred-Languages", "en, es") in lines
    assert ("Canonical", f"https://casework.example{ADDRESS}") in lines
    assert "Policy" not in dict(lines)


@override_settings(SECURITY_CONTACT=CONTACT, SECURITY_POLICY_URL="https://casework.example/policy")
def test_it_names_the_policy_where_there_is_one(db: None) -> None:
    assert "Policy: https://casework.example/policy\n" in Client().get(ADDRESS).content.decode()


@override_settings(SECURITY_CONTACT=[])
def test_without_a_contact_there_is_no_such_file(db: None) -> None:
    assert Client().get(ADDRESS).status_code == 404

"""A second administrator's stand-in, a proposal that can be sent, and browsers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from referrals.models import User

Browse = Callable[[User], Client]
PROPOSAL: dict[str, Any] = {
    "name": "Valley Legal Clinic",
    "kind": "ADVOCATE",
    "level": "",
    "state": "AZ",
    "office": "Valley Legal Clinic, Tempe",
    "address": "1 Example Street",
    "time_zone": "America/Phoenix",
    "proof": "DOJ",
    "number": "DOJ-12345",
    "jurisdiction": "EOIR roster",
    "source": "https://www.justice.gov/eoir/recognition-accreditation-roster-reports",
    "looked_on": "2024-08-01",
    "capacities": ["ORGANIZER", "REPRESENTATIVE"],
    "most_people": 2,
    "first_name": "Vera Valley",
    "first_email": "vera@valley.example",
    "first_capacity": "REPRESENTATIVE",
}


@pytest.fixture
def browse(db: None) -> Browse:
    def sign_in(person: User) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(person)
        return client

    return sign_in

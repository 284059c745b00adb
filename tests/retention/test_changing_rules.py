"""A rule of keeping is changed like every other: two people, and first what it would do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from referrals import retention
from referrals.demo.cast import Cast
from referrals.models import Disposition
from referrals.services import due_records, policy_changes
from tests.cases import OPEN_WORLD
from tests.retention.conftest import Add
from workflows import policy_drafts
from workflows.models import PolicyChange

NOW = OPEN_WORLD + timedelta(days=200)
RULE = {"jurisdiction": "US", "key": retention.NEVER_FILED}


def drafted(by: Any, *, months: int) -> PolicyChange:
    return policy_drafts.draft_rule(
        key=retention.NEVER_FILED, first_day=(NOW + timedelta(days=1)).date(), by=by, at=NOW,
        value={"amount": months, "unit": "months", "rolls": False}, source="Schedule 7",
        reason="New schedule.",
    )  # fmt: skip


def test_a_shorter_time_counts_once_two_people_agreed_and_its_first_day_came(add: Add, cast: Cast) -> None:
    add()
    change = drafted(cast.administrator, months=6)
    foreseen = policy_changes.foresee(change, at=NOW)
    assert foreseen.keeping is not None
    assert (foreseen.keeping.before, foreseen.keeping.after) == (0, 1)
    proposed = policy_changes.propose(change, by=cast.administrator, at=NOW)
    with pytest.raises(policy_changes.ChangeRefused):
        policy_changes.approve(change, by=cast.administrator, at=NOW, seen=proposed.fingerprint)
    policy_changes.approve(change, by=cast.officer, at=NOW, seen=proposed.fingerprint)
    due_records.find(at=NOW)
    assert not Disposition.objects.exists(), "its first day is tomorrow"
    due_records.find(at=NOW + timedelta(days=1))
    assert Disposition.objects.get().items.get().rule.value["amount"] == 6


def test_the_page_says_how_much_more_would_be_due(add: Add, cast: Cast, time_machine: Any) -> None:
    add()
    time_machine.move_to(NOW)
    browser = Client()
    browser.force_login(cast.administrator)
    typed = {
        "amount": "6", "unit": "months", "first_day": (NOW + timedelta(days=1)).date().isoformat(),
        "governs": "kept", "source": "Schedule 7", "reason": "New schedule.",
    }  # fmt: skip
    with translation.override("en"):
        page = browser.post(reverse("rule_propose", kwargs=RULE), typed).content.decode()
    said = " ".join(page.split())
    assert "under the rule on record: 0; under the new one: 1." in said

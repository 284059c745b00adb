"""A letter shown before its step is taken: the same letter, marked as a draft, and nothing kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from referrals.demo.cast import Cast
from referrals.models import Document, Grant
from referrals.services.letters import preview_pdf
from tests import letters_cases as cases
from tests.letters_cases import LATER
from tests.referrals.letters.tagged_reader import Reader
from workflows.models import Step

ON = LATER.date()

# step: how to bring the case before it, who looks, what the form holds, what the letter says
SHOWN: dict[str, tuple[Callable[[Cast], Any], str, dict[str, Any], str, tuple[str, ...]]] = {
    "sign": (
        cases.approved_statement,
        "signer",
        {"review_by_on": date(2026, 8, 5)},
        "",
        ("We will review it by August 5, 2026", "This is a draft. No one has signed it."),
    ),
    "return_incomplete": (
        cases.transmitted_statement,
        "intake",
        {"deficiencies": ["period"]},
        "A page is torn.",
        ("Period of employment: missing or not clear.", "A page is torn."),
    ),
    "reject": (
        cases.received_request,
        "intake",
        {"defects": ["unsigned"]},
        "",
        ("UNSIGNED",),
    ),
    "request_evidence": (
        cases.adjudicated_request,
        "adjudicator",
        {"rfe_served_on": ON, "rfe_served_by": "mail", "items": cases.ASKED},
        "",
        ("December 2, 2024", "Pay stubs from 2022."),
    ),
    "intend_to_deny": (
        cases.adjudicated_request,
        "adjudicator",
        {"noid_served_on": ON, "noid_served_by": "electronic"},
        "The papers name another town.",
        ("October 4, 2024", "The papers name another town."),
    ),
    "grant": (
        cases.adjudicated_request,
        "adjudicator",
        cases.GRANTED,
        "",
        ("September 10, 2024", "September 9, 2028"),
    ),
    "deny": (
        cases.adjudicated_request,
        "adjudicator",
        {"reason_code": "discretion"},
        "Too little is shown.",
        ("DISCRETION", "Too little is shown."),
    ),
    "grant_stay": (
        cases.reviewed_stay,
        "ice_reviewer",
        {**cases.STAYED, "conditions": "Report on the first Monday."},
        "",
        ("September 3, 2025", "Report on the first Monday."),
    ),
    "terminate_at_once": (
        cases.permitted_grant,
        "adjudicator",
        {},
        "A conviction.",
        ("A conviction.", "September 4, 2024"),
    ),
}


@pytest.mark.parametrize("step", SHOWN)
def test_a_preview_is_the_letter_as_a_draft_and_leaves_nothing(step: str, cast: Cast) -> None:
    before, reader, data, reason, said = SHOWN[step]
    record = before(cast)
    kept, steps = Document.objects.count(), Step.objects.count()
    by = cast.people[reader]
    content = preview_pdf(record, step.removesuffix("_stay"), by=by, at=LATER, data=data, reason=reason)
    assert content is not None
    reader_ = Reader(content)
    assert [needed for needed in said if needed not in reader_.aloud()] == []
    assert all("DRAFT" in page.artifacts for page in reader_.pages)
    assert "Signed electronically" not in reader_.aloud()
    assert (Document.objects.count(), Step.objects.count()) == (kept, steps)


def test_a_countersigner_sees_the_letter_of_the_proposal(cast: Cast) -> None:
    request = cases.propose_denial(cast)
    content = preview_pdf(request, "countersign", by=cast.supervisor, at=LATER, reason="Agreed.")
    assert content is not None
    text = Reader(content).aloud()
    assert "Your papers name another town." in text
    assert "Agreed." not in text


def test_a_step_without_a_letter_has_no_preview(cast: Cast) -> None:
    grant = Grant.objects.get(worker_request=cases.grant_request(cast))
    assert preview_pdf(grant, "keep", by=cast.supervisor, at=LATER) is None
    assert preview_pdf(grant, "countersign", by=cast.supervisor, at=LATER) is None

"""The review page, who may open it, and the notices that are sent from it."""

from __future__ import annotations

from collections.abc import Callable

import pgtrigger
import pytest
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import Screening, User, WorkerRequest
from tests.referrals.dhs.browsing import Browser, again, words
from workflows.machines.worker_request import State

AtDesk = Callable[[User], Browser]
ITEM = {"text_1": "A certified copy of the court record of 2019.", "basis_1": "8 CFR 103.2(b)(8)"}
SERVED = {"rfe_served_on": "2024-09-03", "rfe_served_by": "mail"}


def test_claim_and_scope_stand_side_by_side_with_the_agreement_in_words(
    cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk
) -> None:
    text = words(at_desk(cast.adjudicator).open("review", at_uscis.reference))
    assert "A Foods (As on paystubs)" in text
    assert "1 Jun 2022 to 30 Jun 2023" in text
    assert text.count("Agrees") >= 4


def test_what_was_told_in_confidence_is_not_on_the_pages_of_dhs(
    cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk
) -> None:
    told = Screening.objects.get(request=at_uscis)
    told.notes, told.arrests = "CONFIDENTIAL-A", "CONFIDENTIAL-B"
    told.save()
    at_uscis.items.update(note="CONFIDENTIAL-C")
    with pgtrigger.ignore("referrals.Evidence:evidence_handed_over_is_fixed"):
        for proof in at_uscis.evidence.all():
            proof.note = "CONFIDENTIAL-D"
            proof.save()
    for page in ("review", "case", "decision"):
        assert "CONFIDENTIAL" not in at_desk(cast.adjudicator).text(page, at_uscis.reference)


def test_another_field_office_finds_nothing(cast: Cast, at_ice: WorkerRequest, at_desk: AtDesk) -> None:
    assert at_desk(cast.ice_reviewer).status("review", at_ice.reference) == 200
    for page in ("review", "case", "decision"):
        assert at_desk(cast.ny_ice_reviewer).status(page, at_ice.reference) == 404


def test_uscis_finds_nothing_that_lies_with_ice(cast: Cast, at_ice: WorkerRequest, at_desk: AtDesk) -> None:
    assert at_desk(cast.adjudicator).status("review", at_ice.reference) == 404


def test_the_reviewer_goes_from_one_request_to_the_next(
    cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk
) -> None:
    text = words(at_desk(cast.adjudicator).open("review", at_uscis.reference))
    assert "1 of 1 on your desk" in text


def test_the_due_date_is_shown_with_its_arithmetic_before_anything_is_sent(
    cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk
) -> None:
    shown = at_desk(cast.adjudicator).step(at_uscis, "request_evidence", **SERVED, show_due="1")
    text = words(shown)
    assert "An answer would be due on Fri 29 Nov 2024" in text
    assert "Please check these answers" not in text
    assert again(at_uscis).state == State.IN_ADJUDICATION


def test_an_rfe_stores_its_items_with_the_step(cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk) -> None:
    at_desk(cast.adjudicator).takes(at_uscis, "request_evidence", **ITEM, **SERVED)
    assert at_uscis.state == State.RFE_ISSUED
    assert [item.text for item in at_uscis.asked_items.all()] == [ITEM["text_1"]]
    clock = at_uscis.clocks.get(key="rfe", stopped_at=None)
    assert clock.due_on is not None
    assert clock.due_on.isoformat() == "2024-11-29"


def test_an_rfe_sent_twice_is_one_rfe(cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk) -> None:
    desk = at_desk(cast.adjudicator)
    url = reverse("case_step", args=[at_uscis.reference, "request_evidence"])
    data = {**ITEM, **SERVED, "expected_version": at_uscis.version, "idempotency_key": "pressed-twice"}
    assert desk.client.post(url, data).status_code == 302
    desk.client.post(url, data)
    assert at_uscis.asked_items.count() == 1


def test_asking_for_what_is_in_the_packet_needs_a_second_thought(
    cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk
) -> None:
    desk = at_desk(cast.adjudicator)
    item = {"text_1": "A copy of the passport.", "basis_1": "8 CFR 103.2(b)(8)"}
    warned = desk.step(at_uscis, "request_evidence", **item, **SERVED)
    assert "is marked as present in the packet" in words(warned)
    assert again(at_uscis).asked_items.count() == 0
    desk.takes(at_uscis, "request_evidence", **item, **SERVED, ask_anyway="on")
    assert at_uscis.state == State.RFE_ISSUED


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"rfe_served_on": "2024-09-05"}, "on a day that has not come"),
        ({"rfe_served_on": "2024-08-01"}, "before the case came to your office"),
        ({"rfe_served_on": "1899-12-31"}, "is not between 1900 and 2100"),
        ({"rfe_served_on": "soon"}, "is not a date"),
        ({"text_1": ""}, "This field is required"),
        ({"text_2": "Another paper."}, "Say on which rule this item rests."),
        ({"rfe_served_by": "pigeon"}, "pigeon is not one of the available choices"),
    ],
)
def test_a_notice_that_is_not_clear_is_not_sent(
    cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk, data: dict[str, str], sentence: str
) -> None:
    answer = at_desk(cast.adjudicator).step(at_uscis, "request_evidence", **{**ITEM, **SERVED, **data})
    assert sentence in words(answer)
    assert again(at_uscis).state == State.IN_ADJUDICATION


def test_an_intent_to_deny_carries_its_grounds_and_starts_thirty_days(
    cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk
) -> None:
    at_desk(cast.adjudicator).takes(
        at_uscis, "intend_to_deny", noid_served_on="2024-09-03", noid_served_by="electronic",
        reason="The dates of work lie outside the period.",
    )  # fmt: skip
    clock = at_uscis.clocks.get(key="noid", stopped_at=None)
    assert clock.due_on is not None
    assert clock.due_on.isoformat() == "2024-10-03"


def test_ice_asks_for_information_in_the_same_way(cast: Cast, at_ice: WorkerRequest, at_desk: AtDesk) -> None:
    at_desk(cast.ice_reviewer).takes(
        at_ice,
        "request_ice_information",
        **ITEM,
        ice_info_served_on="2024-09-03",
        ice_info_served_by="electronic",
    )
    assert at_ice.state == State.ICE_INFO_REQUESTED
    assert at_ice.asked_items.get().notice == "ICE"


def test_an_appointment_in_the_past_is_refused(cast: Cast, filed: WorkerRequest, at_desk: AtDesk) -> None:
    from tests.referrals.dhs.test_both_tracks_by_pages import ALL_NO, accept

    intake = at_desk(cast.intake)
    accept(intake, filed)
    intake.send("routing", filed.reference, **ALL_NO)
    intake.takes(filed, "route_to_uscis")
    answer = at_desk(cast.adjudicator).step(
        filed, "schedule_biometrics", biometrics_on="2024-09-01", place="ASC"
    )
    assert "The appointment lies in the past." in words(answer)


def test_the_letter_can_be_read_before_it_exists(
    cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk
) -> None:
    desk = at_desk(cast.adjudicator)
    url = reverse("letter_preview", args=[at_uscis.reference, "request_evidence"])
    answer = desk.client.post(url, {**ITEM, **SERVED})
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert at_uscis.asked_items.count() == 0
    assert desk.client.post(url, {}).status_code == 302
    assert at_desk(cast.investigator).client.post(url, {**ITEM, **SERVED}).status_code == 404


def test_grounds_written_anew_bring_a_waiting_denial_down(
    cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk
) -> None:
    desk = at_desk(cast.adjudicator)
    grounds = {"outcome": "DENY", "favorable": "", "adverse": "", "rationale": "Outside the scope."}
    desk.send("decision", at_uscis.reference, **grounds)
    desk.takes(at_uscis, "deny", reason_code="not_in_scope", reason="Another place.")
    desk.send("decision", at_uscis.reference, **{**grounds, "rationale": "Something else."})
    answer = at_desk(cast.supervisor).step(at_uscis, "countersign")
    assert answer.status_code == 409
    assert "What was decided has changed since it was proposed." in words(answer)

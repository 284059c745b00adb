"""Completeness, rejection and routing at intake."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from referrals.demo.cast import Cast
from referrals.models import PacketItem, Statement, User, WorkerRequest
from referrals.services import intake as service
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, signed_request
from tests.laid_down import laid_down
from tests.referrals.dhs.browsing import Browser, again, words
from tests.referrals.dhs.test_both_tracks_by_pages import ALL_NO
from workflows.machines.worker_request import State

AtDesk = Callable[[User], Browser]
PRESENT, DEFECTIVE = PacketItem.State.PRESENT, PacketItem.State.DEFECTIVE


@pytest.fixture
@laid_down
def received(cast: Cast, filed: WorkerRequest) -> WorkerRequest:
    take_step(filed, "confirm_receipt", by=cast.intake, at=OPEN_WORLD)
    return filed


def test_nothing_is_accepted_before_every_line_was_looked_at(
    cast: Cast, received: WorkerRequest, at_desk: AtDesk
) -> None:
    answer = at_desk(cast.intake).step(received, "accept")
    assert "The completeness check is not finished" in words(answer)
    assert again(received).state == State.RECEIVED


def test_what_intake_finds_leaves_the_representatives_checklist_alone(
    cast: Cast, received: WorkerRequest, at_desk: AtDesk
) -> None:
    at_desk(cast.intake).send(
        "completeness",
        received.reference,
        state_identity=DEFECTIVE,
        note_identity="Expired.",
        rest_is_present="1",
    )
    item = received.items.get(key="identity")
    assert (item.state, item.note) == (PRESENT, "")
    assert (item.intake_state, item.intake_note) == (DEFECTIVE, "Expired.")
    assert service.undecided(received) == []


def test_a_defect_without_words_is_sent_back_with_what_was_typed(
    cast: Cast, received: WorkerRequest, at_desk: AtDesk
) -> None:
    answer = at_desk(cast.intake).send(
        "completeness", received.reference, state_identity=DEFECTIVE, note_fee="Check enclosed."
    )
    assert "Say what is wrong with it." in words(answer)
    assert received.items.exclude(intake_state="").count() == 0


def test_a_check_of_a_stale_page_is_not_kept(cast: Cast, received: WorkerRequest, at_desk: AtDesk) -> None:
    desk = at_desk(cast.intake)
    seen = received.version
    desk.send("completeness", received.reference, state_identity=PRESENT)
    answer = desk.client.post(
        f"/review/{received.reference}/completeness/", {"expected_version": seen, "state_identity": DEFECTIVE,
                                                         "note_identity": "Torn."}
    )  # fmt: skip
    assert answer.status_code == 409
    assert "The case changed while you were looking at it" in words(answer)
    assert received.items.get(key="identity").intake_state == PRESENT


def test_a_rejection_names_each_defect_by_its_code(
    cast: Cast, received: WorkerRequest, at_desk: AtDesk
) -> None:
    desk = at_desk(cast.intake)
    desk.send(
        "completeness",
        received.reference,
        state_identity=DEFECTIVE,
        note_identity="Torn.",
        rest_is_present="1",
    )
    page = desk.text("case_step", received.reference, "reject")
    assert 'value="no_identity"' in page
    nothing = desk.step(received, "reject", reason="The packet is sent back.")
    assert nothing.status_code == 200
    desk.takes(received, "reject", defects=["no_identity", "unsigned"], reason="Please mend both.")
    assert received.state == State.REJECTED
    assert received.steps.get(name="reject").data["defects"] == ["no_identity", "unsigned"]


def test_proceedings_and_orders_cannot_be_left_unknown(
    cast: Cast, received: WorkerRequest, at_desk: AtDesk
) -> None:
    desk = at_desk(cast.intake)
    answer = desk.send("routing", received.reference, detained="no")
    assert words(answer).count("Answer yes or no: this decides which office reviews the request.") >= 2
    no_office = desk.send("routing", received.reference, **{**ALL_NO, "final_order": "yes"})
    assert "Choose the field office that will decide." in words(no_office)


def test_a_removal_date_starts_its_clock_at_once(
    cast: Cast, received: WorkerRequest, at_desk: AtDesk
) -> None:
    office = cast.offices["ice-phoenix"]
    desk = at_desk(cast.intake)
    past = desk.send("routing", received.reference, **ALL_NO, removal_at="2024-08-20T10:00")
    assert "This moment has passed." in words(past)
    desk.send(
        "routing", received.reference, **{**ALL_NO, "final_order": "yes", "detained": "yes"},
        removal_at="2024-09-10T10:00", ice_office=office.pk,
    )  # fmt: skip
    clock = received.clocks.get(key="removal_date", stopped_at=None)
    assert clock.due_on is not None
    assert clock.due_on.isoformat() == "2024-09-10"
    assert "Urgent: a removal date is known." in words(desk.open("case", received.reference))


def test_the_field_office_of_the_place_is_suggested(
    cast: Cast, received: WorkerRequest, at_desk: AtDesk
) -> None:
    page = at_desk(cast.intake).text("routing", received.reference)
    assert f'<option value="{cast.offices["ice-phoenix"].pk}" selected>' in page


@pytest.mark.parametrize("page", ["review", "completeness", "routing", "decision"])
def test_other_sides_find_no_such_page(
    cast: Cast, received: WorkerRequest, at_desk: AtDesk, page: str
) -> None:
    for key in (
        "investigator",
        "approver",
        "signer",
        "officer",
        "administrator",
        "organizer",
        "river",
        "representative",
    ):
        assert at_desk(cast.people[key]).status(page, received.reference) == 404, key


def test_a_draft_is_nowhere_at_dhs(cast: Cast, statement: Statement, at_desk: AtDesk) -> None:
    draft = signed_request(cast, statement)
    for key in ("intake", "adjudicator", "supervisor", "ice_reviewer"):
        assert at_desk(cast.people[key]).status("review", draft.reference) == 404, key

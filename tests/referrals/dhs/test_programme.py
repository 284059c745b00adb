"""The programme closes: drafts go on hold and come back, and everybody is told once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from notifications.models import Message
from referrals import tasks
from referrals.demo.cast import Cast
from referrals.models import Statement, WorkerRequest
from referrals.services import programme
from referrals.services.overrides import record_override
from referrals.services.steps import take_step
from tests.cases import CLOSED_WORLD, OPEN_WORLD, signed_request
from tests.laid_down import laid_down
from tests.referrals.dhs.browsing import Browser, again, words
from workflows import history, sealing
from workflows.machines.worker_request import State

CLOSED_ON = date(2025, 1, 24)
THE_DAY = datetime(2025, 1, 24, 15, 0, tzinfo=UTC)
TERMS = {"authority": "Order 7 (fictional)", "reason": "A hearing is set for May."}


@pytest.fixture
@laid_down
def drafts(cast: Cast, statement: Statement) -> list[WorkerRequest]:
    return [signed_request(cast, statement) for _number in range(3)]


@pytest.fixture
def closed_world() -> Iterator[datetime]:
    with time_machine.travel(CLOSED_WORLD, tick=False):
        yield CLOSED_WORLD


def about_the_programme(cast: Cast) -> list[str]:
    told = Message.objects.filter(
        recipient=cast.representative, channel="inbox", event__startswith="programme."
    )
    return list(told.order_by("pk").values_list("body", flat=True))


def test_drafts_go_on_hold_on_the_closing_day_and_rosa_is_told_once(
    cast: Cast, drafts: list[WorkerRequest]
) -> None:
    assert programme.follow(at=THE_DAY - timedelta(days=1)).held == 0
    assert programme.follow(at=THE_DAY).held == 3
    assert programme.follow(at=THE_DAY + timedelta(days=1)).held == 0
    held = again(drafts[0])
    assert (held.state, held.held_from) == (State.HELD, State.SIGNED)
    assert "since 24 Jan 2025" in sealing.reason_of(held.steps.get(name="hold"))
    assert about_the_programme(cast) == [
        "The programme is closed to new requests since 24 Jan 2025. "
        "3 requests that you are preparing are on hold. They are not lost."
    ]
    assert not Message.objects.filter(event="worker_request.hold").exists()
    assert history.verify().broken is None


def test_what_is_filed_goes_on(cast: Cast, filed: WorkerRequest) -> None:
    assert programme.follow(at=THE_DAY).held == 0
    assert again(filed).state == State.FILED


def test_a_draft_begun_after_the_closing_is_not_held(cast: Cast, statement: Statement) -> None:
    late = signed_request(cast, statement, at=THE_DAY + timedelta(days=3))
    assert programme.follow(at=THE_DAY + timedelta(days=4)).held == 0
    assert again(late).state == State.SIGNED


def test_a_hold_by_a_supervisor_is_not_lifted_by_the_programme(cast: Cast, filed: WorkerRequest) -> None:
    take_step(filed, "hold", by=cast.supervisor, at=OPEN_WORLD, reason="A question of identity.")
    assert programme.follow(at=OPEN_WORLD + timedelta(days=1)).released == 0
    assert again(filed).state == State.HELD


def test_an_override_brings_the_drafts_of_its_statement_back(
    cast: Cast, statement: Statement, drafts: list[WorkerRequest]
) -> None:
    programme.follow(at=THE_DAY)
    at = THE_DAY + timedelta(days=10)
    record_override(
        statement,
        by=cast.officer,
        at=at,
        starts_on=at.date(),
        ends_on=at.date() + timedelta(days=30),
        **TERMS,
    )
    assert {again(draft).state for draft in drafts} == {State.SIGNED}
    take_step(drafts[0], "file", by=cast.representative, at=at)
    assert drafts[0].state == State.FILED
    told = about_the_programme(cast)
    assert told[-1].startswith("3 requests that were on hold go on")
    assert sum("lets new requests under this statement in" in body for body in told) == 1


def test_when_an_override_runs_out_the_drafts_left_are_held_and_it_is_said_again(
    cast: Cast, statement: Statement, drafts: list[WorkerRequest]
) -> None:
    programme.follow(at=THE_DAY)
    at = THE_DAY + timedelta(days=10)
    record_override(statement, by=cast.officer, at=at, starts_on=at.date(), ends_on=at.date(), **TERMS)
    assert programme.follow(at=at + timedelta(hours=1)).held == 0
    assert programme.follow(at=at + timedelta(days=1)).held == 3
    assert programme.follow(at=at + timedelta(days=2)).held == 0
    assert sum("are on hold" in body for body in about_the_programme(cast)) == 2


def test_the_tick_follows_the_programme(cast: Cast, drafts: list[WorkerRequest]) -> None:
    tasks.fire(at=THE_DAY)
    assert again(drafts[2]).state == State.HELD


def test_only_a_programme_officer_records_an_override(cast: Cast, statement: Statement) -> None:
    for key in ("intake", "supervisor", "signer", "representative"):
        with pytest.raises(PermissionDenied):
            record_override(
                statement, by=cast.people[key], at=THE_DAY, starts_on=CLOSED_ON, ends_on=CLOSED_ON, **TERMS
            )


def test_the_pages_of_overrides_are_the_programme_officers(
    cast: Cast, statement: Statement, closed_world: datetime
) -> None:
    for key in (
        "intake",
        "adjudicator",
        "supervisor",
        "ice_supervisor",
        "signer",
        "representative",
        "administrator",
    ):
        browser = Browser(cast.people[key])
        assert browser.status("overrides") == 404, key
        assert browser.status("override_new", statement.reference) == 404, key


def test_an_override_by_pages_lets_a_closed_filing_through(
    cast: Cast, statement: Statement, drafts: list[WorkerRequest], closed_world: datetime
) -> None:
    programme.follow(at=CLOSED_WORLD)
    officer = Browser(cast.officer)
    listed = words(officer.open("overrides"))
    assert statement.reference in listed
    assert "closed to new requests since Fri 24 Jan 2025" in listed
    assert drafts[0].reference not in listed
    answer = officer.send(
        "override_new", statement.reference, starts_on="2026-03-02", ends_on="2026-06-30", **TERMS
    )
    assert answer.status_code == 302
    assert "2 Mar 2026 to 30 Jun 2026" in words(officer.open("overrides"))
    assert statement.steps.filter(name="record_override").count() == 1
    take_step(again(drafts[0]), "file", by=cast.representative, at=CLOSED_WORLD)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"starts_on": "2026-03-01"}, "An override cannot begin in the past."),
        ({"ends_on": "2026-03-01"}, "The last day lies before the first."),
        ({"ends_on": "present"}, "is not a date"),
        ({"reason": "Let in worker A123456789."}, "A-number ending in 89"),
        ({"authority": ""}, "This field is required."),
    ],
)
def test_an_override_that_is_not_clear_is_not_kept(
    cast: Cast, statement: Statement, closed_world: datetime, data: dict[str, str], sentence: str
) -> None:
    good = {"starts_on": "2026-03-02", "ends_on": "2026-06-30", **TERMS}
    answer = Browser(cast.officer).send("override_new", statement.reference, **{**good, **data})
    assert sentence in words(answer)
    assert not statement.overrides.exists()

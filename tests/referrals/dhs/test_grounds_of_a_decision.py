"""The grounds of a decision are written by the office that decides, in its turn, with a line that says so."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from referrals.models import Decision, WorkerRequest
from referrals.services import decisions, worker_requests
from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD, reload
from tests.laid_down import laid_down
from workflows.models import Step

GROUNDS: dict[str, Any] = {
    "favorable": "Interest of the agency.",
    "adverse": "",
    "rationale": "The witness is needed.",
}


@pytest.fixture
@laid_down
def filed(cast: Any) -> WorkerRequest:
    """A request before USCIS whose checks are not done."""
    return cases.routed_request(cast, cases.active_statement(cast))


@pytest.fixture
@laid_down
def reviewed(cast: Any, filed: WorkerRequest) -> WorkerRequest:
    take_step(filed, "record_biometrics", by=cast.adjudicator, at=OPEN_WORLD)
    return filed


def write(request: WorkerRequest, by: Any, **more: Any) -> Decision:
    return decisions.write(request, by=by, at=OPEN_WORLD, outcome="GRANT", **GROUNDS, **more)


def test_writing_the_grounds_is_a_line_of_the_history(cast: Any, reviewed: WorkerRequest) -> None:
    before = reviewed.version
    decision = write(reviewed, cast.adjudicator)
    line = reviewed.steps.get(name="write_decision")
    assert (line.sequence, line.nature, line.data) == (before + 1, Step.Nature.RECORDED, {"outcome": "GRANT"})
    assert line.actor_id == decision.written_by_id == cast.adjudicator.pk


def test_nobody_but_the_deciding_office_writes_them(cast: Any, reviewed: WorkerRequest) -> None:
    for who, person in cast.people.items():
        if person.capacity in ("USCIS_ADJUDICATOR", "USCIS_SUPERVISOR"):
            continue
        with pytest.raises(PermissionDenied):
            write(reviewed, person)
        assert not Decision.objects.exists(), who
    assert not Step.objects.filter(name="write_decision").exists()


def test_the_other_track_does_not_write_them(cast: Any) -> None:
    request = cases.routed_request(cast, cases.active_statement(cast), ice=True)
    take_step(request, "receive_at_ice", by=cast.ice_reviewer, at=OPEN_WORLD)
    take_step(request, "begin_ice_review", by=cast.ice_reviewer, at=OPEN_WORLD)
    for person in (cast.adjudicator, cast.ny_ice_reviewer):
        with pytest.raises(PermissionDenied):
            write(request, person)
    assert write(request, cast.ice_reviewer).written_by == cast.ice_reviewer


def test_they_are_not_written_before_the_review_nor_after_the_decision(
    cast: Any, filed: WorkerRequest
) -> None:
    with pytest.raises(PermissionDenied):
        write(filed, cast.adjudicator)
    take_step(filed, "record_biometrics", by=cast.adjudicator, at=OPEN_WORLD)
    write(filed, cast.adjudicator)
    take_step(
        filed, "grant", by=cast.adjudicator, at=OPEN_WORLD, grant_starts_on=OPEN_WORLD.date(), months=24
    )
    with pytest.raises(PermissionDenied):
        write(filed, cast.adjudicator)
    assert Decision.objects.count() == filed.steps.filter(name="write_decision").count() == 1


def test_who_holds_the_request_as_it_was_is_refused_once_it_has_moved(
    cast: Any, reviewed: WorkerRequest
) -> None:
    """Without the version of a page: the state counts that was read together with the line."""
    moved = reload(reviewed)
    take_step(moved, "withdraw", by=cast.representative, at=OPEN_WORLD, reason="The worker left.")
    with pytest.raises(PermissionDenied):
        write(reviewed, cast.adjudicator)
    assert not Decision.objects.exists()
    assert reload(moved).version == moved.version


def test_there_is_no_way_to_write_them_without_the_line() -> None:
    assert not hasattr(worker_requests, "write_decision")

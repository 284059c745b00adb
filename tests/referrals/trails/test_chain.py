"""The trail is chained for each owner and signed each day; what was forged is found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

import present
from referrals import tasks
from referrals.demo.cast import Cast
from referrals.models import Access, AccessHead, AccessLink, Heartbeat, WorkerRequest
from referrals.services import access_alerts, access_chain
from tests.cases import OPEN_WORLD
from tests.referrals.trails.conftest import Browse

DAY = timedelta(days=1)


@pytest.fixture
def read_thrice(cast: Cast, reviewed: WorkerRequest, browse: Browse) -> list[Access]:
    for person in (cast.adjudicator, cast.representative, cast.intake):
        browse(person).get(reviewed.get_absolute_url())
    return list(Access.objects.order_by("pk"))


def verdict() -> str:
    return access_chain.verify(at=present.now()).broken


def test_each_read_gets_its_place_once(read_thrice: list[Access]) -> None:
    assert access_alerts.follow(at=present.now()) == 3
    assert access_alerts.follow(at=present.now()) == 0
    links = list(AccessLink.objects.order_by("sequence"))
    assert [each.sequence for each in links] == [1, 2, 3]
    assert [each.previous for each in links] == ["", links[0].hash, links[1].hash]
    assert {each.chain for each in links} == {read_thrice[0].owner_id}
    assert verdict() == ""


def test_owners_have_chains_of_their_own(cast: Cast, read_thrice: list[Access], browse: Browse) -> None:
    browse(cast.river).get("/cases/NO-SUCH-CASE/")
    access_alerts.follow(at=present.now())
    assert AccessLink.objects.get(chain=0).sequence == 1
    assert verdict() == ""


@pytest.mark.parametrize(
    "change",
    [{"persons": []}, {"capacity": "ORGANIZER"}, {"purpose": "OTHER"}, {"number": 9}, {"what": "LIST"}],
)
def test_a_read_that_was_changed_is_found(read_thrice: list[Access], change: dict[str, Any]) -> None:
    access_alerts.follow(at=present.now())
    with pgtrigger.ignore():
        Access.objects.filter(pk=read_thrice[1].pk).update(**change)
    assert "number 2: it was changed after it was written" in verdict()


def test_a_read_that_was_taken_out_is_found(read_thrice: list[Access]) -> None:
    access_alerts.follow(at=present.now())
    with pgtrigger.ignore():
        AccessLink.objects.filter(access=read_thrice[1]).delete()
        Access.objects.filter(pk=read_thrice[1].pk).delete()
    assert "number 2: it is missing" in verdict()


def test_a_trail_that_was_cut_off_is_found_by_the_daily_head(read_thrice: list[Access]) -> None:
    access_alerts.follow(at=present.now())
    head = access_chain.take_head(at=OPEN_WORLD)
    assert head.ends == {str(read_thrice[0].owner_id): [3, AccessLink.objects.get(sequence=3).hash]}
    with pgtrigger.ignore():
        AccessLink.objects.filter(access=read_thrice[2]).delete()
        Access.objects.filter(pk=read_thrice[2].pk).delete()
    assert "Daily head 1 of reads" in verdict()
    assert "is gone" in verdict()


def test_a_head_that_was_changed_or_signed_by_somebody_else_is_found(read_thrice: list[Access]) -> None:
    access_alerts.follow(at=present.now())
    access_chain.take_head(at=OPEN_WORLD)
    second = access_chain.take_head(at=OPEN_WORLD + DAY)
    assert second.previous == AccessHead.objects.get(number=1).hash
    assert second.signature
    assert verdict() == ""
    with override_settings(HISTORY_SIGNING_KEY="ab" * 32):
        assert "is not known here" in verdict()
    with pgtrigger.ignore():
        AccessHead.objects.filter(number=1).update(ends={})
    assert "it was changed after it was written" in verdict()


def test_a_day_has_one_head_and_a_head_of_a_later_day_stands(read_thrice: list[Access]) -> None:
    later = access_chain.take_head(at=OPEN_WORLD + DAY)
    assert access_chain.take_head(at=OPEN_WORLD + DAY) == later
    assert access_chain.take_head(at=OPEN_WORLD) == later


def test_a_read_that_never_got_its_place_is_found(read_thrice: list[Access]) -> None:
    later = present.now() + timedelta(hours=2)
    assert "has no place in a chain" in access_chain.verify(at=later).broken


def test_a_read_that_was_committed_late_gets_its_place_in_the_night(
    read_thrice: list[Access], monkeypatch: Any
) -> None:
    monkeypatch.setattr(access_chain, "LATE", 0)
    access_alerts.follow(at=present.now())
    with pgtrigger.ignore():
        AccessLink.objects.filter(access=read_thrice[0]).delete()
    assert access_alerts.follow(at=present.now()) == 0
    tasks.sign_heads_nightly()
    assert AccessLink.objects.filter(access=read_thrice[0]).exists()


def test_the_nightly_walk_and_the_command_look_at_the_trail_too(
    read_thrice: list[Access], capsys: Any, caplog: Any
) -> None:
    access_alerts.follow(at=present.now())
    call_command("verify_history")
    assert "3 reads: the trail holds." in capsys.readouterr().out
    tasks.verify_history_nightly()
    assert Heartbeat.objects.get(name=Heartbeat.Part.VERIFY).detail["wrong"] == ""
    with pgtrigger.ignore():
        Access.objects.filter(pk=read_thrice[0].pk).update(number=9)
    with pytest.raises(CommandError, match="number 1: it was changed"):
        call_command("verify_history")
    tasks.verify_history_nightly()
    assert "number 1" in Heartbeat.objects.get(name=Heartbeat.Part.VERIFY).detail["wrong"]


def test_sign_heads_prints_the_head_of_the_reads(read_thrice: list[Access], capsys: Any) -> None:
    call_command("sign_heads")
    head = AccessHead.objects.get()
    assert f"Hash: {head.hash}" in capsys.readouterr().out

"""Rules that look at reads: each finds what it should, once, and tells those who look after the records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client, override_settings

from notifications.models import Message
from referrals import access_rules, tasks
from referrals.demo.cast import Cast
from referrals.models import Access, AccessAlert, AccessLink, User, WatchedRecord, WorkerRequest
from referrals.services import access_alerts
from tests.referrals.pages.reading import links, main
from tests.referrals.trails.conftest import Browse

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)  # one in the afternoon in New York, eleven in Phoenix
MINUTE = timedelta(minutes=1)
What, Rule = Access.What, AccessAlert.Rule
Read = Callable[..., Access]


@pytest.fixture
def read(cast: Cast) -> Read:
    """A read as the middleware writes it."""
    owner = cast.representative.memberships.get().organization_id

    def write(by: User, *tokens: str, at: datetime = NOON, what: str = What.RECORD, **more: Any) -> Access:
        hat = by.memberships.get()
        return Access.objects.create(
            user=by, capacity=hat.capacity, organization_id=hat.organization_id, office_id=hat.office_id,
            **{"owner_id": owner, "what": what, "route": "case", "persons": list(tokens), "at": at,
               "number": len(tokens), **more},
        )  # fmt: skip

    return write


def follow(at: datetime = NOON) -> list[str]:
    access_alerts.follow(at=at)
    return sorted(AccessAlert.objects.values_list("rule", flat=True))


def tokens(number: int) -> list[str]:
    return [f"W-{each:010d}" for each in range(number)]


def test_many_workers_within_an_hour_are_told_once(cast: Cast, read: Read) -> None:
    for number, token in enumerate(tokens(39)):
        read(cast.adjudicator, token, at=NOON + number * MINUTE)
    assert follow() == []
    read(cast.adjudicator, tokens(40)[-1], at=NOON + 40 * MINUTE)
    assert follow() == [Rule.BULK]
    read(cast.adjudicator, "W-ANOTHER", at=NOON + 41 * MINUTE)
    assert follow() == [Rule.BULK]
    alert = AccessAlert.objects.get()
    assert (alert.user, alert.number, alert.owners) == (cast.adjudicator, 40, [read_owner(cast)])


def read_owner(cast: Cast) -> int:
    return int(cast.representative.memberships.get().organization_id)


def test_the_same_worker_again_and_again_is_one_worker(cast: Cast, read: Read) -> None:
    for number in range(60):
        read(cast.adjudicator, "W-1", at=NOON + number * timedelta(seconds=30))
    assert follow() == []


def test_workers_of_a_whole_day_are_no_bulk(cast: Cast, read: Read) -> None:
    for number, token in enumerate(tokens(60)):
        read(cast.adjudicator, token, at=NOON - number * 5 * MINUTE)
    assert follow() == []


def test_lists_have_a_limit_of_their_own(cast: Cast, read: Read) -> None:
    read(cast.representative, *tokens(399), what=What.LIST)
    assert follow() == []
    read(cast.representative, *tokens(400), what=What.LIST)
    assert follow() == [Rule.LISTED]


def test_a_figure_of_the_settings_beats_the_shipped_one(cast: Cast, read: Read) -> None:
    with override_settings(ACCESS_ALERTS={"bulk": {"persons": 2}}):
        assert access_rules.rules()["bulk"] == {"persons": 2, "minutes": 60}
        read(cast.adjudicator, "W-1")
        read(cast.adjudicator, "W-2")
        assert follow() == [Rule.BULK]


@pytest.mark.parametrize(
    ("who", "hour", "found"),
    [
        ("adjudicator", 2, False),  # nine in the evening in New York
        ("adjudicator", 3, True),  # ten
        ("adjudicator", 9, True),  # four in the morning
        ("adjudicator", 10, False),  # five
        ("ice_reviewer", 4, False),  # nine in the evening in Phoenix
        ("ice_reviewer", 5, True),
        ("ice_reviewer", 11, True),  # four in the morning in Phoenix, six in New York
        ("ice_reviewer", 12, False),
    ],
)
def test_night_is_night_where_the_office_is(cast: Cast, read: Read, who: str, hour: int, found: bool) -> None:
    read(cast.people[who], "W-1", at=datetime(2026, 3, 3, hour, tzinfo=UTC))
    assert follow() == ([Rule.ODD_HOURS] if found else [])


def test_one_night_is_told_once_also_across_midnight(cast: Cast, read: Read) -> None:
    for hour in (4, 6, 9):  # eleven, one, four
        read(cast.adjudicator, "W-1", at=datetime(2026, 3, 3, hour, tzinfo=UTC))
        assert follow() == [Rule.ODD_HOURS]
    read(cast.adjudicator, "W-1", at=datetime(2026, 3, 4, 4, tzinfo=UTC))
    assert follow() == [Rule.ODD_HOURS, Rule.ODD_HOURS]


def test_repeated_refusals_are_told(cast: Cast, reviewed: WorkerRequest, browse: Browse) -> None:
    browser = browse(cast.river)
    for _each in range(7):
        browser.get(reviewed.get_absolute_url())
    tasks.follow_reads()
    assert not AccessAlert.objects.filter(rule=Rule.REFUSALS).exists()
    browser.get(reviewed.get_absolute_url())
    tasks.follow_reads()
    alert = AccessAlert.objects.get(rule=Rule.REFUSALS)
    assert (alert.user, alert.number, alert.owners) == (cast.river, 8, [reviewed.representative_id])


def test_refusals_within_the_own_house_are_no_attempts(cast: Cast, read: Read) -> None:
    for _each in range(20):
        read(cast.representative, what=What.REFUSED)
    assert follow() == []


def test_a_watched_record_tells_at_once_and_a_list_does_not(
    cast: Cast, reviewed: WorkerRequest, read: Read
) -> None:
    token = reviewed.person.token
    access_alerts.watch(token, by=cast.privacy_officer, at=NOON)
    read(cast.adjudicator, token, what=What.LIST)
    assert follow() == []
    read(cast.adjudicator, token)
    assert follow() == [Rule.CANARY]
    assert AccessAlert.objects.get().subject == token
    access_alerts.watch_no_longer(token, at=NOON)
    read(cast.intake, token)
    assert follow() == [Rule.CANARY]


def test_what_fails_is_neither_linked_nor_lost(cast: Cast, read: Read, monkeypatch: Any) -> None:
    def fails(*_all: Any, **_more: Any) -> None:
        raise ZeroDivisionError

    read(cast.adjudicator, "W-1", at=datetime(2026, 3, 3, 5, tzinfo=UTC))
    with monkeypatch.context() as patched:
        patched.setattr(access_alerts, "findings", fails)
        with pytest.raises(ZeroDivisionError):
            follow()
    assert not AccessLink.objects.exists()
    assert follow() == [Rule.ODD_HOURS]


def found_at_night(cast: Cast, read: Read) -> AccessAlert:
    read(cast.adjudicator, "W-1", at=datetime(2026, 3, 3, 5, tzinfo=UTC))
    follow()
    return AccessAlert.objects.get()


def test_those_who_look_after_the_records_are_told_without_facts(cast: Cast, read: Read) -> None:
    alert = found_at_night(cast, read)
    told = Message.objects.filter(event="access.alert")
    people = {message.recipient_id for message in told}
    assert people == {cast.privacy_officer.pk, cast.representative.pk, cast.supervisor.pk}
    assert {message.channel for message in told} == {"inbox", "email"}
    assert all(message.mandatory for message in told)
    said = " ".join(f"{message.subject} {message.body} {message.about}" for message in told)
    assert "W-1" not in said
    assert "Ada" not in said
    assert {message.link for message in told} == {f"/reads/alerts/{alert.pk}/"}


def test_nobody_sees_an_alert_about_themselves(cast: Cast, read: Read, browse: Browse) -> None:
    read(cast.supervisor, "W-1", at=datetime(2026, 3, 3, 5, tzinfo=UTC))
    follow()
    alert = AccessAlert.objects.get()
    assert browse(cast.supervisor).get(f"/reads/alerts/{alert.pk}/").status_code == 404
    assert not Message.objects.filter(event="access.alert", recipient=cast.supervisor).exists()


def test_an_alert_opens_for_those_concerned_only(cast: Cast, read: Read, browse: Browse) -> None:
    alert = found_at_night(cast, read)
    address = f"/reads/alerts/{alert.pk}/"
    opened = {key for key, who in cast.people.items() if browse(who).get(address).status_code == 200}
    assert opened == {"privacy_officer", "administrator", "representative", "supervisor"}
    listed = {key for key, who in cast.people.items() if shows(browse(who), address)}
    assert listed == opened


def shows(browser: Client, address: str) -> bool:
    answer = browser.get("/reads/alerts/")
    return answer.status_code == 200 and address in links(answer)


def test_an_alert_is_seen_to_once_with_words(cast: Cast, read: Read, browse: Browse) -> None:
    alert = found_at_night(cast, read)
    address, browser = f"/reads/alerts/{alert.pk}/", browse(cast.privacy_officer)
    empty = browser.post(address, {"note": " "})
    assert empty.status_code == 400
    numbered = browser.post(address, {"note": "It was about A200-300-400."})
    assert numbered.status_code == 400
    assert "It was about A200-300-400." in numbered.content.decode()
    browser.post(address, {"note": "A night shift, asked and confirmed."})
    late = browse(cast.representative).post(address, {"note": "Mine."}, follow=True)
    assert "Somebody has seen to this before you" in late.content.decode()
    alert.refresh_from_db()
    assert (alert.note, alert.acknowledged_by) == (
        "A night shift, asked and confirmed.",
        cast.privacy_officer,
    )
    assert address not in links(browser.get("/reads/alerts/"))
    assert address in links(browser.get("/reads/alerts/?show=seen"))


def test_only_the_privacy_officer_sets_and_ends_a_watch(
    cast: Cast, reviewed: WorkerRequest, browse: Browse
) -> None:
    for key, who in cast.people.items():
        if key != "privacy_officer":
            answer = browse(who).post("/reads/alerts/", {"mark": reviewed.reference})
            assert answer.status_code == 404
    browser = browse(cast.privacy_officer)
    wrong = browser.post("/reads/alerts/", {"mark": "Prudencia"})
    assert wrong.status_code == 400
    assert "There is no worker with this token" in main(wrong)
    for _twice in range(2):
        browser.post("/reads/alerts/", {"mark": f" {reviewed.reference.lower()} "})
    assert WatchedRecord.objects.get().mark == reviewed.reference
    assert reviewed.reference in main(browser.get("/reads/alerts/"))
    browser.post("/reads/alerts/", {"stop": reviewed.reference})
    assert WatchedRecord.objects.get().ended_at is not None

"""Choosing what one is told, how and when; and hearing that mail comes back."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from notifications import bounces, outbox, preferences
from notifications.models import Channel, Message, Schedule
from referrals import notification_choices as choices
from referrals.demo.cast import Cast
from referrals.models import User
from referrals.notification_matrix import STEPS
from tests.referrals.pages.reading import Browse, main

PAGE = "/notifications/preferences/"
TIMES = {"summary": "none", "weekday": "0", "hour": "8", "quiet_from": "", "quiet_until": ""}


def rows(user: User) -> dict[str, choices.Row]:
    return {event: row for group in choices.groups(user) for row in group.rows for event in row.events}


def post(browser: Client, user: User, *, off: set[str] = frozenset(), **times: str) -> int:  # type: ignore[assignment]
    """Store the page with everything ticked but the boxes in ``off``."""
    ticked = {f"{row.key}:{channel}" for row in rows(user).values() for channel in row.channels} - off
    typed = {**TIMES, "time_zone": "America/Phoenix", **times, **dict.fromkeys(ticked, "on")}
    return browser.post(PAGE, typed).status_code


def test_every_kind_of_person_finds_what_concerns_them(cast: Cast, browse: Browse) -> None:
    for user in cast.people.values():
        page = browse(user).get(PAGE)
        assert page.status_code == 200
        assert "A new password was asked for" in main(page)


def test_a_person_is_shown_only_what_can_reach_them(cast: Cast) -> None:
    organizer, investigator, reviewer = (
        rows(cast.people[who]) for who in ("organizer", "investigator", "ice_reviewer")
    )
    assert "soi_request.acknowledge" in organizer
    assert not any(event.startswith(("worker_request.", "stay.", "grant.")) for event in organizer)
    assert not any(event.startswith(("worker_request.", "stay.")) for event in investigator)
    assert "stay.file" in reviewer
    assert "soi_request.acknowledge" not in reviewer


def test_every_step_of_the_matrix_is_somebodys_to_choose(cast: Cast) -> None:
    shown = {event for user in cast.people.values() for event in rows(user)}
    assert {f"{kind}.{name}".lower() for kind, name in STEPS} <= shown


def test_what_cannot_be_turned_off_says_so_and_why(cast: Cast, browse: Browse) -> None:
    row = rows(cast.representative)["worker_request.reject"]
    assert row.why_fixed
    text = main(browse(cast.representative).get(PAGE))
    assert "Cannot be turned off." in text
    assert row.why_fixed in text


def test_a_choice_is_kept_and_obeyed(cast: Cast, browse: Browse) -> None:
    browser, user = browse(cast.representative), cast.representative
    assert post(browser, user, off={"soi_request.acknowledge:email"}) == 302
    chosen = preferences.chosen_by(user)
    assert not preferences.wanted(chosen, event="soi_request.acknowledge", channel=Channel.EMAIL)
    assert preferences.wanted(chosen, event="soi_request.acknowledge", channel=Channel.INBOX)
    assert preferences.wanted(chosen, event="soi_request.accept", channel=Channel.EMAIL)
    boxes = [
        box for group in browser.get(PAGE).context["groups"] for row in group["rows"] for box in row["boxes"]
    ]
    assert [box["name"] for box in boxes if box["offered"] and not box["ticked"]] == [
        "soi_request.acknowledge:email"
    ]


def test_a_box_that_is_not_there_cannot_be_turned_off_by_hand(cast: Cast, browse: Browse) -> None:
    post(browse(cast.representative), cast.representative, off={"worker_request.reject:email"})
    assert preferences.wanted(
        preferences.chosen_by(cast.representative), event="worker_request.reject", channel=Channel.EMAIL
    )


def test_summary_and_quiet_hours_are_kept_in_the_persons_own_time_zone(cast: Cast, browse: Browse) -> None:
    times = {"summary": "weekly", "weekday": "4", "hour": "17", "quiet_from": "21:30", "quiet_until": "07:00"}
    assert post(browse(cast.representative), cast.representative, **times) == 302
    schedule = Schedule.objects.get(user=cast.representative)
    assert (schedule.summary, schedule.weekday, schedule.hour, schedule.time_zone) == (
        "weekly",
        4,
        17,
        "America/Phoenix",
    )
    assert (f"{schedule.quiet_from:%H:%M}", f"{schedule.quiet_until:%H:%M}") == ("21:30", "07:00")
    assert "21:30" in browse(cast.representative).get(PAGE).content.decode()


def test_the_office_gives_the_first_time_zone(cast: Cast, browse: Browse) -> None:
    for who, zone in (("representative", "America/Phoenix"), ("ny_investigator", "America/New_York")):
        assert browse(cast.people[who]).get(PAGE).context["form"]["time_zone"].value() == zone


@pytest.mark.parametrize(
    ("times", "sentence"),
    [
        ({"quiet_from": "22:00"}, "Say when quiet hours end."),
        ({"quiet_until": "22:00"}, "Say when quiet hours begin."),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "Quiet hours have to end at another time"),
        ({"quiet_from": "late"}, "Enter a valid time."),
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"summary": "hourly"}, "hourly"),
        ({"hour": "24"}, "24"),
        ({"weekday": "\x00"}, ""),
    ],
)
def test_what_makes_no_sense_gets_a_sentence_and_keeps_the_ticks(
    cast: Cast, browse: Browse, times: dict[str, str], sentence: str
) -> None:
    typed = {**TIMES, "time_zone": "America/Phoenix", "soi_request.accept:email": "on", **times}
    page = browse(cast.representative).post(PAGE, typed)
    assert (page.status_code, sentence in main(page)) == (400, True)
    boxes = [
        box
        for group in page.context["groups"]
        for row in group["rows"]
        if not row["why"]
        for box in row["boxes"]
    ]
    assert [box["name"] for box in boxes if box["ticked"]] == ["soi_request.accept:email"]
    assert not Schedule.objects.exists()


def test_nobody_chooses_without_signing_in(db: None) -> None:
    assert Client().get(PAGE).status_code == 302
    assert Client().post("/notifications/address/").status_code == 401


def test_the_menu_leads_to_the_choices(cast: Cast, browse: Browse) -> None:
    assert f'href="{PAGE}"' in browse(cast.investigator).get("/").content.decode()


@pytest.fixture
def returned(cast: Cast) -> Message:
    """A mail to the representative that came back for good."""
    at = timezone.now()
    with transaction.atomic():
        (mail,) = outbox.tell(
            event="stay.grant", recipients=[cast.representative], key="a", about="X", link="/",
            subject="s", body="", at=at, channels=[Channel.EMAIL],
        )  # fmt: skip
    entry = bounces.Entry(mail.message_id, "hard", "5.1.1", "no such user")
    bounces.take(source="webhook", content=uuid4().bytes, entries=[entry], at=at)
    return mail


def test_a_person_whose_mail_comes_back_sees_it_on_signing_in(
    returned: Message, cast: Cast, browse: Browse
) -> None:
    for path in ("/", "/inbox/", PAGE):
        assert "Mail to your address comes back" in main(browse(cast.representative).get(path))
        assert "Mail to your address comes back" not in main(browse(cast.river).get(path))


def test_a_person_says_that_the_mailbox_works_again(returned: Message, cast: Cast, browse: Browse) -> None:
    browser = browse(cast.representative)
    assert browser.get("/notifications/address/").status_code == 405
    answer = browser.post("/notifications/address/", follow=True)
    assert "If mail comes back again, you will see it here." in main(answer)
    assert "Mail to your address comes back" not in main(browser.get("/"))

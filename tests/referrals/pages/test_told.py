"""Who was told what about a case, when, and whether it arrived, for each side of the wall."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from notifications import bounces, relay
from notifications.models import Bounce, Channel, Message, State
from referrals import told
from referrals.demo.cast import Cast
from referrals.services.steps import take_step
from tests.cases import request_draft
from tests.referrals.pages.reading import Browse, main


@pytest.fixture
def acknowledged(cast: Cast) -> Any:
    """A request of the representative, submitted and acknowledged, with its mail delivered."""
    now = timezone.now()
    request = request_draft(cast, at=now)
    take_step(request, "submit", by=cast.representative, at=now)
    take_step(request, "acknowledge", by=cast.investigator, at=now)
    relay.deliver_pending(at=now + timedelta(seconds=1), worker="test")
    return request


def page_of(record: Any) -> str:
    return f"/cases/{record.reference}/told/"


def mail_to(person: Any, record: Any) -> Message:
    return Message.objects.get(
        recipient=person, about=record.reference, channel=Channel.EMAIL, event="soi_request.acknowledge"
    )


def come_back(message: Message) -> None:
    entry = bounces.Entry(message.message_id, Bounce.Kind.HARD, "5.1.1", "550 mx.river.example says no")
    bounces.take(source="webhook", content=uuid4().bytes, entries=[entry], at=timezone.now())


def test_colleagues_are_named_with_every_try(acknowledged: Any, cast: Cast, browse: Browse) -> None:
    text = main(browse(cast.representative).get(page_of(acknowledged)))
    for part in ("Rosa Representative", "Ana Organizer", "E-mail", "Inbox", "1 try", "Delivered"):
        assert part in text


def test_across_the_wall_there_are_groups_and_no_names(acknowledged: Any, cast: Cast, browse: Browse) -> None:
    text = main(browse(cast.investigator).get(page_of(acknowledged)))
    assert "The organization that asked (2)" in text
    for name in ("Rosa", "Ana", "Organizer,", "example.org"):
        assert name not in text


def test_what_a_mail_server_said_stays_with_the_colleagues(
    acknowledged: Any, cast: Cast, browse: Browse
) -> None:
    come_back(mail_to(cast.representative, acknowledged))
    inside = main(browse(cast.representative).get(page_of(acknowledged)))
    outside = main(browse(cast.investigator).get(page_of(acknowledged)))
    assert "Came back" in inside
    assert "mx.river.example" in inside
    assert "1 did not arrive by mail; the inbox has it." in outside
    assert "mx.river.example" not in outside


def test_each_line_says_when_it_was_written_and_sent(acknowledged: Any, cast: Cast) -> None:
    mails = [each for each in told.about(acknowledged, cast.representative) if each.channel == "E-mail"]
    assert mails
    assert all(each.sent_at and each.sent_at > each.written_at for each in mails)
    assert all(len(each.tries) == 1 for each in mails)


def test_a_case_that_one_may_not_see_is_not_there(acknowledged: Any, cast: Cast, browse: Browse) -> None:
    for who in ("river", "ny_investigator", "intake", "administrator"):
        assert browse(cast.people[who]).get(page_of(acknowledged)).status_code == 404


def test_the_case_page_leads_there(acknowledged: Any, cast: Cast, browse: Browse) -> None:
    page = browse(cast.investigator).get(f"/cases/{acknowledged.reference}/")
    assert f'href="{page_of(acknowledged)}"' in page.content.decode()


def test_a_mail_to_a_colleague_is_sent_again_and_both_are_shown(
    acknowledged: Any, cast: Cast, browse: Browse
) -> None:
    first = mail_to(cast.organizer, acknowledged)
    come_back(first)
    browser = browse(cast.representative)
    address = f"{page_of(acknowledged)}{first.public_id}/again/"
    assert browser.get(address).status_code == 405
    text = main(browser.post(address, follow=True))
    assert "The mail is sent again." in text
    assert "Sent again because somebody asked for it." in text
    assert "Came back" in text
    again = first.sent_again.get()
    assert (again.state, again.recipient) == (State.PENDING, cast.organizer)
    assert "It is still on its way." in main(browser.post(address, follow=True))
    assert first.sent_again.count() == 1


def test_nobody_sends_again_what_went_to_others(acknowledged: Any, cast: Cast, browse: Browse) -> None:
    mail = mail_to(cast.representative, acknowledged)
    inbox = Message.objects.filter(recipient=cast.investigator, about=acknowledged.reference).first()
    assert inbox is not None
    for who, number in (
        (cast.investigator, mail.public_id),
        (cast.representative, inbox.public_id),
        (cast.representative, uuid4()),
    ):
        assert browse(who).post(f"{page_of(acknowledged)}{number}/again/").status_code == 404
    assert not Message.objects.filter(again_of__isnull=False).exists()


def test_what_waits_and_what_was_turned_off_say_so(cast: Cast) -> None:
    from notifications import preferences, rhythm

    now = timezone.now()
    rhythm.choose(user=cast.representative, time_zone="UTC", summary="daily")
    preferences.choose(user=cast.organizer, event="", channel=Channel.EMAIL, enabled=False)
    request = request_draft(cast, at=now)
    take_step(request, "submit", by=cast.representative, at=now)
    take_step(request, "acknowledge", by=cast.investigator, at=now)
    lines = {(each.to, each.channel): each for each in told.about(request, cast.representative)}
    waiting = lines["Rosa Representative", "E-mail"]
    assert waiting.standing["label"] == "Waiting for the summary"
    assert waiting.notes == ("It waits for a summary or for the end of quiet hours.",)
    assert lines["Ana Organizer", "E-mail"].standing["label"] == "Turned off by the person"
    assert lines["Rosa Representative", "Inbox"].standing["label"] == "Sent"


def test_the_page_costs_the_same_for_many_messages(
    acknowledged: Any, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(9):
        told.about(acknowledged, cast.representative)

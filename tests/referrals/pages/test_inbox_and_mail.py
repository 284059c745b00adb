"""The inbox, the mails that the demonstration keeps, and changing the capacity."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from notifications import outbox
from notifications.models import Channel, KeptMail, Message
from referrals.demo.cast import Cast
from referrals.models import Membership
from referrals.services.steps import take_step
from tests.cases import request_draft
from tests.referrals.pages.reading import Browse, links, main
from workflows.parties import Capacity


@pytest.fixture
def message(cast: Cast) -> Message:
    """What the representative is told when the agency acknowledges."""
    now = timezone.now()
    request = request_draft(cast, at=now)
    take_step(request, "submit", by=cast.representative, at=now)
    take_step(request, "acknowledge", by=cast.investigator, at=now)
    return Message.objects.inbox_of(cast.representative).filter(event="soi_request.acknowledge").get()


def test_a_message_is_new_until_it_is_opened_and_leads_to_its_case(
    message: Message, cast: Cast, browse: Browse
) -> None:
    browser = browse(cast.representative)
    assert "new" in main(browser.get("/inbox/"))
    response = browser.get(f"/inbox/{message.public_id}/")
    assert message.body.split(".")[0] in main(response)
    assert message.link in links(response)
    assert Message.objects.get(pk=message.pk).read_at is not None
    assert browser.get("/").context["navigation"]


def test_the_link_of_a_mail_opens_the_message_in_the_inbox(
    message: Message, cast: Cast, browse: Browse
) -> None:
    mail = Message.objects.get(
        recipient=cast.representative, channel=Channel.EMAIL, event="soi_request.acknowledge"
    )
    response = browse(cast.representative).get(f"/inbox/{mail.public_id}/")
    assert response.status_code == 200
    assert message.subject in main(response)


def test_somebody_elses_message_does_not_exist(message: Message, cast: Cast, browse: Browse) -> None:
    for role in ("organizer", "investigator", "administrator"):
        assert browse(cast.people[role]).get(f"/inbox/{message.public_id}/").status_code == 404
    browser = browse(cast.representative)
    assert browser.get(f"/inbox/{uuid4()}/").status_code == 404
    assert browser.get(f"/inbox/?before={uuid4()}").status_code == 404
    assert browser.get("/inbox/?before=nonsense").status_code == 404
    assert Message.objects.get(pk=message.pk).read_at is None


def test_news_of_a_case_that_went_on_offers_no_page_that_is_not_there(
    message: Message, cast: Cast, browse: Browse
) -> None:
    about = {"about": message.about, "link": message.link, "subject": message.subject, "body": message.body}
    (theirs,) = outbox.tell(
        event=message.event,
        recipients=[cast.river],
        key="before it went on",
        at=timezone.now(),
        channels=[Channel.INBOX],
        **about,
    )
    response = browse(cast.river).get(f"/inbox/{theirs.public_id}/")
    assert "no longer open to you" in main(response)
    assert message.link not in links(response)


def test_an_empty_inbox_says_what_will_come(cast: Cast, browse: Browse) -> None:
    assert "No messages yet" in main(browse(cast.river).get("/inbox/"))


def test_the_inbox_has_pages(cast: Cast, browse: Browse) -> None:
    now = timezone.now()
    Message.objects.bulk_create(
        Message(
            effect_key=f"test:{number}:inbox:{cast.river.pk}",
            event="soi_request.acknowledge",
            recipient=cast.river,
            channel=Channel.INBOX,
            link="/",
            subject=f"News {number}",
            language="en",
            state="SENT",
            created_at=now,
            send_after=now,
            next_try_at=now,
            sent_at=now,
        )
        for number in range(60)
    )
    browser = browse(cast.river)
    first = browser.get("/inbox/")
    assert len(first.context["inbox_messages"]) == 50
    second = browser.get("/inbox/" + first.context["next_url"])
    assert len(second.context["inbox_messages"]) == 10
    assert second.context["next_url"] == ""


def test_kept_mails_are_shown_exactly_and_only_in_a_demonstration(
    message: Message, cast: Cast, browse: Browse, settings: Settings
) -> None:
    mail = Message.objects.filter(channel=Channel.EMAIL).first()
    assert mail is not None
    KeptMail.objects.create(message=mail, subject="There is news", body="Open <it> here.", at=timezone.now())
    browser = browse(cast.investigator)
    assert browser.get("/mail/").status_code == 404
    settings.DEMO = True
    text = main(browser.get("/mail/"))
    for part in ("There is news", "Open <it> here.", mail.recipient.email):
        assert part in text
    assert Client().get("/mail/").status_code == 302


def test_a_person_with_two_capacities_changes_between_them(cast: Cast, browse: Browse) -> None:
    first = cast.representative.memberships.get()
    second = Membership.objects.create(
        user=cast.representative,
        organization=first.organization,
        office=first.office,
        capacity=Capacity.ORGANIZER,
    )
    browser = browse(cast.representative)
    assert "Change capacity" in browser.get("/").content.decode()
    response = browser.post("/capacity/", {"capacity": second.pk, "next": "/workers/"})
    assert (response.status_code, response["Location"]) == (302, "/")
    page = browser.get("/")
    assert "You now act as: Organizer" in main(page)
    assert page.context["request"].user.capacity == Capacity.ORGANIZER


def test_nobody_takes_a_capacity_that_is_not_theirs(cast: Cast, browse: Browse) -> None:
    other = cast.investigator.memberships.get()
    browser = browse(cast.representative)
    for asked in (other.pk, "", "x"):
        browser.post("/capacity/", {"capacity": asked})
        assert "You do not hold that capacity." in main(browser.get("/"))
    assert browser.get("/capacity/").status_code == 405

"""Operators see to messages that did not arrive; nobody else sees them, and they see no casework."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from notifications import outbox, relay
from notifications.models import Channel, Incident, Message, State
from referrals import delivery
from referrals.demo.cast import Cast
from referrals.models import User
from tests.referrals.pages.reading import Browse, main

REFERENCE = "7KQ2-M4XA-0000-1111"


@pytest.fixture
def incident(cast: Cast) -> Incident:
    """A mail to somebody without an address."""
    User.objects.filter(pk=cast.representative.pk).update(email="nowhere")
    at = timezone.now()
    with transaction.atomic():
        outbox.tell(
            event="worker_request.deny", recipients=[cast.representative], key="a", about=REFERENCE, link="/",
            subject="Denied", body="Denied.", at=at, mandatory=True,
        )  # fmt: skip
    relay.deliver_pending(at=at, worker="test")
    return Incident.objects.get()


def page_of(incident: Incident) -> str:
    return f"/operations/incidents/{incident.pk}/"


def test_an_incident_belongs_to_an_operator_from_the_start(incident: Incident, cast: Cast) -> None:
    assert incident.owner == cast.administrator
    assert delivery.owner_on_duty() == cast.administrator


def test_without_an_operator_an_incident_is_stored_all_the_same(cast: Cast) -> None:
    User.objects.filter(pk=cast.administrator.pk).update(is_active=False)
    assert delivery.owner_on_duty() is None


def test_an_operator_sees_what_happened_to_whom_and_no_case(
    incident: Incident, cast: Cast, browse: Browse
) -> None:
    browser = browse(cast.administrator)
    for path in ("/operations/incidents/", page_of(incident)):
        text = main(browser.get(path))
        assert "The person has no usable e-mail address" in text
        assert "Rosa Representative" in text
        assert "Worker's request for deferred action: Deny" in text
        assert REFERENCE not in text
        assert "Denied." not in text


def test_nobody_else_sees_incidents(incident: Incident, cast: Cast, browse: Browse) -> None:
    for who, user in cast.people.items():
        if who != "administrator":
            browser = browse(user)
            assert browser.get("/operations/incidents/").status_code == 404
            assert browser.get(page_of(incident)).status_code == 404
            assert browser.post(page_of(incident), {"words": "x", "action": "skip"}).status_code == 404
            assert browser.post(f"{page_of(incident)}owner/", {"owner": user.pk}).status_code == 404
    incident.refresh_from_db()
    assert incident.resolved_at is None


def test_a_message_is_sent_again_with_words(incident: Incident, cast: Cast, browse: Browse) -> None:
    User.objects.filter(pk=cast.representative.pk).update(email="representative@example.org")
    answer = browse(cast.administrator).post(
        page_of(incident), {"words": "Address corrected.", "action": "again"}, follow=True
    )
    assert "This is seen to. It stays on record." in main(answer)
    assert relay.deliver_pending(at=timezone.now(), worker="test").sent == 1
    incident.refresh_from_db()
    assert (incident.ending, incident.resolution, incident.owner) == (
        "sent_again",
        "Address corrected.",
        cast.administrator,
    )


@pytest.mark.parametrize(("action", "ending"), [("skip", "skipped"), ("resolve", "mended")])
def test_an_incident_ends_and_stays_on_record(
    incident: Incident, cast: Cast, browse: Browse, action: str, ending: str
) -> None:
    browser = browse(cast.administrator)
    browser.post(page_of(incident), {"words": "She reads the inbox.", "action": action})
    incident.refresh_from_db()
    assert (incident.ending, incident.resolution) == (ending, "She reads the inbox.")
    assert Message.objects.get(channel=Channel.EMAIL).state == State.FAILED
    assert "Everything arrived" in main(browser.get("/operations/incidents/"))
    assert "Rosa Representative" in main(browser.get("/operations/incidents/?show=resolved"))


def test_who_comes_second_is_told_so(incident: Incident, cast: Cast, browse: Browse) -> None:
    browser = browse(cast.administrator)
    browser.post(page_of(incident), {"words": "First.", "action": "skip"})
    answer = browser.post(page_of(incident), {"words": "Second.", "action": "again"}, follow=True)
    assert "Somebody has seen to this before you." in main(answer)
    incident.refresh_from_db()
    assert incident.resolution == "First."


def test_a_note_is_added_and_changes_nothing_else(incident: Incident, cast: Cast, browse: Browse) -> None:
    browser = browse(cast.administrator)
    text = main(
        browser.post(page_of(incident), {"words": "Telephoned; no answer.", "action": "note"}, follow=True)
    )
    assert "Telephoned; no answer." in text
    assert "Adam Administrator" in text
    incident.refresh_from_db()
    assert incident.resolved_at is None


@pytest.mark.parametrize("words", ["", "   ", "Her number is A123-456-789.", "x" * 2001])
def test_without_fit_words_nothing_happens(
    incident: Incident, cast: Cast, browse: Browse, words: str
) -> None:
    page = browse(cast.administrator).post(page_of(incident), {"words": words, "action": "skip"})
    assert page.status_code == 400
    incident.refresh_from_db()
    assert incident.resolved_at is None
    assert not incident.notes.exists()


def test_an_incident_is_given_to_another_operator_and_to_nobody_else(
    incident: Incident, cast: Cast, browse: Browse
) -> None:
    hat = cast.administrator.memberships.get()
    second = User.objects.create(email="second@example.org", name="Olga Operator")
    second.memberships.create(organization=hat.organization, office=hat.office, capacity=hat.capacity)
    browser = browse(cast.administrator)
    for wrong in (cast.representative.pk, "", "x"):
        text = main(browser.post(f"{page_of(incident)}owner/", {"owner": wrong}, follow=True))
        assert "Choose somebody from the list." in text
    browser.post(f"{page_of(incident)}owner/", {"owner": second.pk})
    incident.refresh_from_db()
    assert incident.owner == second
    assert delivery.owner_on_duty() == cast.administrator, "whoever has the fewest is next"

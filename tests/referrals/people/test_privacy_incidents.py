"""The privacy officer gathers reads, notes, tells their owners, and closes; nothing of it is rewritten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from notifications.models import Message
from referrals.demo.cast import Cast
from referrals.models import Access, PrivacyIncident, PrivacyIncidentStep, User
from tests.referrals.pages.reading import main
from tests.referrals.people.conftest import Browse

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
SAID = {"title": "Reads at night", "text": "Nobody of that office has a case of these."}


def read(cast: Cast, by: User, token: str, at: datetime = NOON) -> Access:
    hat, owner = by.memberships.get(), cast.representative.memberships.get().organization_id
    return Access.objects.create(
        user=by, capacity=hat.capacity, organization_id=hat.organization_id, office_id=hat.office_id,
        owner_id=owner, what=Access.What.RECORD, route="case", persons=[token], number=1, at=at,
    )  # fmt: skip


@pytest.fixture
def incident(cast: Cast, browse: Browse) -> PrivacyIncident:
    rows = [read(cast, cast.adjudicator, f"W-{number}") for number in range(2)]
    typed = {**SAID, "case": [each.pk for each in rows]}
    assert browse(cast.privacy_officer).post("/reads/incidents/new/", typed).status_code == 302
    return PrivacyIncident.objects.get()


def test_the_trail_of_a_period_is_listed_and_rows_can_be_ticked(cast: Cast, browse: Browse) -> None:
    for days in range(4):
        read(cast, cast.adjudicator, f"W-DAY{days}", at=NOON + timedelta(days=days))
    officer = browse(cast.privacy_officer)
    page = officer.get("/reads/", {"day": "2026-03-03", "until": "2026-03-04"})
    text = main(page)
    assert [f"W-DAY{days}" in text for days in range(4)] == [False, True, True, False]
    assert page.content.decode().count('type="checkbox" name="case"') == 2
    assert 'name="case"' not in browse(cast.representative).get("/reads/").content.decode()


def test_an_incident_holds_the_chosen_reads_and_what_was_said(
    cast: Cast, browse: Browse, incident: PrivacyIncident
) -> None:
    text = main(browse(cast.privacy_officer).get(reverse("privacy_incident", args=[incident.pk])))
    assert SAID["text"] in text
    assert "W-0" in text
    assert "W-1" in text
    assert "Desert Legal Aid" in text


def test_without_reads_or_words_none_is_opened_and_what_was_typed_stays(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.privacy_officer).post("/reads/incidents/new/", {**SAID, "case": ["x", "9" * 30]})
    assert answer.status_code == 400
    assert "Choose at least one read" in main(answer)
    assert SAID["title"] in answer.content.decode()
    assert not PrivacyIncident.objects.exists()


def test_the_notice_goes_to_the_owners_and_to_nobody_else(
    cast: Cast, browse: Browse, incident: PrivacyIncident
) -> None:
    page, officer = reverse("privacy_incident", args=[incident.pk]), browse(cast.privacy_officer)
    notice = {"do": "notice", "text": "Two records of yours were read without a reason."}
    assert officer.post(page, notice).status_code == 302
    told = Message.objects.filter(event="access.notice", mandatory=True)
    assert set(told.values_list("recipient", flat=True)) == {cast.representative.pk}
    assert told.get(channel="inbox").body == notice["text"]
    assert told.get(channel="email").body == ""
    step = PrivacyIncidentStep.objects.get(what="NOTICE")
    assert step.owners == [cast.representative.memberships.get().organization_id]


def test_it_closes_with_a_reason_and_then_takes_nothing_more(
    cast: Cast, browse: Browse, incident: PrivacyIncident
) -> None:
    page, officer = reverse("privacy_incident", args=[incident.pk]), browse(cast.privacy_officer)
    assert officer.post(page, {"do": "close", "text": ""}).status_code == 400
    assert officer.post(page, {"do": "close", "text": "Explained: a training."}).status_code == 302
    assert officer.post(page, {"do": "note", "text": "More."}).status_code == 409
    assert [each.what for each in incident.steps.all()] == ["OPENED", "CLOSED"]


def test_its_steps_are_never_changed(cast: Cast, incident: PrivacyIncident) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        incident.steps.update(text="Nothing happened.")
    with pytest.raises(DatabaseError), transaction.atomic():
        incident.steps.all().delete()


@pytest.mark.parametrize("who", ["administrator", "representative", "supervisor", "ice_reviewer"])
def test_it_is_the_privacy_officers_alone(
    cast: Cast, browse: Browse, incident: PrivacyIncident, who: str
) -> None:
    for address in ("/reads/incidents/", "/reads/incidents/new/", f"/reads/incidents/{incident.pk}/"):
        assert browse(cast.people[who]).get(address).status_code == 404

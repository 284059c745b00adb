"""A record of somebody else, opened in an emergency: one, to read, for minutes, and everybody knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from notifications.models import Message
from referrals.demo.cast import Cast
from referrals.models import Access, AccessAlert, Opening, Screening, WorkerRequest, find_visible
from tests.cases import OPEN_WORLD, active_statement, draft_request, routed_request
from tests.laid_down import laid_down
from tests.referrals.pages.reading import main
from tests.referrals.people.conftest import Browse
from workflows.models import Case, Policy

NOW = OPEN_WORLD + timedelta(days=2)
SAID = {"ground": "GLASS_SAFETY", "text": "The representative is in hospital."}
SECRET = "An arrest in 2011 that was dismissed."


@pytest.fixture
@laid_down
def reviewed(cast: Cast) -> WorkerRequest:
    return routed_request(cast, active_statement(cast))


@pytest.fixture
def now() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def open_it(browser: Client, record: Any, **changes: Any) -> Any:
    return browser.post("/openings/", {"reference": record.reference, **SAID, **changes})


def read(browser: Client, record: Any) -> Any:
    return browser.get(reverse("case_opened", args=[record.reference]))


def test_one_record_can_be_read_in_that_session_and_nothing_else(
    cast: Cast, browse: Browse, reviewed: WorkerRequest, now: Any
) -> None:
    browser = browse(cast.administrator)
    assert read(browser, reviewed).status_code == 404
    assert open_it(browser, reviewed).status_code == 302
    page = read(browser, reviewed)
    assert reviewed.person.name in main(page)
    case = reverse("case", args=[reviewed.reference])
    for address in (case, f"{case}history/", f"{case}as-of/", f"/workers/{reviewed.person.token}/"):
        assert browser.get(address).status_code == 404
    assert browser.post(reverse("case_step", args=[reviewed.reference, "withdraw"])).status_code == 404
    assert browser.post(reverse("case_opened", args=[reviewed.reference])).status_code == 405
    assert read(browser, reviewed.statement).status_code == 404
    assert read(browse(cast.administrator), reviewed).status_code == 404  # another session
    with pytest.raises(Case.DoesNotExist):
        find_visible(cast.administrator, reviewed.reference)


def test_it_shuts_by_itself_after_the_minutes_of_the_dated_rule(
    cast: Cast, browse: Browse, reviewed: WorkerRequest, now: Any
) -> None:
    browser = browse(cast.administrator)
    open_it(browser, reviewed)
    now.shift(timedelta(minutes=29))
    assert read(browser, reviewed).status_code == 200
    now.shift(timedelta(minutes=1))
    assert read(browser, reviewed).status_code == 404
    Policy.objects.filter(key="access.opening_minutes").update(value=5)
    open_it(browser, reviewed)
    now.shift(timedelta(minutes=5))
    assert read(browser, reviewed).status_code == 404


def test_its_owner_and_the_privacy_officer_are_told_at_once(
    cast: Cast, browse: Browse, reviewed: WorkerRequest, now: Any
) -> None:
    open_it(browse(cast.administrator), reviewed)
    alert = AccessAlert.objects.get(rule="GLASS")
    told = Message.objects.filter(event="access.alert", link=reverse("access_alert", args=[alert.pk]))
    mails = set(told.filter(channel="email", mandatory=True, urgent=True).values_list("recipient", flat=True))
    assert {cast.representative.pk, cast.privacy_officer.pk} <= mails
    assert not mails & {cast.river.pk, cast.organizer.pk, cast.administrator.pk}
    for row in told:
        assert reviewed.person.family_names not in row.subject + row.body
    desk = main(browse(cast.representative).get("/"))
    assert "Somebody has opened a record of yours" in desk
    assert reviewed.reference in desk
    assert "Somebody has opened" not in main(browse(cast.river).get("/"))


def test_every_look_is_on_the_trail_with_its_ground(
    cast: Cast, browse: Browse, reviewed: WorkerRequest, now: Any
) -> None:
    browser = browse(cast.administrator)
    open_it(browser, reviewed)
    read(browser, reviewed)
    row = Access.objects.filter(route="case_opened").latest("pk")
    assert (row.user, row.purpose, row.subject) == (cast.administrator, "GLASS_SAFETY", reviewed.reference)
    assert row.owner_id == reviewed.representative_id
    assert row.persons == [reviewed.person.token]
    assert "health or freedom" in main(browse(cast.representative).get("/reads/"))
    statement = reviewed.statement
    open_it(browser, statement)
    assert read(browser, statement).status_code == 200
    row = Access.objects.filter(subject=statement.reference).latest("pk")
    assert (row.owner_id, row.purpose) == (statement.agency_id, "GLASS_SAFETY")


@pytest.mark.parametrize("who", ["representative", "privacy_officer", "administrator"])
def test_the_owner_the_privacy_officer_and_who_opened_it_can_shut_it(
    cast: Cast, browse: Browse, reviewed: WorkerRequest, now: Any, who: str
) -> None:
    browser = browse(cast.administrator)
    open_it(browser, reviewed)
    page = reverse("opening", args=[Opening.objects.get().pk])
    if who == "representative":
        assert SAID["text"] in main(browse(cast.representative).get(page))
        assert browse(cast.river).get(page).status_code == 404
        assert browse(cast.river).post(page).status_code == 404
    assert browse(cast.people[who]).post(page).status_code == 302
    assert read(browser, reviewed).status_code == 404
    assert Opening.objects.get().ended_by == cast.people[who]
    assert browse(cast.people[who]).post(page).status_code == 409


@pytest.mark.parametrize(
    "who",
    ["ice_reviewer", "ice_supervisor", "ny_ice_reviewer", "approver", "investigator", "intake", "adjudicator",
     "officer", "privacy_officer", "representative", "river", "organizer"],
)  # fmt: skip
def test_nobody_else_breaks_the_glass_ice_never(
    cast: Cast, browse: Browse, reviewed: WorkerRequest, now: Any, who: str
) -> None:
    assert open_it(browse(cast.people[who]), reviewed).status_code == 404
    assert read(browse(cast.people[who]), reviewed).status_code == 404
    assert not Opening.objects.exists()


def test_what_a_worker_told_in_confidence_is_never_shown(
    cast: Cast, browse: Browse, reviewed: WorkerRequest, now: Any
) -> None:
    screening, _new = Screening.objects.get_or_create(request=reviewed)
    for field in screening._meta.get_fields():
        if field.__class__.__name__ == "PersonalTextField":
            setattr(screening, field.name, SECRET)
    screening.save()
    browser = browse(cast.administrator)
    open_it(browser, reviewed)
    assert SECRET not in read(browser, reviewed).content.decode()


def test_a_supervisor_opens_what_was_filed_and_no_draft(
    cast: Cast, browse: Browse, reviewed: WorkerRequest, now: Any
) -> None:
    drafted = draft_request(cast, reviewed.statement)
    at_ice = routed_request(cast, reviewed.statement, ice=True)
    browser = browse(cast.supervisor)
    refused = open_it(browser, drafted)
    unknown = browser.post("/openings/", {"reference": "AAAA-AAAA", **SAID})
    sentence = "There is no case with this reference that can be opened."
    assert sentence in main(refused)
    assert sentence in main(unknown)
    assert "You can open this case as it is" in main(open_it(browser, reviewed))
    assert open_it(browser, at_ice).status_code == 302
    assert at_ice.person.name in main(read(browser, at_ice))


def test_a_ground_and_a_reason_are_needed_and_what_was_typed_stays(
    cast: Cast, browse: Browse, reviewed: WorkerRequest, now: Any
) -> None:
    answer = open_it(browse(cast.administrator), reviewed, text="")
    assert answer.status_code == 400
    assert reviewed.reference in answer.content.decode()
    assert not Opening.objects.exists()


def test_what_was_stated_stays_and_is_unreadable_in_the_database(
    cast: Cast, browse: Browse, reviewed: WorkerRequest, now: Any
) -> None:
    open_it(browse(cast.administrator), reviewed)
    made = Opening.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        Opening.objects.filter(pk=made.pk).update(expires_at=NOW + timedelta(days=9))
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()
    stored = Opening.objects.filter(pk=made.pk).values_list("text", flat=True)
    assert SAID["text"] not in repr(list(stored))


def test_somebody_who_acts_in_another_capacity_meanwhile_reads_nothing(
    cast: Cast, browse: Browse, reviewed: WorkerRequest, now: Any
) -> None:
    browser = browse(cast.administrator)
    open_it(browser, reviewed)
    office = cast.offices["dhs-intake"]
    other = cast.administrator.memberships.create(
        organization=office.organization, office=office, capacity="DHS_INTAKE"
    )
    browser.post("/capacity/", {"capacity": other.pk})
    assert read(browser, reviewed).status_code == 404

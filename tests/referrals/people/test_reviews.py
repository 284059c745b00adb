"""The quarterly review of who may act: opened, told, decided by others, stopped when nobody decides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.urls import reverse

from notifications.models import Channel, Message
from referrals.demo.cast import Cast
from referrals.models import AccessReview, AccessReviewLine, AccountAct, Membership, User
from referrals.services import access_reviews, capacities
from referrals.services.invitations import PeopleRefused
from tests.referrals.pages.reading import main
from tests.referrals.people.conftest import Browse
from workflows.models import Policy
from workflows.parties import Capacity

BEGIN = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
CODE = "river-workers-center"


def days(number: float) -> datetime:
    return BEGIN + timedelta(days=number)


@pytest.fixture
def review(cast: Cast) -> AccessReview:
    """The review of an organization with one person who manages it and one organizer."""
    Membership.objects.create(
        user=cast.organizer, organization=cast.organizations[CODE], office=cast.offices[CODE],
        capacity=Capacity.ORGANIZER,
    )  # fmt: skip
    access_reviews.follow(at=BEGIN)
    return AccessReview.objects.get(organization__code=CODE)


def line_of(review: AccessReview, person: User) -> AccessReviewLine:
    return review.lines.get(membership__user=person)


def told(review: AccessReview) -> list[tuple[str, str]]:
    rows = Message.objects.filter(link=reverse("access_review", args=[review.pk]), channel=Channel.EMAIL)
    return sorted(rows.values_list("event", "recipient__name"))


def decide(review: AccessReview, person: User, by: User, outcome: str = "KEEP", **how: Any) -> Any:
    said = {"outcome": outcome, "reason": "Works here.", "at": days(1), **how}
    return access_reviews.decide(line_of(review, person), by=by, **said)


def test_each_organization_is_reviewed_once_a_period(cast: Cast, review: AccessReview) -> None:
    assert AccessReview.objects.count() == len(
        set(Membership.objects.current().values_list("organization", flat=True))
    )
    assert (review.due_on, review.grace_until) == (date(2026, 3, 16), date(2026, 3, 30))
    assert access_reviews.follow(at=days(0.1)).opened == 0
    decide(review, cast.river, cast.administrator)
    decide(review, cast.organizer, cast.river)
    assert AccessReview.objects.get(pk=review.pk).closed_at is not None
    assert access_reviews.follow(at=datetime(2026, 6, 1, tzinfo=UTC)).opened == 0
    access_reviews.follow(at=datetime(2026, 6, 3, tzinfo=UTC))
    assert AccessReview.objects.filter(organization__code=CODE).count() == 2


def test_how_often_and_how_long_are_dated_rules(cast: Cast) -> None:
    rule = Policy.objects.get(key="access.review_days")
    rule.value = 5
    rule.save(update_fields=["value"])
    access_reviews.follow(at=BEGIN)
    assert {each.due_on for each in AccessReview.objects.all()} == {date(2026, 3, 7)}


def test_the_page_lists_everybody_with_what_a_reviewer_needs(
    cast: Cast, browse: Browse, review: AccessReview
) -> None:
    page = browse(cast.river).get(reverse("access_review", args=[review.pk]))
    text = main(page)
    assert cast.organizer.name in text
    assert "Second factors 1" in text
    assert "Last sign-in" in text
    assert "Answers with workers' records since the last review 0" in text
    assert text.count("Decide") == 1  # nobody decides about themselves
    assert browse(cast.organizer).get(reverse("access_review", args=[review.pk])).status_code == 404
    assert browse(cast.representative).get(reverse("access_review", args=[review.pk])).status_code == 404
    assert "overdue" in main(browse(cast.privacy_officer).get("/organizations/reviews/"))  # by today


def test_a_click_and_a_reason_keep_or_end_a_capacity(
    cast: Cast, browse: Browse, review: AccessReview
) -> None:
    page, line = reverse("access_review", args=[review.pk]), line_of(review, cast.organizer)
    typed = {"line": line.pk, "outcome": "END", "reason": ""}
    assert browse(cast.river).post(page, typed).status_code == 400
    assert browse(cast.river).post(page, {**typed, "reason": "Left in May."}).status_code == 302
    line.refresh_from_db()
    assert (line.outcome, line.decided_by, line.membership.ended_because) == (
        "END",
        cast.river,
        "Left in May.",
    )
    again = browse(cast.river).post(page, {**typed, "outcome": "KEEP", "reason": "Not so."})
    assert "decided already" in main(again)
    elsewhere = AccessReview.objects.get(organization__code="NLRB").lines.earliest("pk")
    assert browse(cast.river).post(page, {**typed, "line": elsewhere.pk, "reason": "x"}).status_code == 404


def test_nobody_decides_about_themselves(cast: Cast, review: AccessReview) -> None:
    with pytest.raises(PeopleRefused, match="nobody does about their own"):
        decide(review, cast.river, cast.river)
    decide(review, cast.river, cast.administrator)
    platform = AccessReview.objects.get(organization__code="platform")
    with pytest.raises(PeopleRefused):
        decide(platform, cast.administrator, cast.administrator)
    decide(platform, cast.administrator, cast.privacy_officer)


def test_a_supervisor_decides_about_their_own_office_alone(
    cast: Cast, browse: Browse, review: AccessReview
) -> None:
    dhs = AccessReview.objects.get(organization__code="DHS")
    text = main(browse(cast.ice_supervisor).get(reverse("access_review", args=[dhs.pk])))
    assert cast.ice_reviewer.name in text
    assert cast.adjudicator.name not in text
    assert cast.ny_ice_reviewer.name not in text
    with pytest.raises(PeopleRefused):
        decide(dhs, cast.adjudicator, cast.ice_supervisor)
    decide(dhs, cast.ice_reviewer, cast.ice_supervisor)
    assert browse(cast.ice_supervisor).get("/organizations/of/DHS/").status_code == 404
    decide(dhs, cast.adjudicator, cast.officer)  # who manages the people of the whole organization


def test_what_was_decided_is_never_rewritten(cast: Cast, review: AccessReview) -> None:
    line = decide(review, cast.organizer, cast.river)
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        AccessReviewLine.objects.filter(pk=line.pk).update(reason="Another one.")
    with pytest.raises(DatabaseError), transaction.atomic():
        line.delete()


def test_reminders_go_once_a_stage_and_the_privacy_officer_hears_of_the_late_ones(
    cast: Cast, browse: Browse, review: AccessReview
) -> None:
    own = ("people.review_due", cast.river.name)
    assert told(review) == [own]
    access_reviews.follow(at=days(11))
    access_reviews.follow(at=days(12))
    assert told(review) == [own, own]
    access_reviews.follow(at=days(15))
    access_reviews.follow(at=days(16))
    late = [("people.review_overdue", cast.privacy_officer.name), ("people.review_overdue", cast.river.name)]
    assert told(review) == [own, own, *late]


def test_an_unreviewed_capacity_stops_after_the_grace_and_begins_again_when_it_is_kept(
    cast: Cast, browse: Browse, review: AccessReview
) -> None:
    signed_in = browse(cast.river)
    access_reviews.follow(at=days(28))
    assert signed_in.get("/workers/").status_code == 200
    access_reviews.follow(at=days(29))
    assert signed_in.get("/workers/").status_code in (302, 404)
    held = cast.river.memberships.get()
    assert held.ended_on is not None
    assert held.suspended_at == days(29)
    decide(review, cast.river, cast.administrator, at=days(30))
    held.refresh_from_db()
    assert (held.ended_on, held.suspended_at) == (None, None)
    assert browse(cast.river).get("/workers/").status_code == 200


def test_the_last_administrator_is_never_stopped(cast: Cast, review: AccessReview) -> None:
    access_reviews.follow(at=days(29))
    assert cast.administrator.memberships.get().ended_on is None
    assert cast.privacy_officer.memberships.get().ended_on is not None


def test_a_capacity_that_ended_meanwhile_needs_no_decision(cast: Cast, review: AccessReview) -> None:
    held = cast.organizer.memberships.get(organization__code=CODE)
    capacities.end(held, because="Left.", by=cast.river, at=days(2))
    access_reviews.follow(at=days(3))
    assert line_of(review, cast.organizer).outcome == "GONE"


def test_the_command_does_what_the_night_does(cast: Cast, capsys: Any) -> None:
    call_command("look_after_access")
    assert f"Reviews: {AccessReview.objects.count()} opened" in capsys.readouterr().out
    assert AccessReview.objects.exists()


# Accounts that nobody uses


def used(person: User, at: datetime) -> None:
    """As if everybody had signed in yesterday, but this person then."""
    User.objects.update(last_login=days(-1), joined_at=days(-400))
    User.objects.filter(pk=person.pk).update(last_login=at)


def account_mail(person: User) -> list[str]:
    sent = Message.objects.filter(recipient=person, event__startswith="account.")
    return [each.partition(".")[2] for each in sent.order_by("pk").values_list("event", flat=True)]


def test_an_unused_account_is_warned_of_and_a_week_later_locked(cast: Cast, browse: Browse) -> None:
    used(cast.river, days(-37))
    signed_in = browse(cast.river)
    used(cast.river, days(-37))
    assert capacities.warn_dormant(at=BEGIN) == 0
    assert capacities.warn_dormant(at=days(1)) == 1
    assert capacities.warn_dormant(at=days(2)) == 0
    assert capacities.lock_dormant(at=days(7)) == 0
    assert capacities.lock_dormant(at=days(8)) == 1
    assert account_mail(cast.river) == ["soon_locked", "locked"]
    assert signed_in.get("/").status_code == 302
    cast.river.set_password("a password for tests")
    User.objects.filter(pk=cast.river.pk).update(password=cast.river.password)
    answer = browse(cast.organizer)
    answer.logout()
    typed = {"login": cast.river.email, "password": "a password for tests"}
    shut = answer.post("/accounts/login/", typed, follow=True)
    assert "This account is closed" in main(shut)
    assert answer.get("/").status_code == 302


def test_nobody_is_locked_without_a_warning_and_a_sign_in_lifts_it(cast: Cast) -> None:
    used(cast.river, days(-60))
    assert capacities.lock_dormant(at=BEGIN) == 0
    capacities.warn_dormant(at=BEGIN)
    assert capacities.lock_dormant(at=days(1)) == 0
    User.objects.filter(pk=cast.river.pk).update(last_login=days(2))
    assert capacities.lock_dormant(at=days(8)) == 0


def test_the_organizations_own_administrator_unlocks_with_a_reason(cast: Cast, browse: Browse) -> None:
    used(cast.organizer, days(-60))
    capacities.warn_dormant(at=BEGIN)
    capacities.lock_dormant(at=days(8))
    page = reverse("account_unlock", args=[cast.organizer.memberships.get().pk])
    assert "locked" in main(browse(cast.representative).get("/organizations/of/desert-legal-aid/"))
    assert browse(cast.river).post(page, {"because": "x"}).status_code == 404
    assert browse(cast.representative).post(page, {"because": " "}).status_code == 200
    assert browse(cast.representative).post(page, {"because": "Back from leave."}).status_code == 302
    cast.organizer.refresh_from_db()
    assert cast.organizer.locked_at is None
    acts = AccountAct.objects.order_by("pk").values_list("what", "because", "by__name")
    assert list(acts) == [("LOCKED", "", None), ("UNLOCKED", "Back from leave.", cast.representative.name)]
    assert account_mail(cast.organizer) == ["soon_locked", "locked", "unlocked"]


def test_the_last_administrator_is_never_locked(cast: Cast) -> None:
    used(cast.administrator, days(-60))
    capacities.warn_dormant(at=BEGIN)
    assert capacities.lock_dormant(at=days(8)) == 0

"""Preparing the renewal of a grant."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import Grant, Renewal, Statement, WorkerRequest
from referrals.services import decisions
from referrals.services.steps import take_step
from tests.cases import CLOSED_WORLD, OPEN_WORLD, routed_request
from tests.laid_down import laid_down
from tests.referrals.worker_side.browsing import Browser, send, step


@pytest.fixture
@laid_down
def grant(cast: Cast, statement: Statement) -> Grant:
    """A two-year grant."""
    request = routed_request(cast, statement)
    at = OPEN_WORLD
    take_step(request, "schedule_biometrics", by=cast.adjudicator, at=at, biometrics_on=date(2024, 8, 9))
    take_step(request, "record_biometrics", by=cast.adjudicator, at=at)
    decisions.write(request, by=cast.adjudicator, at=at, outcome="GRANT", rationale="Yes.")
    take_step(request, "grant", by=cast.adjudicator, at=at, grant_starts_on=date(2024, 8, 5), months=24)
    return Grant.objects.get()


def test_an_extension_leads_to_a_request_of_that_kind(rosa: Browser, grant: Grant) -> None:
    url = reverse("renewal_new", args=[grant.reference])
    page = rosa.get(url).content.decode()
    assert "Possible today." in page
    assert "The work permit is not extended by itself" in page
    send(rosa, url)
    renewal = Renewal.objects.get()
    step(rosa, renewal, "choose_extension", marked="on")
    step(rosa, renewal, "open_request", looked_over="on")
    request = WorkerRequest.objects.get(earlier_grant=grant)
    assert request.filing == WorkerRequest.Filing.EXTENSION
    assert request.employer_on_stub == grant.worker_request.employer_on_stub
    assert request.items.filter(key="g325a_marked").exists()
    case = rosa.get(reverse("case", args=[renewal.reference])).content.decode()
    assert reverse("case", args=[request.reference]) in case


def test_after_the_rule_ended_no_extension_is_offered(cast: Cast, rosa: Browser, grant: Grant) -> None:
    with time_machine.travel(CLOSED_WORLD, tick=False):
        browser = Browser(cast.representative)
        page = browser.get(reverse("renewal_new", args=[grant.reference])).content.decode()
        assert "Not possible today: only two-year grants" in page
        send(browser, reverse("renewal_new", args=[grant.reference]))
        refused = browser.get(
            reverse("case_step", args=[Renewal.objects.get().reference, "choose_extension"])
        )
        token = grant.worker_request.person.token
        form = browser.get(f"{reverse('request_new')}?worker={token}").context["form"]
    assert "An extension is not possible for this grant today." in refused.content.decode()
    assert [value for value, _label in form.fields["filing"].choices] == ["INITIAL", "SUBSEQUENT"]


def test_the_windows_are_counted_back_from_the_last_day(rosa: Browser, grant: Grant) -> None:
    outlook = rosa.get(reverse("renewal_new", args=[grant.reference])).context["outlook"]
    assert outlook.opens.on == grant.ends_on - timedelta(days=180)
    assert outlook.last_recommended.on == grant.ends_on - timedelta(days=90)


def test_one_renewal_at_a_time(rosa: Browser, grant: Grant) -> None:
    for _twice in range(2):
        assert rosa.post(reverse("renewal_new", args=[grant.reference])).status_code == 302
    assert Renewal.objects.count() == 1


@pytest.mark.parametrize("role", ["organizer", "river", "adjudicator", "investigator"])
def test_nobody_else_prepares_it(cast: Cast, grant: Grant, role: str) -> None:
    browser = Browser(getattr(cast, role))
    assert browser.get(reverse("renewal_new", args=[grant.reference])).status_code == 404
    assert browser.post(reverse("renewal_new", args=[grant.reference])).status_code == 404

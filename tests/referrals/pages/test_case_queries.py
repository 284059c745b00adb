"""What the page of a case costs, kind by kind: the common skeleton without the kind's own panel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from referrals import case_page
from referrals.demo.cast import Cast
from referrals.models import Grant
from referrals.panels import Panel
from referrals.services import renewals, stays
from referrals.services.steps import take_step
from tests.cases import active_statement, granted_request, request_draft, routed_request, signed_request
from tests.referrals.pages.reading import Browse
from workflows.models import Kind


def soi_request(cast: Cast) -> Any:
    now = timezone.now()
    request = request_draft(cast, at=now)
    take_step(request, "submit", by=cast.representative, at=now)
    return request


def worker_request(cast: Cast) -> Any:
    return routed_request(cast, active_statement(cast))


def work_permit(cast: Cast) -> Any:
    return worker_request(cast).permits.get()


def grant(cast: Cast) -> Grant:
    now = datetime(2024, 9, 10, 15, tzinfo=timezone.get_default_timezone())
    return granted_request(cast, active_statement(cast), at=now, starts_on=now.date(), months=48)


def stay(cast: Cast) -> Any:
    now = timezone.now()
    person = signed_request(cast, active_statement(cast)).person
    made = stays.open_stay(
        person, ice_office=cast.offices["ice-phoenix"], by=cast.representative, at=now, final_order=True
    )
    stays.revise(made, by=cast.representative, at=now, values={"removal_at": now + timedelta(days=3)})
    return made


def stay_referral(cast: Cast) -> Any:
    now = timezone.now()
    return stays.ask_support(
        stay(cast),
        agency=cast.organizations["NLRB"],
        consent_signed_on=now.date(),
        by=cast.representative,
        at=now,
    )


def renewal(cast: Cast) -> Any:
    granted = grant(cast)
    return renewals.prepare(granted, by=cast.representative, at=timezone.now())


COSTS: dict[str, tuple[Callable[[Cast], Any], str, int]] = {
    Kind.SOI_REQUEST: (soi_request, "investigator", 17),
    Kind.STATEMENT: (active_statement, "investigator", 19),
    Kind.WORKER_REQUEST: (worker_request, "representative", 18),
    Kind.WORK_PERMIT: (work_permit, "representative", 17),
    Kind.GRANT: (grant, "representative", 17),
    Kind.STAY: (stay, "representative", 16),
    Kind.STAY_REFERRAL: (stay_referral, "representative", 19),
    Kind.RENEWAL: (renewal, "representative", 19),
}


def test_every_kind_is_counted() -> None:
    assert set(COSTS) == set(Kind.values)


@pytest.mark.parametrize("kind", Kind.values)
def test_the_number_of_queries_of_each_page_is_known(
    kind: str, cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_page, "panel_for", lambda *_args, **_named: Panel(title="About it"))
    make, role, queries = COSTS[kind]
    record = make(cast)
    browser = browse(cast.people[role])
    browser.get("/")
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(f"/cases/{record.reference}/").status_code == 200
    assert len(captured) == queries

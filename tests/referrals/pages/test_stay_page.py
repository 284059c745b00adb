"""A pending stay never lets its reader forget that it stops nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from referrals.demo.cast import Cast
from referrals.models import Stay
from referrals.services import stays
from tests.cases import active_statement, signed_request
from tests.referrals.pages.reading import Browse, main

SENTENCE = "A pending request does not stop removal."


def stay_with_removal_in(cast: Cast, hours: int) -> Any:
    now = timezone.now()
    person = signed_request(cast, active_statement(cast)).person
    stay = stays.open_stay(
        person, ice_office=cast.offices["ice-phoenix"], by=cast.representative, at=now, final_order=True
    )
    stays.revise(stay, by=cast.representative, at=now, values={"removal_at": now + timedelta(hours=hours)})
    return Stay.objects.get(pk=stay.pk)


def test_every_page_of_a_pending_stay_says_that_it_does_not_stop_removal(cast: Cast, browse: Browse) -> None:
    stay = stay_with_removal_in(cast, 61)
    browser = browse(cast.representative)
    for url in (
        f"/cases/{stay.reference}/",
        f"/cases/{stay.reference}/steps/withdraw/",
        f"/timeline/{stay.reference}/",
    ):
        assert SENTENCE in main(browser.get(url)), url


def test_a_removal_date_needs_me_now_with_its_hours(cast: Cast, browse: Browse) -> None:
    stay = stay_with_removal_in(cast, 61)
    text = main(browse(cast.representative).get("/"))
    urgent = text[text.index("Needs you now") : text.index("Waiting for me")]
    assert stay.reference in urgent
    assert "60 hours left" in urgent
    assert "Prudencia Ejemplo" in urgent


def test_a_removal_date_months_away_does_not_shout(cast: Cast, browse: Browse) -> None:
    stay_with_removal_in(cast, 24 * 60)
    assert "Needs you now" not in main(browse(cast.representative).get("/"))


def test_the_worker_reads_no_name_and_no_employer(cast: Cast, browse: Browse) -> None:
    stay = stay_with_removal_in(cast, 61)
    text = main(browse(cast.representative).get(f"/timeline/{stay.reference}/"))
    for part in ("Prudencia", "Ejemplo", "A Foods", "Rosa"):
        assert part not in text
    for part in (
        "What happens next",
        "What you must do",
        "If you move",
        "If you get a letter",
        "If you are detained",
    ):
        assert part in text

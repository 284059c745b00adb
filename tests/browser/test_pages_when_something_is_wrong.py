"""What people see when something goes wrong: in order for everybody, and what they typed is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from referrals.demo.cast import Cast
from referrals.services.steps import take_step
from tests.browser.visitor import DESKTOP, PHONE, Visitor
from tests.cases import OPEN_WORLD, request_draft

Visit = Callable[..., Visitor]
LANGUAGES = ["en-US", "es-MX"]
FEW_TABS = 6
WORDS = 'Dijo: "vete".\nWages were kept back.'


@pytest.fixture
def going_wrong(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.browser.going_wrong"


def look_twice(visitor: Visitor) -> None:
    """On a phone and on a desk, and by the Tab key."""
    visitor.complaints.clear()  # the browser's own note that the answer was an error
    visitor.turn(DESKTOP)
    visitor.look()
    visitor.turn(PHONE)
    visitor.look()
    assert visitor.tab_through(FEW_TABS) == []


@pytest.mark.parametrize("who", ["", "representative"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_page_is_in_order(going_wrong: None, visit: Visit, language: str, who: str) -> None:
    visitor = visit(who, phone=True, language=language)
    for status in (400, 403, 404, 429, 500, 503):
        answer = visitor.go(f"/wrong/{status}/" if status != 404 else "/no-such-page/")
        assert answer.status == status
        look_twice(visitor)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_typed_while_the_records_were_away_is_held(
    going_wrong: None, visit: Visit, language: str
) -> None:
    visitor = visit("", phone=True, language=language)
    visitor.go("/wrong/form/")
    visitor.page.locator("textarea").fill(WORDS)
    visitor.page.locator("button").click()
    visitor.page.wait_for_load_state()
    assert visitor.page.locator("input[name=words]").input_value().replace("\r", "") == WORDS
    look_twice(visitor)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_was_shown_before_somebody_else_changed_the_case(
    visit: Visit, world: Cast, language: str
) -> None:
    """Its answer is 409; what was typed stays in its form."""
    visitor = visit("representative", phone=True, language=language)
    request = request_draft(world)
    take_step(request, "submit", by=world.representative, at=OPEN_WORLD)
    visitor.go(f"/cases/{request.reference}/steps/withdraw/")
    visitor.page.locator("main textarea[name=reason]").fill("The worker asked for it.")
    visitor.page.locator("main input[name=expected_version]").evaluate("each => each.value = '1'")
    with visitor.page.expect_response(lambda answer: answer.request.method == "POST") as heard:
        visitor.page.locator("main form[method=post] button[type=submit]").last.click()
    assert heard.value.status == 409
    visitor.page.wait_for_load_state()
    look_twice(visitor)

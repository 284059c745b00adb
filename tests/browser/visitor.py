"""A person at a screen, and what every page they see is held against."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from referrals.demo.cast import OFFICES, ORGANIZATIONS, ROLES, email_of
from tests import signing_in

PASSWORD = "a password for tests"
PHONE = {"width": 320, "height": 800}
DESKTOP = {"width": 1280, "height": 900}
EMAILS = {role.key: email_of(role) for role in ROLES}
OWNERS = {key: organization for key, organization, _name, _field in OFFICES}
ZONES = {code: zone for code, _name, _kind, _level, _state, zone, _authority in ORGANIZATIONS}
OFFICE_ZONES = {role.key: ZoneInfo(ZONES[OWNERS[role.office]]) for role in ROLES}
LOOK = (Path(__file__).parent / "look.js").read_text()
FOLLOW_THE_TAB_KEY = (Path(__file__).parent / "tabbing.js").read_text()
TABS = 40
LONGEST_REPORT = 2_000  # characters

expect.set_options(timeout=10_000)


class Visitor:
    """One person at one screen. Every page that is opened goes through axe."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        who: str,
        *,
        phone: bool = False,
        language: str = "en-US",
        signed_in: Visitor | None = None,
    ) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport=PHONE if phone else DESKTOP,
            locale=language,
            reduced_motion="reduce",
            storage_state=signed_in.context.storage_state() if signed_in else None,
        )
        self.context.add_init_script(AXE_SCRIPT)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(8_000)
        self.address = address
        self.who = who
        self.language = language[:2]
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if who and not signed_in:
            self.sign_in()

    def _hear(self, message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(message.text)

    def sign_in(self) -> None:
        self.page.goto(f"{self.address}/accounts/login/")
        self.page.locator("input[name=login]").fill(EMAILS[self.who])
        self.page.locator("input[name=password]").fill(PASSWORD)
        with self.page.expect_navigation(timeout=signing_in.LONGEST_WAIT):
            self.page.locator("main form button[type=submit]").first.click(no_wait_after=True)
        signing_in.give_code(self.page, EMAILS[self.who])
        expect(self.page.locator("h1")).to_have_count(1)

    def go(self, path: str) -> Response:
        """Open a page without looking at it."""
        answer = self.page.goto(path if path.startswith("http") else f"{self.address}{path}")
        assert answer is not None
        return answer

    def open(self, path: str) -> Page:
        """Open a page and look at it."""
        self.go(path)
        self.look()
        return self.page

    def turn(self, screen: dict[str, int]) -> None:
        """Go on at a screen of another size, on the page that is open."""
        self.page.set_viewport_size({"width": screen["width"], "height": screen["height"]})

    def look(self) -> None:
        """Fail on whatever is wrong with the page that is open."""
        wrong = self.troubles()
        assert not wrong, "\n".join(wrong)

    def troubles(self, *, with_axe: bool = True) -> list[str]:
        """What axe, ``look.js`` and the console say against the page that is open, and where it is."""
        seen = self.page.evaluate(LOOK, {"language": self.language, "withAxe": with_axe})
        wrong: list[str] = seen["wrong"] + self.complaints
        self.complaints = []
        if seen["violations"]:
            wrong.append(AxeResults(seen).generate_report()[:LONGEST_REPORT])
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        return [f"{self.who} at {self.page.url}, {width} px, {self.language}: {each}" for each in wrong]

    def tab_through(self, tabs: int = TABS) -> list[str]:
        """Press the Tab key from the top of the page that is open, then use its first link.

        A page of very few controls is given few ``tabs``: to come round again and again looks like a trap.
        """
        where = self.page.url
        walk = self.page.evaluate_handle(FOLLOW_THE_TAB_KEY)
        for _ in range(tabs):
            self.page.keyboard.press("Tab")
        wrong: list[str] = walk.evaluate("walk => walk.wrong()")
        self.page.locator(".usa-skipnav").focus()
        self.page.keyboard.press("Enter")
        if self.page.evaluate("document.activeElement.tagName") != "MAIN":
            wrong.append("does not skip to its main content")
        return [f"{self.who} at {where}, Tab key: {each}" for each in wrong]

    def press(self, name: str) -> Page:
        """Press a link or button by its name, wait for the page, and look at it."""
        target = self.page.get_by_role("button", name=name, exact=True).or_(
            self.page.get_by_role("link", name=name, exact=True)
        )
        target.first.click()
        self.page.wait_for_load_state()
        self.look()
        return self.page

    def fill(self, **values: str | bool | list[str]) -> None:
        """Fill the form's fields by their names: text, select, check box, radio button."""
        for name, value in values.items():
            fields = self.page.locator(f"main [name='{name}']:not([type=hidden])")
            kind = fields.first.get_attribute("type") or fields.first.evaluate("each => each.tagName")
            if kind in ("checkbox", "radio"):
                for each in value if isinstance(value, list) else [value]:
                    chosen = (
                        fields
                        if isinstance(each, bool)
                        else self.page.locator(f"main [name='{name}'][value='{each}']")
                    )
                    chosen.first.set_checked(each is not False)
            elif kind == "SELECT":
                fields.first.select_option(str(value))
            else:
                fields.first.fill(str(value))

    def send(self) -> None:
        """Send the page's own form, which must be accepted, and look at what follows."""
        before = self.page.url
        self.page.locator("main form[method=post] button[type=submit]:not([name])").last.click()
        self.page.wait_for_load_state()
        wrong = self.page.locator("main .usa-alert--error, main .usa-error-message")
        assert wrong.count() == 0, f"{before}: {self.page.locator('main').inner_text()[:1200]}"
        self.look()

    def day(self, offset: int = 0) -> str:
        """So many days on from the day on the wall of this person's office, at night not the one in UTC."""
        here = timezone.localdate(timezone=OFFICE_ZONES[self.who])
        return (here + timedelta(days=offset)).isoformat()

    def takes(self, reference: str, step: str, **values: str | bool | list[str]) -> None:
        """Open a step's page from its case, fill its form, and take it."""
        self.open(f"/cases/{reference}/")
        self.page.locator(f"a[href$='/steps/{step}/']").first.click()
        self.page.wait_for_load_state()
        self.look()
        self.fill(**values)
        self.send()
        assert "/steps/" not in self.page.url, f"{step}: {self.page.locator('main').inner_text()[:900]}"

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text)

"""A real browser against a live server, with axe on every page that is visited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from config.local import browser as browsers
from referrals.demo.cast import ROLES, Cast, email_of, gather
from tests.conftest import LONG_AGO
from workflows import policies

PASSWORD = "a password for tests"
PHONE = {"width": 320, "height": 800}
DESKTOP = {"width": 1280, "height": 900}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
EMAILS = {role.key: email_of(role) for role in ROLES}

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(driver: Playwright) -> Iterator[Browser]:
    browser = driver.chromium.launch(executable_path=browsers.find(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def world(transactional_db: None) -> Cast:
    """The demo's people, committed, so that the live server sees them."""
    policies.load(LONG_AGO)
    return gather(password=PASSWORD)


class Visitor:
    """One person at one screen. Every page that is opened goes through axe."""

    def __init__(self, context: BrowserContext, address: str, who: str) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(8_000)
        self.address = address
        self.who = who
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if who:
            self.sign_in()

    def _hear(self, message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(message.text)

    def sign_in(self) -> None:
        self.page.goto(f"{self.address}/accounts/login/")
        self.page.locator("input[name=login]").fill(EMAILS[self.who])
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("main form button[type=submit]").first.click()
        expect(self.page.locator("h1")).to_have_count(1)

    def open(self, path: str) -> Page:
        """Open a page, look at it with axe, and see that it fits the screen."""
        self.page.goto(path if path.startswith("http") else f"{self.address}{path}")
        self.look()
        return self.page

    def look(self) -> None:
        """Fail on what axe finds, on a page wider than the screen, and on what the console complains of."""
        found = Axe().run(self.page)
        assert found.violations_count == 0, f"{self.who} at {self.page.url}\n{found.generate_report()}"
        wider = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0, f"{self.page.url} is {wider} pixels wider than the screen"
        assert not self.complaints, f"{self.page.url}: {self.complaints}"

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


@pytest.fixture
def visit(chromium: Browser, live_server: Any, world: Cast) -> Iterator[Any]:
    """``visit("representative", phone=True)`` signs a person in on a screen of their own."""
    contexts: list[BrowserContext] = []
    known: dict[tuple[str, bool, str], Visitor] = {}

    def _visit(who: str = "", *, phone: bool = False, language: str = "en-US") -> Visitor:
        key = (who, phone, language)
        if key not in known:
            context = chromium.new_context(viewport=PHONE if phone else DESKTOP, locale=language)
            contexts.append(context)
            known[key] = Visitor(context, live_server.url, who)
        return known[key]

    yield _visit
    for context in contexts:
        context.close()

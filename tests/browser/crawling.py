"""Following links: one page of each sort that a person reaches, seen on a desk, on a phone and in Spanish."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from django.urls import Resolver404, resolve
from django.utils import timezone
from playwright.sync_api import Browser

from referrals import together
from referrals.demo.cast import Cast
from referrals.models import Person, User, find_all_visible, visible_cases
from tests.browser.visitor import DESKTOP, PHONE, Visitor
from workflows.models import Case

NO_PAGES = ("document", "letter_preview", "statement_letter", "account_login", "account_logout")
LINKS_BEHIND = """paths => Promise.all(paths.map(async (path) => {
    const text = await (await fetch(path)).text();
    const page = new DOMParser().parseFromString(text, "text/html");
    return [path, ...[...page.querySelectorAll("a[href^='/']")].map((each) => each.getAttribute("href"))];
}))"""


@dataclass
class Done:
    """What the people of one file need not do twice: a template's Tab keys, the page of a step."""

    templates: set[str] = field(default_factory=set)
    steps: set[str] = field(default_factory=set)


@dataclass
class Tour:
    """One person's way through the world: what was opened, under which titles, and what is wrong with it."""

    visitor: Visitor
    done: Done
    kinds: dict[str, str] = field(default_factory=lambda: dict(Case.objects.values_list("reference", "kind")))
    titles: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def follow(self, start: Iterable[str]) -> None:
        """Open one page of each sort that links lead to from ``start``."""
        waiting, seen = deque((path, "") for path in start), set[str]()
        while waiting:
            path, linked_from = waiting.popleft()
            sort = self.sort_of(path)
            if sort is None or sort in seen or sort in self.done.steps:
                continue
            seen.add(sort)
            if "/steps/" in path:
                self.done.steps.add(sort)
            waiting.extend((each, path) for each in self.visit(path, linked_from))
        self.wrong += same_titles(self.titles) + names_in_titles(self.titles)

    def sort_of(self, path: str) -> str | None:
        """An address by its name, and a case also by its kind; None for what is not a page."""
        if path.startswith("/together/"):
            return "step for several" if "step=" in path else "several"
        try:
            found = resolve(urlsplit(path).path)
        except Resolver404:
            return path
        if found.url_name in NO_PAGES:
            return None
        kind = self.kinds.get(str(found.kwargs.get("reference")), "")
        return f"{found.url_name} {kind} {found.kwargs.get('name', found.kwargs.get('part', ''))}"

    def visit(self, path: str, linked_from: str) -> list[str]:
        """Open a page, look at it in both widths, and answer where its links lead."""
        visitor, page = self.visitor, self.visitor.page
        visitor.turn(DESKTOP)
        answer = visitor.go(path)
        if answer.status != 200:
            self.wrong.append(f"{visitor.who} at {path}, coming from {linked_from}: {answer.status}")
        if not answer.headers["content-type"].startswith("text/html"):
            return []
        self.titles[path] = page.title()
        self.wrong += visitor.troubles()
        visitor.turn(PHONE)
        self.wrong += visitor.troubles()
        template = str(resolve(urlsplit(path).path).url_name)
        if template not in self.done.templates:
            self.done.templates.add(template)
            self.wrong += visitor.tab_through()
        if template == "kept_mail":  # the demonstration shows everybody's mail: its links are not all theirs
            return []
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        inside = [urlsplit(link) for link in links if link.startswith(visitor.address)]
        return [parts.path + (f"?{parts.query}" if parts.query else "") for parts in inside]

    def again_in_spanish(self, visitor: Visitor, *, with_axe: bool) -> None:
        """Open the same pages on a Spanish-speaking person's phone, where longer words may not fit."""
        titles = {}
        for path in self.titles:
            visitor.go(path)
            titles[path] = visitor.page.title()
            self.wrong += visitor.troubles(with_axe=with_axe)
        self.wrong += same_titles(titles)


def same_titles(titles: dict[str, str]) -> list[str]:
    often = Counter(titles.values())
    return [
        f"{path} is not alone in its title: {title}" for path, title in titles.items() if often[title] > 1
    ]


def names_in_titles(titles: dict[str, str]) -> list[str]:
    """A title stays behind in the browser's history, where a worker's name has no place."""
    names = {name for each in Person.objects.all() for name in (each.given_names, each.family_names)}
    return [
        f"{path} names a worker in its title: {title}"
        for path, title in titles.items()
        if names & set(re.findall(r"\w+", title))
    ]


def first_pages(visitor: Visitor, cases: Iterable[Case]) -> list[str]:
    """The desk, the cases, and what these link to: which steps are open depends on a case's state."""
    paths = [f"/cases/{case.reference}/" for case in cases]
    return ["/", *(link for links in visitor.page.evaluate(LINKS_BEHIND, paths) for link in links)]


def pages_for_several(person: User, cases: Iterable[Case]) -> list[str]:
    """The page of these cases, and that of a step which this person can take on some of them together."""
    if not together.may(person):
        return []
    records = find_all_visible(person, [case.reference for case in cases][: together.MOST])
    chosen = [("case", record.reference) for record in records]
    steps = together.steps_open(records, person, at=timezone.now())
    step = next((("step", each.key) for each in steps if each.open and not each.alone), None)
    pages = [f"/together/?{urlencode(query)}" for query in (chosen, [*chosen, step] if step else [])]
    return [*pages, f"/together/who/?{urlencode(chosen)}"]


def tour_of(browser: Browser, site: str, demo: Cast, who: str, *, done: Done) -> Tour:
    """See what ``who`` reaches from the desk and from one case of each kind in each state."""
    cases = visible_cases(demo.people[who]).order_by("kind", "state", "pk").distinct("kind", "state")
    visitor = Visitor(browser, site, who)
    spanish = Visitor(browser, site, who, phone=True, language="es-MX", signed_in=visitor)
    tour = Tour(visitor, done)
    tour.follow([*first_pages(visitor, cases), *pages_for_several(demo.people[who], cases)])
    tour.again_in_spanish(spanish, with_axe=who == "representative")
    visitor.context.close()
    spanish.context.close()
    return tour

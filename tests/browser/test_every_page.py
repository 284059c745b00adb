"""Every kind of person follows the links of their own pages through the demo's world.

Axe finds nothing, nothing is wider than the screen, nothing is missing, the console is silent.
"""

from __future__ import annotations

from collections import deque
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils import timezone

from referrals.demo.world import build
from referrals.models import Membership, visible_cases
from workflows.models import Case

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = (
    "organizer", "representative", "investigator", "approver", "signer", "intake", "adjudicator",
    "supervisor", "ice_reviewer", "ice_supervisor", "officer", "administrator",
)  # fmt: skip
PUBLIC = ("/deadlines/", "/verify/", "/accounts/login/", "/accounts/password/reset/")
MOST_PAGES = 30


def sort_of(path: str) -> str | None:
    """What sort of page an address is: its name, and for a case its kind; None for what is not a page."""
    try:
        found = resolve(path)
    except Resolver404:
        return path
    if found.url_name in ("document", "letter_preview", "statement_letter", "account_logout"):
        return None
    reference = found.kwargs.get("reference")
    kind = (
        Case.objects.filter(reference=reference).values_list("kind", flat=True).first() if reference else ""
    )
    return f"{found.url_name} {kind or ''} {found.kwargs.get('name', found.kwargs.get('part', ''))}"


def follow(visitor: Any, start: list[str]) -> list[str]:
    """Open one page of each sort that can be reached from ``start``; returns their addresses."""
    waiting, seen, opened = deque(start), set[str](), list[str]()
    while waiting and len(opened) < MOST_PAGES:
        path = waiting.popleft()
        sort = sort_of(urlsplit(path).path)
        if sort is None or sort in seen:
            continue
        seen.add(sort)
        answer = visitor.page.goto(f"{visitor.address}{path}")
        assert answer is not None
        assert answer.status == 200, f"{visitor.who} at {path}: {answer.status}"
        opened.append(path)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        visitor.look()
        links = visitor.page.eval_on_selector_all("main a[href], nav a[href]", "all => all.map(a => a.href)")
        for link in links:
            if link.startswith(visitor.address):
                parts = urlsplit(link)
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return opened


def test_every_page_of_every_kind_of_person(visit: Any, world: Any) -> None:
    build(world, now=timezone.now(), world="closed", say=lambda _line: None)
    assert {each.capacity for each in Membership.objects.filter(user__in=world.people.values())} >= {
        world.people[who].capacity for who in PEOPLE
    }
    total = 0
    for number, who in enumerate(PEOPLE):
        mine = visible_cases(world.people[who]).order_by("kind", "pk").distinct("kind")
        start = ["/", *(f"/cases/{case.reference}/" for case in mine)]
        total += len(follow(visit(who, phone=number % 2 == 0), start))
    assert total > 150


@pytest.mark.parametrize("phone", [True, False])
@pytest.mark.parametrize("language", ["en-US", "es-MX"])
def test_the_public_pages(visit: Any, phone: bool, language: str) -> None:
    stranger = visit(phone=phone, language=language)
    for path in PUBLIC:
        stranger.open(path)


def test_the_representatives_pages_on_a_phone_in_spanish(visit: Any, world: Any) -> None:
    build(world, now=timezone.now(), world="closed", say=lambda _line: None)
    ana = visit("representative", phone=True, language="es-MX")
    mine = visible_cases(world.people["representative"]).order_by("kind", "pk").distinct("kind")
    opened = follow(ana, ["/", *(f"/cases/{case.reference}/" for case in mine)])
    assert len(opened) > 20

"""Looking for leaks where nobody meant to put anything: pages that links reach, messages, letters, rows."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils.html import strip_tags

from notifications.models import KeptMail, Message
from referrals.demo import places, workers
from referrals.models import Document, Person, WorkerRequest, WorkPermit
from tests.referrals.letters.tagged_reader import Reader
from tests.wall.people import AGENCY, OTHER_AGENCY, SIGNED_IN, THIRD_AGENCY
from tests.wall.world import (
    ALL_EMPLOYERS,
    ALL_WORKERS,
    CONFIDENCES,
    OF_NEW_YORK,
    OF_NEW_YORK_STATE,
    OF_PHOENIX,
    OF_RIVER,
    STAYS_ONLY,
    UNFILED,
    WEIGHINGS,
    Secrets,
    World,
    all_but,
    employers_of,
    names_of,
)
from workflows.models import Kind

MAIL = "/mail/"
MOST_PAGES = 90
SHAPE = re.compile(
    r"/(?:[A-Z0-9]{4}-){3}[A-Z0-9]{4}/|/[A-Z]+-\d{4}-\d+/|/\d+/|/W-[0-9A-F]+/|[?].*|[0-9a-f-]{36}"
)
ATTRIBUTE = re.compile(r'(?:value|title|content|alt|aria-label|data-[\w-]+|href)="([^"]*)"')
LINK = re.compile(r'(?:href|action)="([^"#]+)')
LEAVE_ALONE = ("/accounts/", "/static/", "/i18n/", "/documents/", "/capacity/")
FROM_ELSEWHERE = employers_of(*(place for place in places.ALL if place not in OF_NEW_YORK_STATE))
WORKERS_OF_DESERT = names_of(*(worker for worker in workers.ALL if worker not in OF_RIVER))

# Whose words must not turn up on any page that somebody can reach.
HIDDEN_FROM: dict[str, Secrets] = {
    "organizer": ALL_WORKERS | CONFIDENCES | WEIGHINGS,
    "representative": names_of(*OF_RIVER) | WEIGHINGS,
    "river": WORKERS_OF_DESERT | FROM_ELSEWHERE | WEIGHINGS,
    **dict.fromkeys(AGENCY, all_but(workers.LAZARO) | CONFIDENCES),
    **dict.fromkeys(OTHER_AGENCY, ALL_WORKERS | FROM_ELSEWHERE | CONFIDENCES),
    **dict.fromkeys(THIRD_AGENCY, ALL_WORKERS | ALL_EMPLOYERS | CONFIDENCES | WEIGHINGS),
    "intake": names_of(*UNFILED, *STAYS_ONLY) | CONFIDENCES | WEIGHINGS,
    "adjudicator": names_of(*UNFILED, *STAYS_ONLY) | CONFIDENCES | WEIGHINGS,
    "supervisor": names_of(*UNFILED, *STAYS_ONLY) | CONFIDENCES | WEIGHINGS,
    "ice_reviewer": all_but(*OF_PHOENIX) | CONFIDENCES | WEIGHINGS,
    "ice_supervisor": all_but(*OF_PHOENIX) | CONFIDENCES | WEIGHINGS,
    "ny_ice_reviewer": all_but(*OF_NEW_YORK) | CONFIDENCES | WEIGHINGS,
    "officer": ALL_WORKERS | CONFIDENCES | WEIGHINGS,
    "administrator": ALL_WORKERS | ALL_EMPLOYERS | CONFIDENCES | WEIGHINGS,
    "privacy_officer": ALL_WORKERS | ALL_EMPLOYERS | CONFIDENCES | WEIGHINGS,
}


def test_everybody_is_looked_after() -> None:
    assert set(HIDDEN_FROM) == SIGNED_IN


def test_the_words_looked_for_are_really_there(world: World, signed_in: Callable[[str], Client]) -> None:
    """Otherwise the search below would find nothing anywhere."""
    record = world.record("worker's request, at USCIS")
    page = text_of(signed_in("representative").get(record.get_absolute_url()))
    assert names_of(workers.HONORIO).found_in(page)
    request = world.record("request for a statement")
    assessed = signed_in("investigator").get(f"/statement-requests/{request.reference}/assess/")
    seen = text_of(signed_in("investigator").get(request.get_absolute_url())) + text_of(assessed)
    assert WEIGHINGS.found_in(seen)
    assert employers_of(places.WAREHOUSE).found_in(seen)


@pytest.mark.parametrize("who", sorted(HIDDEN_FROM))
def test_no_page_that_links_reach_shows_what_is_hidden(
    world: World, signed_in: Callable[[str], Client], settings: Any, who: str
) -> None:
    settings.DEMO = True  # the demonstration shows everybody's mail on a page
    found = {
        address: words
        for address, text in everything_reached(signed_in(who), who)
        if (words := HIDDEN_FROM[who].found_in(text))
    }
    assert found == {}


def everything_reached(browser: Client, who: str) -> Iterator[tuple[str, str]]:
    """The text of the pages that links lead to from the first one, at most twelve of each shape.

    No page links to what its reader may not open.
    """
    start = [
        "/",
        "/search/?q=" + workers.HONORIO.family_names,
        "/search/?q=28-CA",
        "/inbox/",
        "/overrides/",
        MAIL,
    ]
    start += [f"/?show={show}" for show in ("mine", "late", "week", "desk", "waiting", "decided")]
    waiting, seen = deque((address, "") for address in start), set(start)
    fresh_shapes: dict[str, int] = {}
    pages = 0
    while waiting and pages < MOST_PAGES:
        address, linked_from = waiting.popleft()
        shape = re.sub(
            r"/(?:[A-Z0-9]{4}-){3}[A-Z0-9]{4}/|/[A-Z]+-\d{4}-\d+/|/\d+/|[?].*|[0-9a-f-]{36}", "/*/", address
        )
        fresh_shapes[shape] = fresh_shapes.get(shape, 0) + 1
        if fresh_shapes[shape] > 12:
            continue
        answer = browser.get(address, follow=True)
        theirs = bool(linked_from) and not linked_from.startswith(MAIL)  # which shows everybody's mail
        assert answer.status_code in ({200} if theirs else {200, 404}), (who, linked_from, address)
        if not answer["Content-Type"].startswith("text/html"):
            continue
        pages += 1
        yield address, text_of(answer)
        for link in links_in(answer):
            if link not in seen:
                seen.add(link)
                waiting.append((link, address))


def links_in(answer: Any) -> Iterator[str]:
    content = answer.content.decode()
    for found in LINK.findall(content):
        parts = urlsplit(found.replace("&amp;", "&"))
        if parts.netloc or not parts.path.startswith("/") or parts.path.startswith(LEAVE_ALONE):
            continue
        yield parts.path + (f"?{parts.query}" if parts.query else "")


def text_of(answer: Any) -> str:
    """What is read on a page, with what stands in its attributes and in its address."""
    return raw_text(answer.content.decode())


def raw_text(html: str) -> str:
    attributes = " ".join(
        re.findall(r'(?:value|title|content|alt|aria-label|data-[\w-]+|href)="([^"]*)"', html)
    )
    return f"{strip_tags(html)} {attributes}"


@pytest.mark.parametrize("who", sorted(AGENCY | OTHER_AGENCY | THIRD_AGENCY))
def test_an_agency_never_learns_the_reference_of_a_workers_case(world: World, who: str) -> None:
    """Its messages are about its own cases: with a worker's reference one could be counted and watched."""
    told = Message.objects.filter(recipient=world.cast.people[who])
    about = set(told.exclude(about="").values_list("about", flat=True))
    theirs = set(WorkerRequest.objects.values_list("reference", flat=True))
    theirs |= set(WorkPermit.objects.values_list("reference", flat=True))
    assert about & theirs == set()


@pytest.mark.parametrize("who", sorted(SIGNED_IN))
def test_a_message_leads_to_a_page_that_its_reader_may_open(
    world: World, signed_in: Callable[[str], Client], who: str
) -> None:
    browser = signed_in(who)
    links = set(Message.objects.inbox_of(world.cast.people[who]).values_list("link", flat=True))
    closed = {link for link in links if browser.get(link, follow=True).status_code != 200}
    assert closed == set()


@pytest.fixture(scope="module")
def read(built: World, django_db_blocker: Any) -> list[tuple[Document, str]]:
    """Every letter with its text as it is read aloud."""
    with django_db_blocker.unblock():
        letters = list(Document.objects.filter(media_type="application/pdf").select_related("case"))
        return [(letter, Reader(bytes(letter.content)).aloud()) for letter in letters]


class TestLetters:
    """The text of every letter, for each side that may read it."""

    def test_there_are_letters_of_every_side(self, read: list[tuple[Document, str]]) -> None:
        sides = {side for letter, _text in read for side in letter.sides}
        assert sides == set(Document.Side.values)

    def test_a_letter_that_the_agency_reads_names_no_worker(self, read: list[tuple[Document, str]]) -> None:
        found = {
            f"{letter.case.kind} {letter.title}": words
            for letter, text in read
            if Document.Side.AGENCY in letter.sides and letter.case.kind != Kind.STAY_REFERRAL
            if (words := (ALL_WORKERS | CONFIDENCES).found_in(f"{letter.title} {text}"))
        }
        assert found == {}

    def test_no_letter_tells_what_was_told_or_weighed_in_confidence(
        self, read: list[tuple[Document, str]]
    ) -> None:
        assert [letter.title for letter, text in read if (CONFIDENCES | WEIGHINGS).found_in(text)] == []

    def test_a_workers_letter_names_that_worker_alone(self, read: list[tuple[Document, str]]) -> None:
        wrong = []
        for letter, text in read:
            person = Person.objects.filter(requests=letter.case_id).first()
            if person is None:
                continue
            others = [worker for worker in workers.ALL if worker.family_names != person.family_names]
            if names_of(*others).found_in(text):
                wrong.append(letter.title)
        assert wrong == []


def columns_of(*prefixes: str) -> Iterator[tuple[str, str]]:
    """Every column of text or JSON in the tables of some packages."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' "
            "AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY') ORDER BY 1, 2"
        )
        for table, column in cursor.fetchall():
            if table.split("_")[0] in prefixes:
                yield table, column


def values_of(table: str, column: str) -> Iterable[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT DISTINCT "{column}"::text FROM "{table}" WHERE "{column}" IS NOT NULL')  # noqa: S608
        return [row[0] for row in cursor.fetchall()]


class TestTheLibrariesHoldNothingPersonal:
    """workflows and notifications know cases by reference, people by key, and nothing else about anybody."""

    def test_their_tables_are_looked_at(self, world: World) -> None:
        tables = {table for table, _column in columns_of("workflows", "notifications")}
        assert {
            "workflows_step",
            "workflows_proposal",
            "notifications_message",
            "notifications_keptmail",
        } <= tables

    def test_no_row_names_a_worker_or_an_employer(self, world: World) -> None:
        receipts = Secrets(
            frozenset(each.receipt_number for each in WorkerRequest.objects.all() if each.receipt_number)
        )
        tokens = Secrets(frozenset(Person.objects.values_list("token", flat=True)))
        births = Secrets(frozenset(str(each.born_on) for each in Person.objects.all()))
        hidden = ALL_WORKERS | ALL_EMPLOYERS | CONFIDENCES | WEIGHINGS | receipts | tokens | births
        found = {
            f"{table}.{column}": words
            for table, column in columns_of("workflows", "notifications")
            if (words := hidden.found_in("\n".join(values_of(table, column))))
        }
        assert found == {}

    def test_mail_names_nobody_and_no_case(self, world: World) -> None:
        mails = KeptMail.objects.select_related("message")
        assert mails
        for mail in mails:
            text = f"{mail.subject} {mail.body}"
            assert not (ALL_WORKERS | ALL_EMPLOYERS).found_in(text)
            assert not mail.message.about or mail.message.about not in text
            assert "immigration" not in text.lower()

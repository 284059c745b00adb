"""No read without its line on the trail, and no address at an ICE field office without a purpose."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from referrals.demo import workers
from referrals.models import Access, Document, Person, WorkerRequest
from tests.wall.people import ICE_PHOENIX, SIGNED_IN
from tests.wall.test_nothing_leaks import everything_reached
from tests.wall.world import ALL_WORKERS, World, names_of

pytestmark = pytest.mark.usefixtures("world")
READERS = ["representative", "river", "intake", "adjudicator", "supervisor", "ice_reviewer", "signer"]


def on_the_trail(after: int) -> tuple[set[str], int]:
    """Whose records were put on the trail since, and the key of the last line."""
    rows = list(Access.objects.filter(pk__gt=after).order_by("pk"))
    return {token for row in rows for token in row.persons}, rows[-1].pk if rows else after


@pytest.mark.parametrize("who", READERS)
def test_whoever_is_named_on_a_page_that_links_reach_stands_on_the_trail(
    signed_in: Callable[[str], Client], who: str
) -> None:
    people = {each.family_names: each.token for each in Person.objects.all()}
    tokens = [(worker, people[worker.family_names]) for worker in workers.ALL]
    missing: list[tuple[str, str]] = []
    named = last = 0
    for address, text in everything_reached(signed_in(who), who):
        seen, last = on_the_trail(last)
        there = [(worker, token) for worker, token in tokens if names_of(worker).found_in(text)]
        named += len(there)
        missing += [(address, worker.family_names) for worker, token in there if token not in seen]
    assert missing == []
    assert named > 0


@pytest.mark.parametrize("who", sorted(SIGNED_IN))
def test_every_letter_of_a_worker_that_is_handed_out_stands_on_the_trail(
    world: World, signed_in: Callable[[str], Client], who: str
) -> None:
    browser, last = signed_in(who), 0
    requests = {each.pk: each.person.token for each in WorkerRequest.objects.select_related("person")}
    letters = Document.objects.filter(case_id__in=requests).defer("content")
    opened = 0
    for letter in letters:
        answer = browser.get(reverse("document", args=[letter.public_id]))
        seen, last = on_the_trail(last)
        if answer.status_code == 200:
            opened += 1
            assert requests[letter.case_id] in seen
        else:
            assert Access.objects.get(pk=last).what == Access.What.REFUSED
    assert opened == Document.objects.visible_to(world.cast.people[who]).filter(case_id__in=requests).count()


@pytest.mark.usefixtures("purposes_are_asked")
@pytest.mark.parametrize("who", sorted(ICE_PHOENIX))
def test_no_page_names_a_worker_at_a_field_office_before_a_purpose_was_stated(
    signed_in: Callable[[str], Client], who: str
) -> None:
    pages = dict(everything_reached(signed_in(who), who))
    assert any("/purpose/" in address or "/cases/" in address for address in pages)
    assert {address: words for address, text in pages.items() if (words := ALL_WORKERS.found_in(text))} == {}

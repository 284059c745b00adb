"""Pages of a case that lives under another version than the code's show that version's words and steps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from referrals.models import SoiRequest
from referrals.services.steps import take_step
from tests import cases, versions
from tests.cases import OPEN_WORLD
from workflows import stuck, version_maps
from workflows.migrating import Migration

pytestmark = pytest.mark.django_db
LATER = OPEN_WORLD + timedelta(days=2)
WHY = "A triage comes first."


@pytest.fixture
def moved(cast: Any, tmp_path: Path) -> Iterator[SoiRequest]:
    request = cases.request_draft(cast)
    take_step(request, "submit", by=cast.representative, at=OPEN_WORLD)
    with versions.known(versions.write(tmp_path / "definitions")):
        Migration(version_maps.shipped(versions.KIND, 1, 2), at=LATER, reason=WHY).run()
        yield SoiRequest.objects.get(pk=request.pk)


def page(user: Any, name: str, **arguments: Any) -> str:
    client = Client()
    client.force_login(user)
    found = client.get(reverse(name, kwargs=arguments))
    assert found.status_code == 200
    return found.content.decode()


def test_the_case_page_shows_the_state_the_steps_and_the_reason(cast: Any, moved: SoiRequest) -> None:
    shown = page(cast.investigator, "case", reference=moved.reference)
    assert "On its way" in shown
    assert "Moved to another version of the procedure" in shown
    assert "that step is no longer carried out" in shown
    assert "Ask an administrator to move the case to version 1." in shown


def test_the_desk_and_the_history_show_it_too(cast: Any, moved: SoiRequest) -> None:
    assert "On its way" in page(cast.investigator, "desk")
    shown = page(cast.representative, "case_history", reference=moved.reference)
    assert WHY in shown
    assert "goes on under this name" in shown


def test_the_step_page_asks_for_what_its_version_asks_for(cast: Any, moved: SoiRequest) -> None:
    client = Client()
    client.force_login(cast.investigator)
    where = reverse("case_step", kwargs={"reference": moved.reference, "name": "acknowledge"})
    assert client.get(where).status_code == 200
    client.post(where, {"expected_version": moved.version})
    assert SoiRequest.objects.get(pk=moved.pk).state == "SENT"


def test_a_past_day_is_told_in_the_words_of_its_version(cast: Any, moved: SoiRequest) -> None:
    client = Client()
    client.force_login(cast.representative)
    where = reverse("case_as_of", kwargs={"reference": moved.reference})
    before = client.get(where, {"on": OPEN_WORLD.date().isoformat()}).content.decode()
    after = client.get(where, {"on": LATER.date().isoformat()}).content.decode()
    assert ("On its way" in before, "On its way" in after) == (False, True)


def test_a_case_of_another_version_is_not_stuck(moved: SoiRequest) -> None:
    assert stuck.find(at=LATER) == []

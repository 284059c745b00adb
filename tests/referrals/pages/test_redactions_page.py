"""The pages on which two people make a text of a history unreadable."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD
from tests.laid_down import laid_down
from tests.referrals.pages.reading import Browse, main
from tests.workflows.history_files import spoken_line
from workflows import history
from workflows.models import Redaction, RedactionRequest, Wording

DAY = timedelta(days=1)
WORDS = "The witness is Lázaro."
WHY = "It names a worker."


@pytest.fixture
@laid_down
def spoken(cast: Any) -> Any:
    request = cases.request_draft(cast)
    take_step(request, "submit", by=cast.representative, at=OPEN_WORLD)
    take_step(request, "acknowledge", by=cast.investigator, at=OPEN_WORLD + DAY)
    return spoken_line(request, WORDS, by=cast.investigator, at=OPEN_WORLD + DAY)


@pytest.fixture
def ask(browse: Browse, cast: Any, spoken: Any) -> Any:
    def post(**values: Any) -> Any:
        said = {"reference": spoken.case.reference, "line": spoken.sequence, "field": "reason"}
        return browse(cast.administrator).post("/redactions/", {**said, "because": WHY, **values})

    return post


@pytest.fixture
def waiting(ask: Any) -> RedactionRequest:
    assert ask().status_code == 302
    return RedactionRequest.objects.get()


def decide(browse: Browse, person: Any, request: RedactionRequest, decision: str, note: str = "") -> Any:
    return browse(person).post(f"/redactions/{request.pk}/", {"decision": decision, "note": note})


def test_one_asks_and_another_grants(browse: Browse, cast: Any, spoken: Any, waiting: Any) -> None:
    assert WHY in main(browse(cast.officer).get(f"/redactions/{waiting.pk}/"))
    assert decide(browse, cast.officer, waiting, "grant").status_code == 302
    assert Wording.objects.get(case=spoken.case, sequence=spoken.sequence).text is None
    assert "made unreadable" in main(browse(cast.administrator).get("/redactions/"))
    page = main(browse(cast.investigator).get(f"/cases/{spoken.case.reference}/history/"))
    assert WORDS not in page
    assert "Redacted on" in page
    assert WHY in page
    assert history.verify().broken is None


def test_the_words_are_never_shown_to_those_who_redact(
    browse: Browse, cast: Any, waiting: RedactionRequest
) -> None:
    for person in (cast.administrator, cast.officer):
        for path in ("/redactions/", f"/redactions/{waiting.pk}/"):
            assert "Lázaro" not in browse(person).get(path).content.decode()


def test_ones_own_request_is_not_granted(browse: Browse, cast: Any, waiting: Any) -> None:
    assert "You asked for this yourself" in main(browse(cast.administrator).get(f"/redactions/{waiting.pk}/"))
    response = decide(browse, cast.administrator, waiting, "grant")
    assert response.status_code == 409
    assert "You asked for this yourself." in main(response)
    assert not Redaction.objects.exists()


def test_turning_down_needs_a_reason(browse: Browse, cast: Any, waiting: Any) -> None:
    response = decide(browse, cast.officer, waiting, "decline")
    assert "Write why the text stays." in main(response)
    assert decide(browse, cast.officer, waiting, "decline", "It is no name.").status_code == 302
    assert "left as it is" in main(browse(cast.officer).get("/redactions/"))


def test_a_decision_sent_twice_is_one_decision(browse: Browse, cast: Any, waiting: Any) -> None:
    decide(browse, cast.officer, waiting, "grant")
    again = decide(browse, cast.officer, waiting, "grant")
    assert again.status_code == 302
    assert Redaction.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"reference": "NO-SUCH-CASE"}, "There is no case with this reference."),
        ({"line": "99"}, "The case has no such line."),
        ({"line": "1"}, "This line holds no text that can be redacted."),
        ({"line": "x"}, "whole number"),
        ({"line": "99999999999999999999"}, "less than or equal"),
        ({"because": ""}, "required"),
        ({"field": "data"}, "Select a valid choice"),
        ({"because": "His A-number is A123 456 789."}, "A-number ending in 89"),
    ],
)
def test_what_cannot_be_asked_gets_a_sentence(ask: Any, values: dict[str, str], sentence: str) -> None:
    response = ask(**values)
    assert response.status_code == 200
    assert sentence in main(response)
    assert not RedactionRequest.objects.exists()


def test_what_was_typed_stays(ask: Any) -> None:
    assert WHY in ask(line="99").content.decode()


def test_asking_twice_is_one_request(ask: Any, waiting: Any) -> None:
    assert "Somebody has asked for this already." in main(ask())
    assert RedactionRequest.objects.count() == 1


def test_a_reference_may_be_typed_as_it_is_read_aloud(ask: Any, spoken: Any) -> None:
    assert ask(reference=spoken.case.reference.lower().replace("-", " ")).status_code == 302


def test_nobody_else_finds_the_pages(browse: Browse, cast: Any, waiting: RedactionRequest) -> None:
    for who, person in cast.people.items():
        if who in ("administrator", "officer"):
            continue
        for path in ("/redactions/", f"/redactions/{waiting.pk}/"):
            assert browse(person).get(path).status_code == 404
            assert browse(person).post(path).status_code == 404


def test_the_navigation_leads_there(browse: Browse, cast: Any) -> None:
    for who in ("administrator", "officer"):
        assert 'href="/redactions/"' in browse(cast.people[who]).get("/redactions/").content.decode()
    assert 'href="/redactions/"' not in browse(cast.investigator).get("/").content.decode()

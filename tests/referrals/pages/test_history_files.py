"""A history to take away: what its reader may see and no more, and the means to check it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from referrals import diary, disclosure
from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD
from tests.laid_down import laid_down
from tests.referrals.letters.tagged_reader import Reader
from tests.referrals.pages.reading import Browse, links, main
from tests.workflows.history_files import run_verifier, spoken_line
from workflows import heads, verify_export

DAY = timedelta(days=1)
HOUSE_SECRET = "Only for colleagues."


@pytest.fixture
@laid_down
def asked(cast: Any) -> Any:
    """A request at the labor agency, with a remark that is meant for colleagues alone, under a daily head."""
    request = cases.request_draft(cast)
    take_step(request, "submit", by=cast.representative, at=OPEN_WORLD)
    take_step(request, "acknowledge", by=cast.investigator, at=OPEN_WORLD + DAY)
    spoken_line(request, HOUSE_SECRET, by=cast.investigator, at=OPEN_WORLD + DAY)
    heads.take(at=OPEN_WORLD + DAY)
    return request


def file_of(browse: Browse, person: Any, record: Any) -> dict[str, Any]:
    response = browse(person).get(f"/cases/{record.reference}/history/file/?as=json")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert "attachment" in response["Content-Disposition"]
    file: dict[str, Any] = json.loads(response.content)
    return file


@pytest.mark.parametrize("who", ["representative", "investigator", "approver"])
def test_each_readers_file_holds(browse: Browse, cast: Any, asked: Any, who: str, tmp_path: Path) -> None:
    code, said = run_verifier(file_of(browse, cast.people[who], asked), tmp_path)
    assert code == 0, said


def test_own_lines_are_whole_with_their_words(browse: Browse, cast: Any, asked: Any) -> None:
    line = file_of(browse, cast.investigator, asked)["lines"][-1]
    assert set(line["shown"]) == set(verify_export.PARTS)
    assert line["texts"]["reason"]["text"] == HOUSE_SECRET


def test_of_the_other_side_a_reader_gets_what_happened_and_not_who(
    browse: Browse, cast: Any, asked: Any
) -> None:
    file = file_of(browse, cast.representative, asked)
    acknowledged = next(
        line for line in file["lines"] if line["shown"].get("what", {}).get("name") == "acknowledge"
    )
    assert "who" not in acknowledged["shown"]
    assert "data" not in acknowledged["shown"]


def test_what_the_page_does_not_show_is_not_in_the_file(browse: Browse, cast: Any, asked: Any) -> None:
    file = file_of(browse, cast.representative, asked)
    assert file["lines"][-1]["shown"] == {}
    assert HOUSE_SECRET not in json.dumps(file)
    for line in file["lines"]:
        known = {entry.sequence for entry in diary.entries(asked, cast.representative)}
        assert bool(line["shown"]) == (line["line"] in known)


def test_a_file_never_shows_more_than_the_page(cast: Any, asked: Any) -> None:
    """For every step and every reader: parts are shown only of lines that the page shows."""
    for person in cast.people.values():
        parts = disclosure.sight(asked, person)
        shown = {step.sequence for step in asked.steps.all() if parts(step)}
        assert shown == {entry.sequence for entry in diary.entries(asked, person)}


def test_the_file_says_for_whom_it_was_made_without_a_name(browse: Browse, cast: Any, asked: Any) -> None:
    file = file_of(browse, cast.representative, asked)
    assert file["made_for"] == "Desert Legal Aid (fictional), Representative"


def test_a_case_of_somebody_else_has_no_file(browse: Browse, cast: Any, asked: Any) -> None:
    for who in ("river", "ny_investigator", "intake", "administrator"):
        for ending in ("json", "pdf"):
            path = f"/cases/{asked.reference}/history/file/?as={ending}"
            assert browse(cast.people[who]).get(path).status_code == 404


def test_only_reading_is_possible(browse: Browse, cast: Any, asked: Any) -> None:
    path = f"/cases/{asked.reference}/history/file/"
    assert browse(cast.investigator).post(path).status_code == 405


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_paper_is_tagged_and_says_the_same(browse: Browse, cast: Any, asked: Any, language: str) -> None:
    response = browse(cast.investigator).get(
        f"/cases/{asked.reference}/history/file/?as=pdf", headers={"accept-language": language}
    )
    assert response["Content-Type"] == "application/pdf"
    paper = Reader(response.content)
    text = " ".join(paper.aloud().split())
    assert asked.reference in text
    assert HOUSE_SECRET in text
    assert asked.head_hash in text.replace(" ", "")
    assert ("Historia" in text or "Historial" in text) == (language == "es")


def test_the_paper_of_the_other_side_leaves_out_what_the_page_leaves_out(
    browse: Browse, cast: Any, asked: Any
) -> None:
    response = browse(cast.representative).get(f"/cases/{asked.reference}/history/file/?as=pdf")
    text = Reader(response.content).aloud()
    assert HOUSE_SECRET not in text
    assert str(cast.investigator) not in text


def test_the_history_page_leads_to_the_past_and_to_the_check(browse: Browse, cast: Any, asked: Any) -> None:
    page = browse(cast.investigator).get(f"/cases/{asked.reference}/history/")
    assert f"/cases/{asked.reference}/as-of/" in links(page)
    assert "/verify/histories/" in links(page)
    assert f'action="/cases/{asked.reference}/history/file/"' in page.content.decode()


def test_anybody_can_save_the_verifier_and_read_the_daily_heads(
    client: Any, asked: Any, settings: Any
) -> None:
    program = client.get("/verify/histories/verify_export.py")
    assert program.content == Path(verify_export.__file__).read_bytes()
    page = client.get("/verify/histories/")
    head = heads.newest(1)[0]
    assert head.root in main(page)
    assert head.hash in main(page)
    assert asked.reference not in main(page)


def test_the_page_of_daily_heads_says_when_there_is_none(client: Any, db: None, settings: Any) -> None:
    settings.HISTORY_SIGNING_KEY = ""
    text = main(client.get("/verify/histories/"))
    assert "None was taken yet." in text
    assert "No key is set here" in text


def test_a_very_long_history_says_that_the_paper_is_cut(
    browse: Browse, cast: Any, asked: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(diary, "MOST", 2)
    response = browse(cast.investigator).get(f"/cases/{asked.reference}/history/file/?as=pdf")
    assert "Only the last 2 lines are printed here." in Reader(response.content).aloud()

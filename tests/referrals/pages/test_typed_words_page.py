"""Who reads what was typed with a step, and that it is gone from every page once it is redacted."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from referrals import diary, history_paper, past
from referrals.services import overrides
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, request_draft
from tests.laid_down import laid_down
from tests.referrals.pages.reading import Browse, main
from tests.typed_words import FIELD, LATER, TYPED, exported, redact, refer
from tests.workflows.history_files import run_verifier
from workflows import heads, history, replay, sealing
from workflows.models import RedactionRequest, Step

DAY = timedelta(days=1)


@pytest.fixture
@laid_down
def submitted(cast: Any) -> Any:
    request = request_draft(cast)
    take_step(request, "submit", by=cast.representative, at=OPEN_WORLD)
    return request


@pytest.fixture
@laid_down
def referred(cast: Any, submitted: Any) -> Step:
    return refer(cast, submitted)


# What people read


def test_the_agency_reads_what_it_wrote_on_page_and_paper_and_of_a_past_day(
    browse: Browse, cast: Any, submitted: Any, referred: Step
) -> None:
    page = main(browse(cast.investigator).get(f"/cases/{submitted.reference}/history/"))
    assert f"Agency to be asked instead: {TYPED}" in page
    then = past.case_on(submitted, cast.investigator, LATER.date(), now=LATER)
    assert then is not None
    entry = next(each for each in then.entries if each.sequence == referred.sequence)
    assert [(each.label, each.text) for each in entry.words] == [("Agency to be asked instead", TYPED)]
    letter = history_paper.paper(
        submitted, cast.investigator, file=exported(submitted), at=LATER, check_at="https://example.test/"
    )
    assert TYPED in repr(letter.blocks)


def test_nobody_reads_it_of_a_line_whose_reason_is_not_for_them(cast: Any) -> None:
    statement = active_statement(cast)
    overrides.record_override(
        statement, by=cast.officer, at=LATER, starts_on=LATER.date(), ends_on=LATER.date() + 9 * DAY,
        authority="Memo of the Secretary", reason="A hearing.",
    )  # fmt: skip
    own = [each for each in diary.entries(statement, cast.officer) if each.name == "record_override"]
    assert [each.text for each in own[0].words] == ["Memo of the Secretary"]
    for person in (cast.investigator, cast.representative):
        seen = diary.entries(statement, person)
        assert not any(each.words for each in seen if each.name == "record_override")


# Redacting


def test_a_redacted_text_is_gone_and_the_reason_beside_it_stays(
    browse: Browse, cast: Any, submitted: Any, referred: Step, tmp_path: Path
) -> None:
    heads.take(at=OPEN_WORLD)
    assert TYPED in repr(exported(submitted)["lines"][referred.sequence - 1]["texts"])
    assert run_verifier(exported(submitted), tmp_path)[0] == 0
    redact(submitted, referred, cast)
    file = exported(submitted)
    assert "Lázaro" not in repr(file)
    assert run_verifier(file, tmp_path)[0] == 0
    assert history.verify(every_root=True).broken is None
    assert replay.replay().illegal == []
    page = main(browse(cast.investigator).get(f"/cases/{submitted.reference}/history/"))
    assert "Lázaro" not in page
    assert "Not ours." in page
    assert "Agency to be asked instead: Redacted on" in page
    stored = submitted.steps.get(sequence=referred.sequence)
    assert sealing.words_of(stored) == {"other_agency": ""}
    assert sealing.reason_of(stored) == "Not ours."


def test_the_page_asks_which_text_and_the_second_person_reads_which(
    browse: Browse, cast: Any, submitted: Any, referred: Step
) -> None:
    typed = {"reference": submitted.reference, "line": referred.sequence, "because": "A name."}
    wrong = browse(cast.administrator).post("/redactions/", {**typed, "field": "data.authority"})
    assert "This line holds no text that can be redacted." in main(wrong)
    assert "Select a valid choice" in main(
        browse(cast.administrator).post("/redactions/", {**typed, "field": "x"})
    )
    assert browse(cast.administrator).post("/redactions/", {**typed, "field": FIELD}).status_code == 302
    request = RedactionRequest.objects.get()
    page = main(browse(cast.officer).get(f"/redactions/{request.pk}/"))
    assert "Agency to be asked instead" in page
    assert "Lázaro" not in page

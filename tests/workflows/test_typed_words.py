"""What a person types into a step besides its reason is sealed like it, and can be redacted like it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django import forms

from referrals.forms.steps import FORMS
from referrals.models import record_models
from referrals.reasons import LABELS
from referrals.services import clock_orders, overrides
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, reload
from tests.laid_down import laid_down
from tests.typed_words import FIELD, LATER, TYPED, exported, redact, refer
from tests.workflows.history_files import run_verifier
from workflows import clockwork, engine, heads, history, redaction, replay, sealing
from workflows.machine import steps_of
from workflows.models import Clock, Pause, Step, Wording
from workflows.openness import manner_of
from workflows.sealing import Citation, SentenceInClear, Words

DAY = timedelta(days=1)


@pytest.fixture
@laid_down
def referred(cast: Any, submitted: Any) -> Step:
    return refer(cast, submitted)


# Sealing


def test_what_was_typed_is_sealed_and_stands_beside_the_line(submitted: Any, referred: Step) -> None:
    stored = submitted.steps.get(sequence=referred.sequence)
    assert sealing.is_sealed(stored.data["other_agency"])
    assert sealing.data_of(stored) == {"other_agency": TYPED}
    assert sealing.reason_of(stored) == "Not ours."
    assert history.verify().broken is None
    assert replay.replay().illegal == []


def test_each_text_of_a_line_has_a_key_of_its_own(submitted: Any, referred: Step) -> None:
    kept = Wording.objects.filter(case=submitted, sequence=referred.sequence)
    assert {each.field: each.text for each in kept} == {"reason": "Not ours.", FIELD: TYPED}
    assert len({each.key for each in kept}) == 2


def test_a_line_written_before_words_were_sealed_reads_and_holds(cast: Any, submitted: Any) -> None:
    """As they stood in clear: a citation stands in clear today, and is hashed the same way."""
    step = engine.record_note(
        submitted, "seen", by=cast.investigator, at=OPEN_WORLD, other_agency=Citation(TYPED)
    )
    stored = submitted.steps.get(pk=step.pk)
    assert sealing.data_of(stored) == {"other_agency": TYPED}
    assert sealing.words_of(stored) == {}
    assert history.verify().broken is None


def test_the_authority_of_an_override_is_sealed(cast: Any) -> None:
    statement = active_statement(cast)
    given = overrides.record_override(
        statement, by=cast.officer, at=LATER, starts_on=LATER.date(), ends_on=LATER.date() + 9 * DAY,
        authority="Memo of the Secretary", reason="A hearing.",
    )  # fmt: skip
    line = statement.steps.get(name="record_override")
    assert sealing.is_sealed(line.data["authority"])
    assert sealing.words_of(line) == {"authority": "Memo of the Secretary"}
    assert given.authority == "Memo of the Secretary"


# The door's rule


@pytest.mark.parametrize(
    "value",
    [
        "Two words",
        "año",
        ["CODE", "and a sentence"],
        {"key": "a sentence here"},
        {"a sentence here": 1},
        [Words("nested")],
        "sealed:" + "0f" * 32,
        "x" * 200,
        object(),
    ],
)
def test_a_sentence_does_not_enter_a_history_in_clear(cast: Any, submitted: Any, value: Any) -> None:
    before = reload(submitted).version
    with pytest.raises(SentenceInClear, match="“told” holds a free text"):
        engine.record_note(submitted, "seen", by=cast.investigator, at=OPEN_WORLD, told=value)
    assert reload(submitted).version == before == submitted.steps.count()


def test_codes_numbers_days_and_citations_enter_as_they_are(cast: Any, submitted: Any) -> None:
    said: dict[str, Any] = {
        "code": "dale.status", "rule": "rfe/US@2024-01-01", "none": None, "yes": True, "number": 7,
        "amount": Decimal("1.5"), "on": date(2024, 8, 5), "moment": OPEN_WORLD, "list": ["A", "B"],
        "by_key": {"g28": "PRESENT"}, "cite": Citation("8 CFR 103.2(b)(8)"),
    }  # fmt: skip
    step = engine.record_note(submitted, "seen", by=cast.investigator, at=OPEN_WORLD, **said)
    assert submitted.steps.get(pk=step.pk).data == history.plain(said)


def test_a_step_that_declares_a_code_takes_no_sentence(cast: Any, in_review: Any) -> None:
    take_step(in_review, "approve", by=cast.approver, at=OPEN_WORLD)
    take_step(in_review, "sign", by=cast.signer, at=OPEN_WORLD, review_by_on=LATER.date() + 90 * DAY)
    with pytest.raises(SentenceInClear, match="channel"):
        take_step(in_review, "transmit", by=cast.investigator, at=OPEN_WORLD, channel="By post as well")
    assert not in_review.steps.filter(name="transmit").exists()
    assert reload(in_review).state == "SIGNED"


FREE = (forms.CharField, forms.URLField, forms.EmailField)


def typed_in(form: type[Any]) -> set[str]:
    return {name for name in form.step_fields if type(getattr(form, "base_fields", {}).get(name)) in FREE}


@pytest.mark.parametrize(("kind", "name"), sorted(FORMS))
def test_every_free_text_of_a_form_that_goes_to_a_step_is_declared_as_words(kind: str, name: str) -> None:
    declared = [manner_of(each) for each in steps_of(record_models()[kind]) if each.name == name]
    for manner in declared:
        assert typed_in(FORMS[kind, name]) <= set(manner.words)


def test_the_form_that_names_another_agency_is_one_of_them() -> None:
    assert typed_in(FORMS["SOI_REQUEST", "refer"]) == {"other_agency"}


def test_every_declared_text_has_a_name_for_readers() -> None:
    declared = {
        f"data.{name}"
        for model in record_models().values()
        for each in steps_of(model)
        for name in manner_of(each).words
    }
    assert declared | {"data.authority", "reason"} == set(LABELS)


# Redacting


def test_a_text_that_somebody_put_in_its_place_is_found_by_the_verifier(
    submitted: Any, referred: Step, tmp_path: Path
) -> None:
    heads.take(at=OPEN_WORLD)
    file = exported(submitted)
    file["lines"][referred.sequence - 1]["texts"][FIELD]["text"] = "Something else."
    code, said = run_verifier(file | {"signature": None}, tmp_path)
    assert (code, said) == (1, f"BROKEN: line {referred.sequence}: “{FIELD}” was changed.\n")


def test_a_redacted_authority_is_gone_beside_the_clock_and_the_clock_still_stands(
    cast: Any, submitted: Any
) -> None:
    take_step(submitted, "acknowledge", by=cast.investigator, at=OPEN_WORLD)
    given = clock_orders.order_pause(
        submitted,
        "soi_determination",
        by=cast.approver,
        at=LATER,
        reason="A court.",
        authority="Lázaro v. Acme",
    )
    redact(submitted, given, cast, "data.authority")
    assert Pause.objects.get(ordered_in=given.sequence).reason == "A court."
    assert "Lázaro" not in repr(list(Pause.objects.values()))
    assert "Lázaro" not in repr(list(Step.objects.values("data", "effects", "reason")))
    clock = Clock.objects.get(case_id=submitted.pk, key="soi_determination")
    told = " ".join(clockwork.reckon(submitted, clock, at=LATER).explanation)
    assert "the authority was redacted" in told
    assert clock.paused
    assert redaction.redacted(submitted.pk).keys() == {(given.sequence, "data.authority")}

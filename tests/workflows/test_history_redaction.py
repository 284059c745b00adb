"""A text is made unreadable by two people; the history stays whole and says so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from referrals import diary
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement
from tests.laid_down import laid_down
from tests.workflows.history_files import AsSuperuser, run_verifier, spoken_line, sql
from tests.workflows.test_history_export import SECRET_WORDS, everything
from workflows import engine, exports, heads, history, redaction, sealing
from workflows.models import Proposal, Redaction, RedactionRequest, Step, Wording
from workflows.refusals import StepRefused

DAY = timedelta(days=1)
LATER = OPEN_WORLD + DAY


@pytest.fixture
@laid_down
def said(cast: Any, submitted: Any) -> Any:
    """A line with a sealed reason, the last of its case."""
    take_step(submitted, "acknowledge", by=cast.investigator, at=OPEN_WORLD)
    return spoken_line(submitted, SECRET_WORDS, by=cast.investigator, at=OPEN_WORLD)


def asked(record: Any, step: Any, cast: Any) -> RedactionRequest:
    return redaction.ask(
        record, sequence=step.sequence, because="A worker's name.", by=cast.administrator, at=LATER
    )


def granted(record: Any, step: Any, cast: Any) -> Redaction:
    return redaction.grant(asked(record, step, cast), record=record, by=cast.officer, at=LATER)


def reason_codes(refused: Any) -> list[str]:
    return [each.code for each in refused.value.refusals]


# Sealing


def test_the_line_holds_a_seal_and_the_words_stand_beside_it(said: Any) -> None:
    said.refresh_from_db()
    assert SECRET_WORDS not in said.reason
    assert sealing.is_sealed(said.reason)
    assert sealing.reason_of(said) == SECRET_WORDS
    assert history.verify().broken is None


def test_the_same_words_are_sealed_differently_each_time() -> None:
    assert sealing.sealed("Yes.").seal != sealing.sealed("Yes.").seal
    assert sealing.sealed("").seal == ""


def test_words_that_were_never_sealed_read_as_they_are(submitted: Any) -> None:
    step = submitted.steps.first()
    step.reason = "In clear."
    assert sealing.reason_of(step) == "In clear."


def test_a_line_just_written_still_knows_its_words(said: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert sealing.reason_of(said) == SECRET_WORDS


def test_lines_are_sealed_before_they_are_hashed_and_their_words_are_kept_with_them(submitted: Any) -> None:
    lines = [
        Step(case_id=submitted.pk, sequence=90 + number, reason=reason)
        for number, reason in enumerate(["One.", "", "Two."])
    ]
    for line in lines:
        sealing.seal_texts(line, {})
    assert [sealing.is_sealed(line.reason) for line in lines] == [True, False, True]
    kept = sealing.kept_with(lines)
    assert [(each["sequence"], each["field"], each["text"]) for each in kept] == [
        (90, "reason", "One."),
        (92, "reason", "Two."),
    ]
    assert [sealing.reason_of(line) for line in lines] == ["One.", "", "Two."]
    Wording.objects.bulk_create(Wording(**each) for each in kept)
    fresh = Step(case_id=submitted.pk, sequence=92, reason=lines[2].reason)
    assert sealing.reason_of(fresh) == "Two."


def test_nobody_can_type_a_seal(submitted: Any) -> None:
    typed = sealing.sealed("Words.").seal
    line = Step(case_id=submitted.pk, sequence=90, reason=typed)
    sealing.seal_texts(line, {})
    assert line.reason != typed
    assert sealing.reason_of(line) == typed


def test_free_texts_among_the_data_are_sealed_and_other_values_are_not() -> None:
    stored, seals = sealing.sealed_data(
        {"authority": sealing.Words("Memo 7"), "months": 24, "note": sealing.Words("")}
    )
    assert stored["months"] == 24
    assert stored["note"] == ""
    assert sealing.is_sealed(stored["authority"])
    assert seals["data.authority"].text == "Memo 7"


def test_words_written_into_the_table_later_do_not_fit_the_seal(
    submitted: Any, said: Any, tmp_path: Path
) -> None:
    heads.take(at=LATER)
    file = exports.export(submitted, sight=everything, reader="", at=LATER)
    file["lines"][-1]["texts"]["reason"]["text"] = "Something else."
    code, words = run_verifier(file | {"signature": None}, tmp_path)
    assert (code, words) == (1, f"BROKEN: line {said.sequence}: “reason” was changed.\n")


@pytest.mark.parametrize(
    ("tampering", "problem"),
    [
        (
            "UPDATE workflows_wording SET text = 'Yes.'",
            "the words kept for it are not those that were sealed",
        ),
        (
            "UPDATE workflows_wording SET key = repeat('0', 64)",
            "the words kept for it are not those that were sealed",
        ),
        ("DELETE FROM workflows_wording", "the words that were sealed in it are missing"),
        (
            "UPDATE workflows_wording SET key = NULL, text = NULL",
            "the words that were sealed in it are gone, and nobody has redacted them",
        ),
    ],
)
def test_words_that_a_superuser_changed_are_found(
    submitted: Any, said: Any, tampering: str, problem: str
) -> None:
    with AsSuperuser():
        sql(tampering)
    broken = history.verify().broken
    assert broken is not None
    assert (broken.case, broken.sequence, broken.problem) == (submitted.reference, said.sequence, problem)


# Redacting


def test_after_a_redaction_words_and_key_are_nowhere_and_the_history_holds(
    cast: Any, submitted: Any, said: Any
) -> None:
    heads.take(at=OPEN_WORLD)
    before = list(submitted.steps.values_list("hash", flat=True))
    granted(submitted, said, cast)
    kept = Wording.objects.get(case=submitted, sequence=said.sequence)
    assert (kept.text, kept.key) == (None, None)
    assert sealing.reason_of(submitted.steps.get(sequence=said.sequence)) == ""
    assert list(submitted.steps.values_list("hash", flat=True))[: len(before)] == before
    assert history.verify(every_root=True).broken is None


def test_a_redaction_is_a_line_of_its_own(cast: Any, submitted: Any, said: Any) -> None:
    granted(submitted, said, cast)
    line = submitted.steps.order_by("-sequence").first()
    assert (line.name, line.nature, line.sequence) == ("redact", "RECORDED", said.sequence + 1)
    assert line.data["lines"] == [said.sequence]
    assert (line.actor_id, line.data["asked_by"]) == (cast.officer.pk, cast.administrator.pk)
    assert line.to_state == said.to_state


def test_an_export_after_a_redaction_holds_without_the_words(
    cast: Any, submitted: Any, said: Any, tmp_path: Path
) -> None:
    heads.take(at=OPEN_WORLD)
    granted(submitted, said, cast)
    file = exports.export(submitted, sight=everything, reader="", at=LATER)
    assert SECRET_WORDS not in repr(file)
    assert run_verifier(file, tmp_path)[0] == 0


def test_the_same_words_in_other_lines_of_the_case_go_with_it(cast: Any, submitted: Any, said: Any) -> None:
    twin = spoken_line(submitted, SECRET_WORDS, by=cast.investigator, at=OPEN_WORLD)
    other = spoken_line(submitted, "Something else.", by=cast.investigator, at=OPEN_WORLD)
    request = asked(submitted, said, cast)
    assert request.sequences == [said.sequence, twin.sequence]
    redaction.grant(request, record=submitted, by=cast.officer, at=LATER)
    left = Wording.objects.filter(case=submitted, text__isnull=False, sequence__lte=other.sequence)
    assert list(left.values_list("sequence", flat=True)) == [other.sequence]


def test_the_words_go_from_settled_proposals_too(cast: Any) -> None:
    statement = active_statement(cast)
    at = OPEN_WORLD + 3 * DAY
    take_step(
        statement, "announce_withdrawal", by=cast.approver, at=at, reason=SECRET_WORDS,
        withdrawal_on=(at + 14 * DAY).date(),
    )  # fmt: skip
    take_step(statement, "send_back", by=cast.second_approver, at=at, reason="Not yet.")
    step = spoken_line(statement, SECRET_WORDS, by=cast.investigator, at=at)
    redaction.grant(
        redaction.ask(statement, sequence=step.sequence, because="A name.", by=cast.administrator, at=at),
        record=statement, by=cast.officer, at=at,
    )  # fmt: skip
    assert not Proposal.objects.filter(reason=SECRET_WORDS).exists()


def test_a_request_turned_down_leaves_the_words(cast: Any, submitted: Any, said: Any) -> None:
    redaction.decline(asked(submitted, said, cast), by=cast.officer, at=LATER, note="It is no name.")
    assert sealing.reason_of(submitted.steps.get(sequence=said.sequence)) == SECRET_WORDS
    assert submitted.steps.count() == said.sequence
    asked(submitted, said, cast)


def test_whoever_asked_can_take_it_back_and_not_grant_it(cast: Any, submitted: Any, said: Any) -> None:
    request = asked(submitted, said, cast)
    with pytest.raises(StepRefused) as refused:
        redaction.grant(request, record=submitted, by=cast.administrator, at=LATER)
    assert reason_codes(refused) == ["four_eyes"]
    assert sealing.reason_of(submitted.steps.get(sequence=said.sequence)) == SECRET_WORDS
    redaction.decline(request, by=cast.administrator, at=LATER, note="A mistake.")


def test_a_request_is_decided_once(cast: Any, submitted: Any, said: Any) -> None:
    request = asked(submitted, said, cast)
    redaction.grant(request, record=submitted, by=cast.officer, at=LATER)
    with pytest.raises(StepRefused) as refused:
        redaction.decline(request, by=cast.officer, at=LATER, note="No.")
    assert reason_codes(refused) == ["decided"]


@pytest.mark.parametrize(
    ("sequence", "because", "code"),
    [(99, "A name.", "no_line"), (1, "A name.", "no_text"), (0, " ", "needs_reason")],
)
def test_what_cannot_be_redacted_is_refused(
    cast: Any, submitted: Any, said: Any, sequence: int, because: str, code: str
) -> None:
    with pytest.raises(StepRefused) as refused:
        redaction.ask(submitted, sequence=sequence, because=because, by=cast.administrator, at=LATER)
    assert reason_codes(refused) == [code]


def test_nobody_asks_twice_and_nothing_is_redacted_twice(cast: Any, submitted: Any, said: Any) -> None:
    request = asked(submitted, said, cast)
    with pytest.raises(StepRefused) as refused:
        asked(submitted, said, cast)
    assert reason_codes(refused) == ["asked"]
    redaction.grant(request, record=submitted, by=cast.officer, at=LATER)
    with pytest.raises(StepRefused) as refused:
        asked(submitted, said, cast)
    assert reason_codes(refused) == ["redacted"]


# What the database refuses


def test_the_database_keeps_words_until_two_people_have_decided(cast: Any, submitted: Any, said: Any) -> None:
    request = asked(submitted, said, cast)
    for statement in (
        "UPDATE workflows_wording SET key = NULL, text = NULL",
        "UPDATE workflows_wording SET text = 'Something else.'",
        "DELETE FROM workflows_wording",
        "TRUNCATE workflows_wording",
    ):
        with pytest.raises((InternalError, DatabaseError)), transaction.atomic():
            sql(statement)
    redaction.decline(request, by=cast.officer, at=LATER, note="No.")
    with pytest.raises((InternalError, DatabaseError), match="two people"), transaction.atomic():
        sql("UPDATE workflows_wording SET key = NULL, text = NULL")


def test_words_that_are_gone_do_not_come_back(cast: Any, submitted: Any, said: Any) -> None:
    granted(submitted, said, cast)
    with pytest.raises((InternalError, DatabaseError)), transaction.atomic():
        sql("UPDATE workflows_wording SET key = repeat('0', 64), text = 'Something else.'")


@pytest.mark.parametrize("model", [RedactionRequest, Redaction])
def test_requests_and_decisions_are_only_added_to(cast: Any, submitted: Any, said: Any, model: Any) -> None:
    granted(submitted, said, cast)
    table = model._meta.db_table
    for statement in (
        f"UPDATE {table} SET id = id",  # noqa: S608
        f"DELETE FROM {table}",  # noqa: S608
        f"TRUNCATE {table} CASCADE",
    ):
        with pytest.raises((InternalError, DatabaseError)), transaction.atomic():
            sql(statement)


def test_the_database_refuses_a_grant_by_whoever_asked(cast: Any, submitted: Any, said: Any) -> None:
    request = asked(submitted, said, cast)
    own = {"request": request, "granted": True, "decided_as": "ADMINISTRATOR", "decided_at": LATER}
    with pytest.raises(IntegrityError, match="nobody_grants_their_own_redaction"), transaction.atomic():
        Redaction.objects.create(asked_by=cast.administrator, decided_by=cast.administrator, **own)
    with pytest.raises((InternalError, DatabaseError), match="names who asked"), transaction.atomic():
        Redaction.objects.create(asked_by=cast.officer, decided_by=cast.administrator, **own)


def test_the_words_stand_in_no_row_any_more(cast: Any, submitted: Any, said: Any) -> None:
    granted(submitted, said, cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM workflows_wording WHERE text LIKE '%%Lázaro%%'")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM workflows_step WHERE reason LIKE '%%Lázaro%%'")
        assert cursor.fetchone() == (0,)


# What people read


def test_the_diary_says_that_a_text_was_redacted_when_by_whom_and_why(
    cast: Any, submitted: Any, said: Any
) -> None:
    granted(submitted, said, cast)
    entries = {entry.sequence: entry for entry in diary.entries(submitted, cast.investigator)}
    line = entries[said.sequence]
    assert line.reason == ""
    assert line.redacted.startswith("Redacted on ")
    assert "System administrator, DHS programme officer" in line.redacted
    assert line.redacted.endswith("Why: A worker's name.")
    assert said.sequence + 1 in entries


def test_who_may_not_read_the_reason_is_not_told_of_its_redaction(
    cast: Any, submitted: Any, said: Any
) -> None:
    granted(submitted, said, cast)
    seen = diary.entries(submitted, cast.representative)
    assert said.sequence not in {entry.sequence for entry in seen}
    assert all(not entry.redacted for entry in seen)


def test_a_diary_without_sealed_texts_asks_nothing_more(
    cast: Any, submitted: Any, django_assert_num_queries: Any
) -> None:
    assert cast.representative.capacities
    with django_assert_num_queries(1):
        diary.entries(submitted, cast.representative)


def test_the_engine_still_moves_the_case_afterwards(cast: Any, submitted: Any, said: Any) -> None:
    granted(submitted, said, cast)
    fresh = type(submitted).objects.get(pk=submitted.pk)
    take_step(fresh, "begin_review", by=cast.investigator, at=LATER)
    assert engine.options_for(fresh, by=cast.investigator, at=LATER)
    assert history.verify().broken is None

"""A history is only added to, and what somebody does to it in spite of that is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, connection, transaction
from django.db.models import ProtectedError
from django.db.utils import DatabaseError

from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD
from tests.laid_down import laid_down
from workflows import history
from workflows.machines.soi_request_states import State
from workflows.models import Case, Step

LATER = OPEN_WORLD + timedelta(hours=1)


def refused(attempt: Callable[[], Any], words: str) -> None:
    with pytest.raises((InternalError, DatabaseError), match=words), transaction.atomic():
        attempt()


def sql(statement: str, *arguments: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)


def test_the_database_refuses_to_change_a_step(submitted: Any) -> None:
    refused(
        lambda: Step.objects.filter(case_id=submitted.pk).update(reason="Nothing."),
        "Cannot update or delete rows",
    )
    refused(
        lambda: sql("UPDATE workflows_step SET at = now() WHERE case_id = %s", submitted.pk),
        "Cannot update or delete rows",
    )


def test_the_database_refuses_to_remove_a_step(submitted: Any) -> None:
    refused(lambda: Step.objects.filter(case_id=submitted.pk).delete(), "Cannot (update or )?delete rows")
    refused(
        lambda: sql("DELETE FROM workflows_step WHERE case_id = %s", submitted.pk),
        "Cannot (update or )?delete rows",
    )


def test_the_database_refuses_to_empty_the_history(submitted: Any) -> None:
    refused(lambda: sql("TRUNCATE workflows_step CASCADE"), "never emptied|cannot TRUNCATE")


def test_the_database_refuses_a_state_that_moves_without_a_step(submitted: Any) -> None:
    refused(
        lambda: Case.objects.filter(pk=submitted.pk).update(state=State.ACCEPTED),
        "a state changes only together with a step",
    )


def test_the_database_refuses_a_state_that_is_saved_without_a_step(submitted: Any) -> None:
    submitted.__dict__["state"] = State.ACCEPTED
    refused(submitted.save, "a state changes only together with a step")
    refused(lambda: submitted.save(update_fields=["state"]), "a state changes only together with a step")


def test_the_database_refuses_states_that_are_updated_in_bulk(submitted: Any) -> None:
    submitted.__dict__["state"] = State.ACCEPTED
    bare = Case.objects.get(pk=submitted.pk)
    bare.__dict__["state"] = State.ACCEPTED
    refused(
        lambda: type(submitted).objects.bulk_update([submitted], ["state"]),
        "a state changes only together with a step",
    )
    refused(lambda: Case.objects.bulk_update([bare], ["state"]), "a state changes only together with a step")


def test_the_database_refuses_a_state_that_is_set_in_sql(submitted: Any) -> None:
    refused(
        lambda: sql("UPDATE workflows_case SET state = %s WHERE id = %s", State.ACCEPTED, submitted.pk),
        "a state changes only together with a step",
    )
    assert Case.objects.get(pk=submitted.pk).state == State.SUBMITTED


def test_a_record_does_not_let_its_state_be_set(submitted: Any) -> None:
    with pytest.raises(AttributeError, match="Direct state modification"):
        submitted.state = State.ACCEPTED


def test_the_database_refuses_to_delete_a_case(submitted: Any) -> None:
    with pytest.raises((ProtectedError, InternalError, DatabaseError)), transaction.atomic():
        submitted.delete()
    refused(
        lambda: sql("DELETE FROM workflows_case WHERE id = %s", submitted.pk),
        "Cannot (update or )?delete rows",
    )


def test_two_steps_never_have_one_number(submitted: Any) -> None:
    last = submitted.steps.order_by("-sequence").first()
    last.pk, last.idempotency_key = None, None
    refused(lambda: last.save(force_insert=True), "one_step_for_each_number_of_a_case")


# Finding what was done all the same


@pytest.fixture
@laid_down
def untouched(cast: Any, submitted: Any) -> Any:
    take_step(submitted, "acknowledge", by=cast.investigator, at=LATER)
    assert history.verify().broken is None
    return submitted


def broken() -> tuple[str, int, str]:
    verdict = history.verify()
    assert verdict.broken is not None
    return (verdict.broken.case, verdict.broken.sequence, verdict.broken.problem)


@pytest.mark.parametrize(
    "changed",
    [
        {"reason": "Somebody asked for it."},
        {"name": "refer"},
        {"data": {"witnesses": 3}},
        {"effects": []},
        {"rules": {}},
        {"capacity": "SYSTEM"},
        {"organization": None},
        {"at": OPEN_WORLD - timedelta(days=30)},
        {"idempotency_key": "another"},
        {"definition_version": 9},
        {"nature": "MIGRATED"},
        {"hash": "0" * 64},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_changed_step_is_found(untouched: Any, changed: dict[str, Any]) -> None:
    submit = untouched.steps.get(name="submit")
    with pgtrigger.ignore():
        Step.objects.filter(pk=submit.pk).update(**changed)
    assert broken() == (untouched.reference, submit.sequence, "was changed after it was written")


def test_a_step_said_to_be_of_another_person_is_found(cast: Any, untouched: Any) -> None:
    with pgtrigger.ignore():
        untouched.steps.filter(name="acknowledge").update(actor=cast.approver)
    assert broken()[2] == "was changed after it was written"


def test_a_step_rewritten_with_a_fitting_hash_is_found_in_the_next(untouched: Any) -> None:
    submit = untouched.steps.get(name="submit")
    submit.reason = "Somebody asked for it."
    submit.hash = history.hash_of(submit, untouched.reference)
    with pgtrigger.ignore():
        submit.save()
    assert broken() == (untouched.reference, submit.sequence + 1, "does not continue the step before it")


def test_a_step_taken_out_of_the_middle_is_found(untouched: Any) -> None:
    submit = untouched.steps.get(name="submit")
    with pgtrigger.ignore():
        submit.delete()
    assert broken() == (untouched.reference, submit.sequence, "this step is missing")


def test_a_history_cut_off_at_the_end_is_found(untouched: Any) -> None:
    last = untouched.steps.order_by("-sequence").first()
    with pgtrigger.ignore():
        last.delete()
    assert broken() == (untouched.reference, last.sequence, "the end of the history is missing")


def test_a_history_and_its_case_cut_back_together_are_found_by_the_state(untouched: Any) -> None:
    """Whoever also rewrites the case's version and last hash still leaves the wrong state behind."""
    last = untouched.steps.order_by("-sequence").first()
    before = untouched.steps.get(sequence=last.sequence - 1)
    with pgtrigger.ignore():
        last.delete()
        Case.objects.filter(pk=untouched.pk).update(version=before.sequence, head_hash=before.hash)
    assert broken()[2] == "the case is in a state that its history does not lead to"


def test_a_state_changed_behind_the_engine_is_found(untouched: Any) -> None:
    with pgtrigger.ignore():
        Case.objects.filter(pk=untouched.pk).update(state=State.ACCEPTED)
    assert broken() == (
        untouched.reference,
        untouched.version,
        "the case is in a state that its history does not lead to",
    )


def test_a_step_moved_to_another_case_is_found(cast: Any, untouched: Any) -> None:
    from tests import cases

    other = cases.request_draft(cast)
    last = untouched.steps.order_by("-sequence").first()
    with pgtrigger.ignore():
        Step.objects.filter(pk=last.pk).update(case=other)
    assert history.verify().broken is not None


def test_only_the_first_break_is_told(untouched: Any) -> None:
    with pgtrigger.ignore():
        untouched.steps.update(reason="All of them.")
    assert broken()[1] == 1


# The command


def test_the_command_counts_what_holds(untouched: Any, capsys: Any) -> None:
    call_command("verify_history")
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == f"1 cases with {untouched.version} steps: every history holds."
    assert "No daily head was taken yet" in printed[1]


def test_the_command_names_the_first_break_and_fails(untouched: Any) -> None:
    with pgtrigger.ignore():
        untouched.steps.filter(sequence=2).update(reason="Changed.")
    with pytest.raises(CommandError, match=f"Case {untouched.reference}, step 2: was changed after"):
        call_command("verify_history")


def test_the_command_speaks_json(untouched: Any, capsys: Any) -> None:
    call_command("verify_history", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told == {"cases": 1, "steps": untouched.version, "broken": None, "heads": 0, "newest": None}
    with pgtrigger.ignore():
        untouched.steps.filter(sequence=2).update(reason="Changed.")
    with pytest.raises(CommandError):
        call_command("verify_history", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["broken"] == {
        "case": untouched.reference,
        "sequence": 2,
        "problem": "was changed after it was written",
        "day": "",
    }

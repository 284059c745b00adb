"""What two people approved is destroyed, item by item, unless a hold came first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import present
from referrals import certificates, tasks
from referrals.keys import ring
from referrals.models import (
    DataKey,
    Disposition,
    DispositionItem,
    Document,
    KeyDestruction,
    Person,
    RetentionSurvey,
    Screening,
    User,
    WorkerRequest,
)
from referrals.services import disposing, dispositions, due_records, holds, keys, retained
from tests.cases import OPEN_WORLD
from tests.keys.stored import stored
from tests.retention.conftest import MUCH_LATER, Add
from workflows import history, replay
from workflows.models import Wording

Approved = Callable[..., list[Disposition]]
Fate, Outcome = Disposition.Fate, DispositionItem.Outcome


def hold(on: Any, officer: User, at: Any = MUCH_LATER) -> Any:
    return holds.open_hold(on=on, reason="A lawsuit.", authority="Court order of 1 May", by=officer, at=at)


class TestWhatIsDestroyed:
    def test_notes_are_overwritten_and_the_worker_stays(
        self, withdrawn: WorkerRequest, approved: Approved
    ) -> None:
        before = stored(withdrawn.screening, "notes")
        approved(at=OPEN_WORLD + timedelta(days=100))
        assert disposing.carry_out(at=OPEN_WORLD + timedelta(days=100)) == 1
        assert stored(withdrawn.screening, "notes") != before
        assert Screening.objects.get(request=withdrawn).notes == ""
        assert not Person.objects.get(pk=withdrawn.person_id).is_destroyed
        assert withdrawn.steps.last().name == retained.ERASED
        due_records.find(at=OPEN_WORLD + timedelta(days=101))
        assert DispositionItem.objects.count() == 1, "notes that are gone are not found again"

    def test_the_person_goes_and_the_case_its_history_and_the_certificate_stay(
        self, withdrawn: WorkerRequest, approved: Approved, second: User,
        django_capture_on_commit_callbacks: Any,
    ) -> None:  # fmt: skip
        paper = Document.objects.create(
            case_id=withdrawn.pk, kind="scan", title="Paystub", sides=["WORKER"], sha256="0" * 64,
            content=b"%PDF Prudencia", made_at=OPEN_WORLD,
        )  # fmt: skip
        batches = approved()
        with django_capture_on_commit_callbacks(execute=True):
            disposing.carry_out(at=MUCH_LATER)
        disposing.carry_out(at=MUCH_LATER)
        ring.begin()
        person = Person.objects.get(pk=withdrawn.person_id)
        assert person.is_destroyed
        assert stored(paper, "length(content)") == [0]
        assert Document.objects.get(pk=paper.pk).content is None
        again = WorkerRequest.objects.get(pk=withdrawn.pk)
        assert (again.state, again.closed_at) == (withdrawn.state, withdrawn.closed_at)
        assert not Wording.objects.filter(case=again, text__contains="Prudencia").exists()
        assert history.verify().broken is None
        assert list(replay.replay().illegal) == []
        assert KeyDestruction.objects.get(person=person).ordered_by == second
        for batch in batches:
            batch.refresh_from_db()
            assert batch.fate == Fate.DONE
            assert batch.certificate_hash == certificates.hash_of(batch)
        said = StringIO()
        call_command("verify_history", stdout=said)
        assert "every history holds" in said.getvalue()

    def test_a_backup_from_before_does_not_bring_them_back(
        self, add: Add, approved: Approved, django_capture_on_commit_callbacks: Any
    ) -> None:
        person = add()
        before = DataKey.objects.filter(pk=person.key_id).values("wrapped", "wrapped_by").get()
        approved()
        with django_capture_on_commit_callbacks(execute=True):
            disposing.carry_out(at=MUCH_LATER)
        DataKey.objects.filter(pk=person.key_id).update(**before, destroyed_at=None, forgotten_at=None)
        ring.begin()
        assert Person.objects.get(pk=person.pk).name == "(destroyed)"

    def test_a_hold_between_proposal_and_carrying_out_wins(
        self, add: Add, approved: Approved, officer: User
    ) -> None:
        held, other = add(), add()
        (batch,) = approved()
        hold(held, officer)
        disposing.carry_out(at=MUCH_LATER)
        outcomes = dict(batch.items.values_list("person", "outcome"))
        assert outcomes == {held.pk: Outcome.HELD, other.pk: Outcome.DESTROYED}
        assert not KeyDestruction.objects.filter(person=held).exists()

    def test_what_came_to_life_again_is_kept(self, add: Add, approved: Approved) -> None:
        person = add()
        approved()
        Person.objects.filter(pk=person.pk).update(added_at=MUCH_LATER)
        disposing.carry_out(at=MUCH_LATER)
        assert DispositionItem.objects.get().outcome == Outcome.NOT_DUE

    def test_what_the_command_destroyed_meanwhile_is_said(self, add: Add, approved: Approved) -> None:
        person = add()
        approved()
        keys.destroy(person, because="By hand.", at=MUCH_LATER)
        disposing.carry_out(at=MUCH_LATER)
        assert DispositionItem.objects.get().outcome == Outcome.GONE

    def test_killed_half_way_the_next_run_ends_it(
        self, add: Add, approved: Approved, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _each in range(4):
            add()
        (batch,) = approved()
        destroy, done = keys.destroy, []

        def killed(*args: Any, **kwargs: Any) -> Any:
            if len(done) == 2:
                raise SystemExit
            done.append(destroy(*args, **kwargs))
            return done[-1]

        monkeypatch.setattr(keys, "destroy", killed)
        with pytest.raises(SystemExit):
            disposing.carry_out(at=MUCH_LATER)
        assert batch.items.filter(outcome=Outcome.DESTROYED).count() == 2
        assert KeyDestruction.objects.count() == 2
        batch.refresh_from_db()
        assert batch.fate == Fate.DECIDED_ON
        monkeypatch.setattr(keys, "destroy", destroy)
        assert disposing.carry_out(at=MUCH_LATER) == 2
        disposing.carry_out(at=MUCH_LATER)
        batch.refresh_from_db()
        assert (batch.fate, KeyDestruction.objects.count()) == (Fate.DONE, 4)
        assert disposing.carry_out(at=MUCH_LATER) == 0

    def test_one_that_fails_keeps_no_other_from_going(
        self, add: Add, approved: Approved, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bad, good = add(), add()
        (batch,) = approved()
        destroy = keys.destroy

        def fails_for_one(person: Person, **how: Any) -> Any:
            if person == bad:
                raise RuntimeError
            return destroy(person, **how)

        monkeypatch.setattr(keys, "destroy", fails_for_one)
        assert disposing.carry_out(at=MUCH_LATER) == 1
        assert KeyDestruction.objects.get().person == good
        batch.refresh_from_db()
        assert batch.fate == Fate.DECIDED_ON
        monkeypatch.undo()
        assert disposing.carry_out(at=MUCH_LATER) == 1

    def test_a_certificate_that_was_changed_does_not_hold(self, add: Add, approved: Approved) -> None:
        add()
        (batch,) = approved()
        disposing.carry_out(at=MUCH_LATER)
        disposing.carry_out(at=MUCH_LATER)
        assert certificates.broken() == ""
        Person.objects.update(token="W-OTHER")
        assert f"disposition {batch.pk}" in certificates.broken()


class TestTheErrands:
    """The nightly task finds, the tick carries out, and so does the loop without a task queue."""

    def test_tasks_find_and_carry_out(
        self, add: Add, officer: User, second: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(present, "now", lambda: MUCH_LATER)
        person = add()
        tasks.find_due_records_nightly()
        batch = Disposition.objects.get()
        tasks.carry_out_dispositions()
        assert not KeyDestruction.objects.exists(), "nobody has approved it yet"
        proposed = dispositions.propose(batch, by=officer, at=MUCH_LATER)
        dispositions.approve(proposed, seen=proposed.list_hash, by=second, at=MUCH_LATER)
        tasks.carry_out_dispositions()
        assert KeyDestruction.objects.get().person == person

    def test_the_loop_looks_once_a_day(self, add: Add) -> None:
        add()
        for hours in (0, 1, 25):
            due_records.find_daily(at=MUCH_LATER + timedelta(hours=hours))
        assert RetentionSurvey.objects.count() == 2

    def test_a_batch_of_nothing_is_refused(self, db: None) -> None:
        with pytest.raises(CommandError, match="at least one item"):
            call_command("dispose", batch=0)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=st.lists(
        st.sampled_from(["never", "before", "proposed", "approved", "lifted"]), min_size=1, max_size=3
    )
)
def test_a_held_worker_is_never_destroyed(
    held: list[str], add: Add, approved: Approved, officer: User, second: User
) -> None:
    """Whenever the hold was opened: before the walk, after the proposal, after the approval."""
    with transaction.atomic():
        people = [(add(), when) for when in held]
        for person, when in people:
            if when in {"before", "lifted"}:
                opened = hold(person, officer, OPEN_WORLD)
                if when == "lifted":
                    holds.lift(opened, because="The lawsuit ended.", by=second, at=OPEN_WORLD)
        due_records.find(at=MUCH_LATER)
        listed = set(DispositionItem.objects.values_list("person", flat=True))
        assert listed == {person.pk for person, when in people if when != "before"}
        for batch in Disposition.objects.filter(fate=Fate.REVIEW):
            proposed = dispositions.propose(batch, by=officer, at=MUCH_LATER)
            for person, when in people:
                if when == "proposed":
                    hold(person, officer)
            dispositions.approve(proposed, seen=proposed.list_hash, by=second, at=MUCH_LATER)
        for person, when in people:
            if when == "approved":
                hold(person, officer)
        disposing.carry_out(at=MUCH_LATER)
        gone = set(KeyDestruction.objects.values_list("person", flat=True))
        assert gone == {person.pk for person, when in people if when in {"never", "lifted"}}
        transaction.set_rollback(True)

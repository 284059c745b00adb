"""From what is due to what is gone: two people, and a hold that goes before both of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, InternalError, ProgrammingError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referrals import certificates
from referrals.demo.cast import Cast
from referrals.keys import ring
from referrals.models import (
    Disposition,
    DispositionItem,
    Document,
    KeyDestruction,
    Person,
    Screening,
    User,
    WishToBeForgotten,
    WorkerRequest,
)
from referrals.personal_data import PersonalDataFound
from referrals.services import dispositions, disposing, due_records, holds, keys, retained
from referrals.services.dispositions import DispositionRefused
from tests.cases import OPEN_WORLD
from tests.keys.stored import stored
from tests.retention.conftest import MUCH_LATER, Add
from workflows import history
from workflows.models import Wording

Approved = Callable[..., list[Disposition]]
Fate, Stage, Outcome = Disposition.Fate, Disposition.Stage, DispositionItem.Outcome
REFUSED = (IntegrityError, InternalError, ProgrammingError)


def hold(on: Any, officer: User, at: Any = MUCH_LATER) -> Any:
    return holds.open_hold(on=on, reason="A lawsuit.", authority="Court order of 1 May", by=officer, at=at)


def found(at: Any = MUCH_LATER) -> list[tuple[int, str]]:
    due_records.find(at=at)
    return [(item.disposition.stage, item.person.token) for item in DispositionItem.objects.order_by("pk")]


def test_what_is_due_is_found_once_screening_notes_first(add: Add, withdrawn: WorkerRequest) -> None:
    idle = add()
    expected = [
        (Stage.SCREENING, withdrawn.person.token),
        (Stage.NEVER_FILED, withdrawn.person.token),
        (Stage.NEVER_FILED, idle.token),
    ]
    assert found() == expected
    assert found() == expected, "a second walk lists nothing twice"
    assert list(Disposition.objects.values_list("stage", flat=True)) == [Stage.SCREENING, Stage.NEVER_FILED]


def test_before_its_day_nothing_is_found(add: Add) -> None:
    add()
    assert found(OPEN_WORLD + timedelta(days=365)) == []


def test_a_worker_who_asks_to_be_forgotten_goes_earlier(add: Add, cast: Cast) -> None:
    asked = add()
    add()
    WishToBeForgotten.objects.create(
        person=asked, asked_on=OPEN_WORLD.date(), recorded_by=cast.representative, recorded_at=OPEN_WORLD
    )
    assert found(OPEN_WORLD + timedelta(days=40)) == [(Stage.NEVER_FILED, asked.token)]


def test_a_batch_holds_no_more_than_two_people_can_read(add: Add) -> None:
    for _each in range(3):
        add()
    due_records.find(at=MUCH_LATER, batch=2)
    assert [batch.items.count() for batch in Disposition.objects.order_by("pk")] == [2, 1]
    add()
    due_records.find(at=MUCH_LATER + timedelta(days=400), batch=2)
    assert [batch.items.count() for batch in Disposition.objects.order_by("pk")] == [2, 2]


def test_the_figures_of_the_walk_are_kept(add: Add, officer: User) -> None:
    add()
    hold(add(), officer)
    survey = due_records.find(at=MUCH_LATER)
    assert survey.walked == 2
    rule = "retention.worker.never_filed"
    assert (survey.number(rule, "due"), survey.number(rule, "held"), survey.number(rule, "soon")) == (1, 1, 0)


class TestTheReview:
    @pytest.fixture
    def batch(self, add: Add) -> Disposition:
        add()
        add()
        due_records.find(at=MUCH_LATER)
        return Disposition.objects.get()

    def out(self, batch: Disposition, by: User, **more: Any) -> DispositionItem:
        told = {"because": "An audit looks at it.", "not_before": (MUCH_LATER + timedelta(days=90)).date()}
        return dispositions.take_out(batch.items.first(), **{**told, **more}, by=by, at=MUCH_LATER)

    def test_an_item_is_taken_out_with_a_reason_and_not_found_again_before_its_day(
        self, batch: Disposition, officer: User
    ) -> None:
        item = self.out(batch, officer)
        due_records.find(at=MUCH_LATER)
        assert DispositionItem.objects.filter(person=item.person).count() == 1
        due_records.find(at=MUCH_LATER + timedelta(days=91))
        assert DispositionItem.objects.filter(person=item.person).count() == 2

    @pytest.mark.parametrize(
        ("more", "refusal"),
        [
            ({"because": " "}, DispositionRefused),
            ({"because": "A012345678 has a lawsuit"}, PersonalDataFound),
            ({"not_before": MUCH_LATER.date()}, DispositionRefused),
        ],
    )
    def test_what_is_wrong_with_that_is_said(
        self, batch: Disposition, officer: User, more: Any, refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            self.out(batch, officer, **more)
        assert batch.items.filter(settled_at__isnull=True).count() == 2

    def test_only_the_privacy_officer_reviews_and_proposes(self, batch: Disposition, cast: Cast) -> None:
        for who in (cast.administrator, cast.representative, cast.officer):
            with pytest.raises(PermissionDenied):
                dispositions.propose(batch, by=who, at=MUCH_LATER)
            with pytest.raises(PermissionDenied):
                self.out(batch, who)

    def test_nobody_approves_what_they_proposed(self, batch: Disposition, officer: User) -> None:
        proposed = dispositions.propose(batch, by=officer, at=MUCH_LATER)
        with pytest.raises(DispositionRefused, match="A second person"):
            dispositions.approve(proposed, seen=proposed.list_hash, by=officer, at=MUCH_LATER)
        with pytest.raises(IntegrityError, match="nobody_approves_their_own_disposition"), transaction.atomic():
            Disposition.objects.filter(pk=batch.pk).update(
                fate=Fate.DECIDED_ON, decided_by=officer, decided_at=MUCH_LATER
            )

    def test_what_was_not_shown_is_not_approved(
        self, batch: Disposition, officer: User, second: User
    ) -> None:
        proposed = dispositions.propose(batch, by=officer, at=MUCH_LATER)
        with pytest.raises(DispositionRefused, match="another one than this page showed"):
            dispositions.approve(proposed, seen="0" * 64, by=second, at=MUCH_LATER)

    def test_a_batch_in_which_nothing_is_left_is_not_proposed(
        self, batch: Disposition, officer: User
    ) -> None:
        self.out(batch, officer)
        dispositions.take_out(
            batch.items.last(), because="Audit.", not_before=(MUCH_LATER + timedelta(days=9)).date(),
            by=officer, at=MUCH_LATER,
        )  # fmt: skip
        with pytest.raises(DispositionRefused, match="Nothing is left"):
            dispositions.propose(batch, by=officer, at=MUCH_LATER)

    def test_what_was_turned_down_is_kept_and_found_again(
        self, batch: Disposition, officer: User, second: User
    ) -> None:
        dispositions.propose(batch, by=officer, at=MUCH_LATER)
        dispositions.turn_down(batch, because="Wait for the audit.", by=second, at=MUCH_LATER)
        assert set(batch.items.values_list("outcome", flat=True)) == {Outcome.RETURNED}
        assert disposing.carry_out(at=MUCH_LATER) == 0
        due_records.find(at=MUCH_LATER)
        assert Disposition.objects.filter(fate=Fate.REVIEW).count() == 1

    def test_the_database_lets_nobody_destroy_rewrite_or_remove_past_that(self, batch: Disposition) -> None:
        item = batch.items.first()
        for wrong in (
            lambda: DispositionItem.objects.filter(pk=item.pk).update(
                outcome=Outcome.DESTROYED, settled_at=MUCH_LATER
            ),
            lambda: DispositionItem.objects.filter(pk=item.pk).update(due_on=MUCH_LATER.date()),
            lambda: DispositionItem.objects.filter(pk=item.pk).delete(),
            lambda: Disposition.objects.filter(pk=batch.pk).delete(),
            lambda: Disposition.objects.filter(pk=batch.pk).update(fate=Fate.DECIDED_ON),
        ):
            with pytest.raises(REFUSED), transaction.atomic():
                wrong()

    def test_screening_notes_are_reviewed_before_anything_else(
        self, batch: Disposition, withdrawn: WorkerRequest, officer: User
    ) -> None:
        due_records.find(at=MUCH_LATER)
        with pytest.raises(DispositionRefused, match="go first"):
            dispositions.propose(batch, by=officer, at=MUCH_LATER)


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
        assert KeyDestruction.objects.get(person=person).ordered_by == second
        for batch in batches:
            batch.refresh_from_db()
            assert batch.fate == Fate.DONE
            assert batch.certificate_hash == certificates.hash_of(batch)
        said = StringIO()
        call_command("verify_history", stdout=said)
        assert "every history holds" in said.getvalue()

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

    def test_a_certificate_that_was_changed_does_not_hold(self, add: Add, approved: Approved) -> None:
        add()
        (batch,) = approved()
        disposing.carry_out(at=MUCH_LATER)
        disposing.carry_out(at=MUCH_LATER)
        assert certificates.broken() == ""
        Person.objects.update(token="W-OTHER")
        assert f"disposition {batch.pk}" in certificates.broken()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=st.lists(st.sampled_from(["never", "before", "proposed", "approved", "lifted"]), min_size=1, max_size=3)
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

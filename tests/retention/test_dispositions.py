"""From what is due to what is gone: two people, and a hold that goes before both of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, ProgrammingError, transaction

from referrals.demo.cast import Cast
from referrals.models import (
    Disposition,
    DispositionItem,
    User,
    WishToBeForgotten,
    WorkerRequest,
)
from referrals.personal_data import PersonalDataFound
from referrals.services import disposing, dispositions, due_records, holds
from referrals.services.dispositions import DispositionRefused
from tests.cases import OPEN_WORLD
from tests.retention.conftest import MUCH_LATER, Add

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
        with (
            pytest.raises(IntegrityError, match="nobody_approves_their_own_disposition"),
            transaction.atomic(),
        ):
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

"""Workers who are due or not, a keystore of their own, and two people who decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from referrals.demo.cast import Cast
from referrals.models import Disposition, Person, User, WorkerRequest
from referrals.services import dispositions, due_records
from referrals.services.persons import add_person
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, draft_request

MUCH_LATER = OPEN_WORLD + timedelta(days=3 * 365)


@pytest.fixture
def keystore(settings: Any, tmp_path: Path) -> Path:
    """A directory of its own: what is destroyed in it is missing nowhere else."""
    settings.KEYSTORE = tmp_path / "keystore"
    return settings.KEYSTORE


@pytest.fixture
def officer(cast: Cast) -> User:
    """Who reviews and proposes."""
    return cast.privacy_officer


@pytest.fixture
def second(cast: Cast) -> User:
    """Who approves."""
    return cast.administrator


Add = Callable[..., Person]


@pytest.fixture
def add(keystore: Path, cast: Cast) -> Add:
    def added(given: str = "Prudencia", *, at: datetime = OPEN_WORLD) -> Person:
        return add_person(by=cast.representative, at=at, given_names=given, family_names="Ejemplo-Muñoz")

    return added


@pytest.fixture
def withdrawn(keystore: Path, cast: Cast) -> WorkerRequest:
    """A request that ended without being filed, with screening notes and words in its history."""
    request = draft_request(cast, active_statement(cast))
    request.screening.notes = "Told in confidence."
    request.screening.save()
    take_step(request, "withdraw", by=cast.representative, at=OPEN_WORLD, reason="Prudencia asked for it.")
    return WorkerRequest.objects.get(pk=request.pk)


@pytest.fixture
def approved(officer: User, second: User) -> Callable[..., Disposition]:
    """What is due at a moment, found, proposed by one person and approved by another, batch by batch."""

    def done(*, at: datetime = MUCH_LATER) -> list[Disposition]:
        due_records.find(at=at)
        batches = []
        for batch in Disposition.objects.filter(fate=Disposition.Fate.REVIEW):
            proposed = dispositions.propose(batch, by=officer, at=at)
            batches.append(dispositions.approve(proposed, seen=proposed.list_hash, by=second, at=at))
        return batches

    return done

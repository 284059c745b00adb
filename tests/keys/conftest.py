"""Workers with a key of their own, and a keystore that a test may destroy things in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from referrals.demo.cast import Cast
from referrals.models import Person
from referrals.services.persons import add_person
from tests.cases import OPEN_WORLD


@pytest.fixture
def keystore(settings: Any, tmp_path: Path) -> Path:
    """A directory of its own: what is destroyed in it is missing nowhere else."""
    settings.KEYSTORE = tmp_path / "keystore"
    return settings.KEYSTORE


@pytest.fixture
def worker(keystore: Path, cast: Cast) -> Person:
    return add_person(
        by=cast.representative, at=OPEN_WORLD, given_names="Prudencia", family_names="Ejemplo-Muñoz",
        a_number="A012345678", mailing_address="1 Marked Street", phone="555-0100",
    )  # fmt: skip

"""Wrapping all data keys anew: whole, stopped in the middle, gone on with."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from referrals.keys import ring
from referrals.models import DataKey, Person
from referrals.services import keys
from tests.keys.stored import stored

NEW = b"n" * 31 + b"w"


@pytest.fixture
def turned(worker: Person, settings: Any) -> Person:
    """The ring has a new first key; everything is still wrapped under the old one."""
    settings.DATA_KEYS = {"2027a": NEW, **settings.DATA_KEYS}
    ring.begin()
    return worker


def rotated(**options: Any) -> str:
    said = StringIO()
    call_command("rotate_keys", stdout=said, **options)
    return said.getvalue()


def test_afterwards_the_old_key_is_needed_for_nothing(turned: Person, settings: Any) -> None:
    before, number = stored(turned, "given_names"), DataKey.objects.count()
    said = rotated(batch=4)
    assert f"Data keys wrapped anew: {number}," in said
    assert "Under an older key: 0." in said
    settings.DATA_KEYS = {"2027a": NEW}
    ring.begin()
    assert Person.objects.get(pk=turned.pk).name == "Prudencia Ejemplo-Muñoz"
    assert stored(turned, "given_names") == before


def test_a_second_time_there_is_nothing_to_do(turned: Person) -> None:
    rotated()
    assert "Data keys wrapped anew: 0," in rotated()


def test_stopped_in_the_middle_everything_is_read_and_the_next_run_goes_on(
    turned: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, whole = keys.to_wrap(), keys.wrap_anew

    def interrupted(*, batch: int) -> Iterator[int]:
        yield next(whole(batch=batch))
        raise KeyboardInterrupt

    monkeypatch.setattr(keys, "wrap_anew", interrupted)
    with pytest.raises(CommandError, match=rf"Stopped after 3 of {number}\. Run it again"):
        rotated(batch=3)
    monkeypatch.undo()
    ring.begin()
    assert Person.objects.get(pk=turned.pk).name == "Prudencia Ejemplo-Muñoz"
    assert f"Data keys wrapped anew: {number - 3}," in rotated()


def test_without_the_old_key_it_stops_in_a_sentence(turned: Person, settings: Any) -> None:
    settings.DATA_KEYS = {"2027a": NEW}
    with pytest.raises(CommandError, match="which DATA_KEYS does not name"):
        rotated()


def test_with_another_systems_directory_it_stops_in_a_sentence(
    turned: Person, settings: Any, tmp_path: Path
) -> None:
    settings.KEYSTORE = tmp_path / "another"
    with pytest.raises(CommandError, match="is not in KEYSTORE"):
        rotated()


def test_a_batch_of_nothing_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="at least one key"):
        rotated(batch=0)

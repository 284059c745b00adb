"""Browsers, and cases that are broken by hand as no step of the engine could break them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pgtrigger
import pytest
from django.test import Client

from referrals import tallies
from referrals.models import User
from workflows.models import Case

Browse = Callable[[User], Client]


@pytest.fixture
def browse(db: None) -> Browse:
    """A browser in which somebody has signed in."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture(autouse=True)
def _nothing_counted_before() -> Iterator[None]:
    tallies._waiting.clear()
    yield
    tallies._waiting.clear()


@contextmanager
def by_hand() -> Iterator[None]:
    """Without the database's guards, as somebody with the owner's password could write."""
    with pgtrigger.ignore():
        yield


def broken(record: Any, **columns: Any) -> Any:
    """A case whose columns somebody overwrote."""
    with by_hand():
        Case.objects.filter(pk=record.pk).update(**columns)
    return record

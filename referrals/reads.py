"""What a request has read of workers' records, gathered where the values themselves are handed out.

Nobody has to remember to say that something was shown. Whoever asks a record for a personal value, loads a
paper with its bytes, or a case of a worker, leaves a note here; when the answer is ready the notes become
rows of the trail. Outside of a request (commands, tasks) nothing is noted: no person is reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Self

from django.db import models


@dataclass
class Notes:
    """The keys of what was read: people with their tokens, cases whose values were, papers with their cases.

    ``loaded`` are cases of workers by their references, whether or not anything personal was taken from them.
    """

    people: dict[int, str] = field(default_factory=dict)
    cases: set[int] = field(default_factory=set)
    papers: dict[int, int] = field(default_factory=dict)
    loaded: dict[str, int] = field(default_factory=dict)


_notes: ContextVar[Notes | None] = ContextVar("reads", default=None)


@contextmanager
def noting() -> Iterator[Notes]:
    """Notes of what is read within."""
    notes = Notes()
    token = _notes.set(notes)
    try:
        yield notes
    finally:
        _notes.reset(token)


@contextmanager
def unnoted() -> Iterator[None]:
    """For a look that shows nobody anything, such as a check of who may open a page."""
    token = _notes.set(None)
    try:
        yield
    finally:
        _notes.reset(token)


def handed_out(record: models.Model, value: Any) -> None:
    """Somebody asks a record for a personal value: where it is not empty, they have read it."""
    notes = _notes.get()
    if notes is not None and value:
        _note(notes, record)


def _note(notes: Notes, record: Any) -> None:
    """A record says by ``read_as`` whose it is: ``person`` itself, or the attribute with its case's key."""
    whose = getattr(type(record), "read_as", "")
    if record.pk is None or not whose:
        return
    if whose == "person":
        notes.people.setdefault(record.pk, record.token)
    elif (case := getattr(record, whose)) is not None:
        notes.cases.add(case)


class OfAWorker(models.Model):
    """A case that belongs to one worker: to load it on a page that its reference names is to read it."""

    read_as = "pk"

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **more: Any) -> Self:
        record = super().from_db(db, field_names, values, **more)
        notes = _notes.get()
        if notes is not None:
            reference = record.__dict__.get("reference")
            if reference:
                notes.loaded[reference] = record.pk
        return record


class Paper(models.Model):
    """A paper of a case: to load it with its bytes is to read it."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **more: Any) -> Self:
        record = super().from_db(db, field_names, values, **more)
        notes = _notes.get()
        if notes is not None and "content" in record.__dict__:
            notes.papers[record.pk] = record.__dict__["case_id"]
        return record

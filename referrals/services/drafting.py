"""Drafts kept while they are typed: nobody overwrites what they have not seen, and history stays readable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from workflows import engine
from workflows.history import digest, plain
from workflows.models import Case
from workflows.parties import Actor

REVISE = "revise"
LULL = timedelta(minutes=10)
PLACE = ("label", "street", "city", "state", "zip_code")
ROWS = {"names": ("name", "kind"), "sites": PLACE, "worksites": PLACE}


@dataclass(frozen=True)
class Shown:
    """What a page showed of a draft: which fields and rows (keys of ``ROWS``), and their fingerprint."""

    fields: tuple[str, ...]
    rows: tuple[str, ...]
    token: str


def content(holder: Any, fields: Iterable[str], rows: Iterable[str]) -> dict[str, Any]:
    """Stored fields and rows as JSON-ready values."""
    columns = {each.name: each.attname for each in holder._meta.concrete_fields}
    found = {name: getattr(holder, columns[name]) for name in fields}
    for name in rows:
        found[name] = [[getattr(row, column) for column in ROWS[name]] for row in getattr(holder, name).all()]
    return plain(found)


def shown(holder: Any, fields: Sequence[str], rows: Sequence[str] = ()) -> Shown:
    """What a page shows now, to be given back when it is saved."""
    return Shown(tuple(fields), tuple(rows), digest(content(holder, fields, rows))[:24])


def changes(
    holder: Any, values: Mapping[str, Any], rows: Mapping[str, Iterable[Mapping[str, Any]] | None]
) -> bool:
    """Whether these values differ from what is stored."""
    given = {name: [dict(each) for each in rows_] for name, rows_ in rows.items() if rows_ is not None}
    wanted: dict[str, Any] = {
        name: value.pk if isinstance(value, Model) else value for name, value in values.items()
    }
    for name, given_rows in given.items():
        wanted[name] = [[row.get(column, "") for column in ROWS[name]] for row in given_rows]
    return bool(content(holder, values, given) != plain(wanted))


def refuse_overwriting(holder: Any, was: Shown) -> None:
    """Raise ``StalePage`` if what the page showed is not what is stored any more."""
    if shown(holder, was.fields, was.rows).token != was.token:
        raise engine.StalePage(
            engine.Refusal(
                "stale",
                _("This part was changed by somebody else, or in another window, while you were typing."),
                _("What you typed is still here. Read what is stored now. Saving again replaces it."),
            )
        )


def lock(record: Case) -> None:
    """Hold the case until the transaction ends and bring the record up to date."""
    Case.objects.select_for_update().get(pk=record.pk)
    fresh = type(record)._default_manager.get(pk=record.pk)
    record.__dict__.update(fresh.__dict__)


def take_up(
    record: Case, *, by: Actor, at: datetime, expected_version: int | None = None, going_on: bool = False
) -> None:
    """Note in the history that somebody edits a draft.

    ``going_on`` is for text kept while it is typed: within ten minutes of the same person's last edit, with
    nothing in between, no new line is added. Call it with the case locked.
    """
    if going_on and _goes_on(record, by=by, at=at):
        return
    engine.advance(record, REVISE, by=by, at=at, expected_version=expected_version)


def _goes_on(record: Case, *, by: Actor, at: datetime) -> bool:
    last = record.steps.order_by("-sequence").first()
    return (
        last is not None
        and last.name == REVISE
        and (last.actor_id, last.capacity, last.organization) == (by.pk, by.capacity, by.organization_id)
        and last.at <= at < last.at + LULL
    )

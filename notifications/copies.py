"""One announcement about many things: written for the first of them, copied by the database for the others.

Whatever decides about a message (its reader's language, what they turned off, their summaries and quiet
hours) has been decided for the first one. A copy differs in what it is about and in nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import connections

from notifications.models import Message
from recordsets import fetch, listed

OWN = {
    "effect_key": "other.cause || substr(message.effect_key, length(first.cause) + 1)",
    "public_id": "gen_random_uuid()",
    "about": "other.about",
    **{name: f'replace(message."{name}", first.about, other.about)' for name in ("link", "subject", "body")},
}
"""What a copy has of its own."""


class ToldBefore(RuntimeError):
    """The first message was written at another time and may have moved on since: no model for others."""


@dataclass(frozen=True)
class Alike:
    """Messages that were just written because of ``cause``, the beginning of their keys, about ``about``.

    ``others`` are the causes and the things that the same people are to be told about in the same words.
    """

    messages: Sequence[Message]
    cause: str
    about: str
    others: Sequence[tuple[str, str]]


def write(groups: Iterable[Alike], *, using: str = "default") -> None:
    """Write the copies, in the transaction in which the first ones were written, safe to repeat.

    Where a thing is named in the text of the first message, its copy names the other thing there. Raises
    ToldBefore where a first message was not written now.
    """
    firsts: tuple[list[int], list[int], list[str], list[str]] = ([], [], [], [])
    others: tuple[list[int], list[str], list[str]] = ([], [], [])
    for place, group in enumerate(groups):
        for message in group.messages:
            if message.pk is None:
                raise ToldBefore(message.effect_key)
            for column, value in zip(firsts, (place, message.pk, group.cause, group.about), strict=True):
                column.append(value)  # type: ignore[attr-defined]
        causes, abouts = zip(*group.others, strict=True) if group.others else ((), ())
        for column, values in zip(others, ([place] * len(causes), causes, abouts), strict=True):
            column.extend(values)  # type: ignore[attr-defined]
    if firsts[0] and others[0]:
        fetch(using, _statement(using), [*firsts, *others])


@lru_cache
def _statement(using: str) -> str:
    columns = [str(field.column) for field in Message._meta.concrete_fields if not field.primary_key]
    values = ", ".join(OWN.get(name, f'message."{name}"') for name in columns)
    table = connections[using].ops.quote_name(Message._meta.db_table)
    return f"""
        WITH copied AS (
            INSERT INTO {table} ({listed(columns)})
            SELECT {values}
              FROM unnest(%s::int[], %s::bigint[], %s::text[], %s::text[])
                   AS first(place, message_id, cause, about)
              JOIN {table} AS message ON message.id = first.message_id
              JOIN unnest(%s::int[], %s::text[], %s::text[]) AS other(place, cause, about)
                   ON other.place = first.place
            ON CONFLICT (effect_key) DO NOTHING
        )
        SELECT"""  # noqa: S608 (names of our own)

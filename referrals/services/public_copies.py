"""Making a public copy of a statement, and putting it on record."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

from recordsets.collisions import in_one_piece
from workflows.days import rule_day
from workflows.parties import Capacity

from .. import public_record_paper, public_records
from ..letters import render
from ..models import Export, Statement, User

OFFICER = Capacity.AGENCY_APPROVER
"""Who answers for what the agency discloses, for want of a capacity of its own."""


def may(user: User) -> bool:
    return user.capacity == OFFICER


@in_one_piece
def make(
    statement: Statement, *, by: User, at: datetime, asked_as: str, also: Collection[str] = (), code: str = ""
) -> tuple[Export, bytes]:
    """The copy of the version in force for the request ``asked_as``, as a PDF, and its record.

    ``also`` are items that are withheld beyond the rules, under the exemption ``code``. Raises ValueError
    for a statement that nobody has signed.
    """
    version = statement.signed
    if version is None:
        raise ValueError("Only a signed statement is a public record.")
    lines = public_records.review(version, on=rule_day(at), also=also, code=code or public_records.BY_HAND)
    export = Export.objects.create(
        user=by, capacity=by.capacity, organization_id=by.hat.organization_id, office_id=by.hat.office_id,
        what="public_copy", about=version.pk, format=Export.Format.PDF, purpose=Export.Purpose.RECORDS,
        text=asked_as, rows=sum(bool(line.texts) for line in lines), needs_second=False, asked_at=at,
        expires_at=at + timedelta(seconds=1),
    )  # fmt: skip
    letter = public_record_paper.paper(statement, lines, export=export.reference, asked_as=asked_as, at=at)
    content = render(letter).content
    Export.objects.filter(pk=export.pk).update(
        fetched=1, rows_fetched=export.rows, fetched_at=at, sha256=hashlib.sha256(content).hexdigest()
    )
    return export, content

"""The public copy of a statement on paper: what is disclosed, and the list of what was withheld and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .exemptions import EXEMPTIONS
from .letters import Letter, Letterhead
from .letters.letter import Block, Bullets, Heading, KeyValues, Language, Paragraph, Table
from .models import Statement
from .public_records import Line, Withheld


def paper(statement: Statement, lines: Sequence[Line], *, export: str, asked_as: str, at: datetime) -> Letter:
    """The copy in the active language. ``export`` is its number, ``asked_as`` that of the request for it."""
    language: Language = "es" if (get_language() or "en").startswith("es") else "en"
    office = statement.office
    return Letter(
        kind="public_copy",
        language=language,
        title=_("Copy of a statement of interest for the public"),
        letterhead=Letterhead(agency_name=statement.agency.name, office=office.name),
        written_on=timezone.localdate(at),
        reference=export,
        addressee_lines=(_("Request for public records %(number)s") % {"number": asked_as},),
        blocks=(
            Paragraph(
                _(
                    "What is marked as withheld is not in this file. The list at the end says for each "
                    "mark what it was, under which exemption it was withheld, why, and how much it is."
                )
            ),
            *(block for line, first in _numbered(lines) for block in _entry(line, first)),
            *_index(lines),
        ),
        footer=_("Made by the agency for a request for public records."),
    )


def _numbered(lines: Sequence[Line]) -> Iterator[tuple[Line, int]]:
    """Each line with the number of its first mark."""
    number = 1
    for line in lines:
        yield line, number
        number += len(line.withheld)


def _entry(line: Line, first: int) -> list[Block]:
    blocks: list[Block] = [Heading(line.label, level=3)]
    if line.texts:
        blocks.append(Bullets(line.texts) if len(line.texts) > 1 else Paragraph(line.texts[0]))
    for number, part in enumerate(line.withheld, start=first):
        mark = _("[%(number)s: withheld, %(codes)s]") % {"number": number, "codes": ", ".join(part.codes)}
        blocks.append(Paragraph(mark, strong=True))
    return blocks


def _index(lines: Sequence[Line]) -> list[Block]:
    parts = [(line.label, part) for line in lines for part in line.withheld]
    if not parts:
        return [Heading(_("What was withheld")), Paragraph(_("Nothing."))]
    used = [code for code in EXEMPTIONS if any(code in part.codes for _label, part in parts)]
    return [
        Heading(_("What was withheld, and why")),
        Table(
            columns=(_("Mark"), _("What"), _("Exemption"), _("Why"), _("Amount")),
            rows=tuple(_row(number, label, part) for number, (label, part) in enumerate(parts, start=1)),
            widths=(1, 3, 2, 5, 2),
        ),
        Heading(_("What the exemptions are"), level=3),
        KeyValues(tuple((code, str(EXEMPTIONS[code])) for code in used)),
    ]


def _row(number: int, label: str, part: Withheld) -> tuple[str, ...]:
    why = " ".join(filter(None, [part.why, part.source]))
    return (str(number), label, ", ".join(part.codes), why, part.amount)

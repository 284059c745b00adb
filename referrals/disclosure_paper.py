"""The accounting of disclosures of one worker's record on paper (5 U.S.C. 552a(c))."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from workflows import days_in_words

from . import disclosure
from .letters import Letter, Letterhead
from .letters.letter import Block, Heading, KeyValues, Language, Paragraph
from .models import User


def paper(token: str, name: str, user: User, rows: Sequence[dict[str, Any]], *, at: datetime) -> Letter:
    """The accounting as a letter-like document in the active language; ``name`` is empty for overseers."""
    language: Language = "es" if (get_language() or "en").startswith("es") else "en"
    facts = [(_("Worker"), f"{name}, {token}" if name else token), (_("Made on"), days_in_words.instant(at))]
    count = ngettext("%(number)d disclosure", "%(number)d disclosures", len(rows)) % {"number": len(rows)}
    return Letter(
        kind="disclosures",
        language=language,
        title=_("Accounting of disclosures"),
        letterhead=Letterhead(agency_name=_("Statement and stay casework")),
        written_on=timezone.localdate(at),
        reference=token,
        addressee_lines=(disclosure.reader(user),),
        blocks=(
            KeyValues((*facts, (_("On record"), count))),
            Paragraph(what_it_is()),
            Heading(_("To whom, when and why")),
            *(block for number, row in enumerate(rows, start=1) for block in _entry(number, row)),
        ),
        footer=_("Made for the reader named above. It may tell of a person's case: keep it safe."),
    )


def what_it_is() -> str:
    return _(
        "Each time this system showed the worker's record to somebody outside the organization that "
        "represents the worker. What was told outside this system is not listed."
    )


def _entry(number: int, row: dict[str, Any]) -> list[Block]:
    when = days_in_words.instant(timezone.localtime(row["at"]))
    facts = [(_("Date"), when), (_("What was shown"), row["nature"])]
    if row["subject"]:
        facts.append((_("Record"), row["subject"]))
    facts += [(_("Purpose"), row["purpose"]), (_("To whom"), row["whom"])]
    if row["address"]:
        facts.append((_("Address"), row["address"]))
    return [Heading(_("Disclosure %(number)d") % {"number": number}, level=3), KeyValues(tuple(facts))]

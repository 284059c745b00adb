"""The history of a case on paper: the same lines that its reader sees on the page, with their codes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from workflows import days_in_words

from . import diary, disclosure
from .letters import Letter, Letterhead
from .letters.letter import Block, Bullets, Heading, KeyValues, Language, Notice, Paragraph
from .models import User

SHORT = 12
"""As many digits of a code as the page shows: enough to find a line, too few to guess what is withheld."""


def paper(record: Any, user: User, *, file: dict[str, Any], at: datetime, check_at: str) -> Letter:
    """The history as a letter-like document in the active language.

    ``file`` is the export that belongs to it, ``check_at`` the public address where daily heads stand.
    """
    language: Language = "es" if (get_language() or "en").startswith("es") else "en"
    entries = sorted(diary.entries(record, user), key=lambda entry: entry.sequence)
    shown = [block for entry in entries for block in _line(entry)]
    return Letter(
        kind="case_history",
        language=language,
        title=_("History of a case"),
        letterhead=Letterhead(agency_name=_("Statement and stay casework")),
        written_on=timezone.localdate(at),
        reference=record.reference,
        addressee_lines=(disclosure.reader(user),),
        blocks=(
            _facts(record, file, at=at),
            _what_it_is(),
            Heading(_("What happened")),
            *_cut(file, entries),
            *shown,
            Heading(_("How to check it")),
            *_checking(file, check_at),
        ),
        footer=_("Made for the reader named above. It may tell of a person's case: keep it safe."),
    )


def _known(file: dict[str, Any]) -> int:
    return sum(bool(line["shown"]) for line in file["lines"])


def _cut(file: dict[str, Any], entries: list[diary.Entry]) -> list[Block]:
    """That a very long history is not printed whole."""
    if len(entries) >= _known(file):
        return []
    return [
        Paragraph(
            _("Only the last %(number)s lines are printed here. The file has all of them.")
            % {"number": len(entries)}
        )
    ]


def _facts(record: Any, file: dict[str, Any], *, at: datetime) -> KeyValues:
    hidden = file["version"] - _known(file)
    rows = [
        (_("Case"), f"{record.machine.label}, {record.reference}"),
        (_("State"), str(record.state_label)),
        (_("Made on"), days_in_words.instant(at)),
        (_("Lines in the history"), str(file["version"])),
        (_("Of these not shown to this reader"), str(hidden)),
        (_("Code of the last line"), file["head"]),
    ]
    return KeyValues(tuple(rows))


def _what_it_is() -> Notice:
    return Notice(
        _("Paper shows, the file proves"),
        (
            _(
                "Each line has a code that also covers the line before it. The codes can be computed anew"
                " from the file that was made with this paper, not from the paper."
            ),
        ),
    )


def _line(entry: diary.Entry) -> list[Block]:
    who = ", ".join(part for part in (entry.who, entry.capacity) if part)
    heading = _("%(number)s. %(what)s") % {"number": entry.sequence, "what": entry.what}
    said = [f"{days_in_words.instant(entry.at)} · {who}"]
    if entry.reason:
        said.append(_("Reason: %(reason)s") % {"reason": entry.reason})
    if entry.redacted:
        said.append(entry.redacted)
    said.extend(f"{each.label}: {each.text or each.redacted}" for each in entry.words)
    blocks: list[Block] = [Heading(heading, level=3), *(Paragraph(text) for text in said)]
    if entry.set_off:
        blocks.append(Bullets(tuple(entry.set_off)))
    code = entry.hash if entry.own else entry.hash[:SHORT]
    blocks.append(Paragraph(_("Code: %(code)s") % {"code": code}))
    return blocks


def _checking(file: dict[str, Any], check_at: str) -> list[Block]:
    head = file["daily_head"]
    steps = [
        _("Ask for the file of this history. It is made with this paper, on the same page."),
        _("Get the program that checks it from %(address)s. It needs Python and no network.")
        % {"address": check_at},
        _("Compare the root that the program prints with the one published for that day."),
    ]
    blocks: list[Block] = [Bullets(tuple(steps), numbered=True)]
    if head:
        rows = (
            (_("Daily head of"), days_in_words.day(date.fromisoformat(head["day"]))),
            (_("Root"), head["root"]),
            (_("Covers the lines up to"), str(file["proof"]["version"])),
        )
        blocks.append(KeyValues(rows))
    else:
        blocks.append(Paragraph(_("No daily head covers this case yet. One is taken every night.")))
    return blocks

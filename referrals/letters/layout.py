"""From a letter's blocks to flowables, with the structure tree built alongside in reading order."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from reportlab.platypus import Spacer

from referrals.letters import styles
from referrals.letters.dates import long_date
from referrals.letters.document import Element
from referrals.letters.flowables import ListItem, QrFigure, QuietTable, Rule, TaggedText
from referrals.letters.keeping import Kept, bound, kept
from referrals.letters.letter import (
    Block,
    Bullets,
    Heading,
    KeyValues,
    Letter,
    Notice,
    Paragraph,
    Signature,
    Table,
    Verification,
)
from referrals.letters.typefaces import BODY, Scribe

QR_SIDE: Final = 68.0
LABEL_SHARE: Final = 0.32
_PLAIN_CELLS: Final = [
    ("FONT", (0, 0), (-1, -1), BODY),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
]


class Story:
    """One letter laid out: `flowables` to draw and `tree`, the structure they fill."""

    def __init__(self, letter: Letter, scribe: Scribe) -> None:
        self.letter, self.scribe = letter, scribe
        self.tree = Element("Document")
        self.flowables: list[Any] = []
        self._opening()
        self._body()
        self._closing()
        self.flowables = bound(self.flowables)
        self.footer = self.tree.add("P") if letter.footer else None

    def text(self, text: str, style: Any, role: str = "P", *, under: Element | None = None) -> TaggedText:
        element = (under or self.tree).add(role)
        return TaggedText.of(self.scribe.markup(text, style.fontName), style, element)

    def _opening(self) -> None:
        letter, head = self.letter, self.letter.letterhead
        left = [self.text(head.agency_name, styles.AGENCY)]
        if head.office:
            left.append(self.text(head.office, styles.OFFICE))
        contact = "\n".join(line for line in (*head.address_lines, head.phone, head.email) if line)
        right = [self.text(contact, styles.CONTACT)] if contact else ""
        masthead = QuietTable(
            [[left, right]], colWidths=[styles.WIDTH * 0.6, styles.WIDTH * 0.4], style=_PLAIN_CELLS
        )
        self.flowables += [masthead, Spacer(1, 6), Rule(styles.NAVY, 1.6, after=14)]
        if letter.draft:
            self.flowables.append(self.text(_("DRAFT — not signed"), styles.DRAFT))
        dated = [long_date(letter.written_on)]
        if letter.reference:
            dated.append(_("Reference: %(reference)s") % {"reference": letter.reference})
        self.flowables.append(self.text("\n".join(dated), styles.ADDRESS))
        if letter.addressee_lines:
            self.flowables.append(self.text("\n".join(letter.addressee_lines), styles.ADDRESS))
        self.flowables.append(self.text(letter.title, styles.TITLE, "H1"))

    def _body(self) -> None:
        for block in self.letter.blocks:
            self.flowables += self._block(block)

    def _closing(self) -> None:
        letter, last = self.letter, list[Any]()
        if letter.cc:
            copies = [_("Copies to:"), *letter.cc]
            last.append(self.text("\n".join(copies), styles.COPIES))
        if letter.verification:
            last += self._check(letter.verification)
        self.flowables += kept(last, characters=sum(map(len, letter.cc)))

    def _block(self, block: Block) -> list[Any]:
        match block:
            case Heading():
                style = styles.SECTION if block.level == 2 else styles.PART
                return [self.text(block.text, style, f"H{block.level}")]
            case Paragraph():
                return [self.text(part, _paragraph_style(block, part)) for part in _paragraphs(block.text)]
            case Bullets():
                return self._list(block)
            case KeyValues():
                return self._key_values(block)
            case Table():
                return self._table(block)
            case Notice():
                return self._notice(block)
            case Signature():
                return self._signature(block)

    def _list(self, block: Bullets) -> list[Any]:
        kind = "Decimal" if block.numbered else "Disc"
        listing = self.tree.add("L", attributes={"O": "List", "ListNumbering": kind})
        items: list[Any] = []
        for number, item in enumerate(block.items, start=1):
            style = styles.LAST_ITEM if number == len(block.items) else styles.ITEM
            entry = listing.add("LI")
            label = entry.add("Lbl")
            flowable = ListItem.of(self.scribe.markup(item, style.fontName), style, entry.add("LBody"))
            flowable.label = (f"{number}." if block.numbered else "•", label)
            items.append(flowable)
        return [*items[:-2], *kept(items[-2:], characters=sum(map(len, block.items[-2:])))]

    def _key_values(self, block: KeyValues) -> list[Any]:
        table = self.tree.add("Table")
        cells = []
        for label, value in block.rows:
            row = table.add("TR")
            heading = row.add("TH", attributes={"O": "Table", "Scope": "Row"})
            body = row.add("TD")
            cells.append([self._cell(label, styles.LABEL, heading), self._cell(value, styles.VALUE, body)])
        widths = [styles.WIDTH * LABEL_SHARE, styles.WIDTH * (1 - LABEL_SHARE)]
        size = sum(len(label + value) for label, value in block.rows)
        return [*kept([_ruled(cells, widths)], rows=len(cells), characters=size), Spacer(1, 9)]

    def _table(self, block: Table) -> list[Any]:
        caption = []
        table = Element("Table")
        if block.caption:
            caption = [self.text(block.caption, styles.CAPTION, "Caption", under=table)]
        self.tree.children.append(table)
        head = table.add("TR")
        cells = [
            [
                self._cell(name, styles.LABEL, head.add("TH", attributes={"O": "Table", "Scope": "Column"}))
                for name in block.columns
            ]
        ]
        for values in block.rows:
            row = table.add("TR")
            cells.append([self._cell(value, styles.VALUE, row.add("TD")) for value in values])
        shares = block.widths or (1.0,) * len(block.columns)
        widths = [styles.WIDTH * share / sum(shares) for share in shares]
        body = kept(
            [_ruled(cells, widths, headed=True)],
            rows=len(cells),
            characters=sum(len(value) for values in block.rows for value in values),
        )
        return [*caption, *body, Spacer(1, 9)]

    def _cell(self, text: str, style: Any, element: Element) -> TaggedText:
        return TaggedText.of(self.scribe.markup(text or "—", style.fontName), style, element)

    def _notice(self, block: Notice) -> list[Any]:
        section = self.tree.add("Sect")
        rows = [[self.text(block.title, styles.NOTICE_TITLE, under=section)]]
        rows += [
            [self.text(part, styles.NOTICE_TEXT, under=section)]
            for text in block.paragraphs
            for part in _paragraphs(text)
        ]
        look = [
            ("FONT", (0, 0), (-1, -1), BODY),
            ("BACKGROUND", (0, 0), (-1, -1), styles.TINT),
            ("LINEBEFORE", (0, 0), (0, -1), 3, styles.NAVY),
            ("LEFTPADDING", (0, 0), (-1, -1), 12),
            ("RIGHTPADDING", (0, 0), (-1, -1), 10),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
            ("TOPPADDING", (0, 0), (-1, 0), 7),
            ("BOTTOMPADDING", (0, -1), (-1, -1), 9),
        ]
        box = QuietTable(rows, colWidths=[styles.WIDTH], style=look, splitInRow=1, spaceBefore=2)
        return [*kept([box], rows=len(rows), characters=sum(map(len, block.paragraphs))), Spacer(1, 10)]

    def _signature(self, block: Signature) -> list[Any]:
        lines = [self.text(block.signed, styles.SIGNER_LINE)] if block.signed else []
        lines.append(self.text(block.name, styles.SIGNER))
        lines += [self.text(line, styles.SIGNER_LINE) for line in block.lines if line]
        lines.append(Spacer(1, 12))
        return [Kept([Spacer(1, 12), *lines], closes=True)]

    def _check(self, verification: Verification) -> list[Any]:
        figure = self.tree.add(
            "Figure",
            alt=_("QR code that opens the public page for checking this letter: %(url)s")
            % {"url": verification.url},
        )
        known = {
            "number": verification.number,
            "version": verification.version,
            "fingerprint": verification.fingerprint,
            "url": verification.url,
        }
        words = [
            self.text(_("Check this letter"), styles.SMALL_STRONG),
            self.text(
                _("Number %(number)s, version %(version)s. Fingerprint: %(fingerprint)s") % known,
                styles.SMALL,
            ),
            self.text(
                _(
                    "Scan the code or go to %(url)s. The page shows only the number, the version and"
                    " whether this letter is still in force."
                )
                % known,
                styles.SMALL,
            ),
        ]
        code = QrFigure(verification.url, figure, size=QR_SIDE)
        block = QuietTable(
            [[code, words]],
            colWidths=[QR_SIDE + 12, styles.WIDTH - QR_SIDE - 12],
            style=[*_PLAIN_CELLS, ("VALIGN", (1, 0), (1, 0), "MIDDLE")],
        )
        return [Spacer(1, 8), Rule(styles.LINE, 0.6, after=8), block]


def _paragraphs(text: str) -> list[str]:
    parts = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n")]
    return [part for part in parts if part]


def _paragraph_style(block: Paragraph, text: str) -> Any:
    """A paragraph that ends in a colon stays with what it announces."""
    if block.strong:
        return styles.STRONG_TEXT
    return styles.LEAD if text.endswith(":") else styles.TEXT


def _ruled(cells: list[list[Any]], widths: list[float], *, headed: bool = False) -> QuietTable:
    look: list[Any] = [
        ("FONT", (0, 0), (-1, -1), BODY),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, styles.LINE),
        ("LINEABOVE", (0, 0), (-1, 0), 0.5, styles.LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 5),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    if headed:
        look += [("BACKGROUND", (0, 0), (-1, 0), styles.TINT), ("LINEBELOW", (0, 0), (-1, 0), 1, styles.NAVY)]
    return QuietTable(cells, colWidths=widths, style=look, repeatRows=1 if headed else 0, splitInRow=1)

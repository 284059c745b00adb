"""Measures, colors and text styles of letters. All measures are points (1/72 inch).

A style that `leads` belongs with what follows it: such a text never stands last on a page.
"""

from __future__ import annotations

from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import letter as us_letter
from reportlab.lib.styles import ParagraphStyle

from referrals.letters.typefaces import BODY, DISPLAY, STRONG

PAGE: Final = us_letter
SIDE: Final = 72.0
TOP: Final = 56.0
BOTTOM: Final = 72.0
WIDTH: Final = PAGE[0] - 2 * SIDE

INK: Final = HexColor("#1b1b1b")
QUIET: Final = HexColor("#565c65")
NAVY: Final = HexColor("#162e51")
RED: Final = HexColor("#8b0a03")
LINE: Final = HexColor("#a9aeb1")
TINT: Final = HexColor("#f0f4f9")

TEXT: Final = ParagraphStyle(
    "text",
    fontName=BODY,
    fontSize=10.5,
    leading=14.2,
    textColor=INK,
    spaceAfter=7,
    allowWidows=0,
    allowOrphans=0,
    splitLongWords=1,
    leads=False,
)
STRONG_TEXT: Final = ParagraphStyle("strong", TEXT, fontName=STRONG)
LEAD: Final = ParagraphStyle("lead", TEXT, spaceAfter=4, leads=True)
ITEM: Final = ParagraphStyle("item", TEXT, leftIndent=22, spaceAfter=2.5)
LAST_ITEM: Final = ParagraphStyle("last item", ITEM, spaceAfter=8)
ADDRESS: Final = ParagraphStyle("address", TEXT, leading=13.4, spaceAfter=10)
COPIES: Final = ParagraphStyle("copies", TEXT, fontSize=9.5, leading=12.6, spaceBefore=4)

TITLE: Final = ParagraphStyle(
    "title",
    TEXT,
    fontName=DISPLAY,
    fontSize=15.5,
    leading=20.5,
    textColor=NAVY,
    spaceBefore=4,
    spaceAfter=9,
    leads=True,
)
SECTION: Final = ParagraphStyle(
    "section",
    TEXT,
    fontName=STRONG,
    fontSize=12,
    leading=15.5,
    textColor=NAVY,
    spaceBefore=8,
    spaceAfter=3,
    leads=True,
)
PART: Final = ParagraphStyle("part", TEXT, fontName=STRONG, spaceBefore=3, spaceAfter=2, leads=True)

AGENCY: Final = ParagraphStyle(
    "agency", TEXT, fontName=DISPLAY, fontSize=12.5, leading=16.5, textColor=NAVY, spaceAfter=1
)
OFFICE: Final = ParagraphStyle("office", TEXT, fontSize=10, leading=13, textColor=INK, spaceAfter=0)
CONTACT: Final = ParagraphStyle(
    "contact", TEXT, fontSize=8.8, leading=11.6, textColor=QUIET, alignment=TA_RIGHT, spaceAfter=0
)
DRAFT: Final = ParagraphStyle(
    "draft", TEXT, fontName=STRONG, fontSize=11, leading=14, textColor=RED, spaceAfter=8
)

LABEL: Final = ParagraphStyle("label", TEXT, fontName=STRONG, fontSize=9.8, leading=12.8, spaceAfter=0)
VALUE: Final = ParagraphStyle("value", TEXT, fontSize=9.8, leading=12.8, spaceAfter=0)
CAPTION: Final = ParagraphStyle("caption", LABEL, spaceBefore=2, spaceAfter=4, leads=True)

NOTICE_TITLE: Final = ParagraphStyle("notice title", TEXT, fontName=STRONG, spaceAfter=0, textColor=NAVY)
NOTICE_TEXT: Final = ParagraphStyle("notice text", TEXT, spaceAfter=0)
SIGNER: Final = ParagraphStyle("signer", TEXT, fontName=STRONG, spaceAfter=0)
SIGNER_LINE: Final = ParagraphStyle("signer line", TEXT, spaceAfter=0)
SMALL: Final = ParagraphStyle("small", TEXT, fontSize=8.6, leading=11.2, textColor=QUIET, spaceAfter=0)
SMALL_STRONG: Final = ParagraphStyle("small strong", SMALL, fontName=STRONG, textColor=INK, spaceAfter=1)
FOOT: Final = ParagraphStyle("foot", SMALL, fontSize=8, leading=10)
FOOT_RIGHT: Final = ParagraphStyle("foot right", FOOT, alignment=TA_RIGHT)

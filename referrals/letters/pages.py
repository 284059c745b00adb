"""Pages: margins, running head, footer with page numbers, and the drawing of one letter."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

from referrals.letters import styles
from referrals.letters.document import Description, TaggedCanvas
from referrals.letters.layout import Story
from referrals.letters.letter import Letter
from referrals.letters.typefaces import BODY, Scribe

FOOT_TOP = 56.0
PAGE_NUMBER_WIDTH = 96.0


def draw(letter: Letter, scribe: Scribe, *, total: int) -> tuple[bytes, int]:
    """Draw the letter with "of `total`" in its page numbers; answer the bytes and the page count."""
    story = Story(letter, scribe)
    buffer = BytesIO()
    template = BaseDocTemplate(
        buffer,
        pagesize=styles.PAGE,
        leftMargin=styles.SIDE,
        rightMargin=styles.SIDE,
        topMargin=styles.TOP,
        bottomMargin=styles.BOTTOM,
        invariant=1,
        pageCompression=1,
        initialFontName=BODY,
        title=scribe.plain(_title(letter)),
        author=scribe.plain(letter.letterhead.agency_name),
        creator="Stay of Removal Engine",
        subject=letter.kind.replace("_", " "),
        lang=_language(letter),
    )
    frame = Frame(
        styles.SIDE,
        styles.BOTTOM,
        styles.WIDTH,
        styles.PAGE[1] - styles.TOP - styles.BOTTOM,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )

    def furnish(canvas: Any, document: Any) -> None:
        _furnish(canvas, story, page=document.page, total=total)

    template.addPageTemplates([PageTemplate(frames=[frame], onPage=furnish)])
    about = Description(
        title=template.title, author=template.author, language=_language(letter), on=letter.written_on
    )
    template.build(story.flowables, canvasmaker=partial(TaggedCanvas, tree=story.tree, about=about))
    return buffer.getvalue(), template.page


def _furnish(canvas: Any, story: Story, *, page: int, total: int) -> None:
    letter, scribe = story.letter, story.scribe
    if page > 1:
        with canvas.artifact(pagination=True):
            _line(canvas, scribe, _title(letter), styles.FOOT, x=styles.SIDE, top=styles.PAGE[1] - 34)
    with canvas.artifact(pagination=True):
        canvas.setStrokeColor(styles.LINE)
        canvas.setLineWidth(0.5)
        canvas.line(styles.SIDE, FOOT_TOP + 6, styles.PAGE[0] - styles.SIDE, FOOT_TOP + 6)
        numbered = _("Page %(page)s of %(pages)s") % {"page": page, "pages": total}
        _line(canvas, scribe, numbered, styles.FOOT_RIGHT, x=styles.SIDE, top=FOOT_TOP)
        check = letter.verification
        below = FOOT_TOP - (11 if letter.footer else 0)
        if letter.draft:
            _line(canvas, scribe, _("DRAFT — not signed"), styles.FOOT, x=styles.SIDE, top=below)
        elif check:
            mark = f"{check.number} v{check.version} · {check.fingerprint}"
            _line(canvas, scribe, mark, styles.FOOT, x=styles.SIDE, top=below)
    if story.footer:
        first = page == 1
        with canvas.marked(story.footer) if first else canvas.artifact(pagination=True):
            _line(canvas, scribe, letter.footer, styles.FOOT, x=styles.SIDE, top=FOOT_TOP)


def _line(canvas: Any, scribe: Scribe, text: str, style: Any, *, x: float, top: float) -> None:
    narrow = 0 if style is styles.FOOT_RIGHT else PAGE_NUMBER_WIDTH
    paragraph = Paragraph(scribe.markup(text, style.fontName), style)
    _width, height = paragraph.wrap(styles.WIDTH - narrow, styles.PAGE[1])
    paragraph.drawOn(canvas, x, top - height)


def _title(letter: Letter) -> str:
    return f"{letter.title} · {letter.reference}" if letter.reference else letter.title


def _language(letter: Letter) -> str:
    return {"en": "en-US", "es": "es-US"}[letter.language]

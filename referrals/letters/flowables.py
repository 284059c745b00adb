"""Pieces of a page that know their place in the structure tree."""

from __future__ import annotations

from typing import Any

from reportlab.platypus import Flowable, Paragraph, Table

from referrals.letters import typefaces
from referrals.letters.document import Element


class TaggedText(Paragraph):
    """A paragraph whose parts, if it breaks over pages, belong to one element.

    A text that heads a table is drawn again on every page of the table; only its first drawing
    counts, the others are decoration.
    """

    element: Element

    @classmethod
    def of(cls, markup: str, style: Any, element: Element) -> TaggedText:
        text = cls(markup, style)
        text.element = element
        return text

    def split(self, width: float, height: float) -> list[Any]:
        parts: list[Any] = super().split(width, height)
        for part in parts:
            part.element = self.element
        return parts

    def draw(self) -> None:
        repeated = self.element.role == "TH" and self.element.content
        self._end_lines_with_a_space()
        with self.canv.artifact(pagination=True) if repeated else self.canv.marked(self.element):
            super().draw()

    def _end_lines_with_a_space(self) -> None:
        """Lines are drawn apart; without a space, software that reads the tags runs words together."""
        for line in self.blPara.lines:
            words = line[1] if isinstance(line, (tuple, list)) else line.words
            if words and isinstance(words[-1], str):
                words.append("")
            elif words:
                words[-1].text += " "


class ListItem(TaggedText):
    """A list item: its label hangs left of the text and is an element of its own."""

    label: tuple[str, Element] | None = None

    def split(self, width: float, height: float) -> list[Any]:
        parts = super().split(width, height)
        if parts:
            parts[0].label = self.label
        return parts

    def draw(self) -> None:
        if self.label:
            text, element = self.label
            canvas, style = self.canv, self.style
            with canvas.marked(element):
                canvas.saveState()
                canvas.setFont(typefaces.BODY, style.fontSize)
                canvas.setFillColor(style.textColor)
                canvas.drawRightString(style.leftIndent - 7, self.height - style.fontSize, text)
                canvas.restoreState()
        super().draw()


class QuietTable(Table):
    """A table whose rules and backgrounds are decoration; its cells carry their own elements."""

    def _drawBkgrnd(self) -> None:  # noqa: N802 - reportlab's name
        with self.canv.artifact():
            super()._drawBkgrnd()

    def _drawLines(self) -> None:  # noqa: N802 - reportlab's name
        with self.canv.artifact():
            super()._drawLines()


class Rule(Flowable):
    """A horizontal line across the frame. Decoration."""

    def __init__(self, color: Any, thickness: float, *, after: float = 0) -> None:
        super().__init__()
        self.color, self.thickness, self.spaceAfter = color, thickness, after

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width, self.height = width, self.thickness
        return width, self.thickness

    def draw(self) -> None:
        with self.canv.artifact():
            self.canv.setStrokeColor(self.color)
            self.canv.setLineWidth(self.thickness)
            self.canv.line(0, self.thickness / 2, self.width, self.thickness / 2)


class QrFigure(Flowable):
    """A QR code in vector squares with a text alternative. `size` is its side in points."""

    def __init__(self, address: str, element: Element, *, size: float) -> None:
        super().__init__()
        import segno

        self.modules = [bytes(row) for row in segno.make(address, error="m", micro=False).matrix]
        self.element, self.size = element, size

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.size, self.size

    def draw(self) -> None:
        side = self.size / len(self.modules)
        left, bottom = self.canv.absolutePosition(0, 0)
        box = [round(value, 2) for value in (left, bottom, left + self.size, bottom + self.size)]
        self.element.attributes.update({"O": "Layout", "Placement": "Block", "BBox": box})
        with self.canv.marked(self.element):
            self.canv.setFillGray(0)
            path = self.canv.beginPath()
            for row, modules in enumerate(self.modules):
                for start, length in _dark_runs(modules):
                    path.rect(start * side, self.size - (row + 1) * side, length * side, side)
            self.canv.drawPath(path, stroke=0, fill=1)


def _dark_runs(modules: bytes) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for position, dark in enumerate(modules):
        if dark and runs and sum(runs[-1]) == position:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((position, 1))
    return runs

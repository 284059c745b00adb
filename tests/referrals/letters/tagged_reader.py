"""Reads a tagged PDF the way assistive software does: along the structure tree, glyph by glyph."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pikepdf

PAINTING = frozenset({"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "Do", "sh", "EI"})
SHOWING = frozenset({"Tj", "TJ", "'", '"'})


@dataclass
class Page:
    """What one page draws: text by marked-content id, text of artifacts, and anything left unmarked."""

    marked: dict[int, str] = field(default_factory=dict)
    roles: dict[int, str] = field(default_factory=dict)
    artifacts: str = ""
    unmarked: list[str] = field(default_factory=list)
    undrawable: list[int] = field(default_factory=list)


@dataclass
class Node:
    """An element of the structure tree with its own text and its children."""

    role: str
    text: str
    children: list[Node]
    source: Any

    def everything(self) -> list[Node]:
        return [self, *(below for child in self.children for below in child.everything())]

    def aloud(self) -> str:
        return self.text + "".join(child.aloud() for child in self.children)


class Reader:
    def __init__(self, content: bytes) -> None:
        self.pdf = pikepdf.open(BytesIO(content))
        self.pages = [_read_page(page) for page in self.pdf.pages]
        self._numbers = {page.objgen: index for index, page in enumerate(self.pdf.pages)}
        self.root = self._node(self.pdf.Root.StructTreeRoot.K)

    def aloud(self) -> str:
        """Everything that is read aloud, in order, with single spaces."""
        return " ".join(self.root.aloud().split())

    def parents(self, page: int) -> list[Any]:
        """The parent tree's entry of a page: for each marked-content id its element."""
        numbers = self.pdf.Root.StructTreeRoot.ParentTree.Nums
        key = int(self.pdf.pages[page].StructParents)
        pairs = {int(numbers[place]): numbers[place + 1] for place in range(0, len(numbers), 2)}
        return list(pairs[key])

    def marks(self, element: Any) -> list[tuple[int, int]]:
        """(page index, marked-content id) of an element's own content."""
        return [
            (self._numbers[kid.Pg.objgen], int(kid.MCID))
            for kid in element.K
            if kid.get("/Type") == pikepdf.Name.MCR
        ]

    def _node(self, element: Any) -> Node:
        text = "".join(self.pages[page].marked[mark] for page, mark in self.marks(element))
        children = [self._node(kid) for kid in element.K if kid.get("/Type") == pikepdf.Name.StructElem]
        return Node(str(element.S)[1:], text, children, element)


def _read_page(page: Any) -> Page:
    fonts = {str(name): _code_points(font) for name, font in page.Resources.Font.items()}
    seen, open_marks, font = Page(), [], {}
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in {"BDC", "BMC"}:
            properties = operands[1] if len(operands) > 1 else {}
            mark = int(properties["/MCID"]) if "/MCID" in properties else None
            open_marks.append(mark)
            if mark is not None:
                seen.marked[mark], seen.roles[mark] = "", str(operands[0])[1:]
        elif name == "EMC":
            open_marks.pop()
        elif name == "Tf":
            font = fonts[str(operands[0])]
        elif name in SHOWING | PAINTING:
            text = ""
            if name in SHOWING:
                codes = bytes(operands[0])
                seen.undrawable += [code for code in codes if font.get(code, 0) == 0]
                text = "".join(chr(font.get(code, 0)) for code in codes)
            _note(seen, open_marks, name, text)
    assert not open_marks, "marked content that is opened is closed"
    return seen


def _note(seen: Page, open_marks: list[int | None], operator: str, text: str) -> None:
    if not open_marks:
        seen.unmarked.append(f"{operator} {text}")
    elif open_marks[-1] is None:
        seen.artifacts += text
    else:
        seen.marked[open_marks[-1]] += text


def _code_points(font: Any) -> dict[int, int]:
    mapping = font.ToUnicode.read_bytes().decode("latin-1")
    pairs = re.findall(r"<([0-9A-F]{2})> <([0-9A-F]{4})>", mapping.split("beginbfchar")[1])
    return {int(code, 16): int(point, 16) for code, point in pairs}

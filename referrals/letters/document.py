"""A small tagged-PDF layer over reportlab.

reportlab draws; this module adds what lets software read the drawing aloud: a structure tree,
marked content, the parent tree, the language, the title and XMP metadata, after ISO 32000-1
sections 14.7-14.8 and ISO 14289-1 (PDF/UA-1). The tree is built with the story, in reading order;
drawing only attaches marked content to it, so a paragraph that breaks over two pages stays one
paragraph. Output is deterministic: no clock, no random identifier.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

PDF_VERSION: Final = (1, 7)


@dataclass(eq=False)
class Element:
    """One element of the structure tree.

    `content` holds (page index from 0, marked-content id) in drawing order. `attributes` are PDF
    attribute dictionaries as plain Python values; `alt` is the text alternative of a figure.
    """

    role: str
    alt: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    content: list[tuple[int, int]] = field(default_factory=list)

    def add(self, role: str, *, alt: str = "", attributes: dict[str, Any] | None = None) -> Element:
        """Append a child element and answer it."""
        child = Element(role, alt=alt, attributes=attributes or {})
        self.children.append(child)
        return child


@dataclass(frozen=True, kw_only=True)
class Description:
    """What the file says of itself. It names the agency and never a person."""

    title: str
    author: str
    language: str
    on: date


class TaggedCanvas(Canvas):
    """A canvas that writes marked content and, at the end, the structure tree."""

    def __init__(self, *args: Any, tree: Element, about: Description, **options: Any) -> None:
        super().__init__(*args, pdfVersion=PDF_VERSION, **options)
        self._tree = tree
        self._about = about
        self._marked: list[list[Element]] = [[]]
        self._describe()

    @contextmanager
    def marked(self, element: Element) -> Iterator[None]:
        """Everything drawn inside belongs to the element."""
        here = self._marked[-1]
        element.content.append((len(self._marked) - 1, len(here)))
        self._code.append(f"/{element.role} <</MCID {len(here)}>> BDC")
        here.append(element)
        yield
        self._code.append("EMC")

    @contextmanager
    def artifact(self, *, pagination: bool = False) -> Iterator[None]:
        """Everything drawn inside is decoration and is skipped when the page is read aloud."""
        self._code.append("/Artifact <</Type /Pagination>> BDC" if pagination else "/Artifact BMC")
        yield
        self._code.append("EMC")

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        super().showPage()
        self._marked.append([])

    def save(self) -> None:
        if self._code:
            self.showPage()
        self._write_structure()
        super().save()

    def _describe(self) -> None:
        about, catalog = self._about, self._doc.Catalog
        self.setDateFormatter(lambda *_clock: f"D:{about.on:%Y%m%d}000000+00'00'")
        self.setViewerPreference("DisplayDocTitle", "true")
        catalog.Lang = pdfdoc.PDFString(about.language)
        catalog.MarkInfo = pdfdoc.PDFDictionary({"Marked": "true"})
        catalog.Metadata = _metadata(about)

    def _write_structure(self) -> None:
        pages = self._doc.Pages.pages
        root = pdfdoc.PDFDictionary({"Type": pdfdoc.PDFName("StructTreeRoot")})
        root_reference = self._doc.Reference(root)
        references: dict[int, Any] = {}
        root["K"] = self._write_element(self._tree, root_reference, pages, references)
        numbers: list[Any] = []
        for index, elements in enumerate(self._marked[: len(pages)]):
            parents = pdfdoc.PDFArray([references[id(element)] for element in elements])
            numbers += [index, self._doc.Reference(parents)]
            page = pages[index]
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = index, pdfdoc.PDFName("S")
        root["ParentTree"] = self._doc.Reference(pdfdoc.PDFDictionary({"Nums": pdfdoc.PDFArray(numbers)}))
        root["ParentTreeNextKey"] = len(pages)
        self._doc.Catalog.StructTreeRoot = root_reference

    def _write_element(self, element: Element, parent: Any, pages: list[Any], seen: dict[int, Any]) -> Any:
        entry = pdfdoc.PDFDictionary(
            {"Type": pdfdoc.PDFName("StructElem"), "S": pdfdoc.PDFName(element.role), "P": parent}
        )
        reference = seen[id(element)] = self._doc.Reference(entry)
        kids: list[Any] = [
            pdfdoc.PDFDictionary({"Type": pdfdoc.PDFName("MCR"), "Pg": pages[page], "MCID": mark})
            for page, mark in element.content
        ]
        kids += [self._write_element(child, reference, pages, seen) for child in element.children]
        if element.content:
            entry["Pg"] = pages[element.content[0][0]]
        if element.alt:
            entry["Alt"] = pdfdoc.PDFString(element.alt)
        if element.attributes:
            entry["A"] = pdfdoc.PDFDictionary({key: _pdf(value) for key, value in element.attributes.items()})
        entry["K"] = pdfdoc.PDFArray(kids)
        return reference


def _pdf(value: object) -> Any:
    if isinstance(value, str):
        return pdfdoc.PDFName(value)
    return pdfdoc.PDFArray(list(value)) if isinstance(value, (list, tuple)) else value


def _metadata(about: Description) -> Any:
    stream = pdfdoc.PDFStream()
    stream.dictionary = pdfdoc.PDFDictionary(
        {"Type": pdfdoc.PDFName("Metadata"), "Subtype": pdfdoc.PDFName("XML")}
    )
    stream.content = _XMP.format(
        title=escape(about.title),
        author=escape(about.author),
        language=about.language,
        on=about.on.isoformat(),
    ).encode()
    return stream


_XMP: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/">
   <pdfuaid:part>1</pdfuaid:part>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
   <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
   <xmp:CreateDate>{on}T00:00:00Z</xmp:CreateDate>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""

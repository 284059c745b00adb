"""Opens one file that somebody brought along, in a process of its own, and writes it anew without what acts.

Run by ``referrals.scans`` as a program: the file on standard input; a line of JSON and the new bytes on
standard output. It knows neither Django nor the database and has little time and memory: a
file that breaks a reader breaks nothing else. ISO 32000-1, section 12.6.4, lists the actions of a PDF.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import struct
import sys
from typing import Any

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
MOST_PIXELS = 80_000_000
"""A letter page at 600 dots an inch has 34 million; the pictures of telephones have up to 50 million."""
MOST_PAGES = 2_000
MOST_OBJECTS = 200_000
SECONDS = 20
"""Of processor time."""
MEMORY = 1536 * 1024 * 1024
"""Bytes of address space: the pixels of the largest picture three times, and the libraries."""

BROKEN_IMAGE = (OSError, SyntaxError, ValueError, EOFError, struct.error, MemoryError)
ACTING = {
    "/AA", "/AF", "/Collection", "/EF", "/EmbeddedFiles", "/JavaScript", "/JS", "/Metadata", "/OpenAction",
    "/PieceInfo", "/RichMediaContent", "/RichMediaSettings", "/Threads", "/URI", "/XFA",
}  # fmt: skip
"""Keys of a PDF that make it act, carry another file, or tell who made it."""
PLAYED = {"/3D", "/FileAttachment", "/Movie", "/RichMedia", "/Screen", "/Sound", "/TrapNet"}
"""Annotations that hold something else than marks on a page."""
HARMLESS = {"/GoTo"}
"""Actions that stay within the document."""


class Unfit(Exception):
    """Why a file is not kept: a word that ``referrals.scans`` puts into a sentence."""


def limited() -> None:
    """Give this process its limits. Where a system has no such limit, the parent's time limit remains."""
    for what, most in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def anew(content: bytes) -> tuple[bytes, str, int]:
    """The file written anew, its type by its content, and its pages. Raises ``Unfit``."""
    kind = kind_of(content)
    return _as_pdf(content) if kind == PDF else _as_picture(content, kind)


def kind_of(content: bytes) -> str:
    """What the bytes are: by their beginning, and by a second opinion. Raises ``Unfit``."""
    import puremagic

    for start, kind in ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG)):
        if content.startswith(start):
            with contextlib.suppress(puremagic.PureError, ValueError):
                if kind in {guess.mime_type for guess in puremagic.magic_string(content)}:
                    return kind
            raise Unfit("damaged picture" if kind != PDF else "damaged")
    raise Unfit("kind")


def _as_pdf(content: bytes) -> tuple[bytes, str, int]:
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as paper:
            if paper.is_encrypted:
                raise Unfit("locked")
            pages = len(paper.pages)
            if not pages:
                raise Unfit("no pages")
            if pages > MOST_PAGES or len(paper.objects) > MOST_OBJECTS:
                raise Unfit("too long")
            disarm(paper)
            written = io.BytesIO()
            paper.save(written, encryption=False, deterministic_id=True)
    except pikepdf.PasswordError:
        raise Unfit("locked") from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, MemoryError):
        raise Unfit("damaged") from None
    return written.getvalue(), PDF, pages


def disarm(paper: Any) -> None:
    """Take out of a PDF whatever acts, plays, carries another file or says who made it."""
    import pikepdf

    del paper.docinfo
    for key in ("/Names", "/AcroForm", "/Perms", "/DSS", "/Outlines"):
        if key in paper.Root and (key != "/AcroForm" or "/XFA" in paper.Root.AcroForm):
            del paper.Root[key]
    waiting: list[Any] = [paper.Root, *paper.objects]
    values: list[Any]
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.Stream):
            each = each.stream_dict
        if isinstance(each, pikepdf.Dictionary):
            _disarm_one(each)
            values = [each[key] for key in list(each.keys())]
        elif isinstance(each, pikepdf.Array):
            values = list(each)
        else:
            continue
        # What is referred to stands in the list of objects itself; only what is written inside is added.
        waiting += [value for value in values if isinstance(value, pikepdf.Object) and not value.is_indirect]


def _disarm_one(found: Any) -> None:
    import pikepdf

    for key in ACTING & set(found.keys()):
        del found[key]
    for key in ("/A", "/PA", "/Next"):
        action = found.get(key)
        if isinstance(action, pikepdf.Dictionary) and "/S" in action and str(action.S) not in HARMLESS:
            del found[key]
    marks = found.get("/Annots")
    if isinstance(marks, pikepdf.Array):
        kept = [mark for mark in marks if isinstance(mark, pikepdf.Dictionary)
                and str(mark.get("/Subtype")) not in PLAYED]  # fmt: skip
        found["/Annots"] = pikepdf.Array(kept)


def _as_picture(content: bytes, kind: str) -> tuple[bytes, str, int]:
    """The picture as its dots alone, turned as the camera was held: no place, no device, no preview."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Unfit("pixels")
            picture.load()
            plain = ImageOps.exif_transpose(picture)
            if kind == JPEG and plain.mode not in {"L", "RGB"}:
                plain = plain.convert("RGB")
            dots = picture.info.get("dpi")
            plain.info = {name: plain.info[name] for name in ("transparency",) if name in plain.info}
            written = io.BytesIO()
            named = (
                {"dpi": dots} if isinstance(dots, tuple) and all(0 < each < 10_000 for each in dots) else {}
            )
            if kind == JPEG:
                plain.save(written, "JPEG", quality=85, exif=b"", **named)
            else:
                plain.save(written, "PNG", exif=b"", **named)
    except Image.DecompressionBombError:
        raise Unfit("pixels") from None
    except BROKEN_IMAGE:
        raise Unfit("damaged picture") from None
    return written.getvalue(), kind, 1


def main() -> int:
    limited()
    try:
        content, kind, pages = anew(sys.stdin.buffer.read())
        told: dict[str, Any] = {"kind": kind, "pages": pages}
    except Unfit as unfit:
        content, told = b"", {"unfit": str(unfit)}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + content)
    return 0


if __name__ == "__main__":
    sys.exit(main())

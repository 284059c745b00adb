"""Scans of papers: what kind of file somebody brought along, told by its content and never by its name.

A file is opened before it is kept, so that nobody finds out years later that it is locked or breaks off.
"""

from __future__ import annotations

import hashlib
import io
import struct
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MEGABYTE = 1024 * 1024
MOST_PIXELS = 80_000_000
"""A letter page at 600 dots an inch has 34 million; the pictures of telephones have up to 50 million."""

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}
NAMES = {PDF: "PDF", JPEG: "JPEG", PNG: "PNG"}
ACCEPTED = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"
ONLY_THESE = gettext_lazy(
    "Only PDF, JPEG and PNG files are taken. Save the paper as a PDF, or take a photo of it, and choose that "
    "file."
)
FROM_IPHONES = gettext_lazy(
    "This photo is in the HEIC format of iPhones, which many offices cannot open. On the phone, choose "
    "Settings, Camera, Formats, “Most Compatible”, and take it again; or save the photo as JPEG."
)
# Brands of the ISO base media format in which phones keep still pictures (ISO/IEC 23008-12).
STILL_PICTURES = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
BROKEN_IMAGE = (OSError, SyntaxError, ValueError, EOFError, struct.error)


class UnfitScan(Exception):
    """A file that is not kept; the message says why and what to do, fit for the person who chose it."""


@dataclass(frozen=True)
class Scan:
    """A file that was opened and found whole: its bytes, what it is, and how many pages it has."""

    content: bytes = field(repr=False)
    media_type: str
    pages: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read(content: bytes) -> Scan:
    """The scan in these bytes. Raises ``UnfitScan``."""
    if len(content) > largest():
        raise UnfitScan(too_large(len(content)))
    content = admitted(content)
    if content.startswith(b"%PDF-"):
        return Scan(content, PDF, _pages(content))
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return Scan(content, _picture(content), 1)
    heic = content[4:8] == b"ftyp" and content[8:12] in STILL_PICTURES
    raise UnfitScan(str(FROM_IPHONES if heic else ONLY_THESE))


def admitted(content: bytes) -> bytes:
    """The bytes that are kept for a file that came in: here every uploaded paper passes, and only here.

    A scanner for malware refuses with ``UnfitScan``; what writes a picture anew gives back other bytes.
    """
    return content


def largest() -> int:
    """The most bytes a file may have."""
    return int(settings.EVIDENCE_FILE_MEGABYTES) * MEGABYTE


def too_large(size: int) -> str:
    """Why a file of this many bytes is not taken."""
    return _(
        "The file has %(size)s megabytes; at most %(most)s are taken. Scan in black and white at 300 dots an "
        "inch, or attach it in parts."
    ) % {"size": -(-size // MEGABYTE), "most": settings.EVIDENCE_FILE_MEGABYTES}


def _pages(content: bytes) -> int:
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as paper:
            if paper.is_encrypted:
                raise UnfitScan(_locked())
            pages = len(paper.pages)
    except pikepdf.PasswordError:
        raise UnfitScan(_locked()) from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise UnfitScan(
            _(
                "This PDF is damaged or breaks off in the middle. Open it, print it to a new PDF, and choose "
                "that file."
            )
        ) from None
    if not pages:
        raise UnfitScan(_("This PDF has no pages."))
    return pages


def _locked() -> str:
    return _(
        "This PDF is locked with a password or against changes. Open it, print it to a new PDF, and choose "
        "that file."
    )


def _picture(content: bytes) -> str:
    """The type of a picture that can be read to its end, without ever holding all of its pixels."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise UnfitScan(_too_many_pixels())
            if picture.format == NAMES[PNG]:
                picture.verify()
                return PNG
            picture.draft("L", (width // 8 or 1, height // 8 or 1))
            picture.load()
            return JPEG
    except Image.DecompressionBombError:
        raise UnfitScan(_too_many_pixels()) from None
    except BROKEN_IMAGE:
        raise UnfitScan(
            _("This picture is damaged or breaks off in the middle. Take or scan it again.")
        ) from None


def _too_many_pixels() -> str:
    return _("This picture has more dots than a paper needs. Scan it again at 300 dots an inch.")

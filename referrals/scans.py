"""Scans of papers: what kind of file somebody brought along, told by its content and never by its name.

A file is opened before it is kept, so that nobody finds out years later that it is locked or breaks off, and
what is kept is written anew: a picture as its dots, a PDF without anything that acts.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .opening import JPEG, PDF, PNG

MEGABYTE = 1024 * 1024
PROGRAM = Path(__file__).with_name("opening.py")
SECONDS_TO_OPEN = 40
"""Of the clock on the wall; the program has half of it as time of the processor."""

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
    """The scan in these bytes, written anew without what acts or tells more than the paper.

    Every uploaded paper passes here, and only here. It is opened in a process of its own, which a file
    made to break its reader takes down alone. Raises ``UnfitScan``.
    """
    if len(content) > largest():
        raise UnfitScan(too_large(len(content)))
    if content[4:8] == b"ftyp" and content[8:12] in STILL_PICTURES:
        raise UnfitScan(str(FROM_IPHONES))
    told, written = _opened(content)
    if "unfit" in told:
        raise UnfitScan(_why(str(told["unfit"])))
    if len(written) > 2 * largest():
        raise UnfitScan(too_large(len(written)))
    return Scan(written, str(told["kind"]), int(told["pages"]))


def _opened(content: bytes) -> tuple[dict[str, Any], bytes]:
    """What ``referrals.opening`` says of these bytes, and what it made of them.

    A program that ends otherwise, says nothing in time or says too much has met a file that is no paper.
    """
    program = [sys.executable, "-I", str(PROGRAM)]
    with subprocess.Popen(  # noqa: S603 (our own program; nothing that people send is among its words)
        program,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
    ) as process:
        assert process.stdin
        assert process.stdout
        watch = threading.Timer(SECONDS_TO_OPEN, process.kill)
        feeding = threading.Thread(target=_feed, args=(process.stdin, content))
        watch.start()
        feeding.start()
        try:
            answer = process.stdout.read(3 * largest())
            process.kill() if len(answer) == 3 * largest() else process.wait()
        finally:
            watch.cancel()
            feeding.join()
    line, _end, written = answer.partition(b"\n")
    try:
        told = json.loads(line) if process.returncode == 0 else {}
    except ValueError:
        told = {}
    return (told if isinstance(told, dict) and told else {"unfit": "damaged"}), written


def _feed(pipe: IO[bytes], content: bytes) -> None:
    with contextlib.suppress(OSError):
        pipe.write(content)
    with contextlib.suppress(OSError):
        pipe.close()


def _why(word: str) -> str:
    match word:
        case "kind":
            return str(ONLY_THESE)
        case "locked":
            return _(
                "This PDF is locked with a password or against changes. Open it, print it to a new PDF, and "
                "choose that file."
            )
        case "no pages":
            return _("This PDF has no pages.")
        case "too long":
            return _("This PDF has more pages than a paper needs. Attach it in parts.")
        case "pixels":
            return _("This picture has more dots than a paper needs. Scan it again at 300 dots an inch.")
        case "damaged picture":
            return _("This picture is damaged or breaks off in the middle. Take or scan it again.")
    return _(
        "This PDF is damaged or breaks off in the middle. Open it, print it to a new PDF, and choose that "
        "file."
    )


def largest() -> int:
    """The most bytes a file may have."""
    return int(settings.EVIDENCE_FILE_MEGABYTES) * MEGABYTE


def too_large(size: int) -> str:
    """Why a file of this many bytes is not taken."""
    return _(
        "The file has %(size)s megabytes; at most %(most)s are taken. Scan in black and white at 300 dots an "
        "inch, or attach it in parts."
    ) % {"size": -(-size // MEGABYTE), "most": settings.EVIDENCE_FILE_MEGABYTES}

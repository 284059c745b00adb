"""What is kept of a file is written anew: dots of a picture, pages of a PDF, and nothing that acts or tells.

``MUTATED_FILES=2000`` tries so many broken files; by default fewer, drawn by the same seed.
"""

from __future__ import annotations

import io
import os
import random
import struct
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from referrals import opening, scans
from tests.referrals.papers import pdf, picture

MUTATED = int(os.environ.get("MUTATED_FILES", "40"))
SEED = int(os.environ.get("MUTATED_SEED", "20261123"))
SECRET = b"secret-of-the-file"
ACTIONS = {
    "a script": "<< /S /JavaScript /JS (app.alert\\('secret-of-the-file'\\)) >>",
    "a program": "<< /S /Launch /F (secret-of-the-file.exe) >>",
    "a link elsewhere": "<< /S /URI /URI (https://evil.example/secret-of-the-file) >>",
    "a form that is sent": "<< /S /SubmitForm /F (https://evil.example/secret-of-the-file) >>",
    "another file": "<< /S /GoToR /F (secret-of-the-file.pdf) /D [0 /Fit] >>",
    "a chain": "<< /S /GoTo /D [0 /Fit] /Next << /S /JavaScript /JS (secret-of-the-file) >> >>",
    "a film": "<< /S /Rendition /JS (secret-of-the-file) /OP 0 >>",
    "data": "<< /S /ImportData /F (secret-of-the-file.fdf) >>",
}


def with_action(where: str, action: str) -> bytes:
    """A PDF with an action at one of the places where a reader looks for one."""
    with pikepdf.open(io.BytesIO(pdf(2))) as paper:
        found = paper.make_indirect(pikepdf.Object.parse(action.encode()))
        page = paper.pages[0].obj
        match where:
            case "/OpenAction":
                paper.Root["/OpenAction"] = found
            case "/AA of the paper":
                paper.Root["/AA"] = pikepdf.Dictionary({"/WC": found})
            case "/AA of a page":
                page["/AA"] = pikepdf.Dictionary({"/O": found})
            case "a link":
                link = pikepdf.Object.parse(b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] >>")
                link["/A"] = found
                page["/Annots"] = pikepdf.Array([paper.make_indirect(link)])
            case "the names":
                listed = pikepdf.Dictionary({"/Names": pikepdf.Array([pikepdf.String("a"), found])})
                paper.Root["/Names"] = pikepdf.Dictionary({"/JavaScript": listed})
            case "a field":
                field = pikepdf.Object.parse(b"<< /FT /Tx /T (a) /Subtype /Widget /Rect [0 0 9 9] >>")
                field["/AA"] = pikepdf.Dictionary({"/K": found})
                paper.Root["/AcroForm"] = pikepdf.Dictionary({"/Fields": pikepdf.Array([field])})
        written = io.BytesIO()
        paper.save(written, compress_streams=False)
        return written.getvalue()


PLACES = ("/OpenAction", "/AA of the paper", "/AA of a page", "a link", "the names", "a field")


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("what", ACTIONS)
def test_a_pdf_keeps_its_pages_and_loses_what_acts(where: str, what: str) -> None:
    content = with_action(where, ACTIONS[what])
    assert SECRET in content
    written, _kind, pages = opening.anew(content)
    assert pages == 2
    assert SECRET not in plain(written)


def plain(content: bytes) -> bytes:
    """A PDF with nothing in it compressed."""
    with pikepdf.open(io.BytesIO(content)) as paper:
        written = io.BytesIO()
        paper.save(
            written,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            compress_streams=False,
        )
    return written.getvalue()


def test_a_pdf_loses_files_it_carries_its_author_and_what_was_written_over() -> None:
    with pikepdf.open(io.BytesIO(pdf())) as paper:
        paper.attachments["secret-of-the-file.exe"] = b"MZ" + SECRET
        paper.docinfo["/Author"] = SECRET.decode()
        with paper.open_metadata() as told:
            told["dc:creator"] = [SECRET.decode()]
        written = io.BytesIO()
        paper.save(written, compress_streams=False)
    content = written.getvalue() + b"\n% " + SECRET
    assert SECRET in content
    kept = plain(scans.read(content).content)
    assert SECRET not in kept
    assert b"EmbeddedFile" not in kept


def test_marks_on_a_page_stay_and_things_that_play_do_not() -> None:
    with pikepdf.open(io.BytesIO(pdf())) as paper:
        marks = [pikepdf.Object.parse(f"<< /Subtype /{kind} /Rect [0 0 9 9] >>".encode())
                 for kind in ("Highlight", "RichMedia", "FileAttachment", "Movie", "Stamp")]  # fmt: skip
        paper.pages[0].obj["/Annots"] = pikepdf.Array(marks)
        written = io.BytesIO()
        paper.save(written)
    with pikepdf.open(io.BytesIO(scans.read(written.getvalue()).content)) as kept:
        assert [str(mark.Subtype) for mark in kept.pages[0].obj.Annots] == ["/Highlight", "/Stamp"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_loses_where_and_by_whom_it_was_taken_and_stands_upright(kind: str) -> None:
    told = Image.Exif()
    told[0x010F], told[0x013B], told[0x0112] = "Maker " + SECRET.decode(), SECRET.decode(), 6
    told.get_ifd(0x8825)[1] = "N"
    paper = io.BytesIO()
    more: dict[str, Any] = {"comment": SECRET} if kind == "JPEG" else {}
    Image.new("RGB", (80, 40), "red").save(paper, kind, exif=told, icc_profile=SECRET * 9, **more)
    assert SECRET in paper.getvalue()
    scan = scans.read(paper.getvalue() + SECRET)
    assert SECRET not in scan.content
    with Image.open(io.BytesIO(scan.content)) as kept:
        assert (kept.size, dict(kept.getexif()), kept.format) == ((40, 80), {}, kind)


def test_a_reader_that_takes_too_long_is_stopped_and_nothing_else_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sleeps = tmp_path / "sleeps.py"
    sleeps.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(scans, "PROGRAM", sleeps)
    monkeypatch.setattr(scans, "SECONDS_TO_OPEN", 1)
    began = time.monotonic()
    with pytest.raises(scans.UnfitScan, match="damaged"):
        scans.read(pdf())
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "program",
    ["import os; os.abort()", "import sys; sys.stdout.write('{}')", "print('[1]')", "print('no json')",
     "import os; os.kill(os.getpid(), 11)"],
)  # fmt: skip
def test_a_reader_that_breaks_takes_only_itself_down(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text(program)
    monkeypatch.setattr(scans, "PROGRAM", broken)
    with pytest.raises(scans.UnfitScan, match="damaged"):
        scans.read(pdf())


def test_the_reader_has_little_memory_time_and_no_disk() -> None:
    import subprocess
    import sys

    program = (
        "import resource, runpy, sys\n"
        f"m = runpy.run_path({str(scans.PROGRAM)!r}, run_name='other')\n"
        "m['limited']()\n"
        "print([resource.getrlimit(w)[1] for w in (resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)])\n"
        "try:\n    bytearray(2_000_000_000)\nexcept MemoryError:\n    print('no memory')\n"
    )
    words = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert words.split("\n")[:2] == ["[20, 0]", "no memory"]


def mutated(content: bytes, draw: random.Random) -> bytes:
    """The file with some of its bytes changed, cut out, doubled, or put from one place to another."""
    found = bytearray(content)
    for _each in range(draw.choice((1, 2, 8, 40))):
        place, length = draw.randrange(len(found)), draw.choice((1, 2, 4, 64))
        match draw.randrange(6):
            case 0:
                found[place] = draw.randrange(256)
            case 1:
                found[place : place + length] = draw.randbytes(length)
            case 2:
                del found[place : place + length]
            case 3:
                found[place:place] = found[place : place + length]
            case 4:
                other = draw.randrange(len(found))
                found[place : place + length] = found[other : other + length]
            case 5:
                found[place : place + 4] = struct.pack(">I", draw.choice((0, 1, 2**31, 2**32 - 1)))
        if len(found) < 8:
            break
    return bytes(found)


def test_no_mutated_file_ends_in_anything_but_a_sentence_or_a_harmless_file() -> None:
    draw, began = random.Random(SEED), time.monotonic()  # noqa: S311 (tests are to be repeatable)
    acting = with_action("a link", ACTIONS["a program"]), with_action("the names", ACTIONS["a script"])
    whole = [pdf(2), picture("JPEG", (80, 60)), picture("PNG", (80, 60)), *acting]
    came: Counter[str] = Counter()
    for _each in range(MUTATED):
        content = mutated(draw.choice(whole), draw)
        try:
            scan = scans.read(content)
        except scans.UnfitScan:
            came["refused"] += 1
            continue
        came["written anew"] += 1
        assert scan.media_type in scans.ENDINGS
        with suppress(pikepdf.PdfError):
            assert scan.media_type != opening.PDF or not acts(scan.content)
    print(f"\n{MUTATED} mutated files in {time.monotonic() - began:.0f} s: {dict(came)}")  # noqa: T201
    assert sum(came.values()) == MUTATED


def acts(content: bytes) -> bool:
    text = plain(content)
    return any(word in text for word in (b"/Launch", b"/JavaScript", b"/URI", b"/SubmitForm"))

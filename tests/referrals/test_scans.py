"""A file is what its content says it is, and is kept only if it can be opened to its end."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress

import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from referrals import scans
from tests.referrals.papers import pdf, picture


@pytest.mark.parametrize(
    ("content", "media_type", "pages"),
    [
        (pdf(1), "application/pdf", 1),
        (pdf(12), "application/pdf", 12),
        (picture("JPEG"), "image/jpeg", 1),
        (picture("PNG"), "image/png", 1),
    ],
)
def test_a_good_file_is_known_by_its_content(content: bytes, media_type: str, pages: int) -> None:
    scan = scans.read(content)
    assert (scan.media_type, scan.pages) == (media_type, pages)
    assert len(scan.sha256) == 64
    assert scans.read(scan.content).pages == pages, "what is kept can be opened again"


HEIC = struct.pack(">I", 24) + b"ftypheic" + b"\0\0\0\0mif1heic"
BOMB = (
    b"\x89PNG\r\n\x1a\n"
    + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in ((b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)), (b"IEND", b""))
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Only PDF, JPEG and PNG"),
        (b"PK\x03\x04 a letter from a word processor", "Only PDF, JPEG and PNG"),
        (b"<html><script>alert(1)</script>", "Only PDF, JPEG and PNG"),
        (b"MZ\x90\x00" + pdf(), "Only PDF, JPEG and PNG"),
        (picture("GIF"), "Only PDF, JPEG and PNG"),
        (HEIC, "HEIC format of iPhones"),
        (pdf(password="secret"), "locked"),
        (pdf(password=""), "locked"),
        (pdf(3)[:-400], "damaged or breaks off"),
        (b"%PDF-1.7\n" + b"x" * 500, "damaged or breaks off"),
        (picture("JPEG")[:-300], "damaged or breaks off"),
        (picture("PNG")[:-300], "damaged or breaks off"),
        (b"\xff\xd8\xff" + b"\0" * 50, "damaged or breaks off"),
        (BOMB, "more dots than a paper needs"),
    ],
)
def test_a_file_that_will_not_do_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(scans.UnfitScan, match=sentence):
        scans.read(content)


@override_settings(EVIDENCE_FILE_MEGABYTES=1)
def test_a_file_that_is_too_large_is_refused_with_both_sizes() -> None:
    with pytest.raises(scans.UnfitScan, match="has 2 megabytes; at most 1 are taken"):
        scans.read(b"%PDF-" + b"\0" * scans.MEGABYTE)


@given(
    st.sampled_from([pdf(2), picture("JPEG", (80, 60)), picture("PNG", (80, 60))]),
    st.integers(0, 2**31),
    st.binary(min_size=1, max_size=40),
)
@settings(max_examples=25, deadline=None)
def test_no_damage_ends_in_anything_but_a_sentence(content: bytes, place: int, damage: bytes) -> None:
    start = place % len(content)
    damaged = content[:start] + damage + content[start + len(damage) :]
    with suppress(scans.UnfitScan):
        assert scans.read(damaged).pages

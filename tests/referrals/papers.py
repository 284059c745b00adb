"""Files that people attach: real ones, made here, and what is wrong with others."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas


def pdf(pages: int = 1, *, password: str | None = None) -> bytes:
    """A PDF with so many pages; with a password, even an empty one, it is encrypted."""
    paper = io.BytesIO()
    locked = StandardEncryption(password, "owner", canPrint=0) if password is not None else None
    canvas = Canvas(paper, encrypt=locked)
    for number in range(pages):
        canvas.drawString(72, 720, f"Paystub, invented, page {number + 1}")
        canvas.showPage()
    canvas.save()
    return paper.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 400)) -> bytes:
    paper = io.BytesIO()
    Image.effect_noise(size, 40).save(paper, kind)
    return paper.getvalue()


def upload(content: bytes, name: str = "scan.pdf") -> Any:
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")

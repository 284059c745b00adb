"""How much one request may bring: larger ones are answered 413 with a sentence, and what was typed is kept.

Django limits fields and text by itself; what it leaves open are files, which it would write to disk.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse

from referrals.views.limits import too_much

MEGABYTE = 1024 * 1024
BESIDE_A_FILE = 3 * MEGABYTE
"""Bytes for the text that comes with a file, and for what the encoding adds."""
READ_TO_THE_END = 4
"""So many times the limit is still read and thrown away: otherwise a browser shows no answer at all."""


def most_at_once() -> int:
    """The bytes that a request may have: one file of the largest size, and the form around it."""
    return int(settings.EVIDENCE_FILE_MEGABYTES) * MEGABYTE + BESIDE_A_FILE


class Bodies:
    """Refuses a request that announces more than ``most_at_once`` before a byte of it is kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced, most = bytes_announced(request), most_at_once()
        if announced <= most:
            return self.get_response(request)
        request.upload_handlers = [Nowhere(request)]
        readable = announced <= most * READ_TO_THE_END and request.content_type == "multipart/form-data"
        return too_much(request, most=most // MEGABYTE, with_words=readable)


def bytes_announced(request: HttpRequest) -> int:
    """The length that a request gives itself. Without one no server reads a body at all."""
    given = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(given) if given.isascii() and given.isdigit() else 0


class AtMost(MemoryFileUploadHandler):
    """Keeps a file in memory up to the largest size; of a larger one only the size is kept.

    Nothing is ever written to a disk, and the fields that follow a file that is too large are still read.
    """

    def handle_raw_input(self, *args: Any, **named: Any) -> None:
        self.activated = True

    def new_file(self, *args: Any, **named: Any) -> None:
        self.received = 0
        super().new_file(*args, **named)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received <= int(settings.EVIDENCE_FILE_MEGABYTES) * MEGABYTE:
            self.file.write(raw_data)
        else:
            self.file = io.BytesIO()

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.file.seek(0)
        return InMemoryUploadedFile(
            file=self.file,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )


class Nowhere(FileUploadHandler):
    """Reads files and keeps nothing of them."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None

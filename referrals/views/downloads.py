"""A file that is handed out to be saved, and never shown or run by the browser."""

from __future__ import annotations

from django.http import HttpResponse

ALONE = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Should a browser show it nevertheless, it may do nothing at all."""


def download(content: bytes | str, *, media_type: str, name: str) -> HttpResponse:
    """An answer with this file; ``name`` holds no character that a header or a file system could mistake."""
    answer = HttpResponse(content, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = ALONE
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer

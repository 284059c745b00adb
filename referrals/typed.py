"""What somebody typed and sent, so that a page which cannot take it can hold it until it is sent once more.

It is held by that page alone: nothing of it is stored here or in the browser.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict
from django.http.request import RawPostDataException, UnreadablePostError

SECRET = ("password",)
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 (the name of a field)
PROOF, PASSKEY = "proof_of_identity", "passkey_of_identity"
NEVER_HELD = {TOKEN, PROOF, PASSKEY}


def fields_of(request: HttpRequest) -> QueryDict:
    """What a POST brought in fields; nothing if there is a password among them, or it broke off half-way."""
    nothing = QueryDict()
    if request.method != "POST":
        return nothing
    try:
        fields = request.POST
    except (OSError, RawPostDataException, UnreadablePostError):
        return nothing
    return nothing if any(part in name for name in fields for part in SECRET) else fields


def to_send_again(request: HttpRequest) -> dict[str, Any]:
    """The context of ``components/send_again.html``: the fields without token and proof, and their way."""
    fields = fields_of(request)
    return {
        "sent": bool(fields),
        "typed": [
            (name, value) for name, values in fields.lists() for value in values if name not in NEVER_HELD
        ],
        "address": request.get_full_path(),
    }


def comes_from_this_site(request: HttpRequest) -> bool:
    """Whether the browser itself says that a page of this very site sent it; a foreign page cannot say so."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"

"""What an agency asks of a request for a statement, read from its dated policy rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from workflows import policies
from workflows.machine import Told

if TYPE_CHECKING:
    from .models import SoiRequest


def request_facts(request: SoiRequest, *, on: date) -> Mapping[str, Told]:
    """Whether the agency takes requests on a day, from this kind of requester, without a complaint."""
    book = policies.book()
    agency = request.agency

    def rule(key: str, default: object) -> object:
        return book.value(key, on=on, jurisdiction=agency.code, default=default)

    takes_part = bool(rule("agency.participates", True))
    askers = rule("agency.who_may_ask", None)
    may_ask = not isinstance(askers, list) or request.requester_kind in askers
    needs_complaint = bool(rule("agency.complaint_required", False))
    return {
        "agency_takes_requests": Told(
            takes_part,
            _("%(agency)s takes no requests for statements now.") % {"agency": agency.name},
        ),
        "requester_may_ask": Told(
            may_ask,
            _("%(agency)s does not take requests from: %(kind)s.")
            % {"agency": agency.name, "kind": request.get_requester_kind_display()},
            _("Ask through an attorney or another requester whom the agency accepts."),
        ),
        "shows_a_complaint": Told(not needs_complaint or bool(request.case_number.strip())),
    }

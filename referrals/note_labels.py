"""What a history records without a move, as people know it: each note's name with its label."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows import assigning, clock_orders, recompute, redaction, version_moves

from .agency_rules import CHECKED_BY_DHS
from .services.keys import NOTE as KEY_DESTROYED
from .services.notices import NOTE as NOTICE_ENTERED
from .services.retained import ERASED as SCREENING_ERASED

LABELS: Final[dict[str, Promise]] = {
    "answer_routing": _("Routing questions answered"),
    assigning.TAKE: _("Taken in hand"),
    assigning.GIVE: _("Given to a colleague"),
    assigning.PUT_BACK: _("Put back"),
    "change_worker_details": _("Details of the worker changed"),
    "check_packet": _("Packet checked"),
    "check_scope_again": _("Scope checked again"),
    CHECKED_BY_DHS: _("Answer of DHS to the draft recorded"),
    NOTICE_ENTERED: _("Notice entered"),
    clock_orders.LIFT: _("Order about a clock lifted"),
    KEY_DESTROYED: _("What is personal about the worker was destroyed"),
    "link_matter": _("Matter linked"),
    clock_orders.ORDER: _("Clock ordered to stand still"),
    "record_override": _("Override recorded"),
    recompute.STEP: _("A rule changed"),
    redaction.NOTE: _("A text was redacted"),
    "revise": _("Changed"),
    SCREENING_ERASED: _("Screening notes erased"),
    "share_by_letter": _("Opened with the code on the letter"),
    version_moves.STEP: _("Moved to another version of the procedure"),
    "withdraw_consent": _("Consent withdrawn"),
    "write_decision": _("Decision written"),
    "write_grounds": _("Grounds written"),
}

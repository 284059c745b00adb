"""The states of a stay of removal and how each is seen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..machine import Standing


class State(models.TextChoices):
    DRAFT = "DRAFT", _("Being prepared")
    READY = "READY", _("Ready to file")
    APPOINTMENT_MADE = "APPOINTMENT_MADE", _("Appointment at the field office")
    FILED = "FILED", _("Filed in person")
    REJECTED = "REJECTED", _("Rejected")
    CHECKS = "CHECKS", _("Accepted, fingerprints and checks")
    UNDER_REVIEW = "UNDER_REVIEW", _("Under review")
    INFO_REQUESTED = "INFO_REQUESTED", _("Information requested")
    GRANTED = "GRANTED", _("Granted, order of supervision to be issued")
    BOND_REQUIRED = "BOND_REQUIRED", _("Granted, bond to be posted")
    ACTIVE = "ACTIVE", _("Stay in force")
    EXPIRING = "EXPIRING", _("Stay in force; the end is near")
    RENEWED = "RENEWED", _("Renewed")
    EXPIRED = "EXPIRED", _("Expired")
    DENIED = "DENIED", _("Denied")
    REVOKED = "REVOKED", _("Revoked")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    MOOT = "MOOT", _("No longer needed")


PREPARING = [State.DRAFT, State.READY, State.APPOINTMENT_MADE]
WITH_ICE = [State.FILED, State.CHECKS, State.UNDER_REVIEW, State.INFO_REQUESTED]
PENDING = [*PREPARING, *WITH_ICE]
DECIDED_FOR = [State.GRANTED, State.BOND_REQUIRED, State.ACTIVE, State.EXPIRING]
NOT_STOPPED = _("A pending request does not stop removal.")

STANDINGS = {
    State.DRAFT: Standing(
        public=_("A request to stay removal is being prepared. It does not stop removal."),
        then=_("Your representative completes the papers and makes an appointment."),
        holder="representative", tone="bad", no_clock=_("Where a removal date is known, that date counts."),
    ),
    State.READY: Standing(
        public=_("The request to stay removal is ready to file. It does not stop removal."),
        then=_("It is filed in person at the ICE field office."),
        holder="representative", tone="bad", no_clock=_("Where a removal date is known, that date counts."),
    ),
    State.APPOINTMENT_MADE: Standing(
        public=_("There is an appointment to file the request to stay removal. It does not stop removal."),
        then=_("Go to the field office with the papers and the fee."),
        holder="representative", tone="bad",
    ),
    State.FILED: Standing(
        public=_("The request to stay removal was filed. It does not stop removal."),
        then=_("ICE accepts or rejects the papers."), holder="ice", tone="bad",
    ),
    State.CHECKS: Standing(
        public=_("ICE accepted the request and does its checks. It does not stop removal."),
        then=_("ICE reviews the request."), holder="ice", tone="bad",
    ),
    State.UNDER_REVIEW: Standing(
        public=_("ICE is reviewing the request. It does not stop removal."),
        then=_("ICE grants or denies the stay."), holder="ice", tone="bad",
    ),
    State.INFO_REQUESTED: Standing(
        public=_("ICE asked for more information. The request does not stop removal."),
        then=_("Your representative must answer by the date shown."),
        holder="representative", tone="bad", beside=State.UNDER_REVIEW,
    ),
    State.REJECTED: Standing(
        public=_("ICE rejected the papers."), then=_("Your representative can correct them and file again."),
        tone="bad", final=True,
    ),
    State.GRANTED: Standing(
        public=_("ICE granted the stay."), then=_("ICE issues an order of supervision with your duties."),
        holder="ice", tone="good",
    ),
    State.BOND_REQUIRED: Standing(
        public=_("ICE granted the stay and asks for a bond."), then=_("Post the bond by the date shown."),
        holder="representative", tone="bad",
    ),
    State.ACTIVE: Standing(
        public=_("Removal is stayed until the date shown, as long as you keep the conditions."),
        then=_("Report as ordered. Renew before the end."), holder="representative", tone="good",
    ),
    State.EXPIRING: Standing(
        public=_("The stay ends soon."), then=_("Your representative must ask for a new stay before the end."),
        holder="representative", tone="bad", beside=State.ACTIVE,
    ),
    State.RENEWED: Standing(
        public=_("A newer stay took the place of this one."), then=_("Follow the new stay from here."),
        tone="good", final=True,
    ),
    State.EXPIRED: Standing(
        public=_("The stay ended. Removal may proceed."), then=_("Call your representative now."), tone="bad", final=True,
    ),
    State.DENIED: Standing(
        public=_("ICE denied the stay. There is no appeal, and removal may proceed."),
        then=_("Call your representative now."), tone="bad", final=True,
    ),
    State.REVOKED: Standing(
        public=_("ICE revoked the stay. Removal may proceed."), then=_("Call your representative now."),
        tone="bad", final=True,
    ),
    State.WITHDRAWN: Standing(
        public=_("The request to stay removal was withdrawn."), then=_("Nothing more happens with it."),
        tone="neutral", final=True,
    ),
    State.MOOT: Standing(
        public=_("The request to stay removal is no longer needed."), then=_("Nothing more happens with it."),
        tone="neutral", final=True,
    ),
}  # fmt: skip

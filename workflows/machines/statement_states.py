"""The states of a statement of interest and how each is seen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..machine import Standing


class State(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    AGENCY_REVIEW = "AGENCY_REVIEW", _("Waiting for approval")
    APPROVED = "APPROVED", _("Approved, waiting for signature")
    SIGNED = "SIGNED", _("Signed")
    TRANSMITTED = "TRANSMITTED", _("Sent to DHS")
    RECEIVED = "RECEIVED", _("Received by DHS")
    RETURNED = "RETURNED", _("Returned as incomplete")
    ACTIVE = "ACTIVE", _("In force")
    AMENDING = "AMENDING", _("In force; an amendment is being drafted")
    AMENDMENT_REVIEW = "AMENDMENT_REVIEW", _("In force; an amendment waits for approval")
    AMENDMENT_APPROVED = "AMENDMENT_APPROVED", _("In force; an amendment waits for signature")
    SUSPENDED = "SUSPENDED", _("Suspended")
    EXPIRING = "EXPIRING", _("In force; review is near")
    WITHDRAWAL_NOTICE = "WITHDRAWAL_NOTICE", _("In force; withdrawal is announced")
    EXPIRED = "EXPIRED", _("Expired")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    CLOSED = "CLOSED", _("Closed: the matter ended")
    CANCELLED = "CANCELLED", _("Cancelled before signature")


DRAFTING = [State.DRAFT, State.AMENDING]
IN_FORCE = [
    State.SIGNED,
    State.TRANSMITTED,
    State.RECEIVED,
    State.ACTIVE,
    State.AMENDING,
    State.AMENDMENT_REVIEW,
    State.AMENDMENT_APPROVED,
    State.EXPIRING,
    State.WITHDRAWAL_NOTICE,
]
SETTLED = [State.ACTIVE, State.EXPIRING]
TO_BE_SIGNED = [State.APPROVED, State.AMENDMENT_APPROVED]
UNDER_REVIEW = [State.AGENCY_REVIEW, State.AMENDMENT_REVIEW, *TO_BE_SIGNED]
ENDED = [State.EXPIRED, State.WITHDRAWN, State.CLOSED, State.CANCELLED]

STANDINGS = {
    State.DRAFT: Standing(
        public=_("The agency is writing the statement."),
        then=_("A second official of the agency reviews it."),
        holder="agency",
        tone="neutral",
        no_clock=_("A draft waits for its writer."),
    ),
    State.AGENCY_REVIEW: Standing(
        public=_("The agency is checking the statement."),
        then=_("If it is approved, a signing official signs it."),
        holder="agency",
    ),
    State.APPROVED: Standing(
        public=_("The statement is approved and waits for its signature."),
        then=_("A signing official signs it."),
        holder="agency",
    ),
    State.SIGNED: Standing(
        public=_("The agency signed the statement."),
        then=_("The agency sends it to DHS."),
        holder="agency",
    ),
    State.TRANSMITTED: Standing(
        public=_("The agency's letter was sent to DHS."),
        then=_("DHS confirms that it received the letter."),
        holder="intake",
    ),
    State.RECEIVED: Standing(
        public=_("DHS received the agency's letter."),
        then=_("DHS checks that the letter is complete."),
        holder="intake",
    ),
    State.RETURNED: Standing(
        public=_("DHS sent the letter back because something is missing."),
        then=_("The agency completes it and sends it again."),
        holder="agency",
        tone="bad",
        beside=State.RECEIVED,
    ),
    State.ACTIVE: Standing(
        public=_("The statement is in force."),
        then=_("Workers in its scope can attach it to their requests."),
        holder="agency",
        tone="good",
    ),
    State.AMENDING: Standing(
        public=_("The statement is in force, and the agency is changing it."),
        then=_("Until the change is signed, the present version counts."),
        holder="agency",
        tone="good",
        beside=State.ACTIVE,
    ),
    State.AMENDMENT_REVIEW: Standing(
        public=_("The statement is in force, and a change to it is being checked."),
        then=_("Until the change is signed, the present version counts."),
        holder="agency",
        tone="good",
        beside=State.ACTIVE,
    ),
    State.AMENDMENT_APPROVED: Standing(
        public=_("The statement is in force, and a change to it waits for its signature."),
        then=_("Until the change is signed, the present version counts."),
        holder="agency",
        tone="good",
        beside=State.ACTIVE,
    ),
    State.SUSPENDED: Standing(
        public=_("The agency suspended the statement."),
        then=_("The agency resumes or withdraws it."),
        holder="agency",
        tone="bad",
        no_clock=_("A suspension lasts until the agency resumes or withdraws the statement."),
        beside=State.ACTIVE,
    ),
    State.EXPIRING: Standing(
        public=_("The statement is in force; the agency must soon say whether it continues."),
        then=_("The agency confirms its interest, amends the statement, or lets it expire."),
        holder="agency",
        tone="good",
        beside=State.ACTIVE,
    ),
    State.WITHDRAWAL_NOTICE: Standing(
        public=_("The statement is in force until the agency withdraws it on the announced day."),
        then=_("On that day it ends, unless the agency takes the announcement back."),
        holder="agency",
        tone="bad",
        beside=State.ACTIVE,
    ),
    State.EXPIRED: Standing(
        public=_("The statement expired."),
        then=_("Ask the agency for an updated statement."),
        tone="bad",
        final=True,
    ),
    State.WITHDRAWN: Standing(
        public=_("The agency withdrew the statement."),
        then=_("Talk to your representative about pending requests."),
        tone="bad",
        final=True,
    ),
    State.CLOSED: Standing(
        public=_("The agency's matter ended, and the statement with it."),
        then=_("Talk to your representative about pending requests."),
        tone="neutral",
        final=True,
    ),
    State.CANCELLED: Standing(
        public=_("The statement was not issued."),
        then=_("Ask the agency why, or ask another agency."),
        tone="neutral",
        final=True,
    ),
}

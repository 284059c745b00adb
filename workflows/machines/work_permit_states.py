"""The states of a work permit and how each is seen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..machine import Standing


class State(models.TextChoices):
    NOT_FILED = "NOT_FILED", _("Asked for in a packet that is not filed yet")
    FILED = "FILED", _("Filed, fee being checked")
    WAIVER_REQUESTED = "WAIVER_REQUESTED", _("Fee waiver asked for")
    AWAITING_GRANT = "AWAITING_GRANT", _("Waiting for deferred action")
    IN_ADJUDICATION = "IN_ADJUDICATION", _("Under review")
    RFE_ISSUED = "RFE_ISSUED", _("Evidence requested (RFE)")
    APPROVED = "APPROVED", _("Approved")
    CARD_PRODUCED = "CARD_PRODUCED", _("Card produced")
    MAILED = "MAILED", _("Card mailed")
    UNDELIVERABLE = "UNDELIVERABLE", _("Card came back")
    DELIVERED = "DELIVERED", _("Card delivered")
    EXPIRING = "EXPIRING", _("Valid; the end is near")
    REJECTED = "REJECTED", _("Rejected: fee")
    DENIED = "DENIED", _("Denied")
    RENEWED = "RENEWED", _("Renewed")
    EXPIRED = "EXPIRED", _("Expired")
    REVOKED = "REVOKED", _("Revoked")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


VALID = [
    State.APPROVED,
    State.CARD_PRODUCED,
    State.MAILED,
    State.UNDELIVERABLE,
    State.DELIVERED,
    State.EXPIRING,
]
PENDING = [
    State.NOT_FILED,
    State.FILED,
    State.WAIVER_REQUESTED,
    State.AWAITING_GRANT,
    State.IN_ADJUDICATION,
    State.RFE_ISSUED,
]

STANDINGS = {
    State.NOT_FILED: Standing(
        public=_("Your packet asks for a work permit. It is not filed yet."),
        then=_("It is filed together with the request."), holder="representative", tone="neutral",
        no_clock=_("It is filed together with the packet."),
    ),
    State.FILED: Standing(
        public=_("USCIS has the request for a work permit and checks the fee."),
        then=_("If the fee is right, it waits for deferred action."), holder="uscis",
    ),
    State.WAIVER_REQUESTED: Standing(
        public=_("USCIS is deciding whether you need to pay the fee."),
        then=_("If the waiver is granted, the request goes on."), holder="uscis", beside=State.FILED,
    ),
    State.AWAITING_GRANT: Standing(
        public=_("The request for a work permit waits until deferred action is decided."),
        then=_("USCIS can decide it only after deferred action is granted."), holder="uscis",
        no_clock=_("It waits for another decision, whose own clock counts."),
    ),
    State.IN_ADJUDICATION: Standing(
        public=_("USCIS is reviewing the request for a work permit."), then=_("USCIS decides."), holder="uscis",
    ),
    State.RFE_ISSUED: Standing(
        public=_("USCIS asked for more papers for the work permit."),
        then=_("Your representative must answer by the date shown. There is no extension."),
        holder="representative", tone="bad", beside=State.IN_ADJUDICATION,
    ),
    State.APPROVED: Standing(
        public=_("The work permit was approved."), then=_("The card is produced, normally within two weeks."),
        holder="uscis", tone="good",
    ),
    State.CARD_PRODUCED: Standing(
        public=_("The card was produced."), then=_("It is mailed to the address on file."), holder="uscis", tone="good",
    ),
    State.MAILED: Standing(
        public=_("The card is in the mail."), then=_("Watch your mail. If it does not come, tell your representative."),
        holder="uscis", tone="good",
    ),
    State.UNDELIVERABLE: Standing(
        public=_("The card came back to USCIS."), then=_("Your representative confirms the address; then it is mailed again."),
        holder="representative", tone="bad", beside=State.MAILED,
    ),
    State.DELIVERED: Standing(
        public=_("You have your work permit."), then=_("It is valid until the date on it. Renew it in time."),
        holder="representative", tone="good",
    ),
    State.EXPIRING: Standing(
        public=_("Your work permit ends soon."), then=_("There is no automatic extension. Ask your representative today."),
        holder="representative", tone="bad", beside=State.DELIVERED,
    ),
    State.REJECTED: Standing(
        public=_("The request for a work permit was rejected because of the fee."),
        then=_("Your representative can file it again with the right fee."), tone="bad", final=True,
    ),
    State.DENIED: Standing(
        public=_("The work permit was denied."), then=_("Talk to your representative about what is possible."),
        tone="bad", final=True,
    ),
    State.RENEWED: Standing(
        public=_("A newer work permit took the place of this one."), then=_("Use the new card."), tone="good", final=True,
    ),
    State.EXPIRED: Standing(
        public=_("Your work permit expired."), then=_("You may not work on it any longer. Talk to your representative."),
        tone="bad", final=True,
    ),
    State.REVOKED: Standing(
        public=_("Your work permit was revoked."), then=_("Talk to your representative today."), tone="bad", final=True,
    ),
    State.WITHDRAWN: Standing(
        public=_("The request for a work permit was withdrawn."), then=_("Nothing more happens with it."),
        tone="neutral", final=True,
    ),
}  # fmt: skip

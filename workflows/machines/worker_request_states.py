"""The states of a worker's request and how each is seen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..machine import Standing


class State(models.TextChoices):
    DRAFT = "DRAFT", _("Being prepared")
    READY_FOR_SIGNATURE = "READY_FOR_SIGNATURE", _("Ready for signature")
    SIGNED = "SIGNED", _("Signed by the worker")
    FILED = "FILED", _("Filed with DHS")
    RECEIVED = "RECEIVED", _("Received by intake")
    REJECTED = "REJECTED", _("Rejected at intake")
    COMPLETENESS_CHECK = "COMPLETENESS_CHECK", _("Accepted, being routed")
    BACKGROUND_CHECKS = "BACKGROUND_CHECKS", _("USCIS: background checks")
    BIOMETRICS_SCHEDULED = "BIOMETRICS_SCHEDULED", _("USCIS: biometrics appointment set")
    IN_ADJUDICATION = "IN_ADJUDICATION", _("USCIS: under review")
    RFE_ISSUED = "RFE_ISSUED", _("USCIS: evidence requested (RFE)")
    RFE_ANSWERED = "RFE_ANSWERED", _("USCIS: answer to the RFE received")
    NOID_ISSUED = "NOID_ISSUED", _("USCIS: intent to deny (NOID)")
    NOID_ANSWERED = "NOID_ANSWERED", _("USCIS: answer to the NOID received")
    ROUTED_ICE = "ROUTED_ICE", _("Forwarded to ICE")
    ICE_RECEIVED = "ICE_RECEIVED", _("ICE: received by the field office")
    ICE_REVIEW = "ICE_REVIEW", _("ICE: under review")
    ICE_INFO_REQUESTED = "ICE_INFO_REQUESTED", _("ICE: information requested")
    ICE_GRANTED = "ICE_GRANTED", _("ICE: granted, going back to USCIS")
    HELD = "HELD", _("On hold")
    GRANTED = "GRANTED", _("Deferred action granted")
    DENIED = "DENIED", _("Denied")
    ABANDONED = "ABANDONED", _("Denied for not appearing")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    CLOSED = "CLOSED", _("Closed administratively")


PREPARING = [State.DRAFT, State.READY_FOR_SIGNATURE, State.SIGNED]
BEFORE_ACCEPTANCE = [State.FILED, State.RECEIVED, State.COMPLETENESS_CHECK]
USCIS_PENDING = [
    State.BACKGROUND_CHECKS,
    State.BIOMETRICS_SCHEDULED,
    State.IN_ADJUDICATION,
    State.RFE_ISSUED,
    State.RFE_ANSWERED,
    State.NOID_ISSUED,
    State.NOID_ANSWERED,
]
ICE_PENDING = [State.ROUTED_ICE, State.ICE_RECEIVED, State.ICE_REVIEW, State.ICE_INFO_REQUESTED]
ANSWERING = [State.RFE_ISSUED, State.NOID_ISSUED, State.ICE_INFO_REQUESTED]
BEFORE_DECISION = [*PREPARING, *BEFORE_ACCEPTANCE, *USCIS_PENDING, *ICE_PENDING]
WITH_DHS = [*BEFORE_ACCEPTANCE, *USCIS_PENDING, *ICE_PENDING, State.ICE_GRANTED, State.HELD]

WRITING = _("The packet waits for the worker and the representative.")

STANDINGS = {
    State.DRAFT: Standing(
        public=_("Your request is being prepared. DHS has not seen it."),
        then=_("Your representative collects the papers and checks them with you."),
        holder="representative", tone="neutral", no_clock=WRITING,
    ),
    State.READY_FOR_SIGNATURE: Standing(
        public=_("Your request is ready for you to sign. DHS has not seen it."),
        then=_("Your representative explains the risks; then you decide and sign."),
        holder="representative", tone="neutral", no_clock=WRITING,
    ),
    State.SIGNED: Standing(
        public=_("You signed your request. DHS has not seen it."),
        then=_("Your representative files it with DHS."),
        holder="representative", tone="neutral", no_clock=WRITING,
    ),
    State.FILED: Standing(
        public=_("Your request was sent to DHS."),
        then=_("DHS opens it and checks whether it is complete."),
        holder="intake",
    ),
    State.RECEIVED: Standing(
        public=_("DHS has your request and is checking whether it is complete."),
        then=_("If it is complete, you get a receipt notice."),
        holder="intake", beside=State.FILED,
    ),
    State.REJECTED: Standing(
        public=_("DHS sent the packet back because something was missing."),
        then=_("Your representative can correct it and file again."),
        tone="bad", final=True,
    ),
    State.COMPLETENESS_CHECK: Standing(
        public=_("DHS accepted your request and is deciding which office reviews it."),
        then=_("USCIS or ICE takes it up."),
        holder="intake",
    ),
    State.BACKGROUND_CHECKS: Standing(
        public=_("USCIS has your request and is doing its checks."),
        then=_("You may get an appointment for fingerprints and a photo."),
        holder="uscis", beside=State.IN_ADJUDICATION,
    ),
    State.BIOMETRICS_SCHEDULED: Standing(
        public=_("You have an appointment for fingerprints and a photo."),
        then=_("Go to the appointment. If you cannot, tell your representative today."),
        holder="uscis", beside=State.IN_ADJUDICATION,
    ),
    State.IN_ADJUDICATION: Standing(
        station=_("Under review"),
        public=_("USCIS is reviewing your request."),
        then=_("USCIS decides, or asks for more."),
        holder="uscis",
    ),
    State.RFE_ISSUED: Standing(
        public=_("USCIS asked for more papers."),
        then=_("Your representative must answer by the date shown. There is no extension."),
        holder="representative", tone="bad", beside=State.IN_ADJUDICATION,
    ),
    State.RFE_ANSWERED: Standing(
        public=_("USCIS has your answer."),
        then=_("USCIS goes on with its review."),
        holder="uscis", beside=State.IN_ADJUDICATION,
    ),
    State.NOID_ISSUED: Standing(
        public=_("USCIS says it plans to deny and gives you a chance to answer."),
        then=_("Your representative must answer by the date shown. There is no extension."),
        holder="representative", tone="bad", beside=State.IN_ADJUDICATION,
    ),
    State.NOID_ANSWERED: Standing(
        public=_("USCIS has your answer."),
        then=_("USCIS goes on with its review."),
        holder="uscis", beside=State.IN_ADJUDICATION,
    ),
    State.ROUTED_ICE: Standing(
        public=_("Your request was forwarded to ICE, which decides when there is a court case or an order."),
        then=_("An ICE field office receives it."),
        holder="ice", beside=State.IN_ADJUDICATION,
    ),
    State.ICE_RECEIVED: Standing(
        public=_("An ICE office has your request."),
        then=_("ICE reviews it."),
        holder="ice", beside=State.IN_ADJUDICATION,
    ),
    State.ICE_REVIEW: Standing(
        public=_("ICE is reviewing your request."),
        then=_("ICE decides, or asks for more."),
        holder="ice", beside=State.IN_ADJUDICATION,
    ),
    State.ICE_INFO_REQUESTED: Standing(
        public=_("ICE asked for more information."),
        then=_("Your representative must answer by the date shown."),
        holder="representative", tone="bad", beside=State.IN_ADJUDICATION,
    ),
    State.ICE_GRANTED: Standing(
        public=_("ICE granted deferred action."),
        then=_("USCIS now decides on the work permit."),
        holder="ice", tone="good", beside=State.IN_ADJUDICATION,
    ),
    State.HELD: Standing(
        public=_("Your request is on hold. It is not lost."),
        then=_("It goes on from the same place when the hold is lifted."),
        holder="intake", tone="bad", beside=State.IN_ADJUDICATION,
        no_clock=_("A hold lasts until it is lifted; the clocks stand still."),
    ),
    State.GRANTED: Standing(
        public=_("Deferred action was granted."),
        then=_("Follow the grant and the work permit from here."),
        tone="good", final=True,
    ),
    State.DENIED: Standing(
        public=_("The request was denied."),
        then=_("There is no appeal. Talk to your representative about what is possible."),
        tone="bad", final=True,
    ),
    State.ABANDONED: Standing(
        public=_("The request was denied because the appointment was missed."),
        then=_("Talk to your representative about what is possible."),
        tone="bad", final=True,
    ),
    State.WITHDRAWN: Standing(
        public=_("The request was withdrawn."),
        then=_("Nothing more happens with it."),
        tone="neutral", final=True,
    ),
    State.CLOSED: Standing(
        public=_("DHS closed the request without a decision."),
        then=_("Talk to your representative about what is possible."),
        tone="neutral", final=True,
    ),
}  # fmt: skip

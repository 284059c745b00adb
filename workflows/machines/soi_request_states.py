"""The states of a request for a statement and how each is seen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..machine import Standing


class State(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    SUBMITTED = "SUBMITTED", _("Sent, not yet acknowledged")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("Acknowledged")
    UNDER_REVIEW = "UNDER_REVIEW", _("Under review")
    INFO_REQUESTED = "INFO_REQUESTED", _("More information needed")
    MONITORING = "MONITORING", _("Monitored until needed")
    ACCEPTED = "ACCEPTED", _("Accepted: a statement is being prepared")
    DECLINED = "DECLINED", _("Declined")
    REFERRED = "REFERRED", _("Referred to another agency")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    LAPSED = "LAPSED", _("Lapsed without an answer")


AT_AGENCY = [State.ACKNOWLEDGED, State.UNDER_REVIEW]
OPEN = [State.SUBMITTED, *AT_AGENCY, State.INFO_REQUESTED, State.MONITORING]

STANDINGS = {
    State.DRAFT: Standing(
        public=_("Your request is being written. The agency has not seen it."),
        then=_("When it is complete, send it to the agency."),
        holder="requester",
        tone="neutral",
        no_clock=_("A draft waits for its writer."),
    ),
    State.SUBMITTED: Standing(
        public=_("Your request was sent to the agency."),
        then=_("The agency acknowledges it, normally within a few business days."),
        holder="agency",
    ),
    State.ACKNOWLEDGED: Standing(
        public=_("The agency has confirmed that it received your request."),
        then=_("A member of the agency's staff reviews it."),
        holder="agency",
    ),
    State.UNDER_REVIEW: Standing(
        public=_("The agency is reviewing your request."),
        then=_("The agency decides whether a statement would help its case."),
        holder="agency",
    ),
    State.INFO_REQUESTED: Standing(
        public=_("The agency needs more information from you."),
        then=_("Answer the agency's questions. Its own time to decide stands still until then."),
        holder="requester",
        beside=State.UNDER_REVIEW,
    ),
    State.MONITORING: Standing(
        public=_("The agency does not need a statement now and looks again on a set day."),
        then=_("On that day the agency takes the request up again."),
        holder="agency",
        beside=State.UNDER_REVIEW,
    ),
    State.ACCEPTED: Standing(
        public=_("The agency agreed to prepare a statement."),
        then=_("Follow the statement itself from here."),
        tone="good",
        final=True,
    ),
    State.DECLINED: Standing(
        public=_("The agency declined to issue a statement."),
        then=_("Read the reason. Another agency may be able to help, or you may ask again with new facts."),
        tone="bad",
        final=True,
    ),
    State.REFERRED: Standing(
        public=_("The agency pointed your request to another agency."),
        then=_("Ask the agency that is named in the answer."),
        tone="info",
        final=True,
    ),
    State.WITHDRAWN: Standing(
        public=_("You withdrew this request."),
        then=_("You may make a new request at any time."),
        tone="neutral",
        final=True,
    ),
    State.LAPSED: Standing(
        public=_("Nobody answered this request in time, and it lapsed."),
        then=_("Ask again, or ask another agency."),
        tone="bad",
        final=True,
    ),
}

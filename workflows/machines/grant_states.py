"""The states of deferred action once granted and how each is seen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..machine import Standing


class State(models.TextChoices):
    ACTIVE = "ACTIVE", _("In force")
    EXPIRING = "EXPIRING", _("In force; the end is near")
    TERMINATION_NOTICE = "TERMINATION_NOTICE", _("Notice of intent to terminate")
    RESPONDED = "RESPONDED", _("Answer to the notice received")
    EXTENDED = "EXTENDED", _("Extended")
    RENEWED = "RENEWED", _("Renewed")
    EXPIRED = "EXPIRED", _("Expired")
    TERMINATED = "TERMINATED", _("Terminated")
    SUPERSEDED = "SUPERSEDED", _("Replaced")


IN_FORCE = [State.ACTIVE, State.EXPIRING, State.TERMINATION_NOTICE, State.RESPONDED]

STANDINGS = {
    State.ACTIVE: Standing(
        public=_("You have deferred action until the date shown. It is not a lawful status and can be ended."),
        then=_("Before it ends, your representative can ask to renew it."),
        holder="representative", tone="good",
    ),
    State.EXPIRING: Standing(
        public=_("Your deferred action ends soon."),
        then=_("Ask your representative today whether it can be renewed."),
        holder="representative", tone="bad", beside=State.ACTIVE,
    ),
    State.TERMINATION_NOTICE: Standing(
        public=_("DHS says it plans to end your deferred action."),
        then=_("Your representative can answer until the date shown."),
        holder="representative", tone="bad", beside=State.ACTIVE,
    ),
    State.RESPONDED: Standing(
        public=_("DHS has the answer of your representative."),
        then=_("DHS decides whether the deferred action goes on."),
        holder="decider", beside=State.ACTIVE,
    ),
    State.EXTENDED: Standing(
        public=_("Your deferred action was extended."), then=_("Follow the new grant from here."),
        tone="good", final=True,
    ),
    State.RENEWED: Standing(
        public=_("Your deferred action was renewed."), then=_("Follow the new grant from here."),
        tone="good", final=True,
    ),
    State.EXPIRED: Standing(
        public=_("Your deferred action ended on the date shown."),
        then=_("Talk to your representative about what is possible."), tone="bad", final=True,
    ),
    State.TERMINATED: Standing(
        public=_("DHS ended your deferred action."),
        then=_("Talk to your representative today."), tone="bad", final=True,
    ),
    State.SUPERSEDED: Standing(
        public=_("Another grant took the place of this one."), then=_("Follow the new grant from here."),
        tone="neutral", final=True,
    ),
}  # fmt: skip

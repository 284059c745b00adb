"""Who hears of an alert about reads: the privacy officer, and those in charge on both sides of it."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from notifications import outbox

from . import audiences
from .models import AccessAlert
from .notification_matrix import ACCESS_ALERT, ALERTED


def found(alert: AccessAlert, *, at: datetime) -> None:
    """Tell each of them once, in the transaction in which it was found. It names nobody and no case."""
    for language, people in audiences.by_language(ALERTED.to.people(alert)).items():
        with translation.override(language):
            outbox.tell(
                event=ACCESS_ALERT,
                recipients=people,
                key=f"access-alert:{alert.pk}",
                about="",
                link=reverse("access_alert", args=[alert.pk]),
                subject=_("Alert about reading"),
                body=str(alert.get_rule_display()),
                at=at,
                channels=ALERTED.channels,
                urgent=ALERTED.urgent,
                mandatory=ALERTED.mandatory,
            )

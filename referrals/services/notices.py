"""Paper notices that arrived at the representative's office: what they say is noted beside the request.

The history gets dates only. A receipt number is a number of a person: it stays in the record.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows import engine
from workflows.days_in_words import day_with_weekday

from .. import lookups
from ..models import User, WorkerRequest

RECEIPT = re.compile(r"[A-Z]{3}\d{10}")
NOTE = "enter_notice"


class NoticeRefused(ValueError):
    """The notice was not stored. The message is a sentence for the person who typed it."""


def plain_receipt(typed: str) -> str:
    """A receipt number without spaces and hyphens, in capitals."""
    return re.sub(r"[\s\-]", "", typed).upper()


def _compare_receipt(request: WorkerRequest, receipt: str) -> None:
    if not RECEIPT.fullmatch(receipt):
        raise NoticeRefused(_("A receipt number has three letters and ten digits."))
    if request.receipt_number and request.receipt_number != receipt:
        raise NoticeRefused(
            _("DHS gave this request another receipt number, ending in %(ending)s. Is it the right envelope?")
            % {"ending": request.receipt_number[-4:]}
        )


def _differences(request: WorkerRequest, dates: dict[str, Any]) -> list[str]:
    told = []
    appointment, served = dates.get("biometrics_on"), dates.get("rfe_served_on")
    if isinstance(appointment, date) and request.biometrics_on and request.biometrics_on != appointment:
        told.append(
            _("The notice says %(typed)s, DHS recorded %(recorded)s for the appointment. Ask DHS.")
            % {"typed": day_with_weekday(appointment), "recorded": day_with_weekday(request.biometrics_on)}
        )
    if isinstance(served, date) and request.rfe_served_on and request.rfe_served_on != served:
        told.append(
            _("The notice is dated %(typed)s, DHS counts from %(recorded)s. Answer by the earlier date.")
            % {"typed": day_with_weekday(served), "recorded": day_with_weekday(request.rfe_served_on)}
        )
    return told


@in_one_piece
def enter(
    request: WorkerRequest,
    *,
    by: User,
    at: datetime,
    receipt_number: str = "",
    biometrics_on: date | None = None,
    biometrics_place: str = "",
    rfe_served_on: date | None = None,
    rfe_served_by: str = "",
) -> list[str]:
    """Store what arrived for one request, all of it or nothing; returns what differs from DHS's record.

    Raises ``NoticeRefused``. The same notice sent twice is stored once.
    """
    if request.filed_at is None:
        raise NoticeRefused(_("This request was not filed yet, so no notice can have come for it."))
    receipt = plain_receipt(receipt_number)
    if receipt:
        _compare_receipt(request, receipt)
    dates: dict[str, Any] = {}
    if biometrics_on is not None:
        dates["biometrics_on"] = biometrics_on
    if rfe_served_on is not None:
        dates |= {"rfe_served_on": rfe_served_on, "rfe_served_by": rfe_served_by}
    told = _differences(request, dates)
    said = f"{receipt}|{biometrics_place}|{sorted((name, str(value)) for name, value in dates.items())}"
    key = f"{NOTE}:{lookups.digest(by.hat.organization_id, said)}"  # nobody tries numbers against it
    step = engine.record_note(request, NOTE, by=by, at=at, key=key, **dates)
    if step.repeated:
        return told
    if receipt and not request.receipt_number:
        request.receipt_number = receipt
    if biometrics_place and (biometrics_on or not request.biometrics_place):
        request.biometrics_place = biometrics_place
    request.save(update_fields=["receipt_number", "biometrics_place"])
    lookups.remember(request.person)
    return told


def noted(request: WorkerRequest) -> dict[str, date]:
    """The dates of the newest notices that the office entered, by name."""
    found: dict[str, date] = {}
    for data in request.steps.filter(name=NOTE).order_by("sequence").values_list("data", flat=True):
        for name in ("biometrics_on", "rfe_served_on"):
            if data.get(name):
                found[name] = date.fromisoformat(data[name])
    return found

"""A proof of work and the scan of its paper."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import scans
from ..models import Evidence
from .fields import DayField
from .grouping import OFFICE_ONLY, OFFICE_THEN_DHS, GroupedForm


class ScanField(forms.FileField):
    """A file that somebody chooses; cleans to a ``Scan``, or None when there is none and none is needed."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.FileInput(attrs={"accept": scans.ACCEPTED}))
        super().__init__(**options)
        self.error_messages |= {"required": _("Choose a file."), "empty": _("This file is empty.")}

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The scan, or ``ValidationError`` with a sentence that says what to do."""
        file = super().clean(data, initial)
        if not file:
            return None
        if file.size > scans.largest():
            raise ValidationError(scans.too_large(file.size))
        try:
            return scans.read(file.read())
        except scans.UnfitScan as unfit:
            raise ValidationError(str(unfit)) from None


def _allowed() -> str:
    return gettext("PDF, JPEG or PNG, at most %(most)s megabytes. The name of the file is not kept.") % {
        "most": scans.largest() // scans.MEGABYTE
    }


class WithScan(GroupedForm):
    """A form with a field ``scan``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scan"].help_text = _allowed()

    def ask_for_the_file_again(self) -> None:
        """Say that a refused form has lost its file: unlike text, a browser never fills it in again."""
        if self.files.get(self.add_prefix("scan")) is not None:
            self.add_error(
                "scan",
                _("What you typed is still here, but a browser does not keep a file: choose it again."),
            )


class EvidenceForm(WithScan):
    """One proof of work, the days it covers, and its scan."""

    groups = (
        (_("Add a proof"), "", ("kind", "employer", "covers_from", "covers_to", "scan")),
        ("", "", ("note",)),
    )
    audiences = {
        **dict.fromkeys(("kind", "employer", "covers_from", "covers_to", "scan"), OFFICE_THEN_DHS),
        "note": OFFICE_ONLY,
    }

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    kind = forms.ChoiceField(label=_("What it is"), choices=Evidence.Kind.choices)
    employer = forms.CharField(label=_("Employer named on it"), max_length=200, required=False)
    covers_from = DayField(label=_("First day it covers"))
    covers_to = DayField(label=_("Last day it covers"))
    scan = ScanField(label=_("Scan or photo of it"), required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, initial={"key": secrets.token_urlsafe(18)}, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begun, ended = cleaned.get("covers_from"), cleaned.get("covers_to")
        if begun and ended and ended < begun:
            self.add_error("covers_to", _("The last day is before the first."))
        if ended and ended > self.today:
            self.add_error("covers_to", _("This day has not come yet."))
        return cleaned


class ScanForm(WithScan):
    """The scan of a proof that is there already."""

    groups = (("", "", ("scan",)),)
    audiences = {"scan": OFFICE_THEN_DHS}

    scan = ScanField(label=_("Scan or photo of it"))

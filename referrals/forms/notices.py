"""One row of the grid for a pile of envelopes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.terms import Served

from .fields import DayField

BY = [
    ("", _("not said")),
    (Served.MAIL, _("by mail")),
    (Served.PERSONAL, _("in person")),
    (Served.ELECTRONIC, _("online")),
]


class NoticeForm(forms.Form):
    """What one envelope says. An empty row is no notice."""

    receipt_number = forms.CharField(label=_("Receipt number"), max_length=20, required=False)
    biometrics_on = DayField(label=_("Appointment on"), required=False)
    biometrics_place = forms.CharField(label=_("Appointment at"), max_length=300, required=False)
    rfe_served_on = DayField(label=_("Request for evidence dated"), required=False)
    rfe_served_by = forms.ChoiceField(label=_("It came"), choices=BY, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = field.label
            if name != "rfe_served_by":
                field.widget.attrs["autocomplete"] = "off"

    @property
    def is_empty(self) -> bool:
        return not any(self.cleaned_data.get(name) for name in self.fields)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("rfe_served_on") and cleaned["rfe_served_on"] > self.today:
            self.add_error("rfe_served_on", _("This day has not come yet."))
        if cleaned.get("biometrics_place") and not cleaned.get("biometrics_on"):
            self.add_error("biometrics_on", _("Write the day of the appointment too."))
        return cleaned

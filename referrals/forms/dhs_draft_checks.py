"""The form for what DHS answers to the draft of a statement."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import agency_rules
from ..personal_data import PersonalDataValidator
from .fields import DayField
from .intake import VersionedForm


class DraftCheckForm(VersionedForm):
    """DHS has no objection, or it has; on which day it said so."""

    answer = forms.ChoiceField(
        label=gettext_lazy("What DHS answered"),
        choices=[
            (agency_rules.NO_OBJECTION, gettext_lazy("No objection to the draft")),
            ("objections", gettext_lazy("Objections")),
        ],
        widget=forms.RadioSelect,
    )
    answered_on = DayField(label=gettext_lazy("On which day"), widget=forms.DateInput())
    reason = forms.CharField(
        label=gettext_lazy("What DHS said"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[PersonalDataValidator(gettext_lazy("What DHS said"))],
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_answered_on(self) -> date:
        day: date = self.cleaned_data["answered_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day is still to come."))
        return day

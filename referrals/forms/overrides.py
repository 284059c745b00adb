"""The form for letting new requests under one statement in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..personal_data import PersonalDataValidator
from .fields import DayField
from .intake import VersionedForm


class OverrideForm(VersionedForm):
    """Between which days, on whose authority, and why."""

    starts_on = DayField(label=gettext_lazy("First day"), widget=forms.DateInput())
    ends_on = DayField(label=gettext_lazy("Last day"), widget=forms.DateInput())
    authority = forms.CharField(
        label=gettext_lazy("Authority"),
        max_length=300,
        validators=[PersonalDataValidator(gettext_lazy("Authority"))],
        help_text=gettext_lazy("The order, memo or delegation on which it rests."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[PersonalDataValidator(gettext_lazy("Reason"))],
        help_text=gettext_lazy(
            "It stays in the history of the statement. Write no names and no numbers of workers."
        ),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["starts_on"].initial = today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and first < self.today:
            self.add_error("starts_on", _("An override cannot begin in the past."))
        if first and last and last < first:
            self.add_error("ends_on", _("The last day lies before the first."))
        return cleaned

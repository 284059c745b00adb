"""The form with which somebody opens a record that is not theirs."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from ..models import Opening


class OpeningForm(forms.Form):
    """Which record, on what ground, and why in one's own words; its owner reads the answer."""

    reference = forms.CharField(
        label=gettext_lazy("Reference of the case"),
        max_length=40,
        help_text=gettext_lazy("One case. No names."),
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Ground"), choices=Opening.Ground.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("Why you need it now"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The owner of the record and the privacy officer read this at once."),
    )

    def clean_reference(self) -> str:
        reference: str = self.cleaned_data["reference"]
        return reference.strip().upper()

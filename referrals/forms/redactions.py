"""Forms for asking that a text be redacted, and for deciding it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.sealing import REASON

from ..personal_data import PersonalDataValidator
from ..reasons import LABELS


class RedactionRequestForm(forms.Form):
    """Which text in which line of which case, and why it must become unreadable."""

    reference = forms.CharField(
        label=gettext_lazy("Case"), max_length=60, help_text=gettext_lazy("The reference of the case.")
    )
    line = forms.IntegerField(
        label=gettext_lazy("Line"),
        min_value=1,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=gettext_lazy("The number that stands below the line in the history of the case."),
    )
    field = forms.ChoiceField(
        label=gettext_lazy("Which text"),
        choices=list(LABELS.items()),
        initial=REASON,
        help_text=gettext_lazy("The history names every text but the reason."),
    )
    because = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[PersonalDataValidator(gettext_lazy("Why"))],
        help_text=gettext_lazy(
            "It stays readable in the history. Do not repeat what is to become unreadable."
        ),
    )


class RedactionDecisionForm(forms.Form):
    """Grant, or turn down with a reason."""

    GRANT, DECLINE = "grant", "decline"

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (GRANT, gettext_lazy("Make the text unreadable for good")),
            (DECLINE, gettext_lazy("Leave the text as it is")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Why not"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[PersonalDataValidator(gettext_lazy("Why not"))],
        help_text=gettext_lazy("Needed when the text is left as it is."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") == self.DECLINE and not cleaned.get("note", "").strip():
            self.add_error("note", _("Write why the text stays."))
        return cleaned

    @property
    def granted(self) -> bool:
        return bool(self.cleaned_data["decision"] == self.GRANT)

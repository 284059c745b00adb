"""What is read off a letter in order to check it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class VerificationForm(forms.Form):
    """Number, version and, if wanted, the four groups of the printed code."""

    number = forms.CharField(
        label=_("Number of the letter"), max_length=60, help_text=_("For example NLRB-2026-00041.")
    )
    version = forms.IntegerField(
        label=_("Version"),
        min_value=1,
        max_value=9_999,
        error_messages={"invalid": _("Write the version as a number, for example 1.")},
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=60,
        required=False,
        help_text=_("The four groups beside the square code. You may leave this empty."),
    )

    def clean_number(self) -> str:
        text: str = self.cleaned_data["number"]
        return text.replace("\x00", "")

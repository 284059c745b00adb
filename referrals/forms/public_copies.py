"""The form under the review of a public copy: for which request, and what else is withheld."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from ..exemptions import EXEMPTIONS
from ..personal_data import PersonalDataValidator
from ..public_records import BY_HAND, Line

NUMBER = gettext_lazy("Number of the request for public records")


class PublicCopyForm(forms.Form):
    """What the records officer adds to the rules; nothing that the rules withhold can be opened here."""

    asked_as = forms.CharField(
        label=NUMBER,
        max_length=60,
        validators=[PersonalDataValidator(NUMBER)],
        help_text=gettext_lazy("It stands on the copy. Write no name."),
    )
    also = forms.MultipleChoiceField(
        label=gettext_lazy("Withhold these too"), required=False, widget=forms.CheckboxSelectMultiple
    )
    code = forms.ChoiceField(
        label=gettext_lazy("Under which exemption"), choices=list(EXEMPTIONS.items()), initial=BY_HAND
    )

    def __init__(self, *args: Any, lines: Sequence[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        also: Any = self.fields["also"]
        also.choices = [(line.key, line.label) for line in lines if line.texts]

"""Forms about exports: which file and why, and whether a colleague may have it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Export
from ..personal_data import PersonalDataValidator

LONGEST = 500


class ExportForm(forms.Form):
    """Why somebody needs a list as a file, and which kind of file."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("What do you need this file for?"),
        choices=[each for each in Export.Purpose.choices if each[0] != Export.Purpose.RECORDS],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[PersonalDataValidator(gettext_lazy("In your own words"))],
        help_text=gettext_lazy(
            "Needed where none of the reasons above fits. It stays on record and stands in the file. "
            "Write no names and no numbers of workers."
        ),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Kind of file"),
        choices=[each for each in Export.Format.choices if each[0] != Export.Format.PDF],
        initial=Export.Format.XLSX,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("purpose") == Export.Purpose.OTHER and not said.get("text", "").strip():
            self.add_error("text", _("Describe what you need this file for."))
        return said


class DecideForm(forms.Form):
    """A yes or a no to the export of somebody else."""

    fate = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=[("AGREED", gettext_lazy("Approve")), ("REFUSED", gettext_lazy("Refuse"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[PersonalDataValidator(gettext_lazy("Why"))],
        help_text=gettext_lazy("Needed to refuse. Whoever asked reads it. Write no names of workers."),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("fate") == Export.Fate.REFUSED and not said.get("note", "").strip():
            self.add_error("note", _("Say why you refuse it."))
        return said

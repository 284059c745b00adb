"""Matters written by hand, and files of matters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..models import Matter
from ..personal_data import PersonalDataValidator
from .fields import DayField

LARGEST_FILE = 20 * 1024 * 1024
FIELDS = ("case_number", "program", "stage", "statutes", "naics", "opened_on", "closed_on")


class MatterForm(forms.Form):
    """The agency's own number, its stage and its dates; names and places are rows of their own."""

    case_number = forms.CharField(
        label=_("Case number"), max_length=80, validators=[PersonalDataValidator(_("Case number"))]
    )
    stage = forms.ChoiceField(
        label=_("Stage"), choices=Matter.Stage.choices, initial=Matter.Stage.INVESTIGATION
    )
    program = forms.CharField(label=_("Programme or kind of case"), max_length=200, required=False)
    statutes = forms.CharField(
        label=_("Laws enforced in this matter"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One on each line."),
        validators=[PersonalDataValidator(_("Laws enforced in this matter"))],
    )
    naics = forms.CharField(
        label=_("Industry code (NAICS)"),
        max_length=6,
        required=False,
        validators=[RegexValidator(r"^[0-9]{2,6}$|^[0-9]{2}-[0-9]{2}$", _("Two to six digits."))],
    )
    opened_on = DayField(label=_("Opened on"), required=False)
    closed_on = DayField(label=_("Closed on"), required=False)

    def clean(self) -> dict[str, Any]:
        opened, closed = self.cleaned_data.get("opened_on"), self.cleaned_data.get("closed_on")
        if opened and closed and closed < opened:
            self.add_error("closed_on", _("The matter closes before it opens."))
        return self.cleaned_data

    @classmethod
    def initial_of(cls, matter: Matter | None) -> dict[str, Any]:
        return {name: getattr(matter, name) for name in FIELDS} if matter else {}


class ImportForm(forms.Form):
    """A file of matters in nineteen columns."""

    file = forms.FileField(
        label=_("File of matters (CSV)"),
        help_text=_("At most 20 megabytes. The columns are listed below."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(
                gettext("The file has %(size)s megabytes; at most 20 are taken.")
                % {"size": file.size // 1024 // 1024}
            )
        return file

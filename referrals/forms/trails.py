"""Forms about reads: which to list, why a case is opened, what became of an alert, what is watched."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Access, StatedPurpose
from ..personal_data import PersonalDataValidator
from ..trail_pages import exists
from .fields import DayField


class ReadsForm(forms.Form):
    """Which reads are listed; every part may be left out."""

    about = forms.CharField(
        label=gettext_lazy("Worker or case"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("A worker's token, such as W-7F3A0C1D2E, or a case's reference. No names."),
    )
    day = DayField(label=gettext_lazy("Day"), required=False)
    until = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("For several days, from the first to this one."),
    )
    what = forms.ChoiceField(
        label=gettext_lazy("How"),
        required=False,
        choices=[("", gettext_lazy("In any way")), *Access.What.choices],
    )
    reader = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def clean_about(self) -> str:
        about: str = self.cleaned_data["about"]
        return about.strip().upper()


class PrivacyIncidentForm(forms.Form):
    """What an incident is called and why it is looked into."""

    title = forms.CharField(
        label=gettext_lazy("What it is called"),
        max_length=200,
        validators=[PersonalDataValidator(gettext_lazy("What it is called"))],
    )
    text = forms.CharField(
        label=gettext_lazy("Why you look into it"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[PersonalDataValidator(gettext_lazy("Why you look into it"))],
        help_text=gettext_lazy("It stays on record. Write no names and no numbers of workers."),
    )


class PrivacyStepForm(forms.Form):
    """What is done about an incident next, in words."""

    do = forms.ChoiceField(
        label=gettext_lazy("What you do"),
        choices=[
            ("note", gettext_lazy("Write down what you found out")),
            ("notice", gettext_lazy("Send this to the owners of the records as your notice")),
            ("close", gettext_lazy("Close it for this reason")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        validators=[PersonalDataValidator(gettext_lazy("Text"))],
        help_text=gettext_lazy("It stays on record. Write no names and no numbers of workers."),
    )


class PurposeForm(forms.Form):
    """Why a case is opened. It stands in the trail that the worker's representative can read."""

    code = forms.ChoiceField(
        label=gettext_lazy("Why do you open this case?"),
        choices=StatedPurpose.Code.choices,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed where none of the reasons above fits."),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("code") == StatedPurpose.Code.OTHER and not said.get("text", "").strip():
            self.add_error("text", _("Describe why you open this case."))
        return said


class AcknowledgeForm(forms.Form):
    """What became of an alert."""

    note = forms.CharField(
        label=gettext_lazy("What you did or found out"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[PersonalDataValidator(gettext_lazy("What you did or found out"))],
        help_text=gettext_lazy("It stays on record. Write no names and no numbers of workers."),
    )


class WatchForm(forms.Form):
    """A record that nobody has a reason to open."""

    mark = forms.CharField(
        label=gettext_lazy("Worker or case"),
        max_length=40,
        help_text=gettext_lazy("A worker's token or the reference of a case. No names."),
    )

    def clean_mark(self) -> str:
        mark: str = self.cleaned_data["mark"].strip().upper()
        if not exists(mark):
            raise forms.ValidationError(
                _("There is no worker with this token and no case with this reference.")
            )
        return mark

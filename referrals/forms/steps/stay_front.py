"""The representative's steps of a stay: make an appointment, file in person, answer ICE."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflows.models import Kind

from ..fields import DayField
from .base import StepForm


class AppointmentForm(StepForm):
    step_fields = ("appointment_on",)

    appointment_on = DayField(label=_("Day of the appointment at the field office"))

    def clean_appointment_on(self) -> date:
        day: date = self.cleaned_data["appointment_on"]
        if day < timezone.localdate(self.at):
            raise forms.ValidationError(_("This day has passed."))
        return day


class FileForm(StepForm):
    in_person = forms.BooleanField(
        label=_("The papers were handed over in person at the right field office, with the fee.")
    )
    understood = forms.BooleanField(
        label=_("The worker knows: the request does not stop removal while ICE decides.")
    )


class AnswerForm(StepForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("What you answer")
        self.fields["reason"].help_text = _(
            "ICE and your office read it. Send papers with names and numbers directly to the field office."
        )


FORMS: dict[tuple[str, str], type[StepForm]] = {
    (Kind.STAY, "make_appointment"): AppointmentForm,
    (Kind.STAY, "file"): FileForm,
    (Kind.STAY, "answer"): AnswerForm,
}

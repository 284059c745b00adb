"""The representative's steps of a renewal."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.models import Kind

from .base import StepForm


class ExtensionForm(StepForm):
    marked = forms.BooleanField(label=_("Form G-325A will be marked “Labor DA Extension” on top."))


class OpenRequestForm(StepForm):
    looked_over = forms.BooleanField(
        label=_("The worker's details and what is new since the grant (arrests, moves, jobs) were gone over.")
    )


FORMS: dict[tuple[str, str], type[StepForm]] = {
    (Kind.RENEWAL, "choose_extension"): ExtensionForm,
    (Kind.RENEWAL, "open_request"): OpenRequestForm,
}

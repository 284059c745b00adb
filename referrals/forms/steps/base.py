"""The form before a step: what the step needs to know, and what is stored together with it."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.models import Step
from workflows.openness import COUNTERSIGN, Option

from ...freshness import ONLY_SHOWS
from ...personal_data import PersonalDataValidator


class ReasonField(forms.CharField):
    """Why a step is taken: free text in which no names and no numbers of workers belong."""

    def __init__(self, *, help_text: Any) -> None:
        super().__init__(
            label=_("Reason"),
            max_length=4_000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            validators=[PersonalDataValidator(_("Reason"))],
            help_text=help_text,
        )


class StepForm(forms.Form):
    """Base of every step's form.

    Subclasses add fields; ``step_data`` says which of them go to the step itself,
    ``prepare`` stores the rest in the same transaction just before the step,
    ``finish`` just after. A refused step undoes both. ``provides`` names the facts
    that ``prepare`` brings about: their absence does not close the step before its form.
    """

    step_fields: tuple[str, ...] = ()
    provides: frozenset[str] = frozenset()

    reason = ReasonField(
        help_text=_("It stays in the history of the case. Write no names and no numbers of workers.")
    )
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    idempotency_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(
        self, *args: Any, record: Any, user: Any, option: Option, at: datetime, **kwargs: Any
    ) -> None:
        self.record, self.user, self.option, self.at = record, user, option, at
        initial = {
            "expected_version": record.version,
            "idempotency_key": secrets.token_urlsafe(18),
            **(kwargs.pop("initial", None) or {}),
        }
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        if option.manner.needs_reason and option.name != COUNTERSIGN:
            self.fields["reason"].required = True
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def is_valid(self) -> bool:
        """Never for what was sent to see a date: that takes no step, and passes without a fresh proof."""
        return super().is_valid() and ONLY_SHOWS not in self.data

    def step_data(self) -> dict[str, Any]:
        """What the step's method gets."""
        return {name: self.cleaned_data[name] for name in self.step_fields if name in self.cleaned_data}

    def letter_data(self) -> dict[str, Any]:
        """What the draft of the step's letter needs besides, before it is stored."""
        return {}

    def prepare(self, *, by: Any, at: datetime) -> None:
        """Store what belongs to the step before it is taken."""

    def finish(self, step: Step, *, by: Any, at: datetime) -> None:
        """Store what belongs to the step after it was taken."""

"""What one person gives for a step in several cases: a reason for all, and what they saw of each."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.models import Case

from .steps.base import ReasonField

NOT_WHOLE = _("This page did not come back whole. Open it again from your desk.")


class TogetherForm(forms.Form):
    """A reason, the version of each case that was on the page, and one key for everything sent from it."""

    reason = ReasonField(
        help_text=_(
            "It is kept in the history of each of these cases. Write no names and no numbers of workers."
        )
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, *args: Any, records: Sequence[Case], needs_reason: bool, **kwargs: Any) -> None:
        self.records = records
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needs_reason
        self.initial["key"] = secrets.token_urlsafe(18)
        for record in records:
            self.fields[_version(record)] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=record.version
            )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        hidden = {name for name in self.fields if name != "reason"}
        if any(given.get(name) in (None, "") for name in hidden):
            for name in hidden & self.errors.keys():
                del self.errors[name]
            raise forms.ValidationError(NOT_WHOLE)
        return given

    @property
    def seen(self) -> Mapping[int, int]:
        """The version of each case that its taker saw, by the key of the case."""
        return {record.pk: self.cleaned_data[_version(record)] for record in self.records}

    @property
    def keys(self) -> Mapping[int, str]:
        """A key of idempotency for each case, by its key: what was sent twice is done once."""
        return {record.pk: f"{self.cleaned_data['key']}.{record.pk}" for record in self.records}


def _version(record: Case) -> str:
    return f"version-{record.reference}"

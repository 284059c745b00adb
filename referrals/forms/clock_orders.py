"""Forms for ordering a clock to stand still, and for lifting such an order."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.clock_orders import LONGEST_AUTHORITY

from ..personal_data import PersonalDataValidator


class LiftingForm(forms.Form):
    """Why an order is lifted."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[PersonalDataValidator(_("Reason"))],
        help_text=_(
            "Everybody who sees this case reads it beside the clock. "
            "Write no names and no numbers of workers."
        ),
    )
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    idempotency_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        initial = {"expected_version": version, "idempotency_key": secrets.token_urlsafe(18)}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)


class PauseOrderForm(LiftingForm):
    """Why, and on whose authority, a clock stands still."""

    authority = forms.CharField(
        label=_("Authority"),
        max_length=LONGEST_AUTHORITY,
        validators=[PersonalDataValidator(_("Authority"))],
        help_text=_("The law, the court's order or the notice, as it is cited."),
    )

    field_order = ("authority", "reason")

"""The talk about the risks, the worker's consent, and what was told in confidence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..models import WorkerRequest
from .fields import DayField
from .grouping import OFFICE_ONLY, OFFICE_THEN_DHS, GroupedForm
from .workers import LANGUAGES


class ConsentForm(GroupedForm):
    """The talk about the risks, and what the worker decided."""

    audiences = {
        **dict.fromkeys(("counselled_on", "counselled_in", "consented_on"), OFFICE_THEN_DHS),
        "safe_contact": OFFICE_ONLY,
    }
    groups = (
        (_("The talk"), "", ("counselled_on", "counselled_in", "told_where", "told_denial", "told_sharing")),
        (
            _("What the worker decided"),
            _("Leave the day empty while the worker is thinking about it. Nobody may press for an answer."),
            ("consented_on", "safe_contact"),
        ),
    )

    counselled_on = DayField(label=_("Day of the talk"))
    counselled_in = forms.ChoiceField(label=_("Language of the talk"), choices=LANGUAGES)
    told_where = forms.BooleanField(
        label=_("The worker knows: filing tells DHS who and where the person is.")
    )
    told_denial = forms.BooleanField(
        label=_("The worker knows: a denial has no appeal and can start removal proceedings.")
    )
    told_sharing = forms.BooleanField(
        label=_("The worker knows who sees what, and that what DHS has seen stays in its records.")
    )
    consented_on = DayField(label=_("Day on which the worker agreed to filing and sharing"), required=False)
    safe_contact = forms.CharField(
        label=_("How to reach the worker safely"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, request: WorkerRequest, today: date, **kwargs: Any) -> None:
        self.today = today
        withdrawn = request.consent_withdrawn_at is not None
        told = request.counselled_on is not None
        initial = {
            "expected_version": request.version,
            "counselled_on": request.counselled_on,
            "counselled_in": request.counselled_in or request.person.language,
            "consented_on": None if withdrawn else request.consented_on,
            "safe_contact": request.person.safe_contact,
            **dict.fromkeys(("told_where", "told_denial", "told_sharing"), told),
        }
        super().__init__(*args, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        talked, agreed = cleaned.get("counselled_on"), cleaned.get("consented_on")
        for name, day in (("counselled_on", talked), ("consented_on", agreed)):
            if day and day > self.today:
                self.add_error(name, ValidationError(_("This day has not come yet.")))
        if talked and agreed and agreed < talked:
            self.add_error("consented_on", _("The worker agreed before the talk about the risks."))
        return cleaned


class ScreeningForm(GroupedForm):
    """What was told in confidence."""

    audiences = dict.fromkeys(("arrests", "entries", "notes"), OFFICE_ONLY)
    groups = (("", "", ("arrests", "entries", "notes")),)

    arrests = forms.CharField(
        label=_("Arrests, charges and convictions"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("With the court's papers, if there are any."),
    )
    entries = forms.CharField(
        label=_("Entries, orders and earlier contact with immigration"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    notes = forms.CharField(
        label=_("Other notes"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )

"""The form that asks for a past day of a case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows import days_in_words

from .fields import DayField


class AsOfForm(forms.Form):
    """A day from the one on which the case came before the reader to today."""

    on = DayField(
        label=gettext_lazy("Day"),
        help_text=gettext_lazy("The case is shown as it stood at the end of that day."),
    )

    def __init__(self, *args: Any, record: Any, first: date | None, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first = first
        self.today = record.day_at(now)

    @property
    def day(self) -> date:
        asked: date = self.cleaned_data["on"]
        return asked

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError(_("This day has not come yet. Choose today or a day before."))
        if self.first is None or on < self.first:
            raise forms.ValidationError(self._too_early())
        return on

    def _too_early(self) -> str:
        if self.first is None:
            return _("No day of this case was before you.")
        return _("The case was not before you yet. The first day you can choose is %(day)s.") % {
            "day": days_in_words.day(self.first)
        }

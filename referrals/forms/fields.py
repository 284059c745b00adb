"""Form fields for what people type in their own way. A refused field shows again exactly what was typed."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from referrals.dates import PRESENT, DayOrPresent, UnclearDay, parse_day, parse_day_or_present


class DayField(forms.CharField):
    """A day in any usual English or Spanish form; cleans to a `date`, or None when blank and not required."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 60)
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        """The day, or `ValidationError` with a sentence."""
        typed = super().clean(value)
        if typed in self.empty_values:
            return None
        try:
            return self.understand(typed)
        except UnclearDay as unclear:
            raise ValidationError(str(unclear), code="unclear_day") from None

    def understand(self, typed: str) -> DayOrPresent:
        """The day that was typed, or raise `UnclearDay`."""
        return parse_day(typed)

    def prepare_value(self, value: Any) -> Any:
        """A stored day as ISO text, which reads back the same in every language; typed text as it is."""
        return value.isoformat() if isinstance(value, date) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Two ways of writing one day are no change."""
        try:
            return bool(self.clean(data) != initial)
        except ValidationError:
            return True


class DayOrPresentField(DayField):
    """A day or "present"; cleans to a `date`, `PRESENT`, or None when blank and not required."""

    def understand(self, typed: str) -> DayOrPresent:
        """The day that was typed, or `PRESENT`, or raise `UnclearDay`."""
        return parse_day_or_present(typed)

    def prepare_value(self, value: Any) -> Any:
        """A stored day as ISO text, "present" in the reader's language, typed text as it is."""
        return str(value) if value is PRESENT else super().prepare_value(value)

"""Form fields for what people type in their own way. A refused field shows again exactly what was typed."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from referrals.dates import PRESENT, DayOrPresent, UnclearDay, parse_day, parse_day_or_present
from referrals.matter_rows import STATES


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


class StateField(forms.CharField):
    """The two letters of a state, the District of Columbia or a territory; cleans to capitals, or blank."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=2, **options)

    def clean(self, value: Any) -> str:
        """The code, or `ValidationError` with a sentence."""
        code = str(super().clean(value)).upper()
        if code and code not in STATES:
            raise ValidationError(
                _("“%(value)s” is not the two-letter code of a state."),
                code="no_state",
                params={"value": value},
            )
        return code


class ZipField(forms.CharField):
    """A ZIP code of five digits, or of nine with or without a hyphen; cleans to 85201 or 85201-1234."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=10, **options)

    def clean(self, value: Any) -> str:
        """The code with its hyphen, or `ValidationError` with a sentence."""
        typed = str(super().clean(value))
        found = re.fullmatch(r"([0-9]{5})(?:-?([0-9]{4}))?", typed)
        if typed and not found:
            raise ValidationError(
                _("A ZIP code has five digits, like 85201, or nine, like 85201-1234."), code="no_zip"
            )
        return "-".join(part for part in found.groups() if part) if found else ""

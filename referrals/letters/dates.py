"""Dates and money as letters print them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import get_language

_LONG: Final = {"en": "F j, Y", "es": r"j \d\e F \d\e Y"}


def long_date(day: date) -> str:
    """ "March 3, 2026" or "3 de marzo de 2026", after the active language."""
    language = (get_language() or "en").split("-")[0]
    return date_format(day, _LONG.get(language, _LONG["en"]))


def dollars(amount: Decimal) -> str:
    """U.S. dollars with cents: "$1,500.00"."""
    return f"${amount:,.2f}"

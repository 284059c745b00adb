"""The question of the deadline calculator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.models import Policy
from workflows.policies import PolicyBook
from workflows.terms import Served

from .fields import DayField


class CalculatorForm(forms.Form):
    """A rule, the day it counts from and the way of service."""

    rule = forms.ChoiceField(label=_("Rule"))
    start = DayField(
        label=_("The day it counts from"),
        help_text=_("For example 2026-03-05 or 3/5/2026. The day itself is not counted."),
        error_messages={"required": _("Write the day from which the time counts.")},
    )
    served = forms.ChoiceField(
        label=_("How the notice was served"),
        required=False,
        choices=[
            ("", _("No notice, or not known")),
            (Served.MAIL.value, _("By mail")),
            (Served.ELECTRONIC.value, _("Electronically")),
            (Served.PERSONAL.value, _("In person")),
        ],
    )

    def __init__(self, *args: Any, book: PolicyBook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.labels = {key: book.first(key).label for key in book.rules()}
        choices = sorted(self.labels.items(), key=lambda pair: pair[1].casefold())
        field = self.fields["rule"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose a rule")), *choices]

    def clean_served(self) -> Served | None:
        return Served(self.cleaned_data["served"]) if self.cleaned_data["served"] else None


def rule_on(book: PolicyBook, key: str, *, on: Any) -> Policy:
    """The row that a calculation of this rule uses: the one in force, else the first on record."""
    try:
        return book.policy(key, on=on)
    except LookupError:
        return book.first(key)

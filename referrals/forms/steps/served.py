"""Notices that start a clock: when they were served, how, and by when an answer is due."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows import clockwork, policies
from workflows.terms import Due, Served

from ..fields import DayField
from .base import StepForm

HOW = [
    (Served.ELECTRONIC.value, gettext_lazy("Electronically, to the account")),
    (Served.MAIL.value, gettext_lazy("By mail")),
]


class ServedForm(StepForm):
    """A step that serves a notice.

    ``rule`` is the clock's dated rule; ``on_field`` and ``by_field`` name the two arguments of the step.
    The button "Show the due date" sends the form with ``show_due``: then nothing is done and the date is
    shown with its arithmetic.
    """

    template_name = "dhs/served_form.html"
    rule = ""
    on_field = ""
    by_field = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step_fields = (self.on_field, self.by_field)
        self.today = timezone.localtime(self.at).date()
        self.fields[self.on_field] = DayField(
            label=_("Served on"), initial=self.today, widget=forms.DateInput()
        )
        self.fields[self.by_field] = forms.ChoiceField(
            label=_("Served how"), choices=HOW, initial=Served.ELECTRONIC.value, widget=forms.RadioSelect
        )
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])
        self.add_prefix_fields()

    def add_prefix_fields(self) -> None:
        """Room for fields of a subclass that come first."""

    @property
    def only_shows(self) -> bool:
        """Whether the form was sent to see the due date, not to take the step."""
        return self.is_bound and "show_due" in self.data

    def full_clean(self) -> None:
        super().full_clean()
        if self.only_shows:
            kept = {name: found for name, found in self.errors.items() if name == self.on_field}
            self._errors = ErrorDict(kept, renderer=self.renderer)

    def is_valid(self) -> bool:
        return super().is_valid() and not self.only_shows

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        served_on = cleaned.get(self.on_field)
        if served_on is not None and served_on > self.today:
            self.add_error(self.on_field, _("A notice cannot have been served on a day that has not come."))
        earliest = self.earliest()
        if served_on is not None and earliest is not None and served_on < earliest:
            self.add_error(self.on_field, _("This day lies before the case came to your office."))
        return cleaned

    def earliest(self) -> date | None:
        """The first day on which the notice can have been served."""
        accepted = getattr(self.record, "accepted_at", None)
        return timezone.localtime(accepted).date() if accepted else None

    @cached_property
    def due(self) -> Due | None:
        """By when an answer is due if served as typed, with the arithmetic; None while that is unclear."""
        if self.is_bound:
            self.is_valid()
            cleaned = self.cleaned_data
            served_on, how = cleaned.get(self.on_field), cleaned.get(self.by_field)
        else:
            served_on, how = self.today, self[self.by_field].value()
        if not isinstance(served_on, date) or not how:
            return None
        try:
            return policies.calculate(
                self.rule,
                start=served_on,
                served=Served(how),
                on=served_on,
                jurisdiction=self.record.jurisdiction,
                days=clockwork.calendar_of(self.record),
            )
        except (policies.NoPolicy, ValueError):
            return None

    @property
    def due_rule(self) -> Any:
        """The dated rule behind the due date, for its source."""
        return policies.policy(self.rule, on=self.today, jurisdiction=self.record.jurisdiction)

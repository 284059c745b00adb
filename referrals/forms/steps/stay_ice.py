"""Steps of the ICE field office on a stay of removal (Form I-246, 8 CFR 241.6)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows import days_in_words, policies
from workflows.models import Kind

from ... import reason_codes
from ...personal_data import PersonalDataValidator
from ...services import grants
from ..fields import DayField
from .base import StepForm
from .worker_request_dhs import DefectsForm

USUAL_CONDITIONS = gettext_lazy(
    "Report to the field office when told to. Keep the field office informed of the home address. Ask before "
    "traveling out of the area. Do not break the law."
)


class RejectStayForm(DefectsForm):
    book = reason_codes.STAY_DEFECTS


class GrantStayForm(StepForm):
    """From when until when, at most the months that the dated rule allows, under which conditions."""

    template_name = "dhs/letter_form.html"
    step_fields = ("starts_on", "ends_on")

    starts_on = DayField(label=gettext_lazy("First day"), widget=forms.DateInput())
    ends_on = DayField(label=gettext_lazy("Last day"), widget=forms.DateInput())
    conditions = forms.CharField(
        label=gettext_lazy("Conditions of supervision"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        validators=[PersonalDataValidator(gettext_lazy("Conditions of supervision"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = timezone.localtime(self.at).date()
        months = min(self.record.months_asked or self.longest, self.longest)
        self.fields["starts_on"].initial = self.today
        self.fields["ends_on"].initial = grants.last_day(self.today, months)
        self.fields["ends_on"].help_text = _("At most %(months)s months from the first day.") % {
            "months": self.longest
        }
        self.fields["conditions"].initial = self.record.conditions or USUAL_CONDITIONS

    @cached_property
    def longest(self) -> int:
        return int(policies.value("stay.max_months", on=self.today, default=12))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and first < self.today:
            self.add_error("starts_on", _("A stay cannot begin before it is granted."))
        if first and last:
            latest = grants.last_day(first, self.longest)
            if last < first:
                self.add_error("ends_on", _("The last day lies before the first."))
            elif last > latest:
                self.add_error(
                    "ends_on",
                    _("A stay lasts %(months)s months at most: until %(day)s.")
                    % {"months": self.longest, "day": days_in_words.day(latest)},
                )
        return cleaned

    def prepare(self, *, by: Any, at: datetime) -> None:
        self.record.conditions = self.cleaned_data["conditions"]
        self.record.save(update_fields=["conditions"])


class DenyStayForm(StepForm):
    template_name = "dhs/letter_form.html"
    step_fields = ("reason_code",)

    reason_code = forms.ChoiceField(label=gettext_lazy("Main reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose"))] + [
            (each.code, str(each.text)) for each in reason_codes.STAY_DENIALS.values()
        ]
        self.fields["reason"].label = _("The reason in plain words for the worker")


class BondForm(StepForm):
    step_fields = ("amount", "bond_due_on")

    amount = forms.IntegerField(label=gettext_lazy("Amount in US dollars"))
    bond_due_on = DayField(label=gettext_lazy("To be posted by"), widget=forms.DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = timezone.localtime(self.at).date()
        self.least = int(policies.value("stay.bond_min", on=self.today, default=1500))
        self.fields["amount"].initial = self.least
        self.fields["amount"].help_text = _("At least $%(amount)s.") % {"amount": f"{self.least:,}"}

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if amount < self.least:
            raise forms.ValidationError(
                _("The smallest bond is $%(amount)s.") % {"amount": f"{self.least:,}"}
            )
        if amount > 1_000_000:
            raise forms.ValidationError(_("This amount is too high to be meant."))
        return amount

    def clean_bond_due_on(self) -> date:
        on: date = self.cleaned_data["bond_due_on"]
        if on < self.today:
            raise forms.ValidationError(_("This day lies in the past."))
        if self.record.ends_on and on > self.record.ends_on:
            raise forms.ValidationError(_("This day lies after the end of the stay."))
        return on

    def prepare(self, *, by: Any, at: datetime) -> None:
        self.record.bond_amount = self.cleaned_data["amount"]
        self.record.save(update_fields=["bond_amount"])


KIND = Kind.STAY
FORMS: dict[tuple[str, str], type[StepForm]] = {
    (KIND, "reject"): RejectStayForm,
    (KIND, "grant"): GrantStayForm,
    (KIND, "deny"): DenyStayForm,
    (KIND, "require_bond"): BondForm,
}

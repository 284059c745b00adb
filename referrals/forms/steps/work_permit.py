"""Steps of USCIS on a work permit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows import days_in_words, policies
from workflows.days import rule_day
from workflows.models import Kind

from ... import reason_codes
from ...services import work_permits
from ..fields import DayField
from .base import StepForm
from .served import ServedForm


class ApprovePermitForm(StepForm):
    """Valid from and until: never beyond the deferred action it rests on."""

    template_name = "dhs/letter_form.html"
    step_fields = ("valid_from_on", "valid_until_on")

    valid_from_on = DayField(label=gettext_lazy("Valid from"), widget=forms.DateInput())
    valid_until_on = DayField(label=gettext_lazy("Valid until"), widget=forms.DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = timezone.localtime(self.at).date()
        grant = self.record.grant
        if grant is not None:
            self.fields["valid_from_on"].initial = max(self.today, grant.starts_on)
            self.fields["valid_until_on"].initial = grant.ends_on
            self.fields["valid_until_on"].help_text = _("The deferred action ends on %(day)s.") % {
                "day": days_in_words.day(grant.ends_on)
            }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("valid_from_on"), cleaned.get("valid_until_on")
        grant = self.record.grant
        if first and last and last < first:
            self.add_error("valid_until_on", _("The last day lies before the first."))
        if first and first < self.today:
            self.add_error("valid_from_on", _("A work permit cannot begin before it is approved."))
        if last and grant is not None and last > grant.ends_on:
            self.add_error(
                "valid_until_on",
                _("The work permit would end after the deferred action, which ends on %(day)s.")
                % {"day": days_in_words.day(grant.ends_on)},
            )
        return cleaned


class DenyPermitForm(StepForm):
    template_name = "dhs/letter_form.html"
    step_fields = ("reason_code",)

    reason_code = forms.ChoiceField(label=gettext_lazy("Main reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose"))] + [
            (each.code, str(each.text)) for each in reason_codes.PERMIT_DENIALS.values()
        ]
        self.fields["reason"].label = _("The reason in plain words for the worker")


class PermitEvidenceForm(ServedForm):
    rule, on_field, by_field = "rfe", "rfe_served_on", "rfe_served_by"

    def add_prefix_fields(self) -> None:
        self.fields["reason"].label = _("What is asked for, and on which rule it rests")

    def earliest(self) -> date | None:
        filed = self.record.filed_at
        return timezone.localtime(filed).date() if filed else None


class MailCardForm(StepForm):
    card_last4 = forms.CharField(
        label=gettext_lazy("Last four characters of the card's number"),
        max_length=4,
        validators=[
            RegexValidator(r"^[A-Za-z0-9]{4}$", gettext_lazy("Write exactly four letters or digits."))
        ],
        help_text=gettext_lazy("Only these four are kept, so that a card can be told from another."),
    )

    def prepare(self, *, by: Any, at: datetime) -> None:
        work_permits.note_card(self.record, last4=self.cleaned_data["card_last4"].upper())


class FeeForm(StepForm):
    """Shows the amount in force on the day of filing beside the question."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        filed_on = rule_day(self.record.filed_at or self.at)
        fee = policies.value("fee.I-765.c14.paper", on=filed_on, default=None)
        if fee is not None:
            self.fields["reason"].help_text = _(
                "Fee on paper in force on %(day)s: $%(amount)s. Write no names and no numbers of workers."
            ) % {"day": days_in_words.day(filed_on), "amount": fee}


KIND = Kind.WORK_PERMIT
FORMS: dict[tuple[str, str], type[StepForm]] = {
    (KIND, "accept_fee"): FeeForm,
    (KIND, "reject"): FeeForm,
    (KIND, "request_evidence"): PermitEvidenceForm,
    (KIND, "approve"): ApprovePermitForm,
    (KIND, "deny"): DenyPermitForm,
    (KIND, "mail"): MailCardForm,
}

"""What the steps of a request for a statement ask for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflows import days_in_words, terms
from workflows.calendars import calendar
from workflows.models import Kind
from workflows.policies import NoPolicy, term

from ...personal_data import PersonalDataValidator
from ...services import soi_requests
from ..fields import DayField
from .base import StepForm


class DeclineReason(models.TextChoices):
    """Why an agency declines: coded for statistics; the requester reads the sentence."""

    NO_JURISDICTION = "NO_JURISDICTION", _("The dispute is outside what this agency enforces")
    NO_OPEN_MATTER = "NO_OPEN_MATTER", _("No complaint or investigation is open")
    COOPERATION_NOT_NEEDED = "COOPERATION_NOT_NEEDED", _("Workers' cooperation is not needed for the case")
    NOT_ENOUGH_FACTS = "NOT_ENOUGH_FACTS", _("The request does not show enough")
    ALREADY_COVERED = "ALREADY_COVERED", _("A statement about this worksite is already in force")
    OTHER = "OTHER", _("Another reason, written below")


def _long(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        validators=[PersonalDataValidator(label)],
    )


def latest_recheck(record: Any, on: date) -> date | None:
    """The last day that may be set to look again; None where no rule says."""
    try:
        rule = term("soi_recheck", on=on, jurisdiction=record.jurisdiction)
    except NoPolicy:
        return None
    unrolled = terms.Term(rule.amount, rule.unit, rolls=False)
    return terms.due(unrolled, calendar=calendar("us-federal"), start=on).on


class MonitorForm(StepForm):
    step_fields = ("recheck_on",)

    recheck_on = DayField(label=_("Look again on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("What the requester is told")
        self.latest = latest_recheck(self.record, timezone.localtime(self.at).date())
        if self.latest is not None:
            self.fields["recheck_on"].help_text = gettext("No later than %(day)s.") % {
                "day": days_in_words.day(self.latest)
            }

    def clean_recheck_on(self) -> date:
        chosen: date = self.cleaned_data["recheck_on"]
        if chosen <= timezone.localtime(self.at).date():
            raise ValidationError(_("Choose a day that is still to come."))
        if self.latest is not None and chosen > self.latest:
            raise ValidationError(
                gettext("Choose a day no later than %(day)s.") % {"day": days_in_words.day(self.latest)}
            )
        return chosen


class DeclineForm(StepForm):
    step_fields = ("reason_code",)

    reason_code = forms.ChoiceField(label=_("Why"), choices=[("", "—"), *DeclineReason.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("What the letter to the requester says")
        self.fields["reason"].help_text = _(
            "Say what would change the answer, and who else may help. No names and no numbers of workers."
        )


class ReferForm(StepForm):
    step_fields = ("other_agency",)

    other_agency = forms.CharField(
        label=_("Which agency should be asked instead"),
        max_length=200,
        validators=[PersonalDataValidator(_("Which agency should be asked instead"))],
    )


class RequestInformationForm(StepForm):
    question = _long(_("What you need to know"), _("The requester reads this as you write it."))

    def prepare(self, *, by: Any, at: Any) -> None:
        soi_requests.ask(self.record, self.cleaned_data["question"], at=at)


class AnswerForm(StepForm):
    answer = _long(_("Your answer"), _("The agency reads it. Write no worker's name and no number."))

    def prepare(self, *, by: Any, at: Any) -> None:
        soi_requests.answer(self.record, self.cleaned_data["answer"], at=at)


FORMS: dict[tuple[str, str], type[StepForm]] = {
    (Kind.SOI_REQUEST, "monitor"): MonitorForm,
    (Kind.SOI_REQUEST, "decline"): DeclineForm,
    (Kind.SOI_REQUEST, "refer"): ReferForm,
    (Kind.SOI_REQUEST, "request_information"): RequestInformationForm,
    (Kind.SOI_REQUEST, "answer"): AnswerForm,
}

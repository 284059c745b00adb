"""Steps of intake, USCIS and ICE on a worker's request."""

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
from ...models import Decision, PacketItem, WorkerRequest
from ...packets import ITEMS
from ...services import decisions, grants, intake
from ..fields import DayField
from .asked_items import AskedItemsForm
from .base import StepForm
from .served import ServedForm

DEFECT_OF_ITEM = {
    "fee": "wrong_fee",
    "i765": "wrong_fee",
    "signed_request": "unsigned",
    "g325a": "wrong_edition",
    "statement": "no_statement",
    "updated_statement": "statement_not_in_force",
    "employment": "no_employment_proof",
    "identity": "no_identity",
    "translations": "no_translation",
}
FARTHEST_AHEAD = 180  # days


class DefectsForm(StepForm):
    """A rejection: every defect by its code, with how to mend it."""

    template_name = "dhs/letter_form.html"

    step_fields = ("defects",)
    book = reason_codes.REQUEST_DEFECTS

    defects = forms.MultipleChoiceField(
        label=gettext_lazy("What is wrong"), widget=forms.CheckboxSelectMultiple, choices=[]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["defects"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (
                each.code,
                _("%(problem)s How to fix it: %(remedy)s") % {"problem": each.problem, "remedy": each.remedy},
            )
            for each in self.book.values()
        ]
        field.initial = self.suggested()
        self.fields["reason"].help_text = _(
            "In plain words for the worker's side. Write no names and no numbers of workers."
        )

    def suggested(self) -> list[str]:
        """Defects that follow from what was found already."""
        return []


class RejectForm(DefectsForm):
    def suggested(self) -> list[str]:
        present = PacketItem.State.PRESENT
        return [
            DEFECT_OF_ITEM[item.key]
            for item in self.record.items.exclude(intake_state__in=["", present])
            if item.key in DEFECT_OF_ITEM
        ]


class AcceptForm(StepForm):
    """A packet is accepted only when intake has looked at every line of it."""

    template_name = "dhs/letter_form.html"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        open_items = intake.undecided(self.record)
        if open_items:
            raise forms.ValidationError(
                _("The completeness check is not finished. Not looked at: %(items)s.")
                % {"items": ", ".join(str(ITEMS[item.key].label) for item in open_items)}
            )
        return cleaned


class RfeForm(AskedItemsForm):
    rule, on_field, by_field = "rfe", "rfe_served_on", "rfe_served_by"


class IceInformationForm(AskedItemsForm):
    rule, on_field, by_field, notice = "ice_info", "ice_info_served_on", "ice_info_served_by", "ICE"


class NoidForm(ServedForm):
    rule, on_field, by_field = "noid", "noid_served_on", "noid_served_by"

    def add_prefix_fields(self) -> None:
        self.fields["reason"].label = _("Grounds")
        self.fields["reason"].help_text = _(
            "What speaks against the request, also what the worker may not know yet. Write no names and no "
            "numbers of workers."
        )


class BiometricsForm(StepForm):
    step_fields = ("biometrics_on",)

    biometrics_on = DayField(label=gettext_lazy("Day of the appointment"), widget=forms.DateInput())
    place = forms.CharField(label=gettext_lazy("Place"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].initial = self.record.biometrics_place

    def clean_biometrics_on(self) -> date:
        on: date = self.cleaned_data["biometrics_on"]
        if on < timezone.localtime(self.at).date():
            raise forms.ValidationError(_("The appointment lies in the past."))
        return on

    def prepare(self, *, by: Any, at: datetime) -> None:
        self.record.biometrics_place = self.cleaned_data["place"]
        self.record.save(update_fields=["biometrics_place"])


class DecidedForm(StepForm):
    """A step that carries out a decision: the grounds on file must say the same."""

    outcome: str

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        decision = decisions.last_decision(self.record)
        if decision is not None and decision.outcome != self.outcome:
            raise forms.ValidationError(
                _("The grounds on file are for another outcome: %(outcome)s. Write the decision anew first.")
                % {"outcome": decision.get_outcome_display()}
            )
        return cleaned


class GrantForm(DecidedForm):
    """From when and for how many months; the dated rules of the decision day give the length."""

    template_name = "dhs/grant_form.html"
    step_fields = ("grant_starts_on", "months")
    outcome = Decision.Outcome.GRANT

    grant_starts_on = DayField(label=gettext_lazy("First day"), widget=forms.DateInput())
    months = forms.IntegerField(label=gettext_lazy("Months"), min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = timezone.localtime(self.at).date()
        self.fields["grant_starts_on"].initial = self._first_day()
        self.fields["months"].initial = self.longest
        self.fields["months"].help_text = _(
            "The rule in force on the day of the decision allows %(months)s months."
        ) % {"months": self.longest}

    @property
    def _extends(self) -> bool:
        return bool(self.record.filing == WorkerRequest.Filing.EXTENSION and self.record.earlier_grant_id)

    def _first_day(self) -> date:
        """An extension makes a grant longer: it counts from the first day of the earlier one."""
        start: date = self.record.earlier_grant.starts_on if self._extends else self.today
        return start

    @cached_property
    def longest(self) -> int:
        further = self.record.filing == WorkerRequest.Filing.SUBSEQUENT
        key = "dale.subsequent_months" if further else "dale.initial_months"
        return int(policies.value(key, on=self.today, default=24))

    def clean_grant_starts_on(self) -> date:
        on: date = self.cleaned_data["grant_starts_on"]
        if self._extends:
            if on != self._first_day():
                raise forms.ValidationError(
                    _("An extension counts from the first day of the earlier grant, %(day)s.")
                    % {"day": days_in_words.day(self._first_day())}
                )
        elif on < self.today:
            raise forms.ValidationError(_("Deferred action cannot begin before it is granted."))
        elif (on - self.today).days > FARTHEST_AHEAD:
            raise forms.ValidationError(
                _("The first day lies more than %(days)s days ahead.") % {"days": FARTHEST_AHEAD}
            )
        return on

    def clean_months(self) -> int:
        months: int = self.cleaned_data["months"]
        if months > self.longest:
            raise forms.ValidationError(
                _("The rule in force on the day of the decision allows %(months)s months at most.")
                % {"months": self.longest}
            )
        return months

    @property
    def only_shows(self) -> bool:
        return self.is_bound and "show_due" in self.data

    def is_valid(self) -> bool:
        return super().is_valid() and not self.only_shows

    @property
    def last_day(self) -> date | None:
        """The last day of the grant as typed."""
        if not self.is_bound:
            return grants.last_day(self._first_day(), self.longest)
        self.is_valid()
        cleaned = self.cleaned_data
        if cleaned.get("grant_starts_on") and cleaned.get("months"):
            return grants.last_day(cleaned["grant_starts_on"], cleaned["months"])
        return None


class DenyForm(DecidedForm):
    template_name = "dhs/letter_form.html"
    step_fields = ("reason_code",)
    outcome = Decision.Outcome.DENY

    reason_code = forms.ChoiceField(label=gettext_lazy("Main reason"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose"))] + [
            (each.code, str(each.text)) for each in reason_codes.DENIAL_REASONS.values()
        ]
        self.fields["reason"].label = _("The reason in plain words for the worker")
        self.fields["reason"].help_text = _(
            "It goes into the letter as it stands. Write no names and no numbers of workers."
        )


KIND = Kind.WORKER_REQUEST
FORMS: dict[tuple[str, str], type[StepForm]] = {
    (KIND, "reject"): RejectForm,
    (KIND, "accept"): AcceptForm,
    (KIND, "schedule_biometrics"): BiometricsForm,
    (KIND, "request_evidence"): RfeForm,
    (KIND, "request_ice_information"): IceInformationForm,
    (KIND, "intend_to_deny"): NoidForm,
    (KIND, "grant"): GrantForm,
    (KIND, "grant_at_ice"): GrantForm,
    (KIND, "deny"): DenyForm,
    (KIND, "deny_at_ice"): DenyForm,
}

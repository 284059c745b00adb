"""What the steps of a letter in support of a stay ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from workflows.models import Kind

from ...models import Matter, StayReferral
from ...personal_data import PersonalDataValidator
from ...services import stay_support
from .base import StepForm

MOST_MONTHS = 24


class DraftForm(StepForm):
    """The content of the letter; the worker's name and number come from the stay itself."""

    ground = forms.ChoiceField(
        label=_("Ground"), choices=StayReferral.Ground.choices, widget=forms.RadioSelect
    )
    presence_needed = forms.CharField(
        label=_("Why the worker's presence is needed"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        validators=[PersonalDataValidator(_("Why the worker's presence is needed"))],
        help_text=_("Say what for and until when. Write no number here; the letter takes it from the stay."),
    )
    months_asked = forms.IntegerField(label=_("For how many months"), min_value=1, max_value=MOST_MONTHS)
    contact_phone = forms.CharField(label=_("Phone at which ICE reaches you day and night"), max_length=40)
    case_number = forms.CharField(
        label=_("Case number of your matter"), max_length=80, required=False,
        help_text=_("The letter names the matter and its stage."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        record = kwargs["record"]
        stored = {name: getattr(record, name) for name in stay_support.CONTENT if name != "matter"}
        stored["ground"] = stored["ground"] or StayReferral.Ground.TESTIMONY
        kwargs["initial"] = {
            **stored,
            "case_number": record.matter.case_number if record.matter else _matter_of_statement(record),
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)

    def clean_case_number(self) -> str:
        number: str = self.cleaned_data["case_number"]
        self.matter = None
        if number:
            own = Matter.objects.visible_to(self.user).filter(agency_id=self.record.agency_id)
            self.matter = own.filter(case_number__iexact=number).first()
            if self.matter is None:
                raise ValidationError(_("Your agency has no matter with this number."))
        return number

    def prepare(self, *, by: Any, at: Any) -> None:
        values = {name: self.cleaned_data[name] for name in stay_support.CONTENT if name != "matter"}
        stay_support.write(self.record, by=by, values={**values, "matter": self.matter})


def _matter_of_statement(record: StayReferral) -> str:
    statement = record.stay.statement
    return statement.matter.case_number if statement and statement.agency_id == record.agency_id else ""


FORMS: dict[tuple[str, str], type[StepForm]] = {
    (Kind.STAY_REFERRAL, "draft"): DraftForm,
}

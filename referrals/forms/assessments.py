"""The agency's weighing of a request, and the matter it belongs to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models import Assessment, Matter
from ..personal_data import PersonalDataValidator
from .fields import DayField

ONLY_AGENCY = _("your agency only; never the requester, never DHS")
WEIGHTS = [("0", _("0 · none")), ("1", _("1 · some")), ("2", _("2 · clear")), ("3", _("3 · strong"))]
FACTORS: dict[str, tuple[Promise, Promise]] = {
    "witnesses": (_("Need for witnesses"), _("Would the case stand without what workers can tell?")),
    "deterrence": (_("Deterrence"), _("Does fear keep people from reporting or from speaking with you?")),
    "retaliation": (_("Retaliation"), _("Threats, firings, calls to immigration.")),
    "scope_of_harm": (_("Scope of the harm"), _("How many people, how grave, for how long.")),
    "priority": (_("Enforcement priority"), _("How it fits what your agency has set out to do.")),
}


def _weight(label: Any, hint: Any) -> Any:
    return forms.TypedChoiceField(
        label=label, help_text=hint, choices=WEIGHTS, coerce=int, initial="0", widget=forms.Select
    )


def factors_of(assessment: Assessment) -> list[dict[str, Any]]:
    """Each factor with its label and weight."""
    return [{"label": label, "value": getattr(assessment, name)} for name, (label, _hint) in FACTORS.items()]


class AssessmentForm(forms.Form):
    """Five factors with notes, and what must be clear before an outcome."""

    witnesses = _weight(*FACTORS["witnesses"])
    deterrence = _weight(*FACTORS["deterrence"])
    retaliation = _weight(*FACTORS["retaliation"])
    scope_of_harm = _weight(*FACTORS["scope_of_harm"])
    priority = _weight(*FACTORS["priority"])
    notes = forms.CharField(
        label=_("Notes"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        validators=[PersonalDataValidator(_("Notes"))],
        help_text=_("Why you weigh it so. No names and no numbers of workers."),
    )
    cooperation_needed_now = forms.BooleanField(
        label=_("The workers' cooperation is needed now"), required=False
    )
    counsel_consulted = forms.BooleanField(label=_("Counsel was consulted"), required=False)
    no_conflict_of_interest = forms.BooleanField(
        label=_("I have no conflict of interest in this matter"), required=False
    )
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notes"].visible_to = ONLY_AGENCY  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, assessment: Assessment | None) -> dict[str, Any]:
        if assessment is None:
            return {}
        return {name: getattr(assessment, name) for name in cls.base_fields if hasattr(assessment, name)}

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "expected_version"}


class NewMatterForm(forms.Form):
    """A matter opened from a request: its names and places are taken from there."""

    case_number = forms.CharField(
        label=_("Case number"), max_length=80, validators=[PersonalDataValidator(_("Case number"))]
    )
    stage = forms.ChoiceField(
        label=_("Stage"), choices=Matter.Stage.choices, initial=Matter.Stage.INVESTIGATION
    )
    opened_on = DayField(label=_("Opened on"), required=False)

"""Forms of the privacy officer: holds, items taken out of a batch, decisions; and a worker's wish."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.models import Case

from ..models import LegalHold, Matter, Organization, Person
from ..personal_data import PersonalDataValidator
from .fields import DayField

Scope = LegalHold.Scope


def _why(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[PersonalDataValidator(label)],
        help_text=help_text or gettext_lazy("It stays on record. Write no names and no numbers of workers."),
    )


class HoldForm(forms.Form):
    """What a hold covers, why, and on whose authority."""

    scope = forms.ChoiceField(
        label=gettext_lazy("What it covers"), choices=Scope.choices, widget=forms.RadioSelect
    )
    mark = forms.CharField(
        label=gettext_lazy("Which one"),
        max_length=120,
        help_text=gettext_lazy(
            "A worker's token, the reference of a case, the code of an organization such as NLRB, or an "
            "agency's number of a matter. No names."
        ),
    )
    reason = _why(gettext_lazy("Why"))
    authority = forms.CharField(
        label=gettext_lazy("Authority"),
        max_length=300,
        validators=[PersonalDataValidator(gettext_lazy("Authority"))],
        help_text=gettext_lazy("The order, the request or the rule on which it rests, with its date."),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("scope") and said.get("mark"):
            try:
                said["on"] = _named(said["scope"], said["mark"].strip())
            except LookupError as missing:
                self.add_error("mark", str(missing))
        return said


def _named(scope: str, mark: str) -> Any:
    """What a token, reference, code or number names. Raises ``LookupError`` with a sentence."""
    found: Any
    match scope:
        case Scope.PERSON:
            found = Person.objects.filter(token__iexact=mark).first()
            sentence = _("There is no worker with this token.")
        case Scope.CASE:
            found = Case.objects.filter(reference__iexact=mark).first()
            sentence = _("There is no case with this reference.")
        case Scope.ORGANIZATION:
            found = Organization.objects.filter(code__iexact=mark).first()
            sentence = _("There is no organization with this code.")
        case _:
            return _matter(mark)
    if found is None:
        raise LookupError(sentence)
    return found


def _matter(mark: str) -> Matter:
    """A matter by its agency's number, with the agency's code before it where two have the same."""
    code, space, number = mark.partition(" ")
    found = list(Matter.objects.filter(case_number__iexact=mark)[:2])
    if not found and space:
        found = list(Matter.objects.filter(agency__code__iexact=code, case_number__iexact=number.strip())[:2])
    if not found:
        raise LookupError(_("There is no matter with this number."))
    if len(found) > 1:
        raise LookupError(
            _("Several agencies have this number. Write the code of the agency before it: NLRB 28-CA-300001.")
        )
    return found[0]


class LiftForm(forms.Form):
    """Why a hold ends."""

    because = _why(gettext_lazy("Why it ends"))


class TakeOutForm(forms.Form):
    """Why an item is kept, and until when nobody is asked again."""

    because = _why(gettext_lazy("Why it is kept"))
    not_before = DayField(
        label=gettext_lazy("Not before"),
        help_text=gettext_lazy(
            "From this day on it is found again, if it is still due. For example 30 June 2027."
        ),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_not_before(self) -> date:
        day: date = self.cleaned_data["not_before"]
        if day <= self.today:
            raise forms.ValidationError(_("Choose a day to come."))
        return day


class DispositionDecisionForm(forms.Form):
    """Approve a proposed batch, or turn it down with a reason."""

    APPROVE, TURN_DOWN = "approve", "turn_down"

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (APPROVE, gettext_lazy("Destroy everything on this list for good")),
            (TURN_DOWN, gettext_lazy("Turn the proposal down: nothing is destroyed")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Why not"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[PersonalDataValidator(gettext_lazy("Why not"))],
        help_text=gettext_lazy("Needed when it is turned down."),
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, mine: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if mine:  # who proposed it may only take it back
            decision = self.fields["decision"]
            decision.choices = decision.choices[1:]  # type: ignore[attr-defined]
            decision.initial = self.TURN_DOWN

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("decision") == self.TURN_DOWN and not said.get("note", "").strip():
            self.add_error("note", _("Write why nothing is destroyed."))
        return said

    @property
    def approves(self) -> bool:
        return bool(self.cleaned_data["decision"] == self.APPROVE)


class WishForm(forms.Form):
    """On which day a worker asked to be forgotten."""

    asked_on = DayField(
        label=gettext_lazy("Asked on"),
        help_text=gettext_lazy("The day on which the worker told you. For example 30 June 2026."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_asked_on(self) -> date:
        day: date = self.cleaned_data["asked_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day is still to come."))
        return day

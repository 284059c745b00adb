"""Forms for delegations of signature and for absences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from ..models import Act, Membership, Office, User
from ..personal_data import PersonalDataValidator
from .fields import DayField


class DelegationForm(forms.Form):
    """Who may sign what, for which office, from when to when, under which instrument."""

    official = forms.TypedChoiceField(
        label=gettext_lazy("Who may sign"),
        coerce=int,
        help_text=gettext_lazy("Approvers and signing officials."),
    )
    title = forms.CharField(
        label=gettext_lazy("Title under the signature"),
        max_length=200,
        validators=[PersonalDataValidator(gettext_lazy("Title under the signature"))],
        help_text=gettext_lazy("For example: Acting regional director"),
    )
    authority = forms.CharField(
        label=gettext_lazy("Citation of the instrument"),
        max_length=200,
        validators=[PersonalDataValidator(gettext_lazy("Citation of the instrument"))],
        help_text=gettext_lazy(
            "The order or memorandum with its number and date. It is printed on the letter."
        ),
    )
    acts = forms.MultipleChoiceField(
        label=gettext_lazy("What may be signed"), choices=Act.choices, widget=forms.CheckboxSelectMultiple
    )
    office = forms.TypedChoiceField(
        label=gettext_lazy("For which office"), coerce=int, required=False, empty_value=None
    )
    starts_on = DayField(label=gettext_lazy("First day"), widget=forms.DateInput())
    ends_on = DayField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(),
        required=False,
        help_text=gettext_lazy("Leave empty if it has no end."),
    )
    passes_on = forms.BooleanField(
        label=gettext_lazy("I delegate my own signature"),
        required=False,
        help_text=gettext_lazy(
            "Then it holds at once. Otherwise it is an order of the agency, and a second person confirms it."
        ),
    )

    def __init__(
        self, *args: Any, officials: Iterable[User], offices: Iterable[Office], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {each.pk: each for each in officials}
        self.places = {each.pk: each for each in offices}
        who: Any = self.fields["official"]
        who.choices = [("", "–"), *((pk, each.name) for pk, each in self.people.items())]
        where: Any = self.fields["office"]
        every = gettext_lazy("Every office of the agency")
        where.choices = [("", every), *((pk, each.name) for pk, each in self.places.items())]

    def recorded(self) -> dict[str, Any]:
        """What the service gets; only for a valid form."""
        typed = dict(self.cleaned_data)
        typed["official"] = self.people[typed["official"]]
        typed["office"] = self.places.get(typed["office"])
        return typed


class RevocationForm(forms.Form):
    """Why a delegation ends."""

    because = forms.CharField(
        label=gettext_lazy("Why it is revoked"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[PersonalDataValidator(gettext_lazy("Why it is revoked"))],
    )


class AbsenceForm(forms.Form):
    """Who is away from when to when, and who stands in."""

    membership = forms.TypedChoiceField(label=gettext_lazy("Who is away"), coerce=int)
    first_day = DayField(label=gettext_lazy("First day away"), widget=forms.DateInput())
    last_day = DayField(label=gettext_lazy("Last day away"), widget=forms.DateInput())
    deputy = forms.TypedChoiceField(
        label=gettext_lazy("Deputy"),
        coerce=int,
        help_text=gettext_lazy(
            "Somebody of the same capacity and organization. What the absent person may not decide "
            "because they prepared it, the deputy may not decide either."
        ),
    )

    def __init__(
        self, *args: Any, away: Iterable[Membership], deputies: Iterable[Membership], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.away = {each.pk: each for each in away}
        self.deputies = {each.pk: each for each in deputies}
        for name, held in (("membership", self.away), ("deputy", self.deputies)):
            field: Any = self.fields[name]
            field.choices = [
                ("", "–"),
                *((pk, f"{each.user.name}, {each.label}") for pk, each in held.items()),
            ]

    def marked(self) -> dict[str, Any]:
        """What the service gets; only for a valid form."""
        typed = dict(self.cleaned_data)
        typed["membership"] = self.away[typed["membership"]]
        typed["deputy"] = self.deputies[typed["deputy"]]
        return typed

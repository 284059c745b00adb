"""Forms about organizations, their people and the reviews of who may act for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.parties import Capacity

from ..access_limits import ADMITTED
from ..matter_rows import STATES
from ..models import AccessReviewLine, Admission, Office, Organization
from ..personal_data import PersonalDataValidator
from .fields import DayField

CAPACITIES = [each for each in Capacity.choices if each[0] != Capacity.SYSTEM]
ZONES = sorted(each for each in available_timezones() if each.startswith(("America/", "Pacific/", "US/")))
LANGUAGES = [("en", "English"), ("es", "Español")]


def _reason(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[PersonalDataValidator(label)],
        help_text=gettext_lazy("It stays on record. Write no names and no numbers of workers."),
    )


class AdmissionForm(forms.Form):
    """An organization, the proof that it is what it says, and its first person."""

    name = forms.CharField(label=gettext_lazy("Name of the organization"), max_length=200)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[(each.value, each.label) for each in Organization.Kind if each in ADMITTED],
        widget=forms.RadioSelect,
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Level of government"),
        choices=[("", "–"), *Organization.Level.choices],
        required=False,
        help_text=gettext_lazy("For a labor agency."),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", "–"), *((each, each) for each in STATES)], required=False
    )
    office = forms.CharField(label=gettext_lazy("Name of its first office"), max_length=200)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=[(each, each) for each in ZONES], initial="America/New_York"
    )
    proof = forms.ChoiceField(
        label=gettext_lazy("Proof"), choices=Admission.Proof.choices, widget=forms.RadioSelect
    )
    number = forms.CharField(
        label=gettext_lazy("Domain or number"),
        max_length=200,
        help_text=gettext_lazy("For example nlrb.gov, a bar number, or the number of the recognition."),
    )
    jurisdiction = forms.CharField(
        label=gettext_lazy("Bar, court or register"), max_length=200, required=False,
        help_text=gettext_lazy("Which state bar or register. Not needed for a domain."),
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("Where you looked it up"),
        max_length=500,
        help_text=gettext_lazy("Address of the register, or whom you called back at which published number."),
    )
    looked_on = DayField(label=gettext_lazy("Day on which you looked"))
    capacities = forms.MultipleChoiceField(
        label=gettext_lazy("Capacities that its people may hold"),
        choices=CAPACITIES,
        widget=forms.CheckboxSelectMultiple,
    )
    most_people = forms.IntegerField(label=gettext_lazy("How many people at most"), min_value=1)
    first_name = forms.CharField(label=gettext_lazy("Name of its first person"), max_length=200)
    first_email = forms.EmailField(label=gettext_lazy("E-mail of its first person"))
    first_capacity = forms.ChoiceField(
        label=gettext_lazy("Capacity of its first person"),
        choices=CAPACITIES,
        help_text=gettext_lazy("This person manages who else belongs to the organization."),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("proof") in (Admission.Proof.BAR, Admission.Proof.REGISTER) and not said.get(
            "jurisdiction"
        ):
            self.add_error("jurisdiction", _("Say which bar or register it is."))
        return said


class RefusalForm(forms.Form):
    """Why an organization is not let in."""

    because = _reason(gettext_lazy("Why it is refused"))


class EndingForm(forms.Form):
    """Why a capacity ends."""

    because = _reason(gettext_lazy("Why it ends"))


class UnlockForm(forms.Form):
    """Why a locked account may be used again."""

    because = _reason(gettext_lazy("Why it is unlocked"))


class InvitationForm(forms.Form):
    """Whom to invite, to what."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("One person's own address: nobody else may read mail that is sent there."),
    )
    capacity = forms.ChoiceField(label=gettext_lazy("Capacity"))
    office = forms.TypedChoiceField(label=gettext_lazy("Office"), coerce=int)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)
    manages = forms.BooleanField(
        label=gettext_lazy("Manages who belongs to the organization"), required=False
    )

    def __init__(
        self, *args: Any, capacities: Iterable[str], offices: Iterable[Office], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offices = {each.pk: each for each in offices}
        what: Any = self.fields["capacity"]
        what.choices = [(each, Capacity(each).label) for each in capacities]
        where: Any = self.fields["office"]
        where.choices = [(pk, each.name) for pk, each in self.offices.items()]

    def offered(self) -> dict[str, Any]:
        """What the service gets; only for a valid form."""
        typed = dict(self.cleaned_data)
        typed["office"] = self.offices[typed["office"]]
        return typed


class TakingUpForm(forms.Form):
    """A password, twice, for an account that has none yet."""

    password1 = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters; several words are good."),
    )
    password2 = forms.CharField(
        label=gettext_lazy("Password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("password1") and said.get("password2") and said["password1"] != said["password2"]:
            self.add_error("password2", _("The two passwords are not the same."))
        return said


class ReviewLineForm(forms.Form):
    """Whether one capacity is kept or ended, and why."""

    line = forms.IntegerField(widget=forms.HiddenInput, max_value=2**62)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (AccessReviewLine.Outcome.KEEP.value, gettext_lazy("Keep")),
            (AccessReviewLine.Outcome.END.value, gettext_lazy("End at once")),
        ],
        widget=forms.RadioSelect,
    )
    reason = _reason(gettext_lazy("Why"))

"""What a representative's office writes down about a worker."""

from __future__ import annotations

import re
import secrets
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..models import Person, Representation
from .fields import DayField
from .grouping import OFFICE_ONLY, OFFICE_THEN_DHS, GroupedForm

LANGUAGES = [
    ("es", _("Spanish")),
    ("en", _("English")),
    ("mam", _("Mam")),
    ("quc", _("K'iche'")),
    ("kek", _("Q'eqchi'")),
    ("kjb", _("Q'anjob'al")),
    ("mix", _("Mixtec")),
    ("zap", _("Zapotec")),
    ("nah", _("Nahuatl")),
    ("pt", _("Portuguese")),
    ("ht", _("Haitian Creole")),
    ("fr", _("French")),
    ("zh", _("Chinese")),
    ("vi", _("Vietnamese")),
    ("tl", _("Tagalog")),
    ("ar", _("Arabic")),
    ("hi", _("Hindi")),
    ("ne", _("Nepali")),
    ("uk", _("Ukrainian")),
    ("ru", _("Russian")),
]
PERSON_FIELDS = (
    "given_names",
    "family_names",
    "other_names",
    "born_on",
    "birth_city",
    "birth_country",
    "nationality",
    "a_number",
    "mailing_address",
    "safe_address",
    "phone",
    "safe_contact",
    "language",
)
A_NUMBER = re.compile(r"\d{7,9}")


def _line(label: Any, *, required: bool = False, most: int = 200, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=most, help_text=help_text)


def _lines(label: Any, *, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=1_000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WorkerForm(GroupedForm):
    """Everything personal about a worker, with who sees each answer."""

    groups = (
        (
            _("Name"),
            _("As on the passport or birth certificate."),
            ("given_names", "family_names", "other_names"),
        ),
        (
            _("Birth and nationality"),
            "",
            ("born_on", "birth_city", "birth_country", "nationality", "a_number"),
        ),
        (
            _("How to reach the worker"),
            _("Choose ways that do not put the worker at risk at home or at work."),
            ("language", "phone", "safe_contact", "mailing_address", "safe_address"),
        ),
        (_("Your office"), "", ("representation", "another_person")),
    )
    audiences = {
        **dict.fromkeys(PERSON_FIELDS, OFFICE_THEN_DHS),
        "phone": OFFICE_ONLY,
        "safe_contact": OFFICE_ONLY,
        "representation": OFFICE_THEN_DHS,
    }

    given_names = _line(_("Given names"), required=True)
    family_names = _line(_("Family names"), required=True)
    other_names = _line(
        _("All other names used"), help_text=_("Maiden names, nicknames at work, other spellings.")
    )
    born_on = DayField(
        label=_("Date of birth"), required=False, help_text=_("For example 1990-05-17 or 5/17/1990.")
    )
    birth_city = _line(_("City of birth"))
    birth_country = _line(_("Country of birth"))
    nationality = _line(_("Nationality"))
    a_number = _line(
        _("A-number, if there is one"),
        most=20,
        help_text=_("“A” and seven to nine digits, on papers from DHS or the immigration court."),
    )
    language = forms.ChoiceField(label=_("Language the worker understands best"), choices=LANGUAGES)
    phone = _line(_("Phone"), most=40)
    safe_contact = _lines(
        _("How to reach the worker safely"),
        help_text=_("For example: only after 8 p.m., never leave a message, ask for the sister."),
    )
    mailing_address = _lines(_("Mailing address"), help_text=_("Where notices from DHS should go."))
    safe_address = _lines(
        _("Safe address for the card"), help_text=_("If mail gets lost or is opened at the mailing address.")
    )
    representation = forms.ChoiceField(
        label=_("Who represents the worker"),
        choices=Representation.Kind.choices,
        widget=forms.RadioSelect,
        initial=Representation.Kind.ATTORNEY,
    )
    another_person = forms.BooleanField(label=_("This is another person; store them as well"), required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(self, *args: Any, today: date, person: Person | None = None, **kwargs: Any) -> None:
        self.today = today
        initial: dict[str, Any] = {"key": secrets.token_urlsafe(18)}
        if person is not None:
            initial |= {name: getattr(person, name) for name in PERSON_FIELDS}
        super().__init__(*args, initial={**initial, **(kwargs.pop("initial", None) or {})}, **kwargs)
        if person is not None:
            del self.fields["representation"]
            del self.fields["key"]
        if person is not None or not self.is_bound:
            del self.fields["another_person"]

    def clean_a_number(self) -> str:
        typed = re.sub(r"[\s\-]", "", self.cleaned_data["a_number"]).upper().removeprefix("A")
        if typed and not A_NUMBER.fullmatch(typed):
            raise ValidationError(_("An A-number is “A” and seven to nine digits."))
        return f"A{typed:0>9}" if typed else ""

    def clean_born_on(self) -> date | None:
        born: date | None = self.cleaned_data["born_on"]
        if born is not None and born >= self.today:
            raise ValidationError(_("The date of birth is not in the past."))
        return born

    @property
    def details(self) -> dict[str, Any]:
        return self.written(*PERSON_FIELDS)


class WorkerSearchForm(forms.Form):
    """Sent as a POST, so that no name stands in an address, a log or a browser's history."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)

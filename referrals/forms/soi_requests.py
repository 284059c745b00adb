"""The five short steps of a request for a statement. Nothing is required to keep a draft; what is typed wrong
stays on the page and is explained, and the rest is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..dates import PRESENT
from ..models import Office, Relief, RequesterKind, SoiRequest
from ..personal_data import PersonalDataValidator
from .fields import DayField, DayOrPresentField

LONGEST_TEXT = 20_000
SHARED = _("your organization, and the agency once you send the request")
NEVER = _("It never goes to DHS.")


class PartForm(forms.Form):
    """One step's fields. ``values`` gives what can be stored, even when other fields are refused."""

    stored_fields: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        self.on = on
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        for name in self.texts:
            field = self.fields[name]
            field.validators.append(PersonalDataValidator(str(field.label)))
            field.visible_to = SHARED  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, request: SoiRequest) -> dict[str, Any]:
        """What is stored, as the form shows it."""
        return {name: getattr(request, name) for name in cls.base_fields if hasattr(request, name)}

    def values(self) -> dict[str, Any]:
        """The good answers as the values of the record."""
        return {name: self.cleaned_data[name] for name in self.fields if name in self.cleaned_data}


def _text(label: Any, help_text: Any = "", *, rows: int = 6, longest: int = LONGEST_TEXT) -> Any:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=longest,
        required=False,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _line(label: Any, longest: int, help_text: Any = "") -> Any:
    return forms.CharField(label=label, help_text=help_text, max_length=longest, required=False)


def office_choices(offices: Sequence[Office]) -> list[Any]:
    """Offices grouped by agency, for a select box."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for office in offices:
        groups.setdefault(office.organization.name, []).append((str(office.pk), office.name))
    return [("", _("Choose an agency and its office")), *groups.items()]


class AgencyForm(PartForm):
    """Step 1: which agency, and who asks."""

    stored_fields = (
        "agency", "agency_desk", "requester_kind", "on_behalf_of", "workers_affected", "case_number",
        "contact_name", "contact_phone", "contact_email",
    )  # fmt: skip
    texts = ("case_number",)

    office = forms.ChoiceField(
        label=_("Agency and office"),
        help_text=_("The table above helps. You can change this until the request is sent."),
        error_messages={"required": _("Choose the agency that you ask.")},
    )
    requester_kind = forms.ChoiceField(label=_("You ask as"), choices=RequesterKind.choices)
    on_behalf_of = forms.ChoiceField(
        label=_("On behalf of"), choices=SoiRequest.OnBehalfOf.choices, initial=SoiRequest.OnBehalfOf.ALL
    )
    workers_affected = forms.IntegerField(
        label=_("About how many workers are affected"), min_value=1, max_value=1_000_000, required=False
    )
    case_number = _line(
        _("Complaint, case or charge number"),
        80,
        _("If there is one. Some agencies act only where there is."),
    )
    contact_name = _line(_("Whom the agency can ask"), 200)
    contact_phone = _line(_("Phone"), 40)
    contact_email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)

    def __init__(self, *args: Any, offices: Sequence[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = list(offices)
        self._by_key = {str(office.pk): office for office in offices}
        self.fields["office"].choices = office_choices(offices)  # type: ignore[attr-defined]
        self.fields["contact_name"].visible_to = SHARED  # type: ignore[attr-defined]

    @property
    def chosen_office(self) -> Office | None:
        """The chosen office."""
        return self._by_key.get(self.cleaned_data.get("office", ""))

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name != "office"}


class EmployerForm(PartForm):
    """Step 2: the employer; its names are rows of their own."""

    stored_fields = ("industry",)
    texts = ("industry",)

    industry = _line(_("Kind of business"), 200, _("For example: poultry packing, hotel cleaning, roofing."))


class PlacesForm(PartForm):
    """Step 3: when it happened and which jobs; the places are rows of their own."""

    stored_fields = ("period_from", "period_to", "to_present", "roles")
    texts = ("roles",)

    period_from = DayField(
        label=_("When it began"), required=False, help_text=_("A day like 2025-03-05 or 3/5/2025.")
    )
    period_to = DayOrPresentField(
        label=_("When it ended"), required=False, help_text=_("A day, or “present” if it still goes on.")
    )
    roles = _text(
        _("Which jobs"),
        _("For example: line workers, drivers, cleaners of the night shift."),
        rows=3,
        longest=2_000,
    )

    @classmethod
    def initial_of(cls, request: SoiRequest) -> dict[str, Any]:
        stored = super().initial_of(request)
        return {**stored, "period_to": PRESENT if request.to_present else request.period_to}

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("period_from"), self.cleaned_data.get("period_to")
        if start and start > self.on:
            self.add_error("period_from", _("This day has not come yet."))
        elif start and isinstance(end, date) and end < start:
            self.add_error("period_to", _("The end is before the beginning."))
            self.cleaned_data.pop("period_from")
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        found = super().values()
        if "period_to" in found:
            end = found["period_to"]
            found["to_present"] = end is PRESENT
            found["period_to"] = end if isinstance(end, date) else None
        return found


class StoryForm(PartForm):
    """Step 4: what happened, and why people are afraid."""

    stored_fields = (
        "dispute", "laws", "retaliation", "fear", "cooperation", "other_agencies", "urgent", "urgent_reason",
        "relief", "certifies_no_names",
    )  # fmt: skip
    texts = ("dispute", "laws", "retaliation", "fear", "cooperation", "other_agencies", "urgent_reason")

    dispute = _text(
        _("What happened"), _("The dispute, and when and where. Needed before you send."), rows=10
    )
    laws = _text(
        _("Which laws it is about"),
        _("If you know: wages, safety, discrimination, the right to organize."),
        rows=3,
    )
    retaliation = _text(
        _("Threats or retaliation"), _("Who did what, when and where. Needed before you send."), rows=6
    )
    fear = _text(
        _("How fear keeps people from speaking"),
        _("What do people no longer dare to do? Needed before you send."),
        rows=6,
    )
    cooperation = _text(_("How workers could help the agency"), rows=4)
    other_agencies = _line(_("Other agencies that are involved"), 300)
    urgent = forms.BooleanField(label=_("This is urgent"), required=False)
    urgent_reason = _text(
        _("Why it is urgent"),
        _("For example: somebody is detained, or an audit of papers was announced."),
        rows=3,
    )
    relief = forms.MultipleChoiceField(
        label=_("What the statement should support"),
        choices=Relief.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    certifies_no_names = forms.BooleanField(
        label=_("I have checked: no worker's name and no number of a worker stands here."), required=False
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("urgent") and self.cleaned_data.get("urgent_reason") == "":
            self.add_error("urgent_reason", _("Say why it is urgent."))
        return self.cleaned_data

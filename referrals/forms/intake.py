"""Forms of DHS intake: what is in the packet, and which office reviews it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..dates import FIRST_YEAR, LAST_YEAR
from ..models import Office, PacketItem, User, WorkerRequest
from ..packets import ITEMS

FOUND = [
    ("", gettext_lazy("Not looked at")),
    (PacketItem.State.PRESENT.value, gettext_lazy("Present")),
    (PacketItem.State.MISSING.value, gettext_lazy("Absent")),
    (PacketItem.State.DEFECTIVE.value, gettext_lazy("Defective")),
]
YES, NO = "yes", "no"
ANSWERS = [(YES, gettext_lazy("Yes")), (NO, gettext_lazy("No"))]
WITH_UNKNOWN = [*ANSWERS, ("", gettext_lazy("Not known"))]
TRUTH = {YES: True, NO: False, "": None}
SAID = {True: YES, False: NO, None: ""}
MUST_BE_KNOWN = ("in_proceedings", "final_order")
QUESTIONS = {
    "in_proceedings": (
        gettext_lazy("Is the worker in removal proceedings?"),
        gettext_lazy("A Notice to Appear was filed with the immigration court."),
    ),
    "final_order": (
        gettext_lazy("Is there a final order of removal?"),
        gettext_lazy("An order that no appeal inside the agency can change any more."),
    ),
    "reinstated_order": (gettext_lazy("Was an earlier order reinstated?"), ""),
    "voluntary_departure": (gettext_lazy("Was voluntary departure granted?"), ""),
    "detained": (
        gettext_lazy("Is the worker detained now?"),
        gettext_lazy("Detention makes the case urgent."),
    ),
    "prior_ice_contact": (
        gettext_lazy("Was there contact with ICE before, or an order of supervision?"),
        "",
    ),
}
# Field offices and the states they usually cover; a hint only, the office is chosen by a person.
USUAL_OFFICE = {
    "Atlanta": "GA NC SC", "Baltimore": "MD", "Boston": "CT MA ME NH RI VT", "Chicago": "IL IN KS KY MO WI",
    "Denver": "CO WY", "Detroit": "MI OH", "Miami": "FL PR", "New Orleans": "AL AR LA MS TN",
    "New York": "NY",
    "Newark": "NJ", "Philadelphia": "DE PA WV", "Phoenix": "AZ", "Salt Lake City": "ID MT NV UT",
    "San Francisco": "HI", "Seattle": "AK OR WA", "St. Paul": "IA MN ND NE SD", "Washington": "DC VA",
}  # fmt: skip


class VersionedForm(forms.Form):
    """A form that knows which version of the case its page showed."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, record: Any, **kwargs: Any) -> None:
        self.record = record
        kwargs["initial"] = {"expected_version": record.version, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class CompletenessForm(VersionedForm):
    """One answer and a note for every line of the packet. "The rest is present" fills what is open."""

    def __init__(self, *args: Any, record: WorkerRequest, **kwargs: Any) -> None:
        super().__init__(*args, record=record, **kwargs)
        self.items = list(record.items.all())
        for item in self.items:
            self.fields[f"state_{item.key}"] = forms.ChoiceField(
                label=str(ITEMS[item.key].label),
                help_text=str(ITEMS[item.key].why),
                choices=FOUND,
                required=False,
                initial=item.intake_state,
            )
            self.fields[f"note_{item.key}"] = forms.CharField(
                label=_("Remark"),
                max_length=300,
                required=False,
                initial=item.intake_note,
            )

    def rows(self) -> list[tuple[PacketItem, BoundField, BoundField]]:
        """Each item with the fields for what was found and for a remark."""
        return [(item, self[f"state_{item.key}"], self[f"note_{item.key}"]) for item in self.items]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for item in self.items:
            defective = cleaned.get(f"state_{item.key}") == PacketItem.State.DEFECTIVE
            if defective and not cleaned.get(f"note_{item.key}"):
                self.add_error(f"note_{item.key}", _("Say what is wrong with it."))
        return cleaned

    @property
    def fills_the_rest(self) -> bool:
        return "rest_is_present" in self.data

    def found(self) -> dict[str, tuple[str, str]]:
        """What intake found: key → (state, note); lines left open stay open."""
        rest = PacketItem.State.PRESENT if self.fills_the_rest else ""
        return {
            item.key: (
                self.cleaned_data[f"state_{item.key}"] or rest,
                self.cleaned_data[f"note_{item.key}"],
            )
            for item in self.items
        }


class RoutingForm(VersionedForm):
    """The routing questions, the removal date where there is one, and the field office for the ICE track."""

    removal_at = forms.DateTimeField(
        label=gettext_lazy("Removal date and time, if one is known"),
        required=False,
        widget=forms.DateTimeInput(),
        help_text=gettext_lazy(
            "It puts the case into the urgent lane: the office is warned days and hours before."
        ),
    )
    ice_office = forms.ModelChoiceField(
        label=gettext_lazy("ICE field office"),
        queryset=Office.objects.filter(field_office=True),
        required=False,
        empty_label=gettext_lazy("None"),
    )

    def __init__(self, *args: Any, record: WorkerRequest, user: User, at: datetime, **kwargs: Any) -> None:
        self.at = at
        answers = {name: SAID[getattr(record, name)] for name in QUESTIONS}
        office = record.ice_office or _suggested_office(record.site_state)
        kwargs["initial"] = {**answers, "removal_at": record.removal_at, "ice_office": office}
        super().__init__(*args, record=record, **kwargs)
        for name, (label, hint) in QUESTIONS.items():
            known = name in MUST_BE_KNOWN
            self.fields[name] = forms.ChoiceField(
                label=label,
                help_text=str(hint),
                choices=ANSWERS if known else WITH_UNKNOWN,
                required=known,
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Answer yes or no: this decides which office reviews the request.")
                },
            )
        self.fields["ice_office"].help_text = _place_hint(record)
        if record.ice_office_id and user.office_id == record.ice_office_id:
            del self.fields["ice_office"]
        self.order_fields([*QUESTIONS, "removal_at", "ice_office"])

    def clean_removal_at(self) -> datetime | None:
        removal: datetime | None = self.cleaned_data["removal_at"]
        if removal is None or removal == self.record.removal_at:
            return removal
        if not FIRST_YEAR <= removal.year <= LAST_YEAR:
            raise forms.ValidationError(_("This day is not between 1900 and 2100."))
        if removal < self.at:
            raise forms.ValidationError(_("This moment has passed."))
        return removal

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        to_ice = YES in {cleaned.get(name) for name in ("in_proceedings", "final_order", "reinstated_order")}
        if to_ice and "ice_office" in self.fields and not cleaned.get("ice_office"):
            self.add_error("ice_office", _("Choose the field office that will decide."))
        return cleaned

    def answers(self) -> dict[str, Any]:
        """The answers in the terms of the service."""
        given: dict[str, Any] = {name: TRUTH[self.cleaned_data[name]] for name in QUESTIONS}
        given["removal_at"] = self.cleaned_data["removal_at"]
        if "ice_office" in self.fields:
            given["ice_office"] = self.cleaned_data["ice_office"]
        return given


def _suggested_office(state: str) -> Office | None:
    city = next((city for city, states in USUAL_OFFICE.items() if state and state in states.split()), None)
    return Office.objects.filter(field_office=True, name__icontains=city).first() if city else None


def _place_hint(record: WorkerRequest) -> str:
    place = ", ".join(part for part in (record.site_city, record.site_state) if part)
    if not place:
        return _("The office for the place where the worker lives or is detained.")
    return _(
        "The office for the place where the worker lives or is detained. The place of work is %(place)s."
    ) % {"place": place}

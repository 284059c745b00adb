"""The forms with which a representative prepares a stay of removal and asks an agency to support it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Office, Organization, Statement, Stay, User
from .fields import DayField
from .grouping import Group, GroupedForm
from .worker_requests import StatementChoice, usable_statements

SITUATION = ("ice_office", "statement", "detained", "detained_at", "final_order", "order_on")
PAPERS = (
    "reasons",
    "months_asked",
    "identity_papers",
    "form_signed",
    "fee_ready",
    "medical",
    "medical_papers",
    "attorney_phone",
    "consented_on",
)
THEN_ICE = _("your office; the ICE field office once you record the filing")


class SituationForm(GroupedForm):
    """Where the worker is, what the order says, and when removal is to happen."""

    audiences = dict.fromkeys((*SITUATION, "removal_day", "removal_time"), THEN_ICE)
    groups: ClassVar[tuple[Group, ...]] = (
        (
            _("Removal"),
            _("If only the day is known, leave the hour empty: the day then counts from midnight."),
            ("removal_day", "removal_time", "detained", "detained_at"),
        ),
        (
            _("Where and why"),
            _("The field office for the place where the worker lives or is detained."),
            ("ice_office", "final_order", "order_on", "statement"),
        ),
    )

    removal_day = DayField(label=_("Day of removal, if known"), required=False)
    removal_time = forms.TimeField(
        label=_("Hour of removal, if known"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("In your office's time zone."),
        input_formats=["%H:%M", "%H:%M:%S", "%I:%M %p", "%I %p"],
    )
    detained = forms.BooleanField(label=_("The worker is detained now"), required=False)
    detained_at = forms.CharField(label=_("Where detained"), max_length=300, required=False)
    ice_office = forms.ModelChoiceField(
        label=_("ICE field office"), queryset=Office.objects.none(), empty_label=_("Choose the field office")
    )
    final_order = forms.BooleanField(label=_("There is a final order of removal"), required=False)
    order_on = DayField(label=_("Date of the order"), required=False)
    statement = StatementChoice(
        label=_("Statement of interest, if one covers the worker"),
        required=False,
        to_field_name="reference",
        queryset=Statement.objects.none(),
        empty_label=_("None"),
    )

    def __init__(self, *args: Any, user: User, today: date, stay: Stay | None = None, **kwargs: Any) -> None:
        self.today = today
        self.zone = ZoneInfo(stay.time_zone if stay else user.hat.office.desk.time_zone)
        initial: dict[str, Any] = {}
        if stay is not None:
            initial = {name: getattr(stay, name) for name in SITUATION if name != "statement"}
            initial["statement"] = stay.statement.reference if stay.statement else None
            initial["expected_version"] = stay.version
            if stay.removal_at is not None:
                there = stay.removal_at.astimezone(self.zone)
                initial |= {"removal_day": there.date(), "removal_time": there.strftime("%H:%M")}
        super().__init__(*args, initial=initial, **kwargs)
        offices = Office.objects.filter(field_office=True).order_by("name")
        self.fields["ice_office"].queryset = offices  # type: ignore[attr-defined]
        self.fields["statement"].queryset = usable_statements(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("removal_time") is not None and not cleaned.get("removal_day"):
            self.add_error("removal_day", _("Write the day as well."))
        if cleaned.get("order_on") and cleaned["order_on"] > self.today:
            self.add_error("order_on", _("This day has not come yet."))
        if cleaned.get("order_on") and not cleaned.get("final_order"):
            self.add_error("final_order", _("Tick this if the order is final, or remove its date."))
        return cleaned

    @property
    def removal_at(self) -> datetime | None:
        """The instant that counts: the hour given, else the first moment of the day."""
        day = self.cleaned_data.get("removal_day")
        if day is None:
            return None
        hour = self.cleaned_data.get("removal_time") or time(0, 0)
        return datetime.combine(day, hour, self.zone)

    @property
    def situation(self) -> dict[str, Any]:
        return {**self.written(*SITUATION), "removal_at": self.removal_at}


class StayForm(SituationForm):
    """The whole of Form I-246 as the office prepares it."""

    audiences = {**SituationForm.audiences, **dict.fromkeys(PAPERS, THEN_ICE)}
    groups = (
        *SituationForm.groups,
        (_("What is asked for"), "", ("reasons", "months_asked")),
        (
            _("Papers"),
            _("A missing paper, a wrong fee or an unsigned form leads to rejection at the counter."),
            ("identity_papers", "form_signed", "fee_ready", "medical", "medical_papers"),
        ),
        (_("Consent and contact"), "", ("consented_on", "attorney_phone")),
    )

    reasons = forms.CharField(
        label=_("Why a stay is asked for"),
        required=False,
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    months_asked = forms.IntegerField(label=_("Months asked for"), min_value=1)
    identity_papers = forms.ChoiceField(
        label=_("Identity papers"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("", _("None yet")), *Stay.IdentityPapers.choices],
    )
    form_signed = forms.BooleanField(label=_("Form I-246 is signed by hand"), required=False)
    fee_ready = forms.BooleanField(label=_("The fee is ready"), required=False)
    medical = forms.BooleanField(label=_("Medical reasons are given"), required=False)
    medical_papers = forms.BooleanField(label=_("Medical documents are attached"), required=False)
    consented_on = DayField(label=_("Day on which the worker agreed to this request"), required=False)
    attorney_phone = forms.CharField(
        label=_("Phone at which you can be reached day and night"), max_length=40, required=False
    )

    def __init__(self, *args: Any, stay: Stay, most_months: int, fee: int | None, **kwargs: Any) -> None:
        super().__init__(*args, stay=stay, **kwargs)
        for name in PAPERS:
            self.initial[name] = getattr(stay, name)
        if stay.consent_withdrawn_at is not None:
            self.initial["consented_on"] = None
        months = self.fields["months_asked"]
        assert isinstance(months, forms.IntegerField)
        self.most_months = most_months
        months.help_text = _("At most %(months)s.") % {"months": most_months}
        if fee is not None:
            self.fields["fee_ready"].help_text = _("The fee is $%(fee)s today.") % {"fee": fee}
        del self.fields["ice_office"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("months_asked") or 0) > self.most_months:
            self.add_error(
                "months_asked", _("A stay is for at most %(months)s months.") % {"months": self.most_months}
            )
        if cleaned.get("medical_papers") and not cleaned.get("medical"):
            self.add_error("medical", _("Tick this too: medical documents are attached."))
        if cleaned.get("consented_on") and cleaned["consented_on"] > self.today:
            self.add_error("consented_on", _("This day has not come yet."))
        return cleaned

    @property
    def prepared(self) -> dict[str, Any]:
        values = {**self.situation, **self.written(*PAPERS)}
        if values["consented_on"] is not None:
            values["consent_withdrawn_at"] = None
        return values


class SupportForm(forms.Form):
    """The one form whose answer carries a name to a labor agency."""

    agency = forms.ModelChoiceField(
        label=_("Labor agency"),
        queryset=Organization.objects.none(),
        to_field_name="code",
        empty_label=_("Choose the agency"),
    )
    consent_signed_on = DayField(
        label=_("Day on which the worker signed the consent to be named to this agency"),
        help_text=_("A signature on paper, in the worker's language. Keep it in your file."),
    )
    understood = forms.BooleanField(
        label=_("I understand: sending this tells the agency the worker's name and that removal is pending.")
    )

    def __init__(self, *args: Any, stay: Stay, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        agencies = Organization.objects.filter(
            kind=Organization.Kind.AGENCY, offices__isnull=False
        ).distinct()
        field = self.fields["agency"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = agencies.order_by("name")
        if stay.statement is not None:
            field.initial = stay.statement.agency
        for name in ("agency", "consent_signed_on"):
            self.fields[name].visible_to = _("your office and the agency you choose")  # type: ignore[attr-defined]

    def clean_consent_signed_on(self) -> date:
        signed: date = self.cleaned_data["consent_signed_on"]
        if signed > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return signed

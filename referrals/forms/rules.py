"""Forms of the rulebook: propose a change, declare a closure, decide, record what a source says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows import policy_drafts
from workflows.models import Policy, PolicyChange, PolicyCheck, TollingWindow
from workflows.parties import Actor
from workflows.policy_drafts import ChangeRefused

from ..personal_data import PersonalDataValidator
from .fields import DayField
from .rule_values import ValueFields


def _text(label: Any, *, rows: int = 0, help_text: Any = "", required: bool = True, most: int = 300) -> Any:
    return forms.CharField(
        label=label,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(),
        help_text=help_text,
        validators=[PersonalDataValidator(label)],
    )


class RefusableForm(forms.Form):
    """A form beside whose fields the rulebook's own refusals can be shown."""

    def add_problems(self, problems: Mapping[str, list[str]]) -> None:
        """Put each sentence beside the field it is about, or above them all."""
        for field, sentences in problems.items():
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, sentence)


class ChangeForm(RefusableForm):
    """A new value for a rule: from which day on, for which cases, on whose word and why."""

    def __init__(
        self, *args: Any, row: Policy, jurisdiction: str, may_stand_alone: bool = True, **kwargs: Any
    ) -> None:
        self.row, self.jurisdiction = row, jurisdiction
        self.value_fields = ValueFields(row.key, row.value)
        kwargs["initial"] = {
            **self.value_fields.initial, "governs": row.governs, "authority": row.legal_cite,
            **(kwargs.get("initial") or {}),
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields.update(self.value_fields.fields)
        self.fields["first_day"] = DayField(
            label=gettext_lazy("First day"),
            widget=forms.DateInput(),
            help_text=gettext_lazy("Today or later. Nobody is held to a rule that was not there."),
        )
        self.fields["governs"] = forms.ChoiceField(
            label=gettext_lazy("Which day of a case decides whether the new value applies"),
            choices=Policy.Governs.choices,
            help_text=gettext_lazy(
                "“Each day the case is pending” moves the open cases too. Any other day leaves those alone "
                "whose day lies before the first day of the new value."
            ),
        )
        self.fields["correction"] = forms.BooleanField(
            required=False,
            label=gettext_lazy("This corrects a row that was wrong: the first day may lie in the past"),
            help_text=gettext_lazy(
                "Nothing past is rewritten: what was decided, missed or sent stays. Only the running clocks "
                "of open cases are computed anew."
            ),
        )
        self.fields["authority"] = _text(
            gettext_lazy("Citation"),
            required=False,
            help_text=gettext_lazy("The law, order or memo, for example 8 CFR 103.8(b)."),
        )
        self.fields["source"] = _text(
            gettext_lazy("Source"), rows=2, most=2_000, help_text=gettext_lazy("Where you read it.")
        )
        self.fields["source_url"] = forms.URLField(
            label=gettext_lazy("Link to the source"), required=False, max_length=500, assume_scheme="https"
        )
        self.fields["reason"] = _text(
            gettext_lazy("Why"),
            rows=3,
            most=2_000,
            help_text=gettext_lazy("It stays beside the rule and in the history of each case it moves."),
        )

    def value_part(self) -> list[Any]:
        """The bound fields of the value itself."""
        return [self[name] for name in self.value_fields.fields]

    def rest(self) -> list[Any]:
        """The other bound fields."""
        return [field for field in self if field.name not in self.value_fields.fields]

    def draft(self, *, by: Actor, at: datetime) -> PolicyChange | None:
        """The change as typed, or None with sentences beside the fields; only for a valid form."""
        typed = self.cleaned_data
        try:
            return policy_drafts.draft_rule(
                key=self.row.key,
                jurisdiction=self.jurisdiction,
                value=self.value_fields.read(typed),
                by=by,
                at=at,
                **{
                    name: typed[name]
                    for name in (
                        "first_day", "governs", "correction", "authority", "source", "source_url", "reason",
                    )
                },
            )  # fmt: skip
        except ChangeRefused as refused:
            problems = dict(refused.problems)
            about_value = problems.pop("value", [])
            self.add_problems({**problems, self.value_fields.first: about_value})
        return None


class ClosureForm(RefusableForm):
    """A closure: whose clocks stand still, from when to when, on which authority."""

    jurisdiction = forms.ChoiceField(label=gettext_lazy("Whose clocks stand still"))
    first_day = DayField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(),
        help_text=gettext_lazy("It may lie in the past: a shutdown is often declared when it is there."),
    )
    last_day = DayField(label=gettext_lazy("Last day"), widget=forms.DateInput())
    authority = _text(
        gettext_lazy("Authority"), help_text=gettext_lazy("The order or notice on which the closure rests.")
    )
    reason = _text(gettext_lazy("Reason"), rows=2)

    def __init__(
        self,
        *args: Any,
        jurisdictions: list[tuple[str, str]],
        window: TollingWindow | None = None,
        **kwargs: Any,
    ) -> None:
        self.window = window
        if window is not None:
            kwargs["initial"] = {
                "jurisdiction": window.jurisdiction, "first_day": window.starts_on,
                "last_day": window.ends_on, "authority": window.authority, **(kwargs.get("initial") or {}),
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        if window is not None:
            del self.fields["jurisdiction"], self.fields["first_day"]
        else:
            choice: Any = self.fields["jurisdiction"]
            choice.choices = jurisdictions

    def draft(self, *, by: Actor, at: datetime) -> PolicyChange | None:
        """The closure as typed, or None with sentences beside the fields; only for a valid form."""
        typed, window = self.cleaned_data, self.window
        try:
            return policy_drafts.draft_closure(
                jurisdiction=window.jurisdiction if window else typed["jurisdiction"],
                first_day=window.starts_on if window else typed["first_day"],
                last_day=typed["last_day"],
                authority=typed["authority"],
                reason=typed["reason"],
                window=window,
                by=by,
                at=at,
            )
        except ChangeRefused as refused:
            self.add_problems(refused.problems)
        return None


class CheckForm(RefusableForm):
    """What somebody found when they compared a row with its source."""

    finding = forms.ChoiceField(
        label=gettext_lazy("What you found"), choices=PolicyCheck.Finding.choices, widget=forms.RadioSelect
    )
    against = _text(gettext_lazy("What you read"), rows=2, most=2_000)
    against_url = forms.URLField(
        label=gettext_lazy("Link to it"), required=False, max_length=500, assume_scheme="https"
    )
    checked_on = DayField(label=gettext_lazy("On which day you read it"), widget=forms.DateInput())
    note = _text(
        gettext_lazy("What the source says instead, or anything else to know"),
        rows=3,
        most=2_000,
        required=False,
    )

    def __init__(self, *args: Any, row: Policy, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "against": row.source, "against_url": row.source_url, "checked_on": today,
            **(kwargs.get("initial") or {}),
        }  # fmt: skip
        super().__init__(*args, **kwargs)


class DecisionForm(RefusableForm):
    """Approve, refuse or withdraw; the fingerprint says which effects were on the page."""

    decision = forms.ChoiceField(
        choices=[("approve", ""), ("refuse", ""), ("withdraw", "")], widget=forms.HiddenInput, required=True
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)
    reason = _text(
        gettext_lazy("Your reason"),
        rows=3,
        most=2_000,
        required=False,
        help_text=gettext_lazy("Needed when you refuse. It stays on record."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") == "refuse" and not (cleaned.get("reason") or "").strip():
            self.add_error("reason", _("Write why you refuse it."))
        return cleaned

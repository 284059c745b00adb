"""Editing what a rule says: one set of fields for each shape of value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows import terms
from workflows.calendars import calendar
from workflows.policy_values import LARGEST_NUMBER, LONGEST, Shape, needed_rungs, shape_of
from workflows.terms import Unit

from .. import rule_words

UNITS = [
    (Unit.CALENDAR_DAYS, gettext_lazy("calendar days")),
    (Unit.BUSINESS_DAYS, gettext_lazy("business days")),
    (Unit.MONTHS, gettext_lazy("months")),
    (Unit.HOURS, gettext_lazy("hours")),
]
TRUTHS = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
NEW_RUNGS = 2
NEW_KINDS = [("", "—"), *((kind, label) for kind, label in rule_words.RUNGS.items() if kind != "due")]
LANGUAGES = {"en": gettext_lazy("in English"), "es": gettext_lazy("in Spanish")}
SOME_DAY = date(2026, 3, 2)
MOST = 100_000


def _amount(label: Any, *, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST, required=required)


def _lines(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One to a line."),
    )


class ValueFields:
    """The fields of one value: what to add to a form, what they show first, and how they read back."""

    def __init__(self, key: str, value: Any) -> None:
        self.key, self.value = key, value
        self.shape = shape_of(value)
        self.fields: dict[str, forms.Field] = {}
        self.initial: dict[str, Any] = {}
        match self.shape:
            case Shape.TERM:
                self._add_term()
            case Shape.RECORD:
                for part, entry in value.items():
                    self._add_part(part, entry)
            case _:
                self._add("value", gettext_lazy("New value"), key, value)

    @property
    def first(self) -> str:
        """The field beside which a sentence about the whole value stands."""
        return next(iter(self.fields))

    def read(self, cleaned: Mapping[str, Any]) -> Any:
        """The value that was typed; only for answers that are all good."""
        match self.shape:
            case Shape.TERM:
                return self._term(cleaned)
            case Shape.RECORD:
                return {part: self._part(part, entry, cleaned) for part, entry in self.value.items()}
        return self._read("value", self.value, cleaned)

    def _add(self, name: str, label: Any, key: str, value: Any) -> None:
        choices = [(each, text) for each, text in rule_words.CHOICES.get(key, {}).items()]
        self.initial[name] = value
        match shape_of(value):
            case Shape.TRUTH:
                self.fields[name] = forms.ChoiceField(label=label, choices=TRUTHS, widget=forms.RadioSelect)
                self.initial[name] = "yes" if value else "no"
            case Shape.NUMBER:
                self.fields[name] = forms.DecimalField(
                    label=label, min_value=-LARGEST_NUMBER, max_value=LARGEST_NUMBER, decimal_places=2
                )
            case Shape.LIST if choices:
                self.fields[name] = forms.MultipleChoiceField(
                    label=label, choices=choices, widget=forms.CheckboxSelectMultiple, required=False
                )
            case Shape.LIST:
                self.fields[name] = _lines(label)
                self.initial[name] = "\n".join(str(entry) for entry in value)
            case _ if choices:
                self.fields[name] = forms.ChoiceField(label=label, choices=choices)
            case _:
                self.fields[name] = forms.CharField(
                    label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
                )

    def _read(self, name: str, like: Any, cleaned: Mapping[str, Any]) -> Any:
        typed = cleaned.get(name)
        match shape_of(like):
            case Shape.TRUTH:
                return typed == "yes"
            case Shape.NUMBER:
                number = typed if isinstance(typed, Decimal) else Decimal(0)
                return int(number) if number == number.to_integral_value() else float(number)
            case Shape.LIST:
                return (
                    list(typed)
                    if isinstance(typed, list)
                    else [line.strip() for line in (typed or "").splitlines() if line.strip()]
                )
        return typed

    def _add_part(self, part: str, entry: Any) -> None:
        label = rule_words.part_in_words(part)
        if rule_words.is_text_in_languages(entry):
            for language, words in LANGUAGES.items():
                self._add(f"part_{part}_{language}", f"{label} ({words})", part, entry.get(language, ""))
                self.fields[f"part_{part}_{language}"].required = language == "en"
        else:
            self._add(f"part_{part}", label, part, entry)

    def _part(self, part: str, entry: Any, cleaned: Mapping[str, Any]) -> Any:
        if rule_words.is_text_in_languages(entry):
            said = {code: (cleaned.get(f"part_{part}_{code}") or "").strip() for code in LANGUAGES}
            return {code: text for code, text in said.items() if text}
        return self._read(f"part_{part}", entry, cleaned)

    def _add_term(self) -> None:
        value = self.value
        self.fields["amount"] = _amount(gettext_lazy("How long"), required=True)
        self.fields["unit"] = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=UNITS)
        self.fields["mail_days"] = _amount(gettext_lazy("Days added when it is served by mail"))
        self.fields["rolls"] = forms.BooleanField(
            label=gettext_lazy("If the last day is not a working day, it runs to the next one"),
            required=False,
        )
        self.initial.update(
            amount=value["amount"], unit=value["unit"], mail_days=value.get("mail_days", 0),
            rolls=value.get("rolls", True),
        )  # fmt: skip
        needed = needed_rungs(self.key)
        for rung in terms.rungs(value):
            span = rung.before or rung.after
            if span is None:
                continue
            label = (
                _("%(rung)s (%(name)s): how long before the date")
                if rung.before
                else _("%(rung)s (%(name)s): how long after the date")
            )
            words = {"rung": rule_words.rung_in_words(rung.rung).capitalize(), "name": rung.rung}
            field = _amount(label % words, required=rung.rung in needed)
            if rung.rung not in needed:
                field.help_text = gettext_lazy("Leave it empty to take this rung out.")
            self.fields[f"rung_{rung.rung}"] = field
            self.fields[f"rung_{rung.rung}_unit"] = forms.ChoiceField(
                label=gettext_lazy("Counted in"), choices=UNITS
            )
            self.initial[f"rung_{rung.rung}"] = span.amount
            self.initial[f"rung_{rung.rung}_unit"] = span.unit
        for number in range(1, NEW_RUNGS + 1):
            self.fields[f"new_{number}_kind"] = forms.ChoiceField(
                label=_("Another rung (%(number)d)") % {"number": number}, choices=NEW_KINDS, required=False
            )
            self.fields[f"new_{number}"] = _amount(gettext_lazy("How long before or after the date"))
            self.fields[f"new_{number}_unit"] = forms.ChoiceField(
                label=gettext_lazy("Counted in"), choices=UNITS, required=False
            )

    def _term(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        kept = {
            name: each for name, each in self.value.items() if name not in ("rungs", "mail_days", "rolls")
        }
        value = {**kept, "amount": cleaned["amount"], "unit": str(cleaned["unit"])}
        if cleaned.get("mail_days"):
            value["mail_days"] = cleaned["mail_days"]
        if not cleaned.get("rolls"):
            value["rolls"] = False
        if "rungs" in self.value or any(cleaned.get(f"new_{n}_kind") for n in range(1, NEW_RUNGS + 1)):
            value["rungs"] = _in_order(value, self._rungs(cleaned))
        return value

    def _rungs(self, cleaned: Mapping[str, Any]) -> list[dict[str, Any]]:
        ladder: list[dict[str, Any]] = []
        for rung in terms.rungs(self.value):
            if rung.before is None and rung.after is None:
                ladder.append({"rung": rung.rung})
                continue
            amount, unit = cleaned.get(f"rung_{rung.rung}"), cleaned.get(f"rung_{rung.rung}_unit")
            if amount is not None:
                side = "before" if rung.before else "after"
                ladder.append({"rung": rung.rung, side: {"amount": amount, "unit": str(unit)}})
        for number in range(1, NEW_RUNGS + 1):
            kind, amount = cleaned.get(f"new_{number}_kind"), cleaned.get(f"new_{number}")
            unit = cleaned.get(f"new_{number}_unit") or Unit.CALENDAR_DAYS
            if kind and amount is not None:
                side = "before" if kind == "warn" else "after"
                name = f"warn_{amount}" if kind == "warn" else kind
                ladder.append({"rung": name, side: {"amount": amount, "unit": str(unit)}})
        return ladder


def _in_order(value: dict[str, Any], ladder: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rungs in the order in which they are reached; as they are if that cannot be told."""
    days = calendar("us-federal")
    try:
        found = terms.due(terms.Term.parse(value), calendar=days, start=SOME_DAY)
        reached = {
            rung.rung: terms.rung_at(found, rung, days) for rung in terms.rungs({**value, "rungs": ladder})
        }
    except (ValueError, OverflowError):
        return ladder
    return sorted(ladder, key=lambda rung: reached[rung["rung"]])

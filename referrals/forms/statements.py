"""The draft of a statement, block by block as in the letter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflows import days_in_words

from ..dates import PRESENT
from ..models import Relief, StatementVersion
from ..personal_data import PersonalDataValidator
from .fields import DayField, DayOrPresentField

LONGEST_TEXT = 20_000
MOST_MONTHS_ASKED = 120
NARRATIVES = (
    "authority", "matter_stage", "worker_class", "job_classes", "excluded_classes", "violations",
    "cooperation", "retaliation", "supports",
)  # fmt: skip
STORED = (
    *NARRATIVES, "all_sites", "period_from", "period_to", "to_present", "current_workers",
    "former_workers", "relief", "proposed_months", "contact_name", "contact_title", "contact_phone",
    "contact_email", "review_by",
)  # fmt: skip


def _text(label: Any, hint: Any = "", *, rows: int = 4) -> Any:
    return forms.CharField(
        label=label, help_text=hint, max_length=LONGEST_TEXT, required=False,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


def _line(label: Any, longest: int = 200, hint: Any = "") -> Any:
    return forms.CharField(label=label, max_length=longest, help_text=hint, required=False)


class StatementForm(forms.Form):
    """Everything in a version but its names and places. Nothing is required to keep a draft."""

    blocks: tuple[tuple[str, Promise, tuple[str, ...]], ...] = (
        ("agency", _("Authority and matter"), ("authority", "matter_stage")),
        ("names", _("Employer's names"), ()),
        ("sites", _("Worksites"), ("all_sites",)),
        ("period", _("Period of employment"), ("period_from", "period_to")),
        (
            "workers", _("Workers covered"),
            ("worker_class", "current_workers", "former_workers", "job_classes", "excluded_classes"),
        ),
        ("matter", _("What the agency looks into, in general words"), ("violations",)),
        (
            "need", _("Why the workers are needed, and what they fear"),
            ("cooperation", "retaliation", "supports"),
        ),
        ("asked", _("What is asked of DHS"), ("relief", "proposed_months")),
        (
            "contact", _("Contact and review"),
            ("contact_name", "contact_title", "contact_phone", "contact_email", "review_by"),
        ),
    )  # fmt: skip

    authority = _text(_("The agency and the laws it enforces"), rows=3)
    matter_stage = _line(_("Stage of the matter"), hint=_("For example: investigation open since March."))
    all_sites = forms.BooleanField(
        label=_("All worksites of the employer are covered, listed or not"), required=False
    )
    period_from = DayField(label=_("Workers employed from"), required=False)
    period_to = DayOrPresentField(
        label=_("Until"), required=False, help_text=_("A day, or “present” if it goes on.")
    )
    worker_class = _text(
        _("Which workers, as a class"),
        _("For example: all workers employed at the covered worksites. No names."),
        rows=3,
    )
    current_workers = forms.BooleanField(label=_("People who work there now"), required=False)
    former_workers = forms.BooleanField(label=_("People who used to work there"), required=False)
    job_classes = _text(_("Only these jobs"), _("One on each line. Leave empty to cover all jobs."), rows=2)
    excluded_classes = _text(_("Jobs left out"), _("One on each line, for example: managers."), rows=2)
    violations = _text(_("Violations in general words"), _("Say nothing that points to who complained."))
    cooperation = _text(_("Why the agency needs the workers' cooperation"))
    retaliation = _text(_("Retaliation and fear"), _("What keeps workers from coming forward."))
    supports = _text(
        _("Whom the statement supports"),
        _("Victims, witnesses or both; first requests, later requests or both."),
        rows=2,
    )
    relief = forms.MultipleChoiceField(
        label=_("Relief"), choices=Relief.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    proposed_months = forms.IntegerField(
        label=_("For how many months"), min_value=1, max_value=MOST_MONTHS_ASKED, required=False
    )
    contact_name = _line(_("Official who answers questions about the scope"))
    contact_title = _line(_("Title"))
    contact_phone = _line(_("Phone"), 40)
    contact_email = forms.EmailField(label=_("E-mail"), required=False)
    review_by = DayField(label=_("The agency reviews the statement by"), required=False)

    def __init__(self, *args: Any, on: date, latest_review: date | None = None, **kwargs: Any) -> None:
        self.on, self.latest_review = on, latest_review
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        for name in NARRATIVES:
            self.fields[name].validators.append(PersonalDataValidator(str(self.fields[name].label)))
        if latest_review:
            self.fields["review_by"].help_text = gettext("At the latest on %(day)s.") % {
                "day": days_in_words.day(latest_review)
            }

    @classmethod
    def initial_of(cls, version: StatementVersion) -> dict[str, Any]:
        stored = {name: getattr(version, name) for name in cls.base_fields}
        return {**stored, "period_to": PRESENT if version.to_present else version.period_to}

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("period_from"), self.cleaned_data.get("period_to")
        if start and isinstance(end, date) and end < start:
            self.add_error("period_to", _("The end is before the beginning."))
        if "period_from" in self.errors or "period_to" in self.errors:
            # Half a period could contradict the other half as it is stored, so both wait for each other.
            for half in ("period_from", "period_to"):
                self.cleaned_data.pop(half, None)
        review = self.cleaned_data.get("review_by")
        if review and review <= self.on:
            self.add_error("review_by", _("Choose a day that is still to come."))
        elif review and self.latest_review and review > self.latest_review:
            self.add_error(
                "review_by",
                gettext("Choose a day no later than %(day)s.")
                % {"day": days_in_words.day(self.latest_review)},
            )
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        """The good answers as the values of the version."""
        found = {name: self.cleaned_data[name] for name in self.fields if name in self.cleaned_data}
        if "period_to" in found:
            end = found["period_to"]
            found["to_present"] = end is PRESENT
            found["period_to"] = end if isinstance(end, date) else None
        return found

    def by_block(self) -> Iterator[dict[str, Any]]:
        """The blocks with their bound fields, for the template."""
        for key, label, names in self.blocks:
            yield {"key": key, "label": label, "fields": [self[name] for name in names]}

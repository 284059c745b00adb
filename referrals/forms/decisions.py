"""The grounds of decisions: on deferred action, and on ending it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Decision
from .intake import VersionedForm

OUTCOMES = [
    (Decision.Outcome.GRANT.value, _("Grant deferred action")),
    (Decision.Outcome.DENY.value, _("Deny deferred action")),
]
INSIDE = _("DHS only. The letter carries the reason given with the step, not this text.")


def _text(label: Any, *, required: bool, hint: Any = "") -> forms.CharField:
    field = forms.CharField(
        label=label,
        required=required,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=hint,
    )
    field.visible_to = INSIDE  # type: ignore[attr-defined]
    return field


class DecisionForm(VersionedForm):
    """Outcome, factors on both sides, and how they were weighed."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=OUTCOMES, widget=forms.RadioSelect)
    favorable = _text(
        _("What speaks for it"),
        required=False,
        hint=_(
            "The agency's interest in enforcement, help as victim or witness, family, time in the country."
        ),
    )
    adverse = _text(
        _("What speaks against it"),
        required=False,
        hint=_("National security, public safety, criminal history, fraud. Name where each fact comes from."),
    )
    rationale = _text(
        _("How it was weighed"),
        required=True,
        hint=_(
            "The enforcement interest against the derogatory information, and why one outweighs the other."
        ),
    )


class GroundsForm(VersionedForm):
    """On which authority, why and on whose request a grant may be ended."""

    authority = forms.CharField(
        label=_("Authority"), max_length=300, help_text=_("The rule or the order on which it rests.")
    )
    requested_by = forms.CharField(
        label=_("On whose request"),
        max_length=200,
        help_text=_("The office that asked for it, or this office itself."),
    )
    termination_reason = forms.CharField(
        label=_("Reason"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 6})
    )

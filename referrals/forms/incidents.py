"""What an operator does about a message that did not arrive."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .. import delivery
from ..models import User
from ..personal_data import PersonalDataValidator


class SeenToForm(forms.Form):
    """The words for a note, or for how an incident ends."""

    words = forms.CharField(
        label=_("What you did or found out"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[PersonalDataValidator(_("What you did or found out"))],
        help_text=_("It stays on record. Write no names and no numbers of workers."),
    )


class OwnerForm(forms.Form):
    """Who sees to it."""

    owner = forms.ModelChoiceField(label=_("Who sees to it"), queryset=User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = delivery.operators()  # type: ignore[attr-defined]

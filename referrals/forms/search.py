"""What can be searched for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import User


class SearchForm(forms.Form):
    """One line of text; the hint says what the reader's capacity can find by it."""

    q = forms.CharField(label=_("Find a case"), max_length=100, strip=True)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _("A reference or its beginning, for example 7KQ2-M4XA.")
        if user.is_representative:
            hint = _("A reference or its beginning, or a worker's name.")
        elif user.is_agency:
            hint = _("A reference, a statement's number or a case number of your agency, or its beginning.")
        self.fields["q"].help_text = hint

    def clean_q(self) -> str:
        text: str = self.cleaned_data["q"]
        return text.replace("\x00", "")

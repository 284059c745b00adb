"""Asking the worker's side for things: up to ten items, each with its legal basis."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from ...models import PacketItem
from ...packets import ITEMS
from ...services import worker_requests
from .served import ServedForm

ROWS, SHOWN = 10, 3
# What people write when they mean a paper of the packet.
WORDS = {
    "identity": ("identity", "nationality", "passport", "identidad", "pasaporte"),
    "employment": ("employment", "paystub", "pay stub", "w-2", "time card", "empleo"),
    "statement": ("statement of interest",),
    "updated_statement": ("statement of interest",),
    "signed_request": ("signed request", "written request"),
    "g325a": ("g-325a",),
    "i765": ("i-765 ", "i-765,", "i-765."),
    "i765ws": ("i-765ws", "worksheet", "economic necessity"),
    "g28": ("g-28",),
    "photos": ("photo",),
    "approval_notice": ("approval notice",),
    "translations": ("translation",),
    "entry": ("i-94", "entry document"),
}


class AskedItemsForm(ServedForm):
    """A notice that lists what is asked for. ``notice`` is RFE or ICE."""

    template_name = "dhs/asked_items_form.html"
    notice = "RFE"
    provides = frozenset({"asks_for_something"})

    def add_prefix_fields(self) -> None:
        for number in range(1, ROWS + 1):
            self.fields[f"text_{number}"] = forms.CharField(
                label=_("Item %(number)s: what is asked for") % {"number": number},
                required=number == 1,
                max_length=2_000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            self.fields[f"basis_{number}"] = forms.CharField(
                label=_("Item %(number)s: legal basis") % {"number": number},
                required=number == 1,
                max_length=200,
            )
        self.fields["ask_anyway"] = forms.BooleanField(
            label=_("Ask for it although it is marked as present in the packet"), required=False
        )
        del self.fields["reason"]

    def rows(self) -> list[tuple[BoundField, BoundField]]:
        """The first rows, always shown."""
        return self._rows(range(1, SHOWN + 1))

    def more_rows(self) -> list[tuple[BoundField, BoundField]]:
        """The others, folded away until they are needed."""
        return self._rows(range(SHOWN + 1, ROWS + 1))

    @property
    def more_are_used(self) -> bool:
        return any(text.value() or basis.value() for text, basis in self.more_rows())

    def served_fields(self) -> list[BoundField]:
        """When and how the notice is served."""
        return [self[self.on_field], self[self.by_field]]

    def _rows(self, numbers: range) -> list[tuple[BoundField, BoundField]]:
        return [(self[f"text_{number}"], self[f"basis_{number}"]) for number in numbers]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        present = self._present()
        for number in range(1, ROWS + 1):
            text, basis = cleaned.get(f"text_{number}", ""), cleaned.get(f"basis_{number}", "")
            if text and not basis and number > 1:
                self.add_error(f"basis_{number}", _("Say on which rule this item rests."))
            if basis and not text and number > 1:
                self.add_error(f"text_{number}", _("Say what is asked for."))
            if text and not cleaned.get("ask_anyway"):
                self._warn_if_present(f"text_{number}", text, present)
        return cleaned

    def _present(self) -> set[str]:
        here = PacketItem.State.PRESENT
        items = self.record.items.all()
        return {item.key for item in items if (item.intake_state or item.state) == here}

    def _warn_if_present(self, field: str, text: str, present: set[str]) -> None:
        said = f"{text.lower()} "
        for key in sorted(present):
            if any(word in said for word in WORDS.get(key, ())):
                self.add_error(
                    field,
                    _(
                        "“%(item)s” is marked as present in the packet. Say what is wrong with it and tick "
                        "“Ask for it although it is marked as present”, or take this item out."
                    )
                    % {"item": ITEMS[key].label},
                )
                return

    @property
    def warned(self) -> bool:
        """Whether the tick for asking anyway is needed on the page."""
        return self.is_bound and (
            bool(self.data.get("ask_anyway"))
            or any(name.startswith("text_") and self.data.get(name) for name in self.errors)
        )

    def asked(self) -> list[Mapping[str, str]]:
        """The items as typed, each with its text and legal basis."""
        return [
            {"text": self.cleaned_data[f"text_{number}"], "legal_basis": self.cleaned_data[f"basis_{number}"]}
            for number in range(1, ROWS + 1)
            if self.cleaned_data[f"text_{number}"]
        ]

    def letter_data(self) -> dict[str, Any]:
        return {"items": self.asked()}

    def prepare(self, *, by: Any, at: datetime) -> None:
        worker_requests.ask_items(self.record, self.notice, self.asked(), at=at)

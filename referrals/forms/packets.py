"""The packet's lines as one form: for each paper whether it is there, and a note."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from ..models import PacketItem
from ..packets import Item

MARKS = [
    (PacketItem.State.MISSING, _("Missing")),
    (PacketItem.State.PRESENT, _("In")),
    (PacketItem.State.DEFECTIVE, _("Defective")),
]


class PacketForm(forms.Form):
    """Built from the lines of one packet."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, lines: list[tuple[PacketItem, Item | None]], version: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial["expected_version"] = version
        self.lines = lines
        for line, item in lines:
            label = str(item.label if item else line.key)
            self.fields[f"state_{line.key}"] = forms.ChoiceField(
                label=label, choices=MARKS, initial=line.state, required=False
            )
            self.fields[f"note_{line.key}"] = forms.CharField(
                label=_("Note: %(paper)s") % {"paper": label},
                max_length=300,
                required=False,
                initial=line.note,
            )
            for name in (f"state_{line.key}", f"note_{line.key}"):
                self.fields[name].widget.attrs["aria-label"] = self.fields[name].label

    def rows(self) -> list[tuple[PacketItem, Item | None, BoundField, BoundField]]:
        """Each line with its two fields."""
        return [
            (line, item, self[f"state_{line.key}"], self[f"note_{line.key}"]) for line, item in self.lines
        ]

    @property
    def states(self) -> dict[str, tuple[str, str]]:
        """What was marked, by the key of the line."""
        return {
            line.key: (
                self.cleaned_data[f"state_{line.key}"] or line.state,
                self.cleaned_data[f"note_{line.key}"],
            )
            for line, _item in self.lines
        }

"""Long forms in parts with headings, and who sees what is written in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OFFICE_ONLY = _("your office alone")
OFFICE_THEN_DHS = _("your office; DHS once you file; never the labor agency or the employer")

Group = tuple[str | Promise, str | Promise, tuple[str, ...]]


@dataclass(frozen=True)
class Part:
    """A group of fields as the page draws it; ``audience`` sees all of its answers, if they share one."""

    title: str | Promise
    told: str | Promise
    audience: str | Promise
    fields: list[BoundField]


class GroupedForm(forms.Form):
    """A form whose fields stand in groups: title, a sentence under it, names of fields.

    ``audiences`` says who will see the answer to a field.
    """

    groups: ClassVar[tuple[Group, ...]] = ()
    audiences: ClassVar[dict[str, str | Promise]] = {}

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        together = {name for _title, _told, names in self.groups if self._shared(names) for name in names}
        for name, audience in self.audiences.items():
            if name in self.fields and name not in together:
                self.fields[name].visible_to = audience  # type: ignore[attr-defined]

    def _shared(self, names: tuple[str, ...]) -> str | Promise:
        """The one audience of a whole group of fields, said once; empty where they differ."""
        audiences = {self.audiences.get(name, "") for name in names}
        return audiences.pop() if len(audiences) == 1 and len(names) > 1 else ""

    def parts(self) -> Iterator[Part]:
        """Each group with its bound fields; a group without a field is left out."""
        for title, told, names in self.groups:
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                yield Part(title, told, self._shared(names), fields)

    def written(self, *names: str) -> dict[str, Any]:
        """The cleaned answers to some fields."""
        return {name: self.cleaned_data[name] for name in names if name in self.fields}

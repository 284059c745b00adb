"""Rows of employer names and places: as many as are needed, with blank ones to fill, without a script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from ..matter_rows import STATES
from ..models import NameKind
from ..personal_data import PersonalDataValidator
from .fields import ZipField

if TYPE_CHECKING:
    AnyFormSet = BaseFormSet[Any]
else:
    AnyFormSet = BaseFormSet

MOST_ROWS = 200
STATE_CHOICES = [("", "—"), *((code, code) for code in sorted(STATES))]


class RowForm(forms.Form):
    """A row counts when one of its telling fields is filled in; emptying them takes the row out."""

    telling: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        # A row typed like its initial value must still be read: the page may be older than what is stored.
        self.empty_permitted = False

    def stored(self) -> dict[str, str]:
        """The row to keep: as typed if every answer is good, else as it was before."""
        source = self.initial if self.errors else self.cleaned_data
        row = {name: str(source.get(name) or "") for name in self.fields}
        return row if any(row[name] for name in self.telling) else {}


class NameRow(RowForm):
    telling = ("name",)

    name = forms.CharField(
        label=_("Name"), max_length=200, required=False, validators=[PersonalDataValidator(_("Name"))]
    )
    kind = forms.ChoiceField(
        label=_("What kind of name"), choices=NameKind.choices, required=False, initial=NameKind.UNKNOWN
    )

    def clean_kind(self) -> str:
        return self.cleaned_data.get("kind") or NameKind.UNKNOWN


class SiteRow(RowForm):
    telling = ("label", "street", "city", "zip_code")

    label = forms.CharField(
        label=_("Name or description of the place"),
        max_length=200,
        required=False,
        validators=[PersonalDataValidator(_("Name or description of the place"))],
    )
    street = forms.CharField(
        label=_("Street and number"),
        max_length=200,
        required=False,
        validators=[PersonalDataValidator(_("Street and number"))],
    )
    city = forms.CharField(
        label=_("City"), max_length=100, required=False, validators=[PersonalDataValidator(_("City"))]
    )
    state = forms.ChoiceField(label=_("State"), choices=STATE_CHOICES, required=False)
    zip_code = ZipField(label=_("ZIP code"), required=False)


class Problems:
    """The errors of several forms as one, for the summary at the top of a page."""

    def __init__(self, *forms_: Any) -> None:
        self._forms = [form for each in forms_ if each is not None for form in getattr(each, "forms", [each])]
        self._sets = [each for each in forms_ if hasattr(each, "non_form_errors")]

    @property
    def errors(self) -> bool:
        """Whether there is anything to mend."""
        return any(form.errors for form in self._forms if form.is_bound) or bool(self.non_field_errors())

    def non_field_errors(self) -> list[str]:
        """The sentences that belong to no field."""
        found = [text for form in self._forms if form.is_bound for text in form.non_field_errors()]
        return found + [text for each in self._sets if each.is_bound for text in each.non_form_errors()]

    def __iter__(self) -> Iterator[Any]:
        for form in self._forms:
            yield from form


class Rows(AnyFormSet):
    """A formset that keeps each good row even if another one is refused."""

    def stored(self) -> list[dict[str, str]]:
        """The rows to keep, without repetition, in the order in which they stand."""
        if self.non_form_errors():
            return [dict(row) for row in (self.initial or [])]
        found: dict[tuple[str, ...], dict[str, str]] = {}
        for form in self.forms:
            row = form.stored()
            if row:
                found.setdefault(tuple(row.values()), row)
        return list(found.values())


def _rows(
    row: type[RowForm],
    prefix: str,
    stored: Iterable[Any],
    typed: Mapping[str, Any] | None,
    blank: int,
) -> Rows:
    made: Any = formset_factory(
        row, formset=Rows, extra=blank, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
    )
    initial = [{name: getattr(each, name) for name in row.base_fields} for each in stored]
    rows: Rows = made(typed, prefix=prefix, initial=initial)
    return rows


def blank_rows(stored: int, *, more: bool = False) -> int:
    """How many empty rows to show after those that are stored."""
    return 3 if more else max(1, 2 - stored)


def name_rows(
    stored: Iterable[Any], typed: Mapping[str, Any] | None = None, *, blank: int | None = None
) -> Rows:
    """The formset ``names`` over stored names."""
    known = list(stored)
    return _rows(NameRow, "names", known, typed, blank_rows(len(known)) if blank is None else blank)


def site_rows(
    stored: Iterable[Any], typed: Mapping[str, Any] | None = None, *, blank: int | None = None
) -> Rows:
    """The formset ``sites`` over stored places."""
    known = list(stored)
    return _rows(SiteRow, "sites", known, typed, blank_rows(len(known)) if blank is None else blank)

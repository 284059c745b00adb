"""A step of the request as one page: its form, its rows, and what of them is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models import Office, SoiRequest, User
from ..services import drafting, soi_requests
from .employer_rows import Problems, Rows, name_rows, site_rows
from .soi_requests import AgencyForm, EmployerForm, PartForm, PlacesForm, StoryForm

CHECK = "check"


@dataclass(frozen=True)
class Part:
    """One of the steps: its address, its name, its form, its rows (``names``, ``sites`` or none)."""

    key: str
    label: Promise
    lead: Promise
    form: type[PartForm]
    rows: str = ""


PARTS = (
    Part(
        "agency", _("Which agency, and who asks"),
        _("Choose the agency that enforces the law that was broken."), AgencyForm,
    ),
    Part(
        "employer", _("The employer and its names"),
        _("Write every name that you know. Workers prove later that they worked there with what stands on "
          "their paystubs, so a name that is left out can leave people out."), EmployerForm, "names",
    ),
    Part(
        "places", _("Places and dates"),
        _("Where the work is done and when the violations happened. Dates may be approximate."), PlacesForm,
        "sites",
    ),
    Part(
        "story", _("What happened and why people are afraid"),
        _("Write in any language you share with the agency, in your own words."), StoryForm,
    ),
)  # fmt: skip
BY_KEY = {part.key: part for part in PARTS}
STEPS = [*((part.key, part.label) for part in PARTS), (CHECK, _("Check and send"))]
WHERE_MENDED = {
    "names_an_employer": "employer",
    "names_a_worksite": "places",
    "tells_what_happened": "story",
    "agency_takes_requests": "agency",
    "requester_may_ask": "agency",
    "shows_a_complaint": "agency",
}


def after(key: str) -> str:
    """The key of the step after this one."""
    keys = [known for known, _label in STEPS]
    return keys[min(keys.index(key) + 1, len(keys) - 1)]


def before(key: str) -> str:
    """The key of the step before this one; empty for the first."""
    keys = [known for known, _label in STEPS]
    return keys[keys.index(key) - 1] if keys.index(key) else ""


class PartPage:
    """A part of one draft (or of none yet), as stored or as typed."""

    def __init__(
        self,
        part: Part,
        record: SoiRequest | None,
        *,
        user: User,
        on: date,
        offices: Sequence[Office] = (),
        typed: Mapping[str, Any] | None = None,
        blank: int | None = None,
    ) -> None:
        self.part = part
        self.record = record
        options: dict[str, Any] = {"on": on, "initial": self._initial(user)}
        if part.form is AgencyForm:
            options["offices"] = offices
        self.form = part.form(typed, **options)
        self.rows = self._rows(typed, blank)
        self.stale = False

    def _initial(self, user: User) -> dict[str, Any]:
        if self.record is None:
            return {"contact_name": user.name, "contact_email": user.email, "requester_kind": _kind_of(user)}
        stored = self.part.form.initial_of(self.record)
        if self.part.form is AgencyForm:
            stored["office"] = str(self.record.agency_desk.office.pk)
        return stored

    def _rows(self, typed: Mapping[str, Any] | None, blank: int | None) -> Rows | None:
        if not self.part.rows or self.record is None:
            return None
        make = name_rows if self.part.rows == "names" else site_rows
        return make(getattr(self.record, self.part.rows).all(), typed, blank=blank)

    @property
    def problems(self) -> Problems:
        """Everything to mend on this page."""
        return Problems(self.form, self.rows)

    @property
    def token(self) -> str:
        """The fingerprint of what is stored, to be given back when the page is saved."""
        return drafting.shown(self.record, *self._covers).token if self.record else ""

    @property
    def _covers(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return self.part.form.stored_fields, (self.part.rows,) if self.part.rows else ()

    def is_good(self) -> bool:
        """Whether everything that was typed can be kept."""
        good = self.form.is_valid()
        return good and (self.rows is None or self.rows.is_valid())

    def keep(self, *, by: User, at: Any, token: str = "", going_on: bool = False) -> None:
        """Store every good answer; explain the others on the form. Nothing is stored over unseen text."""
        assert self.record is not None
        self.is_good()
        values = self.form.values()
        if isinstance(self.form, AgencyForm) and self.form.chosen_office is not None:
            values |= soi_requests.addressed_to(self.form.chosen_office)
        rows: dict[str, Any] = {self.part.rows: self.rows.stored()} if self.rows is not None else {}
        shown = drafting.Shown(*self._covers, token) if token else None
        try:
            soi_requests.revise(
                self.record, by=by, at=at, values=values, shown=shown, going_on=going_on, **rows
            )
        except ValidationError as wrong:
            self._explain(wrong)

    def _explain(self, wrong: ValidationError) -> None:
        for name, errors in getattr(wrong, "error_dict", {"": wrong}).items():
            self.form.add_error(name if name in self.form.fields else None, errors)


def _kind_of(user: User) -> str:
    from ..models import RequesterKind

    return RequesterKind.ATTORNEY if user.is_representative else RequesterKind.ORGANIZATION

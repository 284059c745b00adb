"""An agency's matters: brought in from a file, written by hand, and found again for a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece

from .. import matter_csv, personal_data
from ..matter_csv import BadRow, Row
from ..models import EmployerName, Matter, NameKind, Organization, SoiRequest, Worksite
from . import drafting
from .matter_agencies import Agencies, AgencyFor, found_or_created, only

__all__ = ["AgencyFor", "Imported", "found_or_created", "import_file", "keep", "only", "open_from_request"]

BATCH = 1_000
MOST_ROW_NOTES = 200
IMPORT_LOCK = 7_204_001

KINDS = {"legal": NameKind.LEGAL, "dba": NameKind.DBA}


@dataclass
class Imported:
    """What an import did: numbers, every row that was not taken over and why, and what was unusual.

    ``added`` counts new matters, ``unchanged`` the rows whose matter was there or came earlier in the file;
    ``names_added`` and ``sites_added`` count those of new matters and of old ones.
    """

    added: int = 0
    unchanged: int = 0
    names_added: int = 0
    sites_added: int = 0
    bad: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@in_one_piece
def import_file(
    source: Path | str | bytes,
    *,
    agency_for: AgencyFor = found_or_created,
    at: datetime,
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Bring in matters from a file of nineteen columns (``matter_csv.COLUMNS``), all of it or nothing.

    A matter is known by its agency and its case number; what is there already keeps its facts and gains the
    names and places it did not have, so a file can be brought in again. ``agency_for`` gives the organization
    for an agency's code and level, or None to refuse the row. ``progress`` is told the number of rows read.
    Raises ``matter_csv.UnreadableFile`` when the file as a whole cannot be read.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])
    done = Imported()
    agencies = Agencies(agency_for)
    with matter_csv.read(source) as rows:
        done.notes.extend(rows.notes)
        read = 0
        for batch in _batches(rows):
            read += len(batch)
            _store(list(_sound(batch, agencies, done, at=at)), done)
            if progress:
                progress(read)
    return done


def _batches(rows: Iterable[Row | BadRow]) -> Iterator[list[Row | BadRow]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch


@dataclass(frozen=True)
class _Placed:
    row: Row
    agency: Organization

    @property
    def key(self) -> tuple[int, str]:
        return (self.agency.pk, self.row.reference)


def _sound(
    batch: Iterable[Row | BadRow], agencies: Agencies, done: Imported, *, at: datetime
) -> Iterator[_Placed]:
    for row in batch:
        if isinstance(row, BadRow):
            done.bad.append(row)
            continue
        agency = agencies.of(row)
        reasons = [*_unfit(row, at=at)]
        if agency is None:
            reasons.append(
                _("“%(agency)s” is not an agency whose matters you can add.") % {"agency": row.agency}
            )
        if agency is None or reasons:
            done.bad.append(BadRow(row.number, row.record_id, tuple(reasons)))
            continue
        for note in row.notes[: max(0, MOST_ROW_NOTES - len(done.notes))]:
            done.notes.append(_("Row %(number)s: %(note)s") % {"number": row.number, "note": note})
        yield _Placed(row, agency)


def _unfit(row: Row, *, at: datetime) -> Iterator[str]:
    """Why a row that can be read still cannot be kept."""
    columns = Matter, EmployerName, Worksite
    limits = {f.name: getattr(f, "max_length", None) for model in columns for f in model._meta.fields}
    kept = [
        (_("The case number"), row.reference, limits["case_number"]),
        (_("The record id"), row.record_id, limits["record_id"]),
        (_("The status"), row.status, limits["source_status"]),
        (_("The city"), row.city, limits["city"]),
        *((_("The name"), name, limits["name"]) for name, _kind in row.employer_names),
    ]
    for label, text, limit in kept:
        if limit and len(text) > limit:
            yield _("%(what)s is longer than %(limit)s characters: “%(text)s…”.") % {
                "what": label, "limit": limit, "text": text[:40],
            }  # fmt: skip
    texts = {_("Name"): " | ".join(name for name, _kind in row.employer_names), _("Street"): row.street}
    try:
        personal_data.refuse(texts)
    except personal_data.PersonalDataFound as found:
        yield from found.messages
    if row.opened_on and row.opened_on > timezone.localdate(at):
        yield _("The matter opens on %(day)s, which has not come yet.") % {"day": row.opened_on.isoformat()}


def _store(placed: list[_Placed], done: Imported) -> None:
    """One batch: the matters that are missing, then the names and places that are missing."""
    first = {each.key: each for each in reversed(placed)}
    known = _known(first)
    fresh = [_matter(each) for key, each in first.items() if key not in known]
    known |= {(matter.agency_id, matter.case_number): matter for matter in Matter.objects.bulk_create(fresh)}
    done.added += len(fresh)
    done.unchanged += len(placed) - len(fresh)
    _add_names(placed, known, done)
    _add_sites(placed, known, done)


def _known(keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Matter]:
    numbers: dict[int, list[str]] = {}
    for agency, number in keys:
        numbers.setdefault(agency, []).append(number)
    return {
        (matter.agency_id, matter.case_number): matter
        for agency, cases in numbers.items()
        for matter in Matter.objects.filter(agency_id=agency, case_number__in=cases)
    }


def _matter(placed: _Placed) -> Matter:
    row = placed.row
    return Matter(
        agency=placed.agency,
        case_number=row.reference,
        record_id=row.record_id,
        program=row.program,
        stage=Matter.Stage.CONCLUDED if row.closed_on else Matter.Stage.INVESTIGATION,
        naics=row.naics,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        source_status=row.status,
        maybe_an_individual=row.name_maybe_individual,
        source=row.source_file,
    )


def _folded(*texts: str) -> tuple[str, ...]:
    return tuple(" ".join(text.casefold().split()) for text in texts)


def _add_names(placed: Iterable[_Placed], known: Mapping[Any, Matter], done: Imported) -> None:
    pks = [matter.pk for matter in known.values()]
    there = {
        (matter, *_folded(name))
        for matter, name in EmployerName.objects.filter(matter__in=pks).values_list("matter_id", "name")
    }
    fresh = []
    for each in placed:
        for name, kind in each.row.employer_names:
            matter = known[each.key].pk
            key = (matter, *_folded(name))
            if key not in there:
                there.add(key)
                fresh.append(
                    EmployerName(matter_id=matter, name=name, kind=KINDS.get(kind, NameKind.UNKNOWN))
                )
    done.names_added += len(EmployerName.objects.bulk_create(fresh))


def _add_sites(placed: Iterable[_Placed], known: Mapping[Any, Matter], done: Imported) -> None:
    pks = [matter.pk for matter in known.values()]
    there = {
        (pk, *_folded(*place))
        for pk, *place in Worksite.objects.filter(matter__in=pks).values_list(
            "matter_id", "street", "city", "state", "zip_code"
        )
    }
    fresh = []
    for each in placed:
        row = each.row
        place = (row.street, row.city, row.state, row.zip5)
        matter = known[each.key].pk
        key = (matter, *_folded(*place))
        if any(place) and key not in there:
            there.add(key)
            fresh.append(
                Worksite(
                    matter_id=matter, street=row.street, city=row.city, state=row.state, zip_code=row.zip5
                )
            )
    done.sites_added += len(Worksite.objects.bulk_create(fresh))


@in_one_piece
def keep(
    matter: Matter,
    *,
    values: Mapping[str, Any],
    names: Iterable[Mapping[str, Any]] | None = None,
    sites: Iterable[Mapping[str, Any]] | None = None,
    shown: drafting.Shown | None = None,
) -> Matter:
    """Store a matter written by hand, new or changed, with its names and places.

    Raises ``ValidationError`` for another matter's case number, a closing before the opening, or personal
    data, and ``StalePage`` when what the page had (``shown``) was changed by somebody else.
    """
    if shown is not None:
        Matter.objects.select_for_update().get(pk=matter.pk)
        if not drafting.changes(matter, values, {"names": names, "worksites": sites}):
            return matter
        drafting.refuse_overwriting(matter, shown)
    for name, value in values.items():
        setattr(matter, name, value)
    matter.full_clean()
    matter.save()
    if names is not None:
        matter.names.all().delete()
        EmployerName.objects.bulk_create(EmployerName(matter=matter, **each) for each in names)
    if sites is not None:
        matter.worksites.all().delete()
        Worksite.objects.bulk_create(Worksite(matter=matter, **each) for each in sites)
    return matter


def open_from_request(request: SoiRequest, *, values: Mapping[str, Any]) -> Matter:
    """A new matter of the agency with the names and places of a request. Raises ``ValidationError``."""
    return keep(
        Matter(agency=request.agency),
        values=values,
        names=[{"name": each.name, "kind": each.kind} for each in request.names.all()],
        sites=[{column: getattr(each, column) for column in drafting.PLACE} for each in request.sites.all()],
    )

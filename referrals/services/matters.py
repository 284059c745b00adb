"""An agency's matters: brought in from a file, written by hand, and found again for a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from django.db import connection, transaction
from django.utils.translation import gettext as _

from .. import matter_csv, personal_data
from ..matter_csv import BadRow, Row
from ..models import EmployerName, Matter, NameKind, Organization, Worksite

BATCH = 1_000
MOST_ROW_NOTES = 200
IMPORT_LOCK = 7_204_001

AgencyFor: TypeAlias = Callable[[str, str], Organization | None] | Mapping[str, Organization]
NAMES_OF_AGENCIES = {
    "NLRB": "National Labor Relations Board",
    "DOL": "U.S. Department of Labor",
    "DOL-WHD": "U.S. Department of Labor, Wage and Hour Division",
    "DOL-OSHA": "U.S. Department of Labor, Occupational Safety and Health Administration",
    "DOL-ETA-OFLC": "U.S. Department of Labor, Office of Foreign Labor Certification",
    "DOL-MSHA": "U.S. Department of Labor, Mine Safety and Health Administration",
    "EEOC": "Equal Employment Opportunity Commission",
    "FMCS": "Federal Mediation and Conciliation Service",
    "DOJ-IER": "U.S. Department of Justice, Immigrant and Employee Rights Section",
    "CA-DLSE-SanJose": "California Labor Commissioner's Office, San Jose",
    "NYSDOL": "New York State Department of Labor",
}
KINDS = {"legal": NameKind.LEGAL, "dba": NameKind.DBA}


@dataclass
class Imported:
    """What an import did: numbers, every row that was not taken over and why, and what was unusual.

    ``added`` and ``unchanged`` count matters, ``names_added`` and ``sites_added`` those of matters that were
    there before or came in several rows as well as of new ones.
    """

    added: int = 0
    unchanged: int = 0
    names_added: int = 0
    sites_added: int = 0
    bad: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def found_or_created(code: str, level: str) -> Organization | None:
    """The labor agency with a code; a new one gets its full name from a small table, or its code as a name.

    None when the code belongs to an organization of another kind or cannot be a code.
    """
    if not re.fullmatch(r"[-a-zA-Z0-9_]{1,40}", code):
        return None
    agency, _new = Organization.objects.get_or_create(
        code=code,
        defaults={
            "name": NAMES_OF_AGENCIES.get(code, code),
            "kind": Organization.Kind.AGENCY,
            "level": level.upper() if level.upper() in Organization.Level.values else "",
            "state": code[:2] if re.match(r"[A-Z]{2}-", code) else "",
        },
    )
    return agency if agency.kind == Organization.Kind.AGENCY else None


def only(agency: Organization) -> AgencyFor:
    """Takes over the rows of one agency and of its parts ("DOL" of "DOL-WHD"), and refuses all others."""

    def chosen(code: str, _level: str) -> Organization | None:
        own, given = agency.code.casefold(), code.casefold()
        return agency if given == own or given.startswith(f"{own}-") else None

    return chosen


@transaction.atomic
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
    agencies = _Agencies(agency_for)
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


class _Agencies:
    """The organizations of a file's agency codes, each looked up once."""

    def __init__(self, agency_for: AgencyFor) -> None:
        self._agency_for = agency_for
        self._found: dict[tuple[str, str], Organization | None] = {}

    def of(self, row: Row) -> Organization | None:
        key = (row.agency, row.agency_level)
        if key not in self._found:
            self._found[key] = (
                self._agency_for.get(row.agency)
                if isinstance(self._agency_for, Mapping)
                else self._agency_for(*key)
            )
        return self._found[key]


@dataclass(frozen=True)
class _Placed:
    row: Row
    agency: Organization

    @property
    def key(self) -> tuple[int, str]:
        return (self.agency.pk, self.row.reference)


def _sound(
    batch: Iterable[Row | BadRow], agencies: _Agencies, done: Imported, *, at: datetime
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
    if row.opened_on and row.opened_on > at.date():
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
            key = (known[each.key].pk, *_folded(name))
            if key not in there:
                there.add(key)
                fresh.append(
                    EmployerName(matter_id=key[0], name=name, kind=KINDS.get(kind, NameKind.UNKNOWN))
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
        key = (known[each.key].pk, *_folded(*place))
        if any(place) and key not in there:
            there.add(key)
            fresh.append(
                Worksite(
                    matter_id=key[0], street=row.street, city=row.city, state=row.state, zip_code=row.zip5
                )
            )
    done.sites_added += len(Worksite.objects.bulk_create(fresh))

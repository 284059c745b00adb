"""The organizations behind the agency codes of a file of matters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from ..matter_csv import Row
from ..models import Organization

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


class Agencies:
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

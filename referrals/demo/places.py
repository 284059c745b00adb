"""The matters of the demo's agencies: invented employers with every name they go by, and their worksites."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..models import EmployerName, Matter, NameKind, Worksite
from .cast import Cast

Name = tuple[str, NameKind]
Site = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Place:
    """One matter: the agency's number, the employer's names, and each worksite's label and address."""

    agency: str
    number: str
    opened_on: date
    names: tuple[Name, ...]
    sites: tuple[Site, ...]
    program: str = "Unfair labor practice"
    stage: str = Matter.Stage.INVESTIGATION

    @property
    def stub(self) -> str:
        """The name that the workers read on their paystubs."""
        return next((name for name, kind in self.names if kind == NameKind.PAYSTUB), self.names[0][0])

    @property
    def names_to_type(self) -> list[dict[str, str]]:
        return [{"name": name, "kind": kind} for name, kind in self.names]

    @property
    def sites_to_type(self) -> list[dict[str, str]]:
        keys = ("label", "street", "city", "state", "zip_code")
        return [dict(zip(keys, site, strict=True)) for site in self.sites]


L, P, D, S, C = NameKind.LEGAL, NameKind.PAYSTUB, NameKind.DBA, NameKind.STAFFING, NameKind.CONTRACTOR

PACKING = Place(
    "NLRB", "28-CA-900001", date(2023, 3, 1),
    (("Example Packing Company Inc.", L), ("Example Packing", P), ("EPC Fresh", D)),
    (
        ("Packing house", "1 Example Road", "Mesa", "AZ", "85201"),
        ("Cold store", "40 Placeholder Way", "Chandler", "AZ", "85225"),
    ),
)  # fmt: skip
LAUNDRY = Place(
    "NLRB", "28-CA-900002", date(2023, 9, 12),
    (("Nowhere Linen Services LLC", L), ("Nowhere Linen", P)),
    (("Plant 2", "200 Sample Avenue", "Tempe", "AZ", "85281"),),
)  # fmt: skip
HOTEL = Place(
    "NLRB", "28-CA-900003", date(2023, 11, 20),
    (("Fictional Desert Hotel LP", L), ("Desert Hotel", D), ("Sample Cleaners", C), ("FDH Payroll", P)),
    (("Main house", "7 Imaginary Boulevard", "Scottsdale", "AZ", "85251"),),
)  # fmt: skip
ROOFING = Place(
    "NLRB", "28-CA-900004", date(2024, 2, 5),
    (("Invented Roofing LLC", L), ("Invented Roofing", P), ("Sunny Example Staffing", S)),
    (("Yard", "12 Nonesuch Street", "Phoenix", "AZ", "85003"),),
)  # fmt: skip
DAIRY = Place(
    "NYSDOL", "LS-90-2023-0007", date(2023, 8, 15),
    (("Make-Believe Dairy Corp.", L), ("Make-Believe Dairy", P)),
    (("Home farm", "3 Storybook Lane", "Kingston", "NY", "12401"),),
    program="Labor standards",
)  # fmt: skip
POULTRY = Place(
    "NLRB", "28-CA-900005", date(2026, 1, 14),
    (("Hypothetical Poultry Inc.", L), ("Hypothetical Poultry", P)),
    (("Line 1", "55 Wouldbe Drive", "Casa Grande", "AZ", "85122"),),
)  # fmt: skip
BAKERY = Place(
    "NLRB", "28-CA-900006", date(2026, 2, 3),
    (("Would-Be Bakery LLC", L), ("Would-Be Bread", P), ("Sunny Example Staffing", S)),
    (("Bakery", "9 Pretend Court", "Glendale", "AZ", "85301"),),
)  # fmt: skip
NURSERY = Place(
    "NLRB", "28-CA-900007", date(2025, 11, 17),
    (("Pretend Plants Nursery Inc.", L), ("Pretend Plants", P)),
    (("Fields", "", "Yuma", "AZ", "85364"),),
)  # fmt: skip
WAREHOUSE = Place(
    "NLRB", "28-CA-900008", date(2026, 1, 30),
    (("Mock Logistics Corp.", L), ("Mock Logistics", P), ("Sample Temps", S)),
    (("Dock 4", "400 Dummy Parkway", "Tolleson", "AZ", "85353"),),
)  # fmt: skip
CARWASH = Place(
    "NYSDOL", "LS-90-2026-0031", date(2026, 1, 9),
    (("Phantom Car Wash Inc.", L), ("Phantom Wash", P)),
    (("", "18 Notional Avenue", "Newburgh", "NY", "12550"),),
    program="Labor standards",
)  # fmt: skip

ALL = (PACKING, LAUNDRY, HOTEL, ROOFING, DAIRY, POULTRY, BAKERY, NURSERY, WAREHOUSE, CARWASH)


def store(cast: Cast) -> dict[str, Matter]:
    """Store the matters; returns them by their numbers."""
    stored = {}
    for place in ALL:
        matter = Matter.objects.create(
            agency=cast.organizations[place.agency],
            case_number=place.number,
            program=place.program,
            stage=place.stage,
            opened_on=place.opened_on,
            source="Invented for training",
        )
        EmployerName.objects.bulk_create(
            EmployerName(matter=matter, name=name, kind=kind) for name, kind in place.names
        )
        Worksite.objects.bulk_create(Worksite(matter=matter, **site) for site in place.sites_to_type)
        stored[place.number] = matter
    return stored

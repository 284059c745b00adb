"""The workers of the demo: invented people, and how their requests are prepared and filed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from workflows import policies

from ..models import Person, Statement, User, WorkerRequest
from ..services import evidence, intake, worker_requests
from ..services.steps import take_step
from .cast import Cast
from .places import Place

EDITION_BEFORE_2025 = "04/01/24"


@dataclass(frozen=True)
class Worker:
    """One invented person and the job they held."""

    given_names: str
    family_names: str
    number: int
    job: str
    worked_from: date = date(2022, 6, 1)
    worked_to: date | None = date(2023, 12, 15)
    language: str = "es"
    claim: dict[str, Any] = field(default_factory=dict)

    @property
    def a_number(self) -> str:
        return f"A000-000-{self.number:03d}"


PRUDENCIA = Worker("Prudencia", "Ejemplo", 101, "Packer")
MODESTO = Worker("Modesto", "Muestra", 102, "Forklift driver")
CONSTANZA = Worker("Constanza", "Prueba", 103, "Packer", worked_to=None)
FIDEL = Worker("Fidel", "Ficticio", 104, "Loader")
DOLORES = Worker("Dolores", "Demostrativa", 105, "Sorter")
INOCENCIO = Worker("Inocencio", "Inventado", 106, "Packer", language="en")
AMPARO = Worker("Amparo", "Ensayo", 107, "Packer", worked_to=None)
BENIGNO = Worker("Benigno", "Borrador", 108, "Loader", worked_to=None)
CLEMENCIA = Worker("Clemencia", "Casilla", 109, "Presser", language="en")
JUSTO = Worker("Justo", "Modelo", 110, "Presser", language="en")
REMEDIOS = Worker("Remedios", "Simulada", 111, "Room cleaner", language="en")
SEVERO = Worker("Severo", "Supuesto", 112, "Room cleaner", language="en")
PLACIDO = Worker(
    "Plácido", "Patrón", 113, "Roofer", worked_from=date(2023, 2, 1), worked_to=None, language="en"
)
SOCORRO = Worker(
    "Socorro", "Hipotética", 114, "Roofer", worked_from=date(2023, 4, 1), worked_to=date(2025, 3, 31)
)
VENTURA = Worker(
    "Ventura", "Posible", 115, "Roofer", worked_from=date(2023, 4, 1), worked_to=None, language="en"
)
MILAGROS = Worker(
    "Milagros",
    "Imaginaria",
    116,
    "Roofer",
    worked_from=date(2023, 7, 1),
    worked_to=date(2025, 1, 31),
    language="en",
)
TADEO = Worker(
    "Tadeo", "Figurado", 117, "Roofer", worked_from=date(2023, 9, 1), worked_to=None, language="en"
)
ESPERANZA = Worker("Esperanza", "Leyenda", 118, "Milker", worked_from=date(2022, 11, 1), worked_to=None)
CANDIDO = Worker("Cándido", "Cuento", 119, "Milker", worked_from=date(2022, 11, 1))
GENEROSA = Worker("Generosa", "Quimera", 120, "Roofer", worked_from=date(2023, 9, 1), worked_to=None,
                  claim={"employer_on_stub": "Unlisted Temps"})  # fmt: skip
HONORIO = Worker(
    "Honorio", "Conjetura", 121, "Roofer", worked_from=date(2023, 9, 1), worked_to=None, language="en"
)
LAZARO = Worker("Lázaro", "Relato", 122, "Roofer", worked_from=date(2023, 9, 1), worked_to=None)
CONSUELO = Worker("Consuelo", "Novela", 123, "Packer")

ALL = (
    PRUDENCIA, MODESTO, CONSTANZA, FIDEL, DOLORES, INOCENCIO, AMPARO, BENIGNO, CLEMENCIA, JUSTO, REMEDIOS,
    SEVERO, PLACIDO, SOCORRO, VENTURA, MILAGROS, TADEO, ESPERANZA, CANDIDO, GENEROSA, HONORIO, LAZARO,
    CONSUELO,
)  # fmt: skip


def add(worker: Worker, *, by: User, at: datetime) -> Person:
    """Store a worker for the representative's organization."""
    return worker_requests.add_person(
        by=by,
        at=at,
        given_names=worker.given_names,
        family_names=worker.family_names,
        born_on=date(1985, 1, 1) + timedelta(days=97 * (worker.number - 100)),
        birth_city="Sampleton",
        birth_country="Exampleland",
        nationality="Exampleland",
        a_number=worker.a_number,
        mailing_address=f"{worker.number} Invented Street\nAnytown, AZ 85000",
        phone=f"555-0{worker.number}",
        safe_contact="Through the representative only",
        language=worker.language,
    )


def begun(
    worker: Worker, place: Place, statement: Statement, *, by: User, at: datetime, **more: Any
) -> WorkerRequest:
    """A draft with the claim as the worker tells it, and one proof of employment."""
    person = more.pop("person", None) or add(worker, by=by, at=at)
    _label, street, city, state, zip_code = place.sites[0]
    claim: dict[str, Any] = {
        "employer_on_stub": place.stub,
        "site_street": street,
        "site_city": city,
        "site_state": state,
        "site_zip": zip_code,
        "worked_from": worker.worked_from,
        "worked_to": worker.worked_to,
        "works_still": worker.worked_to is None,
        "job": worker.job,
        **worker.claim,
        **more,
    }
    request = worker_requests.open_request(person, statement, by=by, at=at, **claim)
    evidence.add(
        request, by=by, at=at, kind="PAYSTUB", employer=claim["employer_on_stub"],
        covers_from=worker.worked_from, covers_to=worker.worked_to or at.date(),
    )  # fmt: skip
    return request


def signed(request: WorkerRequest, *, by: User, at: datetime) -> WorkerRequest:
    """Every paper is in, the risks were talked about, and the worker consented and signed."""
    worker_requests.mark_items(
        request, by=by, at=at, states={item.key: ("PRESENT", "") for item in request.items.all()}
    )
    editions = policies.value("form.g-325a.editions", on=at.date(), default=[])
    worker_requests.revise(
        request,
        by=by,
        at=at,
        form_edition=editions[0] if editions else EDITION_BEFORE_2025,
        counselled_on=at.date(),
        counselled_in=request.person.language,
        consented_on=at.date(),
    )
    for permit in request.permits.all():
        permit.annual_income, permit.annual_expenses, permit.total_assets = 18_400, 17_900, 350
        permit.necessity = "Rent and food for two."
        permit.save()
    take_step(request, "make_ready", by=by, at=at)
    take_step(request, "sign", by=by, at=at, signed_on=at.date())
    return request


def accepted(request: WorkerRequest, *, cast: Cast, by: User, at: datetime) -> WorkerRequest:
    """Filed, opened by intake and accepted with a receipt."""
    take_step(request, "file", by=by, at=at)
    take_step(request, "confirm_receipt", by=cast.intake, at=at + timedelta(hours=20))
    take_step(request, "accept", by=cast.intake, at=at + timedelta(hours=22))
    return request


def routed(request: WorkerRequest, *, cast: Cast, at: datetime, ice: str = "") -> WorkerRequest:
    """The routing questions answered, and the request on its way to USCIS or to an ICE field office."""
    intake.answer_routing(
        request,
        by=cast.intake,
        at=at,
        answers={
            "in_proceedings": bool(ice),
            "final_order": False,
            "reinstated_order": False,
            "voluntary_departure": False,
            "detained": False,
            "prior_ice_contact": bool(ice),
            "ice_office": cast.offices[ice] if ice else None,
        },
    )
    take_step(request, "route_to_ice" if ice else "route_to_uscis", by=cast.intake, at=at)
    return request

"""The seeded world as the wall's tests ask for it: records by what they are, secrets by whose they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from referrals.demo import places, workers
from referrals.demo.cast import Cast
from referrals.demo.places import Place
from referrals.demo.workers import Worker
from referrals.models import (
    Grant,
    Matter,
    Person,
    Renewal,
    Screening,
    SoiRequest,
    Statement,
    Stay,
    StayReferral,
    WorkerRequest,
    WorkPermit,
)
from tests.cases import demo_world

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TOLD_IN_CONFIDENCE = "Stopped once at a checkpoint near Yonder."
WEIGHED_INSIDE = "Region agrees that testimony is at risk."
UNFILED = (workers.BENIGNO, workers.AMPARO, workers.SOCORRO, workers.GENEROSA)
OF_RIVER = (workers.ESPERANZA, workers.CANDIDO)
OF_PHOENIX = (workers.PLACIDO, workers.JUSTO, workers.LAZARO, workers.CONSUELO)
OF_NEW_YORK = (workers.ESPERANZA,)
STAYS_ONLY = (workers.LAZARO, workers.CONSUELO)
OF_NEW_YORK_STATE = (places.DAIRY, places.CARWASH)


def seeded(cast: Cast) -> World:
    demo_world(cast, now=NOW)
    for told in Screening.objects.select_related("request__person"):
        told.arrests = told.notes = TOLD_IN_CONFIDENCE
        told.save()
    return World(cast, _records())


@dataclass(frozen=True)
class World:
    """The cast, and one record for each row of the matrix."""

    cast: Cast
    keys: dict[str, tuple[type[Any], int]]

    def record(self, data: str) -> Any:
        model, pk = self.keys[data]
        return model.objects.get(pk=pk)

    def model(self, data: str) -> type[Any]:
        return self.keys[data][0]

    def kind(self, data: str) -> str:
        """The kind of a case, without asking the database for it."""
        return str(self.model(data).machine.kind)


def _records() -> dict[str, tuple[type[Any], int]]:
    request, stay = _request_of, Stay.objects.get(person=person_of(workers.LAZARO))
    found = {
        "request for a statement": _asked_about(places.WAREHOUSE, statements=None),
        "request for a statement, draft": _asked_about(places.HOTEL, submitted_at=None),
        "request to another agency": _asked_about(places.CARWASH, requester__code="river-workers-center"),
        "statement in force": _statement(places.PACKING),
        "statement of another agency": _statement(places.DAIRY, closed_at=None),
        "statement in approval": _statement(places.WAREHOUSE),
        "statement sent to DHS": _statement(places.NURSERY),
        "worker's request, being prepared": request(workers.BENIGNO),
        "worker's request, at intake": request(workers.VENTURA),
        "worker's request, at USCIS": request(workers.HONORIO),
        "worker's request, at ICE": request(workers.PLACIDO),
        "worker's request, granted by ICE": request(workers.JUSTO),
        "worker's request of another organization": request(workers.ESPERANZA),
        "grant": Grant.objects.get(worker_request=request(workers.PRUDENCIA)),
        "grant by ICE": Grant.objects.get(worker_request=request(workers.JUSTO)),
        "work permit": WorkPermit.objects.get(worker_request=request(workers.MODESTO)),
        "work permit of a request at ICE": WorkPermit.objects.get(worker_request=request(workers.PLACIDO)),
        "work permit, not filed": WorkPermit.objects.get(worker_request=request(workers.BENIGNO)),
        "stay": stay,
        "agency's stay referral": StayReferral.objects.get(stay=stay),
        "renewal": Renewal.objects.get(),
    }
    return {data: (type(record), record.pk) for data, record in found.items()}


def _asked_about(place: Place, **more: Any) -> SoiRequest:
    found = SoiRequest.objects.filter(case_number=place.number, **more).order_by("pk").first()
    assert found is not None
    return found


def _statement(place: Place, **more: Any) -> Statement:
    return Statement.objects.get(matter=Matter.objects.get(case_number=place.number), **more)


def person_of(worker: Worker) -> Person:
    (found,) = (each for each in Person.objects.all() if each.family_names == worker.family_names)
    return found


def _request_of(worker: Worker) -> WorkerRequest:
    return WorkerRequest.objects.get(person=person_of(worker))


@dataclass(frozen=True)
class Secrets:
    """Words that must not be found in a text, searched as whole words."""

    words: frozenset[str]

    def found_in(self, text: str) -> set[str]:
        plain = " ".join(text.split())
        there = (word for word in self.words if word in plain)
        return {word for word in there if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain)}

    def __or__(self, other: Secrets) -> Secrets:
        return Secrets(self.words | other.words)


def names_of(*people: Worker) -> Secrets:
    """What says who a worker is: names, numbers, address."""
    return Secrets(
        frozenset(
            word
            for worker in people
            for word in (
                f"{worker.given_names} {worker.family_names}",
                worker.given_names,
                worker.a_number,
                worker.a_number.replace("-", ""),
                f"{worker.number} Invented Street",
            )
        )
    )


def all_but(*people: Worker) -> Secrets:
    return names_of(*(worker for worker in workers.ALL if worker not in people))


def employers_of(*some: Place) -> Secrets:
    return Secrets(frozenset(name for place in some for name, _kind in place.names))


ALL_WORKERS = names_of(*workers.ALL)
ALL_EMPLOYERS = employers_of(*places.ALL)
CONFIDENCES = Secrets(frozenset({TOLD_IN_CONFIDENCE}))
WEIGHINGS = Secrets(frozenset({WEIGHED_INSIDE}))

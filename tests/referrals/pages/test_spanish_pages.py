"""A reader of Spanish finds no date, rule or event in English on a page of the product's own words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import reduce
from importlib import import_module
from typing import Any

import pytest
from django.utils import timezone, translation

from referrals.demo.cast import Cast
from referrals.models import record_models
from referrals.note_labels import LABELS
from referrals.services import stays
from referrals.services.steps import take_step
from tests.architecture import sources
from tests.cases import OPEN_WORLD, active_statement, granted_request, request_draft, routed_request
from tests.referrals.pages.reading import Browse, words
from workflows import assigning, clock_orders, version_moves
from workflows.machine import steps_of

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
SHORT = "|".join(month[:3] for month in MONTHS)
ENGLISH_DATE = re.compile(
    rf"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b|\d (?:{SHORT})[a-z]* 2\d{{3}}|\b(?:{'|'.join(MONTHS)}) \d"
)
SPANISH_DATE = re.compile(r"\b(?:lun|mar|mié|jue|vie|sáb|dom) \d{1,2} [a-z]{3} 2\d{3}|\d de [a-z]+ de 2\d{3}")
LINES_OF_THE_ENGINE = (clock_orders.ORDER, clock_orders.LIFT, version_moves.STEP, *assigning.NOTES)
CASE = ["/cases/{}/", "/cases/{}/history/"]
TIMELINE = "/timeline/{}/"


@pytest.fixture(autouse=True)
def the_language_of_the_tests() -> Iterator[None]:
    """A page that was read in Spanish leaves its language behind for what comes after it."""
    with translation.override(translation.get_language()):
        yield


@pytest.fixture
def records(cast: Cast) -> dict[str, Any]:
    """One record of each main kind."""
    now = timezone.now()
    statement = active_statement(cast)
    request = routed_request(cast, statement)
    grant = granted_request(cast, statement, at=OPEN_WORLD, starts_on=OPEN_WORLD.date(), months=48)
    asked = request_draft(cast, at=now)
    take_step(asked, "submit", by=cast.representative, at=now)
    phoenix, person = cast.offices["ice-phoenix"], request.person
    stay = stays.open_stay(person, ice_office=phoenix, by=cast.representative, at=now, final_order=True)
    stays.revise(stay, by=cast.representative, at=now, values={"removal_at": now + timedelta(hours=61)})
    return {"asked": asked, "statement": statement, "request": request, "grant": grant, "stay": stay}


@pytest.mark.parametrize(
    ("role", "kind", "pages"),
    [
        ("representative", "asked", ["/", "/workers/", *CASE]),
        ("representative", "request", [*CASE, TIMELINE]),
        ("representative", "grant", [*CASE, TIMELINE]),
        ("representative", "stay", [*CASE, TIMELINE]),
        ("investigator", "statement", ["/", "/matters/", *CASE]),
        ("adjudicator", "request", ["/", "/review/{}/", *CASE]),
        ("officer", "statement", ["/overrides/", "/overrides/{}/", *CASE]),
    ],
)
def test_a_spanish_page_has_no_english_date(
    role: str, kind: str, pages: list[str], cast: Cast, records: dict[str, Any], browse: Browse
) -> None:
    browser = browse(cast.people[role])
    dated = 0
    for page in pages:
        response = browser.get(page.format(records[kind].reference), headers={"accept-language": "es-MX,es"})
        assert (response.status_code, response.headers["Content-Language"]) == (200, "es"), page
        text = words(response.content.decode())
        assert ENGLISH_DATE.findall(text) == [], page
        dated += len(SPANISH_DATE.findall(text))
    assert dated


def test_the_calculator_tells_its_rule_and_its_date_in_spanish(browse: Browse, cast: Cast) -> None:
    response = browse(cast.representative).get(
        "/deadlines/?rule=stay_review&start=2026-09-02", headers={"accept-language": "es"}
    )
    text = words(response.content.decode())
    assert ENGLISH_DATE.findall(text) == []
    for part in (
        "Fecha límite: Decisión sobre una suspensión",
        "Se cuenta desde el mié 2 sep 2026",
        "Fuente: La descripción de las suspensiones por un bufete de abogados (2018).",
        "Respuesta a una solicitud de evidencia",
    ):
        assert part in text


def names_of_notes() -> Iterator[str]:
    """The name of every note that the code writes, from its calls of the door."""
    for path in sources.product():
        for node in ast.walk(sources.tree(path)):
            if not isinstance(node, ast.Call) or len(node.args) < 2:
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called not in ("record_note", "record_notes"):
                continue
            said = node.args[1]
            if isinstance(said, ast.Constant):
                yield str(said.value)
            else:
                module = import_module(".".join(path.relative_to(sources.ROOT).with_suffix("").parts))
                yield str(reduce(getattr, ast.unparse(said).split("."), module))


def test_every_note_of_a_history_has_a_name_in_both_languages() -> None:
    steps = {step.name for model in record_models().values() for step in steps_of(model)}
    names = {*names_of_notes(), *LINES_OF_THE_ENGINE}
    assert names - steps <= LABELS.keys()
    assert LABELS.keys() <= names, "a label without a note"
    with translation.override("en"):
        english = {name: str(label) for name, label in LABELS.items()}
    with translation.override("es"):
        assert [name for name, label in LABELS.items() if str(label) == english[name]] == []

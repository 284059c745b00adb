"""A second version of requests for a statement, for tests: other states, other clocks, another step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from referrals.models import SoiRequest
from workflows import definitions
from workflows.definitions import freezing

KIND = "SOI_REQUEST"
MAP: dict[str, Any] = {
    "kind": KIND,
    "from": 1,
    "to": 2,
    "reason": {"en": "The agency begins anew with a triage.", "es": "La agencia empieza de nuevo."},
    "states": {"SUBMITTED": "SENT"},
    "clocks": {"soi_acknowledgement": "first_answer", "soi_request_lapse": None},
}


def second(content: dict[str, Any]) -> dict[str, Any]:
    """Version 2: a request is SENT instead of SUBMITTED, triaged at once, and acknowledged with a reason."""
    found: dict[str, Any] = json.loads(json.dumps(content).replace('"SUBMITTED"', '"SENT"'))
    found["version"] = 2
    found["states"]["SENT"]["shown"]["label"] = {"en": "On its way", "es": "En camino"}
    for step in found["steps"]:
        if step["name"] == "acknowledge":
            step["needs_reason"] = True
        if step["name"] == "refer":
            step["from"] = ["UNDER_REVIEW"]
    laid_aside = {**next(each for each in found["steps"] if each["name"] == "acknowledge")}
    laid_aside |= {"name": "lay_aside", "from": ["SENT"], "to": ["MONITORING"]}
    found["steps"].append(laid_aside)
    clocks = {each["key"]: each for each in found["clocks"]}
    clocks["soi_acknowledgement"]["key"] = "first_answer"
    triage = {
        **clocks["soi_acknowledgement"],
        "key": "triage",
        "policy": "soi_information",
        "starts_from": "",
    }
    found["clocks"] = [each for each in [*found["clocks"], triage] if each["key"] != "soi_request_lapse"]
    return found


def write(folder: Path, *, content: dict[str, Any] | None = None, **changed: Any) -> Path:
    """Put the second version and its map into a folder."""
    folder.mkdir(exist_ok=True)
    frozen = content or second(freezing.frozen(SoiRequest))
    (folder / f"{KIND}.2.json").write_text(json.dumps(frozen), encoding="utf-8")
    (folder / f"{KIND}.1-2.json").write_text(json.dumps({**MAP, **changed}), encoding="utf-8")
    return folder


@contextmanager
def known(folder: Path) -> Iterator[None]:
    """While the definitions of that folder are known besides those of the package."""
    definitions.FOLDERS.append(folder)
    definitions.forget()
    try:
        yield
    finally:
        definitions.FOLDERS.remove(folder)
        definitions.forget()

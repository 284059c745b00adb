"""Which form stands before which step; a step without its own has the plain one."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from .base import StepForm

MODULES = (
    "soi_request",
    "statement",
    "stay_referral",
    "worker_request_front",
    "worker_request_dhs",
    "grant",
    "work_permit",
    "stay_front",
    "stay_ice",
    "renewal",
)


def _gather() -> dict[tuple[str, str], type[StepForm]]:
    found: dict[tuple[str, str], type[StepForm]] = {}
    for name in MODULES:
        if find_spec(f"{__name__}.{name}"):
            found.update(import_module(f"{__name__}.{name}").FORMS)
    return found


def form_for(kind: str, step: str) -> type[StepForm]:
    """The form class of a step."""
    return FORMS.get((kind, step), StepForm)


FORMS = _gather()

__all__ = ["FORMS", "StepForm", "form_for"]

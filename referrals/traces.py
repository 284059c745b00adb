"""What a step leaves behind besides its history: log lines that name the case, and a count of refusals."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from workflows.models import Case
from workflows.refusals import StepRefused

from . import in_hand, tallies

P = ParamSpec("P")
Taken = TypeVar("Taken")

log = logging.getLogger(__name__)


def traced(take: Callable[Concatenate[Case, str, P], Taken]) -> Callable[Concatenate[Case, str, P], Taken]:
    """Name the case in every line logged while a step is taken, and count each reason of a refusal."""

    def tracing(record: Case, name: str, /, *arguments: P.args, **named: P.kwargs) -> Taken:
        with in_hand.a_case(record.reference):
            try:
                taken = take(record, name, *arguments, **named)
            except StepRefused as refusal:
                note(record, name, refusal)
                raise
            note(record, name)
            return taken

    functools.update_wrapper(tracing, take)
    return tracing


def note(record: Case, name: str, verdict: object = None) -> None:
    """Log what became of a step, and count the reasons if it was refused."""
    if isinstance(verdict, StepRefused):
        tallies.refused(record.kind, verdict)
        log.info("%s refused: %s", name, ", ".join(each.code for each in verdict.refusals))
    else:
        log.info("%s taken", name)

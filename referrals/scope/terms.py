"""The words of a scope check: what a statement covers, what a worker claims, and the answer."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Result(StrEnum):
    """The answer for the whole claim or for one part of it, from best to worst."""

    IN = "in"
    LIKELY = "likely"
    ASK = "ask"
    OUT = "out"


class Part(StrEnum):
    """The four parts of a scope that a claim must agree with."""

    EMPLOYER = "employer"
    SITE = "site"
    DATES = "dates"
    JOB = "job"


@dataclass(frozen=True, slots=True)
class ScopeName:
    """A name on the statement; `kind` is legal, dba, paystub, staffing, contractor, successor or another."""

    name: str
    kind: str = "unknown"


@dataclass(frozen=True, slots=True)
class ScopeSite:
    """A covered place. What the statement does not give is an empty string."""

    label: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""

    def __str__(self) -> str:
        return self.label or ", ".join(filter(None, (self.street, self.city, self.state)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whom a statement covers. `period_to` None means to the present; no job classes means all of them."""

    names: tuple[ScopeName, ...]
    sites: tuple[ScopeSite, ...]
    period_from: date
    period_to: date | None
    all_sites: bool = False
    current_workers: bool = True
    former_workers: bool = True
    job_classes: tuple[str, ...] = ()
    excluded_classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidencePeriod:
    """Proof of work that is at hand (a paystub, a W-2, a declaration) and the days it covers."""

    kind: str
    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one worker says, without saying who it is.

    Empty text and `worked_from` None mean "not known"; `worked_to` None means "to the present".
    """

    employer_on_stub: str
    worked_from: date | None
    worked_to: date | None
    job: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    evidence_periods: tuple[EvidencePeriod, ...] = ()


@dataclass(frozen=True, slots=True)
class Dimension:
    """The answer for one part, why, what proof is missing, and what would change the answer."""

    key: Part
    result: Result
    sentence: str
    missing: tuple[str, ...] = ()
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for the whole claim, its parts, and both as one paragraph."""

    result: Result
    dimensions: tuple[Dimension, ...]
    sentence: str

    @property
    def failing(self) -> tuple[Dimension, ...]:
        """The parts that put the worker outside the statement."""
        return tuple(part for part in self.dimensions if part.result is Result.OUT)

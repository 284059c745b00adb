"""The dated rules about who may hold which capacity and how long access lasts (``rulebook/access.toml``)."""

from __future__ import annotations

from datetime import date, timedelta

from workflows import policies

from .models import Admission, Organization

Kind, Proof = Organization.Kind, Admission.Proof

ADMITTED = (Kind.AGENCY, Kind.DHS, Kind.ADVOCATE)
"""Kinds of organizations that can be proposed; the operator of the system is there from the beginning."""
PROOFS: dict[str, tuple[str, ...]] = {
    Kind.AGENCY: (Proof.DOMAIN,),
    Kind.DHS: (Proof.DOMAIN,),
    Kind.ADVOCATE: (Proof.BAR, Proof.DOJ, Proof.REGISTER),
}
REPRESENTS = (Proof.BAR, Proof.DOJ)
"""Proof that an organization may represent people: an attorney, or recognition (8 CFR 1292.1(a))."""


def capacities(kind: str, *, on: date) -> list[str]:
    """The capacities that an organization of a kind may hold on a day. Raises ``policies.NoPolicy``."""
    found: list[str] = policies.value("access.capacities", on=on)[kind]
    return list(found)


def most_people(*, on: date) -> int:
    """The largest number of people that an organization may be given."""
    return _number("most_people", on)


def invitation_lasts(*, on: date) -> timedelta:
    return timedelta(days=_number("invitation_days", on))


def review_months(*, on: date) -> int:
    """Calendar months between the beginnings of two reviews of an organization."""
    return _number("review_months", on)


def review_lasts(*, on: date) -> timedelta:
    return timedelta(days=_number("review_days", on))


def review_grace(*, on: date) -> timedelta:
    return timedelta(days=_number("review_grace_days", on))


def dormant_after(*, on: date) -> timedelta:
    return timedelta(days=_number("dormant_days", on))


def warned_before(*, on: date) -> timedelta:
    """How long before a lock the owner of a dormant account is told."""
    return timedelta(days=_number("dormant_warning_days", on))


def opening_lasts(*, on: date) -> timedelta:
    return timedelta(minutes=_number("opening_minutes", on))


def _number(name: str, on: date) -> int:
    return int(policies.value(f"access.{name}", on=on))

"""The parties of the tables, spelled as sets of capacities."""

from __future__ import annotations

from workflows.parties import Capacity

NOBODY: frozenset[str] = frozenset()
CLOCK = frozenset({Capacity.SYSTEM})
REPRESENTATIVE = frozenset({Capacity.REPRESENTATIVE})
REQUESTER = frozenset({Capacity.ORGANIZER, Capacity.REPRESENTATIVE})
AGENCY_STAFF = frozenset({Capacity.AGENCY_STAFF, Capacity.AGENCY_APPROVER})
AGENCY_APPROVERS = frozenset({Capacity.AGENCY_APPROVER, Capacity.AGENCY_SIGNER})
AGENCY_SIGNER = frozenset({Capacity.AGENCY_SIGNER})
AGENCY = frozenset({Capacity.AGENCY_STAFF, Capacity.AGENCY_APPROVER, Capacity.AGENCY_SIGNER})
INTAKE = frozenset({Capacity.DHS_INTAKE})
USCIS = frozenset({Capacity.USCIS_ADJUDICATOR, Capacity.USCIS_SUPERVISOR})
USCIS_SUPERVISOR = frozenset({Capacity.USCIS_SUPERVISOR})
ICE = frozenset({Capacity.ICE_REVIEWER, Capacity.ICE_SUPERVISOR})
ICE_SUPERVISOR = frozenset({Capacity.ICE_SUPERVISOR})
HOLDERS = frozenset({Capacity.USCIS_SUPERVISOR, Capacity.PROGRAMME_OFFICER, Capacity.SYSTEM})

OF_AN_ORGANIZATION = REQUESTER | AGENCY
"""Capacities in which a person acts only on the cases of their own organization."""

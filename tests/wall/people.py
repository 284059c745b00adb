"""Kinds of people, as the wall tells them apart, by their keys in the demo's cast."""

from __future__ import annotations

ANONYMOUS = "anonymous"

OWN = {"representative"}
OWN_ORGANIZER = {"organizer"}
OTHER_ORGANIZATION = {"river"}
AGENCY = {"investigator", "approver", "second_approver", "signer"}
OTHER_AGENCY = {"ny_investigator", "ny_approver", "ny_signer"}
THIRD_AGENCY = {"whd_investigator"}
INTAKE = {"intake"}
USCIS = {"adjudicator", "supervisor"}
ICE_PHOENIX = {"ice_reviewer", "ice_supervisor"}
ICE_NEW_YORK = {"ny_ice_reviewer"}
PROGRAMME = {"officer"}
ADMINISTRATOR = {"administrator"}
PRIVACY = {"privacy_officer"}

NOBODY: set[str] = set()
DHS = INTAKE | USCIS | ICE_PHOENIX | ICE_NEW_YORK | PROGRAMME
SIGNED_IN = (
    OWN
    | OWN_ORGANIZER
    | OTHER_ORGANIZATION
    | AGENCY
    | OTHER_AGENCY
    | THIRD_AGENCY
    | DHS
    | ADMINISTRATOR
    | PRIVACY
)
EVERYBODY = SIGNED_IN | {ANONYMOUS}

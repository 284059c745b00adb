"""PostgreSQL's own wall: which rows each page may read, for the person for whom the request acts.

The second wall under ``visible_to``: written apart from it, in SQL, so that a filter that somebody forgets
shows nothing. It is never narrower than ``visible_to`` and what a page reaches from there. Pages only read
behind it; what is written goes through the door (``recordsets.asking``). Every table stands in one of the
lists here; ``row_security`` brings a database to them after each migration.

Source: the visibility matrix; 8 USC 1367 applied by policy to every worker's record.
"""

from __future__ import annotations

import re

from workflows.parties import Capacity

from .models.exports import SUPERVISING
from .models.people import ADVOCATES, AGENCY, DHS, ICE, USCIS
from .models.trails import IN_CHARGE, OVERSEERS

ORGANIZATION = "(SELECT nullif(current_setting('wall.organization', true), '')::bigint)"
OFFICE = "(SELECT nullif(current_setting('wall.office', true), '')::bigint)"
PERSON = "(SELECT nullif(current_setting('wall.person', true), '')::bigint)"
SOMEBODY = f"{PERSON} IS NOT NULL"


def _in(*capacities: str) -> str:
    """Whether the person acts in one of these capacities; asked once for each statement."""
    named = ", ".join(f"'{each}'" for each in sorted(str(each) for each in capacities))
    return f"(SELECT current_setting('wall.capacity', true) IN ({named}))"


def _row(table: str, condition: str) -> str:
    """Whether there is such a row that the person may see."""
    return f"EXISTS (SELECT FROM {table} other WHERE {condition})"


REPRESENTATIVE = _in(Capacity.REPRESENTATIVE)
PRIVACY = _in(Capacity.PRIVACY_OFFICER)
OVERSEES = _in(*OVERSEERS)
ANSWERS = _in(*IN_CHARGE)
MINE = f"{REPRESENTATIVE} AND representative_id = {ORGANIZATION}"

KINDS = {
    "referrals_workerrequest": f"""
        {MINE}
        OR {_in(Capacity.DHS_INTAKE)} AND filed_at IS NOT NULL
        OR {_in(*USCIS)} AND filed_at IS NOT NULL
           AND (track = 'USCIS' OR casework_goes_on_at_uscis(case_ptr_id))
        OR {_in(*ICE)} AND filed_at IS NOT NULL AND track = 'ICE' AND ice_office_id = {OFFICE}""",
    "referrals_grant": f"""
        {MINE} OR {_in(*USCIS)} OR {_in(*ICE)} AND ice_office_id = {OFFICE}""",
    "referrals_workpermit": f"""
        {MINE} OR {_in(Capacity.DHS_INTAKE, *USCIS)} AND filed_at IS NOT NULL""",
    "referrals_renewal": MINE,
    "referrals_stay": f"""
        {MINE}
        OR {_in(*ICE)} AND filed_at IS NOT NULL AND ice_office_id = {OFFICE}
        OR {_in(*AGENCY)} AND casework_supports(case_ptr_id, {ORGANIZATION})""",
    "referrals_stayreferral": f"""
        {_in(*AGENCY)} AND agency_id = {ORGANIZATION} AND consent_withdrawn_at IS NULL
        OR {_in(Capacity.REPRESENTATIVE, *ICE)} AND {_row(
            "referrals_stay", "other.case_ptr_id = row.stay_id")}
           AND ({REPRESENTATIVE} OR sent_at IS NOT NULL)""",
    "referrals_soirequest": f"""
        {_in(*AGENCY)} AND agency_id = {ORGANIZATION} AND submitted_at IS NOT NULL
        OR {_in(*ADVOCATES)} AND (requester_id = {ORGANIZATION} OR {_row(
            "referrals_soirequest_shared_with",
            f"other.soirequest_id = row.case_ptr_id AND other.organization_id = {ORGANIZATION}")})""",
    "referrals_statement": f"""
        {_in(*AGENCY)} AND agency_id = {ORGANIZATION}
        OR {_in(*DHS)} AND transmitted_at IS NOT NULL
        OR {_in(*ADVOCATES)} AND version_in_force IS NOT NULL AND {_row(
            "referrals_statement_shared_with",
            f"other.statement_id = row.case_ptr_id AND other.organization_id = {ORGANIZATION}")}""",
}  # fmt: skip
"""Cases, by the columns of the row itself."""


def _of(table: str, column: str) -> str:
    """Rows that belong to a case of one kind are seen with it."""
    return _row(table, f"other.case_ptr_id = row.{column}")


OF_A_MATTER = _row("referrals_matter", "other.id = row.matter_id")
OF_A_CASE = " OR ".join(_of(kind, "case_id") for kind in KINDS)

WALLED = {
    **KINDS,
    "referrals_person": f"""
        {REPRESENTATIVE} AND {_row("referrals_representation",
            f"other.person_id = row.id AND other.organization_id = {ORGANIZATION}")}
        OR {_row("referrals_workerrequest", "other.person_id = row.id")}
        OR {_row("referrals_stay", "other.person_id = row.id")}""",
    "referrals_representation": f"{REPRESENTATIVE} AND organization_id = {ORGANIZATION} OR {_in(*DHS)}",
    "referrals_lookup": f"{REPRESENTATIVE} AND organization_id = {ORGANIZATION}",
    "referrals_evidence": _of("referrals_workerrequest", "request_id"),
    "referrals_packetitem": _of("referrals_workerrequest", "request_id"),
    "referrals_askeditem": _of("referrals_workerrequest", "request_id"),
    "referrals_decision": _of("referrals_workerrequest", "case_id"),
    "referrals_screening": f"""{REPRESENTATIVE} AND {_of("referrals_workerrequest", "request_id")}""",
    "referrals_document": OF_A_CASE,
    "referrals_statedpurpose": f"user_id = {PERSON} OR {OVERSEES}",
    "referrals_assessment": f"""{_in(*AGENCY)} AND {_of("referrals_soirequest", "request_id")}""",
    "referrals_question": _of("referrals_soirequest", "request_id"),
    "referrals_requestedname": _of("referrals_soirequest", "request_id"),
    "referrals_requestedsite": _of("referrals_soirequest", "request_id"),
    "referrals_matter": f"""
        {_in(*AGENCY)} AND agency_id = {ORGANIZATION}
        OR {_row("referrals_statement", "other.matter_id = row.id")}
        OR {_row("referrals_stayreferral", "other.matter_id = row.id")}""",
    "referrals_employername": f"{_in(*AGENCY)} AND {OF_A_MATTER}",
    "referrals_worksite": f"{_in(*AGENCY)} AND {OF_A_MATTER}",
    "referrals_delegation": f"""
        {_in(*AGENCY)} AND agency_id = {ORGANIZATION}
        OR {_row("referrals_statementversion", "other.delegation_id = row.id")}""",
    "referrals_statementversion": _of("referrals_statement", "statement_id"),
    "referrals_coveredname": _row("referrals_statementversion", "other.id = row.version_id"),
    "referrals_coveredsite": _row("referrals_statementversion", "other.id = row.version_id"),
    "referrals_programmeoverride": f"""
        {_in(Capacity.PROGRAMME_OFFICER)} OR {_of("referrals_statement", "statement_id")}""",
    "referrals_access": f"""
        {OVERSEES}
        OR {REPRESENTATIVE} AND owner_id = {ORGANIZATION}
        OR {ANSWERS} AND office_id = {OFFICE}""",
    "referrals_accessalert": f"""
        {OVERSEES}
        OR {REPRESENTATIVE} AND owners @> ARRAY[{ORGANIZATION}]
        OR {ANSWERS} AND office_id = {OFFICE}""",
    "workflows_wording": OF_A_CASE,
    "referrals_disposition": OVERSEES,
    "referrals_dispositionitem": OVERSEES,
    "referrals_retentionsurvey": OVERSEES,
    "referrals_legalhold": OVERSEES,
    "referrals_wishtobeforgotten": f"""
        {OVERSEES} OR {_row("referrals_person", "other.id = row.person_id")}""",
    "referrals_export": f"""
        user_id = {PERSON} OR {PRIVACY} OR {_in(*SUPERVISING)} AND organization_id = {ORGANIZATION}""",
    "referrals_admission": OVERSEES,
    "referrals_invitation": f"{OVERSEES} OR organization_id = {ORGANIZATION}",
    "referrals_opening": f"{PRIVACY} OR user_id = {PERSON} OR owner_id = {ORGANIZATION}",
    "referrals_privacyincident": PRIVACY,
    "referrals_privacyincident_reads": PRIVACY,
    "referrals_privacyincidentstep": PRIVACY,
    "referrals_accessreview": f"{OVERSEES} OR organization_id = {ORGANIZATION}",
    "referrals_accessreviewline": _row("referrals_accessreview", "other.id = row.review_id"),
    "referrals_accountact": f"{OVERSEES} OR user_id = {PERSON} OR organization_id = {ORGANIZATION}",
}  # fmt: skip
"""The condition under which a row is shown to a page."""

FUNCTIONS = """
CREATE OR REPLACE FUNCTION casework_goes_on_at_uscis(request bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM referrals_grant WHERE worker_request_id = request)
        OR EXISTS (SELECT FROM referrals_workpermit
                   WHERE worker_request_id = request AND filed_at IS NOT NULL)
$$;
CREATE OR REPLACE FUNCTION casework_supports(stay bigint, agency bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM referrals_stayreferral
                   WHERE stay_id = stay AND agency_id = agency AND consent_withdrawn_at IS NULL)
$$
"""
"""What a policy must look up past another table's policy, as two that ask each other may not do."""

OF_SOMEBODY = frozenset({
    "workflows_case", "workflows_step", "workflows_clock", "workflows_pause", "workflows_deadline",
    "workflows_proposal", "workflows_casehead", "workflows_casesalt",
    "workflows_absence", "workflows_policychange", "workflows_policycheck", "workflows_redaction",
    "workflows_redactionrequest",
    "referrals_datakey", "referrals_keydestruction", "referrals_accesslink", "referrals_accesshead",
    "referrals_watchedrecord", "referrals_keyrotation",
    "referrals_soirequest_shared_with", "referrals_statement_shared_with",
    "notifications_message", "notifications_attempt", "notifications_bouncereport", "notifications_bounce",
    "notifications_failingaddress", "notifications_incident", "notifications_incidentnote",
    "notifications_keptmail",
})  # fmt: skip
"""What tells nobody's story by itself (references, states, dates, wrapped keys): for whoever is signed in."""

OPEN = frozenset({
    "referrals_user", "referrals_membership", "referrals_organization", "referrals_office", "workflows_desk",
    "referrals_signin", "account_emailaddress", "account_emailconfirmation", "mfa_authenticator",
    "socialaccount_socialaccount", "socialaccount_socialapp", "socialaccount_socialtoken",
    "auth_group", "auth_group_permissions", "auth_permission", "django_content_type", "django_migrations",
    "django_session", "workflows_policy", "workflows_rulesstamp", "workflows_tollingwindow",
    "referrals_heartbeat", "referrals_tally", "workflows_dailyhead", "notifications_mark",
    "notifications_preference", "notifications_schedule",
})  # fmt: skip
"""What somebody must be able to read who is about to sign in, and what is nobody's: rules, signs of life."""

WRITTEN_BY_PAGES = frozenset({
    "referrals_user", "referrals_signin", "account_emailaddress", "mfa_authenticator", "django_session",
    "socialaccount_socialaccount", "socialaccount_socialtoken", "referrals_tally", "referrals_heartbeat",
    "notifications_preference", "notifications_schedule", "notifications_message",
    "notifications_failingaddress",
})  # fmt: skip
"""What pages write without the door: sign-ins, one's own settings, what was read, figures."""


def conditions() -> dict[str, str]:
    """The condition of each table that has a policy; ``row`` stands for the table itself."""
    written = {**WALLED, **dict.fromkeys(sorted(OF_SOMEBODY), SOMEBODY)}
    return {table: re.sub(r"\brow\.", f"{table}.", condition) for table, condition in written.items()}

"""Every page with the number of queries that opening it costs."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from tests.referrals.pages.casework import Casework


@dataclass(frozen=True)
class Page:
    """One address as one person opens it, with what opening it asks the database."""

    name: str
    who: str
    queries: int
    record: str = ""
    more: tuple[str, ...] = ()
    query: str = ""

    def address(self, casework: Casework) -> str:
        query = self.query.format(
            token=casework.worker.token, number=casework.statement.reference, several=casework.several()
        )
        return reverse(self.name, args=[*casework.at[self.record], *self.more]) + query

    def __str__(self) -> str:
        return " ".join([self.name, self.who, self.record, *self.more, self.query])


PAGES = [
    # Everybody
    Page("desk", "representative", 23),
    Page("desk", "representative", 22, query="?show=waiting"),
    Page("desk", "representative", 18, query="?show=decided"),
    Page("desk", "organizer", 14, query="?show=waiting"),
    Page("desk", "river", 11),
    Page("desk", "investigator", 20),
    Page("desk", "approver", 22, query="?show=desk"),
    Page("desk", "signer", 17),
    Page("desk", "intake", 18),
    Page("desk", "adjudicator", 19),
    Page("desk", "supervisor", 19),
    Page("desk", "ice_reviewer", 15),
    Page("desk", "officer", 11),
    Page("desk", "administrator", 10),
    Page("together", "investigator", 5),
    Page("together", "approver", 11, query="?{several}"),
    Page("together", "representative", 11, query="?{several}"),
    Page("together", "representative", 10, query="?{several}&step=SOI_REQUEST.withdraw"),
    Page("together_assign", "investigator", 5),
    Page("together_assign", "investigator", 12, query="?{several}"),
    Page("search", "representative", 5),
    Page("search", "representative", 20, query="?q=Ejemplo"),
    Page("search", "investigator", 9, query="?q=28-CA"),
    Page("case", "representative", 18, "request"),
    Page("case", "investigator", 32, "weighed"),
    Page("case", "investigator", 30, "drafted"),
    Page("case", "investigator", 28, "statement"),
    Page("case", "representative", 24, "statement"),
    Page("case", "intake", 24, "statement"),
    Page("case", "officer", 24, "statement"),
    Page("case", "representative", 30, "prepared"),
    Page("case", "representative", 30, "reviewed"),
    Page("case", "intake", 32, "at intake"),
    Page("case", "adjudicator", 30, "reviewed"),
    Page("case", "ice_reviewer", 29, "at ice"),
    Page("case", "representative", 19, "permit"),
    Page("case", "adjudicator", 19, "permit"),
    Page("case", "representative", 23, "grant"),
    Page("case", "adjudicator", 23, "grant"),
    Page("case", "representative", 22, "stay"),
    Page("case", "ice_reviewer", 20, "filed stay"),
    Page("case", "representative", 21, "referral"),
    Page("case", "investigator", 20, "referral"),
    Page("case", "representative", 25, "renewal"),
    Page("case_step", "representative", 12, "request", ("submit",)),
    Page("case_step", "approver", 12, "weighed", ("accept",)),
    Page("case_step", "investigator", 16, "statement", ("amend",)),
    Page("case_step", "representative", 12, "signed", ("file",)),
    Page("case_step", "adjudicator", 12, "reviewed", ("grant",)),
    Page("case_assignment", "investigator", 13, "drafted"),
    Page("case_assignment", "intake", 12, "at intake"),
    Page("case_assignment", "representative", 7, "weighed"),
    Page("case_history", "representative", 9, "stay"),
    Page("case_history", "investigator", 8, "statement"),
    Page("case_history", "adjudicator", 9, "reviewed"),
    Page("case_as_of", "representative", 9, "stay"),
    Page("case_as_of", "representative", 14, "stay", query="?on=2024-08-20"),
    Page("clock_pause", "approver", 13, "weighed", ("soi_determination",)),
    Page("clock_lift", "approver", 11, "weighed", ("soi_determination", "1")),
    Page("case_told", "representative", 13, "reviewed"),
    Page("case_told", "investigator", 12, "statement"),
    Page("notification_choices", "representative", 8),
    Page("timeline", "representative", 13, "stay"),
    Page("timeline", "representative", 13, "reviewed"),
    Page("inbox", "representative", 7),
    Page("inbox", "river", 7),
    Page("inbox_message", "representative", 9, "message"),
    Page("kept_mail", "representative", 7),
    Page("session", "representative", 4),
    Page("deadline_calculator", "", 2),
    Page("deadline_calculator", "", 3, query="?rule=rfe&start=2024-09-02"),
    Page("verify_letter", "", 1),
    Page("verify_letter", "", 2, query="?number={number}&version=1"),
    Page("daily_heads", "", 2),
    # Sign-ins and second factors
    Page("sign_ins", "representative", 6),
    Page("mfa_index", "representative", 7),
    Page("mfa_add_webauthn", "representative", 12),
    Page("mfa_deactivate_totp", "representative", 9),
    Page("mfa_generate_recovery_codes", "representative", 6),
    Page("mfa_reauthenticate", "representative", 11),
    # The statement's side
    Page("soi_request_new", "organizer", 7),
    Page("soi_request_edit", "representative", 13, "request", ("agency",)),
    Page("soi_request_edit", "representative", 14, "request", ("employer",)),
    Page("soi_request_edit", "representative", 14, "request", ("places",)),
    Page("soi_request_edit", "representative", 12, "request", ("story",)),
    Page("soi_request_edit", "representative", 15, "request", ("check",)),
    Page("soi_request_assess", "investigator", 25, "weighed"),
    Page("soi_request_assess", "investigator", 28, "weighed", query="?q=A+Foods"),
    Page("matters", "investigator", 8),
    Page("matters", "investigator", 8, query="?q=A+Foods"),
    Page("matter_new", "investigator", 5),
    Page("matters_import", "investigator", 5),
    Page("matter", "investigator", 11, "matter"),
    Page("matter_edit", "investigator", 10, "matter"),
    Page("statement_new", "investigator", 8, "matter"),
    Page("statement_edit", "investigator", 25, "drafted"),
    Page("statement_preview", "investigator", 21, "drafted"),
    Page("statement_preview", "signer", 24, "statement"),
    Page("statement_preview", "representative", 14, "statement"),
    Page("dhs_draft_check", "investigator", 9, "drafted"),
    # The worker's side
    Page("workers", "representative", 15),
    Page("worker_new", "representative", 5),
    Page("worker", "representative", 24, "worker"),
    Page("worker_edit", "representative", 8, "worker"),
    Page("worker_consent_withdraw", "representative", 14, "worker"),
    Page("request_new", "representative", 8),
    Page("request_new", "representative", 13, query="?worker={token}"),
    Page("statement_attach", "representative", 5),
    Page("request_edit", "representative", 10, "prepared"),
    Page("request_packet", "representative", 14, "prepared"),
    Page("request_evidence", "representative", 12, "prepared"),
    Page("request_evidence_scan", "representative", 9, "proof"),
    Page("request_scope", "representative", 13, "prepared"),
    Page("request_consent", "representative", 9, "prepared"),
    Page("request_consent_withdraw", "representative", 8, "prepared"),
    Page("request_screening", "representative", 9, "prepared"),
    Page("notices", "representative", 10),
    Page("stay_new", "representative", 8),
    Page("stay_new", "representative", 10, query="?worker={token}"),
    Page("stay_edit", "representative", 12, "stay"),
    Page("stay_support_new", "representative", 10, "stay"),
    Page("renewal_new", "representative", 12, "grant"),
    # DHS
    Page("review", "intake", 22, "at intake"),
    Page("review", "adjudicator", 22, "reviewed"),
    Page("review", "ice_reviewer", 22, "at ice"),
    Page("completeness", "intake", 8, "at intake"),
    Page("routing", "intake", 9, "at intake"),
    Page("decision", "adjudicator", 15, "reviewed"),
    Page("grant_grounds", "adjudicator", 8, "grant"),
    Page("overrides", "officer", 9),
    Page("override_new", "officer", 9, "statement"),
    # Rules and order
    Page("rules", "investigator", 7),
    Page("rules", "administrator", 9, query="?q=term"),
    Page("rule", "administrator", 12, "rule"),
    Page("rule_propose", "administrator", 8, "rule"),
    Page("rule_check", "administrator", 8, "row"),
    Page("rule_changes", "administrator", 9),
    Page("rule_change", "officer", 12, "change"),
    Page("closures", "administrator", 9),
    Page("closure_new", "administrator", 7),
    Page("closure_change", "approver", 7, "closure"),
    Page("agency_profiles", "representative", 6),
    Page("agency_settings", "approver", 8, "agency"),
    Page("signatures", "approver", 7),
    Page("signature_new", "approver", 7),
    Page("signature", "approver", 6, "delegation"),
    Page("absences", "approver", 8),
    Page("absences", "representative", 8),
    Page("operations", "administrator", 28),
    Page("incidents", "administrator", 7),
    Page("incident", "administrator", 13, "incident"),
    Page("redactions", "administrator", 7),
    Page("redaction", "officer", 6, "redaction"),
    # Reads
    Page("who_saw_what", "privacy_officer", 7),
    Page("who_saw_what", "representative", 7, query="?about={token}"),
    Page("who_saw_what", "supervisor", 7),
    Page("disclosures", "representative", 9, "worker"),
    Page("access_alerts", "privacy_officer", 9),
    Page("access_alert", "privacy_officer", 8, "alert"),
    Page("case_purpose", "ice_reviewer", 7, "at ice"),
]

# Addresses that answer with no page of their own.
OTHERS = {
    "document": "a file",
    "letter_preview": "a file",
    "stay_support_preview": "a file",
    "case_history_file": "a file",
    "history_verifier": "a file",
    "rule_change_cases": "a file",
    "soi_request_matter": "leads to the page of the assessment",
    "request_evidence_remove": "only takes what is sent",
    "request_evidence_scan_remove": "only takes what is sent",
    "mfa_activate_totp": "leads to the app that is set up",
    "mfa_authenticate": "a page of a sign-in that is half-way",
    "mfa_login_webauthn": "leads to the sign-in page",
    "mfa_reauthenticate_webauthn": "leads elsewhere without a passkey",
    "mfa_remove_webauthn": "a page about a passkey, as the one about the app",
    "openid_connect_login": "leads to another site",
    "openid_connect_callback": "is met by whom another site sends back",
    "mfa_view_recovery_codes": "shows its codes once",
    "tell_again": "only takes what is sent",
    "address_works": "only takes what is sent",
    "incident_owner": "only takes what is sent",
    "switch_capacity": "only takes what is sent",
    "act_for": "only takes what is sent",
    "absence_end": "only takes what is sent",
}

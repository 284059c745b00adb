"""One set of facts for every letter. All names and numbers are invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from referrals.letters import (
    deferred_action,
    evidence_request,
    request_receipt,
    request_rejection,
    statement_answers,
    statement_intake,
    statement_of_interest,
    stay_decision,
    stay_support,
    termination,
    work_permit,
)
from referrals.letters.facts import Contact, Reply, Representative, Signatory, Worker
from referrals.letters.letter import Language, Letter, Letterhead

DAY = date(2024, 9, 16)
AGENCY = Letterhead(
    agency_name="California Labor Commissioner's Office",
    office="Bureau of Field Enforcement",
    address_lines=("320 West Fourth Street, Suite 450", "Los Angeles, CA 90013"),
    phone="(213) 555-0142",
    email="statements@labor.example.gov",
)
USCIS = Letterhead(
    agency_name="U.S. Citizenship and Immigration Services",
    office="Deferred Action Intake",
    address_lines=("10 Application Way", "Montclair, CA 91763-1350"),
    phone="(800) 555-0110",
)
ICE = Letterhead(
    agency_name="U.S. Immigration and Customs Enforcement",
    office="Enforcement and Removal Operations, Los Angeles Field Office",
    address_lines=("300 North Los Angeles Street", "Los Angeles, CA 90012"),
    phone="(213) 555-0177",
)
AGENCY_CONTACT = Contact(
    name="Dana Whitfield",
    title="Statement coordinator",
    phone="(213) 555-0143",
    email="coordinator@labor.example.gov",
)
DHS_CONTACT = Contact(name="Deferred Action Intake", phone="(800) 555-0110", email="intake@dhs.example.gov")
SIGNER = Signatory(
    name="Miriam Castellanos",
    title="Assistant Chief",
    office="Bureau of Field Enforcement",
    delegation="LC-2023-07",
    signed_on=DAY,
)
OFFICER = Signatory(name="J. R. Okafor", title="Field Office Director", signed_on=DAY)
WORKER = Worker(
    name="María Guadalupe Ñúñez Šimić",
    address_lines=("1415 East 7th Street, Apt. 3B", "Los Angeles, CA 90021"),
    a_number="A 098 765 432",
)
COUNSEL = Representative(name="Ana Pérez-Lindqvist", organization="Eastside Workers' Law Center")
REPLY = Reply(
    due_on=date(2024, 12, 12),
    computation=(
        "Sent on September 16, 2024 by mail.",
        "84 calendar days: December 9, 2024.",
        "3 more days for mail: December 12, 2024.",
        "December 12, 2024 is a Thursday and not a holiday.",
    ),
    send_to=("USCIS, Attn: Deferred Action", "10 Application Way", "Montclair, CA 91763-1350"),
    upload_url="https://respond.example.gov",
)
NOTICE = {
    "letterhead": USCIS,
    "written_on": DAY,
    "reference": "WR-7F3K-29QD",
    "worker": WORKER,
    "form": "G-325A",
    "receipt_number": "IOE0912345678",
    "representative": COUNSEL,
    "contact": DHS_CONTACT,
    "address_change_url": "https://move.example.gov",
    "legal_help": ("Eastside Workers' Law Center, (213) 555-0199", "Immigrant Legal Line, (800) 555-0188"),
}
STATEMENT = statement_of_interest.StatementFacts(
    letterhead=AGENCY,
    written_on=DAY,
    number="CALCO-2024-00117",
    version=2,
    supersedes="version 1 of May 6, 2024",
    change="The staffing agency that issued the pay stubs is added.",
    addressee_lines=(
        "U.S. Department of Homeland Security",
        "Attn: Labor agency statements",
        "Washington, DC 20528",
    ),
    authority=(
        "The Labor Commissioner enforces California's laws on wages, hours, breaks and retaliation. We"
        " investigate, hold hearings, issue citations and recover unpaid wages for workers."
    ),
    statutes=(
        "Labor Code sections 510, 1194 and 1197 (overtime and minimum wage)",
        "Labor Code sections 226.7 and 512 (meal and rest periods)",
        "Labor Code sections 98.6, 244 and 1019 (retaliation, including immigration-related threats)",
    ),
    matter_number="35-CM-118842-24",
    matter_stage="Investigation; citations being prepared",
    matter_opened_on=date(2024, 2, 20),
    employers=(
        statement_of_interest.EmployerName(name="Golden Valley Foods, Inc.", kind="Legal name"),
        statement_of_interest.EmployerName(name="GV Tortillas", kind="Doing business as"),
        statement_of_interest.EmployerName(
            name="Brightline Staffing LLC", kind="On pay stubs (staffing agency)"
        ),
    ),
    employer_number="95-5550123",
    sites=("2211 Alameda Street, Los Angeles, CA 90058", "8800 Slauson Avenue, Pico Rivera, CA 90660"),
    site_note="Crews that were sent from these sites to other places for a day or more are covered too.",
    period_from=date(2021, 1, 1),
    covered_workers=(
        "Current and former production, packing, sanitation and delivery workers.",
        "Workers placed at the sites by a staffing agency.",
        "Applicants who were turned away after they asked about pay.",
    ),
    excluded_workers=("Managers with power to hire, fire or set schedules.",),
    violations=(
        "We are looking into unpaid overtime, missed meal and rest breaks, pay below the minimum wage, and"
        " retaliation against workers who spoke up."
    ),
    cooperation_need=(
        "The employer kept no time records for most of the period. What workers can tell us is the main proof"
        " of hours worked. We expect hearings in 2025 and collection of wages through 2027."
    ),
    retaliation=(
        "In April 2024 supervisors at both sites said that immigration officers would be called if anyone"
        " spoke with our office. Workers have since missed interviews and told us they are afraid."
    ),
    relief_asked=(
        "Deferred action",
        "Work permits",
        "Stay of removal",
        "Quick handling when a worker is detained",
    ),
    duration_asked="four years, or until our matter ends",
    contact=AGENCY_CONTACT,
    valid_from=DAY,
    review_on=date(2026, 9, 16),
    cc=("Eastside Workers' Law Center",),
    signatory=SIGNER,
    verify_url="https://referrals.example.gov/verify/CALCO-2024-00117/2",
)
ANSWER = {
    "letterhead": AGENCY,
    "written_on": DAY,
    "reference": "SR-2024-0456",
    "addressee_lines": ("Eastside Workers' Law Center", "500 South Boyle Avenue", "Los Angeles, CA 90033"),
    "received_on": date(2024, 9, 12),
    "worksite": "Golden Valley Foods, 2211 Alameda Street, Los Angeles",
    "contact": AGENCY_CONTACT,
    "signatory": SIGNER,
}
INTAKE = {
    "letterhead": USCIS,
    "written_on": DAY,
    "reference": "ST-9Q2W-11AB",
    "addressee_lines": ("California Labor Commissioner's Office", "Bureau of Field Enforcement"),
    "agency_name": "California Labor Commissioner's Office",
    "statement_number": "CALCO-2024-00117",
    "statement_version": 2,
    "received_on": date(2024, 9, 13),
    "contact": DHS_CONTACT,
}
ITEMS = (
    evidence_request.Item(
        text=(
            "Proof that you worked at a covered worksite between January 1, 2021 and today, such as pay"
            " stubs or time cards."
        ),
        legal_basis="8 CFR 103.2(b)(8)(iii); statement of interest, section 5",
    ),
    evidence_request.Item(
        text="A copy of your passport or another identity paper.", legal_basis="8 CFR 103.2(b)(2)"
    ),
)
INTENT = {
    **NOTICE,
    "served_on": DAY,
    "served_by": "mail",
    "reply": REPLY,
    "items": (
        evidence_request.Item(
            text="The pay stubs you sent name an employer that the statement does not list.",
            legal_basis="Discretion; 8 CFR 103.2(b)(16)(i)",
        ),
    ),
    "derogatory": (
        "A record of an arrest on March 2, 2019 in Fresno County, with no court result in our file.",
    ),
}

LETTERS: dict[str, Callable[[Language], Letter]] = {
    "statement_of_interest": lambda language: statement_of_interest.build(STATEMENT, language=language),
    "statement_acknowledgement": lambda language: statement_answers.acknowledgement(
        statement_answers.AcknowledgementFacts(
            **ANSWER,
            decide_by=date(2024, 10, 15),
            computation=(
                "30 calendar days after September 12, 2024: October 12, 2024.",
                "October 12 is a Saturday and October 14 is a holiday.",
            ),
        ),
        language=language,
    ),
    "statement_decline": lambda language: statement_answers.decline(
        statement_answers.DeclineFacts(
            **ANSWER,
            reason="We have no open matter at this worksite and no complaint under the laws we enforce.",
        ),
        language=language,
    ),
    "statement_monitor": lambda language: statement_answers.monitor(
        statement_answers.MonitorFacts(
            **ANSWER,
            reason="Our investigation is at the stage of payroll records.",
            recheck_on=date(2024, 12, 9),
        ),
        language=language,
    ),
    "statement_receipt": lambda language: statement_intake.receipt(
        statement_intake.IntakeFacts(**INTAKE), language=language
    ),
    "statement_return": lambda language: statement_intake.returned(
        statement_intake.ReturnFacts(
            **INTAKE,
            deficiencies=(
                statement_intake.Deficiency(
                    problem="No period of employment is given.",
                    remedy="State a first day and a last day, or 'to the present'.",
                ),
                statement_intake.Deficiency(
                    problem="No official signed.", remedy="Have a delegated official sign."
                ),
            ),
        ),
        language=language,
    ),
    "request_receipt": lambda language: request_receipt.build(
        request_receipt.ReceiptFacts(
            **NOTICE, received_on=date(2024, 9, 11), fee="paid", fee_amount=Decimal(520)
        ),
        language=language,
    ),
    "request_rejection": lambda language: request_rejection.build(
        request_rejection.RejectionFacts(
            **{**NOTICE, "receipt_number": ""},
            defects=(
                request_rejection.Defect(
                    code="SIG-1", problem="Form G-325A is not signed.", remedy="Sign the form by hand in ink."
                ),
                request_rejection.Defect(
                    code="ED-2",
                    problem="Pages come from two editions of the form.",
                    remedy="Use one current edition for all pages.",
                ),
            ),
            refile_to=("USCIS, Attn: Deferred Action", "10 Application Way", "Montclair, CA 91763-1350"),
            refile_url="https://forms.example.gov",
        ),
        language=language,
    ),
    "request_for_evidence": lambda language: evidence_request.build(
        evidence_request.EvidenceFacts(**NOTICE, served_on=DAY, served_by="mail", reply=REPLY, items=ITEMS),
        language=language,
    ),
    "notice_of_intent_to_deny": lambda language: evidence_request.intent_to_deny(
        evidence_request.IntentFacts(**INTENT), language=language
    ),
    "deferred_action_grant": lambda language: deferred_action.grant(
        deferred_action.GrantFacts(
            **NOTICE,
            starts_on=DAY,
            ends_on=date(2028, 9, 15),
            decided_by="U.S. Citizenship and Immigration Services",
            statement_number="CALCO-2024-00117",
            renew_from=date(2028, 3, 19),
            renew_by=date(2028, 6, 17),
            labor_contact=AGENCY_CONTACT,
        ),
        language=language,
    ),
    "deferred_action_denial": lambda language: deferred_action.denial(
        deferred_action.DenialFacts(
            **NOTICE,
            decided_by="U.S. Citizenship and Immigration Services",
            reasons=(
                deferred_action.Reason(
                    code="SCOPE", text="Your papers do not show work at a covered worksite."
                ),
                deferred_action.Reason(code="DISC", text="The good factors do not outweigh the others."),
            ),
            work_permit_denied=True,
        ),
        language=language,
    ),
    "notice_of_intent_to_terminate": lambda language: termination.intent_to_terminate(
        termination.IntentFacts(
            **NOTICE, ends_on=date(2028, 9, 15), grounds=("A conviction after the grant.",), reply=REPLY
        ),
        language=language,
    ),
    "deferred_action_termination": lambda language: termination.termination(
        termination.TerminationFacts(
            **NOTICE,
            effective_on=date(2025, 6, 2),
            decided_by="U.S. Citizenship and Immigration Services",
            work_permit_ends_on=date(2025, 6, 2),
        ),
        language=language,
    ),
    "work_permit_approval": lambda language: work_permit.approval(
        work_permit.ApprovalFacts(
            **{**NOTICE, "form": "I-765"},
            category="(c)(14)",
            valid_from=DAY,
            valid_to=date(2028, 9, 15),
            card_address_lines=WORKER.address_lines,
        ),
        language=language,
    ),
    "work_permit_denial": lambda language: work_permit.denial(
        work_permit.DenialFacts(
            **{**NOTICE, "form": "I-765"},
            category="(c)(14)",
            reasons=("Form I-765WS does not show that you need to work to support yourself.",),
        ),
        language=language,
    ),
    "stay_grant": lambda language: stay_decision.grant(
        stay_decision.StayGrantFacts(
            **{**NOTICE, "letterhead": ICE, "form": "I-246", "signatory": OFFICER},
            starts_on=DAY,
            ends_on=date(2025, 9, 15),
            decided_by="ICE, Los Angeles Field Office",
            conditions=(
                "Report in person when told to.",
                "Ask for permission before you travel more than two days away from home.",
                "Tell us in writing before you change your address.",
            ),
            report_on=date(2024, 10, 7),
            report_at="300 North Los Angeles Street, Room 7631, 8:00 a.m.",
            bond_amount=Decimal(1500),
            bond_due_on=date(2024, 9, 30),
        ),
        language=language,
    ),
    "stay_denial": lambda language: stay_decision.denial(
        stay_decision.StayDenialFacts(
            **{**NOTICE, "letterhead": ICE, "form": "I-246", "signatory": OFFICER},
            decided_by="ICE, Los Angeles Field Office",
            reasons=("There was no statement of reasons with the form.",),
        ),
        language=language,
    ),
    "stay_support": lambda language: stay_support.build(
        stay_support.StaySupportFacts(
            letterhead=AGENCY,
            written_on=DAY,
            reference="SY-4M8T-77PL",
            addressee_lines=("Field Office Director", "ICE, Los Angeles Field Office"),
            worker=WORKER,
            consent_signed_on=date(2024, 9, 14),
            matter_number="35-CM-118842-24",
            matter_stage="Hearing set",
            grounds=("needed_to_testify", "not_practicable_or_proper"),
            why_presence_is_needed="The worker saw the time cards being changed and will testify about it.",
            needed_on=date(2024, 11, 4),
            needed_for="Testimony at the citation hearing",
            custody="Detained, Adelanto",
            removal_on=date(2024, 9, 27),
            period_from=DAY,
            period_to=date(2025, 9, 15),
            duty_contact=AGENCY_CONTACT,
            statement_number="CALCO-2024-00117",
            counsel=COUNSEL,
            signatory=SIGNER,
        ),
        language=language,
    ),
}

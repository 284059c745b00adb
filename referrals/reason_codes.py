"""Coded reasons for rejections and denials, each with the words for its reader.

Defects: USCIS, Form G-325A page and Form I-765 instructions; ICE, Form I-246 instructions. The code goes
into the history; the sentences are for pages and letters, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.models import Kind


@dataclass(frozen=True)
class Defect:
    """Something wrong with papers, and how to mend it."""

    code: str
    problem: Promise
    remedy: Promise


@dataclass(frozen=True)
class DenialReason:
    """A ground of a denial in one sentence."""

    code: str
    text: Promise


def _by_code(*defects: Defect) -> Mapping[str, Defect]:
    return {each.code: each for each in defects}


REQUEST_DEFECTS = _by_code(
    Defect(
        "wrong_fee",
        _("The fee is wrong or missing."),
        _("Send the fee in force on the day you file, or Form I-912."),
    ),
    Defect(
        "wrong_payment",
        _("The fee was paid in a way that is not accepted."),
        _("Pay in one of the ways that the fee schedule lists."),
    ),
    Defect(
        "unsigned", _("A form or the request is not signed."), _("Have the worker sign every form by hand.")
    ),
    Defect(
        "typed_signature",
        _("A signature is typed or stamped."),
        _("Have the worker sign by hand with a pen."),
    ),
    Defect(
        "wrong_edition",
        _("A form has an edition that is not accepted."),
        _("Fill in the current edition of the form."),
    ),
    Defect(
        "mixed_editions",
        _("The pages of a form are of different editions."),
        _("Print every page of one edition and sign again."),
    ),
    Defect(
        "missing_pages",
        _("Pages of a form are missing."),
        _("Send every page of each form, also the blank ones."),
    ),
    Defect(
        "no_statement",
        _("The statement of interest is missing."),
        _("Add a copy of the labor agency's statement."),
    ),
    Defect(
        "statement_not_in_force",
        _("The statement of interest is not in force."),
        _("Ask the labor agency for an updated statement."),
    ),
    Defect(
        "no_employment_proof",
        _("There is no proof of employment in the period of the statement."),
        _("Add a Form W-2, paystubs, time cards or other proof."),
    ),
    Defect(
        "no_identity",
        _("There is no proof of identity and nationality."),
        _("Add a copy of a passport or another official paper."),
    ),
    Defect(
        "no_translation",
        _("A paper is not translated."),
        _("Add a full English translation with the translator's signed certificate."),
    ),
    Defect(
        "wrong_address",
        _("The packet went to the wrong address."),
        _("Send it to the address in force on the day you file."),
    ),
)

STAY_DEFECTS = _by_code(
    Defect(
        "wrong_fee",
        _("The fee is wrong or missing."),
        _("Bring the fee in force on the day of the appointment."),
    ),
    Defect(
        "wrong_office",
        _("The request was filed with the wrong field office."),
        _("File with the office for the worker's home or place of detention."),
    ),
    Defect(
        "several_people", _("One form names several people."), _("Fill in one Form I-246 for each person.")
    ),
    Defect("unsigned", _("Form I-246 is not signed."), _("Have the worker sign it by hand.")),
    Defect(
        "not_in_person",
        _("The request was not filed in person."),
        _("Make an appointment at the field office."),
    ),
    Defect(
        "no_identity",
        _("The identity papers are missing."),
        _("Bring the passport or the other papers that the form lists."),
    ),
    Defect(
        "wrong_home_address",
        _("The home address is wrong."),
        _("Give the address where the worker lives now."),
    ),
    Defect(
        "obstruction",
        _("ICE lists the person as a fugitive or as having obstructed removal."),
        _("Talk to the field office before you file again."),
    ),
    Defect(
        "preparer_incomplete",
        _("The part of the person who prepared the form is not complete."),
        _("Complete and sign the preparer's part."),
    ),
)

DENIAL_REASONS = {
    "not_in_scope": DenialReason(
        "not_in_scope", _("It was not shown that the worker is covered by the statement.")
    ),
    "identity_not_shown": DenialReason("identity_not_shown", _("Identity or nationality was not shown.")),
    "no_answer": DenialReason("no_answer", _("What was asked for was not sent in time.")),
    "no_continuing_interest": DenialReason(
        "no_continuing_interest", _("The labor agency no longer supports requests under its statement.")
    ),
    "national_security": DenialReason(
        "national_security", _("Concerns about national security outweigh the favorable factors.")
    ),
    "public_safety": DenialReason(
        "public_safety", _("Concerns about public safety outweigh the favorable factors.")
    ),
    "criminal_history": DenialReason(
        "criminal_history", _("Criminal history outweighs the favorable factors.")
    ),
    "fraud": DenialReason("fraud", _("Fraud or a false statement was found.")),
    "discretion": DenialReason("discretion", _("Weighing all factors, deferred action is not granted.")),
}

PERMIT_DENIALS = {
    "no_economic_necessity": DenialReason(
        "no_economic_necessity", _("It was not shown that the worker needs to work.")
    ),
    "no_deferred_action": DenialReason("no_deferred_action", _("There is no deferred action in force.")),
    "identity_not_shown": DenialReason("identity_not_shown", _("Identity was not shown.")),
    "no_answer": DenialReason("no_answer", _("What was asked for was not sent in time.")),
    "discretion": DenialReason("discretion", _("Weighing all factors, the work permit is not granted.")),
}

STAY_DENIALS = {
    "no_final_order": DenialReason("no_final_order", _("There is no final order of removal.")),
    "no_statement_of_reasons": DenialReason(
        "no_statement_of_reasons", _("No reasons for the request were given.")
    ),
    "no_medical_proof": DenialReason(
        "no_medical_proof", _("Medical reasons were given without medical documents.")
    ),
    "criminal_activity": DenialReason(
        "criminal_activity", _("Criminal activity outweighs the reasons given.")
    ),
    "threat": DenialReason(
        "threat", _("A threat to security or to other people outweighs the reasons given.")
    ),
    "inaccurate": DenialReason("inaccurate", _("What was said in the request is not correct.")),
    "discretion": DenialReason("discretion", _("Weighing all factors, the stay is not granted.")),
}


def defects(book: Mapping[str, Defect], codes: Iterable[str]) -> list[Defect]:
    """The defects with these codes, in the order of the book; unknown codes are left out."""
    wanted = set(codes)
    return [defect for code, defect in book.items() if code in wanted]


def denial_in_words(kind: str, code: str) -> str:
    """The sentence of a denial of this kind of case; a code that its book does not have stays a code."""
    books = {
        Kind.WORKER_REQUEST: DENIAL_REASONS,
        Kind.WORK_PERMIT: PERMIT_DENIALS,
        Kind.STAY: STAY_DENIALS,
    }
    known = books.get(Kind(kind), {}).get(code)
    return str(known.text) if known else code

"""What belongs into a packet, by kind of filing and date.

Sources: DHS process announcement of January 2023 as printed by Pive Claw; USCIS, Form G-325A page;
DHS FAQ Q22 on the extension, as printed by AILA.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows import policies


@dataclass(frozen=True)
class Item:
    """One paper of a packet and why it matters."""

    key: str
    label: Promise
    why: Promise
    required: bool = True


ITEMS = {
    item.key: item
    for item in (
        Item("signed_request", _("Written request, signed by the worker"), _("It states the basis for deferred action.")),
        Item("statement", _("Copy of the agency's statement of interest"), _("Without it DHS cannot see the agency's interest.")),
        Item("updated_statement", _("Updated statement of interest"), _("It shows that the agency still needs the worker.")),
        Item("employment", _("Proof of employment in the period of the statement"), _("W-2, paystubs, time cards or other papers.")),
        Item("identity", _("Proof of identity and nationality"), _("A passport or other official paper.")),
        Item("g325a", _("Form G-325A, every page of one edition, signed by hand"), _("Unsigned forms are rejected; mixed editions may be.")),
        Item("g325a_marked", _("“Labor DA Extension” written on top of Form G-325A"), _("It tells intake which filing this is.")),
        Item("approval_notice", _("Copy of the approval notice"), _("It shows the grant to be extended or renewed.")),
        Item("i765", _("Form I-765 with the fee, or Form I-912"), _("The work permit is asked for with it.")),
        Item("i765ws", _("Form I-765WS: income, expenses and assets"), _("It shows economic necessity.")),
        Item("fee", _("Fee for the work permit, or Form I-912"), _("A wrong fee leads to rejection.")),
        Item("entry", _("Papers about entry and immigration history"), _("If there are any."), required=False),
        Item("factors", _("Papers about other favorable factors"), _("If there are any."), required=False),
        Item("g28", _("Form G-28"), _("So that notices reach the representative.")),
        Item("photos", _("Two passport photos"), _("For the card.")),
        Item("translations", _("Certified translations of foreign papers"), _("If there are any."), required=False),
    )
}  # fmt: skip

COMMON = ("signed_request", "identity", "g325a", "g28", "photos", "entry", "factors", "translations")
BY_FILING = {
    "INITIAL": ("statement", "employment"),
    "EXTENSION": ("statement", "g325a_marked", "approval_notice"),
    "SUBSEQUENT": ("updated_statement", "approval_notice"),
}
OWN_FORM = "I-765"
EMPLOYMENT = "employment"
"""The paper that the proofs of work make up, each with its scan."""


def items_for(filing: str, *, on: date) -> list[Item]:
    """The papers of a filing on a day: the form set in force decides how the work permit is asked for."""
    formset = policies.value("dale.formset", on=on, default={"permit_asked_in": OWN_FORM})
    permit = ("i765", "i765ws") if formset["permit_asked_in"] == OWN_FORM else ("fee",)
    return [ITEMS[key] for key in (*BY_FILING[str(filing)], *COMMON, *permit)]

"""What may be withheld from a request for public records, by the code of the exemption.

5 U.S.C. 552(b) for federal agencies. A state agency has an act of its own: it sets its own rows of the rules
``public_records.…``. Which item falls under which exemption is such a rule, not code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows import policies
from workflows.models import Policy
from workflows.models.policy import FEDERAL

EXEMPTIONS: Mapping[str, str | Promise] = {
    "(b)(3)": _("(b)(3): another statute forbids to disclose it, such as 8 U.S.C. 1367"),
    "(b)(5)": _("(b)(5): deliberations within or between agencies before a decision"),
    "(b)(6)": _("(b)(6): personal privacy"),
    "(b)(7)(A)": _("(b)(7)(A): disclosure could interfere with enforcement that is going on"),
    "(b)(7)(C)": _("(b)(7)(C): personal privacy in records of enforcement"),
    "(b)(7)(D)": _("(b)(7)(D): it could disclose a confidential source"),
    "(b)(7)(E)": _("(b)(7)(E): methods of enforcement"),
}
RULES = (
    "contact",
    "deliberation",
    "identifiers",
    "numbers",
    "ongoing",
    "requester",
    "retaliation",
    "workers",
)
"""What the rules are about: each is a row ``public_records.<name>`` with a list of codes; empty discloses."""


def key(name: str) -> str:
    """The key of a rule."""
    return f"public_records.{name}"


def rule(name: str, book: policies.PolicyBook, *, on: date, jurisdiction: str) -> Policy | None:
    """The agency's own rule about an item on a day, else the federal one; None if there is none."""
    try:
        return book.policy(key(name), on=on, jurisdiction=jurisdiction or FEDERAL)
    except policies.NoPolicy:
        return None

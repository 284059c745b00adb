"""What a statement of interest must say before it can be approved, and what it should say.

Elements: from the New York City definition of
a statement, the NLRB's three facts and the DHS packet rule on scope and period.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.machine import Told

from . import personal_data
from .models.matters import NameKind

if TYPE_CHECKING:
    from .models import StatementVersion


@dataclass(frozen=True)
class Line:
    """One line of the checklist: ``state`` is in, missing or recommended."""

    key: str
    label: str | Promise
    state: str
    why: str | Promise
    field: str = ""


def _line(
    key: str, label: Promise, present: bool, why: Promise, *, required: bool = True, field: str = ""
) -> Line:
    state = "in" if present else ("missing" if required else "recommended")
    return Line(key, label, state, why, field or key)


def checklist(version: StatementVersion) -> list[Line]:
    """Every element of the statement with its state, in the order of the letter."""
    names = list(version.names.all())
    sites = list(version.sites.all())
    kinds = {name.kind for name in names}
    statement = version.statement
    return [
        _line("authority", _("Agency and its authority"), bool(version.authority),
              _("DHS must see which laws the agency enforces.")),
        _line("matter_stage", _("Matter and its stage"), bool(version.matter_stage and statement.matter_id),
              _("The number and the stage show that a matter is open.")),
        _line("names", _("Employer's names"), bool(names),
              _("Workers prove their case with what stands on their paystubs.")),
        _line("paystub", _("Names as on paystubs, staffing agencies"),
              bool(kinds & {NameKind.PAYSTUB, NameKind.STAFFING, NameKind.DBA}),
              _("A name that is left out leaves its workers out."), required=False, field="names"),
        _line("sites", _("Worksites covered"), bool(sites) or version.all_sites,
              _("Each place, or all places of the employer.")),
        _line("worker_class", _("Workers covered"), bool(version.worker_class),
              _("The class of workers, not their names.")),
        _line("period", _("Period of employment"),
              bool(version.period_from and (version.period_to or version.to_present)),
              _("Each worker proves employment in this period."), field="period_from"),
        _line("cooperation", _("Why the agency needs the workers"), bool(version.cooperation),
              _("How deferred action and work permits support enforcement.")),
        _line("retaliation", _("Retaliation and fear"), bool(version.retaliation),
              _("What keeps workers from coming forward.")),
        _line("supports", _("Victims, witnesses or both; first or later requests"), bool(version.supports),
              _("Whom the statement supports."), required=False),
        _line("relief", _("What is asked of DHS"), bool(version.relief), _("At least one kind of relief.")),
        _line("review_by", _("Review date"), bool(version.review_by),
              _("When the agency looks at it again.")),
        _line("contact", _("Contact of the agency for DHS"),
              bool(version.contact_name and (version.contact_phone or version.contact_email)),
              _("Somebody who can answer questions about the scope."), field="contact_name"),
        _line("violations", _("Violations in general words"), bool(version.violations),
              _("No complainant is named."), required=False),
    ]  # fmt: skip


def complete(version: StatementVersion) -> Told:
    """Whether every required line is in, with the open ones named; personal data must not be in the text."""
    open_lines = [str(line.label) for line in checklist(version) if line.state == "missing"]
    if open_lines:
        return Told(False, _("Missing in the draft: %(lines)s.") % {"lines": ", ".join(open_lines)})
    found = [finding for text in _texts(version) for finding in personal_data.find(text)]
    if found:
        return Told(
            False, _("The draft holds personal data."), _("Take it out: a statement names no worker.")
        )
    return Told(True)


def _texts(version: StatementVersion) -> list[str]:
    return [
        version.authority,
        version.worker_class,
        version.job_classes,
        version.excluded_classes,
        version.violations,
        version.cooperation,
        version.retaliation,
        version.supports,
    ]

"""The certificate of a disposition on paper, and the facts that its page shows too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from workflows import days_in_words

from . import certificates, disclosure, retention_pages
from .letters import Letter, Letterhead
from .letters.letter import Block, Heading, KeyValues, Language, Paragraph
from .models import Disposition, DispositionItem, User
from .services import dispositions


def method() -> str:
    """How it was destroyed, and what stays."""
    return _(
        "Each worker's data key was destroyed in the database and by its keeper, so everything personal "
        "under it can be read from no backup either; the bytes of papers are gone, and words in histories "
        "were redacted. Screening notes were overwritten; backups hold them until they run out. Cases, their "
        "histories and the figures stay."
    )


def facts(disposition: Disposition) -> list[tuple[str, Any]]:
    """What the certificate states, in order."""
    by, second = disposition.proposed_by, disposition.decided_by
    return [
        (_("What"), str(disposition.get_stage_display())),
        *((outcome, str(number)) for outcome, number in certificates.outcomes(disposition)),
        *((_("By the rule"), f"{line.rule}: {line.number}") for line in certificates.lines(disposition)),
        (_("Proposed by"), f"{by.name}, {_at(disposition.proposed_at)}" if by else ""),
        (_("Approved by"), f"{second.name}, {_at(disposition.decided_at)}" if second else ""),
        (_("Finished"), _at(disposition.finished_at)),
        (_("Hash of the list that was approved"), disposition.list_hash),
        (_("Hash of this certificate"), disposition.certificate_hash),
    ]


def _at(moment: datetime | None) -> str:
    return days_in_words.instant(timezone.localtime(moment)) if moment else ""


def paper(disposition: Disposition, user: User, *, at: datetime) -> Letter:
    """The certificate as a letter-like document in the active language."""
    language: Language = "es" if (get_language() or "en").startswith("es") else "en"
    listed = dispositions.items_of(disposition)
    return Letter(
        kind="disposition",
        language=language,
        title=_("Certificate of disposition"),
        letterhead=Letterhead(agency_name=_("Statement and stay casework")),
        written_on=timezone.localdate(at),
        reference=retention_pages.name_of(disposition),
        addressee_lines=(disclosure.reader(user),),
        blocks=(
            KeyValues(tuple(facts(disposition))),
            Heading(_("How")),
            Paragraph(method()),
            Heading(_("The list")),
            *(block for number, item in enumerate(listed, start=1) for block in _entry(number, item)),
        ),
        footer=_("It names workers by token and cases by reference, and tells nothing of either."),
    )


def _entry(number: int, item: DispositionItem) -> list[Block]:
    rows = (
        (_("Cases"), retention_pages.cases_in_words(item)),
        (_("Rule"), item.rule.label),
        (_("Arithmetic"), " ".join(retention_pages.arithmetic(item))),
        (_("Outcome"), str(item.get_outcome_display())),
        (_("When"), _at(item.settled_at)),
    )
    return [Heading(f"{number}. {item.person.token}", level=3), KeyValues(rows)]

"""Rejection at intake: every defect with its cure, the packet back, no filing date kept."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from referrals.letters import passages
from referrals.letters.facts import NoticeFacts
from referrals.letters.letter import Block, Heading, Language, Letter, Notice, Paragraph, Table


@dataclass(frozen=True, kw_only=True)
class Defect:
    """One reason for rejection. `problem` and `remedy` are sentences in the letter's language."""

    code: str
    problem: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class RejectionFacts(NoticeFacts):
    """`refile_to` is the postal address for a new filing, `refile_url` the page with instructions."""

    defects: tuple[Defect, ...]
    refile_to: tuple[str, ...] = ()
    refile_url: str = ""


def build(facts: RejectionFacts, *, language: Language = "en") -> Letter:
    """We could not accept the packet; here is how to fix it."""
    with translation.override(language):
        blocks: list[Block] = [
            Paragraph(
                _("We cannot accept your request. We are returning everything you sent with this letter.")
            ),
            Heading(_("What to fix")),
            Table(
                columns=(_("Code"), _("What is wrong"), _("How to fix it")),
                rows=tuple((defect.code, defect.problem, defect.remedy) for defect in facts.defects),
                widths=(1.25, 2.2, 2.55),
            ),
            Notice(
                _("You do not keep a filing date"),
                (
                    _("Because we did not accept your request, it has no filing date and no receipt number."),
                    _("If you file again, your request counts from the day we accept the new one."),
                ),
            ),
            Heading(_("How to file again")),
            Paragraph(
                _(
                    "Fix every point in the list. Use the current edition of each form, sign it by hand,"
                    " and send the whole packet again, with the fee or a fee waiver request."
                )
            ),
        ]
        if facts.refile_to:
            blocks += [Paragraph(_("Mail your packet to:")), Paragraph("\n".join(facts.refile_to))]
        if facts.refile_url:
            blocks.append(Paragraph(_("Instructions and current forms: %(url)s") % {"url": facts.refile_url}))
        blocks.append(Paragraph(_("This is not a denial. We did not decide whether you qualify.")))
        return passages.worker_letter(
            facts,
            kind="request_rejection",
            language=language,
            title=_("We could not accept your request"),
            blocks=blocks,
        )

"""The statement of interest: a labor agency tells DHS about a worksite.

The letter is about an employer, worksites and a class of workers. It never names a worker, and its
footer says so. Unsigned facts give a draft that says so on every page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from referrals.letters import passages
from referrals.letters.dates import long_date
from referrals.letters.facts import Contact, Signatory
from referrals.letters.fingerprint import verifiable
from referrals.letters.letter import (
    Block,
    Bullets,
    Heading,
    KeyValues,
    Language,
    Letter,
    Letterhead,
    Notice,
    Paragraph,
    Table,
)


@dataclass(frozen=True, kw_only=True)
class EmployerName:
    """One name an employer goes by. `kind` is a label for readers: "Legal name", "On pay stubs"."""

    name: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class StatementFacts:
    """What a statement of interest says.

    `supersedes` names the version this one replaces. `period_to` None means "to the present"; only a
    draft has no `period_from`.
    Narrative fields are plain text of any length; they must hold no worker's name or number.
    `verify_url` may carry the number and the version only.
    """

    letterhead: Letterhead
    written_on: date
    number: str
    version: int
    addressee_lines: tuple[str, ...]
    authority: str
    matter_number: str
    matter_stage: str
    employers: tuple[EmployerName, ...]
    sites: tuple[str, ...]
    period_from: date | None
    covered_workers: tuple[str, ...]
    violations: str
    cooperation_need: str
    relief_asked: tuple[str, ...]
    contact: Contact
    statutes: tuple[str, ...] = ()
    matter_opened_on: date | None = None
    employer_number: str = ""
    site_note: str = ""
    period_to: date | None = None
    excluded_workers: tuple[str, ...] = ()
    retaliation: str = ""
    supports: str = ""
    duration_asked: str = ""
    valid_from: date | None = None
    review_on: date | None = None
    supersedes: str = ""
    change: str = ""
    cc: tuple[str, ...] = ()
    signatory: Signatory | None = None
    verify_url: str = ""


def build(facts: StatementFacts, *, language: Language = "en") -> Letter:
    """The statement as a letter. Signed facts with a `verify_url` carry number, fingerprint and QR code."""
    with translation.override(language):
        letter = Letter(
            kind="statement_of_interest",
            language=language,
            title=_("Statement of interest"),
            letterhead=facts.letterhead,
            written_on=facts.written_on,
            reference=_("%(number)s, version %(version)s")
            % {"number": facts.number, "version": facts.version},
            addressee_lines=facts.addressee_lines,
            blocks=(*passages.english_controls(language), *_opening(facts), *_sections(facts), *_end(facts)),
            cc=facts.cc,
            footer=_("This letter contains no worker's name or number."),
            draft=passages.unsigned(facts.signatory),
        )
    if letter.draft or not facts.verify_url:
        return letter
    return verifiable(letter, number=facts.number, version=facts.version, url=facts.verify_url)


def _opening(facts: StatementFacts) -> list[Block]:
    rows = [(_("Statement"), facts.number), (_("Version"), str(facts.version))]
    if facts.supersedes:
        rows.append((_("Replaces"), facts.supersedes))
    if facts.change:
        rows.append((_("What changed"), facts.change))
    return [
        Paragraph(
            _(
                "%(agency)s asks the U.S. Department of Homeland Security (DHS) to consider this statement"
                " whenever a worker it covers asks for the relief listed below. We need these workers to be"
                " able to speak with us and to stay available while our matter is open."
            )
            % {"agency": facts.letterhead.agency_name}
        ),
        KeyValues(tuple(rows)),
    ]


def _sections(facts: StatementFacts) -> list[Block]:
    sections: list[tuple[str, list[Block]]] = [
        (_("Our authority"), _authority(facts)),
        (_("The matter"), _matter(facts)),
        (_("The employer"), _employer(facts)),
        (_("The worksites"), _sites(facts)),
        (_("Period and workers covered"), _scope(facts)),
        (_("What we are looking into"), _violations(facts)),
        (_("Why we need the workers' cooperation"), [Paragraph(facts.cooperation_need)]),
    ]
    if facts.retaliation:
        sections.append((_("Retaliation and fear of it"), [Paragraph(facts.retaliation)]))
    sections += [
        (_("What we ask DHS to do"), _request(facts)),
        (_("How DHS can confirm who is covered"), _confirmation(facts)),
        (_("What this statement does not do"), _limits()),
        (_("How long this statement is good for"), _validity(facts)),
    ]
    numbered: list[Block] = []
    for number, (title, blocks) in enumerate(sections, start=1):
        numbered += [Heading(f"{number}. {title}"), *blocks]
    return numbered


def _authority(facts: StatementFacts) -> list[Block]:
    blocks: list[Block] = [Paragraph(facts.authority)]
    if facts.statutes:
        blocks += [Paragraph(_("In this matter we enforce:")), Bullets(facts.statutes)]
    return blocks


def _matter(facts: StatementFacts) -> list[Block]:
    rows = [(_("Case number"), facts.matter_number), (_("Stage"), facts.matter_stage)]
    if facts.matter_opened_on:
        rows.append((_("Opened on"), long_date(facts.matter_opened_on)))
    return [KeyValues(tuple(rows))]


def _employer(facts: StatementFacts) -> list[Block]:
    names = Table(
        columns=(_("Name"), _("How the name is used")),
        rows=tuple((employer.name, employer.kind) for employer in facts.employers),
        widths=(3, 2),
    )
    blocks: list[Block] = [
        Paragraph(_("The employer goes by these names. Any of them may appear on a worker's papers:")),
        names,
    ]
    if facts.employer_number:
        blocks.append(KeyValues(((_("Federal employer number"), facts.employer_number),)))
    return blocks


def _sites(facts: StatementFacts) -> list[Block]:
    blocks: list[Block] = [Bullets(facts.sites)]
    if facts.site_note:
        blocks.append(Paragraph(facts.site_note))
    return blocks


def _scope(facts: StatementFacts) -> list[Block]:
    until = long_date(facts.period_to) if facts.period_to else _("the present")
    since = long_date(facts.period_from) if facts.period_from else _("(no first day stated)")
    period = _("%(start)s to %(end)s") % {"start": since, "end": until}
    blocks: list[Block] = [
        KeyValues(((_("Period of employment"), period),)),
        Paragraph(_("These workers are covered:")),
        Bullets(facts.covered_workers),
    ]
    if facts.excluded_workers:
        blocks += [Paragraph(_("These workers are not covered:")), Bullets(facts.excluded_workers)]
    return blocks


def _violations(facts: StatementFacts) -> list[Block]:
    described: list[Block] = [Paragraph(facts.violations)] if facts.violations else []
    return [
        *described,
        Paragraph(
            _("We describe the matter in general words. We do not say who complained or who spoke with us.")
        ),
    ]


def _request(facts: StatementFacts) -> list[Block]:
    blocks: list[Block] = [
        Paragraph(_("For workers covered by this statement, we support requests for:")),
        Bullets(facts.relief_asked),
    ]
    if facts.supports:
        blocks.append(Paragraph(facts.supports))
    if facts.duration_asked:
        blocks.append(
            Paragraph(_("Length of time we ask for: %(duration)s") % {"duration": facts.duration_asked})
        )
    return blocks


def _confirmation(facts: StatementFacts) -> list[Block]:
    return [
        Paragraph(
            _(
                "A worker's own records can show that the worker is covered: one of the employer's names, a"
                " covered worksite, and work during the period. If the records leave a question, ask us. We"
                " can confirm the scope of this statement without learning the worker's name."
            )
        ),
        passages.contact_table(facts.contact),
    ]


def _limits() -> list[Block]:
    return [
        Paragraph(
            _(
                "This statement gives no immigration status and no protection by itself. It does not bind"
                " DHS. DHS decides each worker's request case by case. This statement is not legal advice."
            )
        )
    ]


def _validity(facts: StatementFacts) -> list[Block]:
    rows: list[tuple[str, str]] = []
    if facts.valid_from:
        rows.append((_("In force from"), long_date(facts.valid_from)))
    if facts.review_on:
        rows.append((_("We will review it by"), long_date(facts.review_on)))
    promise = Paragraph(
        _(
            "If we change, replace, withdraw or close this statement, we will tell DHS and the person who"
            " asked us for it."
        )
    )
    return [KeyValues(tuple(rows)), promise] if rows else [promise]


def _end(facts: StatementFacts) -> list[Block]:
    if facts.signatory is None:
        return [Notice(_("Not signed"), (_("This is a draft. No one has signed it."),))]
    return passages.signature(facts.signatory)

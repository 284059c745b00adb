"""A statement as a request for public records gets it: item by item what is disclosed, what is not, and why.

The copy is written anew from what is disclosed. What is withheld is never put into it, so that nothing can be
taken out of the file again. What was withheld is listed with exemption, reason and amount, as a Vaughn index
lists it (Vaughn v. Rosen, 484 F.2d 820).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workflows import days_in_words, policies
from workflows.models import Policy

from . import exemptions, small_numbers
from .models import Relief, Statement, StatementVersion
from .personal_data import find

BY_HAND = "(b)(6)"
"""The exemption of what the records officer withholds beyond the rules, until another is chosen."""


@dataclass(frozen=True)
class Source:
    """A signed version and the day on which somebody asks for it."""

    version: StatementVersion
    on: date
    book: policies.PolicyBook

    @property
    def statement(self) -> Statement:
        return self.version.statement

    def rule(self, name: str) -> Policy | None:
        """What the agency's rules say about an item on that day."""
        return exemptions.rule(name, self.book, on=self.on, jurisdiction=self.statement.agency.code)

    @property
    def open(self) -> bool:
        """Whether the agency's matter still goes on."""
        return self.statement.matter.closed_on is None


@dataclass(frozen=True)
class Item:
    """A part of the record and the rule by which it may be withheld; ``only_open``: until the matter ends."""

    key: str
    label: str | Promise
    texts: Callable[[Source], list[str]]
    rule: str = ""
    why: str | Promise = ""
    only_open: bool = False


@dataclass(frozen=True)
class Withheld:
    """Why something is not in the copy, and how much of it there is."""

    codes: tuple[str, ...]
    why: str
    source: str
    amount: str


@dataclass(frozen=True)
class Line:
    """One item as the copy has it: its texts, marked where a part was taken out, and what was withheld."""

    key: str
    label: str
    texts: tuple[str, ...]
    withheld: tuple[Withheld, ...] = field(default=())


def review(
    version: StatementVersion, *, on: date, also: Collection[str] = (), code: str = BY_HAND
) -> list[Line]:
    """Every item as the rules of the agency have it on a day; ``also`` are items withheld beyond them."""
    source = Source(version, on, policies.book())
    lines = [_line(item, source, also, code) for item in ITEMS]
    return [line for line in lines if line.texts or line.withheld]


def _line(item: Item, source: Source, also: Collection[str], code: str) -> Line:
    texts, label = [text for text in item.texts(source) if text], str(item.label)
    withheld = _by_rule(item, texts, source) if texts else None
    if withheld is None and texts and item.key in also:
        why = _("The records officer withheld it after looking at it.")
        withheld = Withheld((code,), why, "5 U.S.C. 552", amount_of(texts))
    if withheld is not None:
        return Line(item.key, label, (), (withheld,))
    shown, masked = _without_identifiers(texts, source)
    return Line(item.key, label, tuple(shown), masked)


def _by_rule(item: Item, texts: list[str], source: Source) -> Withheld | None:
    if not item.rule or (item.only_open and not source.open):
        return None
    rule = source.rule(item.rule)
    if rule is None or not rule.value:
        return None
    amount = _("one number") if item.rule == "numbers" else amount_of(texts)
    return Withheld(tuple(map(str, rule.value)), str(item.why), rule.source, amount)


def _without_identifiers(texts: list[str], source: Source) -> tuple[list[str], tuple[Withheld, ...]]:
    """The texts without numbers and dates that belong to one person, and the note about them."""
    shown, number = [], 0
    for text in texts:
        for found in reversed(find(text)):
            text, number = f"{text[: found.start]}[{_('withheld')}]{text[found.end :]}", number + 1
        shown.append(text)
    if not number:
        return shown, ()
    rule = source.rule("identifiers")
    codes = tuple(map(str, rule.value)) if rule and rule.value else (BY_HAND,)
    amount = ngettext("%(number)s place", "%(number)s places", number) % {"number": number}
    why = _("A number or a date that belongs to one person.")
    return shown, (Withheld(codes, why, rule.source if rule else "", amount),)


def amount_of(texts: list[str]) -> str:
    """How much a list of texts is: entries and words, which say nothing of what they say."""
    number = sum(len(text.split()) for text in texts)
    entries = ngettext("%(number)s entry", "%(number)s entries", len(texts)) % {"number": len(texts)}
    return f"{entries}, " + ngettext("%(number)s word", "%(number)s words", number) % {"number": number}


def _day(value: date | None) -> list[str]:
    return [days_in_words.day(value)] if value else []


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _period(source: Source) -> list[str]:
    version = source.version
    if version.period_from is None:
        return []
    to_day = None if version.to_present else version.period_to
    until = days_in_words.day(to_day) if to_day else _("the present")
    return [_("%(start)s to %(end)s") % {"start": days_in_words.day(version.period_from), "end": until}]


def _signed(source: Source) -> list[str]:
    at = source.version.signed_at
    return _day(source.statement.day_at(at)) if at else []


def _official(source: Source) -> list[str]:
    version = source.version
    by, delegation = version.signed_by, version.delegation
    return [", ".join(filter(None, [by.name, delegation.title if delegation else ""]))] if by else []


def _requester(source: Source) -> list[str]:
    asked = source.statement.soi_request
    if asked is None:
        return []
    return [asked.requester.name, asked.contact_name, asked.contact_phone, asked.contact_email]


def _deliberation(source: Source) -> list[str]:
    """Why it was amended, what earlier versions and drafts said, and the notes of the assessment."""
    statement = source.statement
    others = statement.versions.exclude(pk=source.version.pk)
    drafts = [" ".join([each.violations, each.cooperation, each.retaliation]) for each in others]
    notes = getattr(statement.soi_request, "assessment", None)
    return [source.version.amended_because, *drafts, notes.notes if notes else ""]


def _affected(source: Source) -> Any:
    asked = source.statement.soi_request
    told = asked.workers_affected if asked else None
    if told is None:
        return None
    return small_numbers.of(told, least=small_numbers.smallest(source.on, source.book))


def _large(number: Any) -> list[str]:
    return [str(number.exact)] if number and number.exact is not None else []


def _small(number: Any) -> list[str]:
    return [number.text] if number and number.exact is None else []


ONGOING = gettext_lazy("The matter is open. To disclose it now could tell the employer what is looked into.")
PEOPLE = gettext_lazy("It tells who is covered; with it people at one worksite could be recognized.")
FEW = gettext_lazy("A small number of workers can point at a person.")
CANDID = gettext_lazy("It was written before a decision, for those who decided.")
ITEMS = (
    Item("number", gettext_lazy("Statement and version"), lambda s: [str(s.version)]),
    Item("signed", gettext_lazy("Signed on"), _signed),
    Item("official", gettext_lazy("Signed by"), _official),
    Item("authority", gettext_lazy("Authority"), lambda s: [s.version.authority]),
    Item("statutes", gettext_lazy("Laws that are enforced"), lambda s: _lines(s.statement.matter.statutes)),
    Item("relief", gettext_lazy("What DHS is asked to do"),
         lambda s: [str(Relief(each).label) for each in s.version.relief]),
    Item("review", gettext_lazy("Review by"), lambda s: _day(s.statement.review_by or s.version.review_by)),
    Item("matter", gettext_lazy("Case number"), lambda s: [s.statement.matter.case_number],
         "ongoing", ONGOING, only_open=True),
    Item("stage", gettext_lazy("Stage of the matter"), lambda s: [s.version.matter_stage],
         "ongoing", ONGOING, only_open=True),
    Item("employer", gettext_lazy("Names of the employer"),
         lambda s: [each.name for each in s.version.names.all()], "ongoing", ONGOING, only_open=True),
    Item("sites", gettext_lazy("Worksites"), lambda s: [str(each) for each in s.version.sites.all()],
         "ongoing", ONGOING, only_open=True),
    Item("period", gettext_lazy("Period of employment"), _period, "ongoing", ONGOING, only_open=True),
    Item("violations", gettext_lazy("What is looked into"), lambda s: [s.version.violations],
         "ongoing", ONGOING, only_open=True),
    Item("cooperation", gettext_lazy("Why cooperation is needed"), lambda s: [s.version.cooperation],
         "ongoing", ONGOING, only_open=True),
    Item("supports", gettext_lazy("What supports the request"), lambda s: [s.version.supports],
         "ongoing", ONGOING, only_open=True),
    Item("workers", gettext_lazy("Workers covered and not covered"),
         lambda s: [*_lines(s.version.worker_class), *s.version.job_list, *s.version.excluded_list],
         "workers", PEOPLE),
    Item("retaliation", gettext_lazy("Retaliation and fear of it"), lambda s: [s.version.retaliation],
         "retaliation", gettext_lazy("It could show who told it.")),
    Item("contact", gettext_lazy("Contact at the agency"),
         lambda s: [s.version.contact_name, s.version.contact_title, s.version.contact_phone,
                    s.version.contact_email],
         "contact", gettext_lazy("Names and numbers of staff below the signing official.")),
    Item("requester", gettext_lazy("Who asked for the statement"), _requester,
         "requester", gettext_lazy("It names people, and whom workers trusted.")),
    Item("affected", gettext_lazy("About how many workers are affected"), lambda s: _large(_affected(s))),
    Item("affected_few", gettext_lazy("About how many workers are affected"), lambda s: _small(_affected(s)),
         "numbers", FEW),
    Item("deliberation", gettext_lazy("Drafts and internal notes"), _deliberation, "deliberation", CANDID),
)  # fmt: skip

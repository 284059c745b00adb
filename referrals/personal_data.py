"""Finds workers' personal data in text that belongs to the statement side, so that it can be refused.

A statement of interest is about a worksite. Its readers must not learn who the workers are, so the text of
statement-side records may not hold A-numbers, USCIS receipt numbers, Social Security numbers and ITINs, dates
of birth, or passport numbers. The shapes follow USCIS notices and cards (A-number: "A" and seven to nine
digits; receipt: three letters and ten digits) and the Social Security Administration's numbering rules.

The text is folded before it is searched: full-width and other scripts' digits, look-alike letters, accents,
zero-width characters and line breaks inside a number hide nothing. Positions refer to the text as given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from referrals.personal_data_search import Kind, fold, search

MOST_SENTENCES = 5
"""A refusal lists this many findings, then says how many more there are."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of personal data: its place in the text as given, and an excerpt that can be shown."""

    kind: Kind
    start: int
    end: int
    excerpt_masked: str

    @property
    def ending(self) -> str:
        """The last two characters that the mask leaves readable; empty for a date of birth."""
        return self.excerpt_masked.rpartition("•")[2]


@dataclass(frozen=True, slots=True)
class FieldFinding:
    """A finding and the label of the field it was found in (empty when the field is not known)."""

    field: str
    finding: Finding

    @property
    def sentence(self) -> str:
        """What was found, where, and what to do, in the language of the reader."""
        facts = {"ending": self.finding.ending, "field": self.field}
        sentences = _IN_A_FIELD if self.field else _IN_THE_TEXT
        return str(sentences[self.finding.kind]) % facts


class PersonalDataFound(ValueError):
    """Personal data stands in text of the statement side. The message is fit to be shown to the writer."""

    def __init__(self, findings: Sequence[FieldFinding]) -> None:
        self.findings = tuple(findings)
        super().__init__(" ".join(self.messages))

    @property
    def messages(self) -> list[str]:
        """One sentence for each different finding, at most `MOST_SENTENCES` and a count of the rest."""
        sentences = list(dict.fromkeys(found.sentence for found in self.findings))
        rest = len(sentences) - MOST_SENTENCES
        if rest > 0:
            more = ngettext(
                "%(count)s more piece of personal data was found.",
                "%(count)s more pieces of personal data were found.",
                rest,
            )
            return [*sentences[:MOST_SENTENCES], more % {"count": rest}]
        return sentences


def find(text: str) -> list[Finding]:
    """Every piece of personal data in a text, in the order of its place, without overlaps."""
    folded, places = fold(text)
    return [
        Finding(kind, places[start], places[end - 1] + 1, _mask(folded[start:end], kind))
        for start, end, kind in search(folded)
    ]


def refuse(fields: Mapping[str, str]) -> None:
    """Raise `PersonalDataFound` if a text holds personal data; `fields` maps a field's label to its text."""
    findings = [
        FieldFinding(str(label), found) for label, text in fields.items() for found in find(text or "")
    ]
    if findings:
        raise PersonalDataFound(findings)


def no_personal_data(value: str) -> None:
    """Model field validator: `ValidationError` (code `personal_data`) if the text holds personal data."""
    PersonalDataValidator()(value)


@deconstructible
class PersonalDataValidator:
    """Form or model field validator that names the field by its label in what it says."""

    code = "personal_data"

    def __init__(self, label: str | Promise = "") -> None:
        self.label = label

    def __call__(self, value: str) -> None:
        try:
            refuse({str(self.label): value})
        except PersonalDataFound as found:
            raise ValidationError(
                [ValidationError(each, code=self.code) for each in found.messages]
            ) from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PersonalDataValidator) and str(self.label) == str(other.label)

    def __hash__(self) -> int:
        return hash(str(self.label))


def _mask(excerpt: str, kind: Kind) -> str:
    kept = 0 if kind is Kind.BIRTH_DATE else 2
    hidden = len(excerpt) - kept
    prefix = "A" if kind is Kind.A_NUMBER else ""
    return prefix + "•" * min(hidden, 7) + excerpt[hidden:]


_IN_A_FIELD = {
    Kind.A_NUMBER: gettext_lazy(
        "A-number ending in %(ending)s in “%(field)s”. Remove it: this text must not say who the workers are."
    ),
    Kind.RECEIPT: gettext_lazy(
        "USCIS receipt number ending in %(ending)s in “%(field)s”. "
        "Remove it: this text must not say who the workers are."
    ),
    Kind.SSN: gettext_lazy(
        "Social Security number ending in %(ending)s in “%(field)s”. "
        "Remove it: this text must not say who the workers are."
    ),
    Kind.ITIN: gettext_lazy(
        "Taxpayer number (ITIN) ending in %(ending)s in “%(field)s”. "
        "Remove it: this text must not say who the workers are."
    ),
    Kind.BIRTH_DATE: gettext_lazy(
        "Date of birth in “%(field)s”. Remove it: this text must not say who the workers are."
    ),
    Kind.PASSPORT: gettext_lazy(
        "Passport number ending in %(ending)s in “%(field)s”. "
        "Remove it: this text must not say who the workers are."
    ),
}
_IN_THE_TEXT = {
    Kind.A_NUMBER: gettext_lazy(
        "A-number ending in %(ending)s. Remove it: this text must not say who the workers are."
    ),
    Kind.RECEIPT: gettext_lazy(
        "USCIS receipt number ending in %(ending)s. Remove it: this text must not say who the workers are."
    ),
    Kind.SSN: gettext_lazy(
        "Social Security number ending in %(ending)s. Remove it: this text must not say who the workers are."
    ),
    Kind.ITIN: gettext_lazy(
        "Taxpayer number (ITIN) ending in %(ending)s. Remove it: this text must not say who the workers are."
    ),
    Kind.BIRTH_DATE: gettext_lazy("Date of birth. Remove it: this text must not say who the workers are."),
    Kind.PASSPORT: gettext_lazy(
        "Passport number ending in %(ending)s. Remove it: this text must not say who the workers are."
    ),
}

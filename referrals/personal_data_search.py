"""How `personal_data` reads a text: folding it to plain characters, and the shapes it looks for."""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum


class Kind(StrEnum):
    """What kind of personal data was found."""

    A_NUMBER = "a_number"
    RECEIPT = "receipt_number"
    SSN = "ssn"
    ITIN = "itin"
    BIRTH_DATE = "birth_date"
    PASSPORT = "passport"


Span = tuple[int, int, Kind]

_LOOK_ALIKE = str.maketrans(
    "АВСЕНІЈКМОРЅТХУаосіѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧοᎪᗅꓮᴀ", "ABCEHIJKMOPSTXYaocisABEZHIKMNOPTYXoAAAA"
)
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_LETTERS_AS_DIGITS = str.maketrans("OoQIl|", "000111")
_DIGITS_AND_LOOK_ALIKES = re.compile(r"[0-9OoQIl|]{3,}")


def fold(text: str) -> tuple[str, list[int]]:
    """The text in plain characters, and for each of them its place in the text as given.

    Accents go; digits of every script become 0-9; look-alike letters become Latin; every dash is "-", every
    space " ", every line break a line feed; invisible characters go; O, o, l, I among digits become digits.
    """
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for plain in _plain(character):
            characters.append(plain)
            places.append(place)
    return _DIGITS_AND_LOOK_ALIKES.sub(_read_letters_as_digits, "".join(characters)), places


def search(folded: str) -> list[Span]:
    """Start, end and kind of everything found, in order of place; the surer search wins an overlap."""
    taken: list[Span] = []
    for look in (_labelled_a_numbers, _receipts, _ssns, _a_numbers, _birth_dates, _passports):
        for start, end, kind in look(folded):
            if not any(start < other_end and other_start < end for other_start, other_end, _ in taken):
                taken.append((start, end, kind))
    return sorted(taken)


def _plain(character: str) -> str:
    if character.isascii():
        return " " if character in "\t\v\f" else "\n" if character == "\r" else character
    if character in _INVISIBLE:
        return ""
    return "".join(map(_plain_part, unicodedata.normalize("NFKD", character)))


def _plain_part(part: str) -> str:
    category = unicodedata.category(part)
    if category == "Nd":
        return str(unicodedata.decimal(part))
    if category == "Pd" or part in "−⁃":
        return "-"
    if category in {"Zl", "Zp"} or part == "\x85":
        return "\n"
    if category == "Zs":
        return " "
    return "" if category in {"Cf", "Mn", "Me"} else part.translate(_LOOK_ALIKE)


def _read_letters_as_digits(run: re.Match[str]) -> str:
    letters = sum(not character.isdigit() for character in run[0])
    return run[0].translate(_LETTERS_AS_DIGITS) if letters * 2 < len(run[0]) else run[0]


# A-numbers: "A" and seven to nine digits. What stands around a bare "A" decides how freely the digits may be
# grouped, because "A 12 workers", "Suite A 94110-1234", phones and case numbers are all over a narrative.

_DIGITS = r"\d(?:[ \n.,\-]{0,3}\d){6,}"
_LABELLED_A = re.compile(
    r"(?<![\w&])(?:a[\s.-]{0,3}(?:\#|number\b|num\b|no\b|numero\b)"
    r"|alien(?:'s)?\s+(?:registration\s+|file\s+)?(?:\#|number\b|num\b|no\b|id\b)"
    r"|uscis\s*(?:\#|number\b|num\b|no\b)"
    r"|(?:numero|num|no)\b\.?\s+(?:de\s+)?(?:registro\s+(?:de\s+)?)?(?:extranjer[oa]\b|uscis\b|a\b))"
    rf"[\s.:#()\"'-]{{0,6}}(?:(?:is|es|was)\s+)?A?[\s#.-]{{0,3}}(?P<digits>{_DIGITS})",
    re.IGNORECASE,
)
_BARE_A = re.compile(rf"(?<![\w&])(?<!\d-)(?P<a>[Aa])(?P<gap>[\s\-#:.)_/]{{0,3}})(?P<digits>{_DIGITS})")
_USUAL_GROUPS = frozenset({(3, 3, 3), (2, 3, 3), (1, 3, 3), (3, 3, 2), (3, 6), (3, 5), (2, 6), (6, 3)})
_COUNTED_THING = re.compile(
    r"[\s-]*(?:dollar|dolar|usd|peso|euro|square|sq\b|foot|feet|pound|lb|kilo|gallon|ton|worker|employee|people"
    r"|person|hour|hora|mile|unit|item|piece|box|bird|trabajador|empleado|unidad|libra|metro|pie)",
    re.IGNORECASE,
)


def _labelled_a_numbers(text: str) -> Iterator[Span]:
    for match in _LABELLED_A.finditer(text):
        for groups, _, length in _leading_groups(match["digits"], shortest=7, longest=9):
            if not _reads_as_date(groups):
                yield match.start(), match.start("digits") + length, Kind.A_NUMBER
                break


def _a_numbers(text: str) -> Iterator[Span]:
    for match in _BARE_A.finditer(text):
        attached = not any(character.isspace() for character in match["gap"])
        for groups, separators, length in _leading_groups(match["digits"], shortest=7, longest=9):
            end = match.start("digits") + length
            accepts = _attached_digits if attached else _spaced_digits
            if accepts(groups, separators) and not _goes_on(text, end, groups, attached, match["a"]):
                yield match.start(), end, Kind.A_NUMBER
                break


def _leading_groups(
    run: str, *, shortest: int, longest: int
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], int]]:
    """The longest first: leading groups of digits with the wanted total, their separators, their length."""
    pieces = re.findall(r"\d+|\D+", run)
    for count in range(len(pieces) + (len(pieces) + 1) % 2, 0, -2):
        groups, separators = tuple(pieces[:count:2]), tuple(pieces[1:count:2])
        if shortest <= sum(map(len, groups)) <= longest:
            yield groups, separators, sum(map(len, pieces[:count]))


def _attached_digits(groups: tuple[str, ...], separators: tuple[str, ...]) -> bool:
    """Digits that follow "A", "A-" or "A#" with no space between."""
    sizes = tuple(map(len, groups))
    if len(groups) == 1:
        return True
    if _reads_as_date(groups) or sizes == (3, 4):
        return False
    if len(groups) == 2 and "\n" in separators[0]:
        return True
    if all(separator.strip() == "-" for separator in separators):
        return True
    return sizes in _USUAL_GROUPS or (len(sizes) > 2 and sum(sizes) >= 8 and max(sizes) <= 3)


def _spaced_digits(groups: tuple[str, ...], separators: tuple[str, ...]) -> bool:
    """Digits after "A" and a space: only groups that phones, ZIP codes, dates and EINs do not have."""
    sizes = tuple(map(len, groups))
    if any("," in separator for separator in separators):
        return False
    return (
        len(groups) == 1 or (sizes in _USUAL_GROUPS and len(set(separators)) == 1) or _digit_by_digit(sizes)
    )


def _digit_by_digit(sizes: tuple[int, ...]) -> bool:
    return len(sizes) >= 8 and set(sizes) == {1}


def _goes_on(text: str, end: int, groups: tuple[str, ...], attached: bool, letter: str) -> bool:
    """Whether what follows shows that the digits are no A-number: more digits, a letter, a counted thing."""
    total = sum(map(len, groups))
    following = text[end : end + 24]
    if total >= 8 and attached:
        return following[:1].isdigit()
    if re.match(r"[.\-]?\w", following) or (not attached and letter == "a" and total == 7):
        return True
    return not attached and _COUNTED_THING.match(following) is not None


def _reads_as_date(groups: tuple[str, ...]) -> bool:
    """Digits grouped like a date, a span of years, or a docket number that opens with a year."""
    sizes = tuple(map(len, groups))
    if sizes[0] == 4 and len(sizes) > 1 and groups[0].startswith(("19", "20")):
        return True
    return len(sizes) == 3 and sizes[2] == 4 and sizes[0] <= 2 and sizes[1] <= 2


# USCIS receipt numbers: a service centre's or lockbox's three letters and ten digits.

_CENTRES = r"(?:I[O0]E|MSC|EAC|WAC|L[I1]N|SRC|NBC|YSC|TSC|VSC|CSC|MCT|NSC|PSC)"
_KNOWN_RECEIPT = re.compile(
    rf"(?<![A-Za-z0-9]){_CENTRES}[\s\-*#:.]{{0,3}}\d(?:[ \n\-*.]{{0,2}}\d){{9}}(?!\d)", re.IGNORECASE
)
_ANY_RECEIPT = re.compile(r"(?<!\w)(?!TEL|FAX|CEL|FON|EIN|UBI|NPI|UPC|SKU|ISB)[A-Z]{3}-?\d{10}(?!\w)")
_LABELLED_RECEIPT = re.compile(
    r"\b(?:receipt|recibo)\b[^\d;!?\n]{0,25}?"
    r"(?<!\w)(?P<number>[A-Z]{3}[\s\-*]{0,2}\d(?:[ \n\-*]{0,2}\d){9})(?!\d)",
    re.IGNORECASE,
)


def _receipts(text: str) -> Iterator[Span]:
    for pattern in (_KNOWN_RECEIPT, _ANY_RECEIPT):
        for match in pattern.finditer(text):
            yield *match.span(), Kind.RECEIPT
    for match in _LABELLED_RECEIPT.finditer(text):
        yield *match.span("number"), Kind.RECEIPT


# Social Security numbers and ITINs (which begin with 9): three, two, four; any grouping beside their name.

_GROUPED_SSN = re.compile(
    r"(?<![\w$.-])(?!000)\d{3}"
    r"(?:\s?-\s?(?!00)\d{2}\s?-\s?|(?P<gap>[ .])(?!00)\d{2}(?P=gap))(?!0000)\d{4}(?![\w]|[-.]\d)"
)
_LABELLED_SSN = re.compile(
    r"(?<!\w)(?:ssn|s\.s\.n|ss\s?\#|soc(?:ial)?\.?\s+sec(?:urity)?|seguro\s+social|itin|tin"
    rf"|taxpayer\s+(?:id\w*|number)\b)[^\d;!?]{{0,25}}?(?P<digits>{_DIGITS})",
    re.IGNORECASE,
)


def _ssns(text: str) -> Iterator[Span]:
    for match in _GROUPED_SSN.finditer(text):
        yield *match.span(), Kind.ITIN if match[0].startswith("9") else Kind.SSN
    for match in _LABELLED_SSN.finditer(text):
        start = match.start("digits")
        for groups, _, length in _leading_groups(match["digits"], shortest=9, longest=9):
            if tuple(map(len, groups)) not in {(2, 7), (5, 4)} and not _reads_as_date(groups):
                yield start, start + length, Kind.ITIN if groups[0].startswith("9") else Kind.SSN


# Dates of birth: a full date, as English or Spanish writers type it, beside a word for birth.

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|ene(?:ro)?|feb(?:rero)?|marzo|abr(?:il)?|mayo|junio|julio|ago(?:sto)?"
    r"|sep?t?(?:iembre)?|set(?:iembre)?|oct(?:ubre)?|nov(?:iembre)?|dic(?:iembre)?)\b\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|o|ro|er)?"
_YEAR = r"(?:(?:18|19|20)\d\d|'?\d\d)(?!\d)"
_BETWEEN = r"\s*[-/.\\ \n]\s*"
_FULL_DATE = (
    rf"(?:(?:18|19|20)\d\d{_BETWEEN}(?:\d{{1,2}}|{_MONTH}){_BETWEEN}\d{{1,2}}(?!\d)"
    rf"|\d{{1,2}}{_BETWEEN}\d{{1,2}}{_BETWEEN}{_YEAR}"
    rf"|{_MONTH}\s*-?{_DAY}\b\s*,?\s*-?(?:del?\s+)?{_YEAR}"
    rf"|{_DAY}\s*(?:of\s+|de\s+|-|/)?\s*{_MONTH}\s*,?\s*(?:of\s+|del?\s+|-|/)?\s*{_YEAR})"
)
_COMPACT_DATE = r"(?:(?:19|20)\d{6}|[0-3]\d[0-3]\d(?:19|20)\d\d)(?!\d)"
_BIRTH_LABEL = (
    r"(?:\bd\.?\s?o\.?\s?b\b\.?|\b(?:date|day)\s+of\s+birth\b|\bbirth[\s-]?(?:date|day)\b|\bb-?day\b"
    r"|\bfecha\s+(?:de\s+)?nac(?:imiento|\b)|\bf\.?\s?(?:de\s+)?n(?:ac)?\.(?=\s*:)|\bcumpleanos\b)"
)
_BIRTH_DATES = (
    re.compile(rf"{_BIRTH_LABEL}[^\d;!?]{{0,30}}?(?P<date>{_FULL_DATE}|\b{_COMPACT_DATE})", re.IGNORECASE),
    re.compile(
        rf"\b(?:born|naci(?:d[oa]s?|o|eron|mos)?)\b[^\d.;!?]{{0,45}}?\b(?P<date>{_FULL_DATE})", re.IGNORECASE
    ),
    re.compile(rf"(?<!\d)(?P<date>{_FULL_DATE})\W{{0,3}}{_BIRTH_LABEL}", re.IGNORECASE),
)


def _birth_dates(text: str) -> Iterator[Span]:
    for pattern in _BIRTH_DATES:
        for match in pattern.finditer(text):
            yield *match.span("date"), Kind.BIRTH_DATE


# Passport numbers: six to nine digits, often after a letter or two, beside the word.

_AFTER_PASSPORT = re.compile(
    r"\b(?:passport|pasaporte)(?:s|'s)?\b(?:[^\d;!?.]|\b(?:no|num|nr|n)\.){0,30}?"
    r"(?<!\w)(?P<number>(?:[A-Z]{1,3}[ \-]?)?(?P<digits>\d(?:[ \n\-]{0,2}\d){5,8}))(?![\w$]|[.,]\d)",
    re.IGNORECASE,
)
_BEFORE_PASSPORT = re.compile(
    r"(?<!\w)(?P<number>[A-Z]{1,3}\d{6,9})\W{1,3}(?:(?:u\.?s|mexican)\W+)?(?:passport|pasaporte)\b",
    re.IGNORECASE,
)


def _passports(text: str) -> Iterator[Span]:
    for match in _AFTER_PASSPORT.finditer(text):
        groups = tuple(re.findall(r"\d+", match["digits"]))
        if not _reads_as_date(groups) and tuple(map(len, groups)) != (3, 4):
            yield *match.span("number"), Kind.PASSPORT
    for match in _BEFORE_PASSPORT.finditer(text):
        yield *match.span("number"), Kind.PASSPORT

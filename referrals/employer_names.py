"""Employer names as people really write them: made comparable, taken apart, and compared.

One employer goes by its legal name, its trade name, the name on paystubs and the agency's own spellings. The
rules were tuned on names that public records give for one employer (Washington State L&I, NLRB, USCIS H-1B
data). They say how alike two names are. Whether two records are one employer is for a person to decide:
branches of a chain share a name while their owners do not.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from django.utils.translation import gettext
from rapidfuzz import fuzz

SAME_FROM = 92
LIKELY_FROM = 65
"""Scores (0-100) from which two names count as the same, or likely the same."""


Words = tuple[str, ...]


class Alike(StrEnum):
    """The verdict on two names."""

    SAME = "same"
    LIKELY = "likely"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two names are: a score from 0 to 100, the verdict, and the reason in words."""

    score: int
    verdict: Alike
    why: str


def normalise(name: str) -> str:
    """A name without case, accents, punctuation, abbreviations and legal endings ("LLC", "S.A. de C.V.").

    A name made of nothing else keeps what it has; an empty or unreadable name gives an empty string.
    """
    return " ".join(_words(name))


def split_variants(text: str) -> list[str]:
    """The separate names in "A Foods Inc. d/b/a B | C", as written, in order, without repetition."""
    names: dict[str, str] = {}
    for part in _MARKERS.split(text):
        name = part.strip(' \t\r\n,;:-–—"“”').removeprefix("(").removesuffix("(").strip()
        if name.count(")") > name.count("("):
            name = name.removesuffix(")")
        if name and not _ENDINGS.issuperset(_words_of_one(name)):
            names.setdefault(normalise(name) or name.casefold(), name)
    return list(names.values()) or [text.strip()] * bool(text.strip())


def likeness(left: str, right: str, *, city: str = "") -> Likeness:
    """Compare two names, each with all the variants written in it; the best pair counts.

    `city`, where both employers are known to be, keeps "Odessa Dental" and "Odessa College" apart: the words
    of its name then tell as little as "services" or "group".
    """
    common = _GENERIC.union(_words(city))
    pairs = [_compare(one, other, common) for one in _sides(left) for other in _sides(right)]
    if not pairs:
        return Likeness(0, Alike.DIFFERENT, gettext("One of the names is empty."))
    return max(pairs, key=lambda each: each.score)


# --- Reading a name ----------------------------------------------------------------------------------------

_MARKERS = re.compile(
    r"\s*[|;]\s*|(?<!\w)(?:d\s?[/.]\s?b\s?[/.]\s?a\b\.?|d\s?/\s?b\s?/?(?:\s|$)|dba\b|d\sb\sa\b"
    r"|a\s?[/.]\s?k\s?[/.]\s?a\b\.?|aka\b"
    r"|f\s?[/.]\s?k\s?[/.]\s?a\b\.?|fka\b|doing\s+business\s+as\b|also\s+known\s+as\b"
    r"|formerly(?:\s+known\s+as)?\b"
    r"|trading\s+as\b|t/a\b|d/(?=\s*$))\s*:?\s*",
    re.IGNORECASE,
)
_ENDINGS = frozenset(
    """
    inc incorporated incorporation llc lc llp lllp lp ltd limited corp corporation co company pllc pc ps
    pa na plc gmbh ag sa srl sl spa bv nv pty the
    """.split()  # noqa: SIM905
)
_FOREIGN_ENDINGS = re.compile(
    r"\b(?:s ?a ?p ?i|s ?a|s de r ?l|s ?r ?l)(?: de c ?v)?$"
    r"|(?:股份)?有限(?:责任)?公司$|株式会社|주식회사|ооо\b|оао\b"
)
_ABBREVIATIONS = {
    "acad": "academy", "admin": "administration", "amer": "american", "assn": "association",
    "asso": "associates", "assoc": "associates", "assocs": "associates", "bros": "brothers",
    "bldg": "building", "bldrs": "builders", "bus": "business", "centre": "center", "coll": "college",
    "comm": "community", "comms": "communications", "comp": "computer", "cons": "consulting",
    "const": "construction", "constr": "construction", "contr": "contractors", "ctr": "center",
    "ctrs": "centers", "cty": "county", "dept": "department", "dev": "development", "dist": "district",
    "distr": "distribution", "educ": "education", "engg": "engineering", "engr": "engineering",
    "enterp": "enterprises", "equip": "equipment", "fdn": "foundation", "fin": "financial",
    "found": "foundation", "govt": "government", "grp": "group", "hlth": "health",
    "hlthcare": "healthcare", "hosp": "hospital", "hosps": "hospitals", "ind": "industries",
    "inds": "industries", "info": "information", "inst": "institute", "insur": "insurance",
    "int": "international", "intl": "international", "invs": "investments", "labs": "laboratories",
    "maint": "maintenance", "med": "medical", "mfg": "manufacturing", "mgmt": "management",
    "mgt": "management", "mkt": "market", "mktg": "marketing", "mt": "mount", "mtn": "mountain",
    "natl": "national", "org": "organization", "phys": "physicians", "prod": "products",
    "prods": "products", "pub": "public", "reg": "regional", "rehab": "rehabilitation",
    "res": "research", "rest": "restaurant", "sch": "school", "schs": "schools", "sci": "sciences",
    "sol": "solutions", "solns": "solutions", "st": "saint", "svc": "services", "svcs": "services",
    "service": "services", "sys": "systems", "tech": "technologies", "techs": "technologies",
    "technology": "technologies", "trans": "transportation", "univ": "university", "whse": "warehouse",
}  # fmt: skip


@lru_cache(maxsize=20_000)
def _words(name: str) -> Words:
    words = tuple(word for part in _MARKERS.split(name) for word in _words_of_one(part))
    return words or tuple(_words_of_one(name))


def _words_of_one(name: str) -> list[str]:
    text = _without_latin_accents(unicodedata.normalize("NFKC", name).casefold())
    text = re.sub(r"[.'’`´]", "", text).replace("&", " and ").replace("+", " and ")
    text = re.sub(r"\b(\w) (?=\w\b)", r"\1", " ".join(_letters_only(text).split()))
    text = _FOREIGN_ENDINGS.sub(" ", text).strip() or text
    words = [_ABBREVIATIONS.get(word, word) for word in text.split() if word != "and"]
    kept = [word for word in words if word not in _ENDINGS]
    return kept or words


def _letters_only(text: str) -> str:
    """Keep letters, digits and the marks that many scripts need; everything else separates words."""
    return "".join(each if unicodedata.category(each)[0] in "LNM" else " " for each in text)


def _without_latin_accents(text: str) -> str:
    """Drop accents from Latin letters only: in other scripts the marks are part of the word."""
    kept: list[str] = []
    for part in unicodedata.normalize("NFD", text):
        if unicodedata.combining(part) and kept and (kept[-1].isascii() and kept[-1].isalpha()):
            continue
        kept.append(part)
    return unicodedata.normalize("NFC", "".join(kept))


def _sides(name: str) -> Iterator[tuple[str, ...]]:
    """The words of the whole name and of each variant written in it."""
    seen = set()
    for each in (name, *split_variants(name)):
        words = _words(each)
        if words and words not in seen:
            seen.add(words)
            yield words


# --- Comparing two readings of a name ----------------------------------------------------------------------

_GENERIC = frozenset(
    """
    academy advanced advisors agency air alliance allied america american americas animal architects
    associates association at auto automation automotive bakery bank bar bay best blue brands brothers
    builders building business cafe california capital care casino catholic center centers central
    charter chicago children christian city cleaning clinic club college colorado columbia com
    communications community computer concrete construction consultants consulting contracting
    contractors country county custom dairy data de del dental department design development distribution
    district division east education electric electrical energy engineering engineers enterprise
    enterprises environmental equipment express family farm farms financial first florida food foods for
    foundation freight garden general glass global grand green group health healthcare holdings home
    hospital hospitality hospitals hotel house in industrial industries information inn institute
    insurance integrated international investment investments island la laboratories lake landscape
    landscaping law learning life line lines living logistics los maintenance management manufacturing
    market marketing materials mechanical media medical medicine memorial mental metal midwest mountain
    national network new north northwest nursing of one operations pacific packaging painting park
    partners parts pharmacy philadelphia physical physicians pizza point power precision pro products
    professional properties public quality real red regional rehabilitation repair research resort
    resources restaurant river saint san school schools science sciences seattle security senior services
    solutions south southern specialists specialty spokane staffing star state steel supply system
    systems technical technologies texas therapy total trading transit transport transportation tri
    trucking union united university us usa valley virginia washington waste water west western world
    york
    """.split()  # noqa: SIM905  (a list of words reads better than a list of strings)
)
BOTH_AGREE = 0.85
"""How much of each name (0-1) the other must hold before the two can count as the same."""
NEAR_WORD = 84
NEARLY_SPELLED = 88
"""Likeness of letters (0-100, rapidfuzz ratio) from which two words, or two whole names, are misspellings."""


def _compare(left: Words, right: Words, common: frozenset[str]) -> Likeness:
    if "".join(left) == "".join(right):
        return Likeness(
            100, Alike.SAME, gettext("The names are the same apart from spelling and legal endings.")
        )
    if _initials(left, right) or _initials(right, left):
        return Likeness(LIKELY_FROM + 5, Alike.LIKELY, gettext("One name may be the initials of the other."))
    shared, contained = _found(left, right, common)
    _, containing = _found(right, left, common)
    telling = [word for word in shared if word not in common]
    lesser, fuller = sorted((contained, containing))
    score = 100 * (0.75 * fuller + 0.25 * lesser)
    if lesser < BOTH_AGREE:
        score = min(score, SAME_FROM - 1)
    if not telling and len(shared) < 3:
        score = min(score, LIKELY_FROM - 1)
    spelled = fuzz.ratio("".join(left), "".join(right))
    if spelled >= NEARLY_SPELLED and (telling or not shared):
        score = max(score, spelled)
    return _judge(round(score), shared, telling)


def _initials(short: Words, long: Words) -> bool:
    return (
        len(short) == 1 and 3 <= len(short[0]) == len(long) and short[0] == "".join(word[0] for word in long)
    )


def _weight(word: str, common: frozenset[str]) -> float:
    if word in common:
        return 0.3
    return 0.5 if len(word) <= 2 else 1.0


def _found(words: Words, among: Words, common: frozenset[str]) -> tuple[list[str], float]:
    """Which words have a partner in the other name, and how much of the whole weight they carry (0-1)."""
    total = matched = 0.0
    shared = []
    for place, word in enumerate(words):
        nearness = max(_nearness(word, other) for other in among)
        if not nearness and place + 1 < len(words) and word + words[place + 1] in among:
            nearness = 1.0
        if not nearness and place and words[place - 1] + word in among:
            nearness = 1.0
        total += _weight(word, common)
        matched += nearness * _weight(word, common)
        if nearness:
            shared.append(word)
    return shared, matched / total


def _nearness(word: str, other: str) -> float:
    """1 for the same word, less for a misspelling or a word cut short, 0 for another word."""
    if word == other:
        return 1.0
    shorter, longer = sorted((word, other), key=len)
    if len(shorter) >= 4 and longer.startswith(shorter):
        return 0.9
    if len(shorter) < 4:
        return 0.0
    ratio = fuzz.ratio(word, other)
    return ratio / 100 if ratio >= NEAR_WORD else 0.0


def _judge(score: int, shared: list[str], telling: list[str]) -> Likeness:
    words = {"words": ", ".join(dict.fromkeys(telling or shared))}
    if score >= SAME_FROM:
        return Likeness(score, Alike.SAME, gettext("The names differ only slightly."))
    if score >= LIKELY_FROM:
        return Likeness(score, Alike.LIKELY, gettext("Both names have: %(words)s.") % words)
    if telling:
        return Likeness(score, Alike.DIFFERENT, gettext("The names share only: %(words)s.") % words)
    if shared:
        return Likeness(
            score, Alike.DIFFERENT, gettext("The names share only common words: %(words)s.") % words
        )
    return Likeness(score, Alike.DIFFERENT, gettext("The names have no word in common."))

"""One row of a matter file: what it holds once read, or why it is refused."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from referrals.employer_names import normalise, split_variants

COLUMNS = (
    "record_id",
    "agency",
    "agency_level",
    "program",
    "source_case_no",
    "employer_name",
    "employer_alt_name",
    "street",
    "city",
    "state",
    "zip5",
    "naics",
    "opened_on",
    "closed_on",
    "status",
    "employer_id_type",
    "employer_id",
    "name_maybe_individual",
    "source_file",
)
LONGEST = {"employer_name": 300, "employer_alt_name": 1000, "street": 200, "source_file": 300}
LONGEST_OTHERWISE = 120
FIRST_YEAR, LAST_YEAR = 1900, 2100
STATES = frozenset(
    """
    AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH
    OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC AS GU MP PR VI FM MH PW
    """.split()  # noqa: SIM905  (a list of codes reads better than a list of strings)
)
"""Two-letter codes of states, the District of Columbia, territories and freely associated states (USPS)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labor matter. Text not in the source is empty; a name's kind is legal, dba, variant or unknown."""

    number: int
    record_id: str
    agency: str
    agency_level: str
    program: str
    case_no: str
    employer_names: tuple[tuple[str, str], ...]
    street: str
    city: str
    state: str
    zip5: str
    naics: str
    opened_on: date | None
    closed_on: date | None
    status: str
    employer_id: str
    employer_id_type: str
    name_maybe_individual: bool
    source_file: str
    notes: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """The agency's case number, or the record id where the source gives no case number."""
        return self.case_no or self.record_id


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not taken over, with every reason in words; `record_id` may be empty."""

    number: int
    record_id: str
    reasons: tuple[str, ...]


class RowReading:
    """Reads one row's texts, collecting the reasons to refuse it and notes on what was understood how."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self.reasons: list[str] = []
        self.notes: list[str] = []

    def refuse(self, reason: str) -> None:
        """Note a reason, in words, why the row is not taken over."""
        self.reasons.append(reason)

    def row(self, number: int) -> Row | None:
        """The row, or None when there are reasons to refuse it."""
        texts = self.texts
        self._check_texts()
        opened_on, closed_on = self._day("opened_on"), self._day("closed_on")
        if opened_on and closed_on and closed_on < opened_on:
            self.refuse(
                gettext("The matter closes on %(closed)s, before it opens on %(opened)s.")
                % {"closed": closed_on.isoformat(), "opened": opened_on.isoformat()}
            )
        state, zip5, individual = self._state(), self._zip5(), self._yes_or_no("name_maybe_individual")
        naics = self._naics()
        if self.reasons:
            return None
        return Row(
            number=number,
            record_id=texts["record_id"],
            agency=texts["agency"],
            agency_level=texts["agency_level"],
            program=texts["program"],
            case_no=texts["source_case_no"],
            employer_names=employer_names(
                texts["employer_name"], texts["employer_alt_name"], agency=texts["agency"]
            ),
            street=texts["street"],
            city=texts["city"],
            state=state,
            zip5=zip5,
            naics=naics,
            opened_on=opened_on,
            closed_on=closed_on,
            status=texts["status"],
            employer_id=texts["employer_id"],
            employer_id_type=texts["employer_id_type"],
            name_maybe_individual=individual,
            source_file=texts["source_file"],
            notes=tuple(self.notes),
        )

    def _check_texts(self) -> None:
        for name, text in self.texts.items():
            facts = {"column": name, "value": _shorten(text), "limit": LONGEST.get(name, LONGEST_OTHERWISE)}
            if len(text) > LONGEST.get(name, LONGEST_OTHERWISE):
                self.refuse(gettext("%(column)s is longer than %(limit)s characters.") % facts)
            if _CONTROL.search(text):
                self.refuse(gettext("%(column)s holds characters that cannot be shown.") % facts)
            if "\ufffd" in text:
                self.notes.append(
                    gettext("%(column)s has lost a letter before it came here: “%(value)s”. Check it.")
                    % facts
                )
            if text.startswith(_FORMULA_STARTS):
                self.notes.append(
                    gettext("%(column)s looks like a formula. It was kept as text: “%(value)s”.") % facts
                )
        for name in ("record_id", "agency"):
            if not self.texts[name]:
                self.refuse(gettext("%(column)s is blank.") % {"column": name})
        if not normalise(self.texts["employer_name"]):
            self.refuse(
                gettext("employer_name has no letters or digits.")
                if self.texts["employer_name"]
                else gettext("%(column)s is blank.") % {"column": "employer_name"}
            )
        if not self.texts["source_case_no"]:
            self.notes.append(gettext("There is no case number; the record id stands in for it."))

    def _day(self, name: str) -> date | None:
        text = self.texts[name]
        if not text:
            return None
        facts = {"column": name, "value": _shorten(text), "first": FIRST_YEAR, "last": LAST_YEAR}
        try:
            day = date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
        except ValueError:
            self.refuse(gettext("%(column)s: there is no such day as “%(value)s”.") % facts)
            return None
        if day is None:
            self.refuse(gettext("%(column)s: “%(value)s” is not a date like 2015-09-24.") % facts)
        elif not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.refuse(gettext("%(column)s: “%(value)s” is not between %(first)s and %(last)s.") % facts)
        return day

    def _state(self) -> str:
        state = self.texts["state"].upper()
        if state and state not in STATES:
            self.refuse(
                gettext("“%(value)s” is not the two-letter code of a state.") % {"value": _shorten(state)}
            )
        return state

    def _zip5(self) -> str:
        text = self.texts["zip5"]
        if match := re.fullmatch(r"([0-9]{5})-?[0-9]{4}", text):
            self.notes.append(
                gettext("Only the first five digits of ZIP code %(value)s were kept.") % {"value": text}
            )
            return match[1]
        if re.fullmatch(r"[0-9]{3,4}", text):
            self.notes.append(
                gettext("ZIP code %(value)s was given its leading zeros back.") % {"value": text}
            )
            return text.zfill(5)
        if text and not re.fullmatch(r"[0-9]{5}", text):
            self.refuse(gettext("“%(value)s” is not a five-digit ZIP code.") % {"value": _shorten(text)})
        return text

    def _naics(self) -> str:
        text = self.texts["naics"]
        if text and not re.fullmatch(r"[0-9]{2,6}|[0-9]{2}-[0-9]{2}", text):
            self.refuse(
                gettext("“%(value)s” is not an industry code (NAICS) of two to six digits.")
                % {"value": _shorten(text)}
            )
        return text

    def _yes_or_no(self, name: str) -> bool:
        if self.texts[name] not in {"", "0", "1"}:
            self.refuse(
                gettext("%(column)s: “%(value)s” is neither 0 nor 1.")
                % {"column": name, "value": _shorten(self.texts[name])}
            )
        return self.texts[name] == "1"


def employer_names(name: str, alternatives: str, *, agency: str = "") -> tuple[tuple[str, str], ...]:
    """Every name of a row with its kind, the record's own name first, without repetition.

    "X d/b/a Y" gives a legal and a trade name. The Wage and Hour Division writes the trade name first and the
    legal name beside it. A legal ending ("Inc.", "LLC") makes a legal name; what else an agency adds is its
    variant, and a single name is of unknown kind.
    """
    trade_first = agency == "DOL-WHD" and bool(alternatives)
    found: dict[str, tuple[str, str]] = {}
    for text, default in ((name, "dba" if trade_first else "unknown"), (alternatives, "variant")):
        for piece in re.split(r"[|;]", text):
            for place, each in enumerate(split_variants(piece)):
                kind = "legal" if default == "variant" and trade_first else default
                kind = "legal" if _LEGAL_ENDING.search(each) else "dba" if place else kind
                found.setdefault(" ".join(each.casefold().split()), (each, kind))
    return tuple(found.values())


_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FORMULA_STARTS = ("=", "+", "-", "@")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_LEGAL_ENDING = re.compile(
    r"\b(?:inc|incorporated"
    r"|l\.?l\.?c|l\.?l\.?p|l\.?p|ltd|limited|corp|corporation|p\.?l\.?l\.?c|p\.c)\b\.?\W*$",
    re.IGNORECASE,
)


def _shorten(text: str) -> str:
    printable = _CONTROL.sub("·", text)
    return printable if len(printable) <= 60 else printable[:59] + "…"

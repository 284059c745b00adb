"""Rules as people read them: what a value says, what its parts are called, which dates a change moved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workflows import days_in_words, terms
from workflows.calendars import calendar, calendar_keys
from workflows.languages import in_active_language
from workflows.machine import ClockRule
from workflows.models import Policy, Step
from workflows.models.policy import FEDERAL
from workflows.policies import CALENDAR, PROGRAMME, ProgrammeState
from workflows.policy_values import Shape, shape_of

from . import exemptions
from .models import Organization, RequesterKind, record_models
from .services.agency_help import amount

CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
PROGRAMME_STATES: dict[str, str | Promise] = {
    ProgrammeState.OPEN: gettext_lazy("Open to new requests"),
    ProgrammeState.CLOSED_TO_NEW: gettext_lazy("Closed to new requests"),
    ProgrammeState.SUSPENDED: gettext_lazy("Suspended"),
    ProgrammeState.TERMINATED: gettext_lazy("Ended"),
}
OUTCOMES: dict[str, str | Promise] = {
    "issue": gettext_lazy("Issue a statement"),
    "need_information": gettext_lazy("Ask for more information"),
    "monitor": gettext_lazy("Monitor until needed"),
    "decline": gettext_lazy("Decline"),
    "refer": gettext_lazy("Refer to another agency"),
}
CHOICES: dict[str, Mapping[str, str | Promise]] = {
    PROGRAMME: PROGRAMME_STATES,
    "agency.who_may_ask": dict(RequesterKind.choices),
    "agency.outcomes": OUTCOMES,
    CALENDAR: {key: calendar(key).name for key in calendar_keys()},
    **{exemptions.key(name): exemptions.EXEMPTIONS for name in exemptions.RULES},
}
RUNGS: dict[str, str | Promise] = {
    "warn": gettext_lazy("warning"),
    "due": gettext_lazy("the date itself"),
    "breach": gettext_lazy("overdue"),
    "supervisor": gettext_lazy("to the supervisor"),
    "head": gettext_lazy("to the head of the office"),
}
PARTS: dict[str, str | Promise] = {
    "text": gettext_lazy("Text"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("E-mail"),
    "subject": gettext_lazy("Subject"),
    "address": gettext_lazy("Address"),
    "forms": gettext_lazy("Forms"),
    "required": gettext_lazy("Required"),
    "accepted": gettext_lazy("Accepted"),
    "refused": gettext_lazy("Refused"),
    "rows_alone": gettext_lazy("Rows that one person exports alone"),
    "rows_most": gettext_lazy("Rows that can be exported at all"),
    "exports_each_day": gettext_lazy("Exports of one person in 24 hours"),
    "hours_to_fetch": gettext_lazy("Hours in which the file can be fetched"),
}


def jurisdiction_in_words(code: str, names: Mapping[str, str] | None = None) -> str:
    """Whose rule it is: everybody's, or an agency's by its name where it is known here."""
    if code == FEDERAL:
        return _("All (federal)")
    return (names or {}).get(code, code)


def agency_names() -> dict[str, str]:
    """The labor agencies of this system by their code, in one query."""
    agencies = Organization.objects.filter(kind=Organization.Kind.AGENCY)
    return dict(agencies.values_list("code", "name"))


def part_in_words(part: str) -> str:
    return str(PARTS.get(part, part.replace("_", " ").capitalize()))


def rung_in_words(rung: str) -> str:
    """A rung's name for readers; the stored name stays beside it where it is edited."""
    return str(RUNGS["warn"] if rung.startswith("warn") else RUNGS.get(rung, rung))


def value_in_words(key: str, value: Any) -> str:
    """A value in one line."""
    match shape_of(value):
        case Shape.TRUTH:
            return _("Yes") if value else _("No")
        case Shape.TERM:
            return term_in_words(value)
        case Shape.LIST:
            labels = CHOICES.get(key, {})
            return ", ".join(str(labels.get(str(entry), _plain(entry))) for entry in value) or _("none")
        case Shape.RECORD:
            return "; ".join(_part(part, entry) for part, entry in value.items())
        case _:
            return str(CHOICES.get(key, {}).get(str(value), _plain(value)))


def _plain(value: Any) -> str:
    """A value as it is; a code of several words without its underscores."""
    text = str(value)
    return text.replace("_", " ") if CODE.fullmatch(text) else text


def _part(part: str, entry: Any) -> str:
    if is_text_in_languages(entry):
        return f"{part_in_words(part)}: {in_active_language(entry)}"
    return f"{part_in_words(part)}: {value_in_words(part, entry)}"


def is_text_in_languages(entry: Any) -> bool:
    """Whether a part of a value is one text in several languages."""
    return isinstance(entry, Mapping) and "en" in entry and all(isinstance(v, str) for v in entry.values())


def term_in_words(value: Mapping[str, Any]) -> str:
    """A period: its length, mailing days, and that it runs to a working day."""
    term = terms.Term.parse(value)
    said = amount(term) if term.amount else _("the date itself")
    if term.counts_back:
        said = _("%(amount)s before") % {"amount": said}
    if term.mail_days:
        more = ngettext("+%(number)s day if mailed", "+%(number)s days if mailed", term.mail_days)
        said = f"{said}, {more % {'number': term.mail_days}}"
    return said


def ladder_in_words(value: Any) -> list[str]:
    """Each rung of a period's ladder with its distance from the date."""
    if shape_of(value) is not Shape.TERM:
        return []
    return [_rung(rung) for rung in terms.rungs(value)]


def _rung(rung: terms.Rung) -> str:
    name = rung_in_words(rung.rung)
    if rung.before is not None:
        return _("%(rung)s: %(amount)s before") % {"rung": name, "amount": amount(rung.before)}
    if rung.after is not None:
        return _("%(rung)s: %(amount)s after") % {"rung": name, "amount": amount(rung.after)}
    return name


def clock_rules() -> dict[tuple[str, str], ClockRule]:
    """The clocks of every kind of case, by kind and key."""
    return {
        (kind, rule.key): rule for kind, model in record_models().items() for rule in model.machine.clocks
    }


def moved_dates(step: Step, labels: Mapping[str, str]) -> Iterator[str]:
    """What a change of a rule did to the dates of a case, one sentence for each clock."""
    for clock in step.data.get("clocks", []):
        words = {
            "clock": labels.get(clock["clock"], clock["clock"]),
            "old": _day(clock.get("old")),
            "new": _day(clock.get("due")),
            "rule": rule_named(clock.get("rule", ""), clock.get("cite", "")),
        }
        if not clock.get("due"):
            yield _("%(clock)s stands still; it goes on under another rule: %(rule)s") % words
        elif clock.get("due") == clock.get("old"):
            yield _("%(clock)s: still due %(new)s, under another rule: %(rule)s") % words
        else:
            yield _("%(clock)s: was due %(old)s, is now due %(new)s: %(rule)s") % words


def rule_named(name: str, cite: str) -> str:
    """``key/jurisdiction@first day`` and its citation, for readers."""
    key, _at, since = name.partition("@")
    said = _("%(rule)s since %(day)s") % {"rule": key.partition("/")[0], "day": _day(since)}
    return f"{said} ({cite})" if cite else said


def _day(text: str | None) -> str:
    return days_in_words.day(date.fromisoformat(text)) if text else ""


def governs_in_words(governs: str) -> str:
    return str(Policy.Governs(governs).label) if governs in Policy.Governs.values else governs

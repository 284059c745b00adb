"""The settings with which a labor agency takes part: each is a dated rule of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows import policies
from workflows.models import Policy, PolicyChange
from workflows.policies import NoPolicy, PolicyBook

from . import rule_pages, rule_words

# What each setting does, in the order in which a reader asks.
SETTINGS: dict[str, str | Promise] = {
    "agency.participates": gettext_lazy(
        "If not, nobody can send this agency a request. Requests already sent go on."
    ),
    "agency.who_may_ask": gettext_lazy("Anybody else is told to ask through one of these."),
    "agency.group_allowed": gettext_lazy("If not, each request is on behalf of one worker."),
    "agency.complaint_required": gettext_lazy(
        "If so, a request needs the number of a complaint, charge or case."
    ),
    "agency.calendar": gettext_lazy(
        "The working days and holidays by which this agency's own clocks count. "
        "The clocks of DHS keep those of federal offices."
    ),
    "soi_acknowledgement": gettext_lazy("The clock that starts when a request is sent."),
    "soi_determination": gettext_lazy("The clock until the agency has decided."),
    "agency.outcomes": gettext_lazy("The other answers are closed to this agency's staff."),
    "agency.dhs_preapproval": gettext_lazy(
        "If so, a statement can be signed only after DHS has seen its draft. "
        "If not, DHS gets a courtesy copy when the signed statement is sent."
    ),
    "agency.escalation": gettext_lazy("What a requester is told to do when the agency stays silent."),
    "agency.intake": gettext_lazy("Where requests are taken outside this system."),
}


@dataclass(frozen=True)
class Setting:
    """One setting of an agency on a day: its row, whether it is its own, what is to come."""

    key: str
    label: str
    says: str
    ladder: list[str]
    what_it_does: str
    row: Policy
    own: bool
    to_come: tuple[Policy, ...]
    waiting: PolicyChange | None
    url: str

    @property
    def coming(self) -> list[dict[str, Any]]:
        return [
            {"on": row.effective_from, "says": rule_words.value_in_words(row.key, row.value)}
            for row in self.to_come
        ]


def settings_of(code: str, *, on: date, book: PolicyBook | None = None) -> list[Setting]:
    """Every setting of an agency that has a value on a day, own or for all; two queries."""
    book = book or policies.book()
    waiting = {
        change.key: change
        for change in PolicyChange.objects.waiting().filter(jurisdiction=code, key__in=SETTINGS)
    }
    found = []
    for key, what_it_does in SETTINGS.items():
        try:
            row = book.policy(key, on=on, jurisdiction=code)
        except NoPolicy:
            continue
        found.append(
            Setting(
                key=key,
                label=row.label,
                says=says(key, row.value),
                ladder=rule_words.ladder_in_words(row.value),
                what_it_does=str(what_it_does),
                row=row,
                own=row.jurisdiction == code,
                to_come=tuple(
                    each for each in book.history(key, jurisdiction=code) if each.effective_from > on
                ),
                waiting=waiting.get(key),
                url=rule_pages.rule_url(key, code),
            )
        )
    return found


def says(key: str, value: Any) -> str:
    """A setting in words; the part of DHS in a statement has words of its own."""
    if key == "agency.dhs_preapproval":
        return _("DHS sees the draft first") if value else _("DHS gets a courtesy copy")
    return rule_words.value_in_words(key, value)

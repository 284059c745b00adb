"""Brings the rulebook files into the database without changing a row that is already there."""

import dataclasses
from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows import rulebook
from workflows.days import rule_day
from workflows.languages import with_languages_of
from workflows.models.policy import Policy
from workflows.models.tolling import TollingWindow

POLICY_TEXTS = ("labels", "notes", "sources", "value")
CLOSURE_TEXTS = ("reasons", "authorities")


@dataclasses.dataclass(frozen=True)
class Loaded:
    """What a load did: numbers of rows, and a sentence for everything somebody should look at."""

    added: int
    unchanged: int
    closures_added: int
    translated: int
    differences: tuple[str, ...]


@in_one_piece
def load(at: datetime) -> Loaded:
    """Add the rows of the files that the database lacks; running it twice adds nothing.

    A row is known by key, jurisdiction and first day. The value of a stored row is never rewritten: a
    difference from the file is reported. Its texts get the languages that they lack. A new row ends the
    open-ended one before it, which is reported where the change reaches days up to `at`; a row that falls
    inside a closed range is left out and reported.
    """
    stored = {
        (row.key, row.jurisdiction, row.effective_from): row for row in Policy.objects.select_for_update()
    }
    histories = {(key, jurisdiction) for key, jurisdiction, _first in stored}
    shipped = rulebook.read()
    fresh = [row for row in shipped.policies if (row.key, row.jurisdiction) not in histories]
    Policy.objects.bulk_create(fresh)
    added, unchanged, translated = len(fresh), 0, 0
    differences: list[str] = []
    for row in shipped.policies:
        if (row.key, row.jurisdiction) not in histories:
            continue
        known = stored.get((row.key, row.jurisdiction, row.effective_from))
        if known is None:
            inserted, told = _insert(row, at)
            added += inserted
            differences += told
            continue
        translated += _translate(known, row, POLICY_TEXTS)
        if known.value == row.value and known.governs == row.governs:
            unchanged += 1
        else:
            differences.append(_("%(row)s differs from the files; the stored row is kept.") % {"row": known})
    return Loaded(
        added=added,
        unchanged=unchanged,
        translated=translated,
        closures_added=_load_closures(shipped.closures),
        differences=tuple(differences),
    )


def _translate(known: models.Model, row: models.Model, texts: Iterable[str]) -> bool:
    """Give the texts of a stored row the languages they lack; whether there was one."""
    told = {name: with_languages_of(getattr(known, name), getattr(row, name)) for name in texts}
    lacked = [name for name, text in told.items() if text != getattr(known, name)]
    for name in lacked:
        setattr(known, name, told[name])
    if lacked:
        known.save(update_fields=lacked)
    return bool(lacked)


def _insert(row: Policy, at: datetime) -> tuple[bool, list[str]]:
    """Put a row into a history that is already there: whether it went in, and what to tell."""
    history = Policy.objects.filter(key=row.key, jurisdiction=row.jurisdiction)
    before = history.in_force(row.effective_from).first()
    told: list[str] = []
    if before is not None:
        if before.effective_to is not None:
            return False, [
                _("%(row)s was left out: %(other)s covers that day.") % {"row": row, "other": before}
            ]
        before.effective_to = row.effective_from
        before.save(update_fields=["effective_to"])
        if row.effective_from <= rule_day(at):
            told.append(
                _("%(row)s begins in the past and ends %(other)s.") % {"row": row, "other": before},
            )
    after = history.filter(effective_from__gt=row.effective_from).order_by("effective_from").first()
    if after is not None and (row.effective_to is None or row.effective_to > after.effective_from):
        row.effective_to = after.effective_from
    row.save(force_insert=True)
    return True, told


def _load_closures(windows: list[TollingWindow]) -> int:
    known = {(window.jurisdiction, window.starts_on): window for window in TollingWindow.objects.all()}
    fresh = [window for window in windows if (window.jurisdiction, window.starts_on) not in known]
    for window in windows:
        if window not in fresh:
            _translate(known[window.jurisdiction, window.starts_on], window, CLOSURE_TEXTS)
    return len(TollingWindow.objects.bulk_create(fresh))

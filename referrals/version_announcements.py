"""Who hears that a case moved to another version of its procedure: only those for whom something changes.

That is the desk whose turn it has become, those who follow a date that moved, and the person whose proposal
fell. Everybody else reads it in the history.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from notifications import outbox
from workflows import days_in_words
from workflows.models import Proposal
from workflows.version_moves import Move

from . import announcements, audiences
from .models import User
from .notification_matrix import RULE_CHANGED, told_to

EVENT = "case.version_changed"


def case_moved(move: Move) -> None:
    """Write the messages about one case, in the transaction in which it moved."""
    record = move.record
    cause = f"step:{move.step.pk}"
    if record.desk_id is not None and record.desk_id != move.from_desk:
        announcements.write(
            record, told_to(audiences.holders), event=EVENT, cause=cause, words=_your_turn, at=move.step.at
        )
    moved = [each for each in move.clocks if each.old_on and each.new_on and each.old_on != each.new_on]
    if moved:
        labels = {rule.key: rule.label for rule in record.machine.clocks}

        def words() -> str:
            lines = [
                _("%(clock)s: was due %(old)s, is now due %(new)s.")
                % {
                    "clock": str(labels.get(each.key, each.key)),
                    "old": days_in_words.day_with_weekday(each.old_on),
                    "new": days_in_words.day_with_weekday(each.new_on),
                }
                for each in moved
                if each.old_on and each.new_on
            ]
            return " ".join([*lines, _("The case moved to another version of its procedure.")])

        for notice in RULE_CHANGED.get(record.machine.kind, ()):
            announcements.write(
                record, notice, event=EVENT, cause=f"{cause}:dates", words=words, at=move.step.at
            )
    if move.fallen:
        _tell_the_proposer(move, cause)


def _tell_the_proposer(move: Move, cause: str) -> None:
    record = move.record
    fallen = record.proposals.filter(step=move.fallen, fate=Proposal.Fate.FALLEN).order_by("-pk").first()
    if fallen is None:
        return
    people = User.objects.filter(pk=fallen.proposed_by_id, is_active=True)
    _tell(record, people, key=f"{cause}:proposer", words=_proposal_fell, at=move.step.at)


def _your_turn() -> str:
    return _("The case moved to another version of its procedure, and it is now your turn.")


def _proposal_fell() -> str:
    return _(
        "The case moved to another version of its procedure. What you had proposed, and what waited for a "
        "countersignature, fell with it. Propose it again if it still stands."
    )


def _tell(record: Any, people: Collection[User], *, key: str, words: Callable[[], str], at: Any) -> None:
    for language, readers in audiences.by_language(people).items():
        with translation.override(language):
            outbox.tell(
                event=EVENT,
                recipients=readers,
                key=key,
                about=record.reference,
                link=record.get_absolute_url(),
                subject=f"{record.machine.label} {record.reference}",
                body=words(),
                at=at,
            )

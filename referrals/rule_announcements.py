"""Who hears of changes of rules: those who decide them, and once for each case those whose dates moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import outbox
from workflows import days_in_words
from workflows.models import PolicyChange, Step
from workflows.what_if import Touched

from . import announcements, audiences
from .models import User
from .notification_matrix import RULE_CHANGED
from .remembering import remembering

SUBJECT = gettext_lazy("Change of a rule")


def dates_moved(
    followed: Iterable[tuple[Any, Step, Sequence[Touched]]], *, change: PolicyChange, at: datetime
) -> None:
    """The messages about the cases that follow a change, in one piece."""
    with remembering(), outbox.together():
        for record, step, touched in followed:
            _dates_moved(record, step, touched, change=change, at=at)


def _dates_moved(
    record: Any, step: Step, touched: Sequence[Touched], *, change: PolicyChange, at: datetime
) -> None:
    """One message to each person concerned about one case, with the old date and the new one."""
    labels = {rule.key: rule.label for rule in record.machine.clocks}
    moved = [each for each in touched if each.days and not each.paused]
    if not moved:
        return

    def words() -> str:
        lines = [
            _("%(clock)s: was due %(old)s, is now due %(new)s.")
            % {
                "clock": str(labels.get(each.clock, each.clock)),
                "old": days_in_words.day_with_weekday(each.old_on),
                "new": days_in_words.day_with_weekday(each.new_on),
            }
            for each in moved
        ]
        return " ".join([*lines, _why(change)])

    for notice in RULE_CHANGED.get(record.machine.kind, ()):
        announcements.write(record, notice, event="rule.changed", cause=f"step:{step.pk}", words=words, at=at)


def _why(change: PolicyChange) -> str:
    if change.is_closure:
        return _("The clocks stand still from %(first)s to %(last)s: %(authority)s.") % {
            "first": days_in_words.day(change.first_day),
            "last": days_in_words.day(change.last_day or change.first_day),
            "authority": change.authority.rstrip("."),
        }
    said = _("The rule changed on %(day)s.") % {"day": days_in_words.day(change.first_day)}
    return f"{said} {change.authority}".strip()


def proposed(change: PolicyChange, people: Sequence[User]) -> None:
    """To everybody who may decide it."""
    _tell(
        people, change, event="rule.proposed", at=change.proposed_at,
        words=lambda: _("A change of a rule waits for your approval. Read what it would do first."),
    )  # fmt: skip


def decided(change: PolicyChange) -> None:
    """To whoever proposed it."""
    sentences = {
        PolicyChange.Fate.APPROVED: _approved,
        PolicyChange.Fate.REFUSED: lambda: _("Your change of a rule was refused. The reason is beside it."),
    }
    words = sentences.get(PolicyChange.Fate(change.fate))
    if words is not None and change.decided_at is not None:
        _tell([change.proposed_by], change, event="rule.decided", at=change.decided_at, words=words)


def _approved() -> str:
    return _("Your change of a rule was approved.")


def _tell(
    people: Sequence[User], change: PolicyChange, *, event: str, at: datetime, words: Callable[[], str]
) -> None:
    for language, readers in audiences.by_language(people).items():
        with translation.override(language):
            outbox.tell(
                event=event,
                recipients=readers,
                key=f"change:{change.pk}:{event}",
                about="",
                link=reverse("rule_change", kwargs={"pk": change.pk}),
                subject=str(SUBJECT),
                body=words(),
                at=at,
            )

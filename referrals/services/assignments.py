"""Saying who works on a case: taking it, giving it to a colleague of the desk, putting it back.

It is a line of the history and no permission: nobody sees or may do more because a case is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from notifications import outbox
from recordsets.collisions import in_one_piece
from workflows import days_in_words, engine
from workflows.assigning import GIVE, Assignment, note_of
from workflows.models import Case, Step
from workflows.refusals import Refusal

from .. import assignees, assignment_announcements, in_hand, personal_data, traces, turns
from ..assignees import Colleague
from ..models import User
from ..remembering import remembering
from ..traces import traced

Against = Callable[[Case], list[Refusal]]


def why_not(record: Case, by: User) -> list[Refusal]:
    """Why somebody cannot say at all who works on a case: it is on no desk, or on another one."""
    if record.closed_at is not None or record.desk_id is None:
        return [
            Refusal(
                "nobodys_turn",
                _("No desk has this case now."),
                _("When it comes to a desk, somebody there can take it."),
            )
        ]
    if not assignees.at_desk(record, by):
        return [
            Refusal(
                "not_your_desk",
                _("Only people at the desk whose turn it is say who works on a case."),
                _("Ask that desk. The case says which one it is."),
            )
        ]
    return []


@dataclass(frozen=True)
class _Receiver:
    """Who is to have cases, and which of them they may open and can decide; nobody has no ``colleague``."""

    key: int | None
    by: User
    although_away: bool = False
    colleague: Colleague | None = None
    opens: set[int] = field(default_factory=set)
    undecidable: set[int] = field(default_factory=set)

    def refusals(self, record: Case) -> list[Refusal]:
        """Every reason why this person is not given a case of their desk."""
        if self.key is None:
            return []
        if self.colleague is None:
            return [
                Refusal(
                    "not_at_desk",
                    _("This person does not sit at the desk that has the case."),
                    _("Choose somebody who does, or put the case back."),
                )
            ]
        who, found = {"who": self.colleague.person.name}, []
        if record.pk not in self.opens:
            why = _("%(who)s may not open this case.") % who
            found.append(Refusal("may_not_open", why, _("Choose a colleague who may.")))
        elif record.pk in self.undecidable:
            found.append(self._four_eyes(who))
        away = self.colleague.away
        if away is not None and self.key != self.by.pk and not self.although_away:
            words = {**who, "until": days_in_words.instant(away.ends_at), "deputy": away.deputy.name}
            why = _("%(who)s is away until %(until)s. %(deputy)s stands in for them.") % words
            remedy = _("Choose somebody who is there, or say that you give it all the same.")
            found.append(Refusal("away", why, remedy))
        return found

    def _four_eyes(self, who: Mapping[str, str]) -> Refusal:
        if self.key == self.by.pk:
            why = _("You prepared this, or stand in for somebody who did. You cannot decide it.")
        else:
            why = _("%(who)s prepared this, or stands in for somebody who did, and cannot decide it.") % who
        return Refusal("four_eyes", why, _("It needs a second official who did not prepare it."))


def _receiver(
    key: int | None, records: Sequence[Case], *, by: User, at: datetime, although_away: bool
) -> _Receiver:
    colleague = assignees.colleagues(turns.my_desk(by), at=at).get(key) if key is not None else None
    if colleague is None:
        return _Receiver(key, by, although_away)
    opens = assignees.openers([colleague], records).get(colleague.person.pk, set())
    known = [record for record in records if record.pk in opens]
    barred = assignees.undecidable(colleague, known, at=at)
    return _Receiver(key, by, although_away, colleague, opens, barred)


def _against(receiver: _Receiver, seen: int | None, record: Case) -> list[Refusal]:
    """Every reason against it for the case as it is now; ``seen`` had it when the page was drawn."""
    found = why_not(record, receiver.by)
    if found:
        return found
    if record.assignee_id != seen:
        return [_meanwhile(record, receiver.by)]
    if record.assignee_id == receiver.key:
        return [_already(receiver)]
    return receiver.refusals(record)


def _meanwhile(record: Case, by: User) -> Refusal:
    """What somebody else did with the case while this page was open."""
    if record.assignee_id is None:
        why = _("Somebody put this case back while you were looking at it.")
        return Refusal("put_back_meanwhile", why, _("Nobody has it now. Decide again."))
    if record.assignee_id == by.pk:
        why = _("You have this case already: it became yours while you were looking at it.")
        return Refusal("yours_meanwhile", why, _("Nothing more is needed if you keep it."))
    who = {"who": User.objects.get(pk=record.assignee_id).name}
    why = _("Somebody was faster: %(who)s has this case now.") % who
    return Refusal("faster", why, _("Ask %(who)s, or take it over if it is to be yours.") % who)


def _already(receiver: _Receiver) -> Refusal:
    if receiver.key is None:
        return Refusal("already", _("Nobody has this case in hand."), _("Nothing is to be put back."))
    return Refusal("already", _("This person has the case already."), _("Nothing is to be done."))


def assign(
    record: Case,
    to: int | None,
    *,
    by: User,
    at: datetime,
    seen: int | None,
    expected_version: int | None = None,
    reason: str = "",
    although_away: bool = False,
    idempotency_key: str = "",
) -> Step:
    """Give a case to the person with this key, or to nobody, and tell them; one's own key takes it.

    ``seen`` is the key of whoever had it on the page: if that has changed, the refusal says who was faster.
    Raises ``engine.StepRefused`` with every reason, or ``PersonalDataFound`` for a number or birth date in
    the reason; then nothing was stored and nobody was told.
    """
    return _assign(
        record, note_of(to, by), to, by=by, at=at, seen=seen, expected_version=expected_version,
        reason=reason, although_away=although_away, key=idempotency_key,
    )  # fmt: skip


@traced
@in_one_piece
def _assign(
    record: Case,
    _name: str,
    /,
    to: int | None,
    *,
    by: User,
    at: datetime,
    seen: int | None,
    expected_version: int | None,
    reason: str,
    although_away: bool,
    key: str,
) -> Step:
    personal_data.refuse({_("Reason"): reason})
    receiver = _receiver(to, [record], by=by, at=at, although_away=although_away)
    given = Assignment(to, partial(_against, receiver, seen))
    step = engine.assign(
        record, given, by=by, at=at, expected_version=expected_version, reason=reason, key=key
    )
    _tell(record, step)
    return step


@in_one_piece
def assign_all(
    records: Sequence[Case],
    to: int | None,
    *,
    by: User,
    at: datetime,
    seen: Mapping[int, int | None],
    expected_versions: Mapping[int, int] = engine.NOTHING,
    reason: str = "",
    although_away: bool = False,
    keys: Mapping[int, str] = engine.NOTHING,
) -> dict[int, Step | engine.StepRefused]:
    """The same for many cases: for each, by its key, the line or why there is none.

    What one is refused keeps no other from being given. ``seen``, versions and keys of idempotency are by the
    key of the case.
    """
    personal_data.refuse({_("Reason"): reason})
    receiver = _receiver(to, records, by=by, at=at, although_away=although_away)
    given = {record: Assignment(to, partial(_against, receiver, seen[record.pk])) for record in records}
    verdicts = engine.assign_all(
        given, by=by, at=at, expected_versions=expected_versions, reason=reason, keys=keys
    )
    with remembering(), outbox.together():
        for record in records:
            verdict = verdicts[record.pk]
            with in_hand.a_case(record.reference):
                traces.note(record, note_of(to, by), verdict)
                if isinstance(verdict, Step):
                    _tell(record, verdict)
    return verdicts


def _tell(record: Case, step: Step) -> None:
    if step.name == GIVE and not step.repeated:
        assignment_announcements.given(record, step)

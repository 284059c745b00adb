"""Builds the demo's world: its matters, and every story up to now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from notifications import relay
from notifications.models import Message
from workflows import policies
from workflows.models import Case, Policy, Step
from workflows.models.policy import FEDERAL

from ..models import Matter, Statement
from ..services import programme
from . import passing, places, readers
from .cast import ORGANIZATIONS, Cast
from .grant_stories import GrantSide
from .stage import Stage, Story, on
from .statement_stories import StatementSide
from .stay_stories import StaySide
from .worker_stories import WorkerSide

WORLDS = ("closed", "open")
TRAINING = "Training scenario"
CLOSED_ON = on(2025, 1, 24, 5)
BEGINS_ON = on(2025, 7, 1, 0)
"""The first day on which the world is whole; its last fixed scene is played in June 2025."""
TOLD_UNTIL = on(2028, 8, 15)
"""The last day for which the stories are told. Grants of 2024 end soon after; then time only passes."""
CLOCKS_DIFFER = timedelta(minutes=1)
"""By how much two processes may disagree about the present."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Built:
    """What a build did: whether the stories were new, and what the world holds now."""

    new: bool
    cases: int
    steps: int
    messages: int


def build(cast: Cast, *, now: datetime, world: str = "closed", say: Say = lambda line: None) -> Built:
    """Play the demo's stories up to ``now``, once; then set the programme as ``world`` asks.

    ``closed`` is the programme as it stands today, ``open`` reopens it from today on by a row that says
    that it is a training scenario. Everything of the stories is stored together or not at all. A second
    build adds nothing but what time has brought since, each date and each mail at its own instant.

    Raises ValueError for another world, for a day before BEGINS_ON, and for a ``now`` that the world has
    already lived past.
    """
    if world not in WORLDS:
        raise ValueError(f"The world is {' or '.join(WORLDS)}, not {world}.")
    new = not Matter.objects.filter(case_number=places.PACKING.number).exists()
    lived = min(now, TOLD_UNTIL) if new else passing.lived_until() or now
    _refuse_the_past(now, lived)
    if new:
        policies.load(lived)
        with transaction.atomic():
            set_programme("closed", now=lived)
            _tell_the_stories(cast, now=lived, say=say)
            readers.store(cast, now=lived)
        _deliver_the_past(lived, say=say)
    _live_on(since=lived, until=now, say=say)
    if set_programme(world, now=now):
        say(_("The programme is %(world)s to new requests.") % {"world": world})
        _live_on(since=now, until=now, say=say)
    return Built(new, Case.objects.count(), Step.objects.count(), Message.objects.count())


def _refuse_the_past(now: datetime, lived: datetime) -> None:
    if now < BEGINS_ON:
        raise ValueError(f"The demo's world begins on {BEGINS_ON:%Y-%m-%d}; {now:%Y-%m-%d} lies before.")
    if now < lived - CLOCKS_DIFFER:
        raise ValueError(f"The demo's world has lived until {lived}; time does not go back to {now}.")


def _tell_the_stories(cast: Cast, *, now: datetime, say: Say) -> None:
    stage = Stage(cast, now=now)
    matters = places.store(cast)
    say(_("%(number)d matters with their employers and worksites.") % {"number": len(matters)})
    signed: dict[str, Statement] = {}
    sides = (
        StatementSide(stage, matters, signed),
        WorkerSide(stage, signed),
        GrantSide(stage, signed),
        StaySide(stage, signed),
    )
    stories: list[Story[None]] = [story for side in sides for story in side.stories()]
    stories.append(_the_end(stage))
    say(_("Playing %(number)d stories from 2023 to today.") % {"number": len(stories)})
    stage.perform(stories)
    say(
        _("%(cases)d cases with %(steps)d steps.")
        % {"cases": Case.objects.count(), "steps": Step.objects.count()}
    )


def _the_end(stage: Stage) -> Story[None]:
    """The programme closes to new requests: drafts go on hold, everything else goes on."""
    at = yield CLOSED_ON
    programme.follow(at=at)


def set_programme(world: str, *, now: datetime) -> bool:
    """Reopen the programme from today on, or take the training row away; whether that changed anything."""
    rows = Policy.objects.filter(key=policies.PROGRAMME, jurisdiction=FEDERAL)
    training = rows.filter(sources__en=TRAINING).first()
    if (training is not None) == (world == "open"):
        return False
    with transaction.atomic():
        if training is not None:
            before = rows.filter(effective_to=training.effective_from).get()
            training.delete()
            before.effective_to = None
            before.save(update_fields=["effective_to"])
        else:
            before = rows.get(effective_to=None)
            before.effective_to = today = _today_everywhere(now)
            before.save(update_fields=["effective_to"])
            Policy.objects.create(
                key=policies.PROGRAMME,
                labels=before.labels,
                effective_from=today,
                governs=Policy.Governs.FILED,
                sources={"en": TRAINING, "es": "Escenario de práctica"},
                notes={
                    "en": "Not real: this row reopens the programme so that new requests can be tried out.",
                    "es": "No es real: esta fila reabre el programa para poder probar solicitudes nuevas.",
                },
                value=str(policies.ProgrammeState.OPEN),
            )
        programme.follow(at=now)
    return True


def _today_everywhere(now: datetime) -> date:
    """The latest day that has begun at every office of the world: in the evening not yet the day in UTC."""
    zones = {zone for _code, _name, _kind, _level, _state, zone, _authority in ORGANIZATIONS}
    return min(now.astimezone(ZoneInfo(zone)).date() for zone in zones)


def _deliver_the_past(now: datetime, *, say: Say) -> None:
    """The mail of the stories, each on the day on which it was written."""
    waiting = Message.objects.undelivered().filter(next_try_at__lte=now).values_list("next_try_at", flat=True)
    last_of_each_day = {at.date(): at for at in sorted(waiting)}
    delivered = sum(relay.deliver_due(at=at, worker="the past").sent for at in last_of_each_day.values())
    if delivered:
        say(_("%(number)d mails kept on the page for mail.") % {"number": delivered})


def _live_on(*, since: datetime, until: datetime, say: Say) -> None:
    """What time has brought since."""
    passed = passing.live_on(since=since, until=until, month_passed=say)
    if passed.fired or passed.sent:
        say(
            _("%(days)d days passed: %(fired)d dates came up, %(sent)d messages went out.")
            % {"days": passed.nights, "fired": passed.fired, "sent": passed.sent}
        )

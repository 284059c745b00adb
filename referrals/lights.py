"""What the figures mean: all right, to be watched, or to be acted on now, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workflows.stuck import WITHOUT_HARM

from .models import Heartbeat
from .readings import Reading

Limits = Mapping[str, Sequence[float]]
Part = Heartbeat.Part


class Level(TextChoices):
    """How a figure stands. The word says it; the icon and the colour repeat it."""

    GREEN = "green", gettext_lazy("All right")
    AMBER = "amber", gettext_lazy("Watch it")
    RED = "red", gettext_lazy("Act now")
    UNUSED = "unused", gettext_lazy("Not used here")


SERIOUS = [Level.UNUSED, Level.GREEN, Level.AMBER, Level.RED]
LOOKS = {
    Level.GREEN: ("good", "check_circle"),
    Level.AMBER: ("waiting", "warning"),
    Level.RED: ("bad", "error"),
    Level.UNUSED: ("neutral", "remove_circle"),
}


@dataclass(frozen=True)
class Light:
    """One figure: what it is, how it stands now, from where on it is amber or red, what to do about it."""

    label: str | Promise
    now: str
    level: Level
    limit: str
    remedy: str | Promise

    @property
    def standing(self) -> dict[str, str]:
        """As ``components/state_tag.html`` draws it."""
        tone, icon = LOOKS[self.level]
        return {"label": str(self.level.label), "tone": tone, "icon": icon}


def lights(reading: Reading, limits: Limits) -> list[Light]:
    """Every figure with its level. A limit is a pair: from the first on amber, from the second on red."""
    return [
        *_ticks(reading, limits["tick"]),
        _deadlines(reading, limits["deadline_lag"]),
        _failures(reading),
        _outbox(reading, limits["outbox_lag"]),
        counted(
            gettext_lazy("Messages that could not be delivered"),
            reading.outbox.incidents,
            limits["incidents"],
            gettext_lazy("Open the incidents below. Each needs somebody who tries again or closes it."),
        ),
        counted(
            gettext_lazy("Stuck cases"),
            sum(number for trouble, number in reading.stuck.items() if trouble not in WITHOUT_HARM),
            limits["stuck"],
            gettext_lazy("The table of stuck cases below says what to do with each."),
        ),
        counted(
            gettext_lazy("Cases in the hands of people who left the desk"),
            sum(reading.stuck[trouble] for trouble in WITHOUT_HARM),
            (1, 100),
            gettext_lazy("The table of stuck cases below names them. Each office can put its own back."),
        ),
        *_histories(reading, limits),
        _workers(reading),
        *_redis(reading, limits["queue"]),
    ]


def worst(found: Sequence[Light]) -> Level:
    return max((light.level for light in found), key=SERIOUS.index, default=Level.GREEN)


def by_hand(reading: Reading, tick: Sequence[float]) -> bool:
    """Whether ``run_engine --loop`` does the work, so that neither a worker nor beat is needed."""
    age = reading.age_of(Part.LOOP)
    return age is not None and age.total_seconds() < tick[1]


def level_of(value: float, limit: Sequence[float]) -> Level:
    amber, red = limit
    return Level.RED if value >= red else Level.AMBER if value >= amber else Level.GREEN


def _ticks(reading: Reading, limit: Sequence[float]) -> Iterator[Light]:
    alone = by_hand(reading, limit)
    for part, label, remedy in (
        (
            Part.SWEEP,
            gettext_lazy("Due dates were last looked at"),
            gettext_lazy(
                "Start a worker and beat, or run_engine --loop. Nothing is lost: what is due fires late."
            ),
        ),
        (
            Part.RELAY,
            gettext_lazy("Messages were last delivered"),
            gettext_lazy("Start a worker and beat, or run_engine --loop. Nothing is lost: messages wait."),
        ),
        (
            Part.BEAT,
            gettext_lazy("The timetable (beat) was last followed"),
            gettext_lazy("Start beat. Two at once are harmless."),
        ),
    ):
        age = reading.age_of(part)
        level = Level.RED if age is None else level_of(age.total_seconds(), limit)
        if part is Part.BEAT and (alone or not reading.broker.used):
            level = Level.UNUSED
        now = _("never") if age is None else _("%(time)s ago") % {"time": span(age)}
        yield Light(label, now, level, limit_in_time(limit), remedy)


def _deadlines(reading: Reading, limit: Sequence[float]) -> Light:
    waiting = ngettext("%(number)d date is late", "%(number)d dates are late", reading.overdue) % {
        "number": reading.overdue
    }
    now = _("%(waiting)s, the oldest by %(time)s") % {"waiting": waiting, "time": span(reading.deadline_lag)}
    return Light(
        gettext_lazy("Dates that passed and have not fired"),
        now if reading.overdue else _("none"),
        level_of(reading.deadline_lag.total_seconds(), limit),
        limit_in_time(limit),
        gettext_lazy("See that a worker and beat run. If they do, look in the log for a case that fails."),
    )


def _failures(reading: Reading) -> Light:
    return counted(
        gettext_lazy("Cases that failed at the last look"),
        reading.failed_cases,
        (1, 10),
        gettext_lazy("The log names each case and the error. Its dates stay armed and are tried again."),
    )


def _outbox(reading: Reading, limit: Sequence[float]) -> Light:
    lag = reading.outbox
    waiting = ngettext("%(number)d message waits", "%(number)d messages wait", lag.pending) % {
        "number": lag.pending
    }
    words = {"waiting": waiting, "time": span(lag.oldest_pending_age)}
    now = _("%(waiting)s, the oldest for %(time)s") % words if lag.pending else _("none")
    return Light(
        gettext_lazy("Messages that wait to be delivered"),
        now,
        level_of(lag.oldest_pending_age.total_seconds(), limit),
        limit_in_time(limit),
        gettext_lazy("See that the mail server answers and that messages were delivered lately."),
    )


def _histories(reading: Reading, limits: Limits) -> Iterator[Light]:
    """Whether the nightly walks came through, and what they found."""
    for part, label, remedy in (
        (
            Part.VERIFY,
            gettext_lazy("Histories verified: nothing changed afterwards"),
            gettext_lazy(
                "Run verify_history. If it finds a line, stop the system, keep the database as it is, and "
                "compare it with a backup."
            ),
        ),
        (
            Part.REPLAY,
            gettext_lazy("Histories replayed: every step legal under its version"),
            gettext_lazy(
                "Run replay_history: it names each line and what is wrong. Decide nothing on these cases "
                "before that is cleared up."
            ),
        ),
    ):
        beat, age, number = reading.last(part), reading.age_of(part), reading.wrong_in(part)
        if beat is None or age is None:
            unused = by_hand(reading, limits["tick"]) or not reading.broker.used
            level, now = Level.UNUSED if unused else Level.AMBER, _("never")
        elif number:
            level = Level.RED
            now = ngettext(
                "%(number)d place is wrong: %(first)s",
                "%(number)d places are wrong, the first: %(first)s",
                number,
            ) % {"number": number, "first": beat.detail.get("wrong", "")}
        else:
            level = level_of(age.total_seconds(), limits["histories"])
            now = _("%(cases)s cases hold, %(time)s ago") % {
                "cases": beat.detail.get("cases", 0), "time": span(age),
            }  # fmt: skip
        yield Light(label, now, level, limit_in_time(limits["histories"]), remedy)


def _workers(reading: Reading) -> Light:
    number = len(reading.workers)
    unused = not reading.broker.used
    level = Level.UNUSED if unused else Level.GREEN if number else Level.RED
    return Light(
        gettext_lazy("Workers seen in the last ten minutes"),
        str(number),
        level,
        _("red: none"),
        gettext_lazy("Start a worker: celery -A config.celery worker."),
    )


def _redis(reading: Reading, limit: Sequence[float]) -> Iterator[Light]:
    broker = reading.broker
    level = Level.UNUSED if not broker.used else Level.GREEN if broker.answers else Level.RED
    now = _("answers") if broker.answers else _("does not answer") if broker.used else _("none is set")
    yield Light(
        gettext_lazy("Redis"),
        now,
        level,
        _("red: does not answer"),
        gettext_lazy("Start Redis. Pages work without it, tasks wait. Nothing that matters is kept there."),
    )
    if broker.answers:
        yield counted(
            gettext_lazy("Tasks in the queue"),
            broker.queue,
            limit,
            gettext_lazy("Start more workers. Old ticks expire by themselves, so the queue empties soon."),
        )


def counted(label: str | Promise, number: int, limit: Sequence[float], remedy: str | Promise) -> Light:
    return Light(label, str(number), level_of(number, limit), _limit_in_numbers(limit), remedy)


def limit_in_time(limit: Sequence[float]) -> str:
    amber, red = (span(timedelta(seconds=each)) for each in limit)
    return _("watch from %(amber)s, red from %(red)s") % {"amber": amber, "red": red}


def _limit_in_numbers(limit: Sequence[float]) -> str:
    amber, red = (f"{each:g}" for each in limit)
    if amber == red:
        return _("red from %(red)s") % {"red": red}
    return _("watch from %(amber)s, red from %(red)s") % {"amber": amber, "red": red}


def span(time: timedelta) -> str:
    """A length of time in its largest whole unit: seconds below two minutes, days from two days on."""
    seconds = int(time.total_seconds())
    if seconds < 120:
        return ngettext("%(number)d second", "%(number)d seconds", seconds) % {"number": seconds}
    if seconds < 2 * 60 * 60:
        return ngettext("%(number)d minute", "%(number)d minutes", seconds // 60) % {"number": seconds // 60}
    if seconds < 2 * 24 * 60 * 60:
        hours = seconds // 3600
        return ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours}
    days = seconds // 86400
    return ngettext("%(number)d day", "%(number)d days", days) % {"number": days}

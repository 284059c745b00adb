"""What the figures about attached files mean: whether anybody looks for malware, and what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .lights import Level, Light, counted, level_of, limit_in_time, span
from .readings import Reading


def files(reading: Reading, limit: Sequence[float]) -> Iterator[Light]:
    """Whether files are checked, how long they wait, and how many hold malware."""
    found = reading.files
    if not settings.CLAMD:
        number = ngettext("%(number)d file", "%(number)d files", found.unchecked) % {
            "number": found.unchecked
        }
        yield Light(
            gettext_lazy("Files are not checked for malware"),
            number,
            Level.AMBER,
            _("watch while no scanner is set"),
            gettext_lazy("Set CLAMD to the address of a clamd. Files that are here are then checked too."),
        )
    else:
        waiting = ngettext("%(number)d file waits", "%(number)d files wait", found.waiting) % {
            "number": found.waiting
        }
        now = _("%(waiting)s, the oldest for %(time)s") % {"waiting": waiting, "time": span(found.oldest)}
        yield Light(
            gettext_lazy("Files that wait to be checked for malware"),
            now if found.waiting else _("none"),
            level_of(found.oldest.total_seconds(), limit),
            limit_in_time(limit),
            gettext_lazy("See that clamd runs and takes files of this size, and that a worker and beat run."),
        )
    yield counted(
        gettext_lazy("Files with malware, locked away"),
        found.infected,
        (1, 100),
        gettext_lazy("Nobody can open them. Tell the office to look at its computers, and to scan anew."),
    )

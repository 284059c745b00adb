"""The trail of reads as its readers see it: who may know whose name, whose token, and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recordsets.asking import through_the_door
from workflows.models import Case
from workflows.parties import Capacity

from .models import Access, AccessAlert, Export, Opening, Person, Representation, StatedPurpose, User
from .models.trails import OVERSEERS, READERS
from .services.reads import keyed

PAGE = 50
NAMED = 3
SHORT = 6
"""As many digits of a code as a page shows: enough to tell two readers, sessions or places apart."""
What = Access.What
PURPOSES = {
    **dict(Opening.Ground.choices),
    **dict(Export.Purpose.choices),
    **dict(StatedPurpose.Code.choices),
}


def may_read(user: User) -> bool:
    return user.capacity in READERS


def exists(mark: str) -> bool:
    """Whether there is a worker with this token or a case with this reference."""
    with through_the_door():
        return Person.objects.filter(token=mark).exists() or Case.objects.filter(reference=mark).exists()


def found(
    user: User,
    *,
    about: str = "",
    day: date | None = None,
    until: date | None = None,
    what: str = "",
    reader: int | None = None,
) -> QuerySet[Access]:
    """The reads that this person may know of, the latest first, narrowed as asked.

    ``day`` is in their zone: the only one, or the first of several until ``until``, which is included.
    """
    reads = Access.objects.visible_to(user).select_related("user", "organization", "office")
    if about:
        named = Q(persons__contains=[about]) | Q(cases__contains=[about]) | Q(subject=about)
        reads = reads.filter(named if knows_whose(user) else Q(subject=about))
    if day is not None:
        reads = reads.filter(at__gte=timezone.make_aware(datetime.combine(day, time())))
    if last := until or day:
        ends = timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))
        reads = reads.filter(at__lt=ends)
    if what:
        reads = reads.filter(what=what)
    if reader:
        reads = reads.filter(user_id=reader)
    return reads


def knows_whose(user: User) -> bool:
    """Owners and overseers learn whom a list was about; who is in charge of an office what was opened."""
    return user.is_representative or user.capacity in OVERSEERS


def table(
    reads: Iterable[Access], user: User, *, next_url: str = "", to_choose: bool = False
) -> dict[str, Any]:
    """The reads as rows; with ``to_choose`` each has a box to tick, named by its key."""
    rows = []
    for read in reads:
        row = _row(read, user)
        if to_choose:
            row["cells"][0]["choose"] = str(read.pk)
        rows.append(row)
    labels = (_("When"), _("Who"), _("How"), _("Which records"), _("Why"), _("From where"))
    return {
        "caption": _("Who saw what"),
        "columns": [{"label": label} for label in labels],
        "rows": rows,
        "next_url": next_url,
    }


def _row(read: Access, user: User) -> dict[str, Any]:
    who = {"text": reader_of(read, user), "note": standing_of(read)}
    if _knows_person(read, user):
        who["url"] = f"{reverse('who_saw_what')}?{urlencode({'reader': read.user_id})}"
    return {
        "urgent": read.what == What.REFUSED,
        "cells": [
            {"at": read.at},
            who,
            {"text": read.get_what_display(), "note": read.route},
            whose(read, user),
            {"text": purpose_of(read)},
            {
                "text": _("place %(code)s") % {"code": read.network[:SHORT] or "–"},
                "note": _("session %(code)s") % {"code": read.session[:SHORT] or "–"},
            },
        ],
    }


def _knows_person(read: Access | AccessAlert, user: User) -> bool:
    """Names of readers are for their own house and for overseers; others learn house and capacity."""
    return user.capacity in OVERSEERS or read.organization_id == user.organization_id


def reader_of(read: Access | AccessAlert, user: User) -> str:
    """Who read: a name within the own house, else a code that is the same for the same person."""
    if _knows_person(read, user):
        return read.user.name
    return _("reader %(code)s") % {"code": keyed("reader", str(read.user_id))[:SHORT]}


def standing_of(read: Access | AccessAlert) -> str:
    """In which capacity, for which organization."""
    capacity = Capacity(read.capacity).label if read.capacity else ""
    organization = read.office.name if read.office else read.organization.name if read.organization else ""
    return ", ".join(filter(None, [str(capacity), organization]))


def whose(read: Access, user: User) -> dict[str, Any]:
    """The cell with tokens and references, as far as this person may know them, and how many people."""
    count = ngettext("%(number)d worker", "%(number)d workers", read.number) % {"number": read.number}
    if not knows_whose(user):
        return {"text": read.subject or count, "note": count if read.subject else ""}
    if read.subject and not read.persons:
        return {"text": read.subject}
    tokens = ", ".join(read.persons[:NAMED]) + (" …" if len(read.persons) > NAMED else "")
    about = ", ".join(read.cases[:NAMED]) + (" …" if len(read.cases) > NAMED else "")
    return {"text": tokens, "note": " · ".join(filter(None, [about, count if read.number > 1 else ""]))}


def purpose_of(read: Access) -> str:
    """The purpose that was stated; else what reading on this page is for."""
    if read.purpose:
        return str(PURPOSES[read.purpose])
    return {
        What.LIST: _("work list of the office"),
        What.SEARCH: _("search"),
        What.REFUSED: _("none: it was refused"),
        What.TRAIL: _("oversight"),
    }.get(What(read.what), _("work on the case"))


def acknowledged_by(alert: AccessAlert, user: User) -> str:
    """Who saw to an alert: a name within the own house and for overseers, else that it was somebody else."""
    by = alert.acknowledged_by
    if by is None:
        return ""
    ours = user.organization_id in {held.organization_id for held in by.memberships.current()}
    return by.name if ours or user.capacity in OVERSEERS else _("somebody of another organization")


def behind(alert: AccessAlert, user: User) -> dict[str, Any]:
    """The reads on which an alert rests, as far as this person may know of them; at most a page."""
    reads = found(user, reader=alert.user_id).filter(at__gte=alert.first_at, at__lte=alert.last_at)
    if alert.subject and knows_whose(user):
        reads = found(user, about=alert.subject, reader=alert.user_id).filter(
            at__gte=alert.first_at, at__lte=alert.last_at
        )
    return table(reads[:PAGE], user)


def last_seen(person: Person, user: User, *, most: int = 5) -> dict[str, Any]:
    """The last reads of a worker's record one by one, for the page of that worker."""
    reads = found(user, about=person.token).exclude(what=What.LIST)
    return table(reads[:most], user)


def represents(user: User, token: str) -> Person | None:
    """The worker with this token, if the reader's organization stands by them."""
    return Person.objects.visible_to(user).filter(token=token).first()


def on_record(token: str) -> bool:
    """Whether there is such a worker: for overseers, who see no name."""
    with through_the_door():
        return Representation.objects.filter(person__token=token).exists()


def disclosures(user: User, token: str) -> QuerySet[Access]:
    """What was handed out of a worker's record to other houses, the first first (5 U.S.C. 552a(c)(1))."""
    reads = Access.objects.visible_to(user).filter(persons__contains=[token]).elsewhere()
    return reads.select_related("organization", "office").order_by("pk")


def disclosure_rows(reads: Iterable[Access]) -> list[dict[str, Any]]:
    """Date, nature, purpose, and to whom, with the address where one is known (5 U.S.C. 552a(c)(1))."""
    return [
        {
            "at": read.at,
            "nature": str(read.get_what_display()),
            "subject": read.subject,
            "purpose": purpose_of(read),
            "whom": standing_of(read),
            "address": " ".join(read.office.address.split()) if read.office else "",
        }
        for read in reads
    ]

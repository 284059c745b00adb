"""Asking for an export, agreeing to one, and making its file with the rights of that moment."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recordsets.asking import as_the_page
from recordsets.collisions import in_one_piece
from workflows import policies
from workflows.days import rule_day
from workflows.parties import Capacity

from .. import export_announcements, exported_lists, spreadsheets
from ..exported_lists import Wanted
from ..models import Export, Membership, User
from ..models.exports import SUPERVISING
from ..spreadsheets import Sheet

RULE = "exports.limits"
DAY = timedelta(days=1)


class ExportRefused(Exception):
    """Why an export cannot be asked for, agreed to or fetched, in a sentence for whoever tried."""


@dataclass(frozen=True)
class Limits:
    """How many rows one person may export alone, how many anybody, how many files in 24 hours, for how long.

    ``hours_to_fetch`` counts from the asking, and again from the agreement.
    """

    rows_alone: int = 100
    rows_most: int = 5_000
    exports_each_day: int = 10
    hours_to_fetch: int = 72


def limits(*, on: date, jurisdiction: str) -> Limits:
    """The limits of an organization on a day: its own rule, else everybody's."""
    ruled = policies.value(RULE, on=on, jurisdiction=jurisdiction, default={})
    return Limits(**{name: int(ruled[name]) for name in Limits.__dataclass_fields__ if name in ruled})


def limits_of(user: User, *, at: datetime) -> Limits:
    return limits(on=rule_day(at), jurisdiction=user.hat.organization.code)


@in_one_piece
def ask(wanted: Wanted, *, by: User, at: datetime, format: str, purpose: str, text: str = "") -> Export:
    """Put on record that somebody wants a list as a file. Raises ExportRefused.

    Above the limit it waits for a second person, who is told.
    """
    User.objects.select_for_update().get(pk=by.pk)  # so that two askings at once count each other
    allowed, found = limits_of(by, at=at), exported_lists.find_list(by, wanted)
    if found is None:
        raise ExportRefused(_("There is no such list for you."))
    recent = Export.objects.filter(user=by, asked_at__gt=at - DAY).count()
    if recent >= allowed.exports_each_day:
        raise ExportRefused(
            _("You asked for %(number)s exports within 24 hours, and no more are allowed. Try tomorrow.")
            % {"number": recent}
        )
    with as_the_page():
        rows = found.count(by, wanted, at=at)
    _refuse_too_many(rows, allowed)
    export = Export.objects.create(
        user=by, capacity=by.capacity, organization_id=by.hat.organization_id, office_id=by.hat.office_id,
        what=wanted.what, part=wanted.part, whose=wanted.whose, about=wanted.about, format=format,
        purpose=purpose, text=text, rows=rows, needs_second=rows > allowed.rows_alone, asked_at=at,
        expires_at=at + timedelta(hours=allowed.hours_to_fetch),
    )  # fmt: skip
    if export.needs_second:
        export_announcements.asked(export, deciders(export), at=at)
    return export


def _refuse_too_many(rows: int, allowed: Limits) -> None:
    if rows > allowed.rows_most:
        raise ExportRefused(
            _("The list has %(rows)s rows, and at most %(most)s can be exported. Choose a smaller part.")
            % {"rows": rows, "most": allowed.rows_most}
        )


def deciders(export: Export) -> list[User]:
    """Who can agree: those in charge of the organization, or the privacy officer where there are none."""
    held = Membership.objects.current().filter(user__is_active=True).exclude(user_id=export.user_id)
    in_charge = held.filter(capacity__in=SUPERVISING, organization_id=export.organization_id)
    chosen = in_charge if in_charge.exists() else held.filter(capacity=Capacity.PRIVACY_OFFICER)
    return list(User.objects.filter(pk__in=chosen.values("user_id")).order_by("pk"))


def may_decide(export: Export, user: User, *, at: datetime) -> bool:
    """Whether this person can agree to it now, acting in the capacity that they act in."""
    if not export.waits(at=at) or export.user_id in (user.pk, user.acting_for):
        return False
    if user.capacity in SUPERVISING:
        return user.organization_id == export.organization_id
    return user.capacity == Capacity.PRIVACY_OFFICER and user.pk in {each.pk for each in deciders(export)}


@in_one_piece
def decide(export: Export, *, by: User, at: datetime, approve: bool, note: str = "") -> Export:
    """Agree to a large export, or refuse it. Raises ExportRefused."""
    stored = Export.objects.select_for_update().get(pk=export.pk)
    if not may_decide(stored, by, at=at):
        raise ExportRefused(_("This export does not wait for your decision any more. Nothing was changed."))
    stored.fate = Export.Fate.AGREED if approve else Export.Fate.REFUSED
    stored.decided_by, stored.decided_at, stored.note = by, at, note
    if approve:
        hours = limits(on=rule_day(at), jurisdiction=stored.organization.code).hours_to_fetch
        stored.expires_at = at + timedelta(hours=hours)
    stored.save(update_fields=["fate", "decided_by", "decided_at", "note", "expires_at"])
    export_announcements.decided(stored, at=at)
    return stored


@in_one_piece
def fetch(export: Export, *, by: User, at: datetime) -> bytes:
    """Make the file with what the person may see now, and count it. Raises ExportRefused."""
    stored = Export.objects.select_for_update().get(pk=export.pk)
    wanted = Wanted(stored.what, stored.part, stored.whose, stored.about)
    found = exported_lists.find_list(by, wanted) if same_hat(stored, by) else None
    if found is None:
        raise ExportRefused(_("You do not have this list any more. Nothing was exported."))
    if not stored.can_be_fetched(at=at):
        raise ExportRefused(_("This export cannot be fetched now. Ask for it again."))
    allowed = limits_of(by, at=at)
    with as_the_page():  # what leaves is what PostgreSQL, too, lets this person read
        number = found.count(by, wanted, at=at)
    _refuse_too_many(number, allowed)
    if number > max(stored.rows, allowed.rows_alone):
        raise ExportRefused(_("The list has more rows now than when you asked for it. Ask for it again."))
    with as_the_page():
        rows = list(found.rows(by, wanted, at=at, most=number))
    sheet = Sheet(str(found.label), about(stored, len(rows), at=at), found.columns(), rows)
    make = spreadsheets.as_xlsx if stored.format == Export.Format.XLSX else spreadsheets.as_csv
    content = make(sheet)
    Export.objects.filter(pk=stored.pk).update(
        fetched=F("fetched") + 1, rows_fetched=len(rows), fetched_at=at,
        sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    return content


def same_hat(export: Export, user: User) -> bool:
    """Whether somebody acts in the capacity in which they asked: each has lists of its own."""
    asked = (export.user_id, export.capacity, export.organization_id, export.office_id)
    return asked == (user.pk, user.capacity, user.organization_id, user.office_id)


def about(export: Export, rows: int, *, at: datetime) -> list[tuple[str, str]]:
    """What stands above the table: whose file this is, why it was made, and how many rows it has."""
    capacity = Capacity(export.capacity).label
    zone = timezone.get_current_timezone_name()
    return [
        (_("Export"), export.reference),
        (_("Made by"), f"{export.user.name}, {capacity}, {export.office.name}"),
        (_("Made on"), f"{timezone.localtime(at).isoformat(timespec='minutes')} {zone}"),
        (_("Purpose"), " · ".join(filter(None, [str(export.get_purpose_display()), export.text]))),
        (_("Approved by"), export.decided_by.name if export.decided_by else ""),
        (_("Rows"), ngettext("%(rows)s row", "%(rows)s rows", rows) % {"rows": rows}),
        (_("Time zone"), zone),
        (
            _("Keep it safe"),
            _("Delete this file when it has served its purpose."),
        ),
    ]

"""The trail of reads: who saw which worker's record, in which capacity, why, and from where.

5 U.S.C. 552a(c) asks for an accounting of disclosures: date, nature and purpose, and to whom. OWASP ASVS 5.0
V16 asks for a log that nobody can change. No name stands here: people are tokens, cases are references.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.models.daily_head import appended_only
from workflows.parties import Capacity

from ..keys import ring
from .fields import PersonalTextField
from .keys import KeyField
from .people import SUPERVISORS
from .visibility import record_key

if TYPE_CHECKING:
    from .people import User

OVERSEERS = frozenset({Capacity.PRIVACY_OFFICER, Capacity.ADMINISTRATOR})
"""Those who read the whole trail: references and tokens, never a name."""
IN_CHARGE = SUPERVISORS
"""Those who answer for what the people of their own office read."""
READERS = OVERSEERS | IN_CHARGE | {Capacity.REPRESENTATIVE}


class AccessQuerySet(models.QuerySet["Access"]):
    def visible_to(self, user: User) -> Self:
        """The owner what was read of its own records; whoever is in charge what their own office read."""
        if user.capacity in OVERSEERS:
            return self
        if user.is_representative:
            return self.filter(owner_id=user.organization_id)
        if user.capacity in IN_CHARGE:
            return self.filter(office_id=user.office_id)
        return self.none()

    def elsewhere(self) -> Self:
        """What was handed out to people of other houses than the owner: the disclosures."""
        shown = self.exclude(what__in=[Access.What.REFUSED, Access.What.TRAIL])
        return shown.exclude(organization_id=models.F("owner_id"))


class Access(models.Model):
    """One answer that showed somebody records of one owner, or refused them; never changed, never removed.

    ``number`` is how many people the answer was about, ``persons`` their tokens, ``cases`` the references.
    ``subject`` is what the address named: a token, a reference or the key of a paper. ``network`` and
    ``session`` are keyed hashes. ``route`` is the page, with the step where one was named.
    """

    class What(models.TextChoices):
        RECORD = "RECORD", _("Opened")
        LIST = "LIST", _("In a list")
        SEARCH = "SEARCH", _("Found by a search")
        DOCUMENT = "DOCUMENT", _("Letter or paper")
        EXPORT = "EXPORT", _("File or printout")
        REFUSED = "REFUSED", _("Refused")
        TRAIL = "TRAIL", _("Trail of reads")

    user = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=20, blank=True)
    organization = models.ForeignKey("referrals.Organization", models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey("referrals.Office", models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey("referrals.Organization", models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=10, choices=What.choices)
    route = models.CharField(max_length=100)
    subject = models.CharField(max_length=40, blank=True)
    persons = ArrayField(models.CharField(max_length=20), default=list)
    number = models.PositiveIntegerField(default=0)
    cases = ArrayField(models.CharField(max_length=40), default=list)
    purpose = models.CharField(max_length=12, blank=True)
    network = models.CharField(max_length=64, blank=True)
    session = models.CharField(max_length=64, blank=True)
    request_number = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=["owner", "-id"], name="reads_by_owner"),
            models.Index(fields=["user", "-id"], name="reads_by_reader"),
            models.Index(fields=["office", "-id"], name="reads_by_office"),
            GinIndex(fields=["persons"], name="reads_by_worker"),
            GinIndex(fields=["cases"], name="reads_by_case"),
        ]
        triggers = appended_only("reads")

    def __str__(self) -> str:
        return f"{self.what} {self.subject} {self.at:%Y-%m-%d %H:%M}"


class AccessLink(models.Model):
    """The place of a read in the chain of its owner: written a moment after it, so that no reader waits.

    ``chain`` is the owner's key, 0 for what has no owner. ``hash`` covers every column of the read and the
    hash before it.
    """

    access = models.OneToOneField(Access, models.PROTECT, primary_key=True, related_name="link")
    chain = models.BigIntegerField()
    sequence = models.PositiveBigIntegerField()
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="one_read_for_each_number_of_a_chain"),
        ]
        triggers = appended_only("links_of_reads")

    def __str__(self) -> str:
        return f"{self.chain}/{self.sequence}"


class AccessHead(models.Model):
    """Where every chain of reads ended on one day (UTC), chained to the day before and signed.

    ``ends`` maps a chain to its last number and hash. ``signature`` is Ed25519 over ``hash``, as that of the
    daily heads of histories, or empty where no key was set.
    """

    number = models.PositiveIntegerField(primary_key=True)
    day = models.DateField(unique=True)
    taken_at = models.DateTimeField()
    ends = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True)
    key_id = models.CharField(max_length=16, blank=True)
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=128, blank=True)

    class Meta:
        ordering = ("number",)
        triggers = appended_only("heads_of_reads")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class StatedPurpose(models.Model):
    """Why somebody at an ICE field office opens a case: asked before it is shown, for session and case."""

    class Code(models.TextChoices):
        DECIDE = "DECIDE", _("To review and decide what was sent to this field office")
        SECOND = "SECOND", _("To countersign a decision")
        ANSWER = "ANSWER", _("To answer the representative, USCIS or a labor agency")
        CORRECT = "CORRECT", _("To correct a mistake in what this field office did")
        OTHER = "OTHER", _("Something else, which I describe")

    user = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    session = models.CharField(max_length=64)
    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="+")
    code = models.CharField(max_length=12, choices=Code.choices)
    place = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    key = KeyField()
    text = PersonalTextField()
    stated_at = models.DateTimeField()

    sealed_by = "key_id"
    sealed_row = "place"

    class Meta:
        indexes = [models.Index(fields=["session", "-stated_at"], name="purposes_by_session")]
        triggers = appended_only("purposes")

    def __str__(self) -> str:
        return self.code

    def own_key(self, _name: str, _held: ring.Ring) -> uuid.UUID:
        """The key of the worker whose case it is."""
        return record_key(self.case_id)


class WatchedRecord(models.Model):
    """A worker (by token) or a case (by reference) that nobody has a reason to open: a canary.

    One that is watched no longer keeps its row with ``ended_at``.
    """

    mark = models.CharField(max_length=40)
    set_by = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mark"], condition=Q(ended_at__isnull=True), name="a_record_is_watched_once"
            ),
        ]

    def __str__(self) -> str:
        return self.mark


class AccessAlertQuerySet(models.QuerySet["AccessAlert"]):
    def visible_to(self, user: User) -> Self:
        """Overseers all; owners those about their records; whoever is in charge those about their office.

        Nobody sees an alert about themselves, so that nobody puts it aside.
        """
        others = self.exclude(user_id=user.pk)
        if user.capacity in OVERSEERS:
            return others
        if user.is_representative:
            return others.filter(owners__contains=[user.organization_id])
        if user.capacity == Capacity.AGENCY_APPROVER:
            return others.filter(Q(office_id=user.office_id) | Q(owners__contains=[user.organization_id]))
        if user.capacity in IN_CHARGE:
            return others.filter(office_id=user.office_id)
        return self.none()


class AccessAlert(models.Model):
    """Reading that somebody should look at, found by a rule; ``key`` keeps each from being found twice.

    ``number`` is what the rule counted: people read, refusals, or answers at odd hours. ``owners`` are the
    organizations whose records were concerned, ``subject`` the watched token or reference.
    """

    class Rule(models.TextChoices):
        BULK = "BULK", _("Many workers opened within an hour")
        LISTED = "LISTED", _("Very many workers listed within an hour")
        ODD_HOURS = "ODD_HOURS", _("Read at night")
        REFUSALS = "REFUSALS", _("Refused again and again")
        CANARY = "CANARY", _("A watched record was opened")
        GLASS = "GLASS", _("A record was opened in an emergency by somebody whose it is not")

    key = models.CharField(max_length=120, unique=True)
    rule = models.CharField(max_length=10, choices=Rule.choices)
    user = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=20, blank=True)
    organization = models.ForeignKey("referrals.Organization", models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey("referrals.Office", models.PROTECT, null=True, related_name="+")
    owners = ArrayField(models.BigIntegerField(), default=list)
    subject = models.CharField(max_length=40, blank=True)
    number = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    found_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        "referrals.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True)

    objects = AccessAlertQuerySet.as_manager()

    class Meta:
        ordering = ("-found_at", "-pk")
        indexes = [
            models.Index(
                fields=["-found_at"], name="alerts_to_look_at", condition=Q(acknowledged_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.pk}"

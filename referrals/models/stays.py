from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workflows.machines.stay import DECIDED_FOR, StayMachine
from workflows.machines.stay_referral import State, StayReferralMachine
from workflows.models import CaseQuerySet

from ..personal_data import no_personal_data
from ..reads import OfAWorker
from .delegations import Act
from .fields import PersonalTextField
from .people import ICE
from .visibility import or_opened

if TYPE_CHECKING:
    from workflows.machine import Told
    from workflows.parties import Actor

    from .people import User


class StayQuerySet(CaseQuerySet):
    @or_opened
    def visible_to(self, user: User) -> Self:
        """The representative its own; an ICE field office those filed with it."""
        if user.is_representative:
            return self.filter(representative_id=user.organization_id)
        if user.capacity in ICE:
            return self.filter(ice_office_id=user.office_id, filed_at__isnull=False)
        return self.none()


# What a field office decides on: a decision that waits for a countersignature binds these.
DECIDED_ON = (
    "statement_id", "detained", "detained_at", "final_order", "order_on", "reasons", "months_asked",
    "medical", "medical_papers", "conditions", "bond_amount", "removal_at", "consent_withdrawn_at",
)  # fmt: skip


class Stay(OfAWorker, StayMachine):
    """One worker's request for an administrative stay of removal (Form I-246)."""

    class IdentityPapers(models.TextChoices):
        PASSPORT = "A", _("Original passport, valid six months past the period asked")
        COPY = "B", _("Copy of the passport and a birth certificate or other identification")
        APPLIED = "C", _("Proof that a passport was applied for")

    person = models.ForeignKey("referrals.Person", models.PROTECT, related_name="stays")
    representative = models.ForeignKey("referrals.Organization", models.PROTECT, related_name="stays")
    prepared_by = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    statement = models.ForeignKey(
        "referrals.Statement", models.PROTECT, null=True, blank=True, related_name="stays"
    )
    ice_office = models.ForeignKey("referrals.Office", models.PROTECT, related_name="stays")
    detained = models.BooleanField(_("Detained now"), default=False)
    detained_at = PersonalTextField(_("Where detained"))
    final_order = models.BooleanField(_("There is a final order of removal"), default=False)
    order_on = models.DateField(_("Date of the order"), null=True, blank=True)
    reasons = PersonalTextField(_("Why a stay is asked for"))
    months_asked = models.PositiveSmallIntegerField(_("Months asked for"), default=12)
    identity_papers = models.CharField(max_length=1, choices=IdentityPapers.choices, blank=True)
    fee_ready = models.BooleanField(_("The fee is ready"), default=False)
    form_signed = models.BooleanField(_("Form I-246 is signed"), default=False)
    medical = models.BooleanField(_("Medical reasons are given"), default=False)
    medical_papers = models.BooleanField(_("Medical documents are attached"), default=False)
    attorney_phone = models.CharField(max_length=40, blank=True)
    consented_on = models.DateField(null=True, blank=True)
    consent_withdrawn_at = models.DateTimeField(null=True, blank=True)
    conditions = models.TextField(_("Conditions of supervision"), blank=True)
    bond_amount = models.PositiveIntegerField(null=True, blank=True)

    sealed_by = "person.key_id"
    sealed_row = "pk"

    objects = StayQuerySet.as_manager()  # type: ignore[misc]

    def get_absolute_url(self) -> str:
        return reverse("case", kwargs={"reference": self.reference})

    def day_desk_id(self) -> int:
        """Who prepares it, and from the filing on the field office that decides it."""
        return self.ice_desk_id if self.filed_at else self.representative_desk_id

    @classmethod
    def fact_expressions(cls, *, by: Actor, at: datetime) -> Mapping[str, Any]:
        me = cls._default_manager.filter(pk=OuterRef("pk"))
        complete = me.filter(fee_ready=True, form_signed=True).exclude(identity_papers="").exclude(reasons="")
        newer = cls._default_manager.filter(
            person=OuterRef("person_id"), state__in=DECIDED_FOR, decided_at__gt=OuterRef("decided_at")
        )
        return {
            "newer_stay_is_granted": Exists(newer),
            "papers_are_complete": Exists(complete.filter(Q(medical=False) | Q(medical_papers=True))),
            "order_is_final": Exists(me.filter(final_order=True)),
            "worker_consents": Exists(
                me.filter(consented_on__isnull=False, consent_withdrawn_at__isnull=True)
            ),
        }

    def decided_content(self, step: str) -> Mapping[str, Any]:
        letters = self.referrals.order_by("pk").values_list("pk", "state", "ground", "presence_needed")
        return {
            **{name: getattr(self, name) for name in DECIDED_ON},
            "support": [list(letter) for letter in letters],
        }


class StayReferralQuerySet(CaseQuerySet):
    @or_opened
    def visible_to(self, user: User) -> Self:
        """The representative; the agency while the worker consents; the field office once it was sent."""
        if user.is_representative:
            return self.filter(stay__representative_id=user.organization_id)
        if user.is_agency:
            return self.filter(agency_id=user.organization_id, consent_withdrawn_at__isnull=True)
        if user.capacity in ICE:
            return self.filter(stay__ice_office_id=user.office_id, sent_at__isnull=False)
        return self.none()


class StayReferral(OfAWorker, StayReferralMachine):
    """A labor agency's letter in support of one worker's stay, with the worker's signed consent."""

    class Ground(models.TextChoices):
        TESTIMONY = "TESTIMONY", _("Needed to testify (8 USC 1231(c)(2)(A)(ii))")
        NOT_PRACTICABLE = (
            "NOT_PRACTICABLE",
            _("Removal is not practicable or proper (8 USC 1231(c)(2)(A)(i))"),
        )

    stay = models.ForeignKey(Stay, models.PROTECT, related_name="referrals")
    agency = models.ForeignKey("referrals.Organization", models.PROTECT, related_name="stay_referrals")
    matter = models.ForeignKey(
        "referrals.Matter", models.PROTECT, null=True, blank=True, related_name="stay_referrals"
    )
    consent_signed_on = models.DateField()
    consent_withdrawn_at = models.DateTimeField(null=True, blank=True)
    ground = models.CharField(max_length=16, choices=Ground.choices, blank=True)
    presence_needed = models.TextField(blank=True, validators=[no_personal_data])
    months_asked = models.PositiveSmallIntegerField(default=12)
    contact_phone = models.CharField(max_length=40, blank=True)

    told_facts = frozenset({"holds_a_delegation"})
    stands_elsewhere = {
        "representative_id": "stay__representative_id",
        "ice_office_id": "stay__ice_office_id",
    }

    objects = StayReferralQuerySet.as_manager()  # type: ignore[misc]

    def get_absolute_url(self) -> str:
        return reverse("case", kwargs={"reference": self.reference})

    @property
    def representative_id(self) -> int:
        return self.stay.representative_id

    @property
    def ice_office_id(self) -> int:
        return self.stay.ice_office_id

    @property
    def person(self) -> Any:
        return self.stay.person

    @classmethod
    def fact_expressions(cls, *, by: Actor, at: datetime) -> Mapping[str, Any]:
        me = cls._default_manager.filter(pk=OuterRef("pk"))
        return {
            "worker_consents": Exists(me.filter(consent_withdrawn_at__isnull=True)),
            "letter_is_complete": Exists(
                me.exclude(ground="").exclude(presence_needed="").exclude(contact_phone="")
            ),
        }

    def policy_facts(self, *, by: Actor, at: datetime) -> Mapping[str, Told]:
        from .. import signatures

        return {
            "holds_a_delegation": signatures.may_sign(
                self, Act.STAY_SUPPORT, asked=self.state == State.DRAFTED, by=by, at=at
            )
        }

    def decided_content(self, step: str) -> Mapping[str, Any]:
        return {
            "ground": self.ground,
            "presence_needed": self.presence_needed,
            "months_asked": self.months_asked,
            "matter": self.matter_id,
            "consent_withdrawn_at": self.consent_withdrawn_at,
        }

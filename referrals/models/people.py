from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Self

import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from workflows.parties import Capacity

from .organizations import Organization

ADVOCATES = frozenset({Capacity.ORGANIZER, Capacity.REPRESENTATIVE})
AGENCY = frozenset({Capacity.AGENCY_STAFF, Capacity.AGENCY_APPROVER, Capacity.AGENCY_SIGNER})
USCIS = frozenset({Capacity.USCIS_ADJUDICATOR, Capacity.USCIS_SUPERVISOR})
ICE = frozenset({Capacity.ICE_REVIEWER, Capacity.ICE_SUPERVISOR})
SUPERVISORS = frozenset(
    {Capacity.AGENCY_APPROVER, Capacity.USCIS_SUPERVISOR, Capacity.ICE_SUPERVISOR, Capacity.PROGRAMME_OFFICER}
)
"""Those who answer for the people of their organization besides whoever manages its people."""
DHS = USCIS | ICE | {Capacity.DHS_INTAKE, Capacity.PROGRAMME_OFFICER}


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Somebody who signs in. What they may do comes from the capacity they act in."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=5, default="en", choices=[("en", "English"), ("es", "Español")])
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)
    unlocked_at = models.DateTimeField(null=True, blank=True, editable=False)
    warned_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    acting_for: int | None = None
    """The key of the absent person for whom this one acts in the present request; see ``Absence``."""
    desks_stood_in_for: Sequence[int] = ()
    """Desks of the people for whom this one stands in now, where a page has asked for them."""
    people_stood_in_for: Sequence[int] = ()
    """The keys of those people."""
    opened_case: int | None = None
    """The key of the one case of somebody else that this answer may show; see ``Opening``."""

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    @classmethod
    def seats(cls, *, person: Any, desk: Any) -> QuerySet[Membership]:
        """The memberships in which an active person sits at a desk now; both may be outer references."""
        held = Membership.objects.current().filter(user__is_active=True)
        return held.filter(user_id=person, office__desk_id=desk)

    def act_as(self, membership: Membership | None) -> Self:
        self._acting = membership
        return self

    @property
    def capacities(self) -> list[Membership]:
        """The memberships held today, in the order in which they were given."""
        held: list[Membership] | None = getattr(self, "_capacities", None)
        if held is None:
            held = list(self.memberships.current().select_related("organization", "office__desk"))
            self._capacities = held
        return held

    @property
    def acting(self) -> Membership | None:
        """The membership this person acts in now; the first one unless another was chosen."""
        if not hasattr(self, "_acting"):
            self._acting = self.capacities[0] if self.capacities else None
        return self._acting

    @property
    def hat(self) -> Membership:
        """The membership acted in; raises ``PermissionError`` for somebody who holds none."""
        if self.acting is None:
            raise PermissionError("This person acts in no capacity.")
        return self.acting

    @property
    def capacity(self) -> str:
        return self.acting.capacity if self.acting else ""

    @property
    def organization_id(self) -> int | None:
        return self.acting.organization_id if self.acting else None

    @property
    def office_id(self) -> int | None:
        return self.acting.office_id if self.acting else None

    @property
    def is_agency(self) -> bool:
        return self.capacity in AGENCY

    @property
    def is_advocate(self) -> bool:
        return self.capacity in ADVOCATES

    @property
    def is_representative(self) -> bool:
        return self.capacity == Capacity.REPRESENTATIVE

    @property
    def is_dhs(self) -> bool:
        return self.capacity in DHS

    @property
    def manages_people(self) -> bool:
        """Whether this person invites people into the organization they act for."""
        return bool(self.acting and self.acting.manages)

    @property
    def answers_for_people(self) -> bool:
        """Whether they look through who may act for it: whoever manages its people, or supervises them."""
        return self.manages_people or self.capacity in SUPERVISORS


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: User) -> Self:
        """Those in organizations whose people somebody may look through."""
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def current(self, on: date | None = None) -> Self:
        """Held on a day; without a day, those without an end."""
        if on is None:
            return self.filter(ended_on__isnull=True)
        return self.filter(models.Q(ended_on__isnull=True) | models.Q(ended_on__gte=on))


class Membership(models.Model):
    """One hat: a person in a capacity for an organization, at an office.

    ``manages``: this person also manages who belongs to the organization. ``suspended_at`` is set on one that
    ended because nobody reviewed it; it begins again when a reviewer keeps it.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organization = models.ForeignKey("referrals.Organization", models.PROTECT, related_name="memberships")
    office = models.ForeignKey("referrals.Office", models.PROTECT, related_name="memberships")
    capacity = models.CharField(
        max_length=20, choices=[each for each in Capacity.choices if each[0] != "SYSTEM"]
    )
    title = models.CharField(max_length=200, blank=True)
    manages = models.BooleanField(default=False)
    since_on = models.DateField(auto_now_add=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_because = models.TextField(blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["user", "office", "capacity"],
                condition=models.Q(ended_on__isnull=True),
                name="one_hat_of_a_kind_for_each_person_and_office",
            ),
            models.CheckConstraint(
                condition=models.Q(suspended_at__isnull=True) | models.Q(ended_on__isnull=False),
                name="what_is_suspended_is_not_held",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="nobody_holds_more_than_their_organization_may",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__ended_on__isnull=True),
                declare=[("most", "integer"), ("allowed", "varchar[]")],
                func="""
                    SELECT most_people, capacities INTO most, allowed
                    FROM referrals_organization WHERE id = NEW.organization_id FOR NO KEY UPDATE;
                    IF cardinality(allowed) > 0 AND NEW.capacity <> ALL (allowed) THEN
                        RAISE EXCEPTION 'the organization may not hold this capacity'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF most IS NOT NULL AND most < (
                        SELECT count(DISTINCT user_id) FROM (
                            SELECT user_id FROM referrals_membership
                            WHERE organization_id = NEW.organization_id AND ended_on IS NULL
                            UNION SELECT NEW.user_id
                        ) AS held
                    ) THEN
                        RAISE EXCEPTION 'the organization has as many people as it may have'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.label}"

    @property
    def label(self) -> str:
        return str(
            _("%(capacity)s, %(office)s")
            % {"capacity": self.get_capacity_display(), "office": self.office.name}
        )

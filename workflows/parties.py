"""Who may take a step: capacities, and the parties that machines name.

A person acts in one capacity for one organization at a time. The engine sees
an :class:`Actor`, nothing else about the person.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from django.db import models
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

Text: TypeAlias = str | Promise


class Capacity(models.TextChoices):
    """The hats people wear: one at a time, for one organization."""

    ORGANIZER = "ORGANIZER", _("Organizer")
    REPRESENTATIVE = "REPRESENTATIVE", _("Representative")
    AGENCY_STAFF = "AGENCY_STAFF", _("Labor-agency staff")
    AGENCY_APPROVER = "AGENCY_APPROVER", _("Labor-agency approver")
    AGENCY_SIGNER = "AGENCY_SIGNER", _("Labor-agency signing official")
    DHS_INTAKE = "DHS_INTAKE", _("DHS intake")
    USCIS_ADJUDICATOR = "USCIS_ADJUDICATOR", _("USCIS adjudicator")
    USCIS_SUPERVISOR = "USCIS_SUPERVISOR", _("USCIS supervisor")
    ICE_REVIEWER = "ICE_REVIEWER", _("ICE reviewer")
    ICE_SUPERVISOR = "ICE_SUPERVISOR", _("ICE supervisor")
    PROGRAMME_OFFICER = "PROGRAMME_OFFICER", _("DHS programme officer")
    ADMINISTRATOR = "ADMINISTRATOR", _("System administrator")
    PRIVACY_OFFICER = "PRIVACY_OFFICER", _("Privacy officer")
    SYSTEM = "SYSTEM", _("The system")


class Actor(Protocol):
    """What the door needs to know of a person: no name, no address."""

    @property
    def pk(self) -> Any: ...
    @property
    def capacity(self) -> str: ...
    @property
    def organization_id(self) -> int | None: ...
    @property
    def office_id(self) -> int | None: ...


@dataclass(frozen=True)
class SystemActor:
    """The clock on the wall: takes the steps that timers declare."""

    pk: None = None
    capacity: str = Capacity.SYSTEM
    organization_id: None = None
    office_id: None = None


SYSTEM = SystemActor()


@dataclass(frozen=True)
class Acting:
    """What parties look at in a person, looked up once for all that a page asks them."""

    pk: Any
    capacity: str
    organization_id: int | None
    office_id: int | None

    @classmethod
    def of(cls, by: Actor) -> Acting:
        return cls(by.pk, by.capacity, by.organization_id, by.office_id)


@dataclass(frozen=True)
class Party:
    """A noun that says whose step it is; callable as a django-fsm permission.

    ``owns`` names the record's attribute that must equal the actor's
    organization, ``office`` the one that must equal the actor's office.
    """

    label: Text
    capacities: frozenset[str]
    owns: str = ""
    office: str = ""

    def __call__(self, record: Any, actor: Actor) -> bool:
        if actor.capacity not in self.capacities:
            return False
        if self.owns and getattr(record, self.owns) != actor.organization_id:
            return False
        return not self.office or getattr(record, self.office) == actor.office_id

    @property
    def reads(self) -> frozenset[str]:
        """The attributes of a record on which the answer depends."""
        return frozenset({self.owns, self.office} - {""})

    def __or__(self, other: Party) -> EitherParty:
        return EitherParty((self, other))


def _labels(parties: tuple[Party, ...]) -> str:
    return " / ".join(str(party.label) for party in parties)


_either = lazy(_labels, str)


@dataclass(frozen=True)
class EitherParty:
    """A step that any of several parties may take, or countersign."""

    parties: tuple[Party, ...]

    @property
    def label(self) -> Text:
        return _either(self.parties)

    @property
    def capacities(self) -> frozenset[str]:
        return frozenset[str]().union(*(party.capacities for party in self.parties))

    @property
    def reads(self) -> frozenset[str]:
        return frozenset[str]().union(*(party.reads for party in self.parties))

    def __call__(self, record: Any, actor: Actor) -> bool:
        return any(party(record, actor) for party in self.parties)

    def __or__(self, other: Party) -> EitherParty:
        return EitherParty((*self.parties, other))


def _party(label: Text, capacities: Collection[str], *, owns: str = "", office: str = "") -> Party:
    return Party(label, frozenset(capacities), owns=owns, office=office)


requester = _party(
    _("the organization that asked"), [Capacity.ORGANIZER, Capacity.REPRESENTATIVE], owns="requester_id"
)
representative = _party(_("the worker's representative"), [Capacity.REPRESENTATIVE], owns="representative_id")
agency_staff = _party(
    _("staff of the labor agency"), [Capacity.AGENCY_STAFF, Capacity.AGENCY_APPROVER], owns="agency_id"
)
agency_approver = _party(
    _("an approver of the labor agency"), [Capacity.AGENCY_APPROVER, Capacity.AGENCY_SIGNER], owns="agency_id"
)
signing_official = _party(
    _("a signing official of the labor agency"),
    [Capacity.AGENCY_SIGNER, Capacity.AGENCY_APPROVER],
    owns="agency_id",
)
"""Whether they may sign this letter on this day is decided by their delegation."""
dhs_intake = _party(_("DHS intake"), [Capacity.DHS_INTAKE])
uscis_adjudicator = _party(_("a USCIS adjudicator"), [Capacity.USCIS_ADJUDICATOR, Capacity.USCIS_SUPERVISOR])
uscis_supervisor = _party(_("a USCIS supervisor"), [Capacity.USCIS_SUPERVISOR])
ice_reviewer = _party(
    _("the ICE reviewer of this field office"),
    [Capacity.ICE_REVIEWER, Capacity.ICE_SUPERVISOR],
    office="ice_office_id",
)
ice_supervisor = _party(
    _("an ICE supervisor of this field office"), [Capacity.ICE_SUPERVISOR], office="ice_office_id"
)
programme_officer = _party(_("a DHS programme officer"), [Capacity.PROGRAMME_OFFICER])
the_clock = _party(_("the system, when time is up"), [Capacity.SYSTEM])

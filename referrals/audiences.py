"""Groups of people around a case, each found by the desks that the case itself names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.machines.worker_request import State as RequestState
from workflows.parties import Capacity

from .models import Membership, User
from .models.onboarding import ADMIT
from .models.people import ADVOCATES, ICE, SUPERVISORS
from .models.trails import IN_CHARGE
from .remembering import once


def _itself(record: Any) -> Any:
    return record


@dataclass(frozen=True)
class Audience:
    """A named group: its key in effect keys, its label in previews, how to find it.

    ``speaks_of`` is the record that its messages are about and lead to, where the group may not see the
    record on which something happened. ``by`` names all that it asks of a record, as lookups; a kind may lack
    some of them. Records of a kind that agree in these have the same people. Empty: each record has its own.
    ``counts_workers``: how many they are says something about how many workers there are.
    """

    key: str
    label: Promise
    find: Callable[[Any], list[User]]
    speaks_of: Callable[[Any], Any] = _itself
    by: tuple[str, ...] = ()
    counts_workers: bool = False

    def people(self, record: Any) -> list[User]:
        return self.find(record)


def at_desks(desks: Iterable[int | None], capacities: Collection[str]) -> list[User]:
    """Active people with one of these capacities at one of these desks."""
    places = frozenset(desk for desk in desks if desk is not None)
    held = frozenset(capacities)

    def find() -> list[User]:
        return list(
            User.objects.filter(
                is_active=True,
                memberships__ended_on__isnull=True,
                memberships__capacity__in=held,
                memberships__office__desk_id__in=places,
            ).distinct()
        )

    return list(once(("at desks", places, held), find)) if places else []


def _desk(record: Any, holder: str) -> int | None:
    desk: int | None = getattr(record, f"{holder}_desk_id", None)
    return desk


WITHOUT_CASES = (Capacity.SYSTEM, Capacity.ADMINISTRATOR, Capacity.PRIVACY_OFFICER)
STAFF = [Capacity.AGENCY_STAFF]
APPROVERS = [Capacity.AGENCY_APPROVER, Capacity.AGENCY_SIGNER]


def _requesters(record: Any) -> list[User]:
    return at_desks([_desk(record, "requester")], ADVOCATES)


def _statement_requesters(record: Any) -> list[User]:
    request = record.soi_request
    return at_desks([request.requester_desk_id], ADVOCATES) if request else []


def _representatives(record: Any) -> list[User]:
    desk = _desk(record, "representative")
    if desk is None and hasattr(record, "stay"):
        desk = record.stay.representative_desk_id
    return at_desks([desk], [Capacity.REPRESENTATIVE])


def _dependants(record: Any) -> list[User]:
    open_requests = record.worker_requests.filter(closed_at__isnull=True)
    desks = set(open_requests.values_list("representative_desk_id", flat=True))
    return at_desks(desks, [Capacity.REPRESENTATIVE])


def _ice(record: Any) -> list[User]:
    return at_desks([_desk(record, "ice")], ICE)


def _reviewing_desk(record: Any) -> int | None:
    if getattr(record, "track", "") == "ICE":
        return _desk(record, "ice")
    for holder in ("decider", "uscis", "ice", "intake"):
        if _desk(record, holder) is not None:
            return _desk(record, holder)
    return None


def _reviewers(record: Any) -> list[User]:
    early = [RequestState.FILED, RequestState.RECEIVED, RequestState.COMPLETENESS_CHECK]
    if record.state in early:
        return at_desks([_desk(record, "intake")], [Capacity.DHS_INTAKE])
    return at_desks([_reviewing_desk(record)], [Capacity.USCIS_ADJUDICATOR, Capacity.ICE_REVIEWER])


def _supervisors(record: Any) -> list[User]:
    agency = _desk(record, "agency")
    if agency is not None and record.desk_id == agency:
        return at_desks([agency], APPROVERS)
    desk = _reviewing_desk(record) if _reviewing_desk(record) is not None else agency
    supervising = [Capacity.USCIS_SUPERVISOR, Capacity.ICE_SUPERVISOR]
    return at_desks([desk], supervising) or at_desks([agency], APPROVERS)


def _holders(record: Any) -> list[User]:
    if record.desk_id is not None and record.desk_id == _desk(record, "representative"):
        return _representatives(record)
    everyone = [each for each in Capacity.values if each not in WITHOUT_CASES]
    return at_desks([record.desk_id], everyone)


def _assignee(record: Any) -> list[User]:
    key = record.assignee_id

    def find() -> list[User]:
        return list(User.objects.filter(pk=key, is_active=True))

    return list(once(("assignee", key), find)) if key else []


def _trail_readers(alert: Any) -> list[User]:
    """Privacy officers, representatives of the owners, and who is in charge of the reader's own office."""
    hats = Membership.objects.current().filter(
        Q(capacity=Capacity.PRIVACY_OFFICER)
        | Q(capacity=Capacity.REPRESENTATIVE, organization_id__in=alert.owners)
        | Q(capacity=Capacity.AGENCY_APPROVER, organization_id__in=alert.owners)
        | Q(capacity__in=IN_CHARGE, office_id=alert.office_id)
    )
    people = User.objects.filter(is_active=True, pk__in=hats.values("user_id")).exclude(pk=alert.user_id)
    return list(people.order_by("pk"))


def _holding(wanted: Q) -> list[User]:
    hats = Membership.objects.current().filter(wanted)
    return list(User.objects.filter(is_active=True, pk__in=hats.values("user_id")).order_by("pk"))


def _admitters(admission: Any) -> list[User]:
    return [each for each in _holding(Q(capacity__in=ADMIT)) if each.pk != admission.proposed_by_id]


def _reviewers_of_people(review: Any) -> list[User]:
    """Who answers for an organization's people; where nobody does, the system's administrators."""
    own = Q(organization_id=review.organization_id)
    return _holding(own & (Q(manages=True) | Q(capacity__in=SUPERVISORS))) or _holding(
        Q(capacity=Capacity.ADMINISTRATOR)
    )


def _and_privacy(review: Any) -> list[User]:
    people = [*_reviewers_of_people(review), *_holding(Q(capacity=Capacity.PRIVACY_OFFICER))]
    return list({each.pk: each for each in people}.values())


def _owners_of_records(step: Any) -> list[User]:
    """Representatives and approvers of the organizations that a notice is for."""
    answering = (Capacity.REPRESENTATIVE, Capacity.AGENCY_APPROVER)
    return _holding(Q(organization_id__in=step.owners, capacity__in=answering))


def _concerned_by_a_file(document: Any) -> list[User]:
    """Who brought it, who manages the people of their organizations or supervises them, privacy officers."""
    houses = Membership.objects.current().filter(user_id=document.made_by_id).values("organization_id")
    above = Q(organization_id__in=houses) & (Q(manages=True) | Q(capacity__in=SUPERVISORS))
    wanted = above | Q(capacity=Capacity.PRIVACY_OFFICER) | Q(user_id=document.made_by_id)
    return _holding(wanted)


REPRESENTATIVE = ("representative_desk_id", "stay__representative_desk_id")
REVIEWING = ("track", "decider_desk_id", "uscis_desk_id", "ice_desk_id", "intake_desk_id")

requester = Audience("requester", _("The organization that asked"), _requesters, by=("requester_desk_id",))
statement_requester = Audience(
    "statement_requester",
    _("The organization that asked"),
    _statement_requesters,
    by=("soi_request__requester_desk_id",),
)
agency_staff = Audience(
    "agency_staff",
    _("Staff of the labor agency"),
    lambda r: at_desks([_desk(r, "agency")], STAFF),
    by=("agency_desk_id",),
)
agency_approvers = Audience(
    "agency_approvers",
    _("Approvers of the labor agency"),
    lambda r: at_desks([_desk(r, "agency")], APPROVERS),
    by=("agency_desk_id",),
)
agency_counted = Audience(
    "agency_counted",
    _("The labor agency (no names)"),
    lambda r: at_desks([_desk(r, "agency")], [*STAFF, *APPROVERS]),
    speaks_of=lambda r: r.grant.worker_request.statement,
)
intake = Audience("intake", _("DHS intake"), lambda r: at_desks([_desk(r, "intake")], [Capacity.DHS_INTAKE]))
uscis = Audience(
    "uscis", _("USCIS adjudicators"), lambda r: at_desks([_desk(r, "uscis")], [Capacity.USCIS_ADJUDICATOR])
)
ice = Audience("ice", _("The ICE field office"), _ice)
reviewers = Audience("reviewers", _("The office that reviews"), _reviewers, by=("state", *REVIEWING))
supervisors = Audience(
    "supervisors",
    _("Supervisors of the office whose turn it is"),
    _supervisors,
    by=("desk_id", "agency_desk_id", *REVIEWING),
)
representatives = Audience(
    "representatives", _("The worker's representative"), _representatives, by=REPRESENTATIVE
)
dependants = Audience(
    "dependants",
    _("Representatives with requests that depend on it"),
    _dependants,
    counts_workers=True,
)
holders = Audience("holders", _("The desk whose turn it is"), _holders, by=("desk_id", *REPRESENTATIVE))

trail_readers = Audience("trail_readers", _("The privacy officer and those in charge"), _trail_readers)
admitters = Audience("admitters", _("Who decides about organizations"), _admitters)
proposer = Audience("proposer", _("Who proposed it"), lambda admission: [admission.proposed_by])
reviewers_of_people = Audience(
    "reviewers_of_people", _("Who answers for the people of an organization"), _reviewers_of_people
)
reviewers_of_people_and_privacy = Audience(
    "reviewers_of_people_and_privacy",
    _("Who answers for the people of an organization, and the privacy officer"),
    _and_privacy,
)
owners_of_records = Audience(
    "owners_of_records", _("Who answers for the records that were read"), _owners_of_records
)
concerned_by_a_file = Audience(
    "concerned_by_a_file",
    _("Who brought the file, who answers for them, and the privacy officer"),
    _concerned_by_a_file,
)
assignee = Audience("assignee", _("The colleague who has the case in hand"), _assignee, by=("assignee_id",))


def by_language(people: Iterable[User]) -> dict[str, list[User]]:
    """The same people, grouped by the language they read."""
    grouped: dict[str, list[User]] = defaultdict(list)
    for person in people:
        grouped[person.language].append(person)
    return grouped

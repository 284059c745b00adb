"""The people and offices of the demo world. Agencies are real in name only; nobody here exists."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workflows.parties import Capacity

if TYPE_CHECKING:
    from ..models import Membership, Office, Organization, User

PASSWORD = "try-it-out-2026"  # noqa: S105 (printed by the demo, never used elsewhere)


@dataclass(frozen=True)
class SignIn:
    """One sign-in that the demo prints: who, with which e-mail and password, and what to look at."""

    who: str
    email: str
    password: str
    what: str


@dataclass(frozen=True)
class Role:
    key: str
    name: str
    office: str
    capacity: str
    what: str = ""
    title: str = ""
    language: str = "en"
    manages: bool = False


ORGANIZATIONS = [
    # code, name, kind, level, state, time zone, authority
    ("NLRB", "National Labor Relations Board", "AGENCY", "FEDERAL", "", "America/Phoenix",
     "National Labor Relations Act, 29 U.S.C. 151-169"),
    ("NYSDOL", "New York State Department of Labor", "AGENCY", "STATE", "NY", "America/New_York",
     "New York Labor Law, articles 5, 6 and 19"),
    ("DOL", "U.S. Department of Labor, Wage and Hour Division", "AGENCY", "FEDERAL", "", "America/New_York",
     "Fair Labor Standards Act, 29 U.S.C. 201 and following"),
    ("DHS", "Department of Homeland Security", "DHS", "FEDERAL", "", "America/New_York", ""),
    ("desert-legal-aid", "Desert Legal Aid (fictional)", "ADVOCATE", "", "AZ", "America/Phoenix", ""),
    ("river-workers-center", "River Workers' Center (fictional)", "ADVOCATE", "", "NY", "America/New_York",
     ""),
    ("platform", "Operator of this system", "PLATFORM", "", "", "America/New_York", ""),
]  # fmt: skip

OFFICES = [
    # key, organization, name, field office
    ("nlrb-region-28", "NLRB", "NLRB Region 28, Phoenix", False),
    ("nysdol-wpu", "NYSDOL", "NYSDOL Worker Protection Unit, Albany", False),
    ("dol-whd-phoenix", "DOL", "Wage and Hour, Phoenix district", False),
    ("dhs-intake", "DHS", "USCIS centralized intake", False),
    ("uscis-adjudication", "DHS", "USCIS deferred action unit", False),
    ("ice-phoenix", "DHS", "ICE field office, Phoenix", True),
    ("ice-new-york", "DHS", "ICE field office, New York", True),
    ("dhs-programme", "DHS", "DHS programme office", False),
    ("desert-legal-aid", "desert-legal-aid", "Desert Legal Aid, Mesa", False),
    ("river-workers-center", "river-workers-center", "River Workers' Center, Kingston", False),
    ("platform", "platform", "Operations", False),
]

ELSEWHERE = {"dol-whd-phoenix": "America/Phoenix", "ice-phoenix": "America/Phoenix"}
"""The time zones of offices that are not in the zone of their organization's seat."""

ROLES = [
    Role("organizer", "Ana Organizer", "desert-legal-aid", Capacity.ORGANIZER,
         "asks agencies for statements; sees no worker's file", "Organizer", "es"),
    Role("representative", "Rosa Representative", "desert-legal-aid", Capacity.REPRESENTATIVE,
         "asks for statements, carries workers' requests, stays and renewals", "Attorney", manages=True),
    Role("river", "Rita Rivers", "river-workers-center", Capacity.REPRESENTATIVE,
         title="Accredited representative", manages=True),
    Role("investigator", "Ian Investigator", "nlrb-region-28", Capacity.AGENCY_STAFF,
         "acknowledges and assesses requests, drafts statements", "Immigration coordinator"),
    Role("approver", "Alma Approver", "nlrb-region-28", Capacity.AGENCY_APPROVER,
         "decides requests, approves statements, withdraws them", "Regional attorney", manages=True),
    Role("second_approver", "Abel Approver", "nlrb-region-28", Capacity.AGENCY_APPROVER,
         title="Deputy regional attorney"),
    Role("signer", "Sol Signer", "nlrb-region-28", Capacity.AGENCY_SIGNER,
         "signs statements under a delegation", "Regional director"),
    Role("ny_investigator", "Nora Newyork", "nysdol-wpu", Capacity.AGENCY_STAFF, title="Investigator"),
    Role("ny_approver", "Nils Newyork", "nysdol-wpu", Capacity.AGENCY_APPROVER, title="Counsel",
         manages=True),
    Role("ny_signer", "Nadia Newyork", "nysdol-wpu", Capacity.AGENCY_SIGNER, title="Director"),
    Role("whd_investigator", "Will Wagehour", "dol-whd-phoenix", Capacity.AGENCY_STAFF, title="Investigator"),
    Role("intake", "Ines Intake", "dhs-intake", Capacity.DHS_INTAKE,
         "receives statements and requests, checks and routes them", "Intake officer"),
    Role("adjudicator", "Ada Adjudicator", "uscis-adjudication", Capacity.USCIS_ADJUDICATOR,
         "reviews requests, asks for evidence, decides; decides work permits", "Adjudications officer"),
    Role("supervisor", "Sam Supervisor", "uscis-adjudication", Capacity.USCIS_SUPERVISOR,
         "countersigns denials and terminations at USCIS", "Supervisory officer"),
    Role("ice_reviewer", "Ivo Reviewer", "ice-phoenix", Capacity.ICE_REVIEWER,
         "reviews what was forwarded to the Phoenix field office, and stays", "Labor liaison officer"),
    Role("ice_supervisor", "Iris Supervisor", "ice-phoenix", Capacity.ICE_SUPERVISOR,
         "countersigns decisions of the field office", "Assistant field office director"),
    Role("ny_ice_reviewer", "Igor Newyork", "ice-new-york", Capacity.ICE_REVIEWER,
         title="Labor liaison officer"),
    Role("officer", "Pia Programme", "dhs-programme", Capacity.PROGRAMME_OFFICER,
         "records overrides while the programme is closed; holds and releases", "Programme officer",
         manages=True),
    Role("administrator", "Adam Administrator", "platform", Capacity.ADMINISTRATOR,
         "sees rules, clocks and health; no casework", "System administrator"),
    Role("privacy_officer", "Paz Privacy", "platform", Capacity.PRIVACY_OFFICER,
         "sees who read whose record, what is due to be destroyed, holds; no casework", "Privacy officer"),
]  # fmt: skip


def email_of(role: Role) -> str:
    return f"{role.key.replace('_', '-')}@example.org"


SIGN_INS = [
    SignIn(f"{role.name}, {Capacity(role.capacity).label}", email_of(role), PASSWORD, role.what)
    for role in ROLES
    if role.what
]


@dataclass
class Cast:
    """The stored world, by key."""

    organizations: dict[str, Organization] = field(default_factory=dict)
    offices: dict[str, Office] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, key: str) -> User:
        try:
            return self.__dict__["people"][key]
        except KeyError:
            raise AttributeError(key) from None


def gather(*, password: str = PASSWORD) -> Cast:
    """Store the world's organizations, offices and people once; running it again finds them."""
    from . import factors

    cast = Cast()
    cast.organizations = _organizations()
    cast.offices = _offices(cast.organizations)
    cast.people = _people(password)
    factors.give(cast.people.values())
    memberships = _memberships(cast)
    everybody = list(memberships.values())
    for keys, acts in (
        (("signer", "ny_signer"), ["STATEMENT", "STAY_SUPPORT"]),
        (("approver", "second_approver", "ny_approver"), ["STAY_SUPPORT"]),
    ):
        _delegate([memberships[cast.people[key].pk] for key in keys], acts=acts, known_to=everybody)
    return cast


def _stored(model: type[Any], key: str, wanted: dict[str, Any], *related: str) -> dict[str, Any]:
    """The wanted records by a unique column: those that are there as they are, the others new."""
    known = {
        getattr(each, key): each
        for each in model.objects.filter(**{f"{key}__in": wanted}).select_related(*related)
    }
    fresh = [made for name, made in wanted.items() if name not in known]
    model.objects.bulk_create(fresh)
    return known | {getattr(made, key): made for made in fresh}


def _organizations() -> dict[str, Organization]:
    from ..models import Organization

    wanted = {
        code: Organization(code=code, name=name, kind=kind, level=level, state=state, authority=authority)
        for code, name, kind, level, state, _zone, authority in ORGANIZATIONS
    }
    return _stored(Organization, "code", wanted)


def _offices(organizations: dict[str, Organization]) -> dict[str, Office]:
    from workflows.models import Desk

    from ..models import Office

    seats = {code: zone for code, _name, _kind, _level, _state, zone, _authority in ORGANIZATIONS}
    owners = {key: organizations[code] for key, code, _name, _field in OFFICES}
    desks = _stored(
        Desk,
        "key",
        {
            key: Desk(key=key, name=name, time_zone=ELSEWHERE.get(key, seats[code]), jurisdiction=code)
            for key, code, name, _field in OFFICES
        },
    )
    wanted = {
        desks[key].pk: Office(
            desk=desks[key], organization=owners[key], name=name, field_office=field_office,
            address="100 Example Street\nAnytown, USA", phone="555-0100", email=f"{key}@example.org",
        )
        for key, _code, name, field_office in OFFICES
    }  # fmt: skip
    found = _stored(Office, "desk_id", wanted, "desk", "organization")
    return {key: found[desks[key].pk] for key in desks}


def _people(password: str) -> dict[str, User]:
    from django.contrib.auth.hashers import make_password

    from ..models import User

    emails = [email_of(role) for role in ROLES]
    hashed = "" if User.objects.filter(email__in=emails).count() == len(emails) else make_password(password)
    wanted = {
        email_of(role): User(email=email_of(role), password=hashed, name=role.name, language=role.language)
        for role in ROLES
    }
    found = _stored(User, "email", wanted)
    return {role.key: found[email_of(role)] for role in ROLES}


def _memberships(cast: Cast) -> dict[int, Membership]:
    """What each person is, by the person."""
    from ..models import Membership

    known = {
        each.user_id: each
        for each in Membership.objects.filter(user__in=cast.people.values()).order_by("-pk")
    }
    fresh = [
        Membership(
            user=cast.people[role.key], office=office, organization=office.organization,
            capacity=role.capacity, title=role.title, manages=role.manages,
        )
        for role in ROLES
        for office in [cast.offices[role.office]]
        if cast.people[role.key].pk not in known
    ]  # fmt: skip
    Membership.objects.bulk_create(fresh)
    return known | {made.user_id: made for made in fresh}


def _delegate(officials: list[Membership], *, acts: list[str], known_to: list[Membership]) -> None:
    """Each of them may sign these letters for the agency; two colleagues recorded and confirmed it."""
    from ..models import Delegation

    began = datetime(2022, 1, 1, 12, tzinfo=UTC)
    colleagues: dict[int, list[int]] = {}
    for each in known_to:
        colleagues.setdefault(each.organization_id, []).append(each.user_id)

    known = set(
        Delegation.objects.filter(official__in=[each.user_id for each in officials]).values_list(
            "agency_id", "official_id"
        )
    )
    Delegation.objects.bulk_create(
        Delegation(
            agency_id=each.organization_id,
            official_id=each.user_id,
            title=each.title,
            authority="Delegation order 2022-1 (fictional)",
            acts=acts,
            starts_on=began.date(),
            recorded_by_id=others[0],
            recorded_at=began,
            confirmed_by_id=others[1],
            confirmed_at=began,
        )
        for each in officials
        for others in [[pk for pk in colleagues[each.organization_id] if pk != each.user_id]]
        if (each.organization_id, each.user_id) not in known
    )

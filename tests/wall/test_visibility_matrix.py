"""Who may see what: one line for each kind of record, tried on every way in by every kind of person.

The table is the visibility matrix of the practice notes, spelled out by hand. Whoever
is not listed finds nothing, everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from referrals.finding import search
from referrals.models import (
    Assessment,
    Delegation,
    Document,
    Matter,
    Person,
    ProgrammeOverride,
    find_visible,
    visible_cases,
)
from tests.cases import OPEN_WORLD
from tests.wall.people import (
    ADMINISTRATOR,
    AGENCY,
    ANONYMOUS,
    DHS,
    EVERYBODY,
    ICE_NEW_YORK,
    ICE_PHOENIX,
    INTAKE,
    NOBODY,
    OTHER_AGENCY,
    OTHER_ORGANIZATION,
    OWN,
    OWN_ORGANIZER,
    PRIVACY,
    PROGRAMME,
    SIGNED_IN,
    THIRD_AGENCY,
    USCIS,
)
from tests.wall.world import World
from workflows.machine import steps_of
from workflows.models import Absence, Case, Kind

MAY_SEE = {
    "request for a statement": OWN | OWN_ORGANIZER | AGENCY,
    "request for a statement, draft": OWN | OWN_ORGANIZER,
    "request to another agency": OTHER_ORGANIZATION | OTHER_AGENCY,
    "statement in force": OWN | OWN_ORGANIZER | AGENCY | DHS,
    "statement of another agency": OTHER_ORGANIZATION | OTHER_AGENCY | DHS,
    "statement in approval": AGENCY,
    "statement sent to DHS": OWN | OWN_ORGANIZER | AGENCY | DHS,
    "worker's request, being prepared": OWN,
    "worker's request, at intake": OWN | INTAKE,
    "worker's request, at USCIS": OWN | INTAKE | USCIS,
    "worker's request, at ICE": OWN | INTAKE | ICE_PHOENIX,
    "worker's request, granted by ICE": OWN | INTAKE | USCIS | ICE_PHOENIX,
    "worker's request of another organization": OTHER_ORGANIZATION | INTAKE | ICE_NEW_YORK,
    "grant": OWN | USCIS,
    "grant by ICE": OWN | USCIS | ICE_PHOENIX,
    "work permit": OWN | INTAKE | USCIS,
    # USCIS decides every permit and checks its fee as soon as it is filed, whoever decides the request.
    "work permit of a request at ICE": OWN | INTAKE | USCIS,
    "work permit, not filed": OWN,
    "stay": OWN | ICE_PHOENIX,
    "agency's stay referral": OWN | AGENCY,
    "renewal": OWN,
}  # fmt: skip
NO_SUCH_METHOD = 405
PAGES = ("case", "case_history", "case_assignment", "timeline")
WITHOUT_A_WORKER = {Kind.SOI_REQUEST, Kind.STATEMENT}


def test_the_table_has_a_line_for_every_kind_of_case(world: World) -> None:
    assert set(MAY_SEE) == set(world.keys)
    assert {world.record(data).kind for data in MAY_SEE} == set(Case.objects.values_list("kind", flat=True))


@pytest.mark.parametrize("who", sorted(SIGNED_IN))
@pytest.mark.parametrize("data", MAY_SEE)
def test_records_are_found_only_by_those_listed(world: World, data: str, who: str) -> None:
    record, person, may = world.record(data), world.cast.people[who], who in MAY_SEE[data]
    assert world.model(data).objects.visible_to(person).filter(pk=record.pk).exists() is may
    assert visible_cases(person).filter(pk=record.pk).exists() is may
    assert (record.reference in {case.reference for case in search(person, record.reference).cases}) is may
    if may:
        assert find_visible(person, record.reference) == record
    else:
        with pytest.raises(Case.DoesNotExist):
            find_visible(person, record.reference)


@pytest.mark.parametrize("who", sorted(SIGNED_IN))
def test_pages_open_only_for_those_listed(world: World, signed_in: Callable[[str], Client], who: str) -> None:
    browser = signed_in(who)
    wrong = []
    for data, listed in MAY_SEE.items():
        record = world.record(data)
        for page in PAGES:
            expected = 200 if who in listed else 404
            if page == "timeline" and (
                who not in OWN | OTHER_ORGANIZATION or record.kind in WITHOUT_A_WORKER
            ):
                expected = 404
            answer = browser.get(reverse(page, args=[record.reference]))
            if answer.status_code != expected:
                wrong.append((data, page, answer.status_code))
    assert wrong == []


@pytest.mark.usefixtures("_refused_in_short")
@pytest.mark.parametrize("who", sorted(SIGNED_IN))
def test_pages_of_steps_are_closed_to_everybody_else(
    world: World, signed_in: Callable[[str], Client], who: str
) -> None:
    """Whoever may not see a case learns nothing from the address of one of its steps, and changes nothing."""
    browser = signed_in(who)
    wrong = []
    for data, listed in MAY_SEE.items():
        if who in listed:
            continue
        record = world.record(data)
        for name in _steps_of(record):
            address = reverse("case_step", args=[record.reference, name])
            answers = {browser.get(address).status_code, browser.post(address, {"reason": "x"}).status_code}
            if answers != {404}:
                wrong.append((data, name, answers))
        assert world.record(data).version == record.version
    assert wrong == []


@pytest.mark.usefixtures("_refused_in_short")
@pytest.mark.parametrize("who", sorted(SIGNED_IN))
@pytest.mark.parametrize("page", ["together", "together_assign"])
def test_a_case_among_several_is_found_by_those_listed_and_never_at_ice(
    world: World, signed_in: Callable[[str], Client], who: str, page: str
) -> None:
    """Neither alone nor beside a case of their own does somebody else's case open the page for several."""
    browser, address = signed_in(who), reverse(page)
    own = next((world.record(data).reference for data, listed in MAY_SEE.items() if who in listed), None)
    wrong = []
    for data, listed in MAY_SEE.items():
        record = world.record(data)
        expected = 200 if who in listed - ICE_PHOENIX - ICE_NEW_YORK else 404
        asked = {"case": [record.reference, *([own] if own else [])]}
        answers = {browser.get(address, asked).status_code}
        if expected != 200:
            asked |= {"step": [f"{record.kind}.{_steps_of(record)[0]}"], "key": ["k"]}
            answers |= {browser.get(address, asked).status_code, browser.post(address, asked).status_code}
        if answers != {expected}:
            wrong.append((data, answers))
        assert world.record(data).version == record.version
    assert wrong == []


def _steps_of(record: Any) -> list[str]:
    names = sorted({step.name for step in steps_of(type(record)) if str(step.source) == record.state})
    return [*names[:2], "countersign", "no_such_step"]


@pytest.mark.usefixtures("_refused_in_short")
@pytest.mark.parametrize("data", MAY_SEE)
def test_the_edit_pages_open_for_nobody_who_may_not_see_the_case(
    world: World, signed_in: Callable[[str], Client], data: str
) -> None:
    record = world.record(data)
    pages: dict[Kind, list[tuple[str, tuple[str, ...]]]] = {
        Kind.SOI_REQUEST: [
            ("soi_request_assess", ()), ("soi_request_matter", ()), ("soi_request_edit", ("employer",)),
        ],
        Kind.STATEMENT: [("statement_edit", ()), ("statement_preview", ()), ("override_new", ())],
        Kind.WORKER_REQUEST: [
            (name, ())
            for name in (
                "request_edit", "request_packet", "request_evidence", "request_scope", "request_consent",
                "request_screening", "review", "completeness", "routing", "decision",
            )
        ],
        Kind.GRANT: [("grant_grounds", ()), ("renewal_new", ())],
        Kind.STAY: [("stay_edit", ()), ("stay_support_new", ())],
        Kind.STAY_REFERRAL: [("stay_support_preview", ())],
    }  # fmt: skip
    wrong = []
    for who in sorted(SIGNED_IN - MAY_SEE[data]):
        browser = signed_in(who)
        for name, more in [*pages.get(Kind(record.kind), []), *_clock_pages(record)]:
            address = reverse(name, args=[record.reference, *more])
            status = browser.get(address).status_code
            if status == NO_SUCH_METHOD:
                status = browser.post(address).status_code
            if status not in {403, 404}:
                wrong.append((who, name, status))
    assert wrong == []


def _clock_pages(record: Any) -> list[tuple[str, tuple[str, ...]]]:
    keys = [rule.key for rule in record.machine.clocks]
    return [
        *(("clock_pause", (key,)) for key in keys),
        *(("clock_lift", (key, "1")) for key in keys[:1]),
    ]


@pytest.mark.parametrize(
    ("page", "may"),
    [("request_screening", OWN), ("request_consent", OWN), ("request_packet", OWN), ("decision", USCIS)],
)
def test_parts_of_a_workers_request_are_not_for_everybody_who_sees_it(
    world: World, signed_in: Callable[[str], Client], page: str, may: set[str]
) -> None:
    address = reverse(page, args=[world.record("worker's request, at USCIS").reference])
    opened = {who for who in SIGNED_IN if signed_in(who).get(address).status_code == 200}
    assert opened <= may


class TestWhatIsNoCase:
    """Records that are no cases themselves, by their own querysets."""

    def seen_by(self, world: World, records: Callable[[Any], Any]) -> set[str]:
        return {who for who in SIGNED_IN if records(world.cast.people[who]).exists()}

    def test_the_agencys_weighing_never_leaves_the_agency(self, world: World) -> None:
        request = world.record("request for a statement")
        seen = self.seen_by(world, lambda who: Assessment.objects.visible_to(who).filter(request=request))
        assert seen == AGENCY

    def test_a_matter_is_seen_by_its_own_agency(self, world: World) -> None:
        matter = world.record("statement in force").matter
        assert self.seen_by(world, lambda who: Matter.objects.visible_to(who).filter(pk=matter.pk)) == AGENCY

    def test_a_worker_is_seen_by_the_own_representative(self, world: World) -> None:
        person = world.record("worker's request, at USCIS").person
        assert self.seen_by(world, lambda who: Person.objects.visible_to(who).filter(pk=person.pk)) == OWN

    def test_delegations_are_seen_by_their_agency(self, world: World) -> None:
        agency = world.cast.organizations["NLRB"]
        seen = self.seen_by(world, lambda who: Delegation.objects.visible_to(who).filter(agency=agency))
        assert seen == AGENCY

    def test_the_page_of_a_delegation_opens_for_its_agency_only(
        self, world: World, signed_in: Callable[[str], Client]
    ) -> None:
        delegation = Delegation.objects.filter(agency=world.cast.organizations["NLRB"]).first()
        assert delegation is not None
        address = reverse("signature", args=[delegation.pk])
        assert {who for who in SIGNED_IN if signed_in(who).get(address).status_code == 200} == AGENCY

    def test_an_absence_is_seen_by_those_concerned_and_their_supervisors(self, world: World) -> None:
        from referrals.services import absences

        cast = world.cast
        held = cast.investigator.memberships.select_related("office__desk").get()
        made = Absence.objects.create(
            person=cast.investigator, deputy=cast.signer, capacity=held.capacity,
            organization=held.organization_id, desk=held.office.desk, starts_at=OPEN_WORLD,
            ends_at=OPEN_WORLD + timedelta(days=9), marked_by=cast.signer, marked_at=OPEN_WORLD,
        )  # fmt: skip
        seen = self.seen_by(world, lambda who: absences.visible_to(who).filter(pk=made.pk))
        assert seen == AGENCY

    def test_an_override_is_seen_with_its_statement(self, world: World) -> None:
        assert self.seen_by(world, ProgrammeOverride.objects.visible_to) == OWN | OWN_ORGANIZER | AGENCY | DHS

    def test_the_workers_page_opens_for_nobody_else(
        self, world: World, signed_in: Callable[[str], Client]
    ) -> None:
        person = world.record("worker's request, at USCIS").person
        for name in ("worker", "worker_edit", "worker_consent_withdraw"):
            address = reverse(name, args=[person.token])
            opened = {who for who in SIGNED_IN if signed_in(who).get(address).status_code == 200}
            assert opened <= OWN, name

    def test_the_matters_page_opens_for_nobody_else(
        self, world: World, signed_in: Callable[[str], Client]
    ) -> None:
        matter = world.record("statement in force").matter
        for name in ("matter", "matter_edit", "statement_new"):
            address = reverse(name, args=[matter.pk])
            opened = {who for who in SIGNED_IN if signed_in(who).get(address).status_code == 200}
            assert opened <= AGENCY, name


WORKER, LABOR, HOMELAND = Document.Side.WORKER, Document.Side.AGENCY, Document.Side.DHS
LETTERS = [
    ("statement in force", {WORKER, LABOR, HOMELAND}, OWN | OWN_ORGANIZER | AGENCY | DHS),
    ("statement in force", {LABOR, HOMELAND}, AGENCY | DHS),
    ("request for a statement", {WORKER, LABOR}, OWN | OWN_ORGANIZER | AGENCY),
    ("worker's request, at USCIS", {WORKER, HOMELAND}, OWN | INTAKE | USCIS),
    ("worker's request, granted by ICE", {WORKER, HOMELAND}, OWN | INTAKE | USCIS | ICE_PHOENIX),
    ("work permit", {WORKER, HOMELAND}, OWN | INTAKE | USCIS),
]


@pytest.mark.parametrize(("data", "sides", "listed"), LETTERS)
def test_letters_are_handed_to_those_listed(
    world: World, signed_in: Callable[[str], Client], data: str, sides: set[str], listed: set[str]
) -> None:
    letters = Document.objects.filter(case_id=world.record(data).pk)
    letter = next(each for each in letters if set(each.sides) == sides)
    for who in sorted(EVERYBODY):
        answer = signed_in(who).get(reverse("document", args=[letter.public_id]))
        expected = 302 if who == ANONYMOUS else 200 if who in listed else 404
        assert answer.status_code == expected, who


def test_a_stranger_is_shown_the_way_to_sign_in_and_nothing_else(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    browser = signed_in(ANONYMOUS)
    for data in MAY_SEE:
        for page in PAGES:
            answer = browser.get(reverse(page, args=[world.record(data).reference]))
            assert answer.status_code == 302
            assert answer["Location"].startswith(reverse("account_login"))
    for page in (
        "desk",
        "together",
        "search",
        "inbox",
        "workers",
        "matters",
        "overrides",
        "soi_request_new",
        "stay_new",
    ):
        assert browser.get(reverse(page)).status_code == 302, page


def test_the_administrator_and_other_agencies_see_no_casework(world: World) -> None:
    for who in ADMINISTRATOR | PRIVACY | THIRD_AGENCY:
        assert not visible_cases(world.cast.people[who]).exists()
        assert not Document.objects.visible_to(world.cast.people[who]).exists()
    for who in PROGRAMME:
        assert set(visible_cases(world.cast.people[who]).values_list("kind", flat=True)) == {Kind.STATEMENT}
    agencies = AGENCY | OTHER_AGENCY | THIRD_AGENCY
    assert {who for who in agencies if Person.objects.visible_to(world.cast.people[who]).exists()} == NOBODY

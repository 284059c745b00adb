"""Brings cases into a state by real steps: factories for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pgtrigger
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

from notifications.models import Message
from referrals import scans
from referrals.demo.cast import Cast, gather
from referrals.demo.world import build
from referrals.models import (
    EmployerName,
    Grant,
    Matter,
    NameKind,
    SoiRequest,
    Statement,
    User,
    WorkerRequest,
    Worksite,
)
from referrals.presenting import ShownDate, shown_clocks
from referrals.services import decisions, evidence, intake, soi_requests, statements, worker_requests
from referrals.services.steps import take_step
from tests.laid_down import laid_down
from workflows import policies

LONG_AGO = datetime(2023, 1, 2, tzinfo=UTC)
OPEN_WORLD = datetime(2024, 8, 5, 15, 0, tzinfo=UTC)
CLOSED_WORLD = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
DISPUTE = "Wages for overtime were not paid for two years at the packing line, as the inspection found."


@laid_down
def everybody() -> Cast:
    """The demo's people and offices."""
    return gather(password="a password for tests")


def demo_world(cast: Cast, *, now: datetime) -> None:
    """The demo's closed world as it stands at a moment, its mail kept on the page for mail."""
    _demo_world(cast, now=now)
    count_the_rows()


@laid_down
def _demo_world(cast: Cast, *, now: datetime) -> None:
    with override_settings(NOTIFICATIONS_EMAIL="keep"):
        build(cast, now=now, world="closed")


def matter_of(cast: Cast, code: str = "NLRB", number: str = "28-CA-300001") -> Matter:
    matter, new = Matter.objects.get_or_create(
        agency=cast.organizations[code],
        case_number=number,
        defaults={"opened_on": date(2023, 3, 1), "program": "Unfair labor practice"},
    )
    if new:
        EmployerName.objects.create(matter=matter, name="A Foods Inc.", kind=NameKind.LEGAL)
        EmployerName.objects.create(matter=matter, name="A Foods", kind=NameKind.PAYSTUB)
        Worksite.objects.create(
            matter=matter, street="1 Example Road", city="Mesa", state="AZ", zip_code="85201"
        )
    return matter


@laid_down
def request_draft(
    cast: Cast, *, at: datetime = OPEN_WORLD, agency: str = "NLRB", **fields: Any
) -> SoiRequest:
    request = soi_requests.begin(
        agency=cast.organizations[agency],
        office=cast.offices["nlrb-region-28" if agency == "NLRB" else "nysdol-wpu"],
        by=cast.representative,
        at=at,
    )
    values = {
        "requester_kind": "attorney",
        "case_number": "28-CA-300001",
        "dispute": DISPUTE,
        "retaliation": "A foreman threatened to call immigration after the first complaint.",
        "fear": "People stopped answering the investigator's calls.",
        "certifies_no_names": True,
        "relief": ["DEFERRED_ACTION", "WORK_PERMIT"],
        "period_from": date(2022, 1, 1),
        **fields,
    }
    soi_requests.revise(
        request,
        by=cast.representative,
        at=at,
        values=values,
        names=[{"name": "A Foods", "kind": NameKind.PAYSTUB}],
        sites=[{"street": "1 Example Road", "city": "Mesa", "state": "AZ", "zip_code": "85201"}],
    )
    return request


def complete_draft(statement: Statement, *, by: Any, at: datetime, **values: Any) -> None:
    statements.revise(
        statement,
        by=by,
        at=at,
        values={
            "worker_class": "All workers employed at the covered worksite.",
            "cooperation": "The agency needs the workers as witnesses.",
            "retaliation": "Threats were made after the complaint.",
            "contact_name": "Ian Investigator",
            "contact_phone": "555-0100",
            "period_from": date(2022, 1, 1),
            **values,
        },
    )


@laid_down
def active_statement(cast: Cast, *, at: datetime = OPEN_WORLD) -> Statement:
    """A signed statement that DHS has recorded as complete, shared with the asking organization."""
    request = request_draft(cast, at=at)
    take_step(request, "submit", by=cast.representative, at=at)
    take_step(request, "acknowledge", by=cast.investigator, at=at)
    take_step(request, "begin_review", by=cast.investigator, at=at)
    soi_requests.link_matter(request, matter_of(cast), by=cast.investigator, at=at)
    soi_requests.assess(
        request, by=cast.investigator, at=at, values={"witnesses": 3, "cooperation_needed_now": True}
    )
    take_step(request, "accept", by=cast.approver, at=at)
    statement = request.statements.get()
    complete_draft(statement, by=cast.investigator, at=at)
    take_step(statement, "send_for_approval", by=cast.investigator, at=at)
    take_step(statement, "approve", by=cast.approver, at=at)
    take_step(statement, "sign", by=cast.signer, at=at, review_by_on=(at + timedelta(days=730)).date())
    take_step(statement, "transmit", by=cast.investigator, at=at, channel="portal")
    take_step(statement, "confirm_receipt", by=cast.intake, at=at)
    take_step(statement, "accept", by=cast.intake, at=at)
    return statement


CLAIM: dict[str, Any] = {
    "employer_on_stub": "A Foods",
    "site_street": "1 Example Road",
    "site_city": "Mesa",
    "site_state": "AZ",
    "site_zip": "85201",
    "worked_from": date(2022, 6, 1),
    "worked_to": date(2023, 6, 30),
    "job": "Packer",
}


def draft_request(
    cast: Cast,
    statement: Statement,
    *,
    at: datetime = OPEN_WORLD,
    by: User | None = None,
    given_names: str = "Prudencia",
    family_names: str = "Ejemplo",
    **claim: Any,
) -> WorkerRequest:
    """A worker with a request that is only begun."""
    by = by or cast.representative
    person = worker_requests.add_person(
        by=by,
        at=at,
        given_names=given_names,
        family_names=family_names,
        born_on=date(1990, 5, 17),
        nationality="Exampleland",
    )
    return worker_requests.open_request(person, statement, by=by, at=at, **{**CLAIM, **claim})


@laid_down
def signed_request(
    cast: Cast,
    statement: Statement,
    *,
    at: datetime = OPEN_WORLD,
    by: User | None = None,
    scan: bytes = b"",
    **claim: Any,
) -> WorkerRequest:
    """A worker's request with a complete packet, its proof with a scan if given, counselled and signed."""
    by = by or cast.representative
    request = draft_request(cast, statement, at=at, by=by, **claim)
    evidence.add(
        request,
        scan=scans.read(scan) if scan else None,
        by=by,
        at=at,
        kind="PAYSTUB",
        employer="A Foods",
        covers_from=date(2022, 6, 1),
        covers_to=date(2023, 6, 30),
    )
    worker_requests.mark_items(
        request, by=by, at=at, states={item.key: ("PRESENT", "") for item in request.items.all()}
    )
    worker_requests.revise(
        request,
        by=by,
        at=at,
        form_edition="01/20/25",
        counselled_on=at.date(),
        counselled_in="es",
        consented_on=at.date(),
    )
    permit = request.permits.get()
    permit.annual_income, permit.annual_expenses, permit.total_assets = 18000, 17500, 400
    permit.save()
    take_step(request, "make_ready", by=by, at=at)
    take_step(request, "sign", by=by, at=at, signed_on=at.date())
    return request


@laid_down
def routed_request(
    cast: Cast,
    statement: Statement,
    *,
    at: datetime = OPEN_WORLD,
    by: User | None = None,
    ice: bool = False,
    scan: bytes = b"",
) -> WorkerRequest:
    """A filed request, accepted with a receipt and routed to USCIS or to the Phoenix field office."""
    request = signed_request(cast, statement, at=at, by=by, scan=scan)
    take_step(request, "file", by=by or cast.representative, at=at)
    take_step(request, "confirm_receipt", by=cast.intake, at=at)
    take_step(request, "accept", by=cast.intake, at=at)
    intake.answer_routing(
        request,
        by=cast.intake,
        at=at,
        answers={
            "in_proceedings": ice,
            "final_order": False,
            "reinstated_order": False,
            "voluntary_departure": False,
            "detained": False,
            "prior_ice_contact": ice,
            "ice_office": cast.offices["ice-phoenix"] if ice else None,
        },
    )
    take_step(request, "route_to_ice" if ice else "route_to_uscis", by=cast.intake, at=at)
    return request


@laid_down
def granted_request(cast: Cast, statement: Statement, *, at: datetime, starts_on: date, months: int) -> Grant:
    """A request that USCIS granted on the day it was filed."""
    request = routed_request(cast, statement, at=at)
    take_step(request, "record_biometrics", by=cast.adjudicator, at=at)
    decisions.write(
        request, by=cast.adjudicator, at=at, outcome="GRANT", rationale="The testimony is needed."
    )
    take_step(request, "grant", by=cast.adjudicator, at=at, grant_starts_on=starts_on, months=months)
    return Grant.objects.get(worker_request=request)


def inbox_of(person: User, about: Any = None) -> list[str]:
    """What a person reads in the inbox, oldest first; with a record, only what is about it."""
    found = Message.objects.inbox_of(person)
    if about is not None:
        found = found.filter(about=about.reference)
    return [message.body for message in reversed(found)]


def clock_of(record: Any, key: str, *, at: datetime) -> ShownDate:
    """A running clock of a record as it is shown at an instant."""
    return next(shown for shown in shown_clocks(record, at=at) if shown.key == key)


def reload(record: Any) -> Any:
    """The record as it is stored now."""
    return type(record).objects.get(pk=record.pk)


CHECKED_AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE"
"""Else the end of every test would check the keys of all the records anew."""


def count_the_rows() -> None:
    """Let the database look at its tables: what it knows may be from a moment in which they were empty.

    Nobody else sees the rows of a test's transaction, so nothing looks by itself, and plans for no rows at
    all take minutes for a few hundred.
    """
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)  # what all databases share would stay locked
        cursor.execute(f"ANALYZE {', '.join(map(connection.ops.quote_name, tables))}")


def as_a_test_has_it() -> Any:
    """A transaction in which durable ones may begin, as Django's own test case marks its blocks."""
    block: Any = transaction.atomic()
    block._from_testcase = True
    return block


@contextmanager
def kept_for_many_tests(blocker: Any) -> Iterator[Cast]:
    """A transaction for a module's costly records: each test rolls back to it, and its end rolls it back."""
    with blocker.unblock():
        settings = connection.settings_dict
        assert str(settings["NAME"]).startswith(str(settings["TEST"]["NAME"])), (
            "no test here asks for the database"
        )
        with as_a_test_has_it():
            connection.cursor().execute(CHECKED_AT_ONCE)
            yield everybody()
            transaction.set_rollback(True)


@contextmanager
def committed_for_many_tests(
    blocker: Any, *, begin: Callable[[Cast], None] = lambda _cast: None
) -> Iterator[Cast]:
    """A module's costly records, committed for everybody to see; at its end all tables are emptied.

    What ``begin`` stores is committed together with the people.
    """
    with blocker.unblock():
        settings = connection.settings_dict
        assert settings["NAME"] == settings["TEST"]["NAME"], (
            "Mark the tests with django_db: tables are emptied."
        )
        try:
            with as_a_test_has_it():
                cast = everybody()
                begin(cast)
            yield cast
        finally:
            with pgtrigger.ignore():
                call_command("flush", interactive=False, verbosity=0)
            policies.load(LONG_AGO)

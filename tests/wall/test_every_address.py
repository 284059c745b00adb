"""Every address, every method, every kind of person, their own objects and those of others.

An address that has no line here fails. Whoever may not see an object gets 404 from every address that names
it, by its reference or by its key; whoever may see it, but has no business on that page, is refused. Every
request is undone before the next one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zlib import crc32

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client
from django.urls import reverse

from notifications.models import Channel, Incident, Message
from referrals.models import Delegation, Document
from tests.cases import OPEN_WORLD
from tests.referrals.pages import housekeeping
from tests.referrals.people import keeping
from tests.wall.every_address import names
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
)  # fmt: skip
from tests.wall.test_visibility_matrix import MAY_SEE
from tests.wall.world import World
from workflows.models import Absence, Kind, Policy
from workflows.models.policy import FEDERAL

LABOR = AGENCY | OTHER_AGENCY | THIRD_AGENCY
REPRESENTATIVES = OWN | OTHER_ORGANIZATION
ADVOCATES = REPRESENTATIVES | OWN_ORGANIZER
ICE = ICE_PHOENIX | ICE_NEW_YORK
WHOLE = os.environ.get("WALL") == "whole"
"""Every record instead of two for each address and person: an hour's work instead of a minute's."""
NO_KEY = 2_000_000_000
NO_SUCH_METHOD = 405
"""An address may say that it knows no such method before it looks whose the object is: that says nothing."""


# Addresses that name a case: its kinds, and who of those who see the case has business there.
OF_CASES: dict[str, tuple[set[str] | None, set[str]]] = {
    "case": (None, SIGNED_IN),
    "case_step": (None, SIGNED_IN),
    "case_assignment": (None, SIGNED_IN),
    "case_history": (None, SIGNED_IN),
    "case_history_file": (None, SIGNED_IN - ICE),
    "case_as_of": (None, SIGNED_IN),
    "case_told": (None, SIGNED_IN),
    "tell_again": (None, SIGNED_IN),
    "timeline": (None, REPRESENTATIVES),
    "clock_pause": (None, SIGNED_IN),
    "clock_lift": (None, SIGNED_IN),
    "soi_request_edit": ({Kind.SOI_REQUEST}, ADVOCATES),
    "soi_request_assess": ({Kind.SOI_REQUEST}, LABOR),
    "soi_request_matter": ({Kind.SOI_REQUEST}, LABOR),
    "statement_edit": ({Kind.STATEMENT}, LABOR),
    "statement_preview": ({Kind.STATEMENT}, SIGNED_IN),
    "public_copy": ({Kind.STATEMENT}, {"approver", "second_approver", "ny_approver"}),
    "dhs_draft_check": ({Kind.STATEMENT}, LABOR | DHS),
    "override_new": ({Kind.STATEMENT}, SIGNED_IN),
    "stay_support_preview": ({Kind.STAY_REFERRAL}, LABOR),
    "request_edit": ({Kind.WORKER_REQUEST}, REPRESENTATIVES),
    "request_packet": ({Kind.WORKER_REQUEST}, REPRESENTATIVES),
    "request_evidence": ({Kind.WORKER_REQUEST}, REPRESENTATIVES),
    "request_evidence_remove": ({Kind.WORKER_REQUEST}, REPRESENTATIVES),
    "request_evidence_scan": ({Kind.WORKER_REQUEST}, REPRESENTATIVES),
    "request_evidence_scan_remove": ({Kind.WORKER_REQUEST}, REPRESENTATIVES),
    "request_scope": ({Kind.WORKER_REQUEST}, REPRESENTATIVES),
    "request_consent": ({Kind.WORKER_REQUEST}, REPRESENTATIVES),
    "request_consent_withdraw": ({Kind.WORKER_REQUEST}, REPRESENTATIVES),
    "request_screening": ({Kind.WORKER_REQUEST}, REPRESENTATIVES),
    "stay_edit": ({Kind.STAY}, REPRESENTATIVES),
    "stay_support_new": ({Kind.STAY}, REPRESENTATIVES),
    "renewal_new": ({Kind.GRANT}, REPRESENTATIVES),
    "grant_grounds": ({Kind.GRANT}, USCIS | ICE),
    "review": ({Kind.WORKER_REQUEST}, INTAKE | USCIS | ICE),
    "completeness": ({Kind.WORKER_REQUEST}, INTAKE | USCIS | ICE),
    "routing": ({Kind.WORKER_REQUEST}, INTAKE | USCIS | ICE),
    "decision": ({Kind.WORKER_REQUEST}, USCIS | ICE),
    "letter_preview": (None, SIGNED_IN),
    "case_purpose": (None, SIGNED_IN),
    "case_opened": (None, NOBODY),  # without an opening of this very session
}

STAFF_OF_RULES = {"approver", "second_approver", "signer", "ny_approver", "ny_signer"}
STEWARDS = PROGRAMME | ADMINISTRATOR
OVERSEERS = ADMINISTRATOR | PRIVACY
IN_CHARGE = PROGRAMME | {"approver", "second_approver", "ny_approver", "supervisor", "ice_supervisor"}

# Addresses that name something else: which object, and who may see it.
OF_OTHERS: dict[str, tuple[str, set[str]]] = {
    "document": ("letter", OWN | INTAKE | USCIS),
    "inbox_message": ("message", OWN),
    "matter": ("matter", AGENCY),
    "matter_edit": ("matter", AGENCY),
    "statement_new": ("matter", AGENCY),
    "worker": ("worker", OWN),
    "worker_edit": ("worker", OWN),
    "worker_consent_withdraw": ("worker", OWN),
    "signature": ("delegation", AGENCY),
    "absence_end": ("absence", AGENCY),
    "agency_settings": ("agency", SIGNED_IN),
    "rule": ("rule", SIGNED_IN),
    "rule_propose": ("rule", STEWARDS),
    "rule_check": ("row of a rule", STEWARDS),
    "rule_change": ("change of a rule", STAFF_OF_RULES | STEWARDS),
    "export": ("export", OWN | PRIVACY),
    "export_file": ("export", OWN),
    "closure_change": ("closure of an agency", AGENCY - {"investigator"}),
    "redaction": ("request to redact", STEWARDS),
    "disclosures": ("worker", OWN | OVERSEERS),
    "access_alert": ("alert about a search", OWN | OVERSEERS | {"supervisor"}),
    "hold": ("hold", OVERSEERS),
    "disposition": ("batch to be destroyed", OVERSEERS),
    "disposition_item": ("item of that batch", PRIVACY),
    "disposition_certificate": ("batch that was destroyed", OVERSEERS),
    "worker_wish": ("worker", OWN),
    "mfa_remove_webauthn": ("passkey", OWN),
    "admission": ("proposed organization", OVERSEERS),
    "organization": ("organization", OWN | OVERSEERS),
    "organization_invite": ("organization", OWN | ADMINISTRATOR),
    "capacity_end": ("capacity", OWN | ADMINISTRATOR),
    "account_unlock": ("capacity", OWN | ADMINISTRATOR),
    "access_review": ("review of people", OWN | OVERSEERS),
    "opening": ("opening", OWN | OVERSEERS),
    "privacy_incident": ("incident of reading", PRIVACY),
    "incident": ("incident", ADMINISTRATOR),
    "incident_owner": ("incident", ADMINISTRATOR),
}

# Addresses without an object: who may come in.
OF_NOTHING: dict[str, set[str]] = {
    "healthz": EVERYBODY,
    "readyz": EVERYBODY,
    "account_login": EVERYBODY,
    "account_logout": EVERYBODY,
    "account_inactive": EVERYBODY,
    "account_signup": EVERYBODY,
    "account_reauthenticate": SIGNED_IN,
    "security_txt": EVERYBODY,
    "mfa_authenticate": EVERYBODY,
    "mfa_login_webauthn": EVERYBODY,
    "mfa_index": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "sign_ins": SIGNED_IN,
    "who_saw_what": REPRESENTATIVES | OVERSEERS | IN_CHARGE,
    "access_alerts": REPRESENTATIVES | OVERSEERS | IN_CHARGE,
    "organizations": OVERSEERS,
    "organization_propose": ADMINISTRATOR,
    "access_reviews": OVERSEERS | IN_CHARGE | REPRESENTATIVES,
    "openings": OVERSEERS | REPRESENTATIVES | {"supervisor", "approver", "second_approver", "ny_approver"},
    "privacy_incidents": PRIVACY,
    "privacy_incident_new": PRIVACY,
    "retention": OVERSEERS,
    "data_keys": OVERSEERS,
    "holds": OVERSEERS,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "account_reset_password": EVERYBODY,
    "account_reset_password_done": EVERYBODY,
    "account_reset_password_from_key_done": EVERYBODY,
    "notifications_bounces": EVERYBODY,
    "set_language": EVERYBODY,
    "session": EVERYBODY,
    "deadline_calculator": EVERYBODY,
    "verify_letter": EVERYBODY,
    "daily_heads": EVERYBODY,
    "history_verifier": EVERYBODY,
    "desk": SIGNED_IN,
    "together": SIGNED_IN - ICE,
    "together_assign": SIGNED_IN - ICE,
    "search": SIGNED_IN,
    "inbox": SIGNED_IN,
    "switch_capacity": SIGNED_IN,
    "act_for": SIGNED_IN,
    "absences": SIGNED_IN,
    "notification_choices": SIGNED_IN,
    "address_works": SIGNED_IN,
    "rules": SIGNED_IN,
    "agency_profiles": SIGNED_IN,
    "closures": SIGNED_IN,
    "rule_changes": STAFF_OF_RULES | STEWARDS,
    "closure_new": STAFF_OF_RULES | STEWARDS,
    "signatures": LABOR,
    "signature_new": STAFF_OF_RULES,
    "soi_request_new": ADVOCATES,
    "matters": LABOR,
    "matter_new": LABOR - {"signer", "ny_signer"},
    "matters_import": LABOR - {"signer", "ny_signer"},
    "workers": REPRESENTATIVES,
    "worker_new": REPRESENTATIVES,
    "request_new": REPRESENTATIVES,
    "statement_attach": REPRESENTATIVES,
    "notices": REPRESENTATIVES,
    "stay_new": REPRESENTATIVES,
    "overrides": PROGRAMME,
    "statement_numbers": LABOR | PROGRAMME,
    "exports": SIGNED_IN - ICE,
    "export_new": NOBODY,  # without the name of a list
    "redactions": STEWARDS,
    "operations": ADMINISTRATOR,
    "incidents": ADMINISTRATOR,
    "kept_mail": NOBODY,  # outside of a demonstration
}
# What is not an account's to reach: a secret in the address or the header opens it, and is tried elsewhere.
BY_SECRET = {
    "invitation": "tests/referrals/people/test_onboarding.py",
    "openid_connect_login": "tests/referrals/pages/test_openid.py",
    "openid_connect_callback": "tests/referrals/pages/test_openid.py",
    "metrics": "tests/operations/test_probes.py",
    "notifications_off": "tests/notifications",
    "account_reset_password_from_key": "tests/notifications",
}
# Where there is nothing to show before somebody has set it up.
AT_TIMES = {"security_txt", "mfa_view_recovery_codes"}
CLOSED_TO_ALL = {
    "account_email", "account_email_verification_sent", "account_confirm_email", "account_confirm_login_code",
}  # fmt: skip


def parts_of(name: str, record: Any) -> dict[str, Any]:
    """What an address of a case names besides the case: something of that case, if it has it."""
    clock = record.machine.clocks[0].key if record.machine.clocks else "rfe"
    proof = record.evidence.first() if record.kind == Kind.WORKER_REQUEST else None
    message = Message.objects.filter(about=record.reference, channel="email").first()
    by_name: dict[str, dict[str, Any]] = {
        "case_step": {"name": "withdraw"},
        "tell_again": {"public_id": message.public_id if message else UUID(int=1)},
        "clock_pause": {"key": clock},
        "clock_lift": {"key": clock, "line": 1},
        "soi_request_edit": {"part": "employer"},
        "letter_preview": {"name": "deny"},
    }
    if name.startswith("request_evidence_"):
        return {"number": proof.pk if proof else 1}
    return by_name.get(name, {})


def test_every_address_has_a_line() -> None:
    lines = [*OF_CASES, *OF_OTHERS, *OF_NOTHING, *BY_SECRET, *CLOSED_TO_ALL]
    assert len(lines) == len(set(lines))
    assert set(names()) == set(lines)


def undone(browser: Client, method: str, address: str) -> Any:
    """The answer to a request whose changes are taken back."""
    with transaction.atomic():
        answer = getattr(browser, method)(address)
        transaction.set_rollback(True)
    return answer


def right(status: int, who: str, *, sees: bool, may: bool) -> bool:
    """Whether a person may get this answer who sees the object or not, and may act there or not."""
    if status == NO_SUCH_METHOD:
        return True
    if may:
        return status < 500
    if who == ANONYMOUS:
        return status in {302, 401, 404}
    return status in {403, 404} if sees else status == 404


@dataclass
class Verdicts:
    """What one person was answered: how many requests, how many to what is not theirs, which were wrong."""

    who: str
    request: pytest.FixtureRequest
    requests: int = 0
    foreign: int = 0
    wrong: list[Any] = field(default_factory=list)

    def note(self, answered_right: bool, *about: Any, may: bool) -> None:
        self.requests += 1
        self.foreign += not may
        if not answered_right:
            self.wrong.append(about)

    def hold(self) -> None:
        row = (self.who, self.requests, self.foreign, len(self.wrong))
        self.request.node.user_properties.append(("wall", row))
        assert self.wrong == []


def objects_of(name: str, who: str, kinds: set[str] | None, world: World) -> list[str]:
    """A record that a person sees and one that they do not, another pair for each address; or all of them."""
    fitting = [data for data in MAY_SEE if kinds is None or world.kind(data) in kinds]
    seen = [data for data in fitting if who in MAY_SEE[data]]
    unseen = [data for data in fitting if who not in MAY_SEE[data]]
    if WHOLE:
        return fitting
    turn = crc32(f"{name} {who}".encode())
    return [some[turn % len(some)] for some in (seen, unseen) if some]


@pytest.mark.usefixtures("_refused_in_short")
@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_addresses_of_cases(
    world: World, signed_in: Callable[[str], Client], who: str, request: pytest.FixtureRequest
) -> None:
    browser, verdicts = signed_in(who), Verdicts(who, request)
    for name, (kinds, business) in OF_CASES.items():
        for data in objects_of(name, who, kinds, world):
            record, sees = world.record(data), who in MAY_SEE[data]
            parts = parts_of(name, record)
            for called, method in ((record.reference, "get"), (record.reference, "post"), (record.pk, "get")):
                address = reverse(name, kwargs={**parts, "reference": str(called)})
                status = undone(browser, method, address).status_code
                found = sees and called == record.reference
                may = found and who in business
                verdicts.note(right(status, who, sees=found, may=may), name, method, data, status, may=may)
    verdicts.hold()


@pytest.mark.usefixtures("_refused_in_short")
@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_addresses_of_other_things(
    signed_in: Callable[[str], Client],
    things: dict[str, dict[str, Any]],
    who: str,
    request: pytest.FixtureRequest,
) -> None:
    browser, verdicts = signed_in(who), Verdicts(who, request)
    for name, (what, may) in OF_OTHERS.items():
        for method in ("get", "post"):
            status = undone(browser, method, reverse(name, kwargs=things[what])).status_code
            if status == 403 and "pk" in things[what]:  # then it must be closed to them whatever it names
                status = undone(browser, method, reverse(name, kwargs={"pk": NO_KEY})).status_code
                right_here = status == 403
            else:
                right_here = right(status, who, sees=who in may, may=who in may)
            verdicts.note(right_here, name, method, what, status, may=who in may)
    verdicts.hold()


@pytest.mark.usefixtures("_refused_in_short")
@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_addresses_without_an_object_are_closed_to_everybody_else(
    signed_in: Callable[[str], Client], who: str, request: pytest.FixtureRequest
) -> None:
    browser, verdicts = signed_in(who), Verdicts(who, request)
    for name in (each for each, may in OF_NOTHING.items() if who not in may):
        for method in ("get", "post"):
            status = undone(browser, method, reverse(name)).status_code
            verdicts.note(right(status, who, sees=True, may=False), name, method, status, may=False)
    verdicts.hold()


@pytest.mark.parametrize("name", [each for each, may in OF_NOTHING.items() if may and each not in AT_TIMES])
def test_who_may_come_in_really_can(signed_in: Callable[[str], Client], name: str) -> None:
    """Otherwise a page that opens for nobody would pass for a safe one."""
    browser = signed_in(min(OF_NOTHING[name]))
    answers = [undone(browser, method, reverse(name)).status_code for method in ("get", "post")]
    assert set(answers) & {200, 204, 302, 303, 401}, answers
    assert max(answers) < 500, answers


@pytest.mark.usefixtures("_refused_in_short")
@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_no_address_knows_another_method(
    world: World, signed_in: Callable[[str], Client], things: dict[str, dict[str, Any]], method: str
) -> None:
    browser, wrong = signed_in("representative"), []
    for address in every_address(world, things):
        status = undone(browser, method, address).status_code
        if status not in {NO_SUCH_METHOD, 404, 403}:
            wrong.append((address, status))
    assert wrong == []


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_what_is_closed_is_closed_to_everybody(signed_in: Callable[[str], Client], who: str) -> None:
    for path in ("email/", "confirm-email/", "confirm-email/a:b:c/", "login/code/confirm/"):
        address = f"/accounts/{path}"
        assert signed_in(who).get(address).status_code == 404
        assert signed_in(who).post(address, {"action_add": "", "email": "x@else.example"}).status_code == 404


def every_address(world: World, things: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, (kinds, _business) in OF_CASES.items():
        record = world.record(objects_of(name, "representative", kinds, world)[0])
        yield reverse(name, kwargs={**parts_of(name, record), "reference": record.reference})
    for name, (what, _may) in OF_OTHERS.items():
        yield reverse(name, kwargs=things[what])
    for name in OF_NOTHING:
        if not name.startswith(("account_", "mfa_")) and name != "set_language":  # for which it is a GET
            yield reverse(name)


@pytest.fixture
def things(world: World) -> dict[str, dict[str, Any]]:
    """What the addresses of ``OF_OTHERS`` name, by the words used there."""
    cast, at_uscis = world.cast, world.record("worker's request, at USCIS")
    held = cast.investigator.memberships.select_related("office__desk").get()
    absence = Absence.objects.create(
        person=cast.investigator, deputy=cast.signer, capacity=held.capacity,
        organization=held.organization_id, desk=held.office.desk, starts_at=OPEN_WORLD,
        ends_at=OPEN_WORLD + timedelta(days=9), marked_by=cast.signer, marked_at=OPEN_WORLD,
    )  # fmt: skip
    letter = next(
        each
        for each in Document.objects.filter(case_id=at_uscis.pk)
        if set(each.sides) == {Document.Side.WORKER, Document.Side.DHS}
    )
    message = Message.objects.filter(recipient=cast.representative, channel=Channel.INBOX).earliest("pk")
    delegation = Delegation.objects.filter(agency=cast.organizations["NLRB"]).earliest("pk")
    rule = Policy.objects.filter(key="rfe", jurisdiction=FEDERAL).latest("effective_from")
    alert = housekeeping.alert(SimpleNamespace(cast=cast, worker=at_uscis.person), "night")
    passkey = Authenticator.objects.create(
        user=cast.representative, type=Authenticator.Type.WEBAUTHN, data={"name": "Key", "credential": {}}
    )
    incident = Incident.objects.create(message=message, kind=Incident.Kind.BOUNCED, opened_at=OPEN_WORLD)
    people = keeping.things(cast, at_uscis)
    batch = housekeeping.disposition(world)
    return {
        "letter": {"public_id": letter.public_id},
        "message": {"public_id": message.public_id},
        "matter": {"pk": world.record("statement in force").matter.pk},
        "worker": {"token": at_uscis.person.token},
        "delegation": {"pk": delegation.pk},
        "absence": {"pk": absence.pk},
        "agency": {"code": "NLRB"},
        "rule": {"jurisdiction": rule.jurisdiction, "key": rule.key},
        "row of a rule": {"pk": rule.pk},
        "change of a rule": {"pk": housekeeping.change(world, rule).pk},
        "closure of an agency": {"pk": housekeeping.closure(0).pk},
        "request to redact": {"pk": housekeeping.redaction(world).pk},
        "incident": {"pk": incident.pk},
        "proposed organization": {"pk": people["admission"][0]},
        "organization": {"code": people["organization"][0]},
        "capacity": {"pk": people["capacity"][0]},
        "review of people": {"pk": people["review"][0]},
        "opening": {"pk": people["opening"][0]},
        "incident of reading": {"pk": people["privacy incident"][0]},
        "alert about a search": {"pk": alert.pk},
        "export": {"reference": housekeeping.export(cast.representative).reference},
        "hold": {"pk": housekeeping.hold(world).pk},
        "batch to be destroyed": {"pk": batch.pk},
        "item of that batch": {"pk": batch.pk, "number": batch.items.get().pk},
        "batch that was destroyed": {"pk": housekeeping.finished(world).pk},
        "passkey": {"pk": passkey.pk},
    }

"""Workers' requests: open one, fill the packet, check the scope, answer notices, route."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from recordsets.collisions import in_one_piece
from workflows import engine
from workflows.days import rule_day
from workflows.models import Desk

from .. import lookups
from .. import scope as scopes
from ..models import (
    AskedItem,
    Evidence,
    PacketItem,
    Person,
    Renewal,
    Screening,
    Statement,
    StatementVersion,
    User,
    WorkerRequest,
)
from ..packets import items_for
from . import work_permits
from .persons import add_person as add_person
from .statements import intake_desk

USCIS = "uscis-adjudication"


@in_one_piece
def open_request(
    person: Person,
    statement: Statement,
    *,
    by: User,
    at: datetime,
    filing: str = WorkerRequest.Filing.INITIAL,
    earlier: Any = None,
    **fields: Any,
) -> WorkerRequest:
    """Begin a request with its packet checklist, its screening notes and, if asked for, its work permit."""
    request = WorkerRequest(
        person=person,
        statement=statement,
        representative_id=by.hat.organization_id,
        prepared_by=by,
        filing=filing,
        earlier_grant=earlier,
        representative_desk=_own_desk(by),
        intake_desk=intake_desk(),
        uscis_desk=Desk.objects.get(key=USCIS),
        time_zone=_own_desk(by).time_zone,
        **fields,
    )
    engine.open_case(request, by=by, at=at, filing=str(filing))
    PacketItem.objects.bulk_create(
        PacketItem(request=request, key=item.key, required=item.required)
        for item in items_for(filing, on=rule_day(at))
    )
    Screening.objects.create(request=request)
    if request.asks_permit:
        work_permits.open_for(request, by=by, at=at)
    check_scope(request, at=at)
    return request


def _own_desk(by: User) -> Desk:
    return by.hat.office.desk


@in_one_piece
def revise(
    request: WorkerRequest, *, by: User, at: datetime, expected_version: int | None = None, **values: Any
) -> None:
    """Change what is claimed or answered while the request is prepared; the scope is checked again."""
    engine.advance(request, "revise", by=by, at=at, expected_version=expected_version)
    for name, value in values.items():
        setattr(request, name, value)
    request.full_clean(exclude=["state"])
    request.save()
    check_scope(request, at=at)


@in_one_piece
def mark_items(
    request: WorkerRequest, *, by: User, at: datetime, states: Mapping[str, tuple[str, str]]
) -> None:
    """Set packet lines: key → (state, note)."""
    engine.advance(request, "revise", by=by, at=at)
    for item in request.items.filter(key__in=states):
        item.state, item.note = states[item.key]
        item.save()


def scope_of(version: StatementVersion) -> scopes.Scope:
    """The scope of a statement's version in the terms of the scope check."""
    return scopes.Scope(
        names=tuple(scopes.ScopeName(name=each.name, kind=each.kind.lower()) for each in version.names.all()),
        sites=tuple(
            scopes.ScopeSite(
                label=each.label, street=each.street, city=each.city, state=each.state, zip=each.zip_code
            )
            for each in version.sites.all()
        ),
        all_sites=version.all_sites,
        period_from=version.period_from or date(1900, 1, 1),
        period_to=None if version.to_present else version.period_to,
        current_workers=version.current_workers,
        former_workers=version.former_workers,
        job_classes=version.job_list,
        excluded_classes=version.excluded_list,
    )


def verdict(
    request: WorkerRequest,
    *,
    on: date,
    evidence: Iterable[Evidence] | None = None,
    version: StatementVersion | None = None,
) -> scopes.Verdict | None:
    """The scope check of a request against the version in force, in words; None without a claim.

    All proofs of the request count unless ``evidence`` names those that do. Who has read the version in
    force already gives it.
    """
    version = version or request.statement.signed
    if version is None or request.worked_from is None or not request.employer_on_stub:
        return None
    claim = scopes.Claim(
        employer_on_stub=request.employer_on_stub,
        street=request.site_street,
        city=request.site_city,
        state=request.site_state,
        zip=request.site_zip,
        worked_from=request.worked_from,
        worked_to=None if request.works_still else request.worked_to,
        job=request.job,
        evidence_periods=tuple(
            scopes.EvidencePeriod(
                kind=each.get_kind_display(), from_on=each.covers_from, to_on=each.covers_to
            )
            for each in (request.evidence.all() if evidence is None else evidence)
        ),
    )
    return scopes.check(scope_of(version), claim, on=on)


def check_scope(request: WorkerRequest, *, at: datetime) -> None:
    """Store the outcome of the scope check beside the request."""
    found = verdict(request, on=rule_day(at))
    request.scope_result = str(found.result) if found else ""
    request.scope_checked_at = at if found else None
    request.scope_version = request.statement.version_in_force if found else None
    request.save(update_fields=["scope_result", "scope_checked_at", "scope_version"])


def check_scopes_again(statement: Statement, *, at: datetime) -> int:
    """After a new version is signed: check every open request that rests on it; returns how many changed.

    Each changed request gets a line in its history, so that a stale page is noticed.
    """
    changed = 0
    for request in statement.worker_requests.filter(closed_at__isnull=True):
        before = request.scope_result
        found = verdict(request, on=rule_day(at))
        after = str(found.result) if found else ""
        if after == before and request.scope_version == statement.version_in_force:
            continue
        engine.record_note(
            request, "check_scope_again", by=engine.SYSTEM, at=at, before=before, after=after,
            statement_version=statement.version_in_force,
        )  # fmt: skip
        check_scope(request, at=at)
        changed += before != after
    return changed


def give_receipt_number(request: WorkerRequest, *, at: datetime) -> None:
    """Three letters and ten digits, in the manner of USCIS receipt numbers; LIB is not a real prefix."""
    request.receipt_number = f"LIB{at:%y}{request.pk:08d}"
    request.save(update_fields=["receipt_number"])
    lookups.remember(request.person)


@in_one_piece
def ask_items(request: WorkerRequest, notice: str, items: list[Mapping[str, str]], *, at: datetime) -> None:
    """Store what an RFE or an ICE request asks for; taken by the step that issues it."""
    AskedItem.objects.bulk_create(
        AskedItem(
            request=request,
            notice=notice,
            text=item["text"],
            legal_basis=item.get("legal_basis", ""),
            asked_at=at,
        )
        for item in items
    )


def answer_items(request: WorkerRequest, answers: Mapping[int, str], *, at: datetime) -> None:
    """Store the answers to the asked items, by their keys."""
    for item in request.asked_items.filter(pk__in=answers, answered_at__isnull=True):
        item.answer, item.answered_at = answers[item.pk], at
        item.save()


def write_noid_answer(request: WorkerRequest, answer: str) -> None:
    """Store the answer to a notice of intent to deny; taken by the step that sends it."""
    request.noid_answer = answer
    request.save(update_fields=["noid_answer"])


@in_one_piece
def save_screening(request: WorkerRequest, *, arrests: str, entries: str, notes: str) -> None:
    """Keep what was told in confidence. No line of the history, which DHS reads, says that there is any."""
    request.screening.arrests, request.screening.entries = arrests, entries
    request.screening.notes = notes
    request.screening.save()


def open_from_renewal(renewal: Renewal, *, by: Any, at: datetime) -> WorkerRequest:
    """The extension or subsequent request that a renewal leads to, with the claim carried over."""
    earlier = renewal.grant.worker_request
    carried = {
        name: getattr(earlier, name)
        for name in (
            "employer_on_stub", "site_street", "site_city", "site_state", "site_zip", "worked_from",
            "worked_to", "works_still", "job",
        )
    }  # fmt: skip
    request = open_request(
        earlier.person,
        earlier.statement,
        by=by,
        at=at,
        filing=renewal.chosen,
        earlier=renewal.grant,
        **carried,
    )
    renewal.request = request
    renewal.save(update_fields=["request"])
    return request

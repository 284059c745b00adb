"""Whatever a person or a task writes is begun again when the database puts it back: once, and as a whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from notifications import bounces, digests, incidents, ledger, preferences, relay
from notifications.models import Attempt, Channel, Incident, Message, Preference, State
from referrals import account_mail
from referrals.models import Delegation, Matter, SoiRequest, User
from referrals.services import absences, delegations, matters, redactions
from tests import cases
from tests.faults.colliding import meanwhile, put_back, put_back_once
from tests.faults.effects import an_hour_ago
from tests.faults.stack import Stack
from workflows import engine, policy_changes, policy_drafts
from workflows.models import Absence, PolicyChange, RedactionRequest

DAYS = count(1)


def hat(person: User) -> Any:
    return person.memberships.select_related("user", "organization", "office__desk").get()


def mark(people: Any) -> Absence:
    day = an_hour_ago().date() + timedelta(days=2 * next(DAYS))
    return absences.mark(
        hat(people.approver), deputy=hat(people.second_approver), first_day=day, last_day=day,
        by=people.approver, at=an_hour_ago(),
    )  # fmt: skip


def delegate(people: Any) -> Delegation:
    return delegations.record(
        official=people.second_approver, title="Acting director", authority="Memorandum 24-7",
        acts=["STATEMENT"], office=None, starts_on=date(2024, 1, 1), ends_on=None, passes_on=False,
        by=people.approver, at=an_hour_ago(),
    )  # fmt: skip


def mail(people: Any, state: str = State.FAILED, **more: Any) -> Message:
    return Message.objects.create(
        effect_key=f"again:{uuid4().hex}:EMAIL", event="soi_request.submit", recipient=people.approver,
        link="/inbox/",
        channel=Channel.EMAIL, state=state, created_at=an_hour_ago(), send_after=an_hour_ago(),
        next_try_at=an_hour_ago(), sent_at=an_hour_ago() if state == State.SENT else None, **more,
    )  # fmt: skip


def incident(people: Any) -> Incident:
    return incidents.open_incident(
        message=mail(people), kind=Incident.Kind.REFUSED, note="no", at=an_hour_ago()
    )


def matter(people: Any) -> Matter:
    return Matter(agency=people.organizations["NLRB"], case_number=f"28-CA-{uuid4().int % 10**6:06}")


def keep(new: Matter) -> Matter:
    return matters.keep(new, values={"program": "Wages"}, names=[{"name": "A Foods", "kind": "LEGAL"}])


def redaction(people: Any) -> RedactionRequest:
    request = cases.request_draft(people, at=an_hour_ago())
    line = engine.record_note(
        request, "spoken", by=people.representative, at=an_hour_ago(), reason="Names somebody."
    )
    return redactions.ask(
        reference=request.reference, line=line.sequence, because="It names somebody.",
        by=people.administrator, at=an_hour_ago(),
    )  # fmt: skip


def propose(people: Any) -> PolicyChange:
    PolicyChange.objects.filter(fate=PolicyChange.Fate.WAITING).update(
        fate=PolicyChange.Fate.WITHDRAWN, decided_at=an_hour_ago(), decided_by=people.administrator
    )
    change = policy_drafts.draft_rule(
        by=people.administrator, at=an_hour_ago(), key="soi_determination", governs="pending",
        first_day=an_hour_ago().date() + timedelta(days=30), source="Order 7 of the board",
        reason="The board has fewer people than before.",
        value={
            "amount": 45, "unit": "calendar_days",
            "rungs": [{"rung": "due"}, {"rung": "breach", "after": {"amount": 1, "unit": "calendar_days"}}],
        },
    )  # fmt: skip
    return policy_changes.propose(change, at=an_hour_ago(), foreseen={"fingerprint": "none"})


def returned(message: Message) -> bounces.Taken:
    entry = bounces.Entry(message.message_id, "hard", "5.1.1", "no such user")
    return bounces.take(source="webhook", content=uuid4().bytes, entries=[entry], at=an_hour_ago())


def tell_apart(message: Message) -> State:
    """A relay notes that a server refused the mail for good."""
    return ledger.record(
        message,
        ledger.Outcome(Attempt.Outcome.PERMANENT, answer="no"),
        lease=message.leased_by,
        at=an_hour_ago(),
    )


def leased(people: Any) -> Message:
    return mail(people, State.LEASED, leased_by="a relay")


def gathered(people: Any) -> Message:
    return mail(people, State.GATHERED, put_off_until=an_hour_ago())


# What is made ready before, what is then done with it, and the table whose change is put back.
KINDS: dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], Any], str]] = {
    "an absence": (lambda _p: None, lambda p, _made: mark(p), "workflows_absence"),
    "the end of an absence": (
        mark, lambda p, made: absences.end(made, by=p.approver, at=an_hour_ago()), "workflows_absence"
    ),
    "a delegation": (lambda _p: None, lambda p, _made: delegate(p), "referrals_delegation"),
    "a delegation confirmed": (
        delegate, lambda p, made: delegations.confirm(made, by=p.signer, at=an_hour_ago()),
        "referrals_delegation",
    ),
    "a delegation revoked": (
        delegate,
        lambda p, made: delegations.revoke(made, because="He left.", by=p.signer, at=an_hour_ago()),
        "referrals_delegation",
    ),
    "a matter": (matter, lambda _p, made: keep(made), "referrals_employername"),
    "a rule that is to change": (lambda _p: None, lambda p, _made: propose(p), "workflows_policychange"),
    "a proposal taken back": (
        propose, lambda p, made: policy_changes.withdraw(made, by=p.administrator, at=an_hour_ago()),
        "workflows_policychange",
    ),
    "a redaction asked for": (
        lambda _p: None, lambda p, _made: redaction(p), "workflows_redactionrequest"
    ),
    "a redaction granted": (
        redaction, lambda p, made: redactions.decide(made, granted=True, by=p.officer, at=an_hour_ago()),
        "workflows_redaction",
    ),
    "an incident given to somebody": (
        incident, lambda p, made: incidents.assign(incident=made, owner=p.administrator),
        "notifications_incident",
    ),
    "an incident seen to": (
        incident,
        lambda p, made: incidents.send_again(
            incident=made, by=p.administrator, at=an_hour_ago(), resolution="The mailbox works."
        ),
        "notifications_incident",
    ),
    "a returned mail": (
        lambda p: mail(p, State.SENT), lambda _p, made: returned(made), "notifications_bounce"
    ),
    "a refused mail": (leased, lambda _p, made: tell_apart(made), "notifications_attempt"),
    "a summary": (gathered, lambda _p, _made: digests.gather(at=an_hour_ago()), "notifications_message"),
    "mail turned off": (
        lambda _p: Preference.objects.all().delete(),
        lambda p, _made: preferences.turn_off_everything(user=p.approver, channel=Channel.EMAIL),
        "notifications_preference",
    ),
    "a new password asked for": (
        lambda _p: None, lambda p, _made: account_mail.tell_password_reset(p.approver, at=an_hour_ago()),
        "notifications_message",
    ),
}  # fmt: skip


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 (a name of our own)
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("kind", KINDS)
def test_what_could_not_be_serialized_is_done_again_once(
    stack: Stack, people: Any, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    ready, act, table = KINDS[kind]
    made = ready(people)
    before = rows_of(table)
    with put_back_once(stack, table):
        act(people, made)
    assert put_back(caplog) == ["serialization failure"]
    assert 0 <= rows_of(table) - before <= 1


def test_two_absences_that_stand_in_each_others_way_are_both_marked(
    stack: Stack, people: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The other one holds the deputy, and then wants the person who will be absent."""
    one, other = sorted([people.approver, people.second_approver], key=lambda each: each.pk)
    before, day = rows_of("workflows_absence"), an_hour_ago().date() + timedelta(days=2 * next(DAYS))
    with meanwhile(
        stack,
        "SELECT 1 FROM referrals_user WHERE id = %s FOR UPDATE",
        other.pk,
        then=f"SELECT 1 FROM referrals_user WHERE id = {one.pk} FOR UPDATE",  # noqa: S608
    ):
        absences.mark(hat(one), deputy=hat(other), first_day=day, last_day=day, by=one, at=an_hour_ago())
    assert put_back(caplog) == ["deadlock"]
    assert rows_of("workflows_absence") == before + 1


def pressed(people: Any, who: str) -> Client:
    client = Client()
    client.force_login(getattr(people, who))
    return client


def test_a_draft_begun_on_a_page_is_begun_once(
    stack: Stack, people: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client = pressed(people, "organizer")
    page = client.get(reverse("soi_request_new")).content.decode()
    form = {
        "draft": page.split('name="draft" value="')[1].split('"')[0],
        "office": str(people.offices["nlrb-region-28"].pk),
        "requester_kind": "organization",
        "on_behalf_of": "ALL",
        "case_number": "28-CA-300001",
    }
    before = SoiRequest.objects.count()
    with put_back_once(stack, "referrals_soirequest"):
        answer = client.post(reverse("soi_request_new"), form)
    assert answer.status_code == 302
    assert put_back(caplog) == ["serialization failure"]
    assert SoiRequest.objects.count() == before + 1


def test_choices_of_news_are_stored_at_the_second_try(
    stack: Stack, people: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client = pressed(people, "approver")
    with put_back_once(stack, "notifications_schedule"):
        answer = client.post(
            reverse("notification_choices"),
            {"summary": "none", "weekday": "0", "hour": "8", "time_zone": "America/Phoenix"},
        )
    assert answer.status_code == 302
    assert put_back(caplog) == ["serialization failure"]


def test_what_is_refused_for_another_reason_is_refused_at_once(
    stack: Stack, people: Any, caplog: pytest.LogCaptureFixture
) -> None:
    stored = keep(matter(people))
    with pytest.raises(ValidationError):
        keep(Matter(agency=stored.agency, case_number=stored.case_number))
    assert put_back(caplog) == []


def test_what_must_outlive_a_crash_refuses_a_callers_transaction(stack: Stack) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        relay.deliver_pending(at=an_hour_ago(), worker="nested")

"""What keeps the system in order, for its pages: rules and their changes, closures, redactions, incidents."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from notifications.models import Incident
from referrals.models import (
    Access,
    AccessAlert,
    Delegation,
    Disposition,
    DispositionItem,
    Export,
    LegalHold,
    Person,
)
from referrals.services import redactions
from tests.cases import OPEN_WORLD, request_draft
from tests.referrals.people import keeping
from tests.workflows.history_files import spoken_line
from workflows.models import Policy, PolicyChange, TollingWindow
from workflows.models.policy import FEDERAL

if TYPE_CHECKING:
    from tests.referrals.pages.casework import Casework
    from tests.wall.world import World

    WithCast = Casework | World

LAST_CLOSURE = date(2022, 1, 3)


def begin(casework: Casework) -> None:
    """One record for each page of a single one; DHS sees the drafts of one agency."""
    rule = Policy.objects.filter(key="rfe", jurisdiction=FEDERAL).latest("effective_from")
    Policy.objects.filter(pk=agencys_own("agency.dhs_preapproval").pk).update(value=True)
    casework.at |= {
        "rule": (FEDERAL, "rfe"),
        "row": (rule.pk,),
        "change": (change(casework, rule).pk,),
        "closure": (closure(0).pk,),
        "agency": ("NLRB",),
        "delegation": (Delegation.objects.get(official=casework.cast.signer).pk,),
        "incident": (incident(casework, "first").pk,),
        "redaction": (redaction(casework).pk,),
        "alert": (alert(casework, "first").pk,),
        **keeping.things(casework.cast, casework.reviewed),
        "export": (export(casework.cast.representative).reference,),
        "hold": (hold(casework).pk,),
    }
    batch = disposition(casework)
    casework.at |= {
        "disposition": (batch.pk,),
        "item of a disposition": (batch.pk, batch.items.latest("pk").pk),
        "finished disposition": (finished(casework).pk,),
    }


def add(casework: Casework, row: int) -> None:
    """Another change of the rule, closure, incident and redaction."""
    others = Policy.objects.filter(jurisdiction=FEDERAL, effective_to=None).exclude(key="rfe").order_by("pk")
    change(casework, others[row])
    refused = {"fate": PolicyChange.Fate.REFUSED, "decided_by": casework.cast.officer}
    first = Policy.objects.get(pk=casework.at["row"][0])
    change(casework, first, **refused, decided_at=OPEN_WORLD, decision_reason="Not published yet.")
    closure(row)
    incident(casework, str(row))
    alert(casework, str(row))
    export(casework.cast.representative)
    redaction(casework)
    hold(casework)
    item(casework, Disposition.objects.get(pk=casework.at["disposition"][0]))
    disposition(casework)


def export(person: Any) -> Export:
    """A list that somebody may fetch as a file."""
    hat = person.hat
    return Export.objects.create(
        user=person, capacity=hat.capacity, organization=hat.organization, office=hat.office, what="workers",
        format="CSV", purpose="MEETING", rows=1, needs_second=False, asked_at=OPEN_WORLD,
        expires_at=OPEN_WORLD + timedelta(days=3),
    )  # fmt: skip


def agencys_own(key: str) -> Policy:
    """A row of the agency's own, like the one that goes for all agencies."""
    row = Policy.objects.filter(key=key, jurisdiction=FEDERAL).latest("effective_from")
    row.pk, row.jurisdiction = None, "NLRB"
    row.save(force_insert=True)
    return row


def change(casework: WithCast, rule: Policy, **decision: Any) -> PolicyChange:
    return PolicyChange.objects.create(
        matter=PolicyChange.Matter.RULE,
        key=rule.key,
        first_day=OPEN_WORLD.date() + timedelta(days=90),
        value=rule.value,
        governs=rule.governs,
        authority="Memorandum of the director",
        source="A page of the department",
        reason="Another term was published.",
        replaces=rule,
        proposed_by=casework.cast.administrator,
        proposed_at=OPEN_WORLD,
        **decision,
    )


def closure(number: int) -> TollingWindow:
    """A day on which the offices of an agency were closed, before any case began."""
    day = LAST_CLOSURE - timedelta(days=7 * number)
    words = {"en": "Snow", "es": "Nieve"}
    return TollingWindow.objects.create(
        jurisdiction="NLRB", starts_on=day, ends_on=day, reasons=words, authorities=words
    )


def incident(casework: Casework, key: str) -> Incident:
    message = casework.mail(f"lost:{key}", state="FAILED")
    return Incident.objects.create(
        message=message,
        kind=Incident.Kind.BOUNCED,
        note="The mailbox is full.",
        opened_at=OPEN_WORLD,
        owner=casework.cast.administrator,
    )


def alert(casework: Any, key: str) -> AccessAlert:
    """A search that found a worker at night, and the alert about it."""
    reader, owner = casework.cast.adjudicator, casework.cast.representative.organization_id
    hat = reader.memberships.get()
    who = {
        "user": reader, "capacity": hat.capacity, "organization_id": hat.organization_id,
        "office_id": hat.office_id,
    }  # fmt: skip
    Access.objects.create(
        **who, owner_id=owner, what=Access.What.SEARCH, route="search", persons=[casework.worker.token],
        number=1, at=OPEN_WORLD,
    )  # fmt: skip
    return AccessAlert.objects.create(
        **who, key=key, rule=AccessAlert.Rule.ODD_HOURS, owners=[owner], number=1, first_at=OPEN_WORLD,
        last_at=OPEN_WORLD, found_at=OPEN_WORLD,
    )  # fmt: skip


def hold(casework: Any) -> LegalHold:
    """A hold on a matter of another agency."""
    cast = casework.cast
    return LegalHold.objects.create(
        scope=LegalHold.Scope.ORGANIZATION, organization=cast.organizations["NYSDOL"], reason="A lawsuit.",
        authority="Court order", opened_by=cast.privacy_officer, opened_at=OPEN_WORLD,
    )  # fmt: skip


def disposition(casework: Any) -> Disposition:
    """A batch to be reviewed, with one item."""
    batch = Disposition.objects.create(stage=Disposition.Stage.NEVER_FILED, found_at=OPEN_WORLD)
    item(casework, batch)
    return batch


def item(casework: Any, batch: Disposition) -> DispositionItem:
    """A worker of whom nothing was filed, as they stand in a batch."""
    cast, number = casework.cast, Person.objects.count()
    person = Person.objects.create(
        token=f"W-IDLE{number}", given_names="Prudencia", family_names="Ejemplo", added_at=OPEN_WORLD,
        added_by=cast.representative,
    )  # fmt: skip
    return DispositionItem.objects.create(
        disposition=batch, what=DispositionItem.What.WORKER, person=person, starts_on=OPEN_WORLD.date(),
        rule=Policy.objects.get(key="retention.worker.never_filed"), due_on=OPEN_WORLD.date(),
    )  # fmt: skip


def finished(casework: Any) -> Disposition:
    """A batch that two people have carried out."""
    cast, fate = casework.cast, Disposition.Fate
    return Disposition.objects.create(
        stage=Disposition.Stage.NEVER_FILED, found_at=OPEN_WORLD, fate=fate.DONE,
        proposed_by=cast.privacy_officer, proposed_at=OPEN_WORLD, decided_by=cast.administrator,
        decided_at=OPEN_WORLD, finished_at=OPEN_WORLD, list_hash="0" * 64, certificate_hash="0" * 64,
    )  # fmt: skip


def redaction(casework: WithCast) -> Any:
    """A wish to make the reason of a line unreadable."""
    cast, request = casework.cast, request_draft(casework.cast)
    spoken = spoken_line(request, "Settled with Prudencia.", by=cast.representative, at=OPEN_WORLD)
    return redactions.ask(
        reference=request.reference,
        line=spoken.sequence,
        because="The reason names somebody.",
        by=cast.administrator,
        at=OPEN_WORLD,
    )

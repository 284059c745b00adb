"""One of each thing that pages about people show, laid down without telling anybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from referrals.demo.cast import Cast
from referrals.models import (
    Access,
    AccessReview,
    AccessReviewLine,
    Admission,
    Membership,
    Opening,
    PrivacyIncident,
    PrivacyIncidentStep,
)
from tests.cases import OPEN_WORLD

CODE = "desert-legal-aid"
TWO_WEEKS = timedelta(days=14)


def things(cast: Cast, case: Any) -> dict[str, tuple[Any, ...]]:
    """The arguments of their addresses, by what they are; all of them are about the same organization."""
    return {
        "admission": (admission(cast).pk,),
        "organization": (CODE,),
        "capacity": (cast.organizer.memberships.get().pk,),
        "review": (review(cast).pk,),
        "opening": (opening(cast, case).pk,),
        "privacy incident": (privacy_incident(cast).pk,),
    }


def admission(cast: Cast) -> Admission:
    return Admission.objects.create(
        name="Valley Legal Clinic", code="valley", kind="ADVOCATE", office="Tempe",
        time_zone="America/Phoenix",
        proof="DOJ", number="DOJ-1", source="The roster", looked_on=OPEN_WORLD.date(),
        capacities=["ORGANIZER"], most_people=2, first_name="Vera Valley", first_email="vera@valley.example",
        first_capacity="ORGANIZER", proposed_by=cast.administrator, proposed_at=OPEN_WORLD,
    )  # fmt: skip


def review(cast: Cast) -> AccessReview:
    organization = cast.organizations[CODE]
    made = AccessReview.objects.create(
        organization=organization, opened_at=OPEN_WORLD, due_on=(OPEN_WORLD + TWO_WEEKS).date(),
        grace_until=(OPEN_WORLD + 2 * TWO_WEEKS).date(),
    )  # fmt: skip
    AccessReviewLine.objects.bulk_create(
        AccessReviewLine(review=made, membership=each)
        for each in Membership.objects.current().filter(organization=organization)
    )
    return made


def opening(cast: Cast, case: Any) -> Opening:
    """One that is over: the case is shown to nobody by it."""
    return Opening.objects.create(
        user=cast.administrator, membership=cast.administrator.memberships.get(), session="x" * 64,
        case_id=case.pk, owner=cast.organizations[CODE], ground="GLASS_SAFETY", text="In hospital.",
        opened_at=OPEN_WORLD - TWO_WEEKS, expires_at=OPEN_WORLD - TWO_WEEKS + timedelta(minutes=30),
    )  # fmt: skip


def privacy_incident(cast: Cast) -> PrivacyIncident:
    made = PrivacyIncident.objects.create(title="Reads at night", opened_at=OPEN_WORLD)
    made.reads.set(Access.objects.all()[:2])
    PrivacyIncidentStep.objects.create(
        incident=made, what="OPENED", text="No reason for it.", by=cast.privacy_officer, at=OPEN_WORLD
    )
    return made

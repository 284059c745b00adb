"""The agency writes in support of one worker's stay, with the worker's signed consent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from notifications.models import Channel, Message
from referrals.demo.cast import Cast
from referrals.models import StayReferral
from referrals.services import persons, stays
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, matter_of, reload
from tests.referrals.statement_side.conftest import Browse
from tests.referrals.statement_side.reading import take, text_of
from workflows.machines.stay_referral import State
from workflows.refusals import StepRefused

NAME = "Prudencia Ejemplo"
FIELDS = {
    "ground": "TESTIMONY",
    "presence_needed": "Testimony at the hearing in October.",
    "months_asked": "12",
    "contact_phone": "555-0199",
    "case_number": "28-ca-300001",
}


@pytest.fixture(autouse=True)
def _in_the_open_world() -> Any:
    with time_machine.travel(OPEN_WORLD + timedelta(hours=2), tick=False):
        yield


def asked(cast: Cast, **situation: Any) -> StayReferral:
    person = persons.add_person(
        by=cast.representative,
        at=OPEN_WORLD,
        given_names="Prudencia",
        family_names="Ejemplo",
        nationality="Exampleland",
    )
    stay = stays.open_stay(
        person,
        ice_office=cast.offices["ice-phoenix"],
        by=cast.representative,
        at=OPEN_WORLD,
        statement=active_statement(cast),
        reasons="Needed as a witness.",
        identity_papers="A",
        fee_ready=True,
        form_signed=True,
        final_order=True,
        consented_on=OPEN_WORLD.date(),
        **situation,
    )
    return stays.ask_support(
        stay,
        agency=cast.organizations["NLRB"],
        consent_signed_on=OPEN_WORLD.date(),
        by=cast.representative,
        at=OPEN_WORLD,
    )


def case(referral: StayReferral) -> str:
    return reverse("case", args=[referral.reference])


def test_a_letter_is_drafted_by_one_and_signed_by_another(cast: Cast, browse: Browse) -> None:
    referral = asked(cast)
    ian = browse(cast.investigator)
    page = text_of(ian.get(case(referral)))
    assert NAME in page
    assert "the worker signed a consent" in page
    take(ian, referral, "draft", **FIELDS)
    stored = StayReferral.objects.get()
    assert (stored.state, stored.matter) == (State.DRAFTED, matter_of(cast))
    preview = ian.get(reverse("stay_support_preview", args=[referral.reference]))
    assert preview.content.startswith(b"%PDF")
    take(browse(cast.approver), referral, "approve")
    assert StayReferral.objects.get().state == State.APPROVED


@pytest.mark.parametrize("detained", [True, False])
def test_a_sent_letter_is_announced_once_and_where_it_stands_then(
    cast: Cast, browse: Browse, detained: bool
) -> None:
    referral = asked(cast, detained=detained)
    take(browse(cast.investigator), referral, "draft", **FIELDS)
    take(browse(cast.approver), referral, "approve")
    ends = State.SENT_URGENT if detained else State.SENT
    ian = browse(cast.investigator)
    page = text_of(ian.get(reverse("case_step", args=[referral.reference, "send"])))
    assert f"The case is then: {ends.label}." in page
    take(ian, referral, "send")
    assert StayReferral.objects.get().state == ends
    assert f"The case is now: {ends.label}." in text_of(ian.get(case(referral)))
    told = Message.objects.filter(about=referral.reference, event="stay_referral.send")
    hears = told.filter(recipient=cast.ice_reviewer, channel=Channel.INBOX).get()
    assert str(StayReferral.machine.standing(ends).public) in hears.body
    assert hears.mandatory is detained, "what is urgent cannot be turned off"
    assert not Message.objects.filter(event="stay_referral.hasten").exists()


def test_a_number_in_the_letter_is_refused_and_nothing_is_stored(cast: Cast, browse: Browse) -> None:
    referral = asked(cast)
    answer = take(
        browse(cast.investigator), referral, "draft", **{**FIELDS, "presence_needed": "See A098765432."}
    )
    assert "See A098765432." in text_of(answer)
    assert StayReferral.objects.get().presence_needed == ""


def test_another_agencys_matter_is_not_taken(cast: Cast, browse: Browse) -> None:
    matter_of(cast, code="NYSDOL", number="NY-1")
    referral = asked(cast)
    answer = take(browse(cast.investigator), referral, "draft", **{**FIELDS, "case_number": "NY-1"})
    assert "Your agency has no matter with this number." in text_of(answer)


@pytest.mark.parametrize(
    "who", ["organizer", "river", "ny_investigator", "intake", "ice_reviewer", "ny_ice_reviewer"]
)
def test_nobody_else_reads_the_name_before_it_is_sent(cast: Cast, browse: Browse, who: str) -> None:
    referral = asked(cast)
    client = browse(getattr(cast, who))
    assert client.get(case(referral)).status_code == 404
    assert client.get(reverse("stay_support_preview", args=[referral.reference])).status_code == 404


def test_the_representative_does_not_read_the_unsigned_letter(cast: Cast, browse: Browse) -> None:
    referral = asked(cast)
    take(browse(cast.investigator), referral, "draft", **FIELDS)
    page = text_of(browse(cast.representative).get(case(referral)))
    assert FIELDS["presence_needed"] not in page


def test_the_agency_ends_its_support_with_two_people_and_the_representative_hears(cast: Cast) -> None:
    referral = asked(cast)
    at = OPEN_WORLD + timedelta(hours=2)
    with pytest.raises(StepRefused, match="This step belongs to"):
        take_step(referral, "make_moot", by=cast.investigator, at=at, reason="We no longer need it.")
    take_step(referral, "end_as_moot", by=cast.investigator, at=at, reason="The hearing is over.")
    assert reload(referral).state == State.ASKED
    assert not Message.objects.filter(about=referral.reference, recipient=cast.representative).exists()
    with pytest.raises(StepRefused):
        take_step(referral, "countersign", by=cast.investigator, at=at)
    take_step(referral, "countersign", by=cast.approver, at=at)
    assert reload(referral).state == State.MOOT
    assert Message.objects.filter(about=referral.reference, recipient=cast.representative).exists()


def test_the_workers_side_takes_its_request_for_support_back_alone(cast: Cast) -> None:
    referral = asked(cast)
    at = OPEN_WORLD + timedelta(hours=2)
    take_step(referral, "make_moot", by=cast.representative, at=at, reason="The worker left.")
    assert reload(referral).state == State.MOOT
    assert Message.objects.filter(about=referral.reference, recipient=cast.investigator).exists()

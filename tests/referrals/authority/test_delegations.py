"""Who may sign: by kind of letter, office and day; recorded, confirmed by a second person, revoked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import Delegation, Office, Statement, User
from referrals.services import delegations
from referrals.services.delegations import DelegationRefused
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, reload
from tests.laid_down import laid_down
from tests.letters_cases import approved_statement, drafted_support
from workflows.engine import StepRefused
from workflows.models import Desk

LATER = OPEN_WORLD + timedelta(days=30)
REVIEW_BY = date(2026, 8, 5)


@pytest.fixture
@laid_down
def approved(cast: Cast) -> Statement:
    return approved_statement(cast)


def recorded(cast: Cast, by: User, **values: Any) -> Delegation:
    return delegations.record(
        **{
            "official": cast.second_approver, "title": "Acting director", "authority": "Memorandum 24-7",
            "acts": ["STATEMENT"], "office": None, "starts_on": date(2024, 1, 1), "ends_on": None,
            "passes_on": False, **values,
        },
        by=by,
        at=OPEN_WORLD,
    )  # fmt: skip


def refusal(statement: Statement, by: User) -> Any:
    with pytest.raises(StepRefused) as refused:
        take_step(statement, "sign", by=by, at=LATER, review_by_on=REVIEW_BY)
    return next(each for each in refused.value.refusals if each.code == "holds_a_delegation")


def test_an_approver_signs_under_a_delegation_and_the_letter_cites_it(
    cast: Cast, approved: Statement
) -> None:
    assert "No delegation" not in refusal(approved, cast.second_approver).reason
    made = recorded(cast, cast.signer, passes_on=True)
    take_step(approved, "sign", by=cast.second_approver, at=LATER, review_by_on=REVIEW_BY)
    signed = reload(approved).signed
    assert signed.delegation == made
    assert signed.signed_by == cast.second_approver


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"starts_on": date(2025, 1, 1)}, "begins on"),
        ({"ends_on": date(2024, 2, 1)}, "ended on"),
        ({"acts": ["STAY_SUPPORT"]}, "covers Letters in support of a stay, not: Statements of interest"),
        ({"office": "elsewhere"}, "is for Elsewhere only"),
    ],
)
def test_outside_its_limits_the_refusal_says_why_and_who_can_sign(
    values: dict[str, Any], why: str, cast: Cast, approved: Statement
) -> None:
    if "office" in values:
        desk = Desk.objects.create(key="elsewhere", name="Elsewhere")
        values = {
            "office": Office.objects.create(
                organization=cast.organizations["NLRB"], desk=desk, name="Elsewhere"
            )
        }
    delegations.confirm(recorded(cast, cast.approver, **values), by=cast.signer, at=OPEN_WORLD)
    told = refusal(approved, cast.second_approver)
    assert why in told.reason
    assert "Memorandum 24-7" in told.reason
    assert "Sol Signer (Delegation order 2022-1 (fictional))" in told.remedy
    assert reload(approved).version_in_force is None


def test_an_unconfirmed_or_revoked_delegation_holds_nothing(cast: Cast, approved: Statement) -> None:
    made = recorded(cast, cast.approver)
    assert "not confirmed" in refusal(approved, cast.second_approver).reason
    delegations.confirm(made, by=cast.signer, at=OPEN_WORLD)
    delegations.revoke(made, because="The director is back.", by=cast.approver, at=LATER)
    assert "was revoked on" in refusal(approved, cast.second_approver).reason


def test_nobody_else_is_told_who_the_officials_are(cast: Cast, approved: Statement) -> None:
    assert "Sol Signer" not in str(refusal(approved, cast.ny_signer))


def test_the_author_does_not_sign_whatever_was_delegated(cast: Cast, approved: Statement) -> None:
    recorded(cast, cast.signer, official=cast.approver, passes_on=True)
    from tests.journeys.test_nobody_signs_their_own_letter import in_another_hat

    author = in_another_hat(cast, cast.investigator, "AGENCY_SIGNER")
    with pytest.raises(StepRefused) as refused:
        take_step(approved, "sign", by=author, at=LATER, review_by_on=REVIEW_BY)
    assert [each.code for each in refused.value.refusals] == ["four_eyes"]


def test_a_letter_of_support_needs_a_delegation_too(cast: Cast) -> None:
    support = drafted_support(cast)
    for each in Delegation.objects.filter(official=cast.approver):
        delegations.revoke(each, because="Reorganized.", by=cast.signer, at=OPEN_WORLD)
    with pytest.raises(StepRefused, match="was revoked"):
        take_step(support, "approve", by=cast.approver, at=LATER)
    take_step(support, "approve", by=cast.signer, at=LATER)


@pytest.mark.parametrize(
    "who", ["approver", "second_approver", "investigator", "ny_approver", "administrator"]
)
def test_who_recorded_it_who_is_named_and_strangers_do_not_confirm(who: str, cast: Cast) -> None:
    made = recorded(cast, cast.approver)
    with pytest.raises(DelegationRefused):
        delegations.confirm(made, by=getattr(cast, who), at=LATER)
    assert Delegation.objects.get(pk=made.pk).confirmed_at is None


@pytest.mark.parametrize(
    "more",
    [
        {"official": "signer"},
        {"acts": ["STATEMENT", "STAY_SUPPORT"], "by": "approver"},
        {"by": "second_approver", "official": "approver"},
    ],
)
def test_one_passes_on_only_what_one_holds(more: dict[str, Any], cast: Cast) -> None:
    by = getattr(cast, more.pop("by", "signer"))
    if "official" in more:
        more["official"] = getattr(cast, more["official"])
    with pytest.raises(DelegationRefused):
        recorded(cast, by, passes_on=True, **more)


def test_what_was_passed_on_is_not_passed_on_further(cast: Cast) -> None:
    recorded(cast, cast.signer, passes_on=True)
    with pytest.raises(DelegationRefused):
        recorded(cast, cast.second_approver, official=cast.approver, passes_on=True)


def test_the_database_refuses_what_the_service_refuses(cast: Cast) -> None:
    made = recorded(cast, cast.approver)
    mine = Delegation.objects.filter(pk=made.pk)
    for person in (cast.approver, cast.second_approver):
        with pytest.raises(IntegrityError, match="a_second_person_confirms"), transaction.atomic():
            mine.update(confirmed_by=person, confirmed_at=LATER)
    for values in ({"acts": ["STAY_SUPPORT"]}, {"ends_on": LATER.date()}, {"official": cast.approver}):
        with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
            mine.update(**values)
    with pytest.raises(DatabaseError), transaction.atomic():
        mine.delete()
    with pytest.raises(DatabaseError, match="names who recorded it"), transaction.atomic():
        Delegation.objects.create(
            agency=made.agency, official=cast.approver, title="x", authority="x", starts_on=date(2024, 1, 1),
            confirmed_at=LATER,
        )  # fmt: skip


# The pages


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


TYPED = {
    "title": "Acting director", "authority": "Memorandum 24-7", "acts": ["STATEMENT"],
    "starts_on": "2024-01-01",
}  # fmt: skip


def test_a_delegation_is_recorded_confirmed_and_revoked_on_pages(cast: Cast) -> None:
    alma, sol = signed_in(cast.approver), signed_in(cast.signer)
    answer = alma.post(reverse("signature_new"), {**TYPED, "official": cast.second_approver.pk})
    made = Delegation.objects.get(authority="Memorandum 24-7")
    assert answer.url == reverse("signature", args=[made.pk])
    assert "Confirm the delegation" not in alma.get(answer.url).text
    assert "Confirm the delegation" in sol.get(answer.url).text
    assert alma.post(answer.url, {"confirm": "1"}).status_code == 409
    assert sol.post(answer.url, {"confirm": "1"}).status_code == 302
    assert "Memorandum 24-7" in alma.get(reverse("signatures")).text
    assert sol.post(answer.url, {"revoke": "1", "because": ""}).status_code == 200
    assert sol.post(answer.url, {"revoke": "1", "because": "He left."}).status_code == 302
    assert "He left." in alma.get(answer.url).text


def test_bad_input_gets_a_sentence_and_stays_on_the_page(cast: Cast) -> None:
    typed = {**TYPED, "official": cast.second_approver.pk, "starts_on": "soon", "ends_on": "2023-01-01"}
    page = signed_in(cast.approver).post(reverse("signature_new"), typed).text
    assert "Memorandum 24-7" in page
    assert "soon" in page
    page = signed_in(cast.approver).post(reverse("signature_new"), {**typed, "starts_on": "2024-01-01"}).text
    assert "The last day lies before the first." in page


@pytest.mark.parametrize("who", ["representative", "ny_approver", "intake", "administrator", "officer"])
def test_to_everybody_else_there_is_no_such_page(who: str, cast: Cast) -> None:
    pk = Delegation.objects.filter(agency__code="NLRB").first().pk  # type: ignore[union-attr]
    assert signed_in(getattr(cast, who)).get(reverse("signature", args=[pk])).status_code == 404


def test_staff_read_but_do_not_record(cast: Cast) -> None:
    ian = signed_in(cast.investigator)
    assert ian.get(reverse("signatures")).status_code == 200
    assert ian.get(reverse("signature_new")).status_code == 404

"""Changing a rule needs two people, a day that is not past, and a value that the rule can have."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, IntegrityError, transaction

from notifications.models import Message
from referrals.personal_data import PersonalDataFound
from referrals.services import policy_changes as service
from tests.policies.conftest import MONDAY, TERM_OF_45, approved, day, drafted, on, submitted
from workflows import policies, policy_drafts
from workflows.models import Policy, PolicyChange
from workflows.policy_drafts import ChangeRefused

TODAY = MONDAY.date()


def refused(**fields: Any) -> dict[str, list[str]]:
    """The sentences against a draft, by field."""
    by = fields.pop("by")
    with pytest.raises(ChangeRefused) as found:
        drafted(by, **fields)
    return found.value.problems


def test_a_past_day_is_refused_with_the_reason(cast: Any) -> None:
    problems = refused(by=cast.administrator, first_day=on(-1))
    assert "past" in problems["first_day"][0]
    assert "correction" in problems["first_day"][0]


def test_a_correction_may_begin_in_the_past(cast: Any) -> None:
    change = drafted(cast.administrator, first_day=on(-30), correction=True)
    assert change.correction


def test_what_begins_today_is_no_correction(cast: Any) -> None:
    assert not drafted(cast.administrator, correction=True).correction


def test_a_row_is_not_replaced_on_the_day_it_began(cast: Any) -> None:
    problems = refused(by=cast.administrator, first_day=date(2021, 10, 12), correction=True)
    assert "very day" in problems["first_day"][0]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({**TERM_OF_45, "rungs": TERM_OF_45["rungs"][:1]}, "due"),
        ({**TERM_OF_45, "amount": -1}, "whole number"),
        ({**TERM_OF_45, "unit": "fortnights"}, "not a unit"),
        (
            {
                **TERM_OF_45,
                "rungs": [{"rung": "due"}, {"rung": "warn_1", "after": {"amount": 1, "unit": "hours"}}],
            },
            "after the date",
        ),
        (
            {
                **TERM_OF_45,
                "rungs": [{"rung": "breach", "before": {"amount": 1, "unit": "months"}}, {"rung": "due"}],
            },
            "only warnings",
        ),
        ({**TERM_OF_45, "rungs": [{"rung": "due"}, {"rung": "due"}]}, "same name"),
        ("forty-five days", "same kind"),
        (True, "same kind"),
    ],
)
def test_a_value_the_rule_cannot_have_is_refused_with_a_sentence(cast: Any, value: Any, words: str) -> None:
    assert words in " ".join(refused(by=cast.administrator, value=value)["value"])


def test_a_rung_on_which_the_system_acts_cannot_be_left_out(cast: Any) -> None:
    row = policies.policy("soi_review", on=TODAY)
    kept = [rung for rung in row.value["rungs"] if rung["rung"] != "warn_90"]
    problems = refused(by=cast.administrator, key="soi_review", value={**row.value, "rungs": kept})
    assert any("warn_90" in sentence for sentence in problems["value"])


def test_the_same_value_again_is_no_change(cast: Any) -> None:
    row = policies.policy("soi_determination", on=TODAY)
    problems = refused(by=cast.administrator, value=row.value, governs=row.governs)
    assert "already" in problems["value"][0]


def test_only_one_change_of_a_rule_waits_at_a_time(cast: Any) -> None:
    change = drafted(cast.administrator)
    another = drafted(cast.administrator, first_day=on(9))
    service.propose(change, by=cast.administrator, at=MONDAY)
    with pytest.raises(ChangeRefused, match="already waits"):
        drafted(cast.administrator, first_day=on(9))
    with pytest.raises(ChangeRefused, match="already waits"):
        service.propose(another, by=cast.administrator, at=MONDAY)
    assert PolicyChange.objects.count() == 1


def test_nobody_approves_or_refuses_their_own_change(cast: Any) -> None:
    change = drafted(cast.administrator)
    seen = service.propose(change, by=cast.administrator, at=MONDAY).fingerprint
    with pytest.raises(ChangeRefused, match="Another person"):
        service.approve(change, by=cast.administrator, at=MONDAY, seen=seen)
    with pytest.raises(ChangeRefused, match="another person"):
        service.refuse(change, by=cast.administrator, at=MONDAY, reason="No.")
    assert not Policy.objects.filter(effective_from=TODAY).exists()


def test_the_database_refuses_the_proposer_as_decider(cast: Any) -> None:
    change = drafted(cast.administrator)
    service.propose(change, by=cast.administrator, at=MONDAY)
    row = policies.policy("soi_determination", on=TODAY)
    with pytest.raises(IntegrityError, match="nobody_decides_their_own"), transaction.atomic():
        PolicyChange.objects.filter(pk=change.pk).update(
            fate="APPROVED", decided_by=cast.administrator, decided_at=MONDAY, row=row
        )


def test_a_second_person_approves_and_the_rows_meet_on_the_day(cast: Any, steward: Any) -> None:
    change = approved(cast.administrator, steward, first_day=on(10))
    before, new = Policy.objects.filter(key="soi_determination", jurisdiction="US").order_by("effective_from")
    assert (before.effective_to, new.effective_from) == (on(10), on(10))
    assert (new.value, new.governs, new.effective_to) == (TERM_OF_45, "pending", None)
    assert new.verified_on is None
    assert PolicyChange.objects.get(pk=change.pk).row == new
    assert policies.value("soi_determination", on=on(9))["amount"] == 30
    assert policies.value("soi_determination", on=on(10))["amount"] == 45


def test_a_row_between_two_others_ends_where_the_next_begins(cast: Any, steward: Any) -> None:
    approved(cast.administrator, steward, first_day=on(30))
    approved(cast.administrator, steward, first_day=on(10), value={**TERM_OF_45, "amount": 40})
    ends = Policy.objects.filter(key="soi_determination", jurisdiction="US").order_by("effective_from")
    assert [row.effective_to for row in ends] == [on(10), on(30), None]


def test_a_scheduled_row_can_still_be_replaced_on_its_day(cast: Any, steward: Any) -> None:
    approved(cast.administrator, steward, first_day=on(30))
    approved(cast.administrator, steward, first_day=on(30), value={**TERM_OF_45, "amount": 40})
    assert policies.value("soi_determination", on=on(30))["amount"] == 40
    assert PolicyChange.objects.approved().count() == 2


def test_an_agency_without_its_own_row_gets_one_beside_the_federal(cast: Any, steward: Any) -> None:
    approved(cast.approver, cast.second_approver, jurisdiction="NLRB")
    assert policies.value("soi_determination", on=TODAY, jurisdiction="NLRB")["amount"] == 45
    assert policies.value("soi_determination", on=TODAY)["amount"] == 30


def test_refused_and_withdrawn_proposals_stay_on_record(cast: Any, steward: Any) -> None:
    first = drafted(cast.administrator)
    service.propose(first, by=cast.administrator, at=MONDAY)
    with pytest.raises(ChangeRefused, match="reason"):
        service.refuse(first, by=steward, at=day(1), reason="  ")
    service.refuse(first, by=steward, at=day(1), reason="The order was not signed.")
    second = drafted(cast.administrator)
    service.propose(second, by=cast.administrator, at=day(1))
    with pytest.raises(ChangeRefused, match="Only the person"):
        service.withdraw(second, by=steward, at=day(1))
    service.withdraw(second, by=cast.administrator, at=day(1), reason="Typed wrong.")
    kept = PolicyChange.objects.order_by("pk").values_list("fate", "decision_reason")
    assert list(kept) == [("REFUSED", "The order was not signed."), ("WITHDRAWN", "Typed wrong.")]
    with pytest.raises(ChangeRefused, match="already decided"):
        service.refuse(first, by=steward, at=day(2), reason="Again.")


@pytest.mark.parametrize("change_it", [{"value": 1}, {"first_day": date(2030, 1, 1)}, {"reason": "Another."}])
def test_what_was_proposed_cannot_be_rewritten_or_removed(cast: Any, change_it: dict[str, Any]) -> None:
    change = drafted(cast.administrator)
    service.propose(change, by=cast.administrator, at=MONDAY)
    with pytest.raises(Error, match="never rewritten"), transaction.atomic():
        PolicyChange.objects.filter(pk=change.pk).update(**change_it)
    with pytest.raises(Error), transaction.atomic():
        PolicyChange.objects.filter(pk=change.pk).delete()


def test_an_approval_whose_day_has_passed_is_refused(cast: Any, steward: Any) -> None:
    change = drafted(cast.administrator, first_day=on(1))
    service.propose(change, by=cast.administrator, at=MONDAY)
    seen = service.foresee(change, at=day(5)).fingerprint
    with pytest.raises(ChangeRefused, match="has passed"):
        service.approve(change, by=steward, at=day(5), seen=seen)


def test_an_approval_of_effects_that_changed_meanwhile_is_refused(cast: Any, steward: Any) -> None:
    change = drafted(cast.administrator)
    seen = service.propose(change, by=cast.administrator, at=MONDAY).fingerprint
    submitted(cast)
    with pytest.raises(ChangeRefused, match="moved on"):
        service.approve(change, by=steward, at=MONDAY, seen=seen)
    seen = service.foresee(change, at=MONDAY).fingerprint
    assert service.approve(change, by=steward, at=MONDAY, seen=seen).foreseen_at_approval["cases"] == 1


# Whose rules they are


def test_rules_for_all_are_changed_by_administrators_and_programme_officers_only(cast: Any) -> None:
    change = drafted(cast.administrator)
    for person in (cast.representative, cast.approver, cast.signer, cast.adjudicator, cast.intake):
        with pytest.raises(PermissionDenied):
            service.propose(change, by=person, at=MONDAY)
    seen = service.propose(change, by=cast.administrator, at=MONDAY).fingerprint
    for person in (cast.approver, cast.investigator, cast.supervisor):
        with pytest.raises(PermissionDenied):
            service.approve(change, by=person, at=MONDAY, seen=seen)
    assert service.approve(change, by=cast.officer, at=MONDAY, seen=seen).decided_by == cast.officer


def test_an_agencys_rules_are_changed_by_its_own_approvers_only(cast: Any) -> None:
    change = drafted(cast.approver, jurisdiction="NLRB")
    for person in (cast.investigator, cast.ny_approver, cast.administrator, cast.officer):
        with pytest.raises(PermissionDenied):
            service.propose(change, by=person, at=MONDAY)
    seen = service.propose(change, by=cast.approver, at=MONDAY).fingerprint
    for person in (cast.ny_approver, cast.administrator):
        with pytest.raises(PermissionDenied):
            service.approve(change, by=person, at=MONDAY, seen=seen)
    assert service.approve(change, by=cast.signer, at=MONDAY, seen=seen).fate == "APPROVED"


def test_where_an_agency_has_no_approver_here_the_stewards_stand_in(cast: Any) -> None:
    change = drafted(cast.administrator, jurisdiction="DOL")
    seen = service.propose(change, by=cast.administrator, at=MONDAY).fingerprint
    assert service.approve(change, by=cast.officer, at=MONDAY, seen=seen).fate == "APPROVED"


def test_a_proposal_tells_those_who_may_decide_and_the_decision_the_proposer(cast: Any, steward: Any) -> None:
    change = drafted(cast.administrator)
    seen = service.propose(change, by=cast.administrator, at=MONDAY).fingerprint
    told = Message.objects.filter(event="rule.proposed", channel="inbox").values_list("recipient", flat=True)
    assert set(told) == {steward.pk, cast.officer.pk}
    service.approve(change, by=steward, at=MONDAY, seen=seen)
    (heard,) = Message.objects.filter(event="rule.decided", channel="inbox")
    assert heard.recipient == cast.administrator


def test_a_workers_number_in_the_reason_is_refused(cast: Any) -> None:
    change = drafted(cast.administrator, reason="Because of A123456789.")
    with pytest.raises(PersonalDataFound):
        service.propose(change, by=cast.administrator, at=MONDAY)
    assert not PolicyChange.objects.exists()


# Verifying


def test_a_check_that_agrees_verifies_the_row_and_one_that_differs_takes_it_back(cast: Any) -> None:
    row = policies.policy("soi_determination", on=TODAY)
    found = {"against": "The order itself", "checked_on": TODAY, "by": cast.administrator, "at": MONDAY}
    service.record_check(row, finding="AGREES", **found)
    row.refresh_from_db()
    assert (row.verified_on, row.verified_by) == (TODAY, "Adam Administrator, Operator of this system")
    service.record_check(row, finding="DIFFERS", note="It says forty days.", **found)
    row.refresh_from_db()
    assert (row.verified_on, row.verified_by) == (None, "")
    assert [check.finding for check in row.checks.all()] == ["DIFFERS", "AGREES"]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"against": " "}, "against"),
        ({"checked_on": on(1)}, "checked_on"),
        ({"finding": "DIFFERS"}, "note"),
        ({"finding": "MAYBE"}, "finding"),
    ],
)
def test_a_check_with_a_gap_is_refused(cast: Any, fields: dict[str, Any], where: str) -> None:
    row = policies.policy("soi_determination", on=TODAY)
    with pytest.raises(ChangeRefused) as found:
        service.record_check(
            row, by=cast.administrator, at=MONDAY,
            **{"finding": "AGREES", "against": "The order", "checked_on": TODAY, **fields},
        )  # fmt: skip
    assert where in found.value.problems


def test_checks_are_append_only(cast: Any) -> None:
    row = policies.policy("soi_determination", on=TODAY)
    check = service.record_check(
        row, finding="AGREES", against="The order", checked_on=TODAY, by=cast.administrator, at=MONDAY
    )
    with pytest.raises(Error), transaction.atomic():
        type(check).objects.filter(pk=check.pk).update(finding="DIFFERS")


def test_an_unknown_rule_is_no_rule(cast: Any) -> None:
    with pytest.raises(policies.NoPolicy):
        policy_drafts.row_before("no.such.rule", "US", TODAY)

"""A statement is drafted, checked, approved, signed and amended; nobody outside reads a draft."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import NameKind, Statement
from referrals.services import statements
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, matter_of, routed_request
from tests.referrals.statement_side.conftest import Browse
from tests.referrals.statement_side.reading import rows, take, text_of, token_of
from workflows.machines.statement import State

A_NUMBER = "A098765432"
HTMX = {"HTTP_HX_REQUEST": "true"}
FULL = {
    "authority": "National Labor Relations Act",
    "matter_stage": "Investigation",
    "period_from": "2022-01-01",
    "period_to": "present",
    "worker_class": "All workers employed at the covered worksite.",
    "current_workers": "on",
    "former_workers": "on",
    "cooperation": "The agency needs the workers as witnesses.",
    "retaliation": "Threats were made.",
    "relief": ["DEFERRED_ACTION", "WORK_PERMIT"],
    "contact_name": "Ian Investigator",
    "contact_phone": "555-0100",
    "review_by": "2026-08-01",
}
NAMES = rows(
    "names", {"name": "A Foods Inc.", "kind": "LEGAL"}, {"name": "A Foods", "kind": "PAYSTUB"}, initial=2
)
SITES = rows(
    "sites", {"street": "1 Example Road", "city": "Mesa", "state": "AZ", "zip_code": "85201"}, initial=1
)


@pytest.fixture(autouse=True)
def _in_the_open_world() -> Any:
    with time_machine.travel(OPEN_WORLD + timedelta(hours=2), tick=False):
        yield


def drafted(cast: Cast) -> Statement:
    return statements.open_draft(
        matter_of(cast), office=cast.offices["nlrb-region-28"], by=cast.investigator, at=OPEN_WORLD
    )


def edit(statement: Statement) -> str:
    return reverse("statement_edit", args=[statement.reference])


def case(statement: Statement) -> str:
    return reverse("case", args=[statement.reference])


def letter(statement: Statement) -> str:
    return reverse("statement_preview", args=[statement.reference])


def test_a_draft_is_written_approved_and_signed_by_three_people(cast: Cast, browse: Browse) -> None:
    statement = drafted(cast)
    ian, alma, sol = browse(cast.investigator), browse(cast.approver), browse(cast.signer)
    page = ian.get(edit(statement))
    assert "required items are missing" in text_of(page)
    answer = ian.post(edit(statement), {"as_shown": token_of(page), **FULL, **NAMES, **SITES})
    assert answer.status_code == 302
    assert "0 required items are missing" in text_of(ian.get(edit(statement)))
    take(ian, statement, "send_for_approval")
    assert "A Foods Inc." in text_of(alma.get(letter(statement)))
    take(alma, statement, "approve")
    page = sol.get(letter(statement))
    assert "Delegation order 2022-1 (fictional)" in text_of(page)
    step = sol.get(reverse("case_step", args=[statement.reference, "sign"]))
    assert "Delegation order 2022-1 (fictional)" in text_of(step)
    take(sol, statement, "sign", review_by_on="2026-08-01", read_it="on")
    signed = Statement.objects.get()
    assert signed.state == State.SIGNED
    assert signed.review_by == date(2026, 8, 1)
    take(ian, statement, "transmit", channel="portal")
    assert Statement.objects.get().transmitted_at is not None


def test_the_writer_may_not_approve(cast: Cast, browse: Browse) -> None:
    statement = drafted(cast)
    alma = browse(cast.approver)
    alma.post(edit(statement), {"as_shown": token_of(alma.get(edit(statement))), **FULL, **NAMES, **SITES})
    take(alma, statement, "send_for_approval")
    page = alma.get(letter(statement))
    assert "It needs a second official who did not prepare it." in text_of(page)


def test_an_a_number_is_refused_on_its_field_and_the_rest_is_kept(cast: Cast, browse: Browse) -> None:
    statement = drafted(cast)
    client = browse(cast.investigator)
    typed = {**FULL, "violations": f"The worker {A_NUMBER} was not paid."}
    answer = client.post(
        edit(statement), {"as_shown": token_of(client.get(edit(statement))), **typed, **NAMES, **SITES}
    )
    assert f"The worker {A_NUMBER} was not paid." in text_of(answer)
    assert "Violations in general words: " in text_of(answer)
    version = statement.draft
    assert version.violations == ""
    assert version.cooperation == FULL["cooperation"]


def test_the_same_draft_saved_twice_is_one_edit(cast: Cast, browse: Browse) -> None:
    statement = drafted(cast)
    client = browse(cast.investigator)
    data = {"as_shown": token_of(client.get(edit(statement))), **FULL, **NAMES, **SITES}
    assert client.post(edit(statement), data).status_code == 302
    assert client.post(edit(statement), data).status_code == 302
    assert statement.steps.filter(name="revise").count() == 1


def test_a_colleagues_change_is_not_overwritten_unseen(cast: Cast, browse: Browse) -> None:
    statement = drafted(cast)
    ian, alma = browse(cast.investigator), browse(cast.approver)
    seen = token_of(ian.get(edit(statement)))
    theirs = {"as_shown": token_of(alma.get(edit(statement))), **FULL, **NAMES, **SITES}
    alma.post(edit(statement), {**theirs, "cooperation": "Alma's words"})
    answer = ian.post(
        edit(statement), {"as_shown": seen, **FULL, **NAMES, **SITES, "cooperation": "Ian's words"}
    )
    assert answer.status_code == 409
    assert "Ian&#x27;s words" in text_of(answer)
    assert statement.draft.cooperation == "Alma's words"


def test_the_checklist_follows_what_is_typed(cast: Cast, browse: Browse) -> None:
    statement = drafted(cast)
    client = browse(cast.investigator)
    token = token_of(client.get(edit(statement)))
    answer = client.post(edit(statement), {"as_shown": token, **FULL, **NAMES, **SITES}, **HTMX)
    assert "0 required items are missing" in text_of(answer)
    fewer = rows("names", {"name": "A Foods Inc.", "kind": "LEGAL"}, {"name": "", "kind": ""}, initial=2)
    changed = {**FULL, "former_workers": "", "cooperation": ""}
    del changed["former_workers"]
    answer = client.post(edit(statement), {"as_shown": token_of(answer), **changed, **fewer, **SITES}, **HTMX)
    assert "1 required item is missing" in text_of(answer)
    assert "Former workers" in text_of(answer)
    assert 'id="beside" hx-swap-oob="true"' in text_of(answer)


def test_names_of_the_matter_that_the_draft_lacks_are_said_to_be_left_out(cast: Cast, browse: Browse) -> None:
    statement = drafted(cast)
    statement.matter.names.create(name="B Staffing LLC", kind=NameKind.STAFFING)
    assert "People paid by “B Staffing LLC”" in text_of(browse(cast.investigator).get(edit(statement)))


def test_a_draft_without_a_first_day_has_a_page_and_no_letter_yet(cast: Cast, browse: Browse) -> None:
    statement = drafted(cast)
    statement.versions.update(period_from=None)
    client = browse(cast.investigator)
    for url in (edit(statement), letter(statement), f"{letter(statement)}?as=pdf"):
        assert "The letter appears once" in text_of(client.get(url))


def test_the_agency_reads_its_draft_as_it_will_be_printed(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.investigator).get(f"{letter(drafted(cast))}?as=pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    "who", ["organizer", "representative", "river", "intake", "ny_investigator", "administrator"]
)
def test_nobody_outside_the_agency_reads_a_draft(cast: Cast, browse: Browse, who: str) -> None:
    statement = drafted(cast)
    client = browse(getattr(cast, who))
    for url in (edit(statement), letter(statement), case(statement)):
        assert client.get(url).status_code == 404


@pytest.mark.parametrize("who", ["organizer", "representative", "intake", "adjudicator", "ice_reviewer"])
def test_others_read_the_signed_version_and_never_the_amendment_in_work(
    cast: Cast, browse: Browse, who: str
) -> None:
    statement = active_statement(cast)
    take_step(statement, "amend", by=cast.investigator, at=OPEN_WORLD, reason="A second name.")
    secret = "Words of the amendment that nobody has signed."
    statements.revise(statement, by=cast.investigator, at=OPEN_WORLD, values={"cooperation": secret})
    client = browse(getattr(cast, who))
    for url in (case(statement), letter(statement)):
        page = client.get(url)
        assert page.status_code == 200
        assert "A Foods" in text_of(page)
        assert secret not in text_of(page)
    assert client.get(edit(statement)).status_code == 404


def test_an_organization_it_was_not_shared_with_sees_nothing(cast: Cast, browse: Browse) -> None:
    statement = active_statement(cast)
    client = browse(cast.river)
    assert client.get(case(statement)).status_code == 404
    assert client.get(letter(statement)).status_code == 404


def test_the_agency_learns_that_few_requests_depend_on_it_and_no_name(cast: Cast, browse: Browse) -> None:
    statement = active_statement(cast)
    routed_request(cast, statement)
    client = browse(cast.approver)
    assert "Prudencia" not in text_of(client.get(case(statement)))
    for step in ("amend", "close", "announce_withdrawal", "withdraw_at_once", "suspend"):
        by = browse(cast.investigator) if step == "amend" else client
        page = text_of(by.get(reverse("case_step", args=[statement.reference, step])))
        assert "Fewer than 10 open requests of workers depend on this statement, or none." in page
        assert "1 open request" not in page
        assert "Prudencia" not in page


def test_an_amendment_shows_what_changes_and_what_narrows(cast: Cast, browse: Browse) -> None:
    statement = active_statement(cast)
    client = browse(cast.investigator)
    take(client, statement, "amend", reason="Dates were wrong.")
    fewer = {**FULL, "period_from": "2023-01-01"}
    shown = {"as_shown": token_of(client.get(edit(statement))), **NAMES, **SITES}
    client.post(edit(statement), {**shown, **fewer})
    page = text_of(client.get(edit(statement)))
    assert "The period now starts later" in page
    assert "This narrows the statement." in page


@pytest.mark.parametrize(
    ("step", "fields", "sentence"),
    [
        ("continue_interest", {"review_by_on": "2024-08-05"}, "still to come"),
        ("continue_interest", {"review_by_on": "2026-08-06"}, "no later than 5 Aug 2026"),
        ("announce_withdrawal", {"withdrawal_on": "2024-08-18"}, "Choose 19 Aug 2024 or a later day."),
        ("close", {"outcome": ""}, "required"),
    ],
)
def test_a_day_outside_the_rule_is_explained(
    cast: Cast, browse: Browse, step: str, fields: dict[str, str], sentence: str
) -> None:
    statement = active_statement(cast)
    answer = take(browse(cast.approver), statement, step, reason="The matter moves on.", **fields)
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert Statement.objects.get().state == State.ACTIVE


def test_a_withdrawal_is_announced_fourteen_days_ahead_by_two_people(cast: Cast, browse: Browse) -> None:
    statement = active_statement(cast)
    first, second = browse(cast.approver), browse(cast.second_approver)
    take(first, statement, "announce_withdrawal", reason="Settled.", withdrawal_on="2024-08-19")
    assert Statement.objects.get().state == State.ACTIVE
    take(second, statement, "countersign")
    assert Statement.objects.get().withdrawal_on == date(2024, 8, 19)


def test_dhs_returns_a_statement_with_every_deficiency_at_once(cast: Cast, browse: Browse) -> None:
    statement = drafted(cast)
    values = {
        "worker_class": "All.",
        "cooperation": "C",
        "retaliation": "R",
        "contact_name": "I",
        "contact_phone": "5",
    }
    statements.revise(statement, by=cast.investigator, at=OPEN_WORLD, values=values)
    for step, by in (("send_for_approval", cast.investigator), ("approve", cast.approver)):
        take_step(statement, step, by=by, at=OPEN_WORLD)
    take_step(statement, "sign", by=cast.signer, at=OPEN_WORLD, review_by_on=date(2026, 8, 1))
    take_step(statement, "transmit", by=cast.investigator, at=OPEN_WORLD)
    client = browse(cast.intake)
    take(
        client,
        statement,
        "return_incomplete",
        reason="Please complete.",
        deficiencies=["sites", "violations"],
    )
    assert statement.steps.get(name="return_incomplete").data["deficiencies"] == ["sites", "violations"]

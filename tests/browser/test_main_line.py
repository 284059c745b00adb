"""The whole main line in a real browser, each person at a screen of their own, axe on every page.

The programme is closed today; a programme officer's override opens the one statement of this story.
"""

from __future__ import annotations

from typing import Any

import pytest

from referrals.models import Grant, Matter, Person, SoiRequest, Statement, WorkerRequest, WorkPermit
from tests.browser.conftest import Visitor
from tests.cases import matter_of
from workflows import history
from workflows.machines.soi_request import State as RequestState
from workflows.machines.statement import State as StatementState
from workflows.machines.work_permit import State as PermitState

pytestmark = pytest.mark.django_db(transaction=True)


def ask(rosa: Visitor, office: int) -> SoiRequest:
    rosa.open("/statement-requests/new/")
    rosa.fill(office=str(office), requester_kind="attorney", on_behalf_of="ALL", case_number="28-CA-300001")
    rosa.press("Save and continue")
    rosa.fill(**{"names-0-name": "A Foods", "names-0-kind": "PAYSTUB"})
    rosa.press("Save and continue")
    rosa.fill(
        **{"sites-0-street": "1 Example Road", "sites-0-city": "Mesa", "sites-0-state": "AZ"},
        period_from="2022-01-01",
        period_to="present",
    )
    rosa.press("Save and continue")
    story = {
        "dispute": "Overtime was not paid for two years at the packing line.",
        "retaliation": "A foreman threatened to call immigration. A 098 765 432",
        "fear": "People stopped answering the investigator.",
    }
    rosa.fill(**story, relief=["DEFERRED_ACTION", "WORK_PERMIT"], certifies_no_names=True)
    rosa.press("Save and continue")
    rosa.sees("A-number")
    rosa.fill(retaliation="A foreman threatened to call immigration.")
    rosa.press("Save and continue")
    request = SoiRequest.objects.get()
    rosa.takes(request.reference, "submit")
    return SoiRequest.objects.get()


def decide_request(visit: Any, request: SoiRequest, matter: Matter) -> Statement:
    ian, alma = visit("investigator"), visit("approver")
    ian.takes(request.reference, "acknowledge")
    ian.takes(request.reference, "begin_review")
    ian.open(f"/statement-requests/{request.reference}/assess/")
    ian.press(f"Link to {matter.case_number}")
    ian.open(f"/statement-requests/{request.reference}/assess/")
    ian.fill(
        witnesses="3", deterrence="2", retaliation="3", scope_of_harm="2", priority="2",
        cooperation_needed_now=True, counsel_consulted=True, no_conflict_of_interest=True,
    )  # fmt: skip
    ian.press("Save the assessment")
    alma.takes(request.reference, "accept")
    assert SoiRequest.objects.get().state == RequestState.ACCEPTED
    return Statement.objects.get()


def sign_statement(visit: Any, statement: Statement) -> None:
    ian, alma, sol, ines = (visit(who) for who in ("investigator", "approver", "signer", "intake"))
    ian.open(f"/statements/{statement.reference}/edit/")
    ian.fill(
        worker_class="All workers employed at the covered worksite.",
        cooperation="The agency needs the workers as witnesses.",
        retaliation="Threats were made after the complaint.",
        contact_name="Ian Investigator",
        contact_phone="555-0100",
    )
    ian.press("Save and check")
    ian.open(f"/statements/{statement.reference}/letter/")
    ian.takes(statement.reference, "send_for_approval")
    alma.takes(statement.reference, "approve")
    sol.takes(statement.reference, "sign", read_it=True)
    ian.takes(statement.reference, "transmit")
    ines.takes(statement.reference, "confirm_receipt")
    ines.takes(statement.reference, "accept")
    assert Statement.objects.get().state == StatementState.ACTIVE


def prepare(rosa: Visitor, statement: Statement) -> WorkerRequest:
    rosa.open("/workers/new/")
    rosa.fill(
        given_names="Prudencia", family_names="Ejemplo", born_on="1990-05-17", representation="ATTORNEY"
    )
    rosa.send()
    rosa.open(f"/worker-requests/new/?worker={Person.objects.get().token}")
    rosa.fill(statement=statement.reference, filing="INITIAL", asks_permit=True)
    rosa.send()
    request = WorkerRequest.objects.get()
    for path, values in (
        (
            "edit",
            {
                "employer_on_stub": "A Foods", "site_street": "1 Example Road", "site_city": "Mesa",
                "site_state": "AZ", "worked_from": "2022-06-01", "worked_to": "2023-06-30", "job": "Packer",
                "form_edition": "01/20/25", "annual_income": "18000", "annual_expenses": "17500",
                "total_assets": "400",
            },
        ),
        ("evidence", {"kind": "W2", "covers_from": "2022-06-01", "covers_to": "2023-06-30"}),
        ("packet", {f"state_{item.key}": "PRESENT" for item in request.items.all()}),
        (
            "consent",
            {
                "counselled_on": rosa.day(), "counselled_in": "es", "consented_on": rosa.day(),
                "told_where": True, "told_denial": True, "told_sharing": True,
            },
        ),
    ):  # fmt: skip
        rosa.open(f"/worker-requests/{request.reference}/{path}/")
        rosa.fill(**values)
        rosa.send()
    rosa.open(f"/worker-requests/{request.reference}/scope/")
    rosa.takes(request.reference, "make_ready")
    rosa.takes(request.reference, "sign", signed_on=rosa.day(), by_hand=True)
    return WorkerRequest.objects.get()


def file_under_an_override(visit: Any, request: WorkerRequest, statement: Statement) -> None:
    rosa, pia = visit("representative"), visit("officer")
    rosa.open(f"/cases/{request.reference}/")
    rosa.sees("closed to new requests since 24 Jan 2025")
    pia.open("/overrides/")
    pia.open(f"/overrides/{statement.reference}/")
    pia.fill(starts_on=pia.day(), ends_on=pia.day(60))
    pia.fill(authority="Memo 7 (fictional)", reason="Witnesses are needed.")
    pia.send()
    rosa.takes(request.reference, "file", whole=True, agreed=True)


def route(ines: Visitor, request: WorkerRequest) -> None:
    ines.takes(request.reference, "confirm_receipt")
    ines.open(f"/review/{request.reference}/completeness/")
    for item in request.items.all():
        ines.fill(**{f"state_{item.key}": "PRESENT"})
    ines.send()
    ines.takes(request.reference, "accept")
    ines.open(f"/review/{request.reference}/routing/")
    questions = (
        "in_proceedings", "final_order", "reinstated_order", "voluntary_departure", "detained",
        "prior_ice_contact",
    )  # fmt: skip
    ines.fill(**dict.fromkeys(questions, "no"))
    ines.send()
    ines.takes(request.reference, "route_to_uscis")


def decide(visit: Any, request: WorkerRequest) -> Grant:
    ada, rosa = visit("adjudicator"), visit("representative")
    ada.takes(request.reference, "schedule_biometrics", biometrics_on=ada.day(14), place="Phoenix")
    ada.takes(request.reference, "record_biometrics")
    ada.open(f"/review/{request.reference}/")
    ada.takes(
        request.reference,
        "request_evidence",
        text_1="Proof of work in May 2023.",
        basis_1="8 CFR 103.2(b)(8)",
        rfe_served_on=ada.day(),
        rfe_served_by="mail",
    )
    rosa.open(f"/timeline/{request.reference}/")
    rosa.open(f"/cases/{request.reference}/steps/answer_rfe/")
    rosa.page.locator("main textarea").first.fill("The pay stub of May 2023 is attached as exhibit B.")
    rosa.page.locator("main input[type=checkbox]").first.check()
    rosa.send()
    ada.takes(request.reference, "take_up_answer")
    ada.open(f"/review/{request.reference}/decision/")
    ada.fill(outcome="GRANT", favorable="A witness.", rationale="The agency's interest outweighs.")
    ada.send()
    ada.takes(request.reference, "grant", grant_starts_on=ada.day(), months="48")
    return Grant.objects.get()


def deliver_permit(visit: Any, grant: Grant) -> WorkPermit:
    ada, rosa = visit("adjudicator"), visit("representative")
    permit = WorkPermit.objects.get()
    ada.takes(permit.reference, "accept_fee")
    ada.takes(permit.reference, "approve", valid_from_on=ada.day(), valid_until_on=grant.ends_on.isoformat())
    ada.takes(permit.reference, "produce_card")
    ada.takes(permit.reference, "mail", card_last4="7X9K")
    rosa.takes(permit.reference, "deliver")
    return WorkPermit.objects.get()


def test_from_a_request_for_a_statement_to_a_delivered_work_permit(visit: Any, world: Any) -> None:
    matter = matter_of(world)
    rosa = visit("representative")
    request = ask(rosa, world.offices["nlrb-region-28"].pk)
    statement = decide_request(visit, request, matter)
    sign_statement(visit, statement)
    worker_request = prepare(rosa, statement)
    file_under_an_override(visit, worker_request, statement)
    route(visit("intake"), worker_request)
    grant = decide(visit, worker_request)
    permit = deliver_permit(visit, grant)
    assert permit.state == PermitState.DELIVERED
    rosa.open("/inbox/")
    rosa.sees(permit.reference)
    assert history.verify().broken is None

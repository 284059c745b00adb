"""The page of a case: the same skeleton for every kind, and for each reader only what is theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from referrals import case_page, choices
from referrals.demo.cast import ROLES, Cast
from referrals.models import Document, ProgrammeOverride, SoiRequest
from referrals.panels import Panel
from referrals.services import decisions
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, request_draft, routed_request
from tests.referrals.pages.reading import Browse, links, main
from workflows import engine
from workflows.days import rule_day

PAGES_OF_A_CASE = [
    "/cases/{reference}/",
    "/cases/{reference}/history/",
    "/cases/{reference}/steps/withdraw/",
    "/cases/{reference}/steps/countersign/",
    "/timeline/{reference}/",
]


@pytest.fixture
def plain_panels(monkeypatch: pytest.MonkeyPatch) -> None:
    """The skeleton alone, without what each kind adds."""

    def plain(record: Any, user: Any, *, at: datetime) -> Panel:
        return Panel(title="About it")

    monkeypatch.setattr(case_page, "panel_for", plain)


def submitted(cast: Cast) -> SoiRequest:
    now = timezone.now()
    request = request_draft(cast, at=now)
    take_step(request, "submit", by=cast.representative, at=now)
    return request


@pytest.mark.parametrize("page", PAGES_OF_A_CASE)
def test_somebody_elses_case_does_not_exist(page: str, cast: Cast, browse: Browse) -> None:
    request = routed_request(cast, active_statement(cast))
    for role in ("river", "organizer", "investigator", "ny_investigator", "ice_reviewer", "administrator"):
        response = browse(cast.people[role]).get(page.format(reference=request.reference))
        assert response.status_code == 404, role
        assert request.reference not in main(response)
    assert browse(cast.river).get(page.format(reference="AAAA-BBBB-CCCC-DDDD")).status_code == 404


@pytest.mark.parametrize("role", [role.key for role in ROLES])
def test_a_case_is_shown_to_those_whose_it_is(
    role: str, cast: Cast, browse: Browse, plain_panels: None
) -> None:
    request = submitted(cast)
    response = browse(cast.people[role]).get(f"/cases/{request.reference}/")
    if role in ("organizer", "representative", "investigator", "approver", "second_approver", "signer"):
        text = main(response)
        for part in (
            "Where it stands", "You are here", "In plain words", "What happens next:", "People told",
            "Clocks", "How was this computed?", "History",
        ):  # fmt: skip
            assert part in text, part
    else:
        assert response.status_code == 404


def test_own_steps_come_first_and_those_of_others_are_folded_away(
    cast: Cast, browse: Browse, plain_panels: None
) -> None:
    request = submitted(cast)
    response = browse(cast.representative).get(f"/cases/{request.reference}/")
    text = main(response)
    assert f"/cases/{request.reference}/steps/withdraw/" in links(response)
    assert f"/cases/{request.reference}/steps/acknowledge/" not in links(response)
    assert text.index("Withdraw") < text.index("Steps of others") < text.rindex("This step belongs to staff")
    assert "This step belongs to staff of the labor agency." in text


def test_a_closed_step_stays_visible_with_each_reason_and_its_remedy(
    cast: Cast, browse: Browse, plain_panels: None
) -> None:
    now = timezone.now()
    request = request_draft(cast, at=now)
    take_step(request, "submit", by=cast.representative, at=now)
    take_step(request, "acknowledge", by=cast.investigator, at=now)
    take_step(request, "begin_review", by=cast.investigator, at=now)
    text = main(browse(cast.approver).get(f"/cases/{request.reference}/"))
    options = engine.options_for(request, by=cast.approver, at=now)
    closed = [option for option in options if not option.open]
    assert closed
    for option in closed:
        for refusal in option.refusals:
            assert str(refusal.reason) in text
            assert str(refusal.remedy) in text


def waiting_for_countersignature(cast: Cast) -> Any:
    request = routed_request(cast, active_statement(cast), ice=True)
    at = OPEN_WORLD + timedelta(days=30)
    take_step(request, "receive_at_ice", by=cast.ice_reviewer, at=at)
    take_step(request, "begin_ice_review", by=cast.ice_reviewer, at=at)
    decisions.write(request, by=cast.ice_reviewer, at=at, outcome="GRANT", rationale="Witness is needed.")
    starts = datetime(2024, 9, 10, tzinfo=UTC).date()
    take_step(request, "grant_at_ice", by=cast.ice_reviewer, at=at, grant_starts_on=starts, months=48)
    return request


def test_a_proposal_is_shown_with_its_content_to_those_who_decide(
    cast: Cast, browse: Browse, plain_panels: None
) -> None:
    request = waiting_for_countersignature(cast)
    response = browse(cast.ice_supervisor).get(f"/cases/{request.reference}/")
    text = main(response)
    assert "Proposed, waiting for a countersignature" in text
    assert "Proposed by Ivo Reviewer" in text
    assert "10 Sep 2024" in text
    assert f"/cases/{request.reference}/steps/countersign/" in links(response)
    assert f"/cases/{request.reference}/steps/send_back/" in links(response)


def test_what_could_be_done_instead_of_a_proposal_is_never_the_main_button(cast: Cast) -> None:
    request = waiting_for_countersignature(cast)
    at = OPEN_WORLD + timedelta(days=31)
    for person, main_ones in ((cast.ice_reviewer, []), (cast.ice_supervisor, ["countersign"])):
        offered = choices.buttons(request, choices.options_seen(request, by=person, at=at))
        assert [each.name for each in (*offered.mine, *offered.others) if each.main] == main_ones


def test_nobody_outside_learns_of_a_decision_that_is_only_proposed(
    cast: Cast, browse: Browse, plain_panels: None
) -> None:
    request = waiting_for_countersignature(cast)
    browser = browse(cast.representative)
    for url in (
        f"/cases/{request.reference}/",
        f"/cases/{request.reference}/history/",
        f"/cases/{request.reference}/steps/countersign/",
        f"/cases/{request.reference}/steps/grant_at_ice/",
        "/?show=waiting",
        "/inbox/",
    ):
        text = main(browser.get(url))
        for part in ("Proposed", "proposed", "Ivo Reviewer", "10 Sep 2024", "Countersign:"):
            assert part not in text, (url, part)


def test_the_proposer_is_told_why_it_needs_somebody_else(
    cast: Cast, browse: Browse, plain_panels: None
) -> None:
    request = waiting_for_countersignature(cast)
    text = main(browse(cast.ice_reviewer).get(f"/cases/{request.reference}/"))
    assert "This needs a countersignature by an ICE supervisor of this field office." in text


def test_the_history_names_colleagues_and_tells_of_others_only_what_reached_us(
    cast: Cast, browse: Browse, plain_panels: None
) -> None:
    statement = active_statement(cast)
    inside = main(browse(cast.investigator).get(f"/cases/{statement.reference}/history/"))
    outside = main(browse(cast.intake).get(f"/cases/{statement.reference}/history/"))
    assert "Alma Approver" in inside
    assert "Edit the draft" in inside
    assert "Send for approval" in inside
    assert "Alma Approver" not in outside
    assert "Edit the draft" not in outside
    assert "Send for approval" not in outside
    assert "Send to DHS" in outside
    assert "Record as complete" in outside


def test_the_reason_for_which_a_draft_went_back_stays_in_the_agency(
    cast: Cast, browse: Browse, plain_panels: None
) -> None:
    now = timezone.now()
    statement = active_statement(cast)
    take_step(statement, "amend", by=cast.investigator, at=now, reason="A second site was found.")
    take_step(statement, "send_for_approval", by=cast.investigator, at=now)
    take_step(statement, "return_to_drafter", by=cast.approver, at=now, reason="The address is unclear.")
    url = f"/cases/{statement.reference}/"
    assert "The address is unclear." in main(browse(cast.investigator).get(url))
    assert "The address is unclear." not in main(browse(cast.intake).get(url))
    assert "The address is unclear." not in main(browse(cast.representative).get(url))


def test_people_told_are_named_only_to_their_colleagues(
    cast: Cast, browse: Browse, plain_panels: None
) -> None:
    request = submitted(cast)
    take_step(request, "acknowledge", by=cast.investigator, at=timezone.now())
    inside = main(browse(cast.representative).get(f"/cases/{request.reference}/"))
    outside = main(browse(cast.investigator).get(f"/cases/{request.reference}/"))
    assert "The organization that asked (2)" in inside
    assert "Ana Organizer" in inside
    assert "The organization that asked (2)" in outside
    assert "Ana Organizer" not in outside


def test_documents_are_listed_and_handed_out_on_their_own_side_only(
    cast: Cast, browse: Browse, plain_panels: None
) -> None:
    statement = active_statement(cast)
    paper = Document.objects.create(
        case=statement,
        kind="note",
        title="Note for the file",
        sides=[Document.Side.AGENCY],
        sha256="0" * 64,
        content=b"%PDF-1.7 paper",
        made_at=timezone.now(),
    )
    browser = browse(cast.investigator)
    assert "Note for the file" in main(browser.get(f"/cases/{statement.reference}/"))
    response = browser.get(f"/documents/{paper.public_id}/")
    assert response.content == b"%PDF-1.7 paper"
    assert response["Content-Disposition"] == 'inline; filename="note-for-the-file.pdf"'
    assert "no-store" in response["Cache-Control"]
    assert "Note for the file" not in main(browse(cast.intake).get(f"/cases/{statement.reference}/"))
    for role in ("intake", "representative", "ny_investigator", "administrator"):
        assert browse(cast.people[role]).get(f"/documents/{paper.public_id}/").status_code == 404


def test_a_paper_that_is_no_pdf_is_saved_and_never_opened(cast: Cast, browse: Browse) -> None:
    statement = active_statement(cast)
    paper = Document.objects.create(
        case=statement,
        kind="upload",
        title='<script>"x"\r\n</script>',
        media_type="text/html",
        sides=[Document.Side.AGENCY],
        sha256="0" * 64,
        content=b"<script>",
        made_at=timezone.now(),
    )
    response = browse(cast.investigator).get(f"/documents/{paper.public_id}/")
    assert response["Content-Disposition"].startswith('attachment; filename="')
    assert "<" not in response["Content-Disposition"]


def test_an_override_of_the_closed_programme_is_said_on_the_case(
    cast: Cast, browse: Browse, plain_panels: None
) -> None:
    request = routed_request(cast, active_statement(cast))
    today = rule_day(timezone.now())
    ProgrammeOverride.objects.create(
        statement=request.statement,
        starts_on=today,
        ends_on=today + timedelta(days=30),
        authority="Memorandum 7",
        reason="Court order.",
        recorded_by=cast.officer,
        recorded_at=timezone.now(),
    )
    text = main(browse(cast.representative).get(f"/cases/{request.reference}/"))
    assert "New requests under this statement are let in until" in text
    assert "Memorandum 7" in text


def test_the_picture_says_where_the_case_is_and_the_whole_page_costs_a_fixed_number_of_queries(
    cast: Cast, browse: Browse, plain_panels: None
) -> None:
    request = submitted(cast)
    browser = browse(cast.investigator)
    url = f"/cases/{request.reference}/"
    engine.record_note(request, "note", by=cast.investigator, at=timezone.now(), reason="first")
    browser.get("/")  # the first page of a sign-in notes when it began
    with CaptureQueriesContext(connection) as before:
        browser.get(url)
    for number in range(12):
        engine.record_note(request, "note", by=cast.investigator, at=timezone.now(), reason=str(number))
    with CaptureQueriesContext(connection) as after:
        assert browser.get(url).status_code == 200
    assert len(after) == len(before)


def test_the_history_is_filtered_by_who_and_by_what(cast: Cast, browse: Browse) -> None:
    request = submitted(cast)
    take_step(request, "acknowledge", by=cast.investigator, at=timezone.now())
    browser = browse(cast.investigator)
    url = f"/cases/{request.reference}/history/"

    def shown(query: str) -> list[str]:
        return [entry.what for entry in browser.get(url + query).context["entries"]]

    assert shown("") == ["Acknowledge", "Send to the agency", "Opened"]
    assert shown("?who=own") == ["Acknowledge"]
    assert shown("?what=submit") == ["Send to the agency"]
    assert shown("?what=no_such_step") == shown("")
    assert request.head_hash[:12] in main(browser.get(url))

"""The pages of the rulebook, as stewards, agencies and everybody else use them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from tests.policies.conftest import MONDAY, TERM_OF_45, approved, carry_out, day, drafted, submitted
from tests.referrals.pages.reading import links, main, words
from workflows import policies, policy_changes
from workflows.models import Policy, PolicyChange, PolicyCheck, TollingWindow

TODAY = MONDAY.date()
RULE = ("US", "soi_determination")


@pytest.fixture(autouse=True)
def today(time_machine: Any) -> Iterator[None]:
    time_machine.move_to(MONDAY + timedelta(hours=1))
    with translation.override("en"):
        yield


@pytest.fixture
def browse(db: None) -> Any:
    def sign_in(person: Any) -> Client:
        browser = Client()
        browser.force_login(person)
        return browser

    return sign_in


def typed(**changed: Any) -> dict[str, Any]:
    """A form for 45 days that applies to all open cases from today on."""
    return {
        "amount": "45", "unit": "calendar_days", "mail_days": "", "rolls": "on",
        "rung_warn_7": "7", "rung_warn_7_unit": "calendar_days",
        "rung_breach": "1", "rung_breach_unit": "calendar_days",
        "rung_supervisor": "7", "rung_supervisor_unit": "calendar_days",
        "rung_head": "14", "rung_head_unit": "calendar_days",
        "first_day": TODAY.isoformat(), "governs": "pending", "authority": "Order 7", "source": "Order 7",
        "source_url": "", "reason": "Fewer people.", **changed,
    }  # fmt: skip


def waiting(by: Any, **fields: Any) -> PolicyChange:
    return policy_changes.propose(drafted(by, **fields), at=MONDAY)


def export_of(change: PolicyChange) -> str:
    return f"{reverse('export_new')}?of=rule_change&about={change.pk}"


class TestReading:
    def test_everybody_signed_in_reads_the_rules_but_only_stewards_see_counts(
        self, cast: Any, browse: Any
    ) -> None:
        for person in (cast.representative, cast.organizer, cast.investigator, cast.intake):
            page = browse(person).get(reverse("rules"))
            assert page.status_code == 200
            assert "Open cases" not in main(page)
            assert "Propose" not in main(browse(person).get(reverse("rule", args=RULE)))
        assert "Open cases" in main(browse(cast.administrator).get(reverse("rules")))

    def test_a_stranger_is_sent_to_sign_in(self, db: None) -> None:
        assert Client().get(reverse("rules")).status_code == 302

    def test_what_is_not_verified_can_be_looked_at_alone(self, cast: Any, browse: Any) -> None:
        page = browse(cast.administrator).get(reverse("rules"), {"unverified": "1", "q": "soi_"})
        assert "soi_information" in main(page)
        assert all(not row.verified for row in Policy.objects.filter(key="soi_information"))
        everything = browse(cast.administrator).get(reverse("rules"), {"q": "dale.initial_months"})
        assert "dale.initial_months" in main(everything)
        assert "No rule fits" in main(
            browse(cast.administrator).get(reverse("rules"), {"q": "dale.initial_months", "unverified": "1"})
        )

    def test_any_day_can_be_looked_at(self, cast: Any, browse: Any) -> None:
        browser = browse(cast.representative)
        ask = {"q": "dale.initial_months"}
        assert "24" in main(browser.get(reverse("rules"), {**ask, "on": "2024-07-21"}))
        assert "48" in main(browser.get(reverse("rules"), {**ask, "on": "2024-07-22"}))
        assert browser.get(reverse("rules"), {**ask, "on": "tomorrow"}).status_code == 200

    @pytest.mark.parametrize(
        "address", ["/rules/of/US/no.such/", "/rules/of/NOBODY/rfe/", "/rules/agencies/nobody/"]
    )
    def test_an_unknown_rule_is_not_found(self, cast: Any, browse: Any, address: str) -> None:
        assert browse(cast.administrator).get(address).status_code == 404

    def test_the_page_of_a_rule_says_what_runs_under_it_and_where_it_comes_from(
        self, cast: Any, browse: Any
    ) -> None:
        submitted(cast, 2)
        shown = main(browse(cast.administrator).get(reverse("rule", args=RULE)))
        assert "Open cases whose clocks run under it 2" in shown
        assert "As shipped in the files of this release." in shown
        assert "Nobody has verified it." in shown

    def test_a_row_that_differs_from_the_files_says_so(self, cast: Any, browse: Any) -> None:
        Policy.objects.filter(key="stay.max_months").update(value=6)
        shown = main(browse(cast.administrator).get(reverse("rule", args=["US", "stay.max_months"])))
        assert "Differs from the files of this release, which say: 12." in shown
        assert "1 row of the files" in main(browse(cast.administrator).get(reverse("rules")))


class TestProposing:
    def test_first_what_it_would_do_then_the_proposal(self, cast: Any, browse: Any) -> None:
        submitted(cast, 2)
        browser = browse(cast.administrator)
        address = reverse("rule_propose", args=RULE)
        seen = main(browser.post(address, typed(preview="1")))
        assert "2 open cases would move." in seen
        assert "Thu 19 Sep 2024" in seen
        assert "15 days later" in seen
        assert not PolicyChange.objects.exists()
        answer = browser.post(address, typed(propose="1"))
        change = PolicyChange.objects.get()
        assert answer["Location"] == reverse("rule_change", args=[change.pk])
        assert (change.value["amount"], change.foreseen["cases"]) == (45, 2)
        assert [rung["rung"] for rung in change.value["rungs"]] == [
            "warn_7", "due", "breach", "supervisor", "head",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"first_day": "2020-01-01"}, "This day is past"),
            ({"first_day": "soonish"}, "day"),
            ({"first_day": ""}, "required"),
            ({"amount": ""}, "required"),
            ({"amount": "-3"}, "greater than or equal to 0"),
            ({"amount": "9" * 30}, "less than or equal to"),
            ({"reason": ""}, "required"),
            ({"source": "   "}, "required"),
            ({"source_url": "javascript:alert(1)"}, "valid URL"),
            ({"governs": "never"}, "Select a valid choice"),
            ({"reason": "Because of A123456789."}, "A-number"),
            ({"amount": "30", "governs": "filed", "authority": ""}, "already has"),
        ],
    )
    def test_bad_input_gets_a_sentence_and_nothing_is_lost(
        self, cast: Any, browse: Any, changed: dict[str, str], sentence: str
    ) -> None:
        page = browse(cast.administrator).post(
            reverse("rule_propose", args=RULE), typed(propose="1", **{"note": "", **changed})
        )
        assert page.status_code == 200
        assert sentence in main(page)
        html = page.content.decode()
        assert "Order 7" in html
        assert "Fewer people." in html or "reason" in changed
        assert not PolicyChange.objects.exists()

    def test_a_second_click_proposes_nothing_twice(self, cast: Any, browse: Any) -> None:
        browser = browse(cast.administrator)
        browser.post(reverse("rule_propose", args=RULE), typed(propose="1"))
        again = browser.post(reverse("rule_propose", args=RULE), typed(propose="1"))
        assert "already waits" in main(again)
        assert PolicyChange.objects.count() == 1

    def test_a_rung_can_be_added_and_taken_out(self, cast: Any, browse: Any) -> None:
        browse(cast.administrator).post(
            reverse("rule_propose", args=RULE),
            typed(
                propose="1", rung_head="", new_1_kind="warn", new_1="14", new_1_unit="calendar_days",
                new_2_kind="", new_2="",
            ),
        )  # fmt: skip
        ladder = PolicyChange.objects.get().value["rungs"]
        assert [rung["rung"] for rung in ladder] == ["warn_14", "warn_7", "due", "breach", "supervisor"]

    def test_those_whose_rules_they_are_not_find_no_form(self, cast: Any, browse: Any) -> None:
        row = policies.policy("soi_determination", on=TODAY)
        for person in (cast.representative, cast.approver, cast.investigator, cast.adjudicator):
            browser = browse(person)
            assert browser.get(reverse("rule_propose", args=RULE)).status_code == 404
            assert browser.post(reverse("rule_propose", args=RULE), typed(propose="1")).status_code == 404
            assert browser.get(reverse("rule_check", args=[row.pk])).status_code == 404
        assert not PolicyChange.objects.exists()

    SHAPES = [
        ("stay.max_months", {"value": "9"}, 9),
        ("fee.I-246", {"value": "755.50"}, 755.5),
        ("dale.extension", {"value": "yes"}, True),
        ("dale.address", {"value": "USCIS, 1 Example Way"}, "USCIS, 1 Example Way"),
        ("form.g-325a.editions", {"value": "01/20/25\n\n 02/01/26 "}, ["01/20/25", "02/01/26"]),
        ("dale.status", {"value": "suspended"}, "suspended"),
        (
            "dale.filing_window",
            {"part_first_days_before": "180", "part_last_days_before": "90"},
            {"first_days_before": 180, "last_days_before": 90},
        ),
    ]  # fmt: skip

    @pytest.mark.parametrize(("key", "fields", "value"), SHAPES)
    def test_every_shape_of_value_can_be_edited(
        self, cast: Any, browse: Any, time_machine: Any, key: str, fields: dict[str, str], value: Any
    ) -> None:
        time_machine.move_to("2026-03-02T15:00:00Z")
        address = reverse("rule_propose", args=["US", key])
        browser = browse(cast.officer)
        assert browser.get(address).status_code == 200
        rest = {
            "first_day": "2026-04-01", "governs": "filed", "source": "Order 7", "reason": "Ordered.",
            "propose": "1",
        }  # fmt: skip
        page = browser.post(address, {**rest, **fields})
        assert page.status_code == 302, main(page)
        assert PolicyChange.objects.get().value == value


class TestDeciding:
    def test_the_proposer_cannot_approve_and_another_can(self, cast: Any, steward: Any, browse: Any) -> None:
        submitted(cast)
        change = waiting(cast.administrator)
        address = reverse("rule_change", args=[change.pk])
        mine = browse(cast.administrator).get(address)
        assert "Another person has to approve" in main(mine)
        assert 'value="approve"' not in mine.content.decode()
        seen = mine.context["foreseen"].fingerprint
        forced = browse(cast.administrator).post(address, {"decision": "approve", "seen": seen})
        assert forced.status_code == 409
        assert "You proposed this change" in main(forced)
        theirs = browse(steward).post(address, {"decision": "approve", "seen": seen})
        assert theirs.status_code == 302
        assert PolicyChange.objects.get().fate == "APPROVED"
        carry_out(day(0))
        assert "1 case follows." in main(browse(steward).get(address))

    def test_effects_that_changed_are_shown_beside_those_foreseen(
        self, cast: Any, steward: Any, browse: Any
    ) -> None:
        change = waiting(cast.administrator)
        address = reverse("rule_change", args=[change.pk])
        old = browse(steward).get(address).context["foreseen"].fingerprint
        submitted(cast)
        stale = browse(steward).post(address, {"decision": "approve", "seen": old})
        assert stale.status_code == 409
        assert "moved on" in main(stale)
        page = browse(steward).get(address)
        assert "The cases have moved on since this was proposed" in main(page)
        assert "Open cases 0 1" in main(page)

    def test_a_refusal_needs_its_reason_and_stays_on_record(
        self, cast: Any, steward: Any, browse: Any
    ) -> None:
        change = waiting(cast.administrator)
        address = reverse("rule_change", args=[change.pk])
        assert "Write why you refuse it." in main(browse(steward).post(address, {"decision": "refuse"}))
        browse(steward).post(address, {"decision": "refuse", "reason": "Not signed."})
        assert "Not signed." in main(browse(cast.administrator).get(address))
        again = browse(steward).post(address, {"decision": "approve", "seen": "x"})
        assert "already decided" in main(again)

    def test_it_can_be_withdrawn_by_its_proposer_only(self, cast: Any, steward: Any, browse: Any) -> None:
        change = waiting(cast.administrator)
        address = reverse("rule_change", args=[change.pk])
        assert "Only the person who proposed" in main(browse(steward).post(address, {"decision": "withdraw"}))
        assert browse(cast.administrator).post(address, {"decision": "withdraw"}).status_code == 302
        assert PolicyChange.objects.get().fate == "WITHDRAWN"

    def test_others_do_not_find_it(self, cast: Any, browse: Any) -> None:
        change = waiting(cast.administrator, jurisdiction="DOL")
        for person in (cast.representative, cast.approver, cast.investigator, cast.intake):
            assert browse(person).get(reverse("rule_change", args=[change.pk])).status_code == 404
            assert browse(person).get(export_of(change)).status_code == 404
        assert browse(cast.representative).get(reverse("rule_changes")).status_code == 404

    def test_a_case_is_named_only_to_those_who_may_open_it(self, cast: Any, browse: Any) -> None:
        (request,) = submitted(cast)
        federal = waiting(cast.administrator)
        shown = browse(cast.officer).get(reverse("rule_change", args=[federal.pk]))
        assert request.reference not in shown.content.decode()
        assert request.reference[:4] in main(shown)
        own = waiting(cast.approver, jurisdiction="NLRB")
        page = browse(cast.signer).get(reverse("rule_change", args=[own.pk]))
        assert request.get_absolute_url() in links(page)

    def test_the_cases_come_as_a_file_too(self, cast: Any, browse: Any) -> None:
        submitted(cast, 2)
        change = waiting(cast.administrator)
        browser = browse(cast.officer)
        asked = browser.post(export_of(change), {"purpose": "REVIEW", "format": "CSV"})
        page = browser.post(f"{asked.url}file/")
        assert page["Content-Type"].startswith("text/csv")
        lines = page.content.decode("utf-8-sig").splitlines()
        assert len([line for line in lines if "…" in line]) == 2
        assert '"2024-09-04","2024-09-19","15"' in page.content.decode()

    def test_a_long_list_has_pages(self, cast: Any, browse: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("referrals.views.rule_changes.PAGE", 2)
        submitted(cast, 3)
        change = waiting(cast.administrator)
        address = reverse("rule_change", args=[change.pk])
        assert "?page=2" in links(browse(cast.officer).get(address))
        assert main(browse(cast.officer).get(address, {"page": "2"})).count("15 days later") == 1

    def test_the_lists_do_not_ask_more_when_they_grow(self, cast: Any, browse: Any) -> None:
        def cost(address: str) -> int:
            browser = browse(cast.officer)
            browser.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(address).status_code == 200
            return len(asked)

        submitted(cast, 1)
        change = waiting(cast.administrator)
        pages = [reverse("rules"), reverse("rule_changes"), reverse("rule_change", args=[change.pk])]
        few = [cost(each) for each in pages]
        submitted(cast, 5)
        assert [cost(each) for each in pages] == few


class TestClosuresAndAgencies:
    def test_a_closure_is_proposed_approved_and_ended_early(
        self, cast: Any, steward: Any, browse: Any
    ) -> None:
        submitted(cast)
        first, last = TODAY + timedelta(days=7), TODAY + timedelta(days=11)
        form = {
            "jurisdiction": "US", "first_day": first.isoformat(), "last_day": last.isoformat(),
            "authority": "Order 9", "reason": "A shutdown.",
        }  # fmt: skip
        browser = browse(cast.administrator)
        assert "1 open case would move." in main(
            browser.post(reverse("closure_new"), {**form, "preview": "1"})
        )
        backwards = {**form, "last_day": TODAY.isoformat(), "propose": "1"}
        assert "cannot end before it begins" in main(browser.post(reverse("closure_new"), backwards))
        browser.post(reverse("closure_new"), {**form, "propose": "1"})
        change = PolicyChange.objects.get()
        page = browse(steward).get(reverse("rule_change", args=[change.pk]))
        seen = page.context["foreseen"].fingerprint
        browse(steward).post(reverse("rule_change", args=[change.pk]), {"decision": "approve", "seen": seen})
        window = TollingWindow.objects.get(jurisdiction="US")
        assert (window.starts_on, window.ends_on, window.authority) == (first, last, "Order 9")
        earlier = {"last_day": first.isoformat(), "authority": "Order 10", "reason": "It is over."}
        browser.post(reverse("closure_change", args=[window.pk]), {**earlier, "propose": "1"})
        assert PolicyChange.objects.waiting().get().window == window
        assert "Order 9" in main(browse(cast.representative).get(reverse("closures")))

    def test_others_declare_no_closure(self, cast: Any, browse: Any) -> None:
        for person in (cast.representative, cast.investigator, cast.intake):
            assert browse(person).get(reverse("closure_new")).status_code == 404
        offered = browse(cast.approver).get(reverse("closure_new")).content.decode()
        assert 'value="NLRB"' in offered
        assert 'value="US"' not in offered

    def test_an_agencys_settings_are_read_by_all_and_changed_by_its_approvers(
        self, cast: Any, browse: Any
    ) -> None:
        address = reverse("agency_settings", args=["NLRB"])
        change = reverse("rule_propose", args=["NLRB", "agency.outcomes"])
        assert change in links(browse(cast.approver).get(address))
        for person in (cast.representative, cast.ny_approver, cast.administrator, cast.investigator):
            page = browse(person).get(address)
            assert "DHS gets a courtesy copy" in main(page)
            assert change not in links(page)
        form = {
            "value": ["issue", "decline"], "first_day": TODAY.isoformat(), "governs": "filed",
            "source": "Order of the director", "reason": "Fewer people.", "propose": "1",
        }  # fmt: skip
        assert browse(cast.approver).post(change, form).status_code == 302
        assert PolicyChange.objects.get().value == ["issue", "decline"]
        assert "A change waits" in main(browse(cast.signer).get(address))
        assert "A change waits" not in main(browse(cast.representative).get(address))


class TestVerifying:
    def test_what_somebody_found_is_on_the_page_of_the_rule(self, cast: Any, browse: Any) -> None:
        row = policies.policy("soi_determination", on=TODAY)
        address = reverse("rule_check", args=[row.pk])
        form = {
            "finding": "AGREES", "against": "The department's page", "checked_on": TODAY.isoformat(),
        }  # fmt: skip
        browser = browse(cast.administrator)
        assert "still to come" in main(browser.post(address, {**form, "checked_on": "2031-01-01"}))
        assert browser.post(address, form).status_code == 302
        shown = main(browse(cast.representative).get(reverse("rule", args=RULE)))
        assert "The department's page" in shown
        assert "Adam Administrator" in shown
        assert PolicyCheck.objects.get().checked_by == cast.administrator
        assert "not verified" not in shown


def test_the_pages_speak_spanish(cast: Any, steward: Any, browse: Any) -> None:
    submitted(cast)
    change = approved(cast.administrator, steward)
    other = waiting(cast.administrator, key="soi_information", value={**TERM_OF_45, "amount": 9})
    browser = browse(cast.administrator)
    pages = [
        reverse("rules"), reverse("rule", args=RULE), reverse("rule_propose", args=RULE),
        reverse("rule_changes"), reverse("rule_change", args=[change.pk]),
        reverse("rule_change", args=[other.pk]), reverse("closures"), reverse("closure_new"),
        reverse("agency_profiles"), reverse("agency_settings", args=["NLRB"]),
    ]  # fmt: skip
    for address in pages:
        page = browser.get(address, headers={"accept-language": "es"})
        html = page.content.decode()
        assert 'lang="es"' in html
        text = words(html[html.index("<main") : html.index("</main>")])
        for english in (
            "Propose",
            "What it would do",
            "Waiting for",
            "Whose clocks",
            "Settings of",
            "open case",
        ):
            assert english not in text, (address, english)

"""Taking a case, giving it and putting it back, from its page, from the desk and for several at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import translation

import present
from referrals.demo.cast import ROLES, Cast
from referrals.models import SoiRequest, User
from referrals.models.people import ICE
from referrals.services import absences, assignments
from referrals.services.steps import take_step
from tests.cases import active_statement, reload, request_draft, routed_request
from tests.referrals.pages.reading import Browse, fields, links, main
from workflows.models import Step

AT_REGION = {"investigator", "approver", "second_approver", "signer"}
TOGETHER = "/together/who/"


def submitted(cast: Cast, number: int = 1) -> list[SoiRequest]:
    made = [request_draft(cast, at=present.now()) for _each in range(number)]
    for request in made:
        take_step(request, "submit", by=cast.representative, at=present.now())
    return made


@pytest.fixture
def request_(cast: Cast) -> SoiRequest:
    return submitted(cast)[0]


def assign(record: Any, to: User | None, by: User) -> Step:
    return assignments.assign(
        record, to.pk if to else None, by=by, at=present.now(), seen=reload(record).assignee_id
    )


def url(record: Any) -> str:
    return f"/cases/{record.reference}/who/"


def away(person: User, deputy: User) -> None:
    hats = [
        each.memberships.select_related("user", "organization", "office__desk").get()
        for each in (person, deputy)
    ]
    today = hats[0].office.desk.day_at(present.now())
    absences.mark(
        hats[0], deputy=hats[1], first_day=today, last_day=today + timedelta(days=9), by=person,
        at=present.now(),
    )  # fmt: skip


class TestThePageOfACase:
    def test_one_press_takes_it_and_the_page_says_so(
        self, cast: Cast, browse: Browse, request_: SoiRequest
    ) -> None:
        browser = browse(cast.investigator)
        page = browser.get(request_.get_absolute_url())
        assert "Nobody at this desk has it in hand. I work on this" in main(page)
        answer = browser.post(url(request_), fields(page))
        assert (answer.status_code, answer["Location"]) == (302, request_.get_absolute_url())
        text = main(browser.get(answer["Location"]))
        assert "You have this case in hand now." in text
        assert "You have it." in text
        assert "Taken by Ian Investigator" in text, "in the history"
        assert "I work on this" not in text

    def test_a_colleague_reads_who_has_it_and_can_take_it_over(
        self, cast: Cast, browse: Browse, request_: SoiRequest
    ) -> None:
        assign(request_, cast.investigator, cast.investigator)
        browser = browse(cast.approver)
        page = browser.get(request_.get_absolute_url())
        assert "Ian Investigator has it. Take it over" in main(page)
        browser.post(url(request_), fields(page))
        assert reload(request_).assignee_id == cast.approver.pk

    @pytest.mark.parametrize("role", ["representative", "organizer"])
    def test_the_other_side_reads_nothing_and_finds_no_way_there(
        self, role: str, cast: Cast, browse: Browse, request_: SoiRequest
    ) -> None:
        assign(request_, cast.approver, cast.investigator)
        browser = browse(cast.people[role])
        for address in ("", "history/", "told/", f"as-of/?on={present.today()}"):
            page = browser.get(f"{request_.get_absolute_url()}{address}")
            assert page.status_code == 200
            text = main(page)
            assert url(request_) not in links(page)
            for word in ("Alma", "has it", "in hand", "Given to"):
                assert word not in text
        assert "Alma" not in main(browser.get("/?show=waiting"))
        assert "Alma" not in main(browser.get(f"/search/?q={request_.reference}", follow=True))

    def test_a_case_that_was_taken_meanwhile_names_who_was_faster_and_can_be_taken_over(
        self, cast: Cast, browse: Browse, request_: SoiRequest
    ) -> None:
        browser = browse(cast.investigator)
        page = browser.get(request_.get_absolute_url())
        assign(request_, cast.approver, cast.approver)
        answer = browser.post(url(request_), fields(page))
        assert answer.status_code == 409
        assert "Somebody was faster: Alma Approver has this case now." in main(answer)
        again = browser.post(url(request_), {**fields(answer), "to": str(cast.investigator.pk)})
        assert again.status_code == 302
        assert reload(request_).assignee_id == cast.investigator.pk

    def test_a_page_of_an_older_version_shows_what_happened_since(
        self, cast: Cast, browse: Browse, request_: SoiRequest
    ) -> None:
        browser = browse(cast.investigator)
        page = browser.get(url(request_))
        take_step(request_, "acknowledge", by=cast.approver, at=present.now())
        answer = browser.post(url(request_), {**fields(page), "to": str(cast.signer.pk)})
        assert answer.status_code == 409
        assert "What happened meanwhile" in main(answer)
        assert f'<option value="{cast.signer.pk}" selected>' in answer.content.decode()


class TestThePageOfItsOwn:
    def test_it_offers_the_people_of_the_desk_and_nobody(
        self, cast: Cast, browse: Browse, request_: SoiRequest
    ) -> None:
        away(cast.approver, cast.second_approver)
        text = main(browse(cast.investigator).get(url(request_)))
        for offered in (
            "I (Ian Investigator)",
            "Sol Signer, Regional director",
            "Alma Approver, Regional attorney (away until",
            "Nobody: put it back",
        ):
            assert offered in text
        for elsewhere in ("Nora Newyork", "Rosa Representative", "Ines Intake"):
            assert elsewhere not in text

    def test_a_case_is_given_with_a_word_and_put_back(
        self, cast: Cast, browse: Browse, request_: SoiRequest
    ) -> None:
        browser = browse(cast.investigator)
        typed = {"to": str(cast.approver.pk), "reason": "You know this employer."}
        browser.post(url(request_), {**fields(browser.get(url(request_))), **typed})
        page = browser.get(request_.get_absolute_url())
        for said in ("Alma Approver has this case in hand now.", "Given to Alma Approver", typed["reason"]):
            assert said in main(page)
        inbox = main(browse(cast.approver).get("/inbox/"))
        assert "A colleague at your desk gave you this case to work on." in inbox
        browser.post(url(request_), {**fields(browser.get(url(request_))), "to": "nobody"})
        assert "Put back: nobody has it in hand" in main(browser.get(request_.get_absolute_url()))

    def test_who_is_away_is_asked_about_first(self, cast: Cast, browse: Browse, request_: SoiRequest) -> None:
        browser = browse(cast.investigator)
        assert "although they are away" not in main(browser.get(url(request_))), "for nobody is"
        away(cast.approver, cast.second_approver)
        page = browser.get(url(request_))
        typed = {"to": str(cast.approver.pk), "reason": "You know this employer."}
        answer = browser.post(url(request_), {**fields(page), **typed})
        assert answer.status_code == 409
        text = main(answer)
        assert "Alma Approver is away until" in text
        assert "Give it all the same, although they are away" in text
        assert typed["reason"] in text
        again = browser.post(url(request_), {**fields(answer), **typed, "although_away": "on"})
        assert again.status_code == 302
        assert reload(request_).assignee_id == cast.approver.pk

    @pytest.mark.parametrize(
        "typed",
        [{"to": ""}, {"to": "999999"}, {"to": "x"}, {"to": "nobody", "reason": "A-number A123456789"},
         {"to": "nobody", "seen": "x"}, {"to": "nobody", "expected_version": "x"}],
    )  # fmt: skip
    def test_bad_input_gets_a_sentence_and_changes_nothing(
        self, typed: dict[str, str], cast: Cast, browse: Browse, request_: SoiRequest
    ) -> None:
        assign(request_, cast.approver, cast.approver)
        browser = browse(cast.investigator)
        answer = browser.post(url(request_), {**fields(browser.get(url(request_))), **typed})
        assert answer.status_code == 200
        assert "usa-error" in answer.content.decode() or "usa-alert--error" in answer.content.decode()
        assert reload(request_).assignee_id == cast.approver.pk

    @pytest.mark.parametrize("role", [role.key for role in ROLES])
    def test_only_the_desk_whose_turn_it_is_finds_the_form(
        self, role: str, cast: Cast, browse: Browse, request_: SoiRequest
    ) -> None:
        """Who sees the case from elsewhere is told why not; who does not see it finds nothing."""
        browser = browse(cast.people[role])
        opened = browser.get(url(request_))
        sent = browser.post(url(request_), {"to": str(cast.people[role].pk)})
        if role in AT_REGION:
            assert (opened.status_code, sent.status_code) == (200, 302)
        elif role in ("representative", "organizer"):
            assert (opened.status_code, sent.status_code) == (200, 409)
            for page in (opened, sent):
                assert "Only people at the desk whose turn it is say who works on a case." in main(page)
                assert 'name="to"' not in page.content.decode()
        else:
            assert (opened.status_code, sent.status_code) == (404, 404)
        assert (reload(request_).assignee_id is not None) == (role in AT_REGION)

    def test_in_spanish(self, cast: Cast, browse: Browse) -> None:
        request = request_draft(cast, at=present.now())
        with translation.override("en"):  # which a page read in Spanish leaves behind
            text = main(browse(cast.organizer).get(url(request), headers={"accept-language": "es"}))
        for said in ("Quién trabaja en este caso", "Nadie: devolverlo", "Yo (Ana Organizer)"):
            assert said in text


class TestTheDesk:
    @pytest.fixture
    def four(self, cast: Cast) -> list[SoiRequest]:
        """One of the investigator, two of colleagues (one of whom has left since), one of nobody."""
        made = submitted(cast, 4)
        for record, to in zip(made, (cast.investigator, cast.approver, cast.signer), strict=False):
            assign(record, to, cast.investigator)
        User.objects.filter(pk=cast.signer.pk).update(is_active=False)
        return made

    @pytest.mark.parametrize(
        ("whose", "found"), [("mine", {0}), ("nobody", {2, 3}), ("colleagues", {1}), ("", {0, 1, 2, 3})]
    )
    @pytest.mark.parametrize("show", ["mine", "desk"])
    def test_each_part_can_be_read_by_who_has_its_cases(
        self, show: str, whose: str, found: set[int], cast: Cast, browse: Browse, four: list[SoiRequest]
    ) -> None:
        page = browse(cast.investigator).get(f"/?show={show}&whose={whose}")
        table = page.content.decode()
        table = table[table.index("<table") :]
        assert {number for number, record in enumerate(four) if record.reference in table} == found
        text = main(page)
        for counted in ("Everybody's 4", "Mine 1", "Nobody's 2", "My colleagues' 1"):
            assert counted in text

    def test_each_row_says_who_has_it(self, cast: Cast, browse: Browse, four: list[SoiRequest]) -> None:
        text = main(browse(cast.investigator).get("/?show=desk"))
        for said in ("You have it", "Alma Approver has it", "Nobody has it: whoever had it has left"):
            assert said in text

    def test_a_deputy_finds_what_the_absent_person_has_among_their_own(
        self, cast: Cast, browse: Browse, four: list[SoiRequest]
    ) -> None:
        away(cast.approver, cast.second_approver)
        text = main(browse(cast.second_approver).get("/?show=desk&whose=mine"))
        assert four[1].reference in text
        assert "Alma Approver has it, for whom you stand in" in text
        assert "Mine 1" in text

    def test_pages_keep_to_whose_cases_were_asked_for(
        self, cast: Cast, browse: Browse, four: list[SoiRequest], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("referrals.queues.PAGE", 1)
        browser, seen = browse(cast.investigator), []
        address = "/?show=desk&whose=nobody"
        while address:
            page = browser.get(address)
            table = page.content.decode()[page.content.decode().index("<table") :]
            seen += [number for number, record in enumerate(four) if record.reference in table]
            address = next((each for each in links(page) if "after=" in each), "")
        assert sorted(seen) == [2, 3]

    def test_an_empty_part_says_so_and_leads_back_to_all(
        self, cast: Cast, browse: Browse, request_: SoiRequest
    ) -> None:
        page = browse(cast.investigator).get("/?show=desk&whose=mine")
        assert "There is no such case in this part of the desk" in main(page)
        assert "/?show=desk" in links(page)

    @pytest.mark.parametrize(
        "query", ["show=desk&whose=x", "show=decided&whose=mine", "show=waiting&whose=nobody"]
    )
    def test_anything_else_shows_everybodys(
        self, query: str, cast: Cast, browse: Browse, request_: SoiRequest
    ) -> None:
        page = browse(cast.representative if "waiting" in query else cast.investigator).get(f"/?{query}")
        assert page.status_code == 200
        assert (request_.reference in main(page)) == ("decided" not in query)


class TestSeveral:
    def send(self, browser: Client, records: list[Any], **typed: str) -> Any:
        chosen = [("case", record.reference) for record in records]
        page = browser.get(f"{TOGETHER}?{urlencode(chosen)}")
        assert page.status_code == 200
        references = [record.reference for record in records]
        return browser.post(TOGETHER, {**fields(page), "case": references, **typed})

    def test_the_desk_leads_there(self, cast: Cast, browse: Browse, request_: SoiRequest) -> None:
        page = browse(cast.investigator).get("/?show=desk")
        assert f'formaction="{TOGETHER}"' in page.content.decode()

    def test_they_are_given_and_each_says_what_came_of_it(self, cast: Cast, browse: Browse) -> None:
        made = submitted(cast, 3)
        assign(made[2], cast.approver, cast.approver)
        answer = self.send(browse(cast.investigator), made, to=str(cast.approver.pk))
        text = main(answer)
        assert answer.status_code == 200
        assert "Done in 2 of 3 cases." in text
        assert "Given to Alma Approver" in text
        assert "Not done in 1 of 3" in text
        assert "This person has the case already." in text
        assert {reload(record).assignee_id for record in made} == {cast.approver.pk}

    def test_who_is_away_is_given_several_if_one_says_so(self, cast: Cast, browse: Browse) -> None:
        made, browser = submitted(cast, 2), browse(cast.investigator)
        away(cast.approver, cast.second_approver)
        answer = self.send(browser, made, to=str(cast.approver.pk))
        assert answer.status_code == 409
        assert "Alma Approver is away until" in main(answer)
        answer = self.send(browser, made, to=str(cast.approver.pk), although_away="on")
        assert "Done in 2 of 2 cases." in main(answer)

    def test_sent_twice_it_is_done_once(self, cast: Cast, browse: Browse) -> None:
        made, browser = submitted(cast, 2), browse(cast.investigator)
        page = browser.get(f"{TOGETHER}?{urlencode([('case', each.reference) for each in made])}")
        data = {**fields(page), "case": [each.reference for each in made], "to": str(cast.investigator.pk)}
        first, second = (main(browser.post(TOGETHER, data)) for _each in range(2))
        assert first == second
        assert "Done in 2 of 2 cases." in first
        assert Step.objects.filter(name="take_up").count() == 2

    def test_what_is_not_chosen_or_does_not_come_back_whole_gets_a_sentence(
        self, cast: Cast, browse: Browse
    ) -> None:
        made, browser = submitted(cast, 2), browse(cast.investigator)
        assert "Choose" in main(self.send(browser, made, to=""))
        sent = browser.post(TOGETHER, {"case": made[0].reference, "to": "nobody"})
        assert "This page did not come back whole." in main(sent)
        assert "No case is chosen" in main(browser.get(TOGETHER))
        many = urlencode([("case", each.reference) for each in submitted(cast, 3)])
        assert browser.get(f"{TOGETHER}?{many}").status_code == 200
        assert not Step.objects.filter(name__in=["take_up", "put_back"]).exists()

    def test_a_case_of_others_among_them_is_not_there(self, cast: Cast, browse: Browse) -> None:
        made = submitted(cast, 1)
        chosen = urlencode([("case", made[0].reference)])
        assert browse(cast.ny_investigator).get(f"{TOGETHER}?{chosen}").status_code == 404
        answer = browse(cast.ny_investigator).post(TOGETHER, {"case": made[0].reference, "to": "nobody"})
        assert answer.status_code == 404

    def test_who_sees_them_from_elsewhere_is_refused_each(self, cast: Cast, browse: Browse) -> None:
        made = submitted(cast, 2)
        assign(made[0], cast.approver, cast.approver)
        browser = browse(cast.representative)
        page = browser.get(f"{TOGETHER}?{urlencode([('case', each.reference) for each in made])}")
        assert fields(page)[f"seen-{made[0].reference}"] == "", "whose it is at another desk"
        answer = self.send(browser, made, to=str(cast.representative.pk))
        assert answer.status_code == 409
        assert "Only people at the desk whose turn it is say who works on a case." in main(answer)
        assert not Step.objects.filter(name="take_up", actor=cast.representative).exists()

    @pytest.mark.parametrize("role", [role.key for role in ROLES if role.capacity in ICE])
    def test_field_offices_do_it_one_case_at_a_time(self, role: str, cast: Cast, browse: Browse) -> None:
        request = routed_request(cast, active_statement(cast), ice=True)
        browser = browse(cast.people[role])
        assert browser.get(f"{TOGETHER}?case={request.reference}").status_code == 404
        answer = browser.post(url(request), {"to": str(cast.people[role].pk)})
        assert answer.status_code == (404 if role == "ny_ice_reviewer" else 302)

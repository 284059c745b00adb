"""Who saw what: each reader of the trail learns what they may know, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from referrals.demo.cast import Cast
from referrals.models import Access, WorkerRequest
from referrals.models.trails import READERS
from tests.referrals.letters.tagged_reader import Reader
from tests.referrals.pages.reading import links, main
from tests.referrals.trails.conftest import Browse

PAGE = "/reads/"


@pytest.fixture
def opened(cast: Cast, reviewed: WorkerRequest, browse: Browse) -> WorkerRequest:
    """Seen by its representative, by intake and at USCIS."""
    for who in (cast.representative, cast.intake, cast.adjudicator):
        browse(who).get(reviewed.get_absolute_url())
    return reviewed


def test_the_page_opens_for_those_in_charge_only(cast: Cast, browse: Browse) -> None:
    may = {key for key, who in cast.people.items() if browse(who).get(PAGE).status_code == 200}
    assert may == {key for key, who in cast.people.items() if who.memberships.get().capacity in READERS}
    assert "intake" not in may
    assert "organizer" not in may
    assert "investigator" not in may


def test_the_owner_learns_house_and_capacity_but_no_name_of_others(
    cast: Cast, opened: WorkerRequest, browse: Browse
) -> None:
    shown = main(browse(cast.representative).get(PAGE))
    assert opened.person.token in shown
    assert cast.representative.name in shown
    assert "USCIS adjudicator, USCIS deferred action unit" in shown
    assert cast.adjudicator.name not in shown
    assert cast.intake.name not in shown


def test_another_organization_sees_nothing_of_it(cast: Cast, opened: WorkerRequest, browse: Browse) -> None:
    shown = main(browse(cast.river).get(PAGE))
    assert opened.person.token not in shown
    assert opened.reference not in shown


@pytest.mark.parametrize("who", ["privacy_officer", "administrator"])
def test_overseers_see_tokens_and_readers_and_no_workers_name(
    cast: Cast, opened: WorkerRequest, browse: Browse, who: str
) -> None:
    answer = browse(cast.people[who]).get(PAGE)
    shown = main(answer)
    for said in (opened.person.token, opened.reference, cast.adjudicator.name, cast.intake.name):
        assert said in shown
    assert "Prudencia" not in answer.content.decode()
    assert opened.get_absolute_url() not in links(answer)


def test_whoever_is_in_charge_sees_their_own_office_and_no_token(
    cast: Cast, opened: WorkerRequest, browse: Browse
) -> None:
    shown = main(browse(cast.supervisor).get(PAGE))
    assert cast.adjudicator.name in shown
    assert opened.reference in shown
    assert cast.intake.name not in shown
    assert cast.representative.name not in shown
    assert opened.person.token not in shown
    assert opened.reference not in main(browse(cast.ice_supervisor).get(PAGE))


def test_a_list_tells_those_in_charge_of_an_agency_no_reference(
    cast: Cast, opened: WorkerRequest, browse: Browse
) -> None:
    hat = cast.investigator.memberships.get()
    Access.objects.create(
        user=cast.investigator, capacity=hat.capacity, organization_id=hat.organization_id,
        office_id=hat.office_id, owner_id=opened.representative_id, what="LIST", route="desk",
        persons=[opened.person.token], cases=[opened.reference], number=1, at=opened.opened_at,
    )  # fmt: skip
    browser = browse(cast.approver)
    shown = main(browser.get(PAGE))
    assert cast.investigator.name in shown
    assert opened.reference not in shown
    assert opened.person.token not in shown
    narrowed = main(browser.get(f"{PAGE}?about={opened.reference}"))
    assert cast.investigator.name not in narrowed, "a filter does not tell what the list does not"


def rows(answer: Any) -> int:
    return int(answer.content.decode().count('<th scope="row"'))


def test_reads_are_narrowed_by_worker_case_reader_day_and_kind(
    cast: Cast, opened: WorkerRequest, browse: Browse
) -> None:
    browser = browse(cast.privacy_officer)
    day = Access.objects.latest("pk").at.date().isoformat()
    trail = "what=RECORD"
    for asked, number in (
        (trail, 3),
        (f"{trail}&about={opened.person.token.lower()}", 3),
        (f"{trail}&about={opened.reference}", 3),
        (f"{trail}&about=W-NOBODY", 0),
        (f"{trail}&reader={cast.adjudicator.pk}", 1),
        (f"{trail}&day=2020-01-01", 0),
        ("what=EXPORT", 0),
    ):
        assert rows(browser.get(f"{PAGE}?{asked}")) == number, asked
    assert rows(browser.get(f"{PAGE}?day=someday")) == 0
    assert rows(browser.get(f"{PAGE}?what=RECORD&day={day}")) == 3


@pytest.mark.parametrize("asked", ["reader=x", "what=ALL", "before=-1", "before=9x", f"before={'9' * 40}"])
def test_a_broken_address_is_no_error(cast: Cast, browse: Browse, asked: str) -> None:
    assert browse(cast.privacy_officer).get(f"{PAGE}?{asked}").status_code == 200


def test_a_page_holds_fifty_and_leads_on(cast: Cast, opened: WorkerRequest, browse: Browse) -> None:
    first = Access.objects.latest("pk")
    for _each in range(60):
        first.pk = None
        first._state.adding = True
        first.save(force_insert=True)
    browser = browse(cast.representative)
    page = browser.get(f"{PAGE}?about={opened.person.token}")
    assert rows(page) == 50
    onward = next(link for link in links(page) if "before=" in link)
    assert f"about={opened.person.token}" in onward
    assert rows(browser.get(PAGE + onward)) == 63 - 50


def test_to_read_the_trail_is_on_the_trail(cast: Cast, opened: WorkerRequest, browse: Browse) -> None:
    browse(cast.privacy_officer).get(PAGE)
    read = Access.objects.latest("pk")
    assert (read.what, read.user, read.route) == ("TRAIL", cast.privacy_officer, "who_saw_what")


def test_the_workers_page_says_who_has_seen_it(cast: Cast, opened: WorkerRequest, browse: Browse) -> None:
    page = browse(cast.representative).get(f"/workers/{opened.person.token}/")
    assert "USCIS deferred action unit" in main(page)
    assert f"{PAGE}?about={opened.person.token}" in links(page)
    assert f"/workers/{opened.person.token}/disclosures/" in links(page)


class TestAccountingOfDisclosures:
    """5 U.S.C. 552a(c)(1): date, nature and purpose of each disclosure, name and address of whom."""

    def address(self, record: WorkerRequest) -> str:
        return f"/workers/{record.person.token}/disclosures/"

    def test_it_lists_what_went_outside_with_date_nature_purpose_and_whom(
        self, cast: Cast, opened: WorkerRequest, browse: Browse
    ) -> None:
        shown = main(browse(cast.representative).get(self.address(opened)))
        for said in (
            "USCIS adjudicator, USCIS deferred action unit", "DHS intake, USCIS centralized intake",
            "100 Example Street", "Opened", "work on the case", opened.reference,
        ):  # fmt: skip
            assert said in shown
        assert "Representative, Desert Legal Aid" not in shown

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("en", ["Accounting of disclosures", "To whom", "Purpose", "2 disclosures"]),
            ("es", ["Registro de divulgaciones", "A quién", "Motivo", "2 divulgaciones"]),
        ],
    )
    def test_it_is_printed_in_both_languages(
        self, cast: Cast, opened: WorkerRequest, browse: Browse, language: str, words: list[str]
    ) -> None:
        answer = browse(cast.representative).get(f"{self.address(opened)}?as=pdf&in={language}")
        assert answer["Content-Type"] == "application/pdf"
        text = Reader(answer.content).aloud()
        for said in [*words, opened.person.token, "USCIS deferred action unit"]:
            assert said in text, said
        assert Access.objects.latest("pk").what == Access.What.EXPORT

    def test_overseers_print_it_without_a_name(
        self, cast: Cast, opened: WorkerRequest, browse: Browse
    ) -> None:
        browser = browse(cast.privacy_officer)
        page = browser.get(self.address(opened))
        assert opened.person.token in main(page)
        printed = Reader(browser.get(f"{self.address(opened)}?as=pdf").content).aloud()
        assert opened.person.token in printed
        for text in (page.content.decode(), printed):
            assert "Prudencia" not in text
            assert "Ejemplo" not in text

    def test_it_opens_for_nobody_else(self, cast: Cast, opened: WorkerRequest, browse: Browse) -> None:
        may = {
            k for k, who in cast.people.items() if browse(who).get(self.address(opened)).status_code == 200
        }
        assert may == {"representative", "privacy_officer", "administrator"}
        assert browse(cast.privacy_officer).get("/workers/W-NOBODY/disclosures/").status_code == 404

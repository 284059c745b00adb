"""The frame of the pages, the components and the forms: what a reader, a keyboard and a screen reader get."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace as Record
from typing import Any

import pytest
from django import forms
from django.http import HttpRequest
from django.template import engines
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.urls import path
from django.utils import timezone, translation

import referrals
from referrals.forms.renderer import UswdsRenderer
from referrals.templatetags.design import TONE_ICONS

PACKAGE = Path(referrals.__file__).parent
TEMPLATES = PACKAGE / "templates"
STATIC = PACKAGE / "static"
USWDS = STATIC / "vendor" / "uswds"
FRAME = ["base.html", *(f"{code}.html" for code in (400, 403, "403_csrf", 404, 429, 500))]
OWN = [
    *FRAME,
    *(
        str(path.relative_to(TEMPLATES))
        for folder in ("account", "allauth", "components", "forms", "django")
        for path in sorted((TEMPLATES / folder).rglob("*.html"))
    ),
]


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.elements if "id" in attrs]

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attrs
            for name, attrs in self.elements
            if name == tag and all(attrs.get(key.replace("_", "-")) == value for key, value in wanted.items())
        ]

    def the(self, tag: str, **wanted: str) -> dict[str, str | None]:
        (only,) = self.all(tag, **wanted)
        return only


def component(name: str, **context: Any) -> Page:
    return Page(render_to_string(f"components/{name}.html", context))


def words(html: str) -> str:
    return Page(html).text


@pytest.fixture
def deadline() -> Record:
    return Record(
        on=date(2026, 11, 30),
        text="in 6 days",
        late=False,
        who="DHS",
        what="Acknowledgement",
        explanation=["Served on 2 Sep 2026.", "A Saturday rolls to Monday."],
        rule="rfe",
        source="8 CFR 103.8(b)",
        verified=True,
    )


@pytest.fixture
def request_of() -> Callable[..., HttpRequest]:
    def make(user: Any = None, path: str = "/somewhere") -> HttpRequest:
        request = RequestFactory().get(path)
        request.user = user or Record(is_authenticated=False)
        return request

    return make


def member(pk: int, label: str) -> Record:
    return Record(pk=pk, label=label, organization=Record(name="NLRB Region 28"))


class Reader(Record):
    def __str__(self) -> str:
        return "Ana Ruiz"


def reader(*capacities: Record) -> Reader:
    return Reader(is_authenticated=True, acting=capacities[0], capacities=list(capacities))


def page(request: HttpRequest | None, **context: Any) -> Page:
    template = engines["django"].from_string('{% extends "base.html" %}')
    return Page(template.render({"programme": None, **context}, request))


# Templates and vendored files


@pytest.mark.parametrize("name", OWN)
def test_every_template_can_be_read(name: str) -> None:
    assert get_template(name)


@pytest.mark.parametrize("name", OWN)
def test_no_template_needs_a_hole_in_the_content_security_policy(name: str) -> None:
    source = (TEMPLATES / name).read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", source)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source))


def test_every_icon_named_in_a_template_or_a_tone_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'id="(\w+)"', (USWDS / "img" / "sprite.svg").read_text()))
    named = set(TONE_ICONS.values())
    for name in OWN:
        named |= set(re.findall(r'{% icon "(\w+)"', (TEMPLATES / name).read_text()))
    assert named <= drawn


def test_every_file_the_vendored_style_sheet_names_is_there() -> None:
    css = USWDS / "css" / "uswds.min.css"
    named = set(re.findall(r"url\(([^)]+)\)", css.read_text()))
    assert len(named) > 40
    assert [path for path in named if not (css.parent / path).is_file()] == []


def test_no_vendored_file_points_to_a_source_map() -> None:
    sources = [*USWDS.glob("css/*.css"), *USWDS.glob("js/*.js")]
    assert len(sources) == 3
    assert not any("sourceMappingURL" in path.read_text() for path in sources)


# Dates


@pytest.mark.parametrize(("language", "shown"), [("en", "Mon 30 Nov 2026"), ("es", "lun 30 nov 2026")])
def test_a_day_is_written_in_the_readers_language(language: str, shown: str) -> None:
    template = engines["django"].from_string("{% load design %}{% day value %}")
    with translation.override(language):
        html = template.render({"value": date(2026, 11, 30)})
    assert Page(html).the("time") == {"datetime": "2026-11-30"}
    assert words(html) == shown


def test_a_moment_is_shown_in_the_readers_time_zone_which_it_names() -> None:
    template = engines["django"].from_string("{% load design %}{% instant value %}, {% day value %}")
    with timezone.override("America/Los_Angeles"):
        text = words(template.render({"value": datetime(2026, 12, 1, 1, 30, tzinfo=UTC)}))
    assert text == "Mon 30 Nov 2026, 5:30 p.m. PST , Mon 30 Nov 2026"


def test_no_date_at_all_shows_nothing() -> None:
    template = engines["django"].from_string("{% load design %}{% day value %}{% instant value %}")
    assert template.render({"value": None}) == ""


# Components


def test_a_due_date_tells_what_is_left_whose_it_is_and_how_it_was_computed(deadline: Record) -> None:
    shown = component("due_date", deadline=deadline)
    for part in ("Mon 30 Nov 2026", "in 6 days", "by DHS", "Served on 2 Sep 2026.", "8 CFR 103.8(b)"):
        assert part in shown.text
    assert shown.all("details")
    assert "Not verified" not in shown.text


def test_an_unverified_rule_says_so(deadline: Record) -> None:
    deadline.verified = False
    assert "Not verified; set by your agency." in component("due_date", deadline=deadline).text


def test_a_date_counted_in_hours_shows_the_hour(deadline: Record) -> None:
    deadline.at = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    with timezone.override("UTC"):
        assert "Mon 30 Nov 2026, 5 p.m. UTC" in component("due_date", deadline=deadline).text


def test_a_date_in_a_table_leaves_the_arithmetic_out(deadline: Record) -> None:
    shown = component("due_date", deadline=deadline, brief=True)
    assert shown.text == "Mon 30 Nov 2026 in 6 days"


@pytest.mark.parametrize(
    ("turn", "sentence"),
    [
        (Record(mine=True), "Waiting for you"),
        (Record(mine=False, who="ICE, Los Angeles"), "Waiting for ICE, Los Angeles"),
        (None, "Nobody has to act"),
    ],
)
def test_whose_turn_it_is_is_a_sentence(turn: Record | None, sentence: str) -> None:
    assert component("whose_turn", turn=turn).text == sentence


@pytest.mark.parametrize("tone", TONE_ICONS)
def test_a_state_is_words_and_an_icon_that_is_not_read_out(tone: str) -> None:
    shown = component("state_tag", standing=Record(label="Sent to DHS", tone=tone, icon=""))
    assert shown.text == "Sent to DHS"
    assert shown.the("svg")["aria-hidden"] == "true"
    assert (shown.the("use")["href"] or "").endswith(f"#{TONE_ICONS[tone]}")


def test_a_closed_step_stays_visible_cannot_be_followed_and_says_why_and_what_to_do() -> None:
    shown = component(
        "step_buttons",
        options=[
            Record(name="edit", label="Change", open=True, main=False, url="/edit", reasons=[]),
            Record(name="sign", label="Sign", open=True, main=True, url="/sign", reasons=[]),
            Record(
                name="amend",
                label="Amend",
                open=False,
                main=False,
                url="/amend",
                reasons=[Record(reason="DHS does not hold it.", remedy="Send it first.")],
            ),
        ],
    )
    assert [link["href"] for link in shown.all("a")] == ["/sign", "/edit"]
    closed = shown.the("button")
    assert closed["aria-disabled"] == "true"
    assert closed["type"] == "button"
    assert closed["aria-describedby"] in shown.ids
    assert "DHS does not hold it. Send it first." in shown.text


def test_the_picture_of_a_case_marks_the_one_place_where_it_is() -> None:
    shown = component(
        "picture",
        stations=[
            Record(label="Draft", state="past", note=""),
            Record(label="Sent", state="here", note="since 18 Nov"),
            Record(label="Returned", state="side", note=""),
            Record(label="Closed", state="ahead", note=""),
        ],
    )
    assert shown.the("li", aria_current="step")
    assert shown.text == (
        "Draft Done Sent You are here since 18 Nov Returned Only if needed Closed Still to come"
    )


def test_a_missing_fact_is_said_to_be_missing_and_zero_is_a_fact() -> None:
    shown = component("facts", facts=[("Delegation", ""), ("Former workers", 0), ("Name", "<b>")])
    assert shown.text == "Delegation not given Former workers 0 Name <b>"


def test_a_diary_entry_tells_who_did_what_why_and_what_it_set_off() -> None:
    step = Record(
        at=datetime(2026, 11, 18, 22, 0, tzinfo=UTC),
        who="Grace Kim",
        capacity="Signing official",
        what="Signed",
        reason="All factors are met.",
        policy="version 4",
        set_off=["DHS intake was told."],
    )
    with timezone.override("UTC"):
        text = component("history", steps=[step]).text
    assert text == (
        "Wed 18 Nov 2026, 10 p.m. UTC Signed Grace Kim, Signing official All factors are met. "
        "DHS intake was told. Rules in force: version 4"
    )


def test_an_act_that_nobody_hears_of_says_so() -> None:
    assert component("told", told=[]).text == "Nobody is told."


def test_a_row_of_a_table_is_named_by_its_link_and_every_cell_by_its_column(deadline: Record) -> None:
    cells = [
        {"url": "/case", "text": "7KQ2-M4XA", "note": "Detained"},
        {"standing": Record(label="Filed", tone="info", icon="")},
        {"turn": Record(mine=True)},
        {"deadline": deadline},
        {"day": date(2026, 11, 2)},
        {"text": "12"},
    ]
    labels = ["Reference", "State", "Turn", "Due", "Since", "Age"]
    columns = [{"label": label} for label in labels]
    columns[0] |= {"sort_url": "?sort=reference", "sorted": "ascending"}
    shown = component("table", table={"caption": "Mine", "columns": columns, "rows": [{"cells": cells}]})
    assert "data-keys" in shown.the("table")
    assert [each["data-label"] for name, each in shown.elements if "data-label" in each] == labels
    assert shown.the("th", scope="row")
    assert shown.the("th", aria_sort="ascending")
    for part in ("7KQ2-M4XA Detained", "Filed", "Waiting for you", "30 Nov 2026 in 6 days", "2 Nov 2026"):
        assert part in shown.text
    assert not shown.all("nav")


def test_pages_of_a_list_are_linked_only_where_there_are_any() -> None:
    shown = component("pagination", next_url="?after=7", previous_url="")
    assert [link["href"] for link in shown.all("a")] == ["?after=7"]


# The frame


def test_a_page_without_a_request_still_has_its_frame() -> None:
    shown = page(None)
    assert shown.the("main")["id"] == "main-content"
    assert shown.the("a", href="#main-content")
    assert "This is not a government website." in shown.text


def test_the_header_says_who_i_am_in_which_capacity_and_lets_me_change_it(
    request_of: Callable[..., HttpRequest], settings: Any
) -> None:
    settings.ROOT_URLCONF = __name__
    user = reader(member(1, "Immigration coordinator"), member(2, "Signing official"))
    shown = page(request_of(user))
    assert "Ana Ruiz Immigration coordinator, NLRB Region 28" in shown.text
    assert shown.the("form", action="/capacity")["method"] == "post"
    assert [option["value"] for option in shown.all("option")] == ["1", "2"]
    assert "selected" in shown.all("option")[0]


def test_a_person_with_one_capacity_is_not_asked_to_change_it(
    request_of: Callable[..., HttpRequest], settings: Any
) -> None:
    settings.ROOT_URLCONF = __name__
    assert not page(request_of(reader(member(1, "Organizer")))).all("select")


@pytest.mark.parametrize(
    ("open_", "sentence"),
    [(True, "Open to new requests since"), (False, "Closed to new requests since")],
)
def test_the_header_says_whether_the_programme_is_open(
    request_of: Callable[..., HttpRequest], open_: bool, sentence: str
) -> None:
    programme = Record(open=open_, since=date(2025, 1, 24), text="Renewals go on.")
    text = page(request_of(), programme=programme).text
    assert f"{sentence} Fri 24 Jan 2025" in text
    assert "Renewals go on." in text


def test_the_page_i_am_on_is_marked_in_the_navigation(request_of: Callable[..., HttpRequest]) -> None:
    navigation = [
        {"label": "My desk", "url": "/desk", "current": True, "count": 7},
        {"label": "Matters", "url": "/matters", "current": False, "count": 0},
    ]
    shown = page(request_of(), navigation=navigation)
    assert shown.the("a", aria_current="page")["href"] == "/desk"
    assert "My desk 7 Matters" in shown.text


@pytest.mark.parametrize(("language", "other"), [("en", "es"), ("es", "en")])
def test_the_other_language_is_one_button_away(
    request_of: Callable[..., HttpRequest], settings: Any, language: str, other: str
) -> None:
    settings.ROOT_URLCONF = __name__
    with translation.override(language):
        shown = page(request_of(path="/here?x=1"))
    assert shown.the("html")["lang"] == language
    assert shown.the("button", name="language")["value"] == other
    assert shown.the("input", name="next")["value"] == "/here?x=1"


@pytest.mark.parametrize("name", FRAME[1:])
def test_an_error_page_says_what_to_do_without_a_request_and_repeats_nothing(name: str) -> None:
    html = render_to_string(name, {"exception": "SECRET", "request_path": "/SECRET", "reason": "SECRET"})
    assert "SECRET" not in html
    assert len(Page(html).all("h1")) == 1
    assert Page(html).all("a", href="/") or Page(html).all("a", **{"class": "usa-button"})


def test_demonstration_sign_ins_are_shown_only_where_they_are_given() -> None:
    assert render_to_string("account/demo_sign_ins.html", {}).strip() == ""
    person = {"who": "Ana Ruiz", "what": "Staff", "email": "ana@demo.example", "password": "let me in"}
    text = words(render_to_string("account/demo_sign_ins.html", {"demo_sign_ins": [person]}))
    assert "Ana Ruiz Staff ana@demo.example let me in" in text


# Forms


class EmployerForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the paystub.")
    since = forms.DateField(label="Since")
    story = forms.CharField(label="Story", max_length=20, widget=forms.Textarea)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "Legal"), ("b", "Trade")], widget=forms.RadioSelect)
    state = forms.ChoiceField(label="State", choices=[("AZ", "Arizona")], required=False)
    agreed = forms.BooleanField(label="Agreed")
    paper = forms.FileField(label="Paper", required=False)
    key = forms.CharField(widget=forms.HiddenInput)

    default_renderer = UswdsRenderer

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].visible_to = "DHS and your agency"  # type: ignore[attr-defined]


@pytest.fixture
def refused() -> EmployerForm:
    return EmployerForm({"since": "present", "story": "x" * 30, "kind": "c", "key": "1"})


def test_every_control_of_a_form_has_an_id_of_its_own_and_a_label(refused: EmployerForm) -> None:
    shown = Page(refused.render())
    assert [name for name, count in Counter(shown.ids).items() if count > 1] == []
    controls = [
        attrs["id"]
        for tag, attrs in shown.elements
        if tag in {"input", "select", "textarea"} and attrs.get("type") != "hidden"
    ]
    labelled = {label["for"] for label in shown.all("label")}
    assert len(controls) == 8
    assert set(controls) <= labelled


def test_everything_a_control_is_described_by_is_on_the_page(refused: EmployerForm) -> None:
    shown = Page(refused.render())
    named = " ".join(attrs.get("aria-describedby") or "" for _, attrs in shown.elements)
    assert set(named.split()) <= set(shown.ids)
    name = shown.the("input", name="name")
    assert name["aria-describedby"] == "id_name_helptext id_name_visible_to id_name_error"
    assert shown.the("textarea")["aria-describedby"] == "id_story_limit id_story_error"
    assert shown.the("fieldset")["aria-describedby"] == "id_kind_error"


def test_a_refused_form_starts_with_links_to_the_fields_at_fault(refused: EmployerForm) -> None:
    refused.add_error(None, "The dates do not fit together.")
    shown = Page(refused.render())
    targets = [(link["href"] or "").removeprefix("#") for link in shown.all("a")]
    assert targets == ["id_name", "id_since", "id_story", "id_kind_0", "id_agreed"]
    assert set(targets) <= set(shown.ids)
    assert "The dates do not fit together." in shown.text


def test_a_field_at_fault_is_marked_for_eyes_and_for_screen_readers(refused: EmployerForm) -> None:
    shown = Page(refused.render())
    name = shown.the("input", name="name")
    assert name["aria-invalid"] == "true"
    assert name["class"] == "usa-input usa-input--error"
    assert shown.the("select")["class"] == "usa-select"


def test_a_field_says_who_will_see_it_and_whether_it_is_required() -> None:
    text = words(EmployerForm()["name"].as_field_group())
    assert text == "Name (required) As on the paystub. Who sees this: DHS and your agency"
    assert "required" not in words(EmployerForm()["state"].as_field_group())


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_stored_date_reaches_the_browsers_date_picker_in_every_language(language: str) -> None:
    with translation.override(language):
        shown = Page(EmployerForm(initial={"since": date(2026, 3, 5)})["since"].as_field_group())
    picker = shown.the("input")
    assert (picker["type"], picker["value"]) == ("date", "2026-03-05")
    assert (picker["min"], picker["max"]) == ("1900-01-01", "2100-12-31")


def test_a_date_that_is_none_is_given_back_as_it_was_typed(refused: EmployerForm) -> None:
    again = Page(refused["since"].as_field_group()).the("input")
    assert (again["type"], again["value"]) == ("text", "present")


def test_a_text_that_is_too_long_is_given_back_whole(refused: EmployerForm) -> None:
    assert "x" * 30 in refused["story"].as_field_group()


def test_radio_buttons_are_a_group_with_a_legend() -> None:
    shown = Page(EmployerForm()["kind"].as_field_group())
    assert shown.all("legend")
    assert [radio["class"] for radio in shown.all("input")] == ["usa-radio__input", "usa-radio__input"]


def test_a_set_of_forms_keeps_its_management_form_and_one_row_for_each() -> None:
    formset = forms.formset_factory(EmployerForm, extra=2, renderer=UswdsRenderer())(prefix="rows")
    shown = Page(formset.render())
    assert shown.the("input", name="rows-TOTAL_FORMS")["value"] == "2"
    assert len(shown.all("div", **{"class": "app-formset"})) == 2


# Addresses for the frame


def _nowhere(request: HttpRequest) -> None:
    """Never called: these addresses are only linked to."""


urlpatterns = [
    path("capacity", _nowhere, name="switch_capacity"),
    path("language", _nowhere, name="set_language"),
]

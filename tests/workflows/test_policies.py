from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from workflows import policies, rulebook
from workflows.models import Policy, TollingWindow
from workflows.policies import NoPolicy, PolicyBook, ProgrammeState
from workflows.terms import Served, Term, Unit, due, rung_at, rungs

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
BOOK = policies.shipped_book()
SHIPPED = rulebook.read()


def row(first: date, last: date | None = None, value: object = 1, **fields: object) -> Policy:
    labels = {"en": "Pages of a letter", "es": "Páginas de una carta"}
    named = {"key": "soi.pages", "governs": Policy.Governs.FILED, "labels": labels, **fields}
    return Policy(effective_from=first, effective_to=last, value=value, **named)


# Looking up


@pytest.mark.parametrize(
    ("on", "status"),
    [
        (date(2023, 1, 13), ProgrammeState.OPEN),
        (date(2025, 1, 23), ProgrammeState.OPEN),
        (date(2025, 1, 24), ProgrammeState.CLOSED_TO_NEW),
        (date(2026, 11, 22), ProgrammeState.CLOSED_TO_NEW),
    ],
)
def test_the_programme_has_its_true_history(on, status):
    found = BOOK.programme(on)
    assert found.status is status
    assert found.takes_new_requests is (status is ProgrammeState.OPEN)
    assert found.since <= on
    assert found.source


def test_before_the_programme_began_there_is_no_status():
    with pytest.raises(NoPolicy, match="Thu 12 Jan 2023"):
        BOOK.programme(date(2023, 1, 12))


@pytest.mark.parametrize(
    ("key", "on", "value"),
    [
        ("dale.initial_months", date(2024, 7, 21), 24),
        ("dale.initial_months", date(2024, 7, 22), 48),
        ("dale.subsequent_months", date(2024, 1, 17), 24),
        ("dale.extension", date(2024, 7, 21), False),
        ("dale.extension", date(2024, 7, 22), True),
        ("dale.extension", date(2025, 1, 24), False),
        (
            "dale.formset",
            date(2024, 6, 1),
            {"forms": ["G-325A", "I-765", "I-765WS"], "permit_asked_in": "I-765"},
        ),
        ("fee.I-246", date(2026, 11, 22), 155),
        ("stay.bond_min", date(2026, 11, 22), 1500),
        ("stay.max_months", date(2026, 11, 22), 12),
        ("stay.stops_removal_while_pending", date(2026, 11, 22), False),
        ("ead.auto_extension", date(2025, 10, 30), False),
        ("nta.on_denial", date(2025, 2, 28), True),
        ("discretion.standard", date(2026, 5, 8), "extraordinary"),
    ],
)
def test_a_rule_has_the_value_of_its_day(key, on, value):
    assert BOOK.value(key, on=on) == value


def test_a_rule_that_had_not_begun_is_refused_or_replaced_by_the_default():
    with pytest.raises(NoPolicy, match=r"dale\.subsequent_months"):
        BOOK.value("dale.subsequent_months", on=date(2024, 1, 16))
    assert BOOK.value("dale.subsequent_months", on=date(2024, 1, 16), default=None) is None


@pytest.mark.parametrize(
    ("on", "worker_may_ask"),
    [(date(2023, 7, 10), True), (date(2024, 7, 22), False), (date(2026, 1, 1), False)],
)
def test_new_york_state_takes_a_workers_own_request_only_under_the_july_2023_release(on, worker_may_ask):
    who = BOOK.value("agency.who_may_ask", on=on, jurisdiction="NYSDOL")
    assert ("worker" in who) is worker_may_ask
    assert "attorney" in who


def test_an_agencys_own_rule_comes_before_the_federal_one():
    assert BOOK.policy("soi_acknowledgement", on=date(2026, 1, 1), jurisdiction="NLRB").verified
    assert not BOOK.policy("soi_acknowledgement", on=date(2026, 1, 1), jurisdiction="IDOL").verified
    assert BOOK.policy("rfe", on=date(2026, 1, 1), jurisdiction="IDOL").jurisdiction == "US"


def test_the_escalation_of_the_nlrb_names_its_phone():
    found = BOOK.value("agency.escalation", on=date(2026, 1, 1), jurisdiction="NLRB")
    assert found["phone"] == "202-273-2900"
    assert all(found["phone"] in text for text in found["text"].values())


def test_a_term_is_read_from_its_row():
    assert BOOK.term("rfe", on=date(2026, 1, 1)) == Term(84, Unit.CALENDAR_DAYS, mail_days=3)
    with pytest.raises(ValueError, match="does not state a period"):
        BOOK.term("fee.I-246", on=date(2026, 1, 1))


# What ships


def test_every_row_says_where_it_comes_from():
    assert [str(each) for each in SHIPPED.policies if not each.source or not each.label] == []


def test_a_row_is_either_checked_or_says_that_it_is_not():
    unclear = [
        str(each)
        for each in SHIPPED.policies
        if not each.verified and rulebook.NOT_CHECKED["en"] not in each.note
    ]
    assert unclear == []
    assert all(each.verified_by for each in SHIPPED.policies if each.verified)


def test_every_row_is_governed_by_a_known_date():
    assert {each.governs for each in SHIPPED.policies} <= set(Policy.Governs.values)


@pytest.mark.parametrize(
    "each",
    [each for each in SHIPPED.policies if isinstance(each.value, dict) and "amount" in each.value],
    ids=str,
)
def test_a_ladder_climbs_from_the_warning_to_the_last_rung(each):
    calendar = policies.calendar("us-federal")
    found = due(Term.parse(each.value), calendar=calendar, start=date(2026, 9, 2))
    ladder = rungs(each.value)
    moments = [rung_at(found, rung, calendar) for rung in ladder]
    assert moments == sorted(moments)
    assert [rung for rung in ladder if rung.rung == "due"]
    assert all(bool(rung.before) == (moment < found.at) for rung, moment in zip(ladder, moments, strict=True))


def test_mailing_days_are_the_same_everywhere():
    days = BOOK.value("mail.days", on=date(2026, 1, 1))
    terms = [BOOK.term(rule, on=date(2026, 1, 1)) for rule in BOOK.rules()]
    assert {term.mail_days for term in terms} == {0, days}


# The calculator


@pytest.mark.parametrize(
    ("rule", "start", "served", "end"),
    [
        ("rfe", date(2026, 8, 31), Served.MAIL, date(2026, 11, 27)),
        ("rfe", date(2026, 9, 2), Served.MAIL, date(2026, 11, 30)),
        ("noid", date(2026, 9, 2), Served.MAIL, date(2026, 10, 5)),
        ("soi_acknowledgement", date(2026, 9, 3), None, date(2026, 9, 9)),
        ("soi_determination", date(2026, 9, 2), None, date(2026, 10, 2)),
        ("address_change", date(2026, 9, 2), None, date(2026, 9, 14)),
        ("ead_renewal_opens", date(2028, 8, 1), None, date(2028, 2, 3)),
        ("ead_renewal_last_recommended", date(2028, 8, 1), None, date(2028, 5, 3)),
    ],
)
def test_a_due_date_is_computed_from_the_rule_of_its_day(rule, start, served, end):
    found = policies.calculate(rule, start=start, served=served, on=start, rows=BOOK, tolling=[])
    assert found.on == end


def test_a_day_before_the_first_rule_uses_it_and_says_so():
    day = date(1999, 3, 1)
    found = policies.calculate("rfe", start=day, served=None, on=day, rows=BOOK, tolling=[])
    assert found.on == date(1999, 5, 24)
    assert "Mon 18 Jun 2007" in found.explanation[0]


def test_an_unknown_rule_is_refused():
    with pytest.raises(NoPolicy, match="no-such-rule"):
        policies.calculate(
            "no-such-rule", start=NOW.date(), served=None, on=NOW.date(), rows=BOOK, tolling=[]
        )


# In the database


@pytest.mark.django_db
class TestStored:
    @pytest.fixture(autouse=True)
    def nothing_loaded(self):
        TollingWindow.objects.all().delete()
        Policy.objects.all().delete()

    def test_loading_twice_adds_nothing(self):
        first = policies.load(NOW)
        second = policies.load(NOW)
        assert first.added == len(SHIPPED.policies) == Policy.objects.count()
        assert first.closures_added == len(SHIPPED.closures) == TollingWindow.objects.count()
        assert (second.added, second.closures_added, second.differences) == (0, 0, ())
        assert second.unchanged == first.added

    def test_a_stored_value_is_kept_and_the_difference_told(self):
        policies.load(NOW)
        Policy.objects.filter(key="stay.max_months").update(value=6)
        loaded = policies.load(NOW)
        assert policies.value("stay.max_months", on=NOW.date()) == 6
        assert [sentence for sentence in loaded.differences if "stay.max_months" in sentence]
        assert loaded.added == 0

    def test_a_stored_text_gets_the_language_it_lacks_and_keeps_its_own_words(self):
        policies.load(NOW)
        Policy.objects.filter(key="rfe").update(labels={"en": "Answer to a request for evidence"})
        Policy.objects.filter(key="noid").update(labels={"en": "Our own words"})
        Policy.objects.filter(key="agency.escalation", jurisdiction="IDOL").update(
            value={"phone": "312-793-1966", "text": {"en": "Phone 312-793-1966 when nobody has answered."}}
        )
        loaded = policies.load(NOW)
        assert (loaded.translated, loaded.differences) == (2, ())
        assert Policy.objects.get(key="rfe").labels["es"] == "Respuesta a una solicitud de evidencia"
        assert Policy.objects.get(key="noid").labels == {"en": "Our own words"}
        assert policies.load(NOW).translated == 0

    def test_a_closure_is_told_in_the_language_of_each_reader(self):
        policies.load(NOW)
        TollingWindow.objects.update(reasons={"en": "Federal shutdown of 43 days"})
        policies.load(NOW)
        told = {}
        for language in ("en", "es", "en"):
            with translation.override(language):
                (closure,) = policies.closures("NLRB")
                told[language] = closure.authority
        assert told["en"].startswith("Federal shutdown of 43 days, NLRB notice")
        assert told["es"].startswith("Cierre del gobierno federal de 43 días, Aviso de la NLRB")

    def test_a_new_row_ends_the_open_one_before_it(self, monkeypatch):
        policies.load(NOW)
        tomorrow = NOW.date() + timedelta(days=1)
        later = row(tomorrow, key="stay.max_months", value=9)
        monkeypatch.setattr(rulebook, "read", lambda: rulebook.Rulebook([later], []))
        loaded = policies.load(NOW)
        assert (loaded.added, loaded.differences) == (1, ())
        assert policies.value("stay.max_months", on=NOW.date()) == 12
        assert policies.value("stay.max_months", on=tomorrow) == 9

    def test_a_new_row_that_begins_in_the_past_is_told(self, monkeypatch):
        policies.load(NOW)
        earlier = row(NOW.date() - timedelta(days=1), key="stay.max_months", value=9)
        monkeypatch.setattr(rulebook, "read", lambda: rulebook.Rulebook([earlier], []))
        loaded = policies.load(NOW)
        assert loaded.added == 1
        assert "in the past" in loaded.differences[0]

    def test_a_new_row_inside_a_closed_range_is_left_out_and_told(self, monkeypatch):
        policies.load(NOW)
        inside = row(date(2024, 2, 1), key="dale.initial_months", value=36)
        monkeypatch.setattr(rulebook, "read", lambda: rulebook.Rulebook([inside], []))
        loaded = policies.load(NOW)
        assert loaded.added == 0
        assert "left out" in loaded.differences[0]
        assert policies.value("dale.initial_months", on=date(2024, 2, 1)) == 24

    def test_a_new_row_before_all_others_stops_where_they_begin(self, monkeypatch):
        policies.load(NOW)
        first = row(date(2022, 1, 1), key="dale.initial_months", value=12)
        monkeypatch.setattr(rulebook, "read", lambda: rulebook.Rulebook([first], []))
        assert policies.load(NOW).added == 1
        assert policies.value("dale.initial_months", on=date(2023, 1, 12)) == 12
        assert policies.value("dale.initial_months", on=date(2023, 1, 13)) == 24

    def test_a_book_asks_the_database_once(self, django_assert_num_queries):
        policies.load(NOW)
        policies.book()
        with django_assert_num_queries(1):
            book = policies.book()
            assert book.programme(NOW.date()).status is ProgrammeState.CLOSED_TO_NEW
            assert book.value("rfe", on=NOW.date(), jurisdiction="NLRB")
            assert book.ladder("rfe", on=NOW.date())

    def test_a_single_question_is_a_single_query(self, django_assert_num_queries):
        policies.load(NOW)
        policies.book()
        with django_assert_num_queries(4):
            assert policies.policy("soi_acknowledgement", on=NOW.date(), jurisdiction="NLRB").verified
            assert policies.value("no.such", on=NOW.date(), default="none") == "none"
            assert policies.term("noid", on=NOW.date()).amount == 30
            assert policies.programme(NOW.date()).since == date(2025, 1, 24)

    def test_the_closure_of_the_nlrb_stops_its_clocks_only(self):
        policies.load(NOW)
        day = date(2025, 9, 16)
        own, federal = (
            policies.calculate("rfe", start=day, served=None, on=day, jurisdiction=place)
            for place in ("NLRB", "US")
        )
        assert own.on - federal.on >= timedelta(days=43)

    def test_two_rows_of_one_rule_never_cover_the_same_day(self):
        row(date(2024, 1, 1), date(2025, 1, 1)).save()
        row(date(2025, 1, 1)).save()
        row(date(2024, 6, 1), jurisdiction="NLRB").save()
        with pytest.raises(IntegrityError, match="one_policy_of_a_key_on_each_day"), transaction.atomic():
            row(date(2024, 12, 31), date(2025, 1, 1)).save()

    def test_a_row_ends_after_it_begins(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            row(date(2024, 1, 1), date(2024, 1, 1)).save()

    def test_a_closure_ends_no_earlier_than_it_begins(self):
        closure = TollingWindow(starts_on=date(2026, 1, 2), ends_on=date(2026, 1, 1))
        with pytest.raises(IntegrityError, match="a_closure_ends_after_it_begins"), transaction.atomic():
            closure.save()

    def test_in_force_means_from_the_first_day_to_the_day_before_the_end(self):
        row(date(2024, 1, 1), date(2024, 1, 3)).save()
        days = [date(2023, 12, 31) + timedelta(days=n) for n in range(5)]
        stored = [Policy.objects.in_force(day).exists() for day in days]
        assert stored == [False, True, True, False, False]
        assert [row(date(2024, 1, 1), date(2024, 1, 3)).applies(day) for day in days] == stored


def test_an_empty_book_is_false():
    assert not PolicyBook([])
    assert BOOK

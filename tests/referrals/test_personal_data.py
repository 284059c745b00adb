"""Personal data in statement-side text is found in every usual spelling; plain narrative is left alone."""

import csv
import time
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from referrals.personal_data import (
    MOST_SENTENCES,
    PersonalDataFound,
    PersonalDataValidator,
    find,
    no_personal_data,
    refuse,
)
from referrals.personal_data_search import Kind

CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "cases"

A_NUMBERS = [
    "A098765432",
    "a098765432",
    "A98765432",
    "A9876543",
    "A 9876543",
    "A 098 765 432",
    "A-098-765-432",
    "A098-765-432",
    "A.098.765.432",
    "A#098765432",
    "A# 98 765 432",
    "A/098-765-432",
    "A09 87 65 432",
    "A098,765,432",
    "A: 098765432",
    "A098\r\n765432",
    "No. de A: 098-765-432",
    "A-number 098765432",
    "A-Number: A98-765-432",
    "A No. 98765432",
    "Alien No. 098765432",
    "Alien Registration Number: A 098 765 432",
    "alien # 98765432",
    "USCIS# 098-765-432",
    "número A: 098765432",
    "número de extranjero 098-765-432",
    "A0987\n65432",
    "A-098-\n765-432",
    "A 098\n765\n432",
    "A 0 9 8 7 6 5 4 3 2",
    "А098765432",  # Cyrillic А
    "Α098765432",  # Greek Α
    "Ａ０９８７６５４３２",  # full width
    "A٠٩٨٧٦٥٤٣٢",  # Arabic-Indic digits
    "A०९८७६५४३२",  # Devanagari digits
    "𝐀𝟎𝟗𝟖𝟕𝟔𝟓𝟒𝟑𝟐",
    "A\u200b098\u200d765\u2060432",
    "A\u00ad098765432",
    "A\u0332098765432",
    "A\u00a0098\u2009765\u202f432",
    "A–098–765–432",
    "AO98 765 432",
    "A098765432 2 workers were with him",
]
RECEIPTS = [
    "IOE0912345678",
    "ioe0912345678",
    "EAC-21-123-45678",
    "MSC 21 903 45678",
    "WAC2190012345",
    "LIN*21*900*12345",
    "SRC 2190012345",
    "I0E0912345678",
    "IOE09\n12345678",
    "ＩＯＥ０９１２３４５６７８",
    "ABC1234567890",
    "receipt number XYZ 21 900 12345",
    "número de recibo: XYZ2190012345",
]
SSNS = [
    "123-45-6789",
    "123 45 6789",
    "123.45.6789",
    "123 - 45 - 6789",
    "123–45–6789",
    "123-45-\n6789",
    "SSN 123456789",
    "Social Security number: 123 456 789",
    "seguro social 123456789",
    "１２３-４５-６７８９",
]
BIRTH_DATES = [
    "born on March 5, 1990",
    "born 5 March 1990",
    "born in Guadalajara, Jalisco, on Mar. 5th, 1990",
    "born: 1990-03-05",
    "DOB 3/5/90",
    "D.O.B.: 03-05-1990",
    "dob 03051990",
    "DOB: 19900305",
    "date of birth is 5-Mar-1990",
    "birthdate 03.05.1990",
    "birthday: March 5 1990",
    "fecha de nacimiento: 5 de marzo de 1990",
    "fecha de nac. 05/03/1990",
    "Fecha nac: 05/03/1990",
    "nació el 5 de marzo del 1990",
    "nacida el 05/03/1990",
    "nacido el 5 de septiembre de 1990",
    "nacidos en Oaxaca el 1 de enero de 1985",
    "1990-03-05 (DOB)",
    "born on\nMarch 5,\n1990",
    "DOB ０３/０５/１９９０",
]
PASSPORTS = [
    "passport no. G12345678",
    "passport 123456789",
    "Passport number: AB 123456",
    "pasaporte N° G12345678",
    "his Mexican passport (G12345678)",
    "G12345678 (passport)",
    "passport number 123\n456\n789",
]
HARMLESS = [
    "",
    "01-RC-179057",
    "09-CA-123456",
    "OSHA inspection 1229035.015",
    "Case A 1229035.015",
    "WHD case 1772271",
    "Mesa, AZ 85201-1234",
    "Suite A 94110-1234",
    "call 555-123-4567 or (480) 555-0134, Building A 555-0134",
    "Line A 555 123 4567",
    "llame a 5551234",
    "llame a 555 123 4567",
    "FEIN 12-3456789",
    "TIN 12-3456789",
    "$1,234,567.89",
    "A 12 workers complained, and a 45-minute break was cut.",
    "A 1,500,000 dollar judgment",
    "A 1500000 dollar judgment",
    "de 2019 a 2020 trabajaron sin pago",
    "del 01 02 2020 a 03 04 2021",
    "Exhibit A 2019-2020",
    "Case A-2021-00123",
    "Table A1 2020 2021",
    "Reborn Staffing, 01/02/2020",
    "The plant was born of a merger in 2010.",
    "The manager took our passports on 03/05/2020.",
    "They kept our passports for 2 years, since 2019.",
    "She gave birth on March 5, 2024 and was fired on March 9, 2024.",
    "10\n200\n3000\n40",
    "FAX 4155551234, TEL4155551234",
    "Social Security Administration, Baltimore, MD 21235-0001",
    "Section 8(a)(1) and 29 CFR 1910.147; 29 U.S.C. 201-219",
    "12 × 8.5 h at $15.00 = $1,530",
]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((Kind.A_NUMBER, text) for text in A_NUMBERS),
        *((Kind.RECEIPT, text) for text in RECEIPTS),
        *((Kind.SSN, text) for text in SSNS),
        *((Kind.ITIN, text) for text in ["912-78-1234", "ITIN 912781234"]),
        *((Kind.BIRTH_DATE, text) for text in BIRTH_DATES),
        *((Kind.PASSPORT, text) for text in PASSPORTS),
    ],
)
def test_every_usual_spelling_is_found(kind: Kind, text: str) -> None:
    assert [found.kind for found in find(text)] == [kind]
    assert [found.kind for found in find(f"The foreman said so ({text}), and left.")] == [kind]


@pytest.mark.parametrize("text", HARMLESS)
def test_case_numbers_phones_sums_and_dates_are_left_alone(text: str) -> None:
    assert find(text) == []


def test_places_refer_to_the_text_as_given() -> None:
    text = "Ask her: A\u200b098 765 432, she knows."
    (found,) = find(text)
    assert text[found.start : found.end] == "A\u200b098 765 432"


def test_an_excerpt_shows_at_most_two_characters() -> None:
    assert [found.excerpt_masked for found in find("A098765421")] == ["A•••••••21"]
    assert [found.excerpt_masked for found in find("DOB 3/5/1990")] == ["•••••••"]


def test_overlapping_shapes_are_one_finding() -> None:
    assert len(find("passport A098765432")) == 1
    assert len(find("SSN 123-45-6789")) == 1


def test_a_refusal_names_the_field_and_hides_the_number() -> None:
    with pytest.raises(PersonalDataFound) as refusal:
        refuse({"Employer": "A Foods Inc.", "What happened": "Maria (A098765421) was fired."})
    message = str(refusal.value)
    assert "A-number ending in 21 in “What happened”" in message
    assert "0987654" not in message
    assert [found.field for found in refusal.value.findings] == ["What happened"]


def test_clean_fields_are_accepted() -> None:
    refuse({"What happened": "Twelve workers were not paid for 3 weeks.", "Employer": ""})


def test_a_field_label_with_a_percent_sign_is_shown_as_it_is() -> None:
    with pytest.raises(PersonalDataFound, match="100% sure"):
        refuse({"100% sure": "A098765421"})


def test_a_pasted_roster_is_answered_with_a_few_sentences() -> None:
    roster = "\n".join(f"A0987654{number}" for number in range(10, 60))
    with pytest.raises(PersonalDataFound) as refusal:
        refuse({"What happened": roster})
    assert len(refusal.value.findings) == 50
    assert len(refusal.value.messages) == MOST_SENTENCES + 1
    assert "45 more" in refusal.value.messages[-1]


@pytest.mark.parametrize("validate", [no_personal_data, PersonalDataValidator("What happened")])
def test_validators_speak_in_validation_errors(validate: PersonalDataValidator) -> None:
    validate("Nothing personal here, not even in 2024.")
    with pytest.raises(ValidationError) as refusal:
        validate("SSN 123-45-6789 and A098765421")
    assert len(refusal.value.messages) == 2
    assert {error.code for error in refusal.value.error_list} == {"personal_data"}


def test_a_validator_in_a_migration_equals_itself() -> None:
    validator = PersonalDataValidator("What happened")
    path, arguments, options = validator.deconstruct()  # type: ignore[attr-defined]
    assert path.endswith("personal_data.PersonalDataValidator")
    assert PersonalDataValidator(*arguments, **options) == validator
    assert PersonalDataValidator("Employer") != validator


def test_the_refusal_can_be_read_in_spanish_pages() -> None:
    with translation.override("es"), pytest.raises(PersonalDataFound) as refusal:
        refuse({"Qué pasó": "A098765421"})
    assert "Qué pasó" in str(refusal.value)


WORDS = st.sampled_from(
    [
        "the",
        "a",
        "A",
        "workers",
        "foreman",
        "was",
        "not",
        "paid",
        "hours",
        "and",
        "Suite",
        "Line",
        "case",
        "trabajadores",
        "a",
        "la",
        "fábrica",
        "el",
        "turno",
        "Exhibit",
        "born",
        "passport",
        "security",
        "social",
        "number",
        "from",
        "to",
        "in",
        "on",
        "receipt",
        "alien",
    ]
)
NUMBERS = st.one_of(
    st.integers(0, 99_999).map(str),
    st.integers(1_000, 9_999_999).map("${:,}".format),
    st.integers(1900, 2100).map(str),
    st.builds("{:02}-RC-{:06}".format, st.integers(1, 32), st.integers(0, 999_999)),
    st.builds("{:02}-{:07}".format, st.integers(10, 99), st.integers(0, 9_999_999)),
    st.builds(
        "({:03}) {:03}-{:04}".format, st.integers(201, 989), st.integers(200, 999), st.integers(0, 9999)
    ),
    st.builds("{:05}-{:04}".format, st.integers(0, 99_999), st.integers(0, 9999)),
)


@given(st.lists(st.tuples(WORDS, NUMBERS, WORDS, WORDS, WORDS), max_size=12))
def test_plain_narrative_with_numbers_is_not_refused(pieces: list[tuple[str, ...]]) -> None:
    sentences = ", ".join(" ".join(piece) for piece in pieces if not {"born", "passport"} & set(piece))
    assert find(sentences) == []


@given(
    digits=st.text("0123456789", min_size=7, max_size=9),
    before=st.text(st.characters(categories=["L", "P", "Z"]), max_size=20),
)
def test_no_words_before_an_a_number_hide_it(digits: str, before: str) -> None:
    assert find(f"{before} A{digits}")


@given(
    digits=st.text("0123456789", min_size=9, max_size=9),
    noise=st.lists(st.sampled_from(["", "\u200b", "\u2060", "\ufeff", "\u00ad"]), min_size=9, max_size=9),
    zero=st.sampled_from("0٠۰०০０𝟎"),
)
def test_no_invisible_character_or_foreign_digit_hides_an_a_number(
    digits: str, noise: list[str], zero: str
) -> None:
    disguised = "".join(
        hidden + chr(ord(zero) + int(digit)) for hidden, digit in zip(noise, digits, strict=True)
    )
    (found,) = find(f"A{disguised}")
    assert found.kind is Kind.A_NUMBER
    assert found.ending == digits[-2:]


@given(st.text(max_size=300))
def test_any_text_can_be_searched_and_places_are_inside_it(text: str) -> None:
    for found in find(text):
        assert 0 <= found.start < found.end <= len(text)


@pytest.mark.parametrize("piece", ["A ", "1", "A1 ", "1-", "born ", "passport ", "SSN ", "A\n1\n", "1 2 "])
def test_ten_thousand_characters_are_searched_within_two_seconds(piece: str) -> None:
    started = time.perf_counter()
    find(piece * (10_000 // len(piece)))
    assert time.perf_counter() - started < 2


@pytest.mark.skipif(not CASES.is_dir(), reason="the public case files are not beside the project")
def test_public_case_files_hold_nothing_that_is_taken_for_personal_data() -> None:
    taken = [
        (column, found.kind)
        for path in sorted(CASES.glob("*.csv"))
        for row in csv.DictReader(path.open(encoding="utf-8", newline=""))
        for column in ("employer_name", "employer_alt_name", "street", "city", "source_case_no", "record_id")
        for found in find(row[column])
    ]
    assert taken == []

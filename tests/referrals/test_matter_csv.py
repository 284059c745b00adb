"""A matter file is read whatever its encoding; each row is in, or refused with every reason in words."""

import csv
import io
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referrals import matter_csv
from referrals.matter_csv import COLUMNS, BadRow, MissingColumns, Row, UnreadableFile, read
from referrals.matter_rows import employer_names

CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "cases"
PLAIN = {
    "record_id": "whd-1",
    "agency": "DOL-WHD",
    "agency_level": "federal",
    "program": "Wage & Hour compliance action",
    "source_case_no": "1772271",
    "employer_name": "Casa B",
    "employer_alt_name": "A Foods Inc.",
    "street": "1200 N Center St",
    "city": "Mesa",
    "state": "AZ",
    "zip5": "85201",
    "naics": "311615",
    "opened_on": "2015-09-01",
    "closed_on": "2015-09-24",
    "status": "concluded",
    "employer_id_type": "",
    "employer_id": "",
    "name_maybe_individual": "0",
    "source_file": "public.csv",
}


def written(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS, delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter=delimiter, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read_one(**values: str) -> Row | BadRow:
    (row,) = read(written({**PLAIN, **values}).encode())
    return row


def good(**values: str) -> Row:
    row = read_one(**values)
    assert isinstance(row, Row), row
    return row


def reasons(**values: str) -> tuple[str, ...]:
    row = read_one(**values)
    assert isinstance(row, BadRow), row
    return row.reasons


def test_a_good_row_is_read_whole() -> None:
    row = good()
    assert (row.number, row.record_id, row.case_no, row.state, row.zip5) == (
        2,
        "whd-1",
        "1772271",
        "AZ",
        "85201",
    )
    assert (row.opened_on, row.closed_on) == (date(2015, 9, 1), date(2015, 9, 24))
    assert row.employer_names == (("Casa B", "dba"), ("A Foods Inc.", "legal"))
    assert row.name_maybe_individual is False
    assert row.notes == ()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"employer_name": ""}, "employer_name is blank."),
        ({"employer_name": "???"}, "employer_name has no letters or digits."),
        ({"record_id": " "}, "record_id is blank."),
        ({"agency": ""}, "agency is blank."),
        ({"opened_on": "9/1/2015"}, "opened_on: “9/1/2015” is not a date like 2015-09-24."),
        ({"opened_on": "2015-02-30"}, "opened_on: there is no such day as “2015-02-30”."),
        ({"opened_on": "1899-12-31"}, "opened_on: “1899-12-31” is not between 1900 and 2100."),
        ({"closed_on": "2101-01-01"}, "closed_on: “2101-01-01” is not between 1900 and 2100."),
        ({"closed_on": "2015-08-31"}, "The matter closes on 2015-08-31, before it opens on 2015-09-01."),
        ({"state": "XX"}, "“XX” is not the two-letter code of a state."),
        ({"zip5": "8520A"}, "“8520A” is not a five-digit ZIP code."),
        ({"naics": "poultry"}, "“poultry” is not an industry code (NAICS) of two to six digits."),
        ({"name_maybe_individual": "maybe"}, "name_maybe_individual: “maybe” is neither 0 nor 1."),
        ({"city": "x" * 121}, "city is longer than 120 characters."),
        ({"employer_name": "x" * 301}, "employer_name is longer than 300 characters."),
        ({"city": "Me\x00sa"}, "city holds characters that cannot be shown."),
    ],
)
def test_a_bad_value_is_refused_with_a_sentence(values: dict[str, str], sentence: str) -> None:
    assert reasons(**values) == (sentence,)


def test_every_reason_is_given_at_once() -> None:
    assert len(reasons(employer_name="", state="XX", opened_on="soon")) == 3


@pytest.mark.parametrize(
    ("values", "field", "read_as", "note"),
    [
        ({"employer_name": "=1+1 Foods"}, "employer_names", (("=1+1 Foods", "dba"),), "looks like a formula"),
        ({"street": "@SUM(A1)"}, "street", "@SUM(A1)", "looks like a formula"),
        ({"street": "-5 Elm"}, "street", "-5 Elm", "looks like a formula"),
        ({"city": "+Mesa"}, "city", "+Mesa", "looks like a formula"),
        ({"zip5": "2904"}, "zip5", "02904", "leading zeros"),
        ({"zip5": "85201-1234"}, "zip5", "85201", "first five digits"),
        ({"source_case_no": ""}, "reference", "whd-1", "no case number"),
        ({"city": "Ca\ufffdon"}, "city", "Ca\ufffdon", "has lost a letter"),
    ],
)
def test_an_odd_value_is_taken_over_with_a_note(
    values: dict[str, str], field: str, read_as: object, note: str
) -> None:
    row = good(**values)
    value = getattr(row, field)
    assert (value[:1] if isinstance(value, tuple) else value) == read_as
    assert len(row.notes) == 1
    assert note in row.notes[0]


def test_blank_dates_states_and_codes_are_allowed() -> None:
    row = good(opened_on="", closed_on="", state="", zip5="", naics="", street="", city="")
    assert (row.opened_on, row.closed_on, row.state) == (None, None, "")


def test_names_in_any_script_come_through() -> None:
    assert good(employer_name="北京烤鸭", employer_alt_name="").employer_names == (("北京烤鸭", "unknown"),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encoding_is_found_and_an_unusual_one_is_said(encoding: str) -> None:
    matters = read(written({**PLAIN, "city": "Cañon “City”"}).encode(encoding))
    (row,) = matters
    assert isinstance(row, Row)
    assert row.city == "Cañon “City”"
    assert (matters.notes == ()) is encoding.startswith("utf-8")


def test_bytes_that_only_latin_1_knows_are_read_too() -> None:
    matters = read(written({**PLAIN, "city": "Ca\xf1on\x81"}).encode("latin-1"))
    assert "latin-1" in matters.notes[0]
    (row,) = matters
    assert isinstance(row, Row)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_spreadsheet_may_use_another_separator(delimiter: str) -> None:
    (row,) = read(written({**PLAIN, "street": "1, Elm; Street"}, delimiter=delimiter).encode())
    assert isinstance(row, Row)
    assert row.street == "1, Elm; Street"


def test_missing_columns_are_listed() -> None:
    columns = tuple(name for name in COLUMNS if name not in {"city", "zip5"})
    with pytest.raises(MissingColumns, match=r"The file lacks these columns: city, zip5\.") as refusal:
        read(written(PLAIN, columns=columns).encode())
    assert refusal.value.columns == ("city", "zip5")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"\x00\x00\x00", b"%PDF-1.7\n\xff\xfe"])
def test_a_file_that_is_no_table_gets_a_sentence(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read(content)


@pytest.mark.parametrize("cut", [1, 41, 301])
def test_utf_16_that_breaks_off_in_a_letter_gets_a_sentence(cut: int) -> None:
    with pytest.raises(UnreadableFile, match="breaks off"):
        read(written(PLAIN).encode("utf-16")[:-cut])


def test_half_a_letter_in_the_middle_of_utf_16_gets_a_sentence() -> None:
    with pytest.raises(UnreadableFile, match="breaks off"):
        read((written(PLAIN) + "\ud800 and on").encode("utf-16", "surrogatepass"))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"PK\x03\x04\x14\x00[Content_Types].xml", "an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "an old Excel workbook"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a picture"),
        (b"%PDF-1.7\n", "a PDF"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(content: bytes, name: str) -> None:
    with pytest.raises(UnreadableFile, match=f"This is {name}.*save the table as CSV"):
        read(content)


def test_a_file_of_nothing_but_bad_rows_is_given_up_with_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matter_csv, "MOST_BAD_ROWS", 3)
    with pytest.raises(UnreadableFile, match=r"More than 3 rows.*Row 5, for example: The row has 2 cells"):
        list(read(written().encode() + b"a,b\n" * 9))
    assert len(list(read(written().encode() + b"a,b\n" * 3))) == 3


def test_two_hundred_columns_are_read_and_twenty_of_them_named() -> None:
    more = tuple(f"x{number}" for number in range(181))
    matters = read(written(PLAIN, columns=(*COLUMNS, *more)).encode())
    assert matters.notes[0].endswith("x19….")
    assert [type(each) for each in matters] == [Row]


def test_a_zero_byte_in_a_cell_spoils_its_row_and_no_other() -> None:
    text = written(PLAIN, {**PLAIN, "record_id": "whd-2", "city": "Me\x00sa"})
    first, second = read(text.encode())
    assert isinstance(first, Row)
    assert isinstance(second, BadRow)
    assert "characters that cannot be shown" in second.reasons[0]


def test_extra_and_reordered_columns_are_no_trouble() -> None:
    matters = read(written({**PLAIN, "remarks": "x"}, columns=("remarks", *reversed(COLUMNS))).encode())
    assert matters.notes == ("These columns were ignored: remarks.",)
    assert isinstance(next(iter(matters)), Row)


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    first, second = written(PLAIN, {**PLAIN, "record_id": "whd-2", "street": "1 Elm\nRear"}).split("\r\n", 2)[
        1:
    ]
    text = ",".join(COLUMNS) + "\r\n\r\n" + first + "\r\n,,,\r\n" + second + first
    rows = list(read(text.encode()))
    assert [row.number for row in rows] == [3, 5, 6]
    assert isinstance(rows[1], Row)
    assert rows[1].street == "1 Elm Rear"


def test_a_repeated_record_is_refused_and_points_to_the_first() -> None:
    _, second = read(written(PLAIN, PLAIN).encode())
    assert second == BadRow(3, "whd-1", ("The record id “whd-1” is already in row 2.",))


def test_a_corrected_record_after_a_refused_one_is_taken() -> None:
    refused, corrected = read(written({**PLAIN, "state": "XX"}, PLAIN).encode())
    assert isinstance(refused, BadRow)
    assert isinstance(corrected, Row)


def test_a_row_with_too_few_or_too_many_cells_is_refused() -> None:
    heading = written()
    short, long = read((heading + "a,b,c\r\n" + ",".join("x" * 20) + "\r\n").encode())
    assert isinstance(short, BadRow)
    assert short.reasons == ("The row has 3 cells and the heading has 19.",)
    assert isinstance(long, BadRow)
    assert long.reasons == ("The row has 20 cells and the heading has 19.",)


def test_empty_cells_after_the_last_column_do_not_matter() -> None:
    heading, row, _ = written(PLAIN).split("\r\n")
    (only,) = read(f"{heading}\r\n{row},,,\r\n".encode())
    assert isinstance(only, Row)


def test_a_quotation_mark_that_never_closes_spoils_its_own_row_and_the_reading_goes_on() -> None:
    another = written({**PLAIN, "record_id": "whd-2"}).split("\r\n")[1]
    rows = list(read((written(PLAIN) + '"' + "x" * 200_000 + "\r\n" + another).encode()))
    assert isinstance(rows[0], Row)
    assert isinstance(rows[1], BadRow)
    assert "quotation mark" in rows[1].reasons[0]
    assert isinstance(rows[-1], Row)


@pytest.mark.parametrize(
    ("name", "alternatives", "agency", "names"),
    [
        ("A Foods Inc. d/b/a B", "", "NLRB", (("A Foods Inc.", "legal"), ("B", "dba"))),
        ("Subway", "Fresh Only", "DOL-WHD", (("Subway", "dba"), ("Fresh Only", "legal"))),
        ("Subway", "", "DOL-WHD", (("Subway", "unknown"),)),
        ("Beth", "Beth Hosp | BETH", "NLRB", (("Beth", "unknown"), ("Beth Hosp", "variant"))),
        ("One LLC; Two LLC", "", "NLRB", (("One LLC", "legal"), ("Two LLC", "legal"))),
    ],
)  # fmt: skip
def test_each_name_keeps_its_kind(
    name: str, alternatives: str, agency: str, names: tuple[tuple[str, str], ...]
) -> None:
    assert employer_names(name, alternatives, agency=agency) == names


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reading(content: bytes) -> None:
    for each in read(written(PLAIN).encode() + content):
        assert isinstance(each, Row) or each.reasons


@given(st.fixed_dictionaries({name: st.text(max_size=30) for name in COLUMNS}))
@settings(max_examples=50)
def test_no_values_break_the_reading(values: dict[str, str]) -> None:
    for each in read(written(values).encode(errors="replace")):
        assert isinstance(each, Row) or each.reasons


@pytest.mark.skipif(not CASES.is_dir(), reason="the public case files are not beside the project")
@pytest.mark.parametrize(
    ("name", "rows", "refused"),
    [
        ("whd_cases", 1457, 0),
        ("osha_fatcat_cases", 6223, 1),
        ("nlrb_rcases_2009_2011", 8398, 0),
        ("nlrb_elections_2017_2021", 6371, 0),
        ("demo_bay_area_cross_agency", 3751, 0),
    ],
)
def test_every_row_of_the_public_files_is_in_or_explained(name: str, rows: int, refused: int) -> None:
    kinds = Counter(type(each) for each in read(CASES / f"{name}.csv"))
    assert (kinds[Row] + kinds[BadRow], kinds[BadRow]) == (rows, refused)

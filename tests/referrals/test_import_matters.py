"""``import_matters``: every row of a file is in, or named with its number and the reason."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from referrals.management.commands.import_matters import bar
from referrals.matter_csv import COLUMNS
from referrals.models import EmployerName, Matter, Organization, Worksite

CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "cases"
FILES = [
    "nlrb_elections_2017_2021.csv",
    "nlrb_rcases_2009_2011.csv",
    "osha_fatcat_cases.csv",
    "whd_cases.csv",
]
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
    "name_maybe_individual": "0",
    "source_file": "public.csv",
}
NUMBERS = re.compile(
    r"Matters added: (\d+)\. Already there: (\d+)\. Names added: (\d+)\. Places added: (\d+)\. "
    r"Rows left out: (\d+)\.\n$"
)

pytestmark = pytest.mark.django_db


def text(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    lines = io.StringIO()
    writer = csv.DictWriter(lines, columns, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows({**PLAIN, **row} for row in rows)
    return lines.getvalue()


class Done:
    """What one run of the command printed."""

    def __init__(self, file: Path) -> None:
        printed = io.StringIO()
        call_command("import_matters", str(file), stdout=printed)
        self.lines = printed.getvalue().splitlines()
        numbers = NUMBERS.search(printed.getvalue())
        assert numbers, printed.getvalue()
        self.added, self.there, self.names, self.places, self.bad = map(int, numbers.groups())
        self.left_out = {
            int(found[1]): found[2]
            for line in self.lines
            if (found := re.match(r"Row (\d+) left out \(.*?\): (.+)$", line))
        }


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    def brought(content: str | bytes) -> Done:
        file = tmp_path / "matters.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Done(file)

    return brought


@pytest.mark.parametrize("name", FILES)
def test_every_row_of_a_public_file_is_in_or_explained(name: str) -> None:
    file = CASES / name
    if not file.exists():
        pytest.skip("the file is not here")
    with file.open(newline="", encoding="utf-8", errors="replace") as source:
        rows = sum(any(cell.strip() for cell in row) for row in csv.reader(source)) - 1
    first = Done(file)
    assert first.added + first.there + first.bad == rows
    assert len(first.left_out) == first.bad
    assert all(reason.strip() for reason in first.left_out.values())
    assert Matter.objects.count() == first.added > 0
    assert EmployerName.objects.count() == first.names >= first.added
    assert Worksite.objects.count() == first.places
    assert not Matter.objects.filter(names=None).exists()

    again = Done(file)
    assert (again.added, again.names, again.places) == (0, 0, 0)
    assert (again.there, again.left_out) == (first.added + first.there, first.left_out)


def test_running_it_twice_adds_nothing(bring: Any) -> None:
    content = text({}, {"record_id": "whd-2", "source_case_no": "1772272"})
    first, again = bring(content), bring(content)
    assert (first.added, first.there, first.names, first.places, first.bad) == (2, 0, 4, 2, 0)
    assert (again.added, again.there, again.names, again.places, again.bad) == (0, 2, 0, 0, 0)


def test_bad_rows_are_named_with_number_and_reason_and_keep_no_other_out(bring: Any) -> None:
    done = bring(
        text(
            {},
            {"record_id": "whd-2", "source_case_no": "2", "opened_on": "9/1/2015"},
            {"record_id": "whd-3", "source_case_no": "3", "employer_name": "", "zip5": "8520A"},
            {"record_id": "whd-4", "source_case_no": "4"},
        )
    )
    assert (done.added, done.bad) == (2, 2)
    assert "Row 3 left out (whd-2): opened_on: “9/1/2015” is not a date like 2015-09-24." in done.lines
    assert set(done.left_out) == {3, 4}
    assert "employer_name is blank." in done.left_out[4]
    assert "“8520A” is not a five-digit ZIP code." in done.left_out[4]


def test_a_file_of_bad_rows_alone_is_still_a_readable_file(bring: Any) -> None:
    done = bring(text({"employer_name": ""}))
    assert (done.added, done.bad) == (0, 1)


def test_latin_1_is_read_and_said(bring: Any) -> None:
    done = bring(text({"employer_name": "Panadería Peña"}).encode("latin-1"))
    assert done.lines[0].startswith("The file is not in UTF-8.")
    assert EmployerName.objects.filter(name="Panadería Peña").exists()


def test_a_byte_order_mark_is_no_part_of_the_first_column(bring: Any) -> None:
    assert bring(text({}).encode("utf-8-sig")).added == 1


def test_utf_16_is_read(bring: Any) -> None:
    assert bring(text({}).encode("utf-16")).added == 1


def test_what_looks_like_a_formula_is_kept_as_text_and_said(bring: Any) -> None:
    done = bring(text({"employer_name": '=HYPERLINK("x")'}))
    assert any("looks like a formula" in line for line in done.lines)
    assert EmployerName.objects.filter(name='=HYPERLINK("x")').exists()


def test_one_matter_in_two_rows_is_one_matter_with_two_places(bring: Any) -> None:
    done = bring(text({}, {"record_id": "whd-2", "street": "9 Other Road"}))
    assert (done.added, done.there, done.places) == (1, 1, 2)


def test_an_agency_that_is_not_known_yet_is_written_down(bring: Any) -> None:
    bring(text({}))
    assert Organization.objects.get(code="DOL-WHD").kind == Organization.Kind.AGENCY


# Files that cannot be read


def refusal(file: Path) -> str:
    with pytest.raises(CommandError) as refused:
        call_command("import_matters", str(file))
    assert not Matter.objects.exists()
    return str(refused.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv").endswith("none.csv cannot be opened: No such file or directory.")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refusal(tmp_path).endswith("cannot be opened: Is a directory.")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty or has no heading."),
        (b"record_id,agency\n1,DOL\n", "The file lacks these columns: agency_level,"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "cannot be read."),
        (b"%PDF-1.7 not a table at all", "cannot be read. This is a PDF, not a CSV file."),
        (text({}).encode("utf-16")[:-1], "cannot be read. The file breaks off"),
    ],
    ids=["empty", "columns missing", "a picture", "a letter", "cut off"],
)
def test_a_file_that_is_no_table_of_matters_is_refused_with_a_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "matters.csv"
    file.write_bytes(content)
    assert sentence in refusal(file)


def test_a_heading_alone_brings_nothing(bring: Any) -> None:
    assert bring(text()).added == 0


# The bar


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_how_far_it_is() -> None:
    screen = Screen()
    draw = bar(5, screen)
    assert draw is not None
    for read in (1, 2, 4):
        draw(read)
    shown = screen.getvalue().split("\r")[1:]
    assert [line.count("#") for line in shown] == [7, 15, 30]
    assert ["25%" in shown[0], "50%" in shown[1], "100%" in shown[2]] == [True, True, True]
    assert Counter(screen.getvalue())["\n"] == 1


def test_a_log_gets_no_bar() -> None:
    assert bar(5, io.StringIO()) is None

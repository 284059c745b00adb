"""One place reads the clock, and the database does not decide what time it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture import sources

THE_PLACE = "present/__init__.py"
# The command that sets the present for the demo has to know how far from the real clock that is.
SETS_THE_PRESENT = "config/local/living.py"
READS = {
    ("timezone", "now"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
}
# These convert an instant that they are given, and read the clock when they are given none.
READ_WITHOUT_AN_INSTANT = {("timezone", "localdate"), ("timezone", "localtime")}
OF_THE_DATABASE = {"Now", "CurrentTimestamp", "CurrentDate", "CurrentTime"}
IN_SQL = re.compile(
    r"\b(?:now\(\)|current_(?:date|time|timestamp)|local(?:time|timestamp)\b"
    r"|(?:clock|statement|transaction)_timestamp)",
    re.IGNORECASE,
)
# When an account and a membership were made: on record, and read by nothing.
STAMPED_BY_DJANGO = {"referrals/models/people.py": 2}
# Where the present may be asked for: what starts something, never what decides something.
STARTERS = re.compile(
    r"^(config/|present/|notifications/views|referrals/(views|tasks|demo|middleware|templatetags)|"
    r"\w+/management/commands/)"
)


def name_of(node: ast.expr) -> tuple[str, str]:
    """The last two parts of a dotted name."""
    if not isinstance(node, ast.Attribute):
        return "", getattr(node, "id", "")
    owner = node.value
    return (owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", ""), node.attr)


def readings(module: ast.Module) -> Iterator[ast.expr]:
    """Where a module reads the machine's clock, or hands on what reads it."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and name_of(node) in READS:
            yield node
        elif isinstance(node, ast.Call) and not (node.args or node.keywords):
            owner, name = name_of(node.func)
            if (owner, name) in READ_WITHOUT_AN_INSTANT or name in OF_THE_DATABASE:
                yield node


def test_one_place_reads_the_clock() -> None:
    spots = [sources.where(path, node) for path in sources.product() for node in readings(sources.tree(path))]
    others = [spot for spot in spots if spot.rpartition(":")[0] not in {THE_PLACE, SETS_THE_PRESENT}]
    assert others == []
    assert len(spots) - len(others) == 2, "the one place, or what sets it, reads the clock more often"


def test_time_is_given_to_the_rules() -> None:
    wrong = [
        sources.where(path)
        for path in sources.product()
        if not STARTERS.match(sources.where(path)) and "present" in sources.imported(path)
    ]
    assert wrong == []


def test_no_module_takes_a_reading_out_of_its_package() -> None:
    """``from django.utils.timezone import now`` would read the clock under another name."""
    hidden = {("django.utils.timezone", "now"), ("django.utils.timezone", "localdate"), ("time", "time")}
    wrong = [
        sources.where(path)
        for path in sources.product()
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.ImportFrom)
        and any((node.module or "", name.name) in hidden for name in node.names)
    ]
    assert wrong == []


def test_the_database_is_not_asked_for_the_time() -> None:
    wrong = [
        sources.where(path, node)
        for path in sources.product()
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and IN_SQL.search(node.value)
        # prose is no SQL
        if re.search(r"\b(?:SELECT|UPDATE|INSERT|WHERE|BEGIN|IF)\b", node.value)
    ]
    assert wrong == []


def test_no_row_is_stamped_behind_the_back_of_the_rules() -> None:
    stamped = {
        sources.where(path): count
        for path in sources.product()
        if (
            count := sum(
                isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}
                for node in ast.walk(sources.tree(path))
            )
        )
    }
    assert stamped == STAMPED_BY_DJANGO


def test_no_page_counts_from_now_by_itself() -> None:
    """Django's ``timesince`` and its kin read the clock while a page is drawn."""
    counting = re.compile(r"\|\s*(?:timesince|timeuntil|naturaltime|naturalday)\b|\{%\s*now\b")
    pages = sources.files("referrals", "workflows", "notifications", ending=".html")
    assert [sources.where(path) for path in pages if counting.search(path.read_text(encoding="utf-8"))] == []

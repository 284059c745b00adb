"""The Spanish of every package: complete, true to the English in its placeholders, and compiled."""

import ast
import gettext
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from django.utils.translation.template import templatize

from workflows import days_in_words, rulebook
from workflows.languages import in_active_language
from workflows.policies import shipped_book

ROOT = Path(__file__).parents[2]
PACKAGES = [
    "workflows",
    "notifications",
    "referrals",
    "referrals/letters",
]
PLURALS = "nplurals=2; plural=(n != 1);"
# A call in Python or in a translated template, and the places of its message ids among the arguments.
CALLS = {"_": (0,), "gettext": (0,), "gettext_lazy": (0,), "pgettext": (1,), "pgettext_lazy": (1,)} | {
    "ngettext": (0, 1), "ngettext_lazy": (0, 1), "npgettext": (1, 2), "npgettext_lazy": (1, 2),
}  # fmt: skip
_LITERAL = r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\""
IN_TEMPLATES = re.compile(rf"\b(?:_|n?p?gettext)\((?:[^'\")]|{_LITERAL})*\)")
TEMPLATES = (".html", ".txt")


@dataclass
class Entry:
    """One entry of a .po file; `said` holds one translation, or the singular and the plural."""

    context: str = ""
    english: str = ""
    plural: str = ""
    said: list[str] = field(default_factory=list)
    fuzzy: bool = False


def folder(package: str) -> Path:
    return ROOT / package / "locale" / "es" / "LC_MESSAGES"


@cache
def entries(package: str) -> list[Entry]:
    """The entries of a package's .po file, its header first."""
    blocks = (folder(package) / "django.po").read_text(encoding="utf-8").split("\n\n")
    return [_entry(block) for block in blocks if "msgid " in block]


def _entry(block: str) -> Entry:
    found = Entry(fuzzy=bool(re.search(r"^#,.*\bfuzzy\b", block, re.MULTILINE)))
    for keyword, quoted in re.findall(r'^(\w+)(?:\[\d\])? ((?:".*"\n?)+)', block, re.MULTILINE):
        text = "".join(ast.literal_eval(line) for line in quoted.splitlines())
        match keyword:
            case "msgctxt":
                found.context = text
            case "msgid":
                found.english = text
            case "msgid_plural":
                found.plural = text
            case "msgstr":
                found.said.append(text)
    return found


def texts(package: str) -> list[Entry]:
    return entries(package)[1:]


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)\w|\{\w*\}|</?\w+>", text))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_text_has_its_spanish(package: str) -> None:
    assert texts(package)
    wanting = [entry.english for entry in texts(package) if entry.fuzzy or not all(entry.said)]
    assert wanting == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_text_with_a_plural_has_both_spanish_forms(package: str) -> None:
    assert PLURALS in entries(package)[0].said[0]
    counts = {(bool(entry.plural), len(entry.said)) for entry in texts(package)}
    assert counts <= {(False, 1), (True, 2)}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_spanish_keeps_the_placeholders(package: str) -> None:
    changed = [
        (english, said)
        for entry in texts(package)
        for english, said in zip([entry.english, entry.plural], entry.said, strict=False)
        if placeholders(said) != placeholders(english)
    ]
    assert changed == []


@pytest.mark.parametrize("package", PACKAGES)
def test_the_compiled_catalog_is_up_to_date(package: str) -> None:
    with (folder(package) / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    written: dict[str | tuple[str, int], str] = {}
    for entry in texts(package):
        key = f"{entry.context}\x04{entry.english}" if entry.context else entry.english
        if entry.plural:
            written |= {(key, form): said for form, said in enumerate(entry.said)}
        else:
            written[key] = entry.said[0]
    held = dict(compiled._catalog)  # type: ignore[attr-defined]
    del held[""]
    assert held == written


def used(package: str) -> set[str]:
    """Every text that the package's own code and templates give to gettext."""
    within = ROOT / package
    inner = [ROOT / other for other in PACKAGES if other.startswith(f"{package}/")]
    found: set[str] = set()
    for file in sorted(within.rglob("*")):
        if file.suffix not in (".py", *TEMPLATES) or any(file.is_relative_to(other) for other in inner):
            continue
        source = file.read_text(encoding="utf-8")
        calls = _calls(source) if file.suffix == ".py" else _calls_of_template(source)
        found |= {text for call in calls for text in _texts_of(call)}
    return found


def _calls(source: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


def _calls_of_template(source: str) -> Iterator[ast.Call]:
    for call in IN_TEMPLATES.findall(templatize(source)):
        yield from _calls(call)


def _texts_of(call: ast.Call) -> Iterator[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    for place in CALLS.get(name, ()):
        argument = call.args[place] if place < len(call.args) else None
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value:
            yield argument.value


@pytest.mark.parametrize("package", PACKAGES)
def test_every_text_of_the_code_is_in_the_catalog(package: str) -> None:
    held = {text for entry in texts(package) for text in (entry.english, entry.plural) if text}
    assert sorted(used(package) - held) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_the_catalog_holds_no_text_that_the_code_lacks(package: str) -> None:
    held = {text for entry in texts(package) for text in (entry.english, entry.plural) if text}
    assert sorted(held - used(package)) == []


# Rules are dated data: their files carry the Spanish themselves


@pytest.mark.parametrize("path", sorted(rulebook.FOLDER.glob("*.toml")), ids=lambda path: path.name)
def test_every_text_of_the_rulebook_has_its_spanish(path: Path) -> None:
    assert list(rulebook.lacking_languages(tomllib.loads(path.read_text(encoding="utf-8")))) == []


def test_a_rule_and_its_source_are_told_in_the_readers_language() -> None:
    row = shipped_book().policy("stay_review", on=date(2026, 1, 1))
    assert row.label == "Decision on a stay"
    with translation.override("es"):
        assert row.label == "Decisión sobre una suspensión"
        assert row.source.startswith("La descripción de las suspensiones")
        assert row.note.startswith("Sin verificar; fijada por su agencia. No hay plazo legal.")
    with translation.override("es-mx"):
        assert row.label == "Decisión sobre una suspensión"


def test_words_that_lack_a_language_are_told_in_english() -> None:
    with translation.override("es"):
        assert in_active_language({"en": "Labor Code"}) == "Labor Code"
        assert in_active_language("72 FR 19100") == "72 FR 19100"


RULE = """
[[policy]]
key = "agency.escalation"
jurisdiction = "NLRB"
label.en = "Where to turn"
label.es = "A dónde acudir"
effective_from = 2021-11-08
governs = "filed"
source = "A citation"
[policy.value]
text.en = "Phone the office."
text.es = "Llame a la oficina."
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('label.es = "A dónde acudir"\n', "", "has no label in Spanish"),
        ('label.es = "A dónde acudir"', 'label.es = " "', "has no label in Spanish"),
        ('text.es = "Llame a la oficina."\n', "", "has no value.text in Spanish"),
        ('source = "A citation"', 'source.en = "In words"', "has no source in Spanish"),
        ('source = "A citation"', 'note = "A remark"', "has no note in Spanish"),
    ],
)
def test_a_rule_without_its_spanish_is_refused_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, told: str
) -> None:
    monkeypatch.setattr(rulebook, "FOLDER", tmp_path)
    (tmp_path / "own.toml").write_text(RULE, encoding="utf-8")
    assert len(rulebook.read().policies) == 1
    (tmp_path / "own.toml").write_text(RULE.replace(old, new), encoding="utf-8")
    with pytest.raises(rulebook.Untranslated) as refused:
        rulebook.read()
    assert str(refused.value) == f"own.toml: agency.escalation (NLRB, 2021-11-08) {told}"


# Days


@pytest.mark.parametrize(
    ("language", "day", "with_weekday", "instant", "month"),
    [
        ("en", "4 Jan 2026", "Sun 4 Jan 2026", "Sun 4 Jan 2026, 5:30 p.m. EST", "January 2026"),
        ("es", "4 de enero de 2026", "dom 4 ene 2026", "dom 4 ene 2026, 5:30 p.m. EST", "enero de 2026"),
    ],
)
def test_a_day_is_written_as_its_language_writes_it(
    language: str, day: str, with_weekday: str, instant: str, month: str
) -> None:
    moment = datetime(2026, 1, 4, 22, 30, tzinfo=UTC)
    with translation.override(language), timezone.override(ZoneInfo("America/New_York")):
        assert days_in_words.day(date(2026, 1, 4)) == day
        assert days_in_words.day_with_weekday(moment) == with_weekday
        assert days_in_words.instant(moment) == instant
        assert days_in_words.month(date(2026, 1, 4)) == month


def test_a_moment_is_the_day_it_is_where_the_reader_is() -> None:
    late = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
    with timezone.override(ZoneInfo("America/Phoenix")):
        assert days_in_words.day(late) == "4 Jan 2026"
        assert days_in_words.instant(late, ZoneInfo("UTC")) == "Mon 5 Jan 2026, 3 a.m. UTC"

"""Every sentence of the letters has its Spanish, and the compiled catalog is up to date."""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path

import pytest

from referrals import letters

FOLDER = Path(letters.__file__).parent
CATALOG = FOLDER / "locale" / "es" / "LC_MESSAGES"


def sentences() -> list[str]:
    found: dict[str, None] = {}
    for file in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                found[ast.literal_eval(node.args[0])] = None
    return list(found)


def written() -> dict[str, str]:
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', (CATALOG / "django.po").read_text(), re.MULTILINE)
    return {original.replace('\\"', '"'): translated.replace('\\"', '"') for original, translated in pairs}


def compiled() -> gettext.GNUTranslations:
    with (CATALOG / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


@pytest.mark.parametrize("sentence", sentences())
def test_a_sentence_has_a_spanish_translation_with_the_same_placeholders(sentence: str) -> None:
    translated = compiled().gettext(sentence)
    assert translated == written()[sentence]
    assert sorted(re.findall(r"%\(\w+\)s", translated)) == sorted(re.findall(r"%\(\w+\)s", sentence))
    assert translated != sentence


def test_the_catalog_holds_no_sentence_that_no_letter_uses() -> None:
    assert set(written()) == set(sentences())

"""The rules this product ships with: one TOML file for each subject, read into unsaved rows.

A file holds `[[policy]]` tables with the fields of the Policy model and may hold `[[closure]]` tables with
those of TollingWindow. A policy without `effective_to` applies until the next one of its key and
jurisdiction begins.

What people read is written in each language of the site: `label.en`, `label.es`, and so on. A source or an
authority may be a plain text where it is a citation; one in words has its languages too.
"""

import dataclasses
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings

from workflows.languages import lacking, said_once
from workflows.models.policy import FEDERAL, Policy
from workflows.models.tolling import TollingWindow

FOLDER = Path(__file__).parent
CHECKED_BY = "Project maintainers, from the public source named"
NOT_CHECKED = {
    "en": "Not verified; set by your agency.",
    "es": "Sin verificar; fijada por su agencia.",
}
# What people read, by its name in a file, with the column that holds it in each language.
POLICY_TEXTS = {"label": "labels", "note": "notes", "source": "sources"}
CLOSURE_TEXTS = {"reason": "reasons", "authority": "authorities"}
# Parts of a value that people read, by the rule's key.
SHOWN_IN_VALUE = {"agency.escalation": ("text",)}
CITATIONS = {"source", "authority"}
ENGLISH = settings.LANGUAGE_CODE


class Untranslated(ValueError):
    """A text of a rulebook file lacks a language. The message names the file, the rule and the text."""


@dataclasses.dataclass(frozen=True)
class Rulebook:
    """Unsaved rows, in order of key, jurisdiction and first day."""

    policies: list[Policy]
    closures: list[TollingWindow]


def read() -> Rulebook:
    """The rows of all files. Raises Untranslated."""
    policies: list[Policy] = []
    closures: list[TollingWindow] = []
    for path in sorted(FOLDER.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        told = "; ".join(lacking_languages(content))
        if told:
            raise Untranslated(f"{path.name}: {told}")
        policies += [_policy(entry) for entry in content.get("policy", [])]
        closures += [_closure(entry) for entry in content.get("closure", [])]
    _end_each_at_the_next(policies)
    policies.sort(key=lambda row: (row.key, row.jurisdiction, row.effective_from))
    return Rulebook(policies=policies, closures=closures)


def lacking_languages(content: dict[str, Any]) -> Iterator[str]:
    """A sentence for each text of a file's content that people read and that lacks a language."""
    for entry in content.get("policy", []):
        shown = {name: entry.get(name) for name in POLICY_TEXTS if entry.get(name) or name == "label"}
        shown |= {f"value.{part}": entry["value"].get(part) for part in SHOWN_IN_VALUE.get(entry["key"], ())}
        rule = f"{entry['key']} ({entry.get('jurisdiction', FEDERAL)}, {entry['effective_from']})"
        yield from (f"{rule} {told}" for told in _lacking(shown))
    for entry in content.get("closure", []):
        closure = f"closure ({entry['jurisdiction']}, {entry['starts_on']})"
        shown = {name: entry.get(name) for name in CLOSURE_TEXTS}
        yield from (f"{closure} {told}" for told in _lacking(shown))


def _lacking(shown: dict[str, Any]) -> Iterator[str]:
    for name, text in shown.items():
        wanting = lacking(text if isinstance(text, dict) else said_once(text or ""))
        if wanting and not (isinstance(text, str) and name in CITATIONS):
            yield f"has no {name} in {', '.join(wanting)}"


def _policy(entry: dict[str, Any]) -> Policy:
    row = Policy(**_fields(entry, POLICY_TEXTS))
    if row.verified:
        row.verified_by = row.verified_by or CHECKED_BY
    elif NOT_CHECKED[ENGLISH] not in row.notes.get(ENGLISH, ""):
        row.notes = {
            language: f"{words} {row.notes.get(language, '')}".strip()
            for language, words in NOT_CHECKED.items()
        }
    return row


def _closure(entry: dict[str, Any]) -> TollingWindow:
    return TollingWindow(**_fields(entry, CLOSURE_TEXTS))


def _fields(entry: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
    """The columns of a row; its texts in their languages, a plain one in the site's own."""
    told = {
        column: said_once(text) if isinstance(text := entry.get(name, ""), str) else text
        for name, column in texts.items()
    }
    return {name: value for name, value in entry.items() if name not in texts} | told


def _end_each_at_the_next(policies: list[Policy]) -> None:
    histories: dict[tuple[str, str], list[Policy]] = defaultdict(list)
    for row in policies:
        histories[row.key, row.jurisdiction or FEDERAL].append(row)
    for history in histories.values():
        history.sort(key=lambda row: row.effective_from)
        for row, following in pairwise(history):
            row.effective_to = row.effective_to or following.effective_from

"""Texts that are data: a row carries them in every language of the site, because no message catalog can know
the rules of tomorrow.

Such a text is a mapping from language to words: {"en": "Decision by ICE", "es": "Decisión de ICE"}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, override


def in_active_language(text: str | Mapping[str, str]) -> str:
    """The words for the reader, in English where their language lacks them; plain words stay as they are."""
    if isinstance(text, str):
        return text
    language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return text.get(language) or text.get(settings.LANGUAGE_CODE) or ""


def as_stored(text: str | Promise) -> str:
    """A text of the catalog as a row keeps it: its message id, whoever acted in whatever language."""
    with override(None):
        return str(text)


def as_told(stored: str) -> str:
    """What `as_stored` kept, for the reader; words that are no message id stay as they are."""
    return gettext(stored) if stored else ""


def said_once(text: str) -> dict[str, str]:
    """A text that somebody wrote in one language only, for all readers; nothing where it is empty."""
    return {settings.LANGUAGE_CODE: text} if text else {}


def lacking(text: Mapping[str, str]) -> list[str]:
    """The languages of the site, by their English names, in which a text says nothing."""
    return [str(name) for code, name in settings.LANGUAGES if not str(text.get(code, "")).strip()]


def with_languages_of(stored: Any, shipped: Any) -> Any:
    """`stored` with the languages that it lacks, wherever it says the same in English as `shipped`.

    Either may be a text, or JSON that holds texts; nothing else of `stored` changes.
    """
    if not isinstance(stored, dict) or not isinstance(shipped, dict):
        return stored
    english = settings.LANGUAGE_CODE
    if english in stored:
        return shipped | stored if stored[english] == shipped.get(english) else stored
    return {key: with_languages_of(value, shipped.get(key)) for key, value in stored.items()}

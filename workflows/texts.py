"""Every text of a machine that people read, and whether it is there in every language."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import trans_real

from .machine import Fact, steps_of
from .models import Case
from .openness import manner_of
from .parties import EitherParty, Party


def facts_of(model: type[Case]) -> list[Fact]:
    """Every fact that a step of this machine needs, once, by name."""
    found = {
        fact.name: fact
        for declared in steps_of(model)
        for fact in declared.conditions
        if isinstance(fact, Fact)
    }
    return [found[name] for name in sorted(found)]


def texts_of(model: type[Case]) -> list[tuple[str, str]]:
    """Every text of a machine that people read: what it is, and its message id (plain English)."""
    with translation.override(None):
        return [(what, str(text)) for what, text in _texts(model)]


def _texts(model: type[Case]) -> Iterator[tuple[str, Any]]:
    machine = model.machine
    yield "the machine's label", machine.label
    for state in machine.states:
        yield f"{state}: label", state.label
    for state, standing in machine.standings.items():
        yield f"{state}: public label", standing.public
        yield f"{state}: what comes next", standing.then
        if standing.no_clock:
            yield f"{state}: reason for no deadline", standing.no_clock
    for rule in machine.clocks:
        yield f"clock {rule.key}: label", rule.label
        if rule.paused_in:
            yield f"clock {rule.key}: reason for standing still", rule.pause_reason
    for declared in steps_of(model):
        manner = manner_of(declared)
        yield f"step {declared.name} from {declared.source}: label", manner.label
        if manner.consequence:
            yield f"step {declared.name} from {declared.source}: consequence", manner.consequence
        for party in _parties(declared.permission):
            yield f"step {declared.name}: party", party.label
    for fact in facts_of(model):
        yield f"fact {fact.name}: label", fact.label
        yield f"fact {fact.name}: remedy", fact.remedy


def _parties(party: Party | EitherParty) -> tuple[Party, ...]:
    return party.parties if isinstance(party, EitherParty) else (party,)


def language_problems(model: type[Case]) -> Iterator[str]:
    """Texts that are empty in English or not in the catalog of another language.

    A translation may well spell the same as the English; what counts is that somebody entered it.
    """
    texts = texts_of(model)
    for what, text in texts:
        if not text.strip():
            yield f"{what} is empty"
    for language, name in settings.LANGUAGES:
        if language == settings.LANGUAGE_CODE:
            continue
        known = catalog(language)
        for text, what in {text: what for what, text in reversed(texts)}.items():
            if text.strip() and text not in known:
                yield f"{what} is not in {name}: “{text}”"


def catalog(language: str) -> Container[str]:
    """The message ids that are translated into a language."""
    translations: Any = trans_real.translation(language)
    known: Container[str] = translations._catalog
    return known

"""Every address of the site, with something in place of what it names: read off the site itself."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

SAMPLES = {"int": "1", "slug": "some-thing", "uuid": str(UUID(int=7)), "str": "SOR-2026-00001", "path": "a/b"}
ANY = "1a-b2c"
"""For what allauth's own patterns ask."""


def names() -> list[str]:
    """The name of each address, sorted."""
    return sorted({pattern.name for pattern in _patterns(get_resolver().url_patterns) if pattern.name})


def addresses(**instead: str) -> dict[str, str]:
    """An address for each name; ``instead`` replaces the samples of a kind of part."""
    samples, found = {**SAMPLES, **instead}, {}
    resolver = get_resolver()
    for name in names():
        possible, _pattern, _defaults, converters = resolver.reverse_dict.getlist(name)[0]
        text, parts = possible[0]
        kinds = {part: type(converters[part]).__name__ for part in parts if part in converters}
        chosen = {part: samples.get(kinds.get(part, "").removesuffix("Converter").lower().replace(
            "string", "str"), ANY) for part in parts}  # fmt: skip
        found[name] = "/" + text % chosen
    return found


def _patterns(some: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for each in some:
        if isinstance(each, URLResolver):
            yield from _patterns(each.url_patterns)
        else:
            yield each

"""Column types for personal data: one place to change how it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from ..reads import NotedAttribute

if TYPE_CHECKING:
    TextColumn = models.TextField[str, str]
    DateColumn = models.DateField[Any, Any]
else:
    TextColumn, DateColumn = models.TextField, models.DateField


class PersonalTextField(TextColumn):
    """Text about a person that could harm them: names, numbers, addresses.

    Every such column has this type and stands on the worker's side, so that its
    storage can change (encryption with a key of its own) without touching a model. Within a request, whoever
    asks a record for such a value has read it: see ``referrals.reads``.
    """

    descriptor_class = NotedAttribute

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)


class PersonalDateField(DateColumn):
    """A date that helps to identify a person: a birth, an entry."""

    descriptor_class = NotedAttribute

"""Nobody takes a personal column past the records, where reading is noted."""

from __future__ import annotations

import ast
import re

from django.apps import apps
from django.db import models

from referrals.models.fields import PersonalDateField, PersonalTextField
from tests.architecture import sources

COMMON = {"text", "note", "notes", "answer", "reasons"}
"""Names that columns of other tables have too; the pages' own test looks at what is shown of these."""


def personal() -> list[tuple[type[models.Model], models.Field]]:  # type: ignore[type-arg]
    return [
        (model, field)
        for model in apps.get_app_config("referrals").get_models()
        for field in model._meta.local_fields
        if isinstance(field, PersonalTextField | PersonalDateField)
    ]


def test_whose_a_personal_value_is_can_be_told() -> None:
    silent = {model.__name__ for model, _field in personal() if not getattr(model, "read_as", "")}
    assert silent == {"StatedPurpose", "Opening"}, "they hold the words of officers, not of workers"


def test_no_personal_column_is_read_as_a_bare_value() -> None:
    names = {field.name for _model, field in personal()} - COMMON
    taking = re.compile(rf"(?:\w+__)?(?:{'|'.join(sorted(names))})")
    wrong = [
        f"{sources.where(path, node)} {word.value}"
        for path in sources.product("referrals")
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"values", "values_list", "F"}
        for word in ast.walk(node)
        if isinstance(word, ast.Constant) and isinstance(word.value, str) and taking.fullmatch(word.value)
    ]
    assert wrong == []

"""House rules that can be read off the code."""

from __future__ import annotations

import ast

import pytest

from tests.architecture import sources

LONGEST = 300  # lines
# Where the pattern of a date may stand: one home for pages and messages, one for letters.
HOMES_OF_DATES = {"workflows/days_in_words.py", "referrals/letters/dates.py"}


def test_a_file_can_be_read_in_one_sitting() -> None:
    long = {
        sources.where(path): lines
        for path in sources.product()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_a_date_is_put_into_words_in_one_place() -> None:
    """A pattern written where it is used would order a date the English way on a Spanish page."""
    wrong = [
        sources.where(path, node)
        for path in sources.product()
        if sources.where(path) not in HOMES_OF_DATES
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Call) and called(node.func) in {"date_format", "time_format"}
    ]
    assert wrong == []


def called(function: ast.expr) -> str:
    """The last part of the name of what is called."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_a_view_reads_only_what_its_reader_may_see() -> None:
    """``Model.objects`` in a view is followed by ``visible_to``, and no view asks for a bare model."""
    wrong = []
    for path in sources.product("referrals/views"):
        above = sources.parents(sources.tree(path))
        for node in ast.walk(sources.tree(path)):
            if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}:
                after = above.get(node)
                if not (isinstance(after, ast.Attribute) and after.attr == "visible_to"):
                    wrong.append(sources.where(path, node))
            if is_bare_lookup(node):
                wrong.append(sources.where(path, node))
    assert wrong == []


def is_bare_lookup(node: ast.AST) -> bool:
    """``get_object_or_404(Model, ...)``, where the model is named itself."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"get_object_or_404", "get_list_or_404"}
        and bool(node.args)
        and isinstance(node.args[0], ast.Name)
        and node.args[0].id[:1].isupper()
    )


def test_no_state_is_set_beside_the_engine() -> None:
    wrong = [
        sources.where(path, node)
        for path in sources.product("referrals", "notifications")
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"update", "bulk_update"}
        and any(word.arg == "state" for word in node.keywords)
        and "case" in ast.unparse(node.func).lower()
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["save", "delete"])
def test_nothing_is_done_while_a_record_is_kept(name: str) -> None:
    """What a record refuses is a constraint or a validator; what happens with it is a service."""
    wrong = [
        f"{sources.where(path, node)} {owner.name}.{name}"
        for path in sources.product()
        if "models" in path.parts or path.name == "models.py"
        for owner in ast.walk(sources.tree(path))
        if isinstance(owner, ast.ClassDef) and not owner.name.endswith("QuerySet")
        for node in owner.body
        if isinstance(node, ast.FunctionDef) and node.name == name and not refuses(node)
    ]
    assert wrong == []


def refuses(method: ast.FunctionDef) -> bool:
    """Whether a method does nothing but check and refuse before it hands on to Django's own."""
    calls = {ast.unparse(node.func) for node in ast.walk(method) if isinstance(node, ast.Call)}
    changes = [
        node
        for node in ast.walk(method)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    ]
    raises = any(isinstance(node, ast.Raise) for node in ast.walk(method))
    return not changes and (raises or any("clean" in call or "refuse" in call for call in calls))

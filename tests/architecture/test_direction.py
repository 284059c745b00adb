"""config, then referrals, then workflows and notifications; nothing looks back up, or sideways."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture import sources

MAY_IMPORT = {
    "config": {"config", "referrals", "workflows", "notifications", "recordsets", "present"},
    "referrals": {"referrals", "workflows", "notifications", "recordsets", "present"},
    "workflows": {"workflows", "recordsets", "present"},
    "notifications": {"notifications", "recordsets", "present"},
    "recordsets": {"recordsets"},
    "present": {"present"},
}


@pytest.mark.parametrize("package", sources.PACKAGES)
def test_a_package_knows_only_those_below_it(package: str) -> None:
    wrong = [
        f"{sources.where(path)} imports {name}"
        for path in sources.files(package)
        for name in sources.imported(path)
        if (top := name.split(".")[0]) in sources.PACKAGES and top not in MAY_IMPORT[package]
    ]
    assert wrong == []


def test_no_package_has_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "core", "misc", "shared", "lib"}
    assert [
        sources.where(path) for path in sources.product() if drawers & {path.stem, path.parent.name}
    ] == []


def test_the_top_package_imports_with_nothing_installed() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(sources.ROOT)!r}); before = set(sys.modules); import config; "
    )
    code += "print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["config"], done.stderr


@pytest.mark.parametrize("module", ["django.dispatch", "django.db.models.signals", "django.contrib.admin"])
def test_nothing_happens_behind_the_readers_back(module: str) -> None:
    """No signals, and no admin in which a case could be changed beside the engine."""
    wrong = [
        sources.where(path)
        for path in sources.product()
        if any(name == module or name.startswith(f"{module}.") for name in sources.imported(path))
    ]
    assert wrong == []


def test_mail_leaves_by_the_channels_alone() -> None:
    wrong = [
        sources.where(path)
        for path in sources.product()
        if any(name.startswith("django.core.mail") for name in sources.imported(path))
        and not sources.where(path).startswith("notifications/channels")
    ]
    assert wrong == []

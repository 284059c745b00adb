"""Installs a lock file into a virtual environment: with uv, or with pip where uv cannot be had.

uv itself comes by the machine's own pip, pinned and hashed like the rest. uv
does not read pip's configuration, so the index, certificates and proxies that
pip is set up with are handed to it.
"""

from __future__ import annotations

import os
import selectors
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from config.local import places
from config.local.trouble import DISK_IS_FULL, Trouble, say

LOCKS = places.ROOT / "requirements"
UNREACHABLE = (
    "The package index cannot be reached. Check the network, or set PIP_INDEX_URL to an index "
    "that can be reached, then run the same command again; what is already there is kept."
)
NO_INSTALLER = (
    "This Python has neither pip nor ensurepip, and there is no uv. Install one of them "
    "(on Debian and Ubuntu: apt-get install python3-venv), then run the same command again."
)
TAMPERED = (
    "A downloaded package is not what requirements/ names (its hash differs), so it was not installed. "
    "If your index is a mirror, it serves altered files; otherwise run the same command again."
)
NO_BUILD = (
    "One of the packages has no build for this kind of machine. They are there for Linux with glibc 2.28 "
    "or newer and for macOS, on x86-64 and on ARM, with Python 3.11 to 3.13."
)
DISK_WORDS = ("no space left", "os error 28", "errno 28", "disk quota exceeded")
BUILD_WORDS = ("no wheels with a matching", "no matching distribution found")
HASH_WORDS = ("hash mismatch", "do not match the hashes")
NETWORK_WORDS = (
    "dns error", "failed to lookup", "client error (connect)", "error sending request", "connection refused",
    "connection reset", "connection timed out", "operation timed out", "read timed out", "timed out",
    "network is unreachable", "name resolution", "newconnectionerror", "max retries exceeded", "proxyerror",
    "tunnel", "no route to host", "nameresolutionerror", "connecttimeouterror", "could not connect",
)  # fmt: skip
# pip's settings on the left, what uv and its libraries read on the right.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "HTTPS_PROXY",
}


@dataclass(frozen=True)
class Run:
    """How a program ended, and all it wrote."""

    code: int
    output: str


def host_python() -> str:
    """The interpreter outside any virtual environment."""
    return str(getattr(sys, "_base_executable", sys.executable))


def install(python: Path, lock: Path) -> None:
    """Install exactly what ``lock`` names for ``python``, or raise Trouble with the reason."""
    say(f"Installing {counted(lock)} packages into {places.shown(python.parent.parent)}")
    uv = None if os.environ.get("REFERRAL_NO_UV") == "1" else find_uv(python)
    if uv:
        command = [uv, "pip", "install", "--require-hashes", "--python", str(python), "-r", str(lock)]
        run = watched(command, uv_environment())
        if run.code == 0:
            return
        if (known := sentence(run.output)) and known != UNREACHABLE:
            raise Trouble(known)
        say("uv could not do it; trying pip, which takes a minute or two")
    command = [
        *pip_for(python),
        "install",
        "--no-deps",
        "--require-hashes",
        "--retries",
        "2",
        "-r",
        str(lock),
    ]
    run = watched(command, pip_environment())
    if run.code:
        raise Trouble(sentence(run.output) or f"The packages cannot be installed:\n{last_lines(run.output)}")


def find_uv(python: Path) -> str | None:
    """The pinned uv of the virtual environment, fetched by pip; the machine's own where pip cannot."""
    pinned = python.parent / "uv"
    own = shutil.which("uv")
    pip = pip_for(python, needed=own is None)
    if not pip:
        return own
    lock = str(LOCKS / "bootstrap.txt")
    command = [*pip, "install", "--quiet", "--no-deps", "--require-hashes", "--retries", "2", "-r", lock]
    run = watched(command, pip_environment())
    if run.code == 0 and pinned.exists():
        return str(pinned)
    if own is None and (known := sentence(run.output)):
        raise Trouble(known)
    return own


def pip_for(python: Path, *, needed: bool = True) -> list[str]:
    """A pip command that installs for ``python``; empty where there is none and none is needed.

    The machine's pip is used from outside, because a Python without the venv
    package (Debian ships it apart) cannot put pip inside.
    """
    host = host_python()
    if quiet([host, "-m", "pip", "--python", str(python), "--version"]):
        return [host, "-m", "pip", "--python", str(python)]
    if quiet([str(python), "-m", "pip", "--version"]) or quiet([str(python), "-m", "ensurepip"]):
        return [str(python), "-m", "pip"]
    if needed:
        raise Trouble(NO_INSTALLER)
    return []


def quiet(command: list[str]) -> bool:
    """Whether a command succeeds."""
    return subprocess.run(command, capture_output=True, env=pip_environment()).returncode == 0


def pip_environment() -> dict[str, str]:
    settings = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore", "PIP_NO_INPUT": "1"}
    settings |= {"PIP_PROGRESS_BAR": "off", "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"}
    return {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"} | settings


def uv_environment() -> dict[str, str]:
    """The environment for uv: the machine's certificates and interpreters, and what pip is set up with."""
    settings = {"UV_NATIVE_TLS": "1", "UV_LINK_MODE": "copy", "UV_NO_PROGRESS": "1", "NO_COLOR": "1"}
    settings["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # as pip has it; the hashes guard what comes
    for name, value in pip_configuration().items():
        variable = PIP_TO_UV[name]
        separator = "," if variable == "UV_FIND_LINKS" else " "
        settings[variable] = separator.join(value.split())
    if not places.writable(Path(os.environ.get("UV_CACHE_DIR") or places.cache().parent)):
        settings["UV_NO_CACHE"] = "1"
    given = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    return settings | given | {"UV_PYTHON_DOWNLOADS": "never"}


def pip_configuration() -> dict[str, str]:
    """What ``pip config list`` says of indexes and connections; the more special line wins, as in pip."""
    done = subprocess.run([host_python(), "-m", "pip", "config", "list"], capture_output=True, text=True)
    found: dict[str, tuple[int, str]] = {}
    for line in done.stdout.splitlines():
        key, _, quoted = line.partition("=")
        section, _, name = key.rpartition(".")
        rank = {"global": 0, "install": 1, ":env:": 2}.get(section)
        if name in PIP_TO_UV and rank is not None and rank >= found.get(name, (0, ""))[0]:
            found[name] = (rank, quoted.strip("'\"").replace("\\n", " "))
    return {name: value for name, (_, value) in found.items() if value}


def watched(command: list[str], env: dict[str, str]) -> Run:
    """Run a program quietly, saying every few seconds that it still works."""
    began = told_at = time.monotonic()
    output = bytearray()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env
    )
    assert process.stdout is not None
    with process, selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if selector.select(timeout=1):
                part = os.read(process.stdout.fileno(), 65536)
                if not part:
                    break
                output += part
            if time.monotonic() - told_at > 5:
                told_at = time.monotonic()
                say(f"... still working ({told_at - began:.0f} s)")
        code = process.wait()
    return Run(code, output.decode(errors="replace"))


def counted(lock: Path) -> int:
    """How many packages a lock file names."""
    return sum("==" in line for line in lock.read_text().splitlines())


def sentence(output: str) -> str | None:
    """What an installer's failure means, where its words tell."""
    words = output.lower()
    signs = {
        DISK_WORDS: DISK_IS_FULL,
        HASH_WORDS: TAMPERED,
        NETWORK_WORDS: UNREACHABLE,
        BUILD_WORDS: NO_BUILD,
    }
    return next((meaning for sign, meaning in signs.items() if any(word in words for word in sign)), None)


def last_lines(output: str, lines: int = 8) -> str:
    return "\n".join(output.strip().splitlines()[-lines:])

"""The browser of the browser tests, where this machine has one."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find() -> str | None:
    """The path of a Chromium: what REFERRAL_BROWSER names ("none": none at all), or the first on PATH."""
    named = os.environ.get("REFERRAL_BROWSER")
    if named:
        return None if named == "none" else shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def usable() -> bool:
    """Whether a browser and the one library that its driver needs are here."""
    return find() is not None and has_libatomic()


def has_libatomic() -> bool:
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return os.uname().sysname != "Linux"
    return True


def missing() -> str | None:
    """What the browser tests lack here, in words; nothing when they can run."""
    if find() is None:
        return "there is no chromium on PATH"
    if not has_libatomic():
        return "the library libatomic1 is missing"
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed"
    return None

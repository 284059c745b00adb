"""What goes wrong on somebody's machine, said in a sentence instead of a traceback."""

from __future__ import annotations

import errno
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

STARTED = time.monotonic()
DISK_IS_FULL = (
    "The disk is full. Free about 500 MB, or set REFERRAL_VENV and REFERRAL_VAR to directories on "
    "another disk, then run the same command again."
)
FULL = {errno.ENOSPC, errno.EDQUOT}
CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


class Trouble(Exception):
    """Something outside the program is in the way; the message says what, and what to do."""


def say(text: str) -> None:
    """One line of progress, on standard error: standard output belongs to the command."""
    print(f"[{time.monotonic() - STARTED:5.1f} s] {text}", file=sys.stderr, flush=True)


@contextmanager
def told() -> Iterator[None]:
    """Turn trouble with the machine into its sentence and exit code 1."""
    try:
        yield
    except Trouble as trouble:
        sys.exit(str(trouble))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
    except OSError as error:
        sentence = sentence_for(error)
        if sentence is None:
            raise
        sys.exit(sentence)


def sentence_for(error: OSError) -> str | None:
    """What to tell about a full disk or a closed directory; nothing about anything else."""
    if error.errno in FULL:
        return DISK_IS_FULL
    if error.errno in CLOSED and error.filename:
        return (
            f"{error.filename} cannot be written. Make it writable, or set REFERRAL_VENV and REFERRAL_VAR "
            "to directories that are, then run the same command again."
        )
    return None

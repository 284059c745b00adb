"""Keeps compiled modules apart from the sources, where Python was told to keep none beside them.

Standard library only. Containers often set PYTHONDONTWRITEBYTECODE so that no files appear among the
sources. Then each process compiles every module anew, which is more than half of what starting it costs,
and the demo and the tests start dozens.
"""

from __future__ import annotations

import os
import sys

from config.local import places

FORBIDDEN = "PYTHONDONTWRITEBYTECODE"
PLACE = "PYTHONPYCACHEPREFIX"


def keep() -> None:
    """Where no compiled modules may lie beside the sources, keep them below ``var``, for children too.

    A place that somebody has named stays. Raises Trouble where nothing can be written.
    """
    if not os.environ.pop(FORBIDDEN, ""):
        return
    os.environ.setdefault(PLACE, str(places.var() / "compiled"))
    sys.pycache_prefix = os.environ[PLACE]
    sys.dont_write_bytecode = False

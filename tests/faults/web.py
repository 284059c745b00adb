"""The project's web process, which dies by ``kill -9`` when a request asks for it.

``X-Fault: after-commit``: everything was stored, the answer was made, and nobody ever hears it.
"""

import os
import signal
from collections.abc import Callable, Iterable
from typing import Any

from config.wsgi import application as whole


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    answer = whole(environ, start_response)
    if environ.get("HTTP_X_FAULT") == "after-commit":
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

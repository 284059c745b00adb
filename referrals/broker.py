"""Whether Redis answers, and how many tasks wait in it. It may be lost: rows in PostgreSQL are the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import redis
from django.conf import settings

SECONDS = 1.0
"""A probe does not wait longer for an answer."""
QUEUE = "celery"


@dataclass(frozen=True)
class Broker:
    """Redis at one moment. ``used`` is false where all is done without it; ``queue`` counts waiting tasks."""

    used: bool
    answers: bool
    queue: int = 0


def look() -> Broker:
    """Ask Redis, if there is one."""
    if not settings.REDIS_URL:
        return Broker(used=False, answers=False)
    try:
        with _client(settings.REDIS_URL) as client:
            return Broker(used=True, answers=True, queue=int(client.llen(QUEUE)))
    except (redis.RedisError, OSError):
        return Broker(used=True, answers=False)


def _client(url: str) -> redis.Redis:
    """A client for Celery's way of writing an address, which differs from Redis's own for a socket."""
    parts = urlsplit(url)
    timeouts: dict[str, Any] = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS}
    if parts.scheme != "redis+socket":
        return redis.Redis.from_url(url, **timeouts)
    database = parse_qs(parts.query).get("virtual_host", ["0"])[0]
    return redis.Redis(unix_socket_path=parts.path, db=int(database), password=parts.password, **timeouts)

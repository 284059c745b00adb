"""A cache that may be gone."""

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import TimeoutError as TooSlow

logger = logging.getLogger(__name__)


def forgiving(real: Callable[..., Any], otherwise: Any) -> Callable[..., Any]:
    """A client's method that answers ``otherwise`` while Redis is away."""

    @functools.wraps(real)
    def method(*arguments: Any, **named: Any) -> Any:
        try:
            return real(*arguments, **named)
        except (Unreachable, TooSlow) as error:
            logger.warning("The cache does not answer: %s", error)
            return otherwise

    return method


class ForgivingRedisCacheClient(RedisCacheClient):
    """Reads nothing and keeps nothing while Redis is away, instead of failing the page.

    Only rate limits and other things that may be forgotten are cached, so
    stopping Redis stops neither signing in nor casework. Who wants to be the
    first to add something is told that they are: else every try at a sign-in
    would wait for a lock that nobody holds, and then be refused.
    """

    get_many = forgiving(RedisCacheClient.get_many, {})
    has_key = forgiving(RedisCacheClient.has_key, False)
    add = forgiving(RedisCacheClient.add, True)
    set = forgiving(RedisCacheClient.set, None)
    set_many = forgiving(RedisCacheClient.set_many, None)
    touch = forgiving(RedisCacheClient.touch, False)
    delete = forgiving(RedisCacheClient.delete, False)
    delete_many = forgiving(RedisCacheClient.delete_many, None)

    def get(self, key: Any, default: Any) -> Any:
        return forgiving(super().get, default)(key, default)


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache with :class:`ForgivingRedisCacheClient` behind it."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingRedisCacheClient

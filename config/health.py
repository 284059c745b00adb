"""Whether this process is up (``/healthz``) and whether it can do its work (``/readyz``).

Both answer before anything else of the site: no session, no host name, no redirect. They say pass, warn or
fail; which check failed is for the bearer of ``OPERATIONS_TOKEN`` and for signed-in administrators. No answer
quotes an error, because errors quote addresses and passwords.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from datetime import date
from functools import cache

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import resolve
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import present
from recordsets.asking import through_the_door
from referrals import broker, row_security
from referrals.middleware import ActingCapacity
from referrals.models import User
from workflows import rulebook
from workflows.models import Policy
from workflows.parties import Capacity

log = logging.getLogger(__name__)

PROBES = {"/healthz", "/readyz", "/metrics"}


class Probes:
    """Answers the probes first, so that nothing they should report on can keep them from answering."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in PROBES:
            return self.get_response(request)
        request.resolver_match = resolve(request.path_info)
        with through_the_door():  # figures over everything; nobody's rows
            response: HttpResponse = request.resolver_match.func(request)
        return response


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 and "ok" while the process answers at all. What is wrong elsewhere is no reason to restart it."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when every check that ``READYZ_NEEDS`` names passes, otherwise 503; JSON either way.

    The status is "warn" where a process is ready and something it can do without is away, such as Redis.
    """
    found = examine(on=present.now().date())
    ready = all(found.get(name) == "pass" for name in settings.READYZ_NEEDS)
    whole = all(verdict == "pass" for verdict in found.values())
    told: dict[str, object] = {"status": ("pass" if whole else "warn") if ready else "fail"}
    if has_token(request) or is_administrator(request):
        told["checks"] = {
            name: {
                "status": verdict,
                "needed": name in settings.READYZ_NEEDS,
                **({} if verdict in ("pass", "not used") else {"what": TROUBLE[name]}),
            }
            for name, verdict in found.items()
        }
    return JsonResponse(told, status=200 if ready else 503)


def examine(*, on: date) -> dict[str, str]:
    """Each check's verdict: ``pass``, ``fail``, or ``unknown`` where the database has to answer first."""
    redis = broker.look()
    found = {"database": _verdict(_database)}
    for name, check in (
        ("migrations", _migrations),
        ("rulebook", lambda: _rulebook(on)),
        ("wall", lambda: not row_security.missing(connection)),
    ):
        found[name] = _verdict(check) if found["database"] == "pass" else "unknown"
    found["redis"] = "pass" if redis.answers or not redis.used else "fail"
    return found


TROUBLE = {
    "database": "The database does not answer.",
    "migrations": "Some migrations are not applied, or nobody could look. Run: manage.py migrate",
    "rulebook": "Some rules are not loaded, or nobody could look. Run: manage.py load_policies",
    "wall": "Some row policies are not installed, or nobody could look. Run: manage.py migrate",
    "redis": "Redis does not answer. Pages work without it; tasks wait until it is back.",
}


def _verdict(check: Callable[[], bool]) -> str:
    try:
        return "pass" if check() else "fail"
    except Error as failure:
        log.warning("A check could not be made: %s", type(failure).__name__)
        return "fail"


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


@cache
def _shipped_migrations() -> frozenset[tuple[str, str]]:
    """What this release ships, read once; not those that replace others, which are recorded too."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    return frozenset(name for name, migration in loader.disk_migrations.items() if not migration.replaces)


def _migrations() -> bool:
    return _shipped_migrations() <= MigrationRecorder(connection).applied_migrations().keys()


@cache
def _shipped_rules() -> frozenset[tuple[str, str]]:
    return frozenset((row.key, row.jurisdiction) for row in rulebook.read().policies)


def _rulebook(on: date) -> bool:
    """Whether every history of the shipped rules is there and some rule is in force."""
    stored = set(Policy.objects.values_list("key", "jurisdiction"))
    return _shipped_rules() <= stored and Policy.objects.in_force(on).exists()


def has_token(request: HttpRequest) -> bool:
    """Whether the request bears ``OPERATIONS_TOKEN``; without one set, nobody does."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    expected = settings.OPERATIONS_TOKEN
    matches = hmac.compare_digest(given.strip().encode(), expected.encode())
    return bool(expected) and scheme.lower() == "bearer" and matches


def is_administrator(request: HttpRequest) -> bool:
    """Whether a signed-in system administrator asks; nobody is one while the database is away."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    try:
        SessionMiddleware(_nothing).process_request(request)
        request.user = get_user(request)
        ActingCapacity(_nothing)(request)
        return isinstance(request.user, User) and request.user.capacity == Capacity.ADMINISTRATOR
    except Error:
        return False


def _nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()

"""What a server refuses to start with: a secret that everybody knows, a name that anybody may give it.

Called by the settings of a production process only; each refusal is ``ImproperlyConfigured`` with a sentence
that names the variable and never quotes its value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 32
FEWEST_DIFFERENT = 8
"""Letters that a secret has at least; fewer different ones were typed, not drawn."""

WELL_KNOWN = ("change", "default", "example", "insecure", "password", "placeholder", "secret")
GUESSED_FIRST = {"", "admin", "casework", "changeme", "password", "postgres", "root", "secret"}
SECRETS = ("SECRET_KEY", "OPERATIONS_TOKEN", "NOTIFICATIONS_BOUNCE_KEY")


def refuse(found: Mapping[str, Any]) -> None:
    """Raise for the first setting that no server may run with; ``found`` is all settings by name."""
    for name in SECRETS:
        if found[name] and (why := weakness(str(found[name]))):
            raise ImproperlyConfigured(
                f"{name} {why}. Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
            )
    if found["HISTORY_SIGNING_KEY"] and len(set(found["HISTORY_SIGNING_KEY"])) < FEWEST_DIFFERENT:
        raise ImproperlyConfigured(
            "HISTORY_SIGNING_KEY is the one of the demonstration. Make one: manage.py new_history_key"
        )
    if not found["REDIS_URL"]:
        raise ImproperlyConfigured("Set REDIS_URL: without it each process counts attempts to sign in alone.")
    _names(found)
    for name in ("DATABASE_URL", "REDIS_URL"):
        _password_in(name, str(found.get(name) or ""))


def weakness(secret: str) -> str:
    """Why a secret could be guessed, or nothing."""
    if len(secret) < SHORTEST_SECRET:
        return f"has fewer than {SHORTEST_SECRET} characters"
    if len(set(secret)) < FEWEST_DIFFERENT:
        return "repeats a few characters"
    if any(secret.lower().startswith(word) for word in (*WELL_KNOWN, "django-insecure")):
        return "begins like one out of a manual"
    return ""


def _names(found: Mapping[str, Any]) -> None:
    hosts = found["ALLOWED_HOSTS"]
    if not hosts or any(host in {"*", "."} for host in hosts):
        raise ImproperlyConfigured("ALLOWED_HOSTS must name this site's hosts: with * anybody names it.")
    if urlsplit(found["SITE_URL"]).scheme != "https" or not urlsplit(found["SITE_URL"]).hostname:
        raise ImproperlyConfigured("SITE_URL must begin with https://: links in mail lead there.")


def _password_in(name: str, address: str) -> None:
    password = urlsplit(address).password
    if password is not None and unquote(password).lower() in GUESSED_FIRST:
        raise ImproperlyConfigured(f"The password in {name} is one that is guessed first. Choose another.")

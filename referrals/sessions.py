"""How long a sign-in lasts yet, when it was used last, and ending the others of the same person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from .models import SignIn
from .session_store import BEGUN, DEVICE, SEEN

EVERY = 60
"""Seconds between two notes that a sign-in is in use; each of them is a write."""
UNKNOWN = ""
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def seconds_left(session: Any) -> int:
    """Whole seconds until a stored session ends, by the clock that ends it; 0 if it has."""
    stored = session.model.objects.filter(session_key=session.session_key)
    ends = stored.values_list("expire_date", flat=True).first()
    return max(0, int(session.get_expiry_age(expiry=ends))) if ends else 0


def note_use(request: HttpRequest, *, at: datetime) -> None:
    """Remember in a signed-in session when and on what it began, and once a minute that it is in use."""
    now = int(at.timestamp())
    if BEGUN not in request.session:
        request.session[BEGUN] = now
        request.session[DEVICE] = device_in(request.headers.get("User-Agent", ""))
    if now - request.session.get(SEEN, 0) >= EVERY:
        request.session[SEEN] = now


def device_in(user_agent: str) -> str:
    """A browser and a system in two words, as far as a browser says so; nothing of it is kept otherwise."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), UNKNOWN)
    system = next((name for sign, name in SYSTEMS if sign in user_agent), UNKNOWN)
    return ", ".join(each for each in (browser, system) if each)


def end(user: Any, handle: str) -> bool:
    """End one of somebody's own sessions by its handle; false if there is none (any more)."""
    found = next((each for each in SignIn.objects.visible_to(user) if each.handle == handle), None)
    return bool(found and SignIn.objects.filter(session_key=found.session_key).delete()[0])


def end_others(request: HttpRequest, *, user: Any = None) -> int:
    """End every session of a person but the one of this request; how many there were."""
    person: Any = user or request.user
    others = SignIn.objects.filter(user_id=person.pk).exclude(session_key=request.session.session_key)
    return others.delete()[0]

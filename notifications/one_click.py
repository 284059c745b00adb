"""Turning mail off with one click (RFC 8058): an address that works without sign-in and names nobody."""

from datetime import datetime
from functools import cache
from hashlib import blake2b
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from notifications import preferences
from notifications.models import Channel, Message
from recordsets.collisions import in_one_piece

PATH = "/notifications/off/"
"""Where ``notifications.urls`` has the page. Spelled here, since a relay has no need of every page's code."""

SALT = "notifications.one_click"


class Tampered(ValueError):
    """The address was not made here."""


def link(message: Message) -> str:
    """The address that turns off mail like this one: a random number and its signature, nothing else."""
    return f"{settings.SITE_URL.rstrip('/')}{PATH}{token_of(message.public_id)}/"


def token_of(public_id: UUID) -> str:
    number = public_id.hex
    return f"{number}-{_signature(number)}"


def _signature(number: str) -> str:
    """A keyed BLAKE2b hash (RFC 7693) of a number, as 64 hexadecimal digits."""
    return blake2b(number.encode(), key=_key(settings.SECRET_KEY), digest_size=32).hexdigest()


@cache
def _key(secret: str) -> bytes:
    return salted_hmac(SALT, "key", secret, algorithm="sha256").digest()


def turn_off(*, token: str, at: datetime) -> Message | None:
    """Turn off every mail that its reader can turn off. The inbox keeps filling.

    A mail says nothing about its event, so the reader of one cannot mean less than all of them. Returns the
    message whose mail was clicked, or None when there is none; raises Tampered.
    """
    return _turn_off(check(token))


@in_one_piece
def _turn_off(number: UUID) -> Message | None:
    message = Message.objects.select_related("recipient").filter(public_id=number).first()
    if message is None or not message.can_be_turned_off:
        return None
    preferences.turn_off_everything(user=message.recipient, channel=Channel.EMAIL)
    return message


def check(token: str) -> UUID:
    """The random number in an address that was made here; raises Tampered."""
    number, _dash, given = token.partition("-")
    if not constant_time_compare(_signature(number), given):
        raise Tampered
    return UUID(number)

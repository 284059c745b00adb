"""Who needs a second factor, whether this sign-in has shown one, and taking one away.

A factor is an app's code or a passkey; recovery codes stand in for one that is lost. NIST SP 800-63B, AAL2.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.base.internal.flows import delete_and_cleanup
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows.parties import Capacity

from .models import User

WITHOUT = frozenset({Capacity.ORGANIZER})
"""Capacities that may sign in with a password alone: an organizer sees no worker's file."""
SHOWN = "mfa"
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

ALWAYS_OPEN = frozenset({"account_logout", "set_language", "session"})
SETTING_UP = frozenset(
    {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"},
)
SHOWING = frozenset({"mfa_reauthenticate", "mfa_reauthenticate_webauthn"})


class LastFactor(Exception):
    """Somebody who needs a second factor would have none left."""

    def __str__(self) -> str:
        return _("This is your only second factor, and you need one. Set up another one first.")


def required_of(user: User) -> bool:
    """Whether somebody holds a capacity, acted in or not, that cannot be used with a password alone."""
    return any(held.capacity not in WITHOUT for held in user.capacities)


def shown_in(request: HttpRequest) -> bool:
    """Whether this session has shown a factor: at sign-in, later, or by setting one up."""
    return any(
        record.get("method") == SHOWN for record in get_authentication_records(request, _person(request))
    )


def factors_of(user: Any) -> list[Authenticator]:
    """Apps and passkeys, the oldest first; recovery codes are none."""
    return list(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).order_by("pk"))


def passkeys_of(user: Any) -> Any:
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).order_by("pk")


def app_of(user: Any) -> Authenticator | None:
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()


def closed_to(request: HttpRequest, view_name: str) -> str:
    """Where somebody is led who has yet to set up or show a factor; empty when the way is open."""
    user = _person(request)
    if shown_in(request) or view_name in ALWAYS_OPEN or not required_of(user):
        return ""
    held = {factor.type for factor in factors_of(user)}
    if view_name in (SHOWING if held else SETTING_UP):
        return ""
    if not held:
        return reverse("mfa_index")
    by_code = Authenticator.Type.TOTP in held
    return reverse("mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn")


def last_needed(factor: Authenticator) -> bool:
    """Whether its owner needs a factor and has no other one."""
    person = User.objects.get(pk=factor.user_id)
    return required_of(person) and all(other.pk == factor.pk for other in factors_of(person))


@in_one_piece
def remove(request: HttpRequest, factor: Authenticator) -> None:
    """Take a factor away, and with the last one its recovery codes; raises LastFactor."""
    list(User.objects.select_for_update().filter(pk=factor.user_id))  # two at once would leave none
    if last_needed(factor):
        raise LastFactor
    delete_and_cleanup(request, factor)


@in_one_piece
def take_all_away(user: User) -> int:
    """For who has lost them: no factor, no recovery code and no sign-in is left; how many there were."""
    list(User.objects.select_for_update().filter(pk=user.pk))
    user.sign_ins.all().delete()
    return int(Authenticator.objects.filter(user_id=user.pk).delete()[0])


def _person(request: HttpRequest) -> Any:
    return request.user

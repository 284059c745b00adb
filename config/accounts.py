"""Accounts are opened by an organization for its people, never by a visitor."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

import present
from referrals import account_mail, factor_secrets, freshness, second_factors, sessions
from referrals.models import User


class InvitedOnly(DefaultAccountAdapter):
    """django-allauth with its sign-up page closed, and with mail that goes through the outbox."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No: the sign-up page says that it is closed."""
        return False

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Tell the account's own address; the link in ``context`` is dropped, one is made when mail goes."""
        account_mail.tell_password_reset(user, at=present.now())

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Whether the last proof, of the sign-in itself or later, is too old to change a factor."""
        return not freshness.is_fresh(context.request, at=present.on_this_machine())

    def set_password(self, user: Any, password: str) -> None:
        """Every other sign-in with the old password ends."""
        super().set_password(user, password)
        sessions.end_others(context.request, user=user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Refuse: what would send any other mail is turned off or closed. Raises RuntimeError."""
        raise RuntimeError(f"{template_prefix} has no place in the outbox.")


class Factors(DefaultMFAAdapter):
    """Second factors with their secrets encrypted, and the last one kept where one is needed."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This was not accepted. A code of an app changes every 30 seconds and works once: "
            "wait for the next one."
        ),
    }

    def encrypt(self, text: str) -> str:
        return factor_secrets.encrypted(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factor_secrets.decrypted(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not second_factors.last_needed(authenticator)

    def build_totp_svg(self, url: str) -> str:
        """Nothing: the template draws the picture."""
        return ""


def closed(request: HttpRequest, *given: str) -> HttpResponse:
    """Answer 404 where django-allauth would let somebody change an address or sign in by mail.

    An account's address is its organization's to change: whoever could add one could have a password sent
    there.
    """
    raise Http404

"""Accounts are opened by an organization for its people, never by a visitor."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import Http404, HttpRequest, HttpResponse

import present
from referrals import account_mail
from referrals.models import User


class InvitedOnly(DefaultAccountAdapter):
    """django-allauth with its sign-up page closed, and with mail that goes through the outbox."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No: the sign-up page says that it is closed."""
        return False

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Tell the account's own address; the link in ``context`` is dropped, one is made when mail goes."""
        account_mail.tell_password_reset(user, at=present.now())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Refuse: what would send any other mail is turned off or closed. Raises RuntimeError."""
        raise RuntimeError(f"{template_prefix} has no place in the outbox.")


def closed(request: HttpRequest, *given: str) -> HttpResponse:
    """Answer 404 where django-allauth would let somebody change an address or sign in by mail.

    An account's address is its organization's to change: whoever could add one could have a password sent
    there.
    """
    raise Http404

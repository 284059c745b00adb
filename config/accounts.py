"""Accounts are opened by an organization for its people, never by a visitor."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

import present
from referrals import (
    account_mail,
    factor_secrets,
    freshness,
    openid,
    second_factors,
    sessions,
    sign_in_limits,
)
from referrals.models import User

FORBIDDEN = 403


class InvitedOnly(DefaultAccountAdapter):
    """django-allauth with its sign-up page closed, and with mail that goes through the outbox."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        **dict.fromkeys(
            ("email_password_mismatch", "too_many_login_attempts", "incorrect_password"),
            sign_in_limits.NOT_ACCEPTED,
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No: the sign-up page says that it is closed."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Whether somebody may be led to ``url``; what is no address at all is none to be led to."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Tell the account's own address; the link in ``context`` is dropped, one is made when mail goes."""
        if user.has_usable_password():  # who was invited and has taken nothing up has no account to mend
            account_mail.tell_password_reset(user, at=present.now())

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Use up a try, given back when the password fits; refuse in the words of a wrong password."""
        account = str(credentials.get("email", "")).strip().lower()
        self._login_failed_rl_usage = sign_in_limits.take(request, account, what="login")
        if self._login_failed_rl_usage is None:
            raise self.validation_error("email_password_mismatch")

    def pre_login(self, request: HttpRequest, user: Any, **named: Any) -> HttpResponse | None:
        """Refuse an account that was locked because nobody used it, once its password or key has fitted."""
        if user.locked_at is not None:
            return self.respond_user_inactive(request, user)
        answer: HttpResponse | None = super().pre_login(request, user, **named)
        return answer

    def post_login(self, request: HttpRequest, user: Any, **named: Any) -> HttpResponse:
        """Know this device the next time; tell the account's owner of one that is not known yet."""
        response: HttpResponse = super().post_login(request, user, **named)
        account = user.email.lower()
        if not sign_in_limits.known_device(request, account):
            account_mail.tell_changed(user, "new_device", at=present.now())
        sign_in_limits.remember_device(request, response, account)
        return response

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Whether the last proof, of the sign-in itself or later, is too old to change a factor."""
        return not freshness.is_fresh(context.request, at=present.on_this_machine())

    def set_password(self, user: Any, password: str) -> None:
        """Every other sign-in with the old password ends, and the account's owner is told."""
        super().set_password(user, password)
        sessions.end_others(context.request, user=user)
        account_mail.tell_changed(user, "password_changed", at=present.now())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Refuse: what would send any other mail is turned off or closed. Raises RuntimeError."""
        raise RuntimeError(f"{template_prefix} has no place in the outbox.")


class KnownPeople(DefaultSocialAccountAdapter):
    """Providers of identities sign in the people of their own organizations, and open no account."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Take the account whose verified address the provider gives; refuse everybody else."""
        verified = [each.email for each in sociallogin.email_addresses if each.verified is True]
        user = openid.account_for(sociallogin.account.provider, verified)
        if user is None or (sociallogin.is_existing and sociallogin.user.pk != user.pk):
            raise ImmediateHttpResponse(
                render(request, "socialaccount/authentication_error.html", status=FORBIDDEN)
            )
        if not sociallogin.is_existing:
            sociallogin.connect(request, user)


class Factors(DefaultMFAAdapter):
    """Second factors with their secrets encrypted, and the last one kept where one is needed."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": sign_in_limits.CODE_NOT_ACCEPTED,
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

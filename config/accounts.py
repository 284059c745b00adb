"""Accounts are opened by an organization for its people, never by a visitor."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedOnly(DefaultAccountAdapter):
    """django-allauth with its sign-up page closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No: the sign-up page says that it is closed."""
        return False

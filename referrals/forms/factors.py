"""The forms of second factors, with our words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext_lazy as _

from .. import sign_in_limits

LONGEST_NAME = 60
TOTP_SECONDS = 30
NOT_UNDERSTOOD = (AttributeError, KeyError, TypeError, ValueError)


class CodeField(forms.CharField):
    def __init__(self, **named: Any) -> None:
        attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attributes), **named)


class OnceOnly:
    """Tries within limits, and refuses the code of an app in the half minute in which it was used.

    The limits know the device, so that who guesses elsewhere does not lock its owner out. That a code works
    once holds even while there is no cache.
    """

    user: Any

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]  # type: ignore[attr-defined]
        tried = sign_in_limits.take(context.request, self.user.email.lower(), what="factor")
        found = self._factor_with(code) if tried else None
        if tried is None or found is None:
            raise get_adapter().validation_error("incorrect_code")
        tried.rollback()
        found.user = self.user
        self.authenticator = found
        return code

    def _factor_with(self, code: str) -> Authenticator | None:
        """The app that shows this code and has not been used with it, or the recovery codes that hold it."""
        for factor in Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN):
            if _used_already(factor, code):
                continue
            if factor.wrap().validate_code(code):
                return factor
        return None


def _used_already(factor: Authenticator, code: str) -> bool:
    if factor.type != Authenticator.Type.TOTP or factor.last_used_at is None:
        return False
    return _digits(code) == _code_at(factor, factor.last_used_at)


def _digits(code: str) -> str:
    return "".join(each for each in code if each.isdigit())


def _code_at(app: Authenticator, at: datetime) -> str:
    value = hotp_value(decrypt(app.data["secret"]), int(at.timestamp()) // TOTP_SECONDS)
    return format_hotp_value(value)


class SignInCodeForm(OnceOnly, AuthenticateForm):
    code = CodeField(
        label=_("Code"), help_text=_("The six digits that your app shows now, or one of your recovery codes.")
    )


class ConfirmCodeForm(OnceOnly, ReauthenticateForm):
    code = CodeField(
        label=_("Code"), help_text=_("The six digits that your app shows now, or one of your recovery codes.")
    )


class AppCodeForm(ActivateTOTPForm):
    code = CodeField(label=_("Code"), help_text=_("The six digits that your app shows now."))


class OnlyPasskeys:
    """What is no answer of a passkey at all is refused like one that does not fit."""

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except NOT_UNDERSTOOD as trouble:
            raise get_adapter().validation_error("incorrect_code") from trouble
        return found


class SignInPasskeyForm(OnlyPasskeys, AuthenticateWebAuthnForm): ...


class ConfirmPasskeyForm(OnlyPasskeys, ReauthenticateWebAuthnForm): ...


class PasskeyAloneForm(OnlyPasskeys, LoginWebAuthnForm): ...


class PasskeyForm(AddWebAuthnForm):
    """A passkey can always sign in by itself: it is kept on the device, behind a PIN or a finger."""

    passwordless = None
    name = forms.CharField(
        label=_("Name of this passkey"),
        help_text=_("For example the device on which it is kept."),
        max_length=LONGEST_NAME,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except NOT_UNDERSTOOD as trouble:
            raise get_adapter().validation_error("incorrect_code") from trouble
        return cleaned

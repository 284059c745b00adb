"""The forms of second factors, with our words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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

LONGEST_NAME = 60
TOTP_SECONDS = 30
NOT_UNDERSTOOD = (AttributeError, KeyError, TypeError, ValueError)


class CodeField(forms.CharField):
    def __init__(self, **named: Any) -> None:
        attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attributes), **named)


class OnceOnly:
    """Refuses the code of an app in the half minute in which one was used, even while there is no cache."""

    def clean_code(self) -> str:
        user: Any = self.user  # type: ignore[attr-defined]
        app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
        code: str = super().clean_code()  # type: ignore[misc]
        if app and app.last_used_at and _digits(code) == _code_at(app, app.last_used_at):
            raise get_adapter().validation_error("incorrect_code")
        return code


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
    """A passkey is always one that can sign in by itself: it is kept on the device, behind a PIN or a finger."""

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

"""Second factors of one's own: an app's codes, passkeys and recovery codes."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView, ReauthenticateWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

import present

from .. import account_mail, context, qr_codes, second_factors
from ..sessions import end_others
from .signed_in import SignedIn

CONFLICT = 409
WEBAUTHN, TOTP = "webauthn", "totp"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def factors(request: SignedIn) -> HttpResponse:
    """What I have, what I can add, and, before anything else is open, that one is needed."""
    user = request.user
    app, passkeys = second_factors.app_of(user), list(second_factors.passkeys_of(user))
    return render(
        request,
        "mfa/index.html",
        {
            "app": app,
            "passkeys": passkeys,
            "needed": second_factors.required_of(user),
            "none_yet": not app and not passkeys,
        },
    )


class Shown:
    """What follows once a factor was set up: this session has shown it, and every other one ends."""

    request: SignedIn

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        record_authentication(self.request, self.request.user, second_factors.SHOWN, type=self.kind)  # type: ignore[attr-defined]
        end_others(self.request)
        account_mail.tell_changed(self.request.user, "factor_added", at=present.now())
        return answer


class AddApp(Shown, ActivateTOTPView):
    """A secret, as a picture to scan and as letters to type, and a code to prove that the app has it."""

    kind = TOTP

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = super().get_context_data(**kwargs)
        secret = shown["form"].secret
        picture = qr_codes.drawn(shown["totp_url"])
        return {
            **shown,
            "qr": picture,
            "secret_in_fours": [secret[at : at + 4] for at in range(0, len(secret), 4)],
        }


class AddPasskey(Shown, AddWebAuthnView):
    kind = WEBAUTHN

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = super().get_context_data(**kwargs)
        options = auth.begin_registration(self.request.user, True)  # the state of the last one counts
        return {**shown, "js_data": {"creation_options": options}}


class WithDemoCode:
    """While this is a demonstration the page shows the code that the invented person's app would show."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        code = context.demo_code(self.whose(), present.on_this_machine())  # type: ignore[attr-defined]
        return {**shown, "demo_code": code}


@method_decorator(never_cache, name="dispatch")
class SignInCode(WithDemoCode, AuthenticateView):
    """The second page of a sign-in: a code, or a passkey."""

    def whose(self) -> Any:
        return self.stage.login.user

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has = {factor.type for factor in second_factors.factors_of(self.whose())}
        return {**super().get_context_data(**kwargs), "has_passkey": WEBAUTHN in has, "has_app": TOTP in has}


@method_decorator(never_cache, name="dispatch")
class ConfirmCode(WithDemoCode, ReauthenticateView):
    def whose(self) -> Any:
        return self.request.user


class ConfirmPasskey(ReauthenticateWebAuthnView):
    """The same for a passkey; one that does not fit leads back here."""

    def form_invalid(self, form: Any) -> HttpResponse:
        super().form_invalid(form)
        return redirect(self.passthrough_next_url(reverse("mfa_reauthenticate_webauthn")))


class SignInPasskey(LoginWebAuthnView):
    """Signs in by a passkey alone, without a password."""


class RecoveryCodes(ViewRecoveryCodesView):
    """Shows the codes that are left, once, to be printed or written down."""


class NewRecoveryCodes(GenerateRecoveryCodesView):
    """Replaces the codes by others; the old ones no longer work, and their owner is told by mail."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        account_mail.tell_changed(self.request.user, "codes_made", at=present.now())
        return answer


@login_required
@never_cache
@reauthentication_required(app="allauth.mfa")
@require_http_methods(["GET", "HEAD", "POST"])
def remove_app(request: SignedIn) -> HttpResponse:
    """Take the app away; refused while it is the only factor of somebody who needs one."""
    return _remove(request, second_factors.app_of(request.user), "mfa/totp/deactivate_form.html")


@login_required
@never_cache
@reauthentication_required(app="allauth.mfa")
@require_http_methods(["GET", "HEAD", "POST"])
def remove_passkey(request: SignedIn, pk: int) -> HttpResponse:
    """The same for one of the passkeys."""
    mine = second_factors.passkeys_of(request.user).filter(pk=pk).first()
    return _remove(request, mine, "mfa/webauthn/authenticator_confirm_delete.html")


def _remove(request: SignedIn, factor: Any, template: str) -> HttpResponse:
    if factor is None:
        raise Http404
    refusal = second_factors.LastFactor() if second_factors.last_needed(factor) else None
    if request.method == "POST":
        try:
            second_factors.remove(request, factor)
        except second_factors.LastFactor as last:
            refusal = last
        else:
            end_others(request)
            account_mail.tell_changed(request.user, "factor_removed", at=present.now())
            messages.success(request, _("It is removed, and every other sign-in of yours was ended."))
            return redirect("mfa_index")
    status = CONFLICT if refusal and request.method == "POST" else 200
    return render(request, template, {"factor": factor, "refusal": refusal}, status=status)

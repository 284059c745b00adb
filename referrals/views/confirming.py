"""Asks for a proof before what matters most, on a page that holds what was typed and then sends it on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import ratelimit
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

import present

from .. import context, freshness, second_factors, typed
from ..forms.factors import ConfirmCodeForm, ConfirmPasskeyForm

FORBIDDEN = 403
LONGEST_CODE = 10


class Fresh:
    """Lets what matters most pass only with a fresh proof; see ``freshness`` for what that is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        if not request.user.is_authenticated or not freshness.needed(request):
            return None
        if freshness.is_fresh(request, at=present.on_this_machine()):
            return None
        if request.method != "POST":
            there = reverse("account_reauthenticate")
            return redirect(f"{there}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}")
        refusal = _refusal(request) if _gave_a_proof(request) else ""
        return None if refusal is None else _ask(request, refusal)


def _gave_a_proof(request: HttpRequest) -> bool:
    return any(name in request.POST for name in (typed.PROOF, typed.PASSKEY))


def _refusal(request: HttpRequest) -> str | None:
    """None when the proof holds, which the session then remembers; otherwise why not."""
    user: Any = request.user
    if not ratelimit.consume(request, action="reauthenticate", user=user):
        return _("Those were too many tries. Wait a minute, then try again.")
    if credential := request.POST.get(typed.PASSKEY):
        passkey = ConfirmPasskeyForm({"credential": credential}, user=user)
        if passkey.is_valid():
            passkey.save()
            return None
        return _("This passkey was not accepted.")
    return _of_typed(request, user, request.POST.get(typed.PROOF, "").strip())


def _of_typed(request: HttpRequest, user: Any, proof: str) -> str | None:
    """A code of digits alone is tried as such; everything else is a password."""
    if proof.isdigit() and len(proof) <= LONGEST_CODE:
        form = ConfirmCodeForm({"code": proof}, user=user)
        if form.is_valid():
            form.save()
            return None
    elif proof and _is_password(user, proof):
        reauthenticate_by_password(request)
        return None
    return _("This was not accepted. Give your password, or the code that your app shows now.")


def _is_password(user: Any, proof: str) -> bool:
    try:
        return bool(get_adapter().reauthenticate(user, proof))
    except ValidationError:  # too many wrong ones; the next minutes refuse the right one too
        return False


def _ask(request: HttpRequest, refusal: str) -> HttpResponse:
    has_passkey = second_factors.passkeys_of(request.user).exists()
    page = render(
        request,
        "403_confirm.html",
        {
            **typed.to_send_again(request),
            "refusal": refusal,
            "has_passkey": has_passkey,
            "js_data": {"request_options": begin_authentication(request.user)} if has_passkey else {},
            "demo_code": context.demo_code(request.user, present.on_this_machine()),
        },
        status=FORBIDDEN,
    )
    page.headers["Cache-Control"] = "no-store, private"
    return page

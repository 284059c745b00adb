"""A public page: is this letter real and live? A few questions a minute from one address."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import present

from .. import verification
from ..forms.verification import VerificationForm

QUESTIONS_A_MINUTE = 20


@require_safe
@never_cache
def verify_letter(request: HttpRequest) -> HttpResponse:
    form = VerificationForm(request.GET if "number" in request.GET else None)
    verdict = None
    if form.is_bound and _asks_too_much(request):
        return render(request, "429.html", status=429)
    if form.is_valid():
        asked = form.cleaned_data
        verdict = verification.verify(asked["number"], asked["version"], code=asked["code"])
    return render(request, "pages/verify.html", {"form": form, "verdict": verdict})


def _asks_too_much(request: HttpRequest) -> bool:
    """Counts questions from one address in this minute; the address itself is not kept."""
    address = get_adapter().get_client_ip(request)
    who = salted_hmac("referrals.verify_letter", address).hexdigest()[:32]
    key = f"verify:{present.now():%Y%m%d%H%M}:{who}"
    asked = cache.get(key, 0) + 1
    cache.set(key, asked, timeout=60)
    return bool(asked > QUESTIONS_A_MINUTE)

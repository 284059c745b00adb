"""A public page: is this letter real and live? A few questions a minute from one address."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import verification
from ..forms.verification import VerificationForm

QUESTIONS = "20/m/ip"


@require_safe
def verify_letter(request: HttpRequest) -> HttpResponse:
    form = VerificationForm(request.GET if "number" in request.GET else None)
    verdict = None
    if form.is_bound:
        if not ratelimit.consume(
            request, action="verify_letter", config={"verify_letter": QUESTIONS}, limit_get=True
        ):
            return render(request, "429.html", status=429)
        if form.is_valid():
            asked = form.cleaned_data
            verdict = verification.verify(asked["number"], asked["version"], code=asked["code"])
    response = render(request, "pages/verify.html", {"form": form, "verdict": verdict})
    response["Cache-Control"] = "no-store"
    return response

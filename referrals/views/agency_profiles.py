"""An agency's profile: the dated settings with which it takes part."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

import present

from .. import agency_profile, policy_people, rule_words
from .signed_in import SignedIn


@login_required
@require_safe
def agency_profiles(request: SignedIn) -> HttpResponse:
    """The labor agencies of this system; everybody signed in may read their settings."""
    return render(
        request,
        "policy/agencies.html",
        {
            "agencies": sorted(rule_words.agency_names().items(), key=lambda each: each[1]),
            "own": policy_people.own_jurisdiction(request.user),
        },
    )


@login_required
@require_safe
def agency_settings(request: SignedIn, code: str) -> HttpResponse:
    """What one agency asks and promises, since when, on whose word, and what is to come."""
    name = rule_words.agency_names().get(code)
    if name is None:
        raise Http404
    context = {
        "code": code,
        "name": name,
        "settings": agency_profile.settings_of(code, on=present.today()),
        "may_change": policy_people.may_change(request.user, code),
        "own": request.user.is_agency and request.user.hat.organization.code == code,
    }
    return render(request, "policy/agency.html", context)

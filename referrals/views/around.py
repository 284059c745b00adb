"""The context processor of ``base.html``: it starts like a view does, by reading the clock."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

import present
from notifications import bounces
from workflows.days import rule_day

from .. import context, openid
from ..models import User

FIRST_LOOK = 60
"""Seconds after which a page first asks how long its session lasts; most pages are left before."""


def around(request: HttpRequest) -> dict[str, Any]:
    """What every page shows around itself; nothing is read from the database until a page shows it."""
    user = getattr(request, "user", None)
    return {
        "site_name": _("Statement and stay casework"),
        "lives_on": present.today() if present.ahead() else None,
        "programme": SimpleLazyObject(lambda: context.programme(rule_day(present.now()))),
        "navigation": SimpleLazyObject(lambda: context.navigation(request)) if isinstance(user, User) else [],
        "mail_comes_back_since": SimpleLazyObject(lambda: bounces.failing_since(user))
        if isinstance(user, User)
        else None,
        "first_look": min(FIRST_LOOK, settings.SESSION_COOKIE_AGE // 4),
        "demo_sign_ins": context.sign_ins(),
        "openid_providers": openid.providers,
    }

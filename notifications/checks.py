from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from notifications.channels import post


@register
def settings_for_mail_are_usable(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Find the mistakes in settings that would otherwise show only when the first mail is due."""
    found: list[CheckMessage] = []
    site = urlsplit(str(getattr(settings, "SITE_URL", "")))
    if site.scheme not in ("http", "https") or not site.hostname:
        hint = "Set SITE_URL to the address people type, for example https://casework.example.gov"
        found.append(Error("SITE_URL is not an absolute web address.", hint=hint, id="notifications.E001"))
    if post.choice() not in post.CHOICES:
        hint = f"Set NOTIFICATIONS_EMAIL to one of: {', '.join(post.CHOICES)}."
        found.append(Error("NOTIFICATIONS_EMAIL is unknown.", hint=hint, id="notifications.E002"))
    return found

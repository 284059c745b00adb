"""Who carries e-mail in this place: settings.NOTIFICATIONS_EMAIL is "smtp", "keep" or "memory"."""

from django.conf import settings

from notifications.channels.email import Carrier
from notifications.channels.kept import Kept
from notifications.channels.memory import Memory
from notifications.channels.smtp import Smtp

CHOICES: dict[str, type[Carrier]] = {"smtp": Smtp, "keep": Kept, "memory": Memory}


def choice() -> str:
    """Without a setting, a demonstration keeps its mail and every other place sends it."""
    default = "keep" if getattr(settings, "DEMO", False) else "smtp"
    return getattr(settings, "NOTIFICATIONS_EMAIL", "") or default


def carrier() -> Carrier:
    return CHOICES[choice()]()

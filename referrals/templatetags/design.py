"""Dates, moments and icons as every page writes them."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from workflows import days_in_words

register = template.Library()

TONE_ICONS = {
    "info": "info",
    "waiting": "schedule",
    "good": "check_circle",
    "bad": "error",
    "neutral": "label",
}


@register.simple_tag
def day(value: date | datetime | None) -> str:
    """A calendar day: ``Mon 30 Nov 2026``. A moment is shown as the day it is in the reader's time zone."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), days_in_words.day_with_weekday(value)
    )


@register.simple_tag
def instant(value: datetime | None) -> str:
    """A moment, with the time zone it is told in: ``Mon 30 Nov 2026, 5 p.m. EST``."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), days_in_words.instant(local))


@register.simple_tag
def icon(name: str, size: int | None = None) -> SafeString:
    """A USWDS icon by its name in the sprite; decoration only, so the words beside it must carry the meaning.

    ``size`` is the USWDS step 3 to 9.
    """
    return format_html(
        '<svg class="usa-icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" usa-icon--size-{size}" if size else "",
        static("vendor/uswds/img/sprite.svg"),
        name,
    )


@register.filter
def tone_icon(tone: str) -> str:
    """The icon of a tone, for a standing that names none itself."""
    return TONE_ICONS.get(tone, TONE_ICONS["neutral"])

"""What each person wants to be told, and over which channel."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from notifications.models import Preference


def choose(*, user: AbstractBaseUser, event: str, channel: str, enabled: bool) -> Preference:
    """Turn an event on or off for one channel; an empty event means all that are not chosen by name."""
    preference, _created = Preference.objects.update_or_create(
        user_id=user.pk, event=event, channel=channel, defaults={"enabled": enabled}
    )
    return preference


def turned_off(*, event: str, user_ids: Collection[Any]) -> set[tuple[Any, str]]:
    """The (user id, channel) pairs that do not want this event. A choice by name beats the general one."""
    rows = Preference.objects.filter(user_id__in=user_ids, event__in=["", event])
    general_first = rows.order_by("event").values_list("user_id", "channel", "enabled")
    wanted = {(user_id, channel): enabled for user_id, channel, enabled in general_first}
    return {pair for pair, enabled in wanted.items() if not enabled}

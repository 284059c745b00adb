"""What each person wants to be told, and over which channel."""

from django.contrib.auth.base_user import AbstractBaseUser

from notifications.models import Preference
from recordsets.collisions import in_one_piece

ALL = ""
"""Stands for every event that is not chosen by name."""


def choose(*, user: AbstractBaseUser, event: str, channel: str, enabled: bool) -> Preference:
    """Turn an event on or off for one channel; an empty event means all that are not chosen by name."""
    preference, _created = Preference.objects.update_or_create(
        user_id=user.pk, event=event, channel=channel, defaults={"enabled": enabled}
    )
    return preference


def choose_many(*, user: AbstractBaseUser, choices: dict[tuple[str, str], bool]) -> None:
    """Store many choices at once; the keys are (event, channel)."""
    Preference.objects.bulk_create(
        [
            Preference(user_id=user.pk, event=event, channel=channel, enabled=enabled)
            for (event, channel), enabled in choices.items()
        ],
        update_conflicts=True,
        unique_fields=["user", "event", "channel"],
        update_fields=["enabled"],
    )


@in_one_piece
def turn_off_everything(*, user: AbstractBaseUser, channel: str) -> None:
    """Turn off all events on one channel, also those that were turned on by name."""
    choose(user=user, event=ALL, channel=channel, enabled=False)
    Preference.objects.filter(user_id=user.pk, channel=channel, enabled=True).update(enabled=False)


def chosen_by(user: AbstractBaseUser) -> dict[tuple[str, str], bool]:
    """Everything that a person has chosen, by (event, channel)."""
    rows = Preference.objects.filter(user_id=user.pk).values_list("event", "channel", "enabled")
    return {(event, channel): enabled for event, channel, enabled in rows}


def wanted(chosen: dict[tuple[str, str], bool], *, event: str, channel: str) -> bool:
    """Whether these choices let an event through. A choice by name beats the general one."""
    return chosen.get((event, channel), chosen.get((ALL, channel), True))

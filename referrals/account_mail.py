"""Mail about an account itself: it must arrive, and it goes through the outbox like everything else."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from notifications import outbox
from notifications.channels.email import PLACE_OF_THE_LINK, Letter
from notifications.models import Channel, Message
from recordsets.collisions import in_one_piece

from .models import User

PASSWORD_RESET = "password_reset"  # noqa: S105 (the name of a kind of mail)


@in_one_piece
def tell_password_reset(user: User, *, at: datetime) -> None:
    """Write that somebody asked for a new password. The row holds no key: it is made when the mail goes."""
    outbox.tell(
        event=f"account.{PASSWORD_RESET}",
        recipients=[user],
        key=f"{PASSWORD_RESET}:{uuid4().hex}",
        about="",
        link=reverse("account_reset_password"),
        subject="",
        body="",
        at=at,
        channels=[Channel.EMAIL],
        urgent=True,
        mandatory=True,
        letter=PASSWORD_RESET,
    )


def password_reset(message: Message) -> Letter:
    """The mail with the link that lets its reader choose a new password, in the active language.

    The key in it is derived from the account as it is now, and no longer holds after the next sign-in or
    change of password (django.contrib.auth.tokens). Nobody stores it.
    """
    user = message.recipient
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])
    text = render_to_string("account/email/password_reset.txt", {"reset_link": PLACE_OF_THE_LINK})
    return Letter(_("Choose a new password"), text, f"{settings.SITE_URL}{path}", secret=True)

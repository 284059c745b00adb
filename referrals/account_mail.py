"""Mail about an account itself: it must arrive, and it goes through the outbox like everything else."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import outbox
from notifications.channels.email import PLACE_OF_THE_LINK, Letter
from notifications.models import Channel, Message
from recordsets.collisions import in_one_piece

from .models import Invitation, User

PASSWORD_RESET = "password_reset"  # noqa: S105 (the name of a kind of mail)
INVITATION, CHANGED = "invitation", "account_changed"
CHANGES: dict[str, str | Promise] = {
    "password_changed": gettext_lazy("The password of your account was changed"),
    "factor_added": gettext_lazy("A second factor was added to your account"),
    "factor_removed": gettext_lazy("A second factor was taken away from your account"),
    "factors_reset": gettext_lazy("Every second factor of your account was taken away"),
    "codes_made": gettext_lazy("New recovery codes were made for your account"),
    "new_device": gettext_lazy("Your account was used to sign in on a new device"),
    "soon_locked": gettext_lazy("Your account will be locked, for you have not signed in for long"),
    "locked": gettext_lazy("Your account was locked, for you have not signed in for long"),
    "unlocked": gettext_lazy("Your account was unlocked"),
}
"""What can happen to an account, by the last part of the event's name; none of it can be turned off."""


@in_one_piece
def tell_password_reset(user: User, *, at: datetime) -> None:
    """Write that somebody asked for a new password. The row holds no key: it is made when the mail goes."""
    _tell(user, PASSWORD_RESET, PASSWORD_RESET, key=f"{PASSWORD_RESET}:{uuid4().hex}", at=at)


@in_one_piece
def tell_changed(user: User, what: str, *, at: datetime) -> None:
    """Write to the owner of an account what happened to it: one of ``CHANGES``."""
    if what not in CHANGES:
        raise KeyError(what)
    _tell(user, what, CHANGED, key=f"{CHANGED}:{uuid4().hex}", at=at)


@in_one_piece
def tell_invited(invitation: Invitation, *, at: datetime) -> None:
    """Write to whom a capacity is offered. The row holds no secret: the link is made when the mail goes."""
    _tell(invitation.user, INVITATION, INVITATION, key=_key(invitation), at=at)


def _key(invitation: Invitation) -> str:
    return f"{INVITATION}:{invitation.public_id.hex}"


def _tell(user: User, what: str, letter: str, *, key: str, at: datetime) -> None:
    outbox.tell(
        event=f"account.{what}",
        recipients=[user],
        key=key,
        about="",
        link=reverse("account_reset_password"),
        subject="",
        body="",
        at=at,
        channels=[Channel.EMAIL],
        urgent=True,
        mandatory=True,
        letter=letter,
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


def changed(message: Message) -> Letter:
    """The mail that says what happened to an account, and what to do if it was not its owner."""
    what = str(CHANGES[message.event.partition(".")[2]])
    link = f"{settings.SITE_URL}{reverse('account_reset_password')}"
    text = render_to_string("account/email/changed.txt", {"what": what, "link": PLACE_OF_THE_LINK})
    return Letter(what, text, link)


def invitation(message: Message) -> Letter:
    """The mail with the link by which somebody takes up a capacity, in the active language.

    It names no organization: a mail may be read by others.
    """
    from .services.invitations import secret_of

    public_id = message.effect_key.split(":")[1]
    offered = Invitation.objects.select_related("user").get(public_id=public_id)
    path = reverse("invitation", args=[offered.public_id, secret_of(offered)])
    text = render_to_string("account/email/invitation.txt", {"link": PLACE_OF_THE_LINK})
    return Letter(_("You are invited"), text, f"{settings.SITE_URL}{path}", secret=True)

"""E-mail that says nothing: it may be read on a shared phone, by an employer, or under a subpoena."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext, ngettext

from notifications import one_click
from notifications.channels import PermanentFailure, Receipt
from notifications.models import Channel, Incident, Message

PLACE_OF_THE_LINK = "[[link]]"
SUMMARY = "summary"
"""The kind of mail that says only how many messages wait."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says: ``text`` is its body with PLACE_OF_THE_LINK where ``link`` goes.

    ``secret`` means that whoever holds the link may act as the recipient, so the link is stored nowhere.
    """

    subject: str
    text: str
    link: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail ready to go. ``message_pk`` is the row it comes from, ``text`` the body without its link.

    ``off_link`` turns such mail off with one click; it is empty where the mail cannot be turned off.
    """

    message_pk: int
    message_id: str
    to: str
    subject: str
    text: str
    link: str
    language: str
    at: datetime
    off_link: str = ""
    secret: bool = False

    @property
    def body(self) -> str:
        return self.text.replace(PLACE_OF_THE_LINK, self.link)


class Carrier(Protocol):
    """Takes mails for as long as one run lasts; raises one of the failures of ``notifications.channels``.

    ``send`` calls ``before`` at the last moment at which the mail can still be held back, and not at all if
    the mail does not get that far. ``next_to`` is the address that the next mail goes to, where that is
    known: it may be announced together with this one, and nothing is lost if it does not come.
    """

    def send(self, mail: Mail, *, before: Callable[[], None], next_to: str = "") -> Receipt: ...

    def close(self) -> None: ...


def deliver(
    message: Message,
    *,
    carrier: Carrier,
    at: datetime,
    before: Callable[[], None],
    following: Message | None = None,
) -> Receipt:
    """Hand a message over to the carrier, and tell it where the one that follows goes, if that is certain."""
    mail = compose(message, to=address_of(message), at=at)
    return carrier.send(mail, before=before, next_to=known_address(following) if following else "")


def known_address(message: Message) -> str:
    """Where the usual mail of a message will go; nothing where it has to be seen first."""
    if message.channel != Channel.EMAIL or message.letter:
        return ""
    try:
        return address_of(message)
    except PermanentFailure:
        return ""


def address_of(message: Message) -> str:
    """The recipient's address. Raises PermanentFailure when nobody could read a mail sent there."""
    if not message.recipient.is_active:
        raise PermanentFailure("", kind=Incident.Kind.ACCOUNT_CLOSED)
    address = str(getattr(message.recipient, "email", "") or "").strip()
    local, at_sign, domain = address.rpartition("@")
    if not (local and at_sign and domain) or any(character in " \t\r\n\v\f<>" for character in address):
        raise PermanentFailure("", kind=Incident.Kind.NO_ADDRESS)
    return address


def compose(message: Message, *, to: str, at: datetime) -> Mail:
    """The mail for a message. Of the usual one it uses the urgency, the language and the random public id."""
    letter = letter_of(message)
    return Mail(
        message_pk=message.pk,
        message_id=message.message_id,
        to=to,
        subject=letter.subject,
        text=letter.text,
        link=letter.link,
        language=message.language,
        at=at,
        off_link=one_click.link(message) if message.can_be_turned_off else "",
        secret=letter.secret,
    )


def letter_of(message: Message) -> Letter:
    """What the mail of a message says, made when it is sent.

    ``settings.NOTIFICATIONS_LETTERS`` names a function for each kind of mail that is neither the usual one
    nor a summary: it takes the message and gives a Letter.
    """
    link = f"{settings.SITE_URL.rstrip('/')}/inbox/{message.public_id}/"
    if not message.letter:
        return Letter(*wording(urgent=message.urgent, language=message.language), link)
    with translation.override(message.language):
        if message.letter == SUMMARY:
            return Letter(*summary(message.carried.count()), link)
        write: Callable[[Message], Letter] = import_string(settings.NOTIFICATIONS_LETTERS[message.letter])
        return write(message)


@cache
def wording(*, urgent: bool, language: str) -> tuple[str, str]:
    """Subject and body, the same for every event; the body has PLACE_OF_THE_LINK where the link goes."""
    with translation.override(language):
        if urgent:
            subject, template = gettext("Urgent: please open your inbox today"), "urgent"
        else:
            subject, template = gettext("There is news in your case"), "news"
        body = render_to_string(f"notifications/mail/{template}.txt", {"inbox_link": PLACE_OF_THE_LINK})
    return subject, body


def summary(number: int) -> tuple[str, str]:
    """Subject and body of a summary, in the active language: a number and the link."""
    subject = ngettext("%(number)d message in your inbox", "%(number)d messages in your inbox", number)
    body = render_to_string("notifications/mail/summary.txt", {"inbox_link": PLACE_OF_THE_LINK})
    return subject % {"number": number}, body

"""E-mail that says nothing: it may be read on a shared phone, by an employer, or under a subpoena."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from notifications.channels import PermanentFailure, Receipt
from notifications.models import Incident, Message

PLACE_OF_THE_LINK = "[[link]]"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail ready to go. ``message_pk`` is the row it comes from, ``text`` the body without its link."""

    message_pk: int
    message_id: str
    to: str
    subject: str
    text: str
    link: str
    language: str
    at: datetime

    @property
    def body(self) -> str:
        return self.text.replace(PLACE_OF_THE_LINK, self.link)


class Carrier(Protocol):
    """Takes mails for as long as one batch lasts; raises TemporaryFailure or PermanentFailure."""

    def send(self, mail: Mail) -> Receipt: ...

    def close(self) -> None: ...


def deliver(message: Message, *, carrier: Carrier, at: datetime) -> Receipt:
    return carrier.send(compose(message, to=address_of(message), at=at))


def address_of(message: Message) -> str:
    """The recipient's address. Raises PermanentFailure when nobody could read a mail sent there."""
    if not message.recipient.is_active:
        raise PermanentFailure("", kind=Incident.Kind.ACCOUNT_CLOSED)
    address = str(getattr(message.recipient, "email", "") or "").strip()
    local, at_sign, domain = address.rpartition("@")
    if not (local and at_sign and domain) or any(character.isspace() for character in address):
        raise PermanentFailure("", kind=Incident.Kind.NO_ADDRESS)
    return address


def compose(message: Message, *, to: str, at: datetime) -> Mail:
    """The mail for a message. Of the message it uses the urgency, the language and the random public id."""
    subject, text = wording(urgent=message.urgent, language=message.language)
    return Mail(
        message_pk=message.pk,
        message_id=message.message_id,
        to=to,
        subject=subject,
        text=text,
        link=f"{settings.SITE_URL.rstrip('/')}/inbox/{message.public_id}/",
        language=message.language,
        at=at,
    )


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

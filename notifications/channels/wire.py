"""A mail as it goes over the wire: what many mails share is encoded once, the rest is put in as bytes."""

import re
from datetime import datetime
from email import quoprimime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_LINES
from email.utils import format_datetime
from functools import cache, lru_cache
from uuid import UUID

from django.conf import settings

from notifications.channels.email import PLACE_OF_THE_LINK, Mail

END_OF_MAIL = b".\r\n"
NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SAMPLE = str(UUID(int=0))


def as_bytes(mail: Mail, address: str) -> bytes:
    """The whole mail with the line that ends it, ready for the server. Raises UnicodeError outside ASCII."""
    before_link, after_link = frame(mail.subject, mail.text, mail.language, settings.DEFAULT_FROM_EMAIL)
    head = f"To: {address}\r\nMessage-ID: {mail.message_id}\r\nDate: {date_line(mail.at)}\r\n"
    if mail.off_link:  # RFC 2369 and RFC 8058; the mail server has to sign both headers
        head += (
            f"List-Unsubscribe: <{mail.off_link}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        )
    return b"".join((head.encode("ascii"), before_link, encoded(mail.link), after_link))


@cache
def frame(subject: str, text: str, language: str, sender: str) -> tuple[bytes, bytes]:
    """What stands before and after the link: headers and body, encoded, with leading dots doubled."""
    letter = EmailMessage(policy=SMTP_LINES)
    letter["From"] = sender
    letter["Subject"] = subject
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text, cte="quoted-printable")
    letter["Content-Language"] = language  # set_content drops every Content- header before it
    before, _link, after = letter.as_bytes().partition(PLACE_OF_THE_LINK.encode("ascii"))
    return _dots_doubled(before), _dots_doubled(after) + END_OF_MAIL


def encoded(link: str) -> bytes:
    """A link as quoted-printable (RFC 2045 section 6.7)."""
    number = NUMBER.search(link)
    if number is None:
        return _quoted(link).encode("ascii")
    before, after = _around_number(link[: number.start()], link[number.end() :])
    return before + number[0].encode("ascii") + after if before else _quoted(link).encode("ascii")


@lru_cache(maxsize=16)
def _around_number(before: str, after: str) -> tuple[bytes, bytes]:
    """The encoded parts around a random number; empty if a soft line break falls into the number."""
    first, number, last = _quoted(f"{before}{SAMPLE}{after}").partition(SAMPLE)
    return (first.encode("ascii"), last.encode("ascii")) if number else (b"", b"")


def _quoted(link: str) -> str:
    return quoprimime.body_encode(link, eol="\r\n")


@lru_cache(maxsize=4)
def date_line(at: datetime) -> str:
    return format_datetime(at)


def _dots_doubled(part: bytes) -> bytes:
    return re.sub(rb"(?m)^\.", b"..", part)

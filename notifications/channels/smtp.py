import re
import smtplib
import ssl
from contextlib import suppress
from email import quoprimime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_LINES
from email.utils import format_datetime, parseaddr
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

from notifications.channels import PermanentFailure, Receipt, TemporaryFailure
from notifications.channels.email import PLACE_OF_THE_LINK, Mail
from notifications.models import Incident

SECONDS_TO_WAIT = 20
QUEUED_AS = re.compile(r"queued as\W*([\w.-]+)|\bid[=:\s]+([\w.-]+)", re.IGNORECASE)


class Smtp:
    """One SMTP connection for a batch, opened at the first mail and opened again if it breaks.

    When the server cannot be reached, every later mail of the batch fails the same way without another try.
    Django's EMAIL_* settings say where the server is. See RFC 5321 section 4.2 for the reply codes.
    """

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None
        self._unreachable = ""

    def send(self, mail: Mail) -> Receipt:
        address = in_ascii(mail.to)
        server = self._connected()
        try:
            return hand_over(server, mail, address)
        except (OSError, smtplib.SMTPException) as problem:
            self._drop()
            raise TemporaryFailure(words_of(problem)) from problem

    def close(self) -> None:
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.quit()
            self._drop()

    def _connected(self) -> smtplib.SMTP:
        if self._unreachable:
            raise TemporaryFailure(self._unreachable)
        if self._server is None:
            try:
                self._server = open_connection()
            except (OSError, smtplib.SMTPException) as problem:
                self._unreachable = words_of(problem)
                raise TemporaryFailure(self._unreachable) from problem
        return self._server

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def open_connection() -> smtplib.SMTP:
    seconds = settings.EMAIL_TIMEOUT or SECONDS_TO_WAIT
    kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
    own_name = urlsplit(settings.SITE_URL).hostname
    server = kind(settings.EMAIL_HOST, settings.EMAIL_PORT, local_hostname=own_name, timeout=seconds)
    try:
        if settings.EMAIL_USE_TLS:
            server.starttls(context=ssl.create_default_context())
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server


def hand_over(server: smtplib.SMTP, mail: Mail, address: str) -> Receipt:
    """Give the server one mail. A refused sender can be mended by us; a refused recipient is final."""
    code, answer = server.mail(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    if code >= 400:
        give_up(server, code, answer, final=False)
    code, answer = server.rcpt(address)
    if code >= 400:
        give_up(server, code, answer, final=code >= 500)
    try:
        code, answer = server.data(as_bytes(mail, address))
    except smtplib.SMTPDataError as refusal:
        code, answer = refusal.smtp_code, as_reply(refusal.smtp_error)
    if code >= 400:
        give_up(server, code, answer, final=code >= 500)
    text = answer.decode(errors="replace")
    number = QUEUED_AS.search(text)
    return Receipt(
        provider_id=next(filter(None, number.groups())) if number else mail.message_id,
        answer=f"{code} {text}",
    )


def give_up(server: smtplib.SMTP, code: int, answer: bytes, *, final: bool) -> None:
    """Raise the failure that a reply means, with the connection ready for the next mail."""
    text = f"{code} {answer.decode(errors='replace')}"
    if code == 421:
        raise smtplib.SMTPServerDisconnected(text)
    server.rset()
    raise PermanentFailure(text) if final else TemporaryFailure(text)


def as_bytes(mail: Mail, address: str) -> bytes:
    """The mail as it goes over the wire. Only four things differ between mails, so only they are encoded."""
    head = f"To: {address}\r\nMessage-ID: {mail.message_id}\r\nDate: {format_datetime(mail.at)}\r\n"
    rest = frame(mail.subject, mail.text, mail.language, settings.DEFAULT_FROM_EMAIL)
    link = quoprimime.body_encode(mail.link, eol="\r\n")
    return (head + rest.replace(PLACE_OF_THE_LINK, link)).encode("ascii")


@cache
def frame(subject: str, text: str, language: str, sender: str) -> str:
    """The headers and the body that many mails share, encoded once; PLACE_OF_THE_LINK is left in the body."""
    letter = EmailMessage(policy=SMTP_LINES)
    letter["From"] = sender
    letter["Subject"] = subject
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text, cte="quoted-printable")
    letter["Content-Language"] = language  # set_content drops every Content- header before it
    return letter.as_bytes().decode("ascii")


def in_ascii(address: str) -> str:
    """The address as every server takes it, a domain in other letters as its xn-- form."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local.encode('ascii').decode()}@{domain.encode('idna').decode()}"
    except UnicodeError as problem:
        raise PermanentFailure("", kind=Incident.Kind.NO_ADDRESS) from problem


def words_of(problem: Exception) -> str:
    """What happened, in words for the ledger."""
    if isinstance(problem, smtplib.SMTPResponseException):
        return f"{problem.smtp_code} {as_reply(problem.smtp_error).decode(errors='replace')}"
    return f"{type(problem).__name__}: {problem}"


def as_reply(error: bytes | str) -> bytes:
    return error if isinstance(error, bytes) else error.encode()

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.utils import parseaddr
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

from notifications.channels import InDoubt, PermanentFailure, Receipt, TemporaryFailure
from notifications.channels.email import Mail
from notifications.channels.wire import as_bytes
from notifications.models import Incident

SECONDS_TO_WAIT = 20
LONGEST_LINE = 8192  # bytes
SECONDS_FOR_AN_ANSWER = 120
"""How long a server may think about a mail it was given; ``settings.NOTIFICATIONS_SECONDS_FOR_AN_ANSWER``
says otherwise. RFC 5321 section 4.5.3.2.6 asks for ten minutes, but a relay's lease is shorter than that."""
QUEUED_AS = re.compile(r"queued as\W*([\w.-]+)|\bid[=:\s]+([\w.-]+)", re.IGNORECASE)


class Smtp:
    """One SMTP connection for a run, opened at the first mail and opened again if it breaks.

    When the server cannot be reached, every later mail of the run fails the same way without another try.
    Where the server allows it, the next mail is announced together with the text of this one (RFC 2920
    section 3.1); its own text leaves when it is sent. Django's EMAIL_* settings say where the server is. See
    RFC 5321 section 4.2 for the reply codes.
    """

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None
        self._unreachable = ""
        self._announced = ""

    def send(self, mail: Mail, *, before: Callable[[], None], next_to: str = "") -> Receipt:
        address = in_ascii(mail.to)
        content = as_bytes(mail, address)
        if self._announced not in ("", address):  # the server waits for the text of a mail that does not come
            self._drop()
        server = self._connected()
        try:
            offer(server, address, announced=bool(self._announced))
        except (OSError, smtplib.SMTPException) as problem:
            self._drop()
            raise TemporaryFailure(words_of(problem)) from problem
        finally:
            self._announced = ""
        try:
            before()
            if next_to.isascii() and server.has_extn("pipelining"):
                self._announced = next_to
            return hand_over(server, content, mail.message_id, next_to=self._announced)
        except (OSError, smtplib.SMTPException) as problem:
            self._drop()
            raise InDoubt(words_of(problem)) from problem
        except (PermanentFailure, TemporaryFailure):
            if self._announced:
                self._drop()
            raise
        except BaseException:  # the server still waits for a text: anything said to it now would be one
            self._drop()
            raise

    def close(self) -> None:
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                if not self._announced:
                    self._server.quit()
            self._drop()

    def _connected(self) -> smtplib.SMTP:
        if self._unreachable:
            raise TemporaryFailure(self._unreachable)
        if self._server is None or self._server.sock is None:
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
        self._announced = ""


def open_connection() -> smtplib.SMTP:
    kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
    own_name = urlsplit(settings.SITE_URL).hostname
    server = kind(settings.EMAIL_HOST, settings.EMAIL_PORT, local_hostname=own_name, timeout=patience())
    try:
        if settings.EMAIL_USE_TLS:
            server.starttls(context=ssl.create_default_context())
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        server.ehlo_or_helo_if_needed()
        if server.sock is not None:
            server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        server.close()
        raise
    return server


def announcing(address: str) -> tuple[str, str, str]:
    """The commands after which the server waits for the text of a mail."""
    return envelope_from(settings.DEFAULT_FROM_EMAIL), f"RCPT TO:<{address}>", "DATA"


def offer(server: smtplib.SMTP, address: str, *, announced: bool) -> None:
    """Announce one mail, up to the point where the server waits for its text.

    A refused sender can be mended by us; a refused recipient is final. Where the server allows it
    (PIPELINING, RFC 2920), the three commands travel together. Of one that was announced with the mail
    before it, only the replies are still to be read.
    """
    commands = announcing(address)
    if announced or server.has_extn("pipelining"):
        if not announced:
            server.send("\r\n".join((*commands, "")))
        replies = [reply_of(server) for _command in commands]
    else:
        replies = []
        for command in commands:
            replies.append(server.docmd(command))
            if replies[-1][0] >= 400:
                break
    for place, (code, answer) in enumerate(replies):
        if code >= 400:
            if replies[-1][0] == 354:  # it waits for a text although nobody would get it
                server.docmd(".")
            give_up(server, code, answer, final=place > 0 and code >= 500)


def hand_over(server: smtplib.SMTP, content: bytes, message_id: str, *, next_to: str) -> Receipt:
    """Give the server the mail it waits for. From the first byte on, only its answer tells what happened.

    A mail to ``next_to`` is announced in the same breath.
    """
    server.send(content + "\r\n".join((*announcing(next_to), "")).encode("ascii") if next_to else content)
    wait(server, seconds_for_an_answer())
    code, answer = reply_of(server)
    if code >= 400:
        give_up(server, code, answer, final=code >= 500, waits=bool(next_to))
    wait(server, patience())
    text = answer.decode(errors="replace")
    number = QUEUED_AS.search(text)
    return Receipt(
        provider_id=next(filter(None, number.groups())) if number else message_id,
        answer=f"{code} {text}",
    )


def reply_of(server: smtplib.SMTP) -> tuple[int, bytes]:
    """The next reply, as ``smtplib.SMTP.getreply`` gives it, in a quarter of its time."""
    assert server.file is not None
    lines = []
    while True:
        line = server.file.readline(LONGEST_LINE)
        if not line:
            server.close()
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        if not line[:3].isdigit():
            server.close()
            raise smtplib.SMTPServerDisconnected(f"No reply: {line[:80]!r}")
        lines.append(line[4:].strip())
        if line[3:4] != b"-":
            return int(line[:3]), b"\n".join(lines)


def give_up(server: smtplib.SMTP, code: int, answer: bytes, *, final: bool, waits: bool = False) -> None:
    """Raise the failure that a reply means, with the connection ready for the next mail, or closed.

    A server that ``waits`` for the text of another mail takes no command.
    """
    text = f"{code} {answer.decode(errors='replace')}"
    if code == 421 or waits:
        server.close()
        raise PermanentFailure(text) if final else TemporaryFailure(text)
    with suppress(OSError, smtplib.SMTPException):
        server.rset()
    raise PermanentFailure(text) if final else TemporaryFailure(text)


def patience() -> float:
    """Seconds to wait for a connection and for the answer to a command."""
    return float(settings.EMAIL_TIMEOUT or SECONDS_TO_WAIT)


def seconds_for_an_answer() -> float:
    return float(getattr(settings, "NOTIFICATIONS_SECONDS_FOR_AN_ANSWER", SECONDS_FOR_AN_ANSWER))


def wait(server: smtplib.SMTP, seconds: float) -> None:
    if server.sock is not None:
        server.sock.settimeout(seconds)


@cache
def envelope_from(sender: str) -> str:
    """The command that names where mail comes back to: the address of DEFAULT_FROM_EMAIL."""
    return f"MAIL FROM:{smtplib.quoteaddr(parseaddr(sender)[1])}"


def in_ascii(address: str) -> str:
    """The address as every server takes it, a domain in other letters as its xn-- form."""
    if address.isascii():
        return address
    local, _, domain = address.rpartition("@")
    try:
        return f"{local.encode('ascii').decode()}@{domain.encode('idna').decode()}"
    except UnicodeError as problem:
        raise PermanentFailure("", kind=Incident.Kind.NO_ADDRESS) from problem


def words_of(problem: Exception) -> str:
    """What happened, in words for the ledger."""
    if isinstance(problem, smtplib.SMTPResponseException):
        error = problem.smtp_error
        text = error.decode(errors="replace") if isinstance(error, bytes) else error
        return f"{problem.smtp_code} {text}"
    return f"{type(problem).__name__}: {problem}"

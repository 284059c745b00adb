"""Reads reports about mails: JSON from a provider, and mails that mail servers write (RFC 3464, RFC 5965)."""

import json
import re
from collections.abc import Iterator
from email.message import Message as Mail
from typing import Any

from notifications.bounces import Entry
from notifications.models import Bounce

MOST_ENTRIES = 1000
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
MESSAGE_ID = re.compile(r"^Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)


class NotAReport(ValueError):
    """What came in cannot be read as a report; the text says what is wrong with it."""


def from_json(body: bytes) -> list[Entry]:
    """The entries of ``{"events": [{"message_id", "kind", "status", "answer"}, …]}``.

    ``kind`` is "hard", "soft", "delayed" or "complaint"; ``status`` and ``answer`` may be missing. Raises
    NotAReport.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise NotAReport("The body is not JSON.") from problem
    events = content.get("events") if isinstance(content, dict) else None
    if not isinstance(events, list) or len(events) > MOST_ENTRIES:
        raise NotAReport(f'"events" has to be a list of at most {MOST_ENTRIES} entries.')
    return [_from_event(event) for event in events]


def _from_event(event: Any) -> Entry:
    if not isinstance(event, dict):
        raise NotAReport("Each event has to be an object.")
    values = {name: event.get(name, "") for name in ("message_id", "kind", "status", "answer")}
    if not all(isinstance(value, str) for value in values.values()):
        raise NotAReport("The values of an event have to be texts.")
    if not values["message_id"] or values["kind"] not in Bounce.Kind.values:
        raise NotAReport(f'An event needs "message_id", and as "kind" one of {Bounce.Kind.values}.')
    return Entry(**{name: value.replace("\x00", "") for name, value in values.items()})


def from_mail(mail: Mail) -> list[Entry]:
    """What a mail reports about mails of ours; nothing if it is not a report, whoever wrote it."""
    if mail.get_content_type() != "multipart/report":
        return []
    kind = str(mail.get_param("report-type", "")).lower()
    message_id = _reported_mail(mail)
    if not message_id:
        return []
    if kind == "feedback-report":
        return [_complaint(mail, message_id)]
    if kind == "delivery-status":
        return [entry for block in _recipients(mail) if (entry := _about_one(block, message_id))]
    return []


def _reported_mail(report: Mail) -> str:
    """The Message-ID of the mail that came back, from its copy or its headers."""
    for part in report.walk():
        if part.get_content_type() in ("message/rfc822", "message/global"):
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Mail):
                return str(inner[0].get("Message-ID", "")).strip()
        if part.get_content_type() in ("text/rfc822-headers", "message/global-headers"):
            found = MESSAGE_ID.search(_text(part))
            return found.group(1) if found else ""
    return ""


def _text(part: Mail) -> str:
    content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        return content.decode(errors="replace")
    return "\n".join(str(each) for each in part.walk() if each is not part)


def _recipients(report: Mail) -> Iterator[Mail]:
    """The groups of fields about each recipient (RFC 3464 section 2.3)."""
    for part in report.walk():
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            blocks = part.get_payload()
            if isinstance(blocks, list):
                yield from (block for block in blocks if isinstance(block, Mail) and block.get("Action"))


def _about_one(block: Mail, message_id: str) -> Entry | None:
    """A failure or a delay; None for a delivery. A failure without a permanent status counts as soft."""
    action = str(block.get("Action", "")).strip().lower()
    found = STATUS.search(str(block.get("Status", "")))
    status = found.group() if found else ""
    answer = " ".join(str(block.get("Diagnostic-Code", "")).split())
    if action == "failed":
        kind = Bounce.Kind.HARD if status.startswith("5") else Bounce.Kind.SOFT
    elif action == "delayed":
        kind = Bounce.Kind.DELAYED
    else:
        return None
    return Entry(message_id, kind, status, answer)


def _complaint(report: Mail, message_id: str) -> Entry:
    """A reader's complaint (RFC 5965 section 3.1); its type is kept as the answer."""
    for part in report.walk():
        fields = part.get_payload() if part.get_content_type() == "message/feedback-report" else None
        if isinstance(fields, list) and fields and isinstance(fields[0], Mail):
            return Entry(
                message_id, Bounce.Kind.COMPLAINT, "", str(fields[0].get("Feedback-Type", "")).strip()
            )
    return Entry(message_id, Bounce.Kind.COMPLAINT)

"""What a log line looks like, and what never stands in one: a personal fact.

In production every line is one JSON object. Names cannot be told from other words, so they are kept out at
the source: loggers that print data (SQL parameters, template contexts) are silenced whatever their level, and
of an exception only its type and place are written, because its message may quote a row. What has a shape
(e-mail addresses, A-numbers, receipt and Social Security numbers, a query in an address) is blacked out.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TypeAlias

from django.db import Error as DatabaseError

from referrals import in_hand
from referrals.personal_data import find

Raised: TypeAlias = "tuple[type[BaseException], BaseException, TracebackType | None]"

PRINT_DATA = ("django.db.backends", "django.template")
"""Loggers whose lines below a warning hold parameters and contexts: names among them."""
ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'=]+@[^\s<>()\[\]:;,\"'.]+\.[^\s<>()\[\]:;,\"']+")
QUERY = re.compile(r"(?<=\S)\?\S+")
PACKAGES = ("config", "referrals", "workflows", "notifications", "recordsets")
FIGURES = ("status", "milliseconds")
"""What a line may carry in ``extra``: numbers, no words."""


def told(record: logging.LogRecord) -> str:
    """What a line says. For an address that Django names, the route stands: addresses may hold names."""
    text = record.getMessage()
    path = getattr(getattr(record, "request", None), "path", "")
    if path:
        match = record.__dict__["request"].resolver_match
        text = text.replace(path, f"/{match.route}" if match else "(no such page)")
    return without_facts(text)


def without_facts(text: str) -> str:
    """The text with everything blacked out that has the shape of a personal fact."""
    text = QUERY.sub("?[…]", ADDRESS.sub("[address]", text))
    for found in reversed(find(text)):
        text = f"{text[: found.start]}[{found.kind.name.lower()}]{text[found.end :]}"
    return text


class NoData(logging.Filter):
    """Stops the lines of loggers that print data, whatever level somebody gave them."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING or not record.name.startswith(PRINT_DATA)


class Line(logging.Formatter):
    """A line for people: time, level, logger, message, and in brackets what it belongs to.

    With ``whole_errors`` an exception is written with its message, where all records are invented.
    """

    def __init__(self, *, whole_errors: bool = False) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")
        self.whole_errors = whole_errors

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the name is Python's)
        record.message = told(record)
        belongs = " ".join(f"{name}={value}" for name, value in belonging().items())
        return super().formatMessage(record) + (f" [{belongs}]" if belongs else "")

    def formatException(self, raised: Any) -> str:  # noqa: N802
        if self.whole_errors:
            return super().formatException(raised)
        return json.dumps(error(raised))


class Json(logging.Formatter):
    """One JSON object for each line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": told(record),
            **belonging(),
        }
        line.update({name: record.__dict__[name] for name in FIGURES if name in record.__dict__})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = error(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def belonging() -> dict[str, Any]:
    """The request, the case, the account and the task that a line belongs to, where there are any."""
    queue = sys.modules.get("celery")  # where nobody has loaded it, there is no task
    task = queue.current_task.request.id if queue and queue.current_task else None
    known = {
        "request": in_hand.request_id.get(),
        "case": in_hand.case.get(),
        "account": in_hand.account.get(),
        "task": task,
    }
    return {
        name: without_facts(value) if isinstance(value, str) else value
        for name, value in known.items()
        if value
    }


def error(raised: Any) -> list[dict[str, Any]]:
    """An exception and those behind it, the last first: type and place, never the message.

    Of a database error also its code and the name of the constraint, which are the database's own words.
    """
    found: list[dict[str, Any]] = []
    each: BaseException | None = raised[1]
    while each is not None and len(found) < 10:
        frames = traceback.extract_tb(each.__traceback__)
        told = {
            "type": f"{type(each).__module__}.{type(each).__qualname__}",
            "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        }
        found.append({**told, **(_of_database(each) if isinstance(each, DatabaseError) else {})})
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return found


def _of_database(failure: BaseException) -> dict[str, str]:
    told = getattr(failure.__cause__, "diag", None)
    known = {
        "sqlstate": getattr(told, "sqlstate", None),
        "constraint": getattr(told, "constraint_name", None),
    }
    return {name: str(value) for name, value in known.items() if value}


def configuration(*, level: str, style: str, whole_errors: bool) -> dict[str, Any]:
    """Django's LOGGING. ``level`` is for the project's own packages; others are never let below INFO."""
    others = "INFO" if level == "DEBUG" else level
    here = {"handlers": ["stdout"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"no_data": {"()": NoData}},
        "formatters": {"line": {"()": Line, "whole_errors": whole_errors}, "json": {"()": Json}},
        "handlers": {
            "stdout": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": style,
                "filters": ["no_data"],
            }
        },
        "root": {"handlers": ["stdout"], "level": others},
        "loggers": {
            **{package: {"level": level} for package in PACKAGES},
            # These bring handlers of their own where nobody gives them one.
            **{
                name: {**here, "level": others} for name in ("django.server", "celery.task", "gunicorn.error")
            },
            "django": {"handlers": [], "level": others, "propagate": True},
        },
    }

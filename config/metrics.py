"""``/metrics``: the figures of the operations page in Prometheus's text format.

Everything is read from the database at the moment of the scrape, so that any number of web processes tell the
same, and a restart resets nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST

import present
from config.health import has_token, is_administrator
from referrals import broker, readings
from referrals.models import Heartbeat
from referrals.readings import Reading

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For the bearer of ``OPERATIONS_TOKEN``, this machine itself, and signed-in administrators."""
    if not (has_token(request) or is_local(request) or is_administrator(request)):
        return HttpResponse(
            "Send the operations token.\n", status=401, headers={"WWW-Authenticate": "Bearer"}
        )
    registry = CollectorRegistry()
    registry.register(Figures(at=present.now()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def is_local(request: HttpRequest) -> bool:
    """Whether a program on this machine asks. Behind a proxy every address looks local, so then nobody is."""
    if settings.BEHIND_TLS_PROXY or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class Figures:
    """One scrape: a collector for prometheus_client. While the database is away it says that, and no more."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        try:
            reading = readings.read(at=self.at)
        except Error:
            redis = broker.look()
            yield up(database=False, redis=redis.answers if redis.used else None)
            return
        yield up(database=True, redis=reading.broker.answers if reading.broker.used else None)
        yield from lags(reading)
        yield from numbers(reading)
        yield from proofs(reading)
        yield from totals(reading)


def up(*, database: bool, redis: bool | None) -> Metric:
    parts = {"database": database, **({} if redis is None else {"redis": redis})}
    return labelled("casework_up", "Whether a server answers: 1 or 0.", "server", parts)


def lags(reading: Reading) -> Iterable[Metric]:
    ages = {
        part.value: age.total_seconds()
        for part in Heartbeat.Part
        if (age := reading.age_of(part)) is not None
    }
    yield labelled("casework_last_seen_age_seconds", "Since a part of the system last worked.", "part", ages)
    for name, words, seconds in (
        ("deadline_lag", "How long the oldest due date waits to fire.", reading.deadline_lag),
        ("outbox_lag", "How long the oldest undelivered message waits.", reading.outbox.oldest_pending_age),
    ):
        yield GaugeMetricFamily(f"casework_{name}_seconds", words, seconds.total_seconds())


def numbers(reading: Reading) -> Iterable[Metric]:
    for name, words, number in (
        ("deadlines_armed", "Dates that wait to fire.", reading.armed),
        ("deadlines_overdue", "Dates that have passed and have not fired.", reading.overdue),
        ("outbox_pending", "Messages that should have been delivered by now.", reading.outbox.pending),
        (
            "incidents_open",
            "Messages that could not be delivered, not yet seen to.",
            reading.outbox.incidents,
        ),
        ("sweep_failed_cases", "Cases that failed in the last sweep.", reading.failed_cases),
        ("workers", "Workers seen in the last ten minutes.", len(reading.workers)),
    ):
        yield GaugeMetricFamily(f"casework_{name}", words, number)
    if reading.broker.answers:
        yield GaugeMetricFamily("casework_queue_tasks", "Tasks that wait for a worker.", reading.broker.queue)
    files = {"waiting": reading.files.waiting, "infected": reading.files.infected}
    files["unchecked"] = reading.files.unchecked
    yield labelled("casework_files", "Attached files, by how their check for malware stands.", "check", files)
    stuck = {trouble.value: number for trouble, number in reading.stuck.items()}
    yield labelled("casework_stuck_cases", "Cases that nothing will move, by trouble.", "trouble", stuck)
    yield labelled("casework_open_cases", "Open cases, by kind.", "kind", reading.open_cases)


def proofs(reading: Reading) -> Iterable[Metric]:
    found = {
        part.value: number
        for part in (Heartbeat.Part.VERIFY, Heartbeat.Part.REPLAY)
        if (number := reading.wrong_in(part)) is not None
    }
    words = "Places that the last nightly walk over all histories found wrong."
    yield labelled("casework_history_problems", words, "proof", found)


def totals(reading: Reading) -> Iterable[Metric]:
    steps = CounterMetricFamily("casework_steps", "Lines of all histories, by kind of case.", labels=["kind"])
    for kind, number in reading.steps.items():
        steps.add_metric([kind], number)
    yield steps
    refused = CounterMetricFamily(
        "casework_refused_steps", "Refused steps, by kind of case and reason.", labels=["kind", "code"]
    )
    for kind, code, number in reading.refused:
        refused.add_metric([kind, code], number)
    yield refused


def labelled(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, number in values.items():
        family.add_metric([value], float(number))
    return family

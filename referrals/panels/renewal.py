"""What the page of a renewal shows: the windows, the statement, and the gap that may open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from workflows import days_in_words
from workflows.days import rule_day

from ..models import Renewal
from ..services import renewals
from .base import Link, Panel, Section

PARTS = "worker_side/panels"


def panel(record: Renewal, user: Any, *, at: datetime) -> Panel:
    """The panel for the representative, who alone sees renewals."""
    grant = record.grant
    statement = grant.worker_request.statement
    outlook = renewals.outlook(grant, at=at)
    links = [Link(_("The worker"), reverse("worker", args=[record.person.token]))]
    if record.request is not None:
        links.insert(0, Link(_("The new request"), record.request.get_absolute_url(), main=True))
    facts: list[tuple[str, Any]] = [
        (
            _("Deferred action"),
            format_html('<a href="{}">{}</a>', grant.get_absolute_url(), grant.reference),
        ),
        (
            _("Runs"),
            _("%(start)s to %(end)s")
            % {
                "start": days_in_words.day_with_weekday(grant.starts_on),
                "end": days_in_words.day_with_weekday(grant.ends_on),
            },
        ),
        (
            _("Statement"),
            format_html(
                '<a href="{}">{}</a> · {}',
                statement.get_absolute_url(),
                statement.reference,
                _("updated since the grant")
                if outlook.statement_is_updated
                else _("not updated since the grant"),
            ),
        ),
    ]
    sections = [
        Section(
            "windows", _("When to file"), f"{PARTS}/windows.html", {"outlook": outlook, "today": rule_day(at)}
        ),
        Section(
            "kinds", _("Extension or renewal"), f"{PARTS}/kinds.html", {"outlook": outlook, "grant": grant}
        ),
    ]
    return Panel(title=record.person.name, facts=facts, sections=sections, links=links)

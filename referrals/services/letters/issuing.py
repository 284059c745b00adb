"""Issues letters: written, rendered and stored in the transaction of the step they belong to."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from referrals.letters import Letter, render
from workflows.models import Kind, Step
from workflows.parties import Actor

from ...models import Document
from .occasions import taken
from .templates import Template, template_of

log = logging.getLogger(__name__)
DENIED_WITH_IT = "deny_with_request"


def issue_for(record: Any, step: Step, *, by: Actor, at: datetime) -> None:
    """Issue the letters of this step, if any belong to it: one for each language of its reader.

    Called inside the step's transaction, after its effects on other cases; a step that is rolled
    back takes its letters with it.
    """
    template = template_of(record, step.name)
    if template is not None:
        occasion = taken(record, step, by=by, at=at)
        for language in template.languages(record):
            _keep(record, template, template.letter(occasion, language), by=by, at=at)
    if record.machine.kind == Kind.WORKER_REQUEST:
        _issue_for_permits_denied_with(record, step, by=by, at=at)


def _issue_for_permits_denied_with(record: Any, step: Step, *, by: Actor, at: datetime) -> None:
    """The written denial of the work permits that fell with the request.

    A rejected packet goes back as a whole: its letter of rejection is the only one.
    """
    if step.name == "reject":
        return
    for permit in record.permits.all():
        last = permit.steps.order_by("-sequence").first()
        if last is not None and last.name == DENIED_WITH_IT and last.at == at:
            issue_for(permit, last, by=by, at=at)


def _keep(record: Any, template: Template, letter: Letter, *, by: Actor, at: datetime) -> None:
    rendered = render(letter)
    if rendered.unprintable:
        log.warning(
            "Letter %s of case %s: %d characters cannot be printed and were replaced",
            letter.kind,
            record.reference,
            len(rendered.unprintable),
        )
    Document.objects.create(
        case_id=record.pk,
        kind=letter.kind,
        title=letter.title,
        language=letter.language,
        sides=[str(side) for side in template.sides],
        sha256=rendered.sha256,
        content=rendered.content,
        made_at=at,
        made_by_id=by.pk,
    )

"""A step's form carried out: what belongs to the step, the step, what follows from it, or nothing at all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from recordsets.collisions import whole_again
from workflows.models import Case, Step

from ..forms.steps import StepForm
from ..models import User
from .steps import take_step


def submit(form: StepForm, name: str, *, by: User, at: datetime) -> Step:
    """Take the step of a valid form with all that it stores, in one transaction.

    The case is locked first: what the form prepares is stored only if the page
    was still fresh, and a second submission of the same page gets the first
    one's step and stores nothing. Raises ``engine.StepRefused``.
    """
    record = form.record
    expected = form.cleaned_data.get("expected_version")

    def whole() -> Step:
        version = Case.objects.select_for_update().values_list("version", flat=True).get(pk=record.pk)
        fresh = expected in (None, version)
        if fresh:
            form.prepare(by=by, at=at)
        step = take_step(
            record,
            name,
            by=by,
            at=at,
            expected_version=max(record.version, version) if fresh else expected,
            reason=form.cleaned_data.get("reason", ""),
            idempotency_key=form.cleaned_data.get("idempotency_key", ""),
            **form.step_data(),
        )
        if step.repeated:
            transaction.set_rollback(True)
        else:
            form.finish(step, by=by, at=at)
        return step

    return whole_again(whole, records=[record])

"""Who hears that a case was given to them. Whoever takes one knows it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from workflows.models import Step

from . import announcements
from .notification_matrix import CASE_GIVEN, GIVEN


def given(record: Any, step: Step) -> None:
    """One message to whoever is to work on the case, in the transaction of the line; it names nobody."""

    def words() -> str:
        return _("A colleague at your desk gave you this case to work on.")

    announcements.write(record, GIVEN, event=CASE_GIVEN, cause=f"step:{step.pk}", words=words, at=step.at)

"""Steps that end deferred action, or keep it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from workflows.models import Kind

from .base import StepForm
from .served import ServedForm


class NoticeOfTerminationForm(ServedForm):
    rule, on_field, by_field = "termination_response", "notice_served_on", "notice_served_by"

    def add_prefix_fields(self) -> None:
        self.fields["reason"].label = _("Grounds, in plain words for the worker")

    def earliest(self) -> date | None:
        starts_on: date = self.record.starts_on
        return starts_on


FORMS: dict[tuple[str, str], type[StepForm]] = {
    (Kind.GRANT, "give_notice"): NoticeOfTerminationForm,
}

"""When somebody wants mail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.models import Schedule

ZONES = [
    ("America/New_York", gettext_lazy("Eastern time (New York)")),
    ("America/Chicago", gettext_lazy("Central time (Chicago)")),
    ("America/Denver", gettext_lazy("Mountain time (Denver)")),
    ("America/Phoenix", gettext_lazy("Arizona time (Phoenix)")),
    ("America/Los_Angeles", gettext_lazy("Pacific time (Los Angeles)")),
    ("America/Anchorage", gettext_lazy("Alaska time (Anchorage)")),
    ("Pacific/Honolulu", gettext_lazy("Hawaii time (Honolulu)")),
    ("America/Puerto_Rico", gettext_lazy("Atlantic time (Puerto Rico)")),
    ("Pacific/Guam", gettext_lazy("Chamorro time (Guam)")),
]


class ScheduleForm(forms.Form):
    """Each mail at once or in a summary, quiet hours, and the time zone in which both are meant."""

    summary = forms.ChoiceField(
        label=gettext_lazy("How mail comes"),
        choices=Schedule.Summary.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("A summary says only how many messages wait in your inbox."),
    )
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Day of a weekly summary"), choices=list(WEEKDAYS.items()), coerce=int
    )
    hour = forms.TypedChoiceField(
        label=gettext_lazy("Hour of a summary"),
        choices=[(hour, f"{hour}:00") for hour in range(24)],
        coerce=int,
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("No mail from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Leave both empty for no quiet hours. They may reach over midnight."),
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("No mail until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Your time zone"), choices=ZONES)

    def __init__(self, *args: Any, schedule: Schedule | None, office_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = schedule.time_zone if schedule else office_zone
        if zone not in dict(ZONES):
            self.fields["time_zone"].choices = [*ZONES, (zone, zone)]  # type: ignore[attr-defined]
        first = schedule or Schedule(time_zone=zone)
        self.initial = {name: getattr(first, name) for name in self.fields}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if first and not last and "quiet_until" not in self.errors:
            self.add_error("quiet_until", _("Say when quiet hours end."))
        if last and not first and "quiet_from" not in self.errors:
            self.add_error("quiet_from", _("Say when quiet hours begin."))
        if first and first == last:
            self.add_error("quiet_until", _("Quiet hours have to end at another time than they begin."))
        return cleaned

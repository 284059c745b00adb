"""What a person wants to be told, how and when; and the note that mail to them comes back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

import present
from notifications import bounces, preferences, rhythm
from notifications.models import Channel
from recordsets.collisions import whole_again

from .. import notification_choices as choices
from ..forms.notification_choices import ScheduleForm
from ..models import User
from .signed_in import SignedIn

UTC = "UTC"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notification_choices(request: SignedIn) -> HttpResponse:
    """Every kind of news, channel by channel, with those that cannot be turned off and why."""
    user = request.user
    schedule = rhythm.schedules_of([user.pk]).get(user.pk)
    zone = user.acting.office.desk.time_zone if user.acting else UTC
    form = ScheduleForm(request.POST or None, schedule=schedule, office_zone=zone)
    if form.is_valid():

        def store() -> None:
            rhythm.choose(user=user, **form.cleaned_data)
            choices.store(user, lambda row, channel: f"{row.key}:{channel}" in request.POST)

        whole_again(store)
        messages.success(request, _("Your choices are stored."))
        return redirect("notification_choices")
    groups = choices.groups(user)
    chosen = preferences.chosen_by(user)
    return render(
        request,
        "pages/notification_choices.html",
        {
            "form": form,
            "groups": [_shown(group, chosen, request.POST if form.is_bound else None) for group in groups],
            "channels": [{"key": key, "label": label} for key, label in Channel.choices],
            "failing_since": bounces.failing_since(user),
        },
        status=400 if form.is_bound else 200,
    )


def _shown(group: choices.Group, chosen: dict[tuple[str, str], bool], typed: Any) -> dict[str, Any]:
    """A group with its boxes as they are stored, or as they were just ticked."""
    return {
        "label": group.label,
        "number": len(group.rows),
        "fixed": group.fixed,
        "rows": [
            {
                "label": row.label,
                "why": row.why_fixed,
                "partly": row.partly_fixed,
                "boxes": _boxes(row, chosen, typed),
            }
            for row in group.rows
        ],
    }


def _boxes(row: choices.Row, chosen: dict[tuple[str, str], bool], typed: Any) -> list[dict[str, Any]]:
    boxes = []
    for channel, label in Channel.choices:
        name = f"{row.key}:{channel}"
        if typed is not None:
            ticked = name in typed
        else:
            ticked = all(preferences.wanted(chosen, event=event, channel=channel) for event in row.events)
        boxes.append(
            {
                "name": name,
                "channel": label,
                "offered": channel in row.channels,
                "ticked": ticked or bool(row.why_fixed),
            }
        )
    return boxes


@login_required
@require_POST
def address_works(request: SignedIn) -> HttpResponse:
    """The person says that their mailbox works again."""
    user: User = request.user
    if bounces.mend(user=user, at=present.now()):
        messages.success(request, _("Thank you. If mail comes back again, you will see it here."))
    return redirect("notification_choices")

"""Pages on which a clock of a case is ordered to stand still, and on which such an order is lifted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

import present
from workflows.clock_orders import Lifting, PauseOrder
from workflows.models import Step
from workflows.refusals import Refusal, StalePage, StepRefused

from .. import clock_announcements, clock_panels, diary, presenting
from ..forms.clock_orders import LiftingForm, PauseOrderForm
from ..personal_data import PersonalDataFound
from ..services import clock_orders
from .signed_in import SignedIn, record_or_404

CONFLICT = 409
WRITTEN = "written by the form"


@dataclass(frozen=True)
class Page:
    """One of the two pages for one reader: the form, what it does, and why it may not be possible."""

    form: type[LiftingForm]
    give: Callable[..., Step]
    clock: str
    order: PauseOrder | Lifting
    lifts: bool = False


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def clock_pause(request: SignedIn, reference: str, key: str) -> HttpResponse:
    """Order one clock to stand still."""
    order = PauseOrder(key, reason=WRITTEN, authority=WRITTEN)

    def give(record: Any, **how: Any) -> Step:
        return clock_orders.order_pause(record, key, **how)

    return _answer(request, reference, Page(PauseOrderForm, give, key, order))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def clock_lift(request: SignedIn, reference: str, key: str, line: int) -> HttpResponse:
    """Lift the order that was given in a line of the history."""
    order = Lifting(key, ordered_in=line, reason=WRITTEN)

    def give(record: Any, **how: Any) -> Step:
        return clock_orders.lift_pause(record, key, ordered_in=line, **how)

    return _answer(request, reference, Page(LiftingForm, give, key, order, lifts=True))


def _answer(request: SignedIn, reference: str, page: Page) -> HttpResponse:
    record, at = record_or_404(request, reference), present.now()
    if not any(rule.key == page.clock for rule in record.machine.clocks):
        raise Http404
    if request.method != "POST":
        return _page(request, record, page, page.form(version=record.version), at=at)
    form = page.form(request.POST, version=record.version)
    if not form.is_valid():
        return _page(request, record, page, form, at=at)
    try:
        step = page.give(record, **form.cleaned_data, by=request.user, at=at)
    except StalePage as refusal:
        return _stale(request, reference, page, refusal, at=at)
    except StepRefused as refusal:
        return _page(request, record, page, form, at=at, refused=refusal.refusals)
    except PersonalDataFound as found:
        form.add_error("reason", found.messages)
        return _page(request, record, page, form, at=at)
    messages.success(request, clock_announcements.sentence(record, step))
    return redirect("case", reference=record.reference)


def _stale(
    request: SignedIn, reference: str, page: Page, refusal: StalePage, *, at: datetime
) -> HttpResponse:
    """The page again for the case as it is now, with what was typed and what happened meanwhile."""
    record = record_or_404(request, reference)
    data = request.POST.copy()
    seen = int(str(data["expected_version"]))
    data["expected_version"] = str(record.version)
    form = page.form(data, version=record.version)
    form.is_valid()
    changes = [entry for entry in diary.entries(record, request.user) if entry.sequence > seen]
    return _page(request, record, page, form, at=at, refused=refusal.refusals, changes=changes)


def _page(
    request: SignedIn,
    record: Any,
    page: Page,
    form: LiftingForm,
    *,
    at: datetime,
    refused: tuple[Refusal, ...] = (),
    changes: list[Any] | None = None,
) -> HttpResponse:
    presenting.read_clocks([record])
    shown = clock_panels.panel_of(record, page.clock, request.user, at=at)
    why_not = tuple(clock_panels.refusals(record, page.order, request.user))
    context = {
        "record": record,
        "form": form if not why_not or refused else None,
        "possible": not why_not,
        "lifts": page.lifts,
        "clock": shown,
        "label": clock_panels.label_of(record, page.clock),
        "order": next(
            (each for each in shown.pauses if each.line == getattr(page.order, "ordered_in", 0)), None
        )
        if shown
        else None,
        "refusals": tuple(dict.fromkeys((*refused, *why_not))),
        "changes": changes,
        "told": clock_panels.will_be_told(record) if not why_not else [],
    }
    return render(request, "pages/clock_order.html", context, status=CONFLICT if refused else 200)

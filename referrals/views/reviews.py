"""The review of a filed request: claim and scope side by side, and what belongs to deciding it."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

import present
from workflows.refusals import StalePage

from .. import case_page, choices, presenting, turns
from ..forms.intake import VersionedForm
from ..models import User, WorkerRequest
from ..panels import worker_request_dhs
from ..services import decisions, intake
from .signed_in import SignedIn

CONFLICT = 409
LONGEST_QUEUE = 500
ANCHORS = [
    {"id": "scope-heading", "label": _("Claim and scope")},
    {"id": "evidence-heading", "label": _("Evidence")},
    {"id": "person-heading", "label": _("The worker, as filed")},
    {"id": "do-heading", "label": _("What can be done now")},
    {"id": "packet-heading", "label": _("Packet")},
]
AnyForm = TypeVar("AnyForm", bound=VersionedForm)


def filed_request(request: SignedIn, reference: str) -> WorkerRequest:
    """The filed request with this reference, if this part of DHS may see it; 404 otherwise."""
    if not request.user.is_dhs:
        raise Http404
    found: WorkerRequest = get_object_or_404(
        WorkerRequest.objects.visible_to(request.user).select_related(
            "person", "statement__agency", "representative", "ice_office", "desk"
        ),
        reference=reference,
    )
    return found


def keep_typed(form: AnyForm, refusal: StalePage, record: Any) -> AnyForm:
    """The same form with what was typed and why it was not kept, ready to be sent again."""
    record.refresh_from_db(fields=["version"])
    data = form.data.copy()  # type: ignore[attr-defined]
    data["expected_version"] = str(record.version)
    form.data = data
    form.add_error(None, str(refusal))
    return form


@login_required
@require_safe
def review(request: SignedIn, reference: str) -> HttpResponse:
    """Claim and scope, evidence, packet, what was asked; a rail with what can be done."""
    record, at = filed_request(request, reference), present.now()
    user = request.user
    options = choices.options_seen(record, by=user, at=at)
    clocks = presenting.shown_clocks(record, at=at)
    context = {
        "record": record,
        "identity": worker_request_dhs.identity(record),
        "statement_facts": worker_request_dhs.statement_facts(record),
        "scope": worker_request_dhs.scope_context(record, timezone.localtime(at).date()),
        "evidence": {"evidence": list(record.evidence.handed_over().with_scans())},
        "packet": worker_request_dhs.packet_context(record),
        "asked": {"asked": list(record.asked_items.all()), "noid_answer": record.noid_answer},
        "routing": worker_request_dhs.routing(record),
        "decision": {"decision": decisions.last_decision(record)},
        "proposal": case_page.proposal_box(record, options),
        "may_decide": decisions.may_decide(record, user),
        "may_check": intake.may_check_packet(record, user),
        "may_route": intake.may_route(record, user),
        "standing": case_page.standing_of(record),
        "turn": case_page.turn_of(record, user, options),
        "deadline": next((clock for clock in clocks if not clock.paused), None),
        "steps": choices.buttons(record, options),
        "urgent": worker_request_dhs.urgent(record),
        "anchors": ANCHORS,
        **_neighbours(record, user),
    }
    return render(request, "dhs/review.html", context)


def _neighbours(record: WorkerRequest, user: User) -> dict[str, Any]:
    """The requests before and after this one on the reader's own desk, in the order of urgency."""
    desk = turns.my_desk(user)
    if desk is None:
        return {}
    queue = list(
        WorkerRequest.objects.visible_to(user)
        .on_desks([desk])
        .values_list("reference", flat=True)[:LONGEST_QUEUE]
    )
    if record.reference not in queue:
        return {"next": queue[0] if queue else "", "queue_length": len(queue)}
    place = queue.index(record.reference)
    return {
        "previous": queue[place - 1] if place else "",
        "next": queue[place + 1] if place + 1 < len(queue) else "",
        "place": place + 1,
        "queue_length": len(queue),
    }

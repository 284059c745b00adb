"""The packet: its checklist and its proofs of work."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from workflows.machines.worker_request import PREPARING
from workflows.refusals import StepRefused

from ..forms.packets import PacketForm
from ..forms.worker_requests import EvidenceForm
from ..models import Evidence
from ..services import packets, worker_requests
from .representatives import for_representatives, stored
from .signed_in import SignedIn
from .worker_requests import own_request

PAGE_METHODS = ["GET", "HEAD", "POST"]


@for_representatives
@require_http_methods(PAGE_METHODS)
def request_packet(request: SignedIn, reference: str) -> HttpResponse:
    record, at = own_request(request, reference), timezone.now()
    lines = packets.lines(record, on=at.date())
    form = PacketForm(request.POST or None, lines=lines, version=record.version)
    status = 200
    if form.is_valid():
        status = stored(
            form,
            record,
            lambda: packets.mark(
                record,
                by=request.user,
                at=at,
                states=form.states,
                expected_version=form.cleaned_data["expected_version"],
            ),
        )
        if not status:
            messages.success(request, _("Saved."))
            return redirect("request_packet", reference=reference)
    context = {
        "record": record,
        "form": form,
        "open_to_change": record.state in PREPARING,
        "out_of_date": record.state in PREPARING and packets.is_out_of_date(record, on=at.date()),
        "preflight": packets.preflight(record, by=request.user, at=at),
    }
    return render(request, "worker_side/request_packet.html", context, status=status or 200)


@for_representatives
@require_http_methods(PAGE_METHODS)
def request_evidence(request: SignedIn, reference: str) -> HttpResponse:
    record, at = own_request(request, reference), timezone.now()
    form = EvidenceForm(request.POST or None, today=timezone.localdate(at))
    status = 200
    if form.is_valid():
        proof = form.written("kind", "employer", "covers_from", "covers_to", "note")
        status = stored(
            form, record, lambda: worker_requests.add_evidence(record, by=request.user, at=at, **proof)
        )
        if not status:
            messages.success(request, _("Added. The scope was checked again."))
            return redirect("request_evidence", reference=reference)
    verdict = worker_requests.verdict(record, on=at.date())
    missing = [text for part in verdict.dimensions for text in part.missing] if verdict else []
    context: dict[str, Any] = {
        "record": record,
        "form": form,
        "evidence": record.evidence.all(),
        "missing": missing,
        "open_to_change": record.state in PREPARING,
    }
    return render(request, "worker_side/request_evidence.html", context, status=status or 200)


@for_representatives
@require_POST
def request_evidence_remove(request: SignedIn, reference: str, number: int) -> HttpResponse:
    record, at = own_request(request, reference), timezone.now()
    evidence = get_object_or_404(record.evidence.all(), pk=number)
    assert isinstance(evidence, Evidence)
    try:
        packets.remove_evidence(evidence, by=request.user, at=at)
    except StepRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Removed. The scope was checked again."))
    return redirect("request_evidence", reference=reference)

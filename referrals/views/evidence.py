"""Proofs of work and their scans, on the representative's side."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

import present
from workflows.days import rule_day
from workflows.machines.worker_request import ANSWERING
from workflows.refusals import StepRefused

from ..forms.evidence import EvidenceForm, ScanForm
from ..models import Evidence, WorkerRequest
from ..services import evidence as proofs
from ..services import worker_requests
from .representatives import for_representatives, stored
from .signed_in import SignedIn
from .worker_requests import own_request

PAGE_METHODS = ["GET", "HEAD", "POST"]


def own_proof(record: WorkerRequest, number: int) -> Evidence:
    """A proof of this request, or 404."""
    found: Evidence = get_object_or_404(record.evidence.with_scans(), pk=number)
    return found


@for_representatives
@require_http_methods(PAGE_METHODS)
def request_evidence(request: SignedIn, reference: str) -> HttpResponse:
    record, at = own_request(request, reference), present.now()
    form = EvidenceForm(request.POST or None, request.FILES or None, today=timezone.localdate(at))
    status = 200
    if form.is_valid():
        proof = form.written("kind", "employer", "covers_from", "covers_to", "note", "scan", "key")
        status = stored(form, record, lambda: proofs.add(record, by=request.user, at=at, **proof))
        if not status:
            messages.success(request, _("Added. The scope was checked again."))
            return redirect("request_evidence", reference=reference)
    if form.is_bound:
        form.ask_for_the_file_again()
    evidence = list(record.evidence.with_scans())
    verdict = worker_requests.verdict(record, on=rule_day(at), evidence=evidence)
    missing = [text for part in verdict.dimensions for text in part.missing] if verdict else []
    context: dict[str, Any] = {
        "record": record,
        "form": form,
        "evidence": evidence,
        "missing": missing,
        "open_to_change": proofs.may_gather(record),
        "with_answer": record.state in ANSWERING,
    }
    return render(request, "worker_side/request_evidence.html", context, status=status or 200)


@for_representatives
@require_http_methods(PAGE_METHODS)
def request_evidence_scan(request: SignedIn, reference: str, number: int) -> HttpResponse:
    """Attach a scan to a proof, or put another one in its place."""
    record, at = own_request(request, reference), present.now()
    proof = own_proof(record, number)
    form = ScanForm(request.POST, request.FILES) if request.method == "POST" else ScanForm()
    status = 200
    if form.is_valid():
        scan = form.cleaned_data["scan"]
        status = stored(form, record, lambda: proofs.attach(proof, scan, by=request.user, at=at))
        if not status:
            messages.success(request, _("Attached."))
            return redirect("request_evidence", reference=reference)
    if form.is_bound:
        form.ask_for_the_file_again()
    context = {
        "record": record,
        "form": form,
        "proof": proof,
        "open_to_change": proofs.may_gather(record) and proof.handed_over_at is None,
    }
    return render(request, "worker_side/request_evidence_scan.html", context, status=status or 200)


@for_representatives
@require_POST
def request_evidence_scan_remove(request: SignedIn, reference: str, number: int) -> HttpResponse:
    record, at = own_request(request, reference), present.now()
    proof = own_proof(record, number)
    try:
        proofs.detach(proof, by=request.user, at=at)
    except StepRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The scan was removed. The proof is still there."))
    return redirect("request_evidence", reference=reference)


@for_representatives
@require_POST
def request_evidence_remove(request: SignedIn, reference: str, number: int) -> HttpResponse:
    record, at = own_request(request, reference), present.now()
    proof = own_proof(record, number)
    try:
        proofs.remove(proof, by=request.user, at=at)
    except StepRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Removed. The scope was checked again."))
    return redirect("request_evidence", reference=reference)

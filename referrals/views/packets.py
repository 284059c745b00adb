"""The packet: its checklist and its proofs of work."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from workflows.days import rule_day
from workflows.machines.worker_request import PREPARING

from ..forms.packets import PacketForm
from ..packets import EMPLOYMENT
from ..services import evidence, packets
from .representatives import for_representatives, stored
from .signed_in import SignedIn
from .worker_requests import own_request

PAGE_METHODS = ["GET", "HEAD", "POST"]


@for_representatives
@require_http_methods(PAGE_METHODS)
def request_packet(request: SignedIn, reference: str) -> HttpResponse:
    record, at = own_request(request, reference), present.now()
    lines = packets.lines(record, on=rule_day(at))
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
        "employment": EMPLOYMENT,
        "scans": evidence.scans_in_words(record),
        "open_to_change": record.state in PREPARING,
        "out_of_date": record.state in PREPARING and packets.is_out_of_date(record, on=rule_day(at)),
        "preflight": packets.preflight(record, by=request.user, at=at),
    }
    return render(request, "worker_side/request_packet.html", context, status=status or 200)

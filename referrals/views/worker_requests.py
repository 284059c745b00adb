"""Beginning a worker's request, and what is claimed in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from workflows import policies
from workflows.days import rule_day

from .. import caseload
from ..forms.consents import ConsentForm, ScreeningForm
from ..forms.worker_requests import (
    AttachStatementForm,
    ClaimForm,
    RequestForm,
    usable_statements,
)
from ..models import Person, WorkerRequest
from ..services import consents, packets, request_drafts, worker_requests
from .representatives import for_representatives, stored
from .signed_in import SignedIn

PAGE_METHODS = ["GET", "HEAD", "POST"]


def own_request(request: SignedIn, reference: str) -> WorkerRequest:
    """A request that the reader's organization carries, or 404."""
    own = WorkerRequest.objects.visible_to(request.user).select_related("person", "statement__agency")
    found: WorkerRequest = get_object_or_404(own, reference=reference)
    return found


def is_prepared(record: WorkerRequest) -> bool:
    """Whether what is claimed can still be changed here."""
    return bool(record.state == record.machine.initial)


@for_representatives
@require_http_methods(PAGE_METHODS)
def request_new(request: SignedIn) -> HttpResponse:
    at = present.now()
    token = request.GET.get("worker", "")
    own = Person.objects.visible_to(request.user).readable()
    if not token:
        return render(
            request,
            "worker_side/choose_worker.html",
            {"workers": caseload.in_order(own)},
        )
    person = get_object_or_404(own, token=token)
    initial = {"statement": request.GET.get("statement", "")}
    form = RequestForm(
        request.POST or None, user=request.user, person=person, today=timezone.localdate(at), initial=initial
    )
    if form.is_valid():
        chosen = form.cleaned_data
        begun = request_drafts.begin(
            person,
            chosen["statement"],
            by=request.user,
            at=at,
            filing=chosen["filing"],
            earlier=chosen.get("earlier_grant"),
            asks_permit=chosen["asks_permit"],
        )
        return redirect("request_edit", reference=begun.reference)
    context = {
        "form": form,
        "worker": person,
        "has_statements": usable_statements(request.user).exists(),
        "attach_url": f"{reverse('statement_attach')}?{urlencode({'worker': token})}",
        "closed_since": _closed_since(at),
    }
    return render(request, "worker_side/request_new.html", context)


def _closed_since(at: Any) -> Any:
    try:
        status = policies.programme(rule_day(at))
    except policies.NoPolicy:
        return None
    return None if status.takes_new_requests else status.since


@for_representatives
@require_http_methods(PAGE_METHODS)
def statement_attach(request: SignedIn) -> HttpResponse:
    """Use a statement that came on paper: its number, version and printed code prove the letter."""
    form = AttachStatementForm(request.POST or None)
    if form.is_valid():
        try:
            statement = request_drafts.attach_statement(
                **form.cleaned_data, by=request.user, at=present.now()
            )
        except request_drafts.TooManyTries:
            form.add_error(
                None, _("Too many tries in one hour. Try again later, or ask the agency to share it.")
            )
        else:
            if statement is not None:
                messages.success(request, _("Your office can now use this statement."))
                return redirect(_back_to_the_request(request, statement.reference))
            form.add_error(
                None,
                _("Number, version and code do not fit together. Read them again at the foot of the letter."),
            )
    return render(request, "worker_side/statement_attach.html", {"form": form})


def _back_to_the_request(request: SignedIn, reference: str) -> str:
    token = request.GET.get("worker", "")
    query = {"worker": token, "statement": reference} if token else {"statement": reference}
    url = f"{reverse('request_new')}?{urlencode(query)}"
    assert url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url


@for_representatives
@require_http_methods(PAGE_METHODS)
def request_edit(request: SignedIn, reference: str) -> HttpResponse:
    record, at = own_request(request, reference), present.now()
    open_to_change = is_prepared(record)
    typed = request.POST if request.method == "POST" else None
    form = ClaimForm(typed, request=record, permit=packets.open_permit(record), today=timezone.localdate(at))
    status = 200
    if request.method == "POST" and not open_to_change:
        form.add_error(
            None, _("The packet stands still for the signature. Reopen the request for changes first.")
        )
        status = 409
    elif form.is_valid():
        status = stored(
            form,
            record,
            lambda: packets.save_claim(
                record,
                by=request.user,
                at=at,
                expected_version=form.cleaned_data["expected_version"],
                claim=form.claim,
                permit=form.permit,
            ),
        )
        if not status:
            messages.success(request, _("Saved. The scope was checked again."))
            return redirect("request_scope", reference=reference)
    context = {
        "record": record,
        "form": form,
        "open_to_change": open_to_change,
        "editions": policies.value("form.g-325a.editions", on=rule_day(at), default=[]),
    }
    return render(request, "worker_side/request_edit.html", context, status=status)


@for_representatives
@require_http_methods(PAGE_METHODS)
def request_consent(request: SignedIn, reference: str) -> HttpResponse:
    record, at = own_request(request, reference), present.now()
    form = ConsentForm(request.POST or None, request=record, today=timezone.localdate(at))
    status = 200
    if form.is_valid():
        names = ("counselled_on", "counselled_in", "consented_on", "safe_contact", "expected_version")
        status = stored(
            form,
            record,
            lambda: consents.record_consent(record, by=request.user, at=at, **form.written(*names)),
        )
        if not status:
            messages.success(request, _("Recorded."))
            return redirect("case", reference=reference)
    return render(
        request,
        "worker_side/request_consent.html",
        {
            "record": record,
            "form": form,
            "open_to_change": record.filed_at is None and record.closed_at is None,
            "denial_rule": _denial_rule(at),
        },
        status=status or 200,
    )


def _denial_rule(at: Any) -> Any:
    """The rule on removal proceedings after a denial, if one is in force that starts them."""
    try:
        rule = policies.policy("nta.on_denial", on=rule_day(at))
    except policies.NoPolicy:
        return None
    return rule if rule.value else None


@for_representatives
@require_http_methods(PAGE_METHODS)
def request_consent_withdraw(request: SignedIn, reference: str) -> HttpResponse:
    record, at = own_request(request, reference), present.now()
    if request.method == "POST":
        if record.closed_at is None:
            consents.withdraw_consent(record, by=request.user, at=at)
            messages.success(request, _("The consent is withdrawn. Nothing more is shared from now on."))
        return redirect("case", reference=reference)
    return render(
        request,
        "worker_side/consent_withdraw.html",
        {
            "worker": record.person,
            "cases": [record],
            "back": reverse("case", kwargs={"reference": reference}),
        },
    )


@for_representatives
@require_http_methods(PAGE_METHODS)
def request_screening(request: SignedIn, reference: str) -> HttpResponse:
    """What was told in confidence: this office reads it, nobody else ever does."""
    record = own_request(request, reference)
    notes = {name: getattr(record.screening, name) for name in ("arrests", "entries", "notes")}
    form = ScreeningForm(request.POST or None, initial=notes)
    if form.is_valid():
        worker_requests.save_screening(record, **form.written("arrests", "entries", "notes"))
        messages.success(request, _("Saved. Only your office sees it."))
        return redirect("case", reference=reference)
    return render(request, "worker_side/request_screening.html", {"record": record, "form": form})

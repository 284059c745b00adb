"""One batch: its items, what is taken out, the proposal, the decision of a second person, the certificate."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import present
from workflows.days import rule_day

from .. import certificate_paper, certificates, retention_pages
from ..forms.retention import DispositionDecisionForm, TakeOutForm
from ..letters import render as render_letter
from ..models import Disposition, User
from ..personal_data import PersonalDataFound
from ..services import dispositions as service
from ..services import holds
from .retention import for_record_keepers
from .signed_in import SignedIn

PAGE_METHODS = ["GET", "HEAD", "POST"]
CONFLICT = 409
LANGUAGES = ("en", "es")
Fate = Disposition.Fate


def _own(user: User, pk: int) -> Disposition:
    found = Disposition.objects.visible_to(user).select_related("proposed_by", "decided_by")
    return get_object_or_404(found, pk=pk)


@for_record_keepers
@require_http_methods(PAGE_METHODS)
def disposition(request: SignedIn, pk: int) -> HttpResponse:
    """The batch; a POST proposes it, or decides what was proposed."""
    batch = _own(request.user, pk)
    if "propose" in request.POST:
        return _propose(request, batch)
    form = _decision_form(request, batch)
    status = 200
    if form is not None and form.is_bound:
        status = 400
        if form.is_valid():
            try:
                return _decide(request, batch, form)
            except service.DispositionRefused as refused:
                form.add_error(None, str(refused))
                status = CONFLICT
                batch.refresh_from_db()
            except PersonalDataFound as found:
                form.add_error("note", found.messages)
    return render(request, "retention/disposition.html", _context(request, batch, form), status=status)


def _decision_form(request: SignedIn, batch: Disposition) -> DispositionDecisionForm | None:
    if batch.fate != Fate.PROPOSAL:
        return None
    mine = batch.proposed_by_id == request.user.pk
    return DispositionDecisionForm(
        request.POST or None, mine=mine, initial={"seen": service.list_hash(batch)}
    )


def _propose(request: SignedIn, batch: Disposition) -> HttpResponse:
    if not service.may_propose(request.user):
        raise Http404
    try:
        service.propose(batch, by=request.user, at=present.now())
    except service.DispositionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Proposed. A second person must approve it."))
    return redirect("disposition", pk=batch.pk)


def _decide(request: SignedIn, batch: Disposition, form: DispositionDecisionForm) -> HttpResponse:
    at, said = present.now(), form.cleaned_data
    if form.approves:
        service.approve(batch, seen=said["seen"], by=request.user, at=at)
        messages.success(
            request, _("Approved. It is carried out within minutes; this page says how far it is.")
        )
    else:
        service.turn_down(batch, because=said["note"], by=request.user, at=at)
        messages.success(request, _("Turned down. Nothing was destroyed."))
    return redirect("disposition", pk=batch.pk)


def _context(request: SignedIn, batch: Disposition, form: Any) -> dict[str, Any]:
    page = Paginator(service.items_of(batch), retention_pages.PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    held = holds.covering(item.person_id for item in shown if item.is_open)
    review = batch.fate == Fate.REVIEW and service.may_propose(request.user)
    table = retention_pages.items(shown, held, review=review)
    table["next_url"] = f"?page={page.next_page_number()}" if page.has_next() else ""
    table["previous_url"] = f"?page={page.previous_page_number()}" if page.has_previous() else ""
    left = batch.items.filter(settled_at__isnull=True).count()
    return {
        "batch": batch,
        "name": retention_pages.name_of(batch),
        "table": table,
        "left": retention_pages.how_much_is_left(left, page.paginator.count),
        "review": review,
        "may_propose": review and left > 0,
        "form": form,
        "mine": batch.proposed_by_id == request.user.pk,
        "being_carried_out": batch.fate == Fate.DECIDED_ON,
        "finished": batch.fate == Fate.DONE,
    }


@for_record_keepers
@require_http_methods(PAGE_METHODS)
def disposition_item(request: SignedIn, pk: int, number: int) -> HttpResponse:
    """One item of a batch that is reviewed; a POST takes it out, with a reason."""
    batch, at = _own(request.user, pk), present.now()
    item = get_object_or_404(service.items_of(batch), pk=number)
    if not service.may_propose(request.user):
        raise Http404
    form = TakeOutForm(request.POST or None, today=rule_day(at))
    status = 400 if form.is_bound else 200
    if form.is_valid():
        try:
            service.take_out(item, **form.cleaned_data, by=request.user, at=at)
        except service.DispositionRefused as refused:
            form.add_error(None, str(refused))
            status = CONFLICT
        except PersonalDataFound as found:
            form.add_error("because", found.messages)
        else:
            messages.success(request, _("Taken out. It is kept."))
            return redirect("disposition", pk=pk)
    context = {
        "batch": batch,
        "name": retention_pages.name_of(batch),
        "item": item,
        "cases": retention_pages.cases_in_words(item),
        "arithmetic": retention_pages.arithmetic(item),
        "may": batch.fate == Fate.REVIEW and item.is_open,
        "form": form,
    }
    return render(request, "retention/item.html", context, status=status)


@for_record_keepers
@require_safe
def certificate(request: SignedIn, pk: int) -> HttpResponse:
    """What was destroyed, how many, by which rule, who agreed, when, and how; on paper with ``?as=pdf``."""
    batch = _own(request.user, pk)
    if batch.fate != Fate.DONE:
        raise Http404
    asked = request.GET.get("in", "")
    if request.GET.get("as") == "pdf":
        with override(asked if asked in LANGUAGES else get_language()):
            letter = certificate_paper.paper(batch, request.user, at=present.now())
        response = HttpResponse(render_letter(letter).content, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="disposition-{batch.pk}.pdf"'
        return response
    context = {
        "batch": batch,
        "name": retention_pages.name_of(batch),
        "facts": certificate_paper.facts(batch),
        "method": certificate_paper.method(),
        "holds": batch.certificate_hash == certificates.hash_of(batch),
    }
    return render(request, "retention/certificate.html", context)

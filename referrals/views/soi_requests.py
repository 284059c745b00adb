"""Asking an agency for a statement: five short steps, kept as one types."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from recordsets.collisions import whole_again
from workflows import engine
from workflows.machines.soi_request import State
from workflows.models.case import unguessable_reference

from .. import choices
from ..forms.soi_request_parts import BY_KEY, CHECK, STEPS, WHERE_MENDED, PartPage, after, before
from ..models import SoiRequest
from ..panels import soi_request
from ..personal_data import PersonalDataFound
from ..services import agency_help, soi_requests, suggestions
from .signed_in import SignedIn

SALT = "draft of a request for a statement"
CONFLICT = 409
NOT_KEPT = 422


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def soi_request_new(request: SignedIn) -> HttpResponse:
    if not request.user.is_advocate:
        raise PermissionDenied(_("Organizers and representatives ask for statements."))
    at = present.now()
    offices = soi_requests.offices_to_ask()
    typed = request.POST if request.method == "POST" else None
    page = PartPage(
        BY_KEY["agency"],
        None,
        user=request.user,
        on=timezone.localtime(at).date(),
        offices=offices,
        typed=typed,
    )
    reference = _drawn(request) or unguessable_reference()
    if typed is not None:
        page.is_good()
        office = getattr(page.form, "chosen_office", None)
        if office is not None:
            return _begun(request, page, office, reference, at=at)
    return _page(request, page, at=at, draft=signing.dumps([request.user.pk, reference], salt=SALT))


def _drawn(request: SignedIn) -> str:
    """The reference drawn when this page was shown, so that a form sent twice begins one draft."""
    try:
        owner, reference = signing.loads(request.POST.get("draft", ""), salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(reference) if owner == request.user.pk else ""


def _begun(request: SignedIn, page: PartPage, office: Any, reference: str, *, at: datetime) -> HttpResponse:
    def begin() -> SoiRequest:
        page.record = begun = soi_requests.begin(
            agency=office.organization, office=office, by=request.user, at=at, reference=reference
        )
        page.keep(by=request.user, at=at)
        return begun

    try:
        begun = whole_again(begin)
    except IntegrityError:
        own = _own(request, reference)
        return redirect("soi_request_edit", reference=own.reference, part="employer")
    if page.form.errors:
        return _page(request, page, at=at)
    return redirect("soi_request_edit", reference=begun.reference, part="employer")


def _own(request: SignedIn, reference: str) -> SoiRequest:
    """A request of the reader's own organization."""
    own = SoiRequest.objects.visible_to(request.user).filter(requester_id=request.user.organization_id)
    return get_object_or_404(own.select_related("agency", "agency_desk__office"), reference=reference)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def soi_request_edit(request: SignedIn, reference: str, part: str = "agency") -> HttpResponse:
    if not request.user.is_advocate:
        raise Http404
    record, at = _own(request, reference), present.now()
    if record.state != State.DRAFT:
        messages.info(request, _("This request was sent. It can no longer be changed here."))
        return redirect("case", reference=record.reference)
    if part == CHECK:
        return _check_page(request, record, at=at)
    if part not in BY_KEY:
        raise Http404
    return _part(request, record, part, at=at)


def _part(request: SignedIn, record: SoiRequest, key: str, *, at: datetime) -> HttpResponse:
    offices = soi_requests.offices_to_ask() if key == "agency" else []
    typed = request.POST if request.method == "POST" else None
    more = "more" in request.GET
    page = PartPage(
        BY_KEY[key],
        record,
        user=request.user,
        on=timezone.localtime(at).date(),
        offices=offices,
        typed=typed,
        blank=3 if more else None,
    )
    if typed is None:
        return _page(request, page, at=at)
    status = _kept(request, page, at=at)
    if request.htmx:  # type: ignore[attr-defined]
        return _answer_to_typing(request, page, status)
    if status != 200:
        return _page(request, page, at=at, status=200 if status == NOT_KEPT else status)
    if "more" in typed:
        return redirect(f"{_url(record, key)}?more=1#add-{page.part.rows}")
    return redirect(_url(record, after(key) if "next" in typed else key))


def _answer_to_typing(request: SignedIn, page: PartPage, status: int) -> HttpResponse:
    """What was kept while typing: the new fingerprint, and the sentences about answers that were not kept."""
    context = {"token": page.token, "oob": True, "problems": page.problems}
    return render(
        request, "statement_side/kept.html", context, status=CONFLICT if status == CONFLICT else 200
    )


def _kept(request: SignedIn, page: PartPage, *, at: datetime) -> int:
    """Keep what is good; the HTTP status says whether all of it was."""
    try:
        page.keep(
            by=request.user,
            at=at,
            token=request.POST.get("as_shown", "")[:64],
            going_on=bool(request.htmx),  # type: ignore[attr-defined]
        )
    except engine.StalePage as stale:
        page.form.add_error(None, str(stale))
        page.stale = True
        return CONFLICT
    except engine.StepRefused as refused:
        page.form.add_error(None, str(refused))
        return CONFLICT
    except PersonalDataFound as found:
        page.form.add_error(None, found.messages)
    return 200 if page.is_good() and not page.form.errors else NOT_KEPT


def _url(record: SoiRequest, key: str) -> str:
    return reverse("soi_request_edit", kwargs={"reference": record.reference, "part": key})


def _page(
    request: SignedIn, page: PartPage, *, at: datetime, draft: str = "", status: int = 200
) -> HttpResponse:
    record = page.record
    stored = record is not None and record.pk is not None
    form: Any = page.form
    return render(
        request,
        "statement_side/soi_request_part.html",
        {
            "page": page,
            "part": page.part,
            "record": record,
            "draft": draft,
            "action": _url(record, page.part.key) if stored and record else reverse("soi_request_new"),
            "steps": _steps(page.part.key, record),
            "before": _url(record, key) if record and (key := before(page.part.key)) else "",
            "agencies": agency_help.table(_offices_of(form), on=timezone.localtime(at).date()),
            "alike": suggestions.own_requests_like(record, request.user) if record else [],
        },
        status=status,
    )


def _offices_of(form: Any) -> list[Any]:
    return form.offices if hasattr(form, "offices") else []


def _steps(key: str, record: SoiRequest | None) -> list[dict[str, Any]]:
    keys = [known for known, _label in STEPS]
    here = keys.index(key)
    return [
        {
            "number": number + 1,
            "label": label,
            "url": _url(record, known) if record else "",
            "done": number < here,
            "here": number == here,
        }
        for number, (known, label) in enumerate(STEPS)
    ]


def _check_page(request: SignedIn, record: SoiRequest, *, at: datetime) -> HttpResponse:
    submit = choices.option_named(record, "submit", by=request.user, at=at)
    missing = [
        {"refusal": refusal, "url": _url(record, WHERE_MENDED[refusal.code])}
        if refusal.code in WHERE_MENDED
        else {"refusal": refusal, "url": ""}
        for refusal in (submit.refusals if submit else ())
    ]
    edit_urls = {key: _url(record, key) for key in BY_KEY}
    return render(
        request,
        "statement_side/soi_request_check.html",
        {
            "record": record,
            "whom": soi_request.whom(record),
            "supported": soi_request.supported(record),
            "steps": _steps(CHECK, record),
            "before": _url(record, before(CHECK)),
            "missing": missing,
            "submit": submit,
            "submit_url": reverse("case_step", args=[record.reference, "submit"]),
            "edit_urls": edit_urls,
            "request_section": {
                "names": list(record.names.all()),
                "sites": list(record.sites.all()),
                "edit_urls": edit_urls,
            },
            "alike": suggestions.own_requests_like(record, request.user),
        },
    )

"""An agency's own matters: find them, keep them, bring them in from a file, start a statement."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import present
from workflows import engine
from workflows.parties import Capacity

from ..forms.employer_rows import Problems, name_rows, site_rows
from ..forms.matters import FIELDS, ImportForm, MatterForm
from ..matter_csv import COLUMNS, UnreadableFile
from ..models import Matter, SoiRequest, Statement
from ..services import drafting, matter_search, statements
from ..services import matters as matter_service
from .signed_in import SignedIn

PAGE = 50
MOST_PAGES = 200
MOST_BAD_SHOWN = 500
WRITERS = (Capacity.AGENCY_STAFF, Capacity.AGENCY_APPROVER)


def _agency_only(request: SignedIn) -> None:
    if not request.user.is_agency:
        raise Http404


def _writers_only(request: SignedIn) -> None:
    _agency_only(request)
    if request.user.capacity not in WRITERS:
        raise PermissionDenied(_("Staff of the agency keep its matters."))


def _matter(request: SignedIn, pk: int) -> Matter:
    _agency_only(request)
    return get_object_or_404(Matter.objects.visible_to(request.user).select_related("agency"), pk=pk)


@login_required
@require_safe
def matters(request: SignedIn) -> HttpResponse:
    _agency_only(request)
    asked = request.GET.get("q", "").strip()[:200]
    number = request.GET.get("page", "1")
    page = min(int(number), MOST_PAGES) if number.isdecimal() and len(number) < 6 and int(number) else 1
    start = (page - 1) * PAGE
    found = list(matter_search.find(Matter.objects.visible_to(request.user), asked)[start : start + PAGE + 1])

    def url(to: int) -> str:
        return "?" + urlencode({key: value for key, value in (("q", asked), ("page", to)) if value})

    return render(
        request,
        "statement_side/matters.html",
        {
            "asked": asked,
            "matters": found[:PAGE],
            "next_url": url(page + 1) if len(found) > PAGE and page < MOST_PAGES else "",
            "previous_url": url(page - 1) if page > 1 else "",
            "may_write": request.user.capacity in WRITERS,
        },
    )


@login_required
@require_safe
def matter(request: SignedIn, pk: int) -> HttpResponse:
    found = _matter(request, pk)
    return render(
        request,
        "statement_side/matter.html",
        {
            "matter": found,
            "names": list(found.names.all()),
            "sites": list(found.worksites.all()),
            "statements": Statement.objects.visible_to(request.user)
            .filter(matter=found)
            .order_by("-opened_at"),
            "requests": SoiRequest.objects.visible_to(request.user)
            .filter(matter=found)
            .select_related("requester")
            .order_by("-opened_at"),
            "may_write": request.user.capacity in WRITERS,
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def matter_edit(request: SignedIn, pk: int | None = None) -> HttpResponse:
    """A new matter, or the facts, names and places of one."""
    _writers_only(request)
    stored = _matter(request, pk) if pk is not None else None
    typed = request.POST if request.method == "POST" else None
    blank = 3 if "more" in request.GET else None
    form = MatterForm(typed, initial=MatterForm.initial_of(stored))
    names = name_rows(stored.names.all() if stored else [], typed, blank=blank)
    sites = site_rows(stored.worksites.all() if stored else [], typed, blank=blank)
    if typed is not None and all([form.is_valid(), names.is_valid(), sites.is_valid()]):
        kept = _kept(request, stored, form, names, sites)
        if kept is not None:
            edit = reverse("matter_edit", args=[kept.pk])
            return redirect(
                f"{edit}?more=1#add-names" if "more" in typed else reverse("matter", args=[kept.pk])
            )
    return render(
        request,
        "statement_side/matter_edit.html",
        {
            "matter": stored,
            "form": form,
            "names": names,
            "sites": sites,
            "problems": Problems(form, names, sites),
            "token": _shown(stored).token if stored else "",
        },
    )


def _shown(stored: Matter) -> drafting.Shown:
    return drafting.shown(stored, FIELDS, ("names", "worksites"))


def _kept(
    request: SignedIn, stored: Matter | None, form: MatterForm, names: Any, sites: Any
) -> Matter | None:
    try:
        return matter_service.keep(
            stored or Matter(agency=request.user.hat.organization),
            values=form.cleaned_data,
            names=names.stored(),
            sites=sites.stored(),
            shown=drafting.Shown(FIELDS, ("names", "worksites"), request.POST.get("as_shown", "")[:64])
            if stored
            else None,
        )
    except engine.StalePage as stale:
        form.add_error(None, str(stale))
    except (ValidationError, IntegrityError):
        form.add_error("case_number", _("Your agency has a matter with this number already."))
    return None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def matters_import(request: SignedIn) -> HttpResponse:
    """Bring in a file: the numbers, and every row that was not taken over with the reason."""
    _writers_only(request)
    form = (
        ImportForm(request.POST or None, request.FILES or None) if request.method == "POST" else ImportForm()
    )
    done = None
    if form.is_bound and form.is_valid():
        agency = request.user.hat.organization
        try:
            done = matter_service.import_file(
                form.cleaned_data["file"].read(), agency_for=matter_service.only(agency), at=present.now()
            )
        except UnreadableFile as wrong:
            form.add_error("file", str(wrong))
    context: dict[str, Any] = {
        "form": form,
        "done": done,
        "columns": COLUMNS,
        "agency": request.user.hat.organization,
    }
    if done is not None:
        context["bad"] = done.bad[:MOST_BAD_SHOWN]
        context["more_bad"] = max(0, len(done.bad) - MOST_BAD_SHOWN)
    return render(request, "statement_side/matters_import.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def statement_new(request: SignedIn, pk: int) -> HttpResponse:
    """Start a statement from a matter, after showing the drafts that are there already."""
    _writers_only(request)
    found = _matter(request, pk)
    own = Statement.objects.visible_to(request.user).filter(matter=found).order_by("-opened_at")
    if request.method == "POST":
        statement = statements.open_once(
            found, office=request.user.hat.office, by=request.user, at=present.now(),
            seen=_seen(request.POST.get("seen", "")),
        )  # fmt: skip
        return redirect("statement_edit", reference=statement.reference)
    return render(request, "statement_side/statement_new.html", {"matter": found, "statements": own})


def _seen(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0

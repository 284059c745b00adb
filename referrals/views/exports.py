"""Exports of lists: asking for one, agreeing to one, fetching its file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import present

from .. import exported_lists, spreadsheets
from ..forms.exports import DecideForm, ExportForm
from ..middleware import STATED
from ..models import Export, User
from ..models.people import ICE
from ..services import exports as service
from ..services.exports import ExportRefused
from .downloads import download
from .signed_in import SignedIn

PAGE = 50
PAGE_METHODS = ["GET", "HEAD", "POST"]
CONFLICT = 409
TYPES = {
    Export.Format.CSV: (spreadsheets.CSV, "csv"),
    Export.Format.XLSX: (spreadsheets.XLSX, "xlsx"),
}


def _not_at_ice(user: User) -> None:
    if user.capacity in ICE or user.acting is None:
        raise Http404


def _visible(request: SignedIn, reference: str) -> Export:
    _not_at_ice(request.user)
    found = Export.objects.visible_to(request.user).select_related(
        "user", "organization", "office", "decided_by"
    )
    return get_object_or_404(found, reference=reference)


@login_required
@require_safe
def exports(request: SignedIn) -> HttpResponse:
    """The newest exports that this person may know of: their own, and those that they answer for."""
    _not_at_ice(request.user)
    at = present.now()
    found = Export.objects.visible_to(request.user).select_related("user", "office", "decided_by")[:PAGE]
    labels = (_("Number"), _("Who"), _("Which list"), _("Rows"), _("Asked"), _("Where it stands"))
    table = {
        "caption": _("Exports"),
        "columns": [{"label": label} for label in labels],
        "rows": [_row(each, request.user, at=at) for each in found],
    }
    return render(request, "exports/exports.html", {"table": table})


def _row(export: Export, user: User, *, at: Any) -> dict[str, Any]:
    return {
        "urgent": service.may_decide(export, user, at=at) if export.waits(at=at) else False,
        "cells": [
            {"text": export.reference, "url": export.get_absolute_url()},
            {"text": export.user.name, "note": export.office.name},
            {"text": label_of(export)},
            {"text": export.rows},
            {"at": export.asked_at},
            {"text": standing_of(export, at=at)},
        ],
    }


def label_of(export: Export) -> str:
    """Which list it is, with the part of it."""
    found = exported_lists.LISTS.get(export.what)
    parts = [str(found.label) if found else export.what, *exported_lists.part_in_words(export)]
    return " · ".join(parts)


def standing_of(export: Export, *, at: Any) -> str:
    """Where an export stands, in words."""
    if export.fate == Export.Fate.REFUSED:
        return _("Refused")
    if export.waits(at=at):
        return _("Waits for a second person")
    if at >= export.expires_at:
        return _("Expired")
    return _("Fetched") if export.fetched else _("Ready")


@login_required
@require_http_methods(PAGE_METHODS)
def export_new(request: SignedIn) -> HttpResponse:
    """Ask for a list as a file; the list stands in the address as on its page."""
    user, at = request.user, present.now()
    _not_at_ice(user)
    named = {name: request.GET.get(name, "")[:20] for name in ("part", "whose", "about")}
    wanted = exported_lists.wanted(request.GET.get("of", ""), **named)
    found = exported_lists.find_list(user, wanted)
    if wanted is None or found is None:
        raise Http404
    form, status = ExportForm(request.POST or None), 400 if request.method == "POST" else 200
    if form.is_valid():
        try:
            export = service.ask(wanted, by=user, at=at, **form.cleaned_data)
        except ExportRefused as refused:
            form.add_error(None, str(refused))
            status = CONFLICT
        else:
            if export.needs_second:
                messages.success(request, _("A second person has to agree first. You are told."))
            return redirect(export)
    context = {
        "form": form,
        "label": " · ".join([str(found.label), *exported_lists.part_in_words(wanted)]),
        "rows": found.count(user, wanted, at=at),
        "limits": service.limits_of(user, at=at),
    }
    return render(request, "exports/export_new.html", context, status=status)


@login_required
@require_http_methods(PAGE_METHODS)
def export(request: SignedIn, reference: str) -> HttpResponse:
    """One export: what, why, by whom, where it stands; a POST agrees to it or refuses it."""
    user, at = request.user, present.now()
    stored = _visible(request, reference)
    may_decide = service.may_decide(stored, user, at=at)
    form, status = DecideForm(request.POST or None), 400 if request.method == "POST" else 200
    if form.is_valid():
        said = form.cleaned_data
        approve = said["fate"] == Export.Fate.AGREED
        try:
            service.decide(stored, by=user, at=at, approve=approve, note=said["note"])
        except ExportRefused as refused:
            form.add_error(None, str(refused))
            status = CONFLICT
        else:
            messages.success(request, _("Your decision is on record. Whoever asked is told."))
            return redirect(stored)
    context = {
        "export": stored,
        "label": label_of(stored),
        "standing": standing_of(stored, at=at),
        "form": form if may_decide or form.is_bound else None,
        "may_fetch": stored.can_be_fetched(at=at) and service.same_hat(stored, user),
        "waits": stored.waits(at=at),
        "mine": stored.user_id == user.pk,
    }
    return render(request, "exports/export.html", context, status=status)


@login_required
@require_POST
def export_file(request: SignedIn, reference: str) -> HttpResponse:
    """The file, made now; its line on the trail of reads has the stated purpose."""
    stored = _visible(request, reference)
    if not service.same_hat(stored, request.user):
        raise Http404
    try:
        content = service.fetch(stored, by=request.user, at=present.now())
    except ExportRefused as refused:
        messages.error(request, str(refused))
        return redirect(stored)
    request.META[STATED] = stored.purpose
    media_type, ending = TYPES[Export.Format(stored.format)]
    return download(content, media_type=media_type, name=f"{stored.reference}.{ending}")

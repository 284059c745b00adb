"""The workers of a representative's office: the list, one worker, adding and changing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import present
from workflows import days_in_words
from workflows.models import Kind

from .. import caseload, listing, presenting, trail_pages
from ..forms.workers import WorkerForm, WorkerSearchForm
from ..models import Person
from ..services import consents, holds, persons
from .representatives import for_representatives, stored
from .signed_in import SignedIn

PAGE_METHODS = ["GET", "HEAD", "POST"]


def own_worker(request: SignedIn, token: str) -> Person:
    """A worker whom the reader's organization represents, or 404."""
    return get_object_or_404(Person.objects.visible_to(request.user), token=token)


@for_representatives
@require_http_methods(PAGE_METHODS)
def workers(request: SignedIn) -> HttpResponse:
    """The list. A search is a POST, so that no name stands in an address."""
    at = present.now()
    search = WorkerSearchForm(request.POST if request.method == "POST" else None)
    typed = search.cleaned_data["name"].strip() if search.is_bound and search.is_valid() else ""
    found = caseload.by_pressure(request.user)
    found = (
        caseload.named(found, typed, request.user)
        if typed
        else caseload.after(found, request.GET.get("after", ""))
    )
    page = list(found[: caseload.PAGE + 1])
    more, page = len(page) > caseload.PAGE, page[: caseload.PAGE]
    table = {
        "caption": _("Workers of your office"),
        "columns": caseload.columns(),
        "rows": caseload.rows(page, request.user, at=at),
        "next_url": f"?{urlencode({'after': caseload.mark_of(page[-1])})}" if more and not typed else "",
    }
    return render(
        request,
        "worker_side/workers.html",
        {"table": table, "search": search, "typed": typed, "cut": bool(typed) and more},
    )


@for_representatives
@require_http_methods(PAGE_METHODS)
def worker_new(request: SignedIn) -> HttpResponse:
    at = present.now()
    form = WorkerForm(request.POST or None, today=timezone.localdate(at))
    twins: list[Person] = []
    if form.is_valid():
        details = form.details
        names = ("given_names", "family_names", "born_on", "a_number")
        if not form.cleaned_data["another_person"]:
            twins = list(persons.alike(request.user, **{name: details[name] for name in names})[:5])
        if not twins:
            person = persons.add_person(
                by=request.user,
                at=at,
                representation=form.cleaned_data["representation"],
                key=form.cleaned_data["key"],
                **details,
            )
            messages.success(request, _("Stored. Only your office sees it."))
            return redirect("worker", token=person.token)
    return render(request, "worker_side/worker_form.html", {"form": form, "twins": twins})


@for_representatives
@require_http_methods(PAGE_METHODS)
def worker_edit(request: SignedIn, token: str) -> HttpResponse:
    worker, at = own_worker(request, token), present.now()
    if worker.is_destroyed:
        messages.error(
            request, _("What was personal about this worker was destroyed. Nothing can be changed.")
        )
        return redirect("worker", token=token)
    form = WorkerForm(request.POST or None, today=timezone.localdate(at), person=worker)
    if form.is_valid():
        details = form.details
        if not stored(form, worker, lambda: persons.change_person(worker, by=request.user, at=at, **details)):
            messages.success(request, _("Saved."))
            return redirect("worker", token=token)
    return render(request, "worker_side/worker_form.html", {"form": form, "worker": worker})


def _dates(cases: list[Any], *, at: Any) -> list[dict[str, Any]]:
    """Each running clock of the open cases, with its case, the most pressing first."""
    presenting.read_clocks(cases)
    found = [
        {"case": case, "deadline": clock, "label": Kind(case.kind).label}
        for case in cases
        if case.closed_at is None
        for clock in presenting.shown_clocks(case, at=at)
        if not clock.paused
    ]
    return sorted(found, key=lambda each: each["deadline"].on)


@for_representatives
@require_safe
def worker(request: SignedIn, token: str) -> HttpResponse:
    person, at = own_worker(request, token), present.now()
    cases = caseload.cases_of(person, request.user)
    stays = [case for case in cases if getattr(case, "does_not_stop_removal", False)]
    return render(
        request,
        "worker_side/worker.html",
        {
            "worker": person,
            "facts": _facts(person),
            "seen_by": trail_pages.last_seen(person, request.user),
            "dates": _dates(cases, at=at),
            "table": {
                "caption": _("Cases"),
                "columns": listing.columns(),
                "rows": listing.rows(cases, request.user, at=at),
            }
            if cases
            else None,
            "held": bool(holds.covering([person.pk])),
            "pending_stay": bool(stays),
            "may_withdraw_consent": any(
                case.closed_at is None and getattr(case, "consent_withdrawn_at", True) is None
                for case in cases
            ),
        },
    )


def _facts(person: Person) -> list[tuple[str, Any]]:
    names = (
        "other_names", "born_on", "birth_city", "birth_country", "nationality", "a_number",
        "mailing_address", "safe_address", "phone", "safe_contact",
    )  # fmt: skip
    labels = {name: str(person._meta.get_field(name).verbose_name) for name in names}  # type: ignore[union-attr]
    spoken = dict(WorkerForm.base_fields["language"].choices)  # type: ignore[attr-defined]
    language = (_("Language"), spoken.get(person.language, person.language))
    told = {name: getattr(person, name) for name in names}
    told["born_on"] = days_in_words.day(person.born_on) if person.born_on else ""
    return [language, *((labels[name], value) for name, value in told.items())]


@for_representatives
@require_http_methods(PAGE_METHODS)
def worker_consent_withdraw(request: SignedIn, token: str) -> HttpResponse:
    """The worker takes the consent back, in every open case at once."""
    person, at = own_worker(request, token), present.now()
    if request.method == "POST":
        count = consents.withdraw_all(person, by=request.user, at=at)
        if count:
            messages.success(request, _("The consent is withdrawn. Nothing more is shared from now on."))
        return redirect("worker", token=token)
    cases = [case for case in caseload.cases_of(person, request.user) if case.closed_at is None]
    return render(
        request,
        "worker_side/consent_withdraw.html",
        {
            "worker": person,
            "cases": [case for case in cases if hasattr(case, "consent_withdrawn_at")],
            "back": reverse("worker", kwargs={"token": token}),
        },
    )

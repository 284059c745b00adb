"""Proposing a change of a rule, reading what it would do, and deciding it with four eyes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import present
from workflows.models import PolicyChange

from .. import policy_people, rule_pages, rule_words, small_numbers, touched_cases
from ..change_pages import Shown, drafts_table, drafts_then, progress_of
from ..forms.rules import ChangeForm, DecisionForm
from ..personal_data import PersonalDataFound
from ..services import policy_changes
from ..services.policy_changes import ChangeRefused, Foreseen
from .signed_in import SignedIn

PAGE = 50
CONFLICT = 409


@login_required
@require_safe
def rule_changes(request: SignedIn) -> HttpResponse:
    """What waits for a second person, what is scheduled, and what became of the others."""
    if not policy_people.takes_part(request.user):
        raise Http404
    found = policy_people.changes_visible_to(request.user).select_related(
        "proposed_by", "decided_by", "replaces"
    )
    names = rule_words.agency_names()
    page = Paginator(found.exclude(fate=PolicyChange.Fate.WAITING), PAGE).get_page(request.GET.get("page"))
    context = {
        "waiting": [Shown(each, names) for each in found.waiting()],
        "settled": [Shown(each, names) for each in page],
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
        "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
    }
    return render(request, "policy/changes.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_propose(request: SignedIn, key: str, jurisdiction: str) -> HttpResponse:
    """Propose a new value: first what it would do, then the proposal."""
    at = present.now()
    row = rule_pages.row_or_first(key, jurisdiction, present.today())
    names = rule_words.agency_names()
    known = row is not None and (row.jurisdiction == jurisdiction or jurisdiction in names)
    if row is None or not known or not policy_people.may_change(request.user, jurisdiction):
        raise Http404
    form = ChangeForm(request.POST or None, row=row, jurisdiction=jurisdiction)
    foreseen, change = None, None
    if form.is_valid():
        change = form.draft(by=request.user, at=at)
        if change is not None and "propose" in request.POST:
            stored = propose(request, form, change)
            if stored is not None:
                return stored
        elif change is not None:
            foreseen = policy_changes.foresee(change, at=at)
    context = {
        "form": form,
        "row": row,
        "key": key,
        "jurisdiction": jurisdiction,
        "whose": rule_words.jurisdiction_in_words(jurisdiction, names),
        "says": rule_words.value_in_words(key, row.value),
        "would_say": rule_words.value_in_words(key, change.value) if change else "",
        "change": change,
        **effects(request, foreseen),
    }
    return render(request, "policy/propose.html", context)


def propose(request: SignedIn, form: Any, change: PolicyChange) -> HttpResponse | None:
    """Store a proposal and lead to it, or put what is against it beside the form."""
    try:
        policy_changes.propose(change, by=request.user, at=present.now())
    except ChangeRefused as refused:
        form.add_problems(refused.problems)
    except PersonalDataFound as found:
        form.add_error("reason", found.messages)
    else:
        messages.success(request, _("The change is proposed. A second person has to approve it."))
        return redirect("rule_change", pk=change.pk)
    return None


def effects(request: SignedIn, foreseen: Foreseen | None) -> dict[str, Any]:
    """The table of cases, page by page, and the drafts that a change of the programme would hold or free."""
    if foreseen is None:
        return {"foreseen": None}
    drafts = foreseen.held or foreseen.released
    least = small_numbers.smallest(present.today()) if drafts else 0
    page = Paginator(foreseen.impact.touched, PAGE).get_page(request.GET.get("page"))
    table = touched_cases.touched_table(page, request.user)
    if request.method != "POST":
        table["next_url"] = f"?page={page.next_page_number()}" if page.has_next() else ""
        table["previous_url"] = f"?page={page.previous_page_number()}" if page.has_previous() else ""
    return {
        "foreseen": foreseen,
        "table": table,
        "effects_page": page,
        "drafts": drafts_table(foreseen, least=least),
        "drafts_in_words": small_numbers.of(len(drafts), least=least).text,
    }


def _visible(request: SignedIn, pk: int) -> PolicyChange:
    found = policy_people.changes_visible_to(request.user).select_related(
        "proposed_by", "decided_by", "replaces", "window", "row"
    )
    return get_object_or_404(found, pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_change(request: SignedIn, pk: int) -> HttpResponse:
    """One proposal: what it says, what it would do now, what was foreseen, and the decision."""
    change = _visible(request, pk)
    form, status = DecisionForm(request.POST or None), 200
    if form.is_valid():
        decided = _decide(request, change, form)
        if decided is not None:
            return decided
        status, change = CONFLICT, _visible(request, pk)
    foreseen = policy_changes.foresee(change, at=present.now()) if change.waits else None
    mine = change.proposed_by_id == request.user.pk
    may_change = policy_people.may_change(request.user, change.jurisdiction)
    context = {
        "shown": Shown(change, rule_words.agency_names()),
        "change": change,
        "form": form,
        "mine": mine,
        "may_decide": change.waits and may_change and not mine,
        "moved_on": foreseen is not None
        and bool(change.foreseen)
        and change.foreseen.get("fingerprint") != foreseen.fingerprint,
        "progress": progress_of(change),
        "drafts_then": drafts_then(change, on=present.today()),
        **effects(request, foreseen),
    }
    return render(request, "policy/change.html", context, status=status)


def _decide(request: SignedIn, change: PolicyChange, form: DecisionForm) -> HttpResponse | None:
    typed, at = form.cleaned_data, present.now()
    reason = typed["reason"] or ""
    try:
        match typed["decision"]:
            case "approve":
                policy_changes.approve(change, by=request.user, at=at, seen=typed["seen"], reason=reason)
                told = _("The change is approved. The open cases follow within a minute of its first day.")
            case "refuse":
                policy_changes.refuse(change, by=request.user, at=at, reason=reason)
                told = _("The change is refused. It stays on record.")
            case _:
                policy_changes.withdraw(change, by=request.user, at=at, reason=reason)
                told = _("The proposal is withdrawn. It stays on record.")
    except ChangeRefused as refused:
        form.add_problems(refused.problems)
    except PersonalDataFound as found:
        form.add_error("reason", found.messages)
    except PermissionDenied as denied:
        form.add_error(None, str(denied))
    else:
        messages.success(request, told)
        return redirect("rule_change", pk=change.pk)
    return None

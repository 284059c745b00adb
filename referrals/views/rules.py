"""The rulebook: what is in force on a day, the whole history of a rule, and what nobody has verified."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import present
from workflows import policies
from workflows.models.policy import FEDERAL

from .. import policy_people, rule_pages, rule_words
from ..forms.rules import CheckForm
from ..personal_data import PersonalDataFound
from ..services import policy_changes
from .signed_in import SignedIn

PAGE = 50


def _asked(request: SignedIn) -> rule_pages.Asked:
    try:
        on = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        on = present.today()
    return rule_pages.Asked(
        on=on,
        words=request.GET.get("q", "").strip()[:200],
        jurisdiction=request.GET.get("whose", "")[:40],
        unverified=request.GET.get("unverified") == "1",
    )


@login_required
@require_safe
def rules(request: SignedIn) -> HttpResponse:
    """The rules in force on a day; everybody signed in may read them."""
    asked, book, names = _asked(request), policies.book(), rule_words.agency_names()
    page = Paginator(rule_pages.rules_on(asked, book), PAGE).get_page(request.GET.get("page"))
    table = rule_pages.rules_table(page, names=names, running=rule_pages.running_for(request.user))

    def url(number: int) -> str:
        return "?" + urlencode({**request.GET.dict(), "page": str(number)})

    table["next_url"] = url(page.next_page_number()) if page.has_next() else ""
    table["previous_url"] = url(page.previous_page_number()) if page.has_previous() else ""
    whose = sorted({row.jurisdiction for row in book.rows()} - {FEDERAL})
    context = {
        "table": table,
        "asked": asked,
        "counts": rule_pages.counts_on(asked.on, book),
        "found": page.paginator.count,
        "whose": [
            (FEDERAL, rule_words.jurisdiction_in_words(FEDERAL)),
            *((code, names.get(code, code)) for code in whose),
        ],
        "differences": rule_pages.differences(book),
        "takes_part": policy_people.takes_part(request.user),
        "waiting": policy_people.changes_visible_to(request.user).waiting().count(),
        "is_steward": policy_people.is_steward(request.user),
    }
    return render(request, "policy/rules.html", context)


@login_required
@require_safe
def rule(request: SignedIn, key: str, jurisdiction: str) -> HttpResponse:
    """One rule with its whole history."""
    today = present.today()
    running = rule_pages.running_for(request.user)
    shown = rule_pages.history_of(key, jurisdiction, today=today, running=running)
    row = shown[0].row if shown else rule_pages.row_or_first(key, jurisdiction, today)
    if row is None:
        raise Http404
    names = rule_words.agency_names()
    if not shown and jurisdiction not in names:
        raise Http404
    context = {
        "row": row,
        "key": key,
        "jurisdiction": jurisdiction,
        "whose": rule_words.jurisdiction_in_words(jurisdiction, names),
        "is_agency": jurisdiction in names,
        "shown": shown,
        "missing": rule_pages.missing_rows(key, jurisdiction, shown),
        "follows": None if shown else rule_words.value_in_words(key, row.value),
        "changes": rule_pages.changes_for(request.user, key, jurisdiction),
        "may_change": policy_people.may_change(request.user, jurisdiction),
        "runs_clocks": any(each.rule == key for each in rule_words.clock_rules().values()),
    }
    return render(request, "policy/rule.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_check(request: SignedIn, pk: int) -> HttpResponse:
    """Record that a row was compared with its source."""
    row = rule_pages.row_by_number(pk)
    if row is None or not policy_people.may_change(request.user, row.jurisdiction):
        raise Http404
    form = CheckForm(request.POST or None, row=row, today=present.today())
    if form.is_valid():
        try:
            policy_changes.record_check(row, by=request.user, at=present.now(), **form.cleaned_data)
        except policy_changes.ChangeRefused as refused:
            form.add_problems(refused.problems)
        except PersonalDataFound as found:
            form.add_error("note", found.messages)
        else:
            messages.success(request, _("What you found is on record."))
            return redirect("rule", key=row.key, jurisdiction=row.jurisdiction)
    context: dict[str, Any] = {
        "form": form,
        "row": row,
        "says": rule_words.value_in_words(row.key, row.value),
        "ladder": rule_words.ladder_in_words(row.value),
        "whose": rule_words.jurisdiction_in_words(row.jurisdiction, rule_words.agency_names()),
    }
    return render(request, "policy/rule_check.html", context)

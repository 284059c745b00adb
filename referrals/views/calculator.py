"""A public page that computes a due date and explains it. It keeps nothing of what is asked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

import present
from workflows import policies, terms
from workflows.calendars import calendar

from ..forms.calculator import CalculatorForm, rule_on


@require_safe
def deadline_calculator(request: HttpRequest) -> HttpResponse:
    book = policies.book()
    form = CalculatorForm(request.GET if "rule" in request.GET else None, book=book)
    answer = _answer(form, book) if form.is_valid() else None
    return render(request, "pages/calculator.html", {"form": form, "answer": answer})


def _answer(form: CalculatorForm, book: policies.PolicyBook) -> dict[str, object] | None:
    """The due date with its explanation; None, with a sentence in the form, where there is none."""
    asked = form.cleaned_data
    try:
        due = policies.calculate(
            asked["rule"], start=asked["start"], served=asked["served"], on=asked["start"], rows=book
        )
    except (ValueError, LookupError) as problem:
        form.add_error("start", str(problem))
        return None
    rule = rule_on(book, asked["rule"], on=asked["start"])
    left = terms.remaining(due, present.now(), calendar("us-federal"))
    return {
        "what": rule.label,
        "on": due.on,
        "text": left.text,
        "late": left.late,
        "explanation": due.explanation,
        "rule": rule.label,
        "cite": rule.legal_cite,
        "source": rule.source,
        "source_url": rule.source_url,
        "verified": rule.verified,
        "verified_on": rule.verified_on,
    }

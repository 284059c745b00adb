"""Reviews of who may act for an organization."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import present

from ..forms.people import ReviewLineForm
from ..models import AccessReview
from ..models.onboarding import ADMIT
from ..services import access_reviews as service
from ..services import capacities
from ..services.invitations import PeopleRefused
from .signed_in import SignedIn

CONFLICT = 409


@login_required
@require_safe
def access_reviews(request: SignedIn) -> HttpResponse:
    """The reviews that are open, the late ones first, and those that were done lately."""
    if not (request.user.capacity in ADMIT or request.user.answers_for_people):
        raise Http404
    today = present.today()
    reviews = AccessReview.objects.visible_to(request.user).select_related("organization")
    context = {
        "open": [(each, service.stage_of(each, on=today)) for each in reviews.open()],
        "done": reviews.filter(closed_at__isnull=False).order_by("-closed_at")[:20],
        "late": (AccessReview.Stage.OVERDUE, AccessReview.Stage.SUSPENDED),
    }
    return render(request, "people/reviews.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def access_review(request: SignedIn, pk: int) -> HttpResponse:
    """One review, line by line; a POST decides about one line."""
    user = request.user
    review = get_object_or_404(AccessReview.objects.visible_to(user).select_related("organization"), pk=pk)
    form = ReviewLineForm(request.POST or None)
    status = 400 if form.is_bound else 200
    if form.is_valid():
        line = get_object_or_404(review.lines, pk=form.cleaned_data["line"])
        said = {name: form.cleaned_data[name] for name in ("outcome", "reason")}
        try:
            service.decide(line, **said, by=user, at=present.now())
        except PeopleRefused as refused:
            if refused.field:
                form.add_error(refused.field, refused.sentence)
            else:  # its row may show no form any more
                messages.error(request, refused.sentence)
            status = CONFLICT
        else:
            messages.success(request, _("It is decided and stays on record."))
            return redirect("access_review", pk=pk)
    rows = service.facts_of(review, user)
    for row in rows:
        row["may"] = not row["line"].outcome and capacities.may_review(user, row["held"])
        tried = form.is_bound and str(row["line"].pk) == form.data.get("line")
        row["form"] = form if tried else _empty(row["line"].pk)
    context = {"review": review, "rows": rows, "stage": service.stage_of(review, on=present.today())}
    return render(request, "people/review.html", context, status=status)


def _empty(line: int) -> ReviewLineForm:
    """The form of one line, with names of its own for its fields' labels."""
    return ReviewLineForm(initial={"line": line}, auto_id=f"id_{line}_%s")

"""The question why, before a worker's case is shown at an ICE field office."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

import present

from ..forms.trails import PurposeForm
from ..middleware import session_of
from ..models.people import ICE
from ..services import purposes
from .signed_in import SignedIn


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def case_purpose(request: SignedIn, reference: str) -> HttpResponse:
    """Asks and keeps the answer, then leads to the page that was asked for; it shows nothing of the case."""
    if request.user.capacity not in ICE:
        raise Http404
    case = purposes.worker_case(request.user, reference)
    if case is None:
        raise Http404
    form = PurposeForm(request.POST or None)
    if form.is_valid():
        said, session = form.cleaned_data, session_of(request)
        purposes.state(
            case, by=request.user, session=session, code=said["code"], text=said["text"], at=present.now()
        )
        return redirect(_onward(request, reference))
    context = {"form": form, "reference": reference, "hours": purposes.HOLDS.seconds // 3600}
    return render(request, "trails/purpose.html", context, status=400 if form.is_bound else 200)


def _onward(request: SignedIn, reference: str) -> str:
    """The page that was asked for, if it is one of this site; else that of the case."""
    asked = request.GET.get("next", "")
    here = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith("/")
    return asked if here else reverse("case", kwargs={"reference": reference})

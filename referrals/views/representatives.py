"""What the pages of a representative share: who may open them, and how a refusal comes back to the form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import Error as DatabaseTrouble
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from workflows.refusals import StalePage, StepRefused

from ..outages import outage_in
from .signed_in import SignedIn

P = ParamSpec("P")
CONFLICT = 409
UNAVAILABLE = 503
View = Callable[Concatenate[SignedIn, P], HttpResponse]


def for_representatives(view: View[P]) -> View[P]:
    """Only a representative opens the page; to everybody else it is not there."""

    @login_required
    @wraps(view)
    def only(request: SignedIn, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_representative:
            raise Http404
        return view(request, *args, **kwargs)

    return cast("View[P]", only)


def stored(form: forms.Form, record: Any, write: Callable[[], Any]) -> int:
    """Run a service; 0 if it stored, else the HTTP status with which the form goes back.

    A refusal becomes an error of the form, and what was typed stays. After a stale page the
    form carries the new version, so that saving again is a decision made with open eyes. So it is with an
    outage that will pass: a full disk, a database that restarts.
    """
    try:
        write()
    except StalePage as stale:
        _tell(form, stale)
        form.add_error(
            None, _("What you typed is still here. Saving again puts it in place of what is stored.")
        )
        form.data = {**form.data.dict(), "expected_version": str(record.steps.count())}  # type: ignore[attr-defined]
        return CONFLICT
    except StepRefused as refused:
        _tell(form, refused)
        return CONFLICT
    except ValidationError as invalid:
        form.add_error(None, list(invalid.messages))
        return 200
    except DatabaseTrouble as trouble:
        outage = outage_in(trouble)
        if outage is None:
            raise
        form.add_error(None, str(outage))
        return UNAVAILABLE
    return 0


def _tell(form: forms.Form, refused: StepRefused) -> None:
    for refusal in refused.refusals:
        form.add_error(None, str(refusal))

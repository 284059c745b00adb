"""Drafting a statement by blocks, beside what it still lacks and whom it leaves out; reading the letter."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import present
from workflows import engine, parties
from workflows.days import rule_day
from workflows.machines.statement import DRAFTING

from .. import choices
from ..forms.employer_rows import Problems, Rows, name_rows, site_rows
from ..forms.statements import STORED, StatementForm
from ..models import Statement, StatementVersion
from ..personal_data import PersonalDataFound
from ..services import drafting, drafts_of_statements, statements
from ..services.letters import draft_statement_pdf
from .signed_in import SignedIn

CONFLICT = 409
NOT_KEPT = 422
ROWS = ("names", "sites")


def pdf(content: bytes, name: str) -> HttpResponse:
    """A letter to be read in the browser."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


class Draft:
    """The page's three forms over one version."""

    def __init__(self, version: StatementVersion, request: SignedIn, *, at: datetime) -> None:
        typed = request.POST if request.method == "POST" else None
        on = timezone.localtime(at).date()
        blank = 3 if "more" in request.GET else None
        self.version = version
        self.form = StatementForm(
            typed,
            on=on,
            latest_review=drafts_of_statements.latest_review(version.statement, on=on),
            initial=StatementForm.initial_of(version),
        )
        self.names: Rows = name_rows(version.names.all(), typed, blank=blank)
        self.sites: Rows = site_rows(version.sites.all(), typed, blank=blank)

    @property
    def problems(self) -> Problems:
        return Problems(self.form, self.names, self.sites)

    def is_good(self) -> bool:
        return all([self.form.is_valid(), self.names.is_valid(), self.sites.is_valid()])


def _drafted(request: SignedIn, reference: str) -> Statement:
    if not request.user.is_agency:
        raise Http404
    own = Statement.objects.visible_to(request.user).select_related(
        "agency", "office", "matter", "soi_request"
    )
    return get_object_or_404(own, reference=reference)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def statement_edit(request: SignedIn, reference: str) -> HttpResponse:
    record, at = _drafted(request, reference), present.now()
    if record.state not in DRAFTING or not parties.agency_staff(record, request.user):
        messages.info(request, _("Only staff write a statement, and only a draft. This is the letter."))
        return redirect("statement_preview", reference=record.reference)
    draft = Draft(record.draft, request, at=at)
    if request.method != "POST":
        return _page(request, record, draft, at=at)
    status = _kept(request, record, draft, at=at)
    if request.htmx:  # type: ignore[attr-defined]
        return _answer_to_typing(request, record, draft, status)
    if status != 200:
        return _page(request, record, draft, at=at, status=200 if status == NOT_KEPT else status)
    edit = reverse("statement_edit", args=[record.reference])
    if "more" in request.POST:
        wanted = request.POST["more"] if request.POST["more"] in ROWS else ROWS[0]
        return redirect(f"{edit}?more=1#add-{wanted}")
    messages.success(request, _("The draft is kept. Beside it stands what it still lacks."))
    return redirect(edit)


def _kept(request: SignedIn, record: Statement, draft: Draft, *, at: datetime) -> int:
    """Keep what is good; the HTTP status says whether all of it was."""
    good = draft.is_good()
    try:
        statements.revise(
            record,
            by=request.user,
            at=at,
            values=draft.form.values(),
            names=draft.names.stored(),
            sites=draft.sites.stored(),
            shown=drafting.Shown(STORED, ROWS, request.POST.get("as_shown", "")[:64]),
            going_on=bool(request.htmx),  # type: ignore[attr-defined]
        )
    except engine.StepRefused as refused:
        draft.form.add_error(None, str(refused))
        return CONFLICT
    except PersonalDataFound as found:
        draft.form.add_error(None, found.messages)
        return NOT_KEPT
    except ValidationError as wrong:
        draft.form.add_error(None, wrong.messages)
        return NOT_KEPT
    return 200 if good else NOT_KEPT


def _answer_to_typing(request: SignedIn, record: Statement, draft: Draft, status: int) -> HttpResponse:
    version = record.draft
    context = {
        "token": drafting.shown(version, STORED, ROWS).token,
        "oob": True,
        "problems": draft.problems,
        "more": "statement_side/beside.html",
        "form_here": True,
        "beside": drafts_of_statements.beside(record, version),
    }
    return render(
        request, "statement_side/kept.html", context, status=CONFLICT if status == CONFLICT else 200
    )


def _page(
    request: SignedIn, record: Statement, draft: Draft, *, at: datetime, status: int = 200
) -> HttpResponse:
    version = record.draft
    letter = drafts_of_statements.letter_of(version, on=timezone.localtime(at).date())
    return render(
        request,
        "statement_side/statement_edit.html",
        {
            "record": record,
            "version": version,
            "draft": draft,
            "token": drafting.shown(version, STORED, ROWS).token,
            "beside": drafts_of_statements.beside(record, version),
            "letter": letter,
            "blocks": drafts_of_statements.shown_blocks(letter) if letter else [],
            "dependants": statements.dependants_in_words(record, on=rule_day(at))
            if record.version_in_force
            else "",
        },
        status=status,
    )


@login_required
@require_safe
def statement_preview(request: SignedIn, reference: str) -> HttpResponse:
    """The letter: for the agency the version in work, for everybody else the signed one."""
    own = Statement.objects.visible_to(request.user).select_related(
        "agency", "office", "matter", "soi_request"
    )
    record, at = get_object_or_404(own, reference=reference), present.now()
    version = record.version_for(request.user)
    if version is None:
        raise Http404
    prefetch_related_objects([version], "names", "sites")
    if request.GET.get("as") == "pdf" and version.period_from is not None and request.user.is_agency:
        return pdf(draft_statement_pdf(record, at=at), f"{record.reference}.pdf")
    letter = drafts_of_statements.letter_of(version, on=timezone.localtime(at).date())
    options = engine.options_for(record, by=request.user, at=at) if request.user.is_agency else []
    wanted = [
        each for each in options if each.name in ("send_for_approval", "approve", "sign", "return_to_drafter")
    ]
    return render(
        request,
        "statement_side/statement_preview.html",
        {
            "record": record,
            "version": version,
            "letter": letter,
            "blocks": drafts_of_statements.shown_blocks(letter) if letter else [],
            "beside": drafts_of_statements.beside(record, version) if request.user.is_agency else None,
            "delegation": drafts_of_statements.delegation_of(record, request.user, on=record.day_at(at)),
            "steps": choices.buttons(record, wanted).mine,
        },
    )

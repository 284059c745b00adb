"""Proofs of work and their scans: gathered by the representative, fixed once DHS has them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recordsets.collisions import in_one_piece
from workflows import days_in_words, engine
from workflows.machines.worker_request import ANSWERING, PREPARING
from workflows.models import Step
from workflows.refusals import Refusal, StepRefused

from ..models import Document, Evidence, User, WorkerRequest
from ..scans import Scan
from . import quarantine, worker_requests

OFFICE = [str(Document.Side.WORKER)]
OFFICE_AND_DHS = [str(Document.Side.WORKER), str(Document.Side.DHS)]


def may_gather(request: WorkerRequest) -> bool:
    """Whether proofs can be added: before filing, and while an answer to DHS is being prepared."""
    return request.state in PREPARING or request.state in ANSWERING


@in_one_piece
def add(
    request: WorkerRequest,
    *,
    by: User,
    at: datetime,
    scan: Scan | None = None,
    key: str = "",
    **fields: Any,
) -> Evidence | None:
    """Add a proof of employment, with its scan if there is one; the scope is checked again.

    A ``key`` that was used before stores nothing anew and returns None. Raises ``StepRefused``.
    """
    if _gather(request, by=by, at=at, key=key).repeated:
        return None
    evidence = Evidence(request=request, **fields)
    evidence.full_clean()
    if scan is not None:
        evidence.scan = _kept(evidence, scan, by=by, at=at)
    evidence.save()
    worker_requests.check_scope(request, at=at)
    return evidence


@in_one_piece
def attach(evidence: Evidence, scan: Scan, *, by: User, at: datetime) -> None:
    """Attach a scan to a proof, in place of the one that is there. Raises ``StepRefused``."""
    _gather(evidence.request, by=by, at=at)
    _refuse_if_handed_over(evidence)
    earlier = evidence.scan
    evidence.scan = None
    evidence.save(update_fields=["scan"])
    if earlier is not None:
        earlier.delete()
    evidence.scan = _kept(evidence, scan, by=by, at=at)
    evidence.save(update_fields=["scan"])


@in_one_piece
def detach(evidence: Evidence, *, by: User, at: datetime) -> None:
    """Take the scan away from a proof; the proof itself stays. Raises ``StepRefused``."""
    _gather(evidence.request, by=by, at=at)
    _refuse_if_handed_over(evidence)
    earlier, evidence.scan = evidence.scan, None
    evidence.save(update_fields=["scan"])
    if earlier is not None:
        earlier.delete()


@in_one_piece
def remove(evidence: Evidence, *, by: User, at: datetime) -> None:
    """Take a proof out again, with its scan; the scope is checked again. Raises ``StepRefused``."""
    request, scan = evidence.request, evidence.scan
    _gather(request, by=by, at=at)
    _refuse_if_handed_over(evidence)
    evidence.delete()
    if scan is not None:
        scan.delete()
    worker_requests.check_scope(request, at=at)


def hand_over(request: WorkerRequest, *, at: datetime) -> None:
    """DHS has from now on what was gathered so far; called in the transaction of the filing or the answer.

    Raises ``StepRefused`` while one of the files holds malware.
    """
    _refuse_malware(request)
    new = request.evidence.filter(handed_over_at__isnull=True)
    Document.objects.filter(pk__in=new.values("scan_id")).update(sides=OFFICE_AND_DHS)
    new.update(handed_over_at=at)


def scans(request: WorkerRequest) -> int:
    """How many proofs of a request have a scan."""
    return request.evidence.filter(scan__isnull=False).count()


def scans_in_words(request: WorkerRequest) -> str:
    """How many of the proofs have a scan; empty while there are no proofs."""
    proofs = request.evidence.aggregate(all=Count("pk"), scanned=Count("scan"))
    if not proofs["all"]:
        return ""
    return ngettext(
        "%(scanned)s of %(number)s proof has a scan.",
        "%(scanned)s of %(number)s proofs have a scan.",
        proofs["all"],
    ) % {"scanned": proofs["scanned"], "number": proofs["all"]}


def _gather(request: WorkerRequest, *, by: User, at: datetime, key: str = "") -> Step:
    name = "gather_evidence" if request.state in ANSWERING else "revise"
    return engine.advance(request, name, by=by, at=at, idempotency_key=key)


def _refuse_malware(request: WorkerRequest) -> None:
    infected = request.evidence.filter(handed_over_at=None, scan__malware=Document.Malware.INFECTED)
    if number := infected.count():
        raise StepRefused(
            Refusal(
                "holds_malware",
                ngettext(
                    "%(number)s file of this packet holds malware.",
                    "%(number)s files of this packet hold malware.",
                    number,
                )
                % {"number": number},
                _("Take it away, or attach a clean copy in its place."),
            )
        )


def _refuse_if_handed_over(evidence: Evidence) -> None:
    """Under the request's lock: nothing that DHS has is changed."""
    evidence.refresh_from_db(fields=["handed_over_at", "scan"])
    if evidence.handed_over_at is not None:
        raise StepRefused(
            Refusal(
                "handed_over",
                _("DHS has this proof since %(day)s. It stays as it was.")
                % {"day": days_in_words.day(evidence.request.day_at(evidence.handed_over_at))},
                _("Add another proof instead."),
            )
        )


def _kept(evidence: Evidence, scan: Scan, *, by: User, at: datetime) -> Document:
    """The scan as a document of the request. The name of the file is not kept: it often names people."""
    request = evidence.request
    most = settings.EVIDENCE_FILES_PER_REQUEST
    if scans(request) >= most:
        raise StepRefused(
            Refusal(
                "too_many_scans",
                _("This packet has %(most)s scans already, and no more are taken.") % {"most": most},
                _("Put several papers of one kind into one PDF, and attach that."),
            )
        )
    with translation.override("en"):
        title = f"{evidence.get_kind_display()}, {evidence.covers_from} to {evidence.covers_to}"
    return Document.objects.create(
        case_id=request.pk,
        kind=Document.SCAN,
        title=title,
        media_type=scan.media_type,
        sides=OFFICE,
        sha256=scan.sha256,
        content=scan.content,
        size=len(scan.content),
        pages=scan.pages,
        malware=quarantine.at_first(),
        made_at=at,
        made_by=by,
    )

"""Why an ICE field office opens a worker's case: asked before it is shown, one case at a time.

The answer holds for the session and the case for eight hours, and stands with each read that it led to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from recordsets.collisions import in_one_piece
from workflows.models import Case

from .. import reads
from ..models import Document, StatedPurpose, User, find_visible
from ..models.people import ICE
from ..subjects import PERSON

HOLDS = timedelta(hours=8)


@dataclass(frozen=True)
class Asked:
    """Whether a purpose has to be stated first (``missing``), else the code that was stated, if any."""

    code: str = ""
    missing: bool = False


def asked_of(user: User, reference: str, *, session: str, at: datetime, sends: bool = False) -> Asked:
    """Whether this person has to say why before the case with this reference is shown.

    What somebody sends belongs to a page that was shown before: for that (``sends``) a purpose of the same
    session holds however old it is.
    """
    if user.capacity not in ICE:
        return Asked()
    stated = StatedPurpose.objects.filter(session=session, case__reference=reference, user_id=user.pk)
    if not sends:
        stated = stated.filter(stated_at__gt=at - HOLDS)
    code = stated.order_by("-stated_at").values_list("code", flat=True).first()
    return Asked(code) if code else Asked(missing=worker_case(user, reference) is not None)


def worker_case(user: User, reference: str) -> Case | None:
    """The worker's case with this reference that the person may see; None for anything else."""
    try:
        with reads.unnoted():
            record: Case = find_visible(user, reference)
    except Case.DoesNotExist:
        return None
    return record if record.kind in PERSON else None


def case_of_paper(user: User, public_id: UUID) -> str:
    """The reference of the case to which a letter or paper belongs, if the person may see it."""
    with reads.unnoted():
        papers = Document.objects.visible_to(user).filter(public_id=public_id)
        return papers.values_list("case__reference", flat=True).first() or ""


@in_one_piece
def state(case: Case, *, by: User, session: str, code: str, text: str, at: datetime) -> StatedPurpose:
    """Keep what somebody said; it is never changed."""
    return StatedPurpose.objects.create(
        user=by, session=session, case_id=case.pk, code=code, text=text, stated_at=at
    )

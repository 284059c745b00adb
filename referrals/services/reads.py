"""Writes the trail of reads: one row for each owner whose records an answer showed, in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.crypto import salted_hmac

from workflows.models import Case

from ..models import Access, Document, Person, Representation, User, record_models
from ..reads import Notes
from ..subjects import PERSON

WRITE = """
WITH read AS (
    SELECT case_ptr_id AS case_id, person_id, representative_id AS owner_id
    FROM referrals_workerrequest WHERE case_ptr_id = ANY(%(read)s)
    UNION ALL
    SELECT case_ptr_id, person_id, representative_id FROM referrals_stay WHERE case_ptr_id = ANY(%(read)s)
    UNION ALL
    SELECT f.case_ptr_id, s.person_id, s.representative_id
    FROM referrals_stayreferral f JOIN referrals_stay s ON s.case_ptr_id = f.stay_id
    WHERE f.case_ptr_id = ANY(%(read)s)
    UNION ALL
    SELECT g.case_ptr_id, r.person_id, g.representative_id
    FROM referrals_grant g JOIN referrals_workerrequest r ON r.case_ptr_id = g.worker_request_id
    WHERE g.case_ptr_id = ANY(%(read)s)
    UNION ALL
    SELECT w.case_ptr_id, r.person_id, w.representative_id
    FROM referrals_workpermit w JOIN referrals_workerrequest r ON r.case_ptr_id = w.worker_request_id
    WHERE w.case_ptr_id = ANY(%(read)s)
    UNION ALL
    SELECT n.case_ptr_id, r.person_id, g.representative_id
    FROM referrals_renewal n JOIN referrals_grant g ON g.case_ptr_id = n.grant_id
    JOIN referrals_workerrequest r ON r.case_ptr_id = g.worker_request_id
    WHERE n.case_ptr_id = ANY(%(read)s)
), shown AS (
    SELECT case_id, person_id, owner_id FROM read
    WHERE case_id = ANY(%(cases)s) OR person_id = ANY(%(people)s)
    UNION ALL
    SELECT NULL, id, COALESCE(
        (SELECT organization_id FROM referrals_representation
         WHERE person_id = p.id AND ended_on IS NULL AND organization_id = %(organization)s LIMIT 1),
        (SELECT organization_id FROM referrals_representation
         WHERE person_id = p.id AND ended_on IS NULL ORDER BY id LIMIT 1)
    ) FROM referrals_person p
    WHERE id = ANY(%(people)s) AND NOT EXISTS (SELECT FROM read WHERE read.person_id = p.id)
), grouped AS (
    SELECT owner_id, array_agg(DISTINCT token ORDER BY token) AS persons, count(DISTINCT token) AS number,
        COALESCE(array_agg(DISTINCT reference ORDER BY reference) FILTER (WHERE reference IS NOT NULL), '{}')
            AS cases
    FROM shown JOIN referrals_person ON referrals_person.id = person_id
    LEFT JOIN workflows_case ON workflows_case.id = case_id
    GROUP BY owner_id
)
INSERT INTO referrals_access (user_id, capacity, organization_id, office_id, owner_id, what, route, subject,
    persons, number, cases, purpose, network, session, request_number, at)
SELECT %(user)s, %(capacity)s, %(organization)s, %(office)s, owner_id,
    CASE WHEN %(what)s = 'RECORD' AND NOT named THEN 'LIST' ELSE %(what)s END,
    %(route)s, CASE WHEN named OR %(what)s IN ('DOCUMENT', 'EXPORT') THEN %(subject)s ELSE '' END,
    persons, number, cases, %(purpose)s, %(network)s, %(session)s, %(request_number)s, %(at)s
FROM (SELECT *, %(subject)s = ANY(persons) OR %(subject)s = ANY(cases) AS named FROM grouped) AS rows
"""


@dataclass(frozen=True)
class Answer:
    """What is known of an answer that was given: to whom, from which page, why, from where.

    ``subject`` is what its address named, ``purpose`` a code of ``StatedPurpose``. ``network`` and
    ``session`` are keyed hashes.
    """

    user: User
    what: str
    route: str
    at: datetime
    subject: str = ""
    purpose: str = ""
    network: str = ""
    session: str = ""
    request_number: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        hat = self.user.acting
        return {
            "user_id": self.user.pk,
            "capacity": self.user.capacity,
            "organization_id": hat.organization_id if hat else None,
            "office_id": hat.office_id if hat else None,
            "what": self.what,
            "route": self.route[:100],
            "subject": self.subject,
            "purpose": self.purpose,
            "network": self.network,
            "session": self.session,
            "request_number": self.request_number,
            "at": self.at,
        }


def keyed(what: str, value: str) -> str:
    """An address or a session as the trail keeps it: the same for the same, and no way back."""
    return salted_hmac(f"referrals.reads.{what}", value, algorithm="sha256").hexdigest() if value else ""


def write(answer: Answer, notes: Notes) -> None:
    """Put what was read on record, in one statement; nothing is sent where nobody's record was read.

    An export for a stated purpose has its line even so, under the organization of whoever made it.
    """
    opened = {key for reference, key in notes.loaded.items() if reference == answer.subject}
    cases = opened | notes.cases | set(notes.papers.values())
    if not cases and not notes.people:
        if answer.what == Access.What.EXPORT and answer.purpose:
            Access.objects.create(**answer.columns, owner_id=answer.columns["organization_id"])
        return
    given = {name.removesuffix("_id"): value for name, value in answer.columns.items()}
    read = cases | (set(notes.loaded.values()) if notes.people else set())
    keys = {"cases": list(cases), "people": list(notes.people), "read": list(read)}
    with connection.cursor() as cursor:
        cursor.execute(WRITE, {**given, **keys})


def refuse(answer: Answer) -> None:
    """Put on record that somebody was refused what an address names.

    What was typed is kept only where it is the reference or the token of something: a guess that misses may
    be a name.
    """
    owner, subject = _owner_of(answer.subject)
    Access.objects.create(
        **{**answer.columns, "what": Access.What.REFUSED, "subject": subject}, owner_id=owner
    )


def trail_read(answer: Answer) -> None:
    """Put on record that somebody read the trail itself."""
    Access.objects.create(**{**answer.columns, "what": Access.What.TRAIL})


def opened(answer: Answer, *, owner_id: int) -> None:
    """Put on record that somebody was shown a case of nobody's worker that is not theirs either."""
    Access.objects.create(**{**answer.columns, "cases": [answer.subject]}, owner_id=owner_id)


PAPER = "paper/"


def paper(public_id: UUID) -> str:
    """A letter or paper as the trail names it."""
    return f"{PAPER}{public_id.hex}"


def _owner_of(subject: str) -> tuple[int | None, str]:
    """Whose record this is, and its name if there is one."""
    if subject.startswith(PAPER):
        key = UUID(subject.removeprefix(PAPER))
        case = Document.objects.filter(public_id=key).values_list("case__pk", "case__kind").first()
    else:
        case = Case.objects.filter(reference=subject).values_list("pk", "kind").first()
    if case is not None:
        return _representative_of(*case), subject
    person = Person.objects.filter(token=subject).values_list("pk", flat=True).first()
    if person is None:
        return None, ""
    stands_by = Representation.objects.filter(person_id=person, ended_on=None).order_by("pk")
    return stands_by.values_list("organization_id", flat=True).first(), subject


def _representative_of(pk: int, kind: str) -> int | None:
    path = _OWNER.get(kind)
    if path is None:
        return None
    found: int | None = record_models()[kind].objects.filter(pk=pk).values_list(path, flat=True).first()
    return found


def _owners(paths: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """By kind of case, the way to the organization that represents the worker."""
    return {kind: f"{path.removesuffix('person')}representative_id" for kind, path in paths}


_OWNER = _owners((str(kind), path) for kind, path in PERSON.items())

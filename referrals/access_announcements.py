"""Who hears of alerts about reads, of organizations that come in, and of reviews that are due.

Nothing of it names a worker or a case.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from notifications import outbox
from workflows import days_in_words

from . import audiences
from . import notification_matrix as matrix
from .models import AccessAlert, AccessReview, Admission, Document, PrivacyIncidentStep
from .notification_matrix import Notice


def found(alert: AccessAlert, *, at: datetime) -> None:
    """Tell each of them once, in the transaction in which it was found. It names nobody and no case."""
    _tell(
        matrix.ACCESS_ALERT, matrix.ALERTED, alert, key=f"access-alert:{alert.pk}",
        link=reverse("access_alert", args=[alert.pk]), at=at,
        words=lambda: (_("Alert about reading"), str(alert.get_rule_display())),
    )  # fmt: skip


def proposed(admission: Admission, *, at: datetime) -> None:
    """Tell those who may decide that an organization was proposed."""
    _tell(
        matrix.ORGANIZATION_PROPOSED, matrix.PROPOSED_TO, admission, key=f"admission:{admission.pk}",
        link=reverse("admission", args=[admission.pk]), at=at,
        words=lambda: (_("An organization was proposed"), admission.name),
    )  # fmt: skip


def admitted(admission: Admission, *, at: datetime) -> None:
    """Tell who proposed it what was decided."""
    _tell(
        matrix.ORGANIZATION_DECIDED, matrix.DECIDED_TO, admission, key=f"admission-decided:{admission.pk}",
        link=reverse("admission", args=[admission.pk]), at=at,
        words=lambda: (
            _("%(name)s: %(outcome)s")
            % {"name": admission.name, "outcome": admission.get_outcome_display()},
            admission.because,
        ),
    )  # fmt: skip


def review_stage(review: AccessReview, stage: str, *, at: datetime) -> None:
    """Tell the reviewers of an organization that a review begins or is due; late, privacy officers too."""
    late = stage in (AccessReview.Stage.OVERDUE, AccessReview.Stage.SUSPENDED)
    _tell(
        matrix.REVIEW_OVERDUE if late else matrix.REVIEW_DUE,
        matrix.REVIEW_LATE if late else matrix.REVIEW,
        review, key=f"review:{review.pk}:{stage}", link=reverse("access_review", args=[review.pk]), at=at,
        words=lambda: (
            _("Review of who may act for %(organization)s: %(stage)s")
            % {
                "organization": review.organization.name,
                "stage": AccessReview.Stage(stage).label,
            },
            _("It is due on %(day)s. Capacities that nobody decides about stop after %(last)s.")
            % {"day": days_in_words.day(review.due_on), "last": days_in_words.day(review.grace_until)},
        ),
    )  # fmt: skip


def infected(document: Document, *, at: datetime) -> None:
    """Tell who brought a file that holds malware, those who answer for them, and privacy officers."""
    _tell(
        matrix.INFECTED_FILE, matrix.INFECTED, document, key=f"infected:{document.pk}",
        link=reverse("inbox"), at=at,
        words=lambda: (
            _("A file that was attached holds malware"),
            _(
                "It stays locked away, and the request with it cannot be filed. Take the file away and "
                "attach a clean copy. Have the computer checked that it came from."
            ),
        ),
    )  # fmt: skip


def privacy_notice(step: PrivacyIncidentStep, *, at: datetime) -> None:
    """Tell those who answer for the records of the owners, in the privacy officer's own words."""
    _tell(
        matrix.PRIVACY_NOTICE, matrix.NOTICE_OF_INCIDENT, step, key=f"privacy-notice:{step.pk}",
        link=reverse("who_saw_what"), at=at,
        words=lambda: (_("Notice of the privacy officer about reads of your records"), step.text),
    )  # fmt: skip


def _tell(
    event: str,
    notice: Notice,
    record: Any,
    *,
    key: str,
    link: str,
    words: Callable[[], tuple[str, str]],
    at: datetime,
) -> None:
    """One message to each of an audience, in the language of each."""
    for language, people in audiences.by_language(notice.to.people(record)).items():
        with translation.override(language):
            subject, body = words()
            outbox.tell(
                event=event, recipients=people, key=key, about="", link=link, subject=subject, body=body,
                at=at, channels=notice.channels, urgent=notice.urgent, mandatory=notice.mandatory,
            )  # fmt: skip

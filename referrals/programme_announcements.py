"""Who hears of changes of the programme itself: once, whatever the number of cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from notifications import outbox
from workflows import days_in_words
from workflows.models import Step

from . import audiences

SUBJECT = _("The federal programme")
OVERRIDE_GROUP = "override"
OVERRIDE = _(
    "A programme officer lets new requests under this statement in from %(first)s to %(last)s, "
    "although the programme is closed to new requests."
)


def _tell(
    people: Sequence[Any], *, event: str, key: str, at: datetime, words: Any, link: str, about: str = ""
) -> None:
    for language, readers in audiences.by_language(people).items():
        with translation.override(language):
            outbox.tell(
                event=event,
                recipients=readers,
                key=key,
                about=about,
                link=link,
                subject=str(SUBJECT),
                body=words(),
                at=at,
                mandatory=True,
            )


def held(requests: Sequence[Any], *, key: str, since: date, at: datetime) -> None:
    """One message to each representative of a desk about all of their drafts that were put on hold."""

    def words() -> str:
        return ngettext(
            "The programme is closed to new requests since %(day)s. "
            "%(count)d request that you are preparing is on hold. It is not lost.",
            "The programme is closed to new requests since %(day)s. "
            "%(count)d requests that you are preparing are on hold. They are not lost.",
            len(requests),
        ) % {"day": days_in_words.day(since), "count": len(requests)}

    people = audiences.representatives.people(requests[0])
    _tell(people, event="programme.held", key=key, at=at, words=words, link=_first_page())


def released(requests: Sequence[Any], *, key: str, at: datetime) -> None:
    """One message to each representative of a desk about all of their drafts that go on."""

    def words() -> str:
        return ngettext(
            "%(count)d request that was on hold goes on from where it was: new requests are taken.",
            "%(count)d requests that were on hold go on from where they were: new requests are taken.",
            len(requests),
        ) % {"count": len(requests)}

    people = audiences.representatives.people(requests[0])
    _tell(people, event="programme.released", key=key, at=at, words=words, link=_first_page())


def override_recorded(statement: Any, step: Step, *, starts_on: date, ends_on: date) -> None:
    """To whoever asked for the statement and to those whose requests depend on it."""
    sentence: Promise = OVERRIDE

    def words() -> str:
        return str(sentence) % {
            "first": days_in_words.day(starts_on),
            "last": days_in_words.day(ends_on),
        }

    for audience in (audiences.dependants, audiences.statement_requester):
        _tell(
            audience.people(statement),
            event="programme.override",
            key=f"step:{step.pk}:{OVERRIDE_GROUP}",
            at=step.at,
            words=words,
            link=statement.get_absolute_url(),
            about=statement.reference,
        )


def _first_page() -> str:
    return reverse("desk")

"""Who hears of a large export: those who can agree to it, then whoever asked. It names no list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from notifications import outbox

from . import audiences
from .models import Export, User
from .notification_matrix import EXPORT_ASKED, EXPORT_DECIDED, EXPORTS


def asked(export: Export, people: Iterable[User], *, at: datetime) -> None:
    """Tell those who can agree that somebody waits for them."""
    _tell(export, people, EXPORT_ASKED, at=at)


def decided(export: Export, *, at: datetime) -> None:
    """Tell whoever asked that somebody decided."""
    _tell(export, [export.user], EXPORT_DECIDED, at=at)


def _tell(export: Export, people: Iterable[User], event: str, *, at: datetime) -> None:
    for language, readers in audiences.by_language(people).items():
        with translation.override(language):
            outbox.tell(
                event=event,
                recipients=readers,
                key=f"{event}:{export.pk}",
                about="",
                link=export.get_absolute_url(),
                subject=_("Export %(reference)s") % {"reference": export.reference},
                body=_("Somebody asks you to agree to a large export.")
                if event == EXPORT_ASKED
                else _("Your export was decided: %(fate)s.") % {"fate": export.get_fate_display()},
                at=at,
                channels=EXPORTS,
                mandatory=True,
            )

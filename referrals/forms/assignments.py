"""Saying who works on a case, or on several: whom, why, and what was seen when it was said."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.models import Case

from ..assignees import Colleague, at_desk, seen_of
from ..models import User
from .steps.base import ReasonField
from .together import NOT_WHOLE

NOBODY = "nobody"
AWAY = "although_away"


class WhoWorksForm(forms.Form):
    """Whom a case is given to among the people of a desk; oneself and nobody are among the answers."""

    to = forms.ChoiceField(
        label=gettext_lazy("Who works on it"),
        help_text=gettext_lazy(
            "It gives nobody a right: whoever sits at this desk can still take each step."
        ),
    )
    although_away = forms.BooleanField(
        label=gettext_lazy("Give it all the same, although they are away"), required=False
    )
    reason = ReasonField(
        help_text=gettext_lazy(
            "It stays in the history, for your own organization. Write no names and no numbers of workers."
        )
    )

    def __init__(self, *args: Any, people: Iterable[Colleague], me: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [each for each in people if each.person.pk != me.pk]
        chosen: Any = self.fields["to"]
        chosen.choices = [
            ("", _("Choose")),
            (str(me.pk), _("I (%(who)s)") % {"who": me.name}),
            *((str(each.person.pk), each.label) for each in others),
            (NOBODY, _("Nobody: put it back")),
        ]
        if not any(each.away for each in others):
            del self.fields[AWAY]

    @property
    def whom(self) -> int | None:
        """The key of the person chosen; None is nobody."""
        to = self.cleaned_data["to"]
        return None if to == NOBODY else int(to)

    @property
    def how(self) -> dict[str, Any]:
        """What the services take besides."""
        return {"reason": self.cleaned_data["reason"], AWAY: self.cleaned_data.get(AWAY, False)}


class AssignmentForm(WhoWorksForm):
    """The same for one case, with who had it and its version when the page was drawn."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    idempotency_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(self, *args: Any, record: Case, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "seen": seen_of(record),
            "expected_version": record.version,
            "idempotency_key": secrets.token_urlsafe(18),
        }
        super().__init__(*args, **kwargs)


class AssignTogetherForm(WhoWorksForm):
    """The same for several cases, with who had each and its version.

    Who has a case that lies elsewhere is not said, not even as a key: it is refused in any case.
    """

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, *args: Any, records: Sequence[Case], me: User, **kwargs: Any) -> None:
        self.records = records
        kwargs["initial"] = {"key": secrets.token_urlsafe(18)}
        super().__init__(*args, me=me, **kwargs)
        for record in records:
            had = seen_of(record) if at_desk(record, me) else ""
            for name, value in ((_version(record), record.version), (_seen(record), had)):
                self.fields[name] = forms.IntegerField(
                    widget=forms.HiddenInput, required=False, initial=value
                )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        needed = {"key", *(_version(record) for record in self.records)}
        hidden = needed | {_seen(record) for record in self.records}
        if hidden & self.errors.keys() or any(given.get(name) in (None, "") for name in needed):
            for name in hidden & self.errors.keys():
                del self.errors[name]
            raise forms.ValidationError(NOT_WHOLE)
        return given

    @property
    def versions(self) -> Mapping[int, int]:
        """The version of each case that was on the page, by the key of the case."""
        return {record.pk: self.cleaned_data[_version(record)] for record in self.records}

    @property
    def had(self) -> Mapping[int, int | None]:
        """Who had each case on the page, by the key of the case; None is nobody."""
        return {record.pk: self.cleaned_data[_seen(record)] for record in self.records}

    @property
    def keys(self) -> Mapping[int, str]:
        """A key of idempotency for each case, by its key."""
        return {record.pk: f"{self.cleaned_data['key']}.{record.pk}" for record in self.records}


def _version(record: Case) -> str:
    return f"version-{record.reference}"


def _seen(record: Case) -> str:
    return f"seen-{record.reference}"

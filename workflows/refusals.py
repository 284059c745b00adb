"""Why a step is not taken, in sentences fit for the person who tried."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from .parties import Text


@dataclass(frozen=True)
class Refusal:
    """One reason and its remedy. ``code`` is stable for machines, the rest is for people.

    Most refusals of a page are never read, so the words may be lazy: found when somebody reads them.
    """

    code: str
    reason: Text
    remedy: Text = ""

    def __str__(self) -> str:
        return f"{self.reason} {self.remedy}".strip()


class StepRefused(Exception):
    """A step was not taken. Carries every reason; ``str()`` reads them all out."""

    def __init__(self, *refusals: Refusal) -> None:
        self.refusals = refusals
        super().__init__(" ".join(str(refusal) for refusal in refusals))


class StalePage(StepRefused):
    """Someone else moved the case since the page was shown (HTTP 409)."""


class UnknownStep(StepRefused):
    """No machine of this kind has such a step."""

    def __init__(self, name: str) -> None:
        super().__init__(Refusal("unknown_step", _("There is no step “%(name)s” here.") % {"name": name}))

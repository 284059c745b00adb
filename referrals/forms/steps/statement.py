"""What the steps of a statement ask for. The agency learns how many requests depend on it, never whose."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflows import days_in_words
from workflows.days import rule_day
from workflows.machines.statement_endings import earliest_withdrawal
from workflows.models import Kind

from ...services import drafts_of_statements, statements
from ...statement_checklist import checklist
from ..fields import DayField
from .base import StepForm


class Channel(models.TextChoices):
    PORTAL = "portal", _("In this system")
    EMAIL = "email", _("By e-mail as well")
    POST = "post", _("By post as well")


class Outcome(models.TextChoices):
    SETTLED = "SETTLED", _("Settled")
    ORDER = "ORDER", _("Ended by an order or a judgment")
    REMEDIED = "REMEDIED", _("Remedied and monitored to the end")
    NO_VIOLATION = "NO_VIOLATION", _("No violation was found")
    OTHER = "OTHER", _("Another outcome, written below")


class WithDependants(StepForm):
    """A step that touches people's requests: the page says how many, unless they are few."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        if self.user.is_agency:
            depending = statements.dependants_in_words(self.record, on=rule_day(self.at))
            reason.help_text = f"{depending} {reason.help_text}"


class ReviewForm(StepForm):
    """A day on which the agency looks at the statement again, within the months that policy allows."""

    step_fields = ("review_by_on",)

    review_by_on = DayField(label=_("The agency reviews the statement by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = timezone.localtime(self.at).date()
        self.latest = drafts_of_statements.latest_review(self.record, on=self.today)
        self.fields["review_by_on"].help_text = gettext("At the latest on %(day)s.") % {
            "day": days_in_words.day(self.latest)
        }

    def clean_review_by_on(self) -> date:
        chosen: date = self.cleaned_data["review_by_on"]
        if chosen <= self.today:
            raise ValidationError(_("Choose a day that is still to come."))
        if chosen > self.latest:
            raise ValidationError(
                gettext("Choose a day no later than %(day)s.") % {"day": days_in_words.day(self.latest)}
            )
        return chosen


class SignForm(ReviewForm):
    read_it = forms.BooleanField(label=_("I have read the letter as it will be sent"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        planned = self.record.draft.review_by
        self.initial["review_by_on"] = (
            planned if planned and self.today < planned <= self.latest else self.latest
        )
        delegation = drafts_of_statements.delegation_of(self.record, self.user, on=self.today)
        if delegation is not None:
            self.fields["read_it"].help_text = gettext("You sign as %(title)s under: %(authority)s.") % {
                "title": delegation.title,
                "authority": delegation.authority,
            }
        changes = drafts_of_statements.changes_since(self.record, self.record.draft)
        if changes:
            told = " ".join(change.sentence for change in changes)
            self.fields["reason"].help_text = gettext("What changes in the scope: %(changes)s") % {
                "changes": told
            }


class ContinueForm(ReviewForm, WithDependants):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["review_by_on"] = self.latest


class TransmitForm(StepForm):
    step_fields = ("channel",)

    channel = forms.ChoiceField(
        label=_("How it goes to DHS"), choices=Channel.choices, initial=Channel.PORTAL
    )


class ReturnForm(StepForm):
    step_fields = ("deficiencies",)

    deficiencies = forms.MultipleChoiceField(
        label=_("What is missing or not clear"), widget=forms.CheckboxSelectMultiple, choices=[]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        signed = self.record.signed
        lines = checklist(signed) if signed else []
        self.fields["deficiencies"].choices = [(line.key, line.label) for line in lines]  # type: ignore[attr-defined]


class AnnounceWithdrawalForm(WithDependants):
    step_fields = ("withdrawal_on",)

    withdrawal_on = DayField(label=_("Day of the withdrawal"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.earliest = earliest_withdrawal(self.record, at=self.at)
        self.initial["withdrawal_on"] = self.earliest
        self.fields["withdrawal_on"].help_text = gettext(
            "On %(day)s at the earliest, so that the people who depend on it can act."
        ) % {"day": days_in_words.day(self.earliest)}

    def clean_withdrawal_on(self) -> date:
        chosen: date = self.cleaned_data["withdrawal_on"]
        if chosen < self.earliest:
            raise ValidationError(
                gettext("Choose %(day)s or a later day.") % {"day": days_in_words.day(self.earliest)}
            )
        return chosen


class CloseForm(WithDependants):
    step_fields = ("outcome",)

    outcome = forms.ChoiceField(label=_("How the matter ended"), choices=[("", "—"), *Outcome.choices])


FORMS: dict[tuple[str, str], type[StepForm]] = {
    (Kind.STATEMENT, "sign"): SignForm,
    (Kind.STATEMENT, "transmit"): TransmitForm,
    (Kind.STATEMENT, "return_incomplete"): ReturnForm,
    (Kind.STATEMENT, "continue_interest"): ContinueForm,
    (Kind.STATEMENT, "announce_withdrawal"): AnnounceWithdrawalForm,
    (Kind.STATEMENT, "amend"): WithDependants,
    (Kind.STATEMENT, "suspend"): WithDependants,
    (Kind.STATEMENT, "withdraw_at_once"): WithDependants,
    (Kind.STATEMENT, "close"): CloseForm,
}

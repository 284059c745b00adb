"""The representative's steps of a worker's request: sign, file, answer, withdraw, reopen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflows.models import Kind

from ...services import worker_requests
from ..fields import DayField
from .base import StepForm


class SignForm(StepForm):
    step_fields = ("signed_on",)

    signed_on = DayField(label=_("Day on which the worker signed"))
    by_hand = forms.BooleanField(
        label=_("The worker signed by hand, with ink. Nothing is typed, stamped or signed by software.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signed_on"].initial = timezone.localdate(self.at)

    def clean_signed_on(self) -> date:
        signed: date = self.cleaned_data["signed_on"]
        agreed = self.record.consented_on
        if signed > timezone.localdate(self.at):
            raise forms.ValidationError(_("This day has not come yet."))
        if agreed is not None and signed < agreed:
            raise forms.ValidationError(_("The worker signed before agreeing to filing and sharing."))
        return signed


class FileForm(StepForm):
    whole = forms.BooleanField(
        label=_("Every page of the packet is there, and a full copy stays in your office.")
    )
    agreed = forms.BooleanField(
        label=_("The worker still wants this. From now on DHS sees the whole packet; it cannot be unseen.")
    )


class AnswerItemsForm(StepForm):
    """One response, all at once: every open item has its answer."""

    provides = frozenset({"answers_every_item"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]
        self.asked = list(self.record.asked_items.filter(answered_at__isnull=True))
        for number, item in enumerate(self.asked, start=1):
            self.fields[f"answer_{item.pk}"] = forms.CharField(
                label=_("Item %(number)s: %(text)s") % {"number": number, "text": item.text},
                help_text=item.legal_basis,
                max_length=8_000,
                widget=forms.Textarea(attrs={"rows": 4}),
            )
        self.fields["all_at_once"] = forms.BooleanField(
            label=_("This is the whole answer. There is one response; nothing can be added later.")
        )

    def prepare(self, *, by: Any, at: datetime) -> None:
        answers = {item.pk: self.cleaned_data[f"answer_{item.pk}"] for item in self.asked}
        worker_requests.answer_items(self.record, answers, at=at)


class AnswerNoticeForm(StepForm):
    provides = frozenset({"answers_the_notice"})

    noid_answer = forms.CharField(
        label=_("Your answer to the notice of intent to deny (NOID)"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("Answer each ground. There is one answer and no extension."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]

    def prepare(self, *, by: Any, at: datetime) -> None:
        worker_requests.write_noid_answer(self.record, self.cleaned_data["noid_answer"])


class WithdrawForm(StepForm):
    agreed = forms.BooleanField(label=_("The worker decided this after talking with you."))


FORMS: dict[tuple[str, str], type[StepForm]] = {
    (Kind.WORKER_REQUEST, "sign"): SignForm,
    (Kind.WORKER_REQUEST, "file"): FileForm,
    (Kind.WORKER_REQUEST, "answer_rfe"): AnswerItemsForm,
    (Kind.WORKER_REQUEST, "answer_ice"): AnswerItemsForm,
    (Kind.WORKER_REQUEST, "answer_noid"): AnswerNoticeForm,
    (Kind.WORKER_REQUEST, "withdraw"): WithdrawForm,
}

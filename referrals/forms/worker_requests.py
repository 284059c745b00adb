"""The forms with which a representative prepares a worker's request."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflows import policies

from ..dates import PRESENT
from ..models import CoveredName, Grant, Person, Statement, User, WorkerRequest, WorkPermit
from ..programme_rules import may_extend, may_renew
from .fields import DayField, DayOrPresentField, StateField, ZipField
from .grouping import OFFICE_THEN_DHS, GroupedForm

CLAIM = (
    "employer_on_stub",
    "site_street",
    "site_city",
    "site_state",
    "site_zip",
    "worked_from",
    "worked_to",
    "works_still",
    "job",
    "form_edition",
    "editions_mixed",
    "asks_permit",
)
PERMIT = ("annual_income", "annual_expenses", "total_assets", "necessity", "waiver_asked")
FILINGS = {
    WorkerRequest.Filing.INITIAL: _(
        "First request. Rests on the statement and on proof of work in its period."
    ),
    WorkerRequest.Filing.EXTENSION: _(
        "Extension. Turns a two-year grant into four years: the same statement, the approval notice, and "
        "“Labor DA Extension” on top of Form G-325A."
    ),
    WorkerRequest.Filing.SUBSEQUENT: _(
        "Renewal. A further grant after the first: needs a statement that the agency updated after the grant."
    ),
}


if TYPE_CHECKING:
    Choice = forms.ModelChoiceField[Any]
else:
    Choice = forms.ModelChoiceField


def usable_statements(user: User) -> QuerySet[Statement]:
    """Statements in force that this organization holds, each with a name of its employer."""
    named = CoveredName.objects.filter(
        version__statement=OuterRef("pk"), version__number=OuterRef("version_in_force")
    ).order_by("pk")
    held: QuerySet[Statement] = Statement.objects.visible_to(user).in_force()
    return (
        held.select_related("agency")
        .annotate(employer=Subquery(named.values("name")[:1]))
        .order_by("-opened_at", "-pk")
    )


class StatementChoice(Choice):
    def label_from_instance(self, statement: Any) -> str:
        parts = (statement.reference, getattr(statement, "employer", "") or "", statement.agency.name)
        return " · ".join(part for part in parts if part)


class GrantChoice(Choice):
    def label_from_instance(self, grant: Any) -> str:
        return gettext("%(reference)s, until %(day)s") % {"reference": grant.reference, "day": grant.ends_on}


class RequestForm(forms.Form):
    """Which statement, which kind of filing. Only what is possible today is offered."""

    statement = StatementChoice(
        label=_("Statement of interest"),
        queryset=Statement.objects.none(),
        to_field_name="reference",
        empty_label=_("Choose a statement"),
    )
    filing = forms.ChoiceField(label=_("Kind of filing"), widget=forms.RadioSelect)
    earlier_grant = GrantChoice(
        label=_("The earlier grant"),
        queryset=Grant.objects.none(),
        required=False,
        to_field_name="reference",
        empty_label=_("Choose the grant"),
    )
    asks_permit = forms.BooleanField(label=_("Ask for a work permit as well"), required=False, initial=True)

    def __init__(self, *args: Any, user: User, person: Person, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.book = today, policies.book()
        grants = Grant.objects.visible_to(user).filter(worker_request__person=person).order_by("-ends_on")
        self.grants = list(grants)
        self.fields["statement"].queryset = usable_statements(user)  # type: ignore[attr-defined]
        self.fields["earlier_grant"].queryset = grants  # type: ignore[attr-defined]
        offered = [WorkerRequest.Filing.INITIAL]
        if any(may_extend(grant, self.book, on=today) for grant in self.grants):
            offered.append(WorkerRequest.Filing.EXTENSION)
        if any(may_renew(grant, self.book, on=today) for grant in self.grants):
            offered.append(WorkerRequest.Filing.SUBSEQUENT)
        self.fields["filing"].choices = [(kind, FILINGS[kind]) for kind in offered]  # type: ignore[attr-defined]
        self.fields["filing"].initial = offered[0]
        if len(offered) == 1:
            del self.fields["earlier_grant"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        filing, grant = cleaned.get("filing"), cleaned.get("earlier_grant")
        if filing == WorkerRequest.Filing.INITIAL:
            cleaned["earlier_grant"] = None
        elif filing and grant is None and "earlier_grant" in self.fields:
            self.add_error("earlier_grant", _("Choose the grant that is to be extended or renewed."))
        elif filing == WorkerRequest.Filing.EXTENSION and not (
            grant and may_extend(grant, self.book, on=self.today)
        ):
            self.add_error(
                "earlier_grant",
                _("Only a two-year grant that still runs can be extended, while that rule is in force."),
            )
        return cleaned


class AttachStatementForm(forms.Form):
    """The three things that are printed at the foot of a statement."""

    number = forms.CharField(
        label=_("Number of the statement"), max_length=60, help_text=_("For example NLRB-2024-00041.")
    )
    version = forms.IntegerField(label=_("Version"), min_value=1, max_value=999, initial=1)
    code = forms.CharField(
        label=_("Verification code"),
        max_length=80,
        help_text=_("At least the first two groups of the code, for example 3F9A 12C4."),
    )


class ClaimForm(GroupedForm):
    """What the worker says about the job, and what the forms ask."""

    groups = (
        (
            _("Employer and place"),
            _("As on the paystub, even if another company ran the place: the scope check compares it."),
            ("employer_on_stub", "site_street", "site_city", "site_state", "site_zip"),
        ),
        (_("Time and work"), "", ("worked_from", "worked_to", "job")),
        (_("The form"), "", ("form_edition", "editions_mixed")),
        (
            _("Work permit"),
            _("Form I-765WS asks for these three amounts. Write 0 where there is nothing."),
            ("asks_permit", *PERMIT),
        ),
    )
    audiences = dict.fromkeys((*CLAIM, *PERMIT), OFFICE_THEN_DHS)

    employer_on_stub = forms.CharField(label=_("Employer as on the paystub"), max_length=200, required=False)
    site_street = forms.CharField(label=_("Street of the worksite"), max_length=200, required=False)
    site_city = forms.CharField(label=_("City of the worksite"), max_length=100, required=False)
    site_state = StateField(
        label=_("State of the worksite"), required=False, help_text=_("Two letters, such as AZ.")
    )
    site_zip = ZipField(label=_("ZIP code of the worksite"), required=False)
    worked_from = DayField(label=_("Worked from"), required=False)
    worked_to = DayOrPresentField(
        label=_("Worked until"),
        required=False,
        help_text=_("A day, or “present” if the worker is still there."),
    )
    job = forms.CharField(label=_("Job"), max_length=200, required=False)
    form_edition = forms.CharField(
        label=_("Edition of Form G-325A"),
        max_length=10,
        required=False,
        help_text=_("The date at the foot of the form, written the same way, such as 01/20/25."),
    )
    editions_mixed = forms.BooleanField(label=_("Some pages are of another edition"), required=False)
    asks_permit = forms.BooleanField(label=_("Asks for a work permit"), required=False)
    annual_income = forms.IntegerField(
        label=_("Annual income in dollars"), required=False, min_value=0, max_value=10_000_000
    )
    annual_expenses = forms.IntegerField(
        label=_("Annual expenses in dollars"), required=False, min_value=0, max_value=10_000_000
    )
    total_assets = forms.IntegerField(
        label=_("Total assets in dollars"), required=False, min_value=0, max_value=100_000_000
    )
    necessity = forms.CharField(
        label=_("Why the worker needs to work"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    waiver_asked = forms.BooleanField(
        label=_("Fee waiver (Form I-912) is in the packet instead of the fee"), required=False
    )

    def __init__(
        self, *args: Any, request: WorkerRequest, permit: WorkPermit | None, today: date, **kwargs: Any
    ) -> None:
        self.today = today
        initial = {name: getattr(request, name) for name in CLAIM}
        initial["worked_to"] = PRESENT if request.works_still else request.worked_to
        initial["expected_version"] = request.version
        if permit is not None:
            initial |= {name: getattr(permit, name) for name in PERMIT}
        super().__init__(*args, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begun, ended = cleaned.get("worked_from"), cleaned.get("worked_to")
        cleaned["works_still"] = ended is PRESENT
        if ended is PRESENT:
            cleaned["worked_to"] = None
        if begun and begun > self.today:
            self.add_error("worked_from", _("This day has not come yet."))
        if begun and isinstance(ended, date) and ended < begun:
            self.add_error("worked_to", _("The work ends before it starts."))
        if isinstance(ended, date) and ended > self.today:
            self.add_error("worked_to", _("This day has not come yet. Write “present” if the work goes on."))
        return cleaned

    @property
    def claim(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CLAIM}

    @property
    def permit(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in PERMIT}


class ScopeAnswerForm(GroupedForm):
    """What the agency answered when the scope check could not tell."""

    audiences = {"scope_answer": OFFICE_THEN_DHS}

    scope_answer = forms.CharField(
        label=_("The agency's answer"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What it said, who said it and when. Ask the agency without naming the worker."),
    )

"""A world in which every page has something to show, and in which every list can be made longer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pgtrigger

from notifications.models import Channel, KeptMail, Message
from referrals.demo.cast import Cast
from referrals.models import (
    EmployerName,
    Membership,
    Office,
    Organization,
    Person,
    SoiRequest,
    Statement,
    Stay,
    User,
    WorkerRequest,
    Worksite,
)
from referrals.services import (
    assignments,
    decisions,
    renewals,
    soi_requests,
    statements,
    stays,
    worker_requests,
)
from referrals.services.steps import take_step
from tests.cases import (
    OPEN_WORLD,
    active_statement,
    complete_draft,
    draft_request,
    granted_request,
    matter_of,
    request_draft,
    routed_request,
    signed_request,
)
from tests.referrals.pages import housekeeping
from workflows.models import Desk
from workflows.parties import Capacity

TODAY = OPEN_WORLD + timedelta(days=30)
PAID_FROM, PAID_TO = date(2022, 6, 1), date(2022, 6, 30)


class Casework:
    """The records that the pages show, as the arguments of their addresses; ``add`` makes lists longer."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.rows = 0
        self.at: dict[str, tuple[Any, ...]] = {"": ()}
        self.statement = active_statement(cast)
        self.matter = matter_of(cast)
        self._statement_side()
        self._worker_side()
        self._stays()
        housekeeping.begin(self)

    def keep(self, **records: Any) -> None:
        self.at |= {name.replace("_", " "): (record.reference,) for name, record in records.items()}

    def _statement_side(self) -> None:
        cast = self.cast
        self.begun = request_draft(cast)
        self.weighed = self.requested()
        self.drafted = self.statement_draft()
        self.taken(self.drafted, by=cast.investigator)
        self.keep(request=self.begun, weighed=self.weighed, drafted=self.drafted, statement=self.statement)
        self.at["matter"] = (self.matter.pk,)

    def requested(self) -> SoiRequest:
        """A request that the agency weighs."""
        cast, request = self.cast, request_draft(self.cast)
        take_step(request, "submit", by=cast.representative, at=OPEN_WORLD)
        take_step(request, "acknowledge", by=cast.investigator, at=OPEN_WORLD)
        take_step(request, "begin_review", by=cast.investigator, at=OPEN_WORLD)
        soi_requests.link_matter(request, self.matter, by=cast.investigator, at=OPEN_WORLD)
        soi_requests.assess(
            request,
            by=cast.investigator,
            at=OPEN_WORLD,
            values={"witnesses": 3, "cooperation_needed_now": True},
        )
        return request

    def taken(self, record: Any, *, by: User) -> None:
        """In the hands of one who sits at its desk."""
        assignments.assign(record, by.pk, by=by, at=OPEN_WORLD, seen=None)

    def statement_draft(self) -> Statement:
        by = self.cast.investigator
        seen = Statement.objects.filter(matter=self.matter).count()
        office = self.cast.offices["nlrb-region-28"]
        made = statements.open_once(self.matter, office=office, by=by, at=OPEN_WORLD, seen=seen)
        complete_draft(made, by=by, at=OPEN_WORLD)
        return made

    def _worker_side(self) -> None:
        cast, now = self.cast, OPEN_WORLD
        self.prepared = draft_request(cast, self.statement)
        self.worker = self.prepared.person
        self.at["worker"] = (self.worker.token,)
        proof = self.prepared.evidence.create(kind="PAYSTUB", covers_from=PAID_FROM, covers_to=PAID_TO)
        self.at["proof"] = (self.prepared.reference, proof.pk)
        self.filed = self.at_intake()
        self.taken(self.filed, by=cast.intake)
        self.at_ice = routed_request(cast, self.statement, ice=True)
        self.reviewed = routed_request(cast, self.statement)
        take_step(self.reviewed, "record_biometrics", by=cast.adjudicator, at=now)
        decisions.write(
            self.reviewed, by=cast.adjudicator, at=now, outcome="GRANT", rationale="The testimony is needed."
        )
        self.permit = self.reviewed.permits.get()
        self.grant = granted_request(cast, self.statement, at=now, starts_on=now.date(), months=24)
        self.renewal = renewals.prepare(self.grant, by=cast.representative, at=now)
        self.keep(
            prepared=self.prepared,
            signed=signed_request(cast, self.statement),
            at_intake=self.filed,
            reviewed=self.reviewed,
            at_ice=self.at_ice,
            grant=self.grant,
            permit=self.permit,
            renewal=self.renewal,
        )
        self.at["message"] = (Message.objects.inbox_of(cast.representative)[0].public_id,)

    def at_intake(self) -> WorkerRequest:
        request = signed_request(self.cast, self.statement)
        take_step(request, "file", by=self.cast.representative, at=OPEN_WORLD)
        take_step(request, "confirm_receipt", by=self.cast.intake, at=OPEN_WORLD)
        return request

    def stay_of(self, person: Person, office: Office) -> Stay:
        made = stays.open_stay(
            person, ice_office=office, by=self.cast.representative, at=OPEN_WORLD, statement=self.statement,
            final_order=True,
        )  # fmt: skip
        due = TODAY + timedelta(days=3)
        stays.revise(made, by=self.cast.representative, at=OPEN_WORLD, values={"removal_at": due})
        return made

    def _stays(self) -> None:
        cast = self.cast
        self.stay = self.stay_of(self.worker, cast.offices["ice-phoenix"])
        self.referral = stays.ask_support(
            self.stay,
            agency=cast.organizations["NLRB"],
            consent_signed_on=OPEN_WORLD.date(),
            by=cast.representative,
            at=OPEN_WORLD,
        )
        self.keep(stay=self.stay, referral=self.referral, filed_stay=self.filed_stay())

    def filed_stay(self) -> Stay:
        """A stay that is with the field office."""
        by, office = self.cast.representative, self.cast.offices["ice-phoenix"]
        person = worker_requests.add_person(
            by=by, at=OPEN_WORLD, given_names="Placida", family_names="Ejemplo"
        )
        made = stays.open_stay(
            person, ice_office=office, by=by, at=OPEN_WORLD, final_order=True, order_on=PAID_TO,
            reasons="Needed as a witness.", identity_papers="A", fee_ready=True, form_signed=True,
            consented_on=OPEN_WORLD.date(),
        )  # fmt: skip
        take_step(made, "make_ready", by=by, at=OPEN_WORLD)
        take_step(made, "file", by=by, at=OPEN_WORLD)
        return made

    def several(self) -> str:
        """All requests that the agency weighs, as the query of the page that takes one step on them."""
        requests = SoiRequest.objects.filter(state=self.weighed.state, agency_id=self.weighed.agency_id)
        return urlencode([("case", each.reference) for each in requests.order_by("pk")])

    def add(self, number: int) -> None:
        """So many more rows in every list of every page."""
        for _each in range(number):
            self.rows += 1
            self._more_places(self.rows)
            self._more_about_the_matter(self.rows)
            self._more_statements(self.rows)
            self._more_workers(self.rows)
            self._more_of_the_same_cases(self.rows)
            self._more_messages(self.rows)
            housekeeping.add(self, self.rows)

    def _more_places(self, row: int) -> None:
        """Another agency, another field office, another capacity of one person."""
        agency = Organization.objects.create(
            code=f"AGENCY-{row}",
            name=f"Agency {row}",
            kind=Organization.Kind.AGENCY,
            level="STATE",
            state="NM",
        )
        office_of(agency)
        office_of(self.cast.organizations["DHS"], field_office=True, number=row)
        helpers = Organization.objects.create(
            code=f"helpers-{row}", name=f"Helpers {row}", kind=Organization.Kind.ADVOCATE
        )
        Membership.objects.create(
            user=self.cast.river,
            organization=helpers,
            office=office_of(helpers),
            capacity=Capacity.REPRESENTATIVE,
        )

    def _more_about_the_matter(self, row: int) -> None:
        """Another matter like it, and for this one another name, place, request and statement."""
        matter_of(self.cast, number=f"28-CA-30{row:04}")
        name = {"name": f"A Foods {row}", "kind": "DBA"}
        place = {"street": f"{row} Sample Street", "city": "Mesa", "state": "AZ", "zip_code": "85201"}
        EmployerName.objects.create(matter=self.matter, **name)
        Worksite.objects.create(matter=self.matter, **place)
        another = twin(self.weighed)
        for holder in (self.begun, self.weighed, self.drafted.draft, self.statement.signed, another):
            assert holder is not None
            with pgtrigger.ignore():  # what a signed version covers stands still
                holder.names.create(**name)
                holder.sites.create(**place)

    def _more_statements(self, row: int) -> None:
        """Another statement in force and another draft, and another override for the first one."""
        for number, statement in enumerate((self.statement, self.drafted)):
            another = twin(statement, reference=f"NLRB-2024-{number + 1}{row:04}")
            version = statement.versions.latest("number")
            version.pk, version.statement = None, another
            version.save(force_insert=True)
            with pgtrigger.ignore():
                version.names.create(name=f"A Foods {row}", kind="DBA")
                version.sites.create(street="1 Sample Street", city="Mesa", state="AZ", zip_code="85201")
            for told in (another, self.statement):
                told.overrides.create(
                    starts_on=OPEN_WORLD.date(),
                    ends_on=TODAY.date() + timedelta(days=row),
                    authority="Memorandum of the director",
                    reason="Let in by the programme office.",
                    recorded_by=self.cast.officer,
                    recorded_at=OPEN_WORLD,
                )

    def _more_workers(self, row: int) -> None:
        """Another worker with a request at every desk, and another request of the first worker."""
        person = worker_requests.add_person(
            by=self.cast.representative, at=OPEN_WORLD, given_names=f"Prudencia {row}", family_names="Ejemplo"
        )
        for request in (self.prepared, self.reviewed, self.filed, self.at_ice):
            twin(request, person=person)
        twin(self.prepared)
        for request in (self.prepared, self.reviewed, self.filed, self.at_ice):
            request.evidence.create(kind="PAYSTUB", covers_from=PAID_FROM, covers_to=PAID_TO)

    def _more_of_the_same_cases(self, row: int) -> None:
        """Another permit, grant, renewal, stay and referral, and another line in a history."""
        twin(self.permit)
        twin(self.grant, worker_request=twin(self.grant.worker_request))
        twin(self.stay)
        twin(self.referral)
        values = {"reasons": f"Needed as a witness, {row}."}
        stays.revise(self.stay, by=self.cast.representative, at=OPEN_WORLD, values=values)

    def _more_messages(self, row: int) -> None:
        """Another message in one person's inbox, and another mail that is kept."""
        self._message(f"news:{row}", channel=Channel.INBOX, subject=f"News {row}")
        KeptMail.objects.create(
            message=self.mail(f"news:{row}"), subject="News", body="Sign in.", at=OPEN_WORLD
        )

    def mail(self, key: str, state: str = "SENT") -> Message:
        return self._message(key, channel=Channel.EMAIL, state=state)

    def _message(self, key: str, *, channel: str, state: str = "SENT", subject: str = "") -> Message:
        return Message.objects.create(
            effect_key=f"test:{key}:{channel}",
            event="soi_request.acknowledge",
            recipient=self.cast.river,
            channel=channel,
            link="/",
            subject=subject,
            language="en",
            state=state,
            created_at=OPEN_WORLD,
            send_after=OPEN_WORLD,
            next_try_at=OPEN_WORLD,
            sent_at=OPEN_WORLD if state == "SENT" else None,
        )


def twin(record: Any, **changes: Any) -> Any:
    """Another record like this one, put straight into the tables: only the number of records matters."""
    stored = type(record).objects.get(pk=record.pk)
    fresh = {"id", "case_ptr", "reference"}
    kept = {
        field.name: getattr(stored, field.name) for field in stored._meta.fields if field.name not in fresh
    }
    made = type(record).objects.create(**kept | changes)
    last = stored.steps.latest("sequence")
    for row in (last, *stored.clocks.filter(stopped_at=None)):
        row.pk, row.case_id = None, made.pk
        row.save(force_insert=True)
    return made


def office_of(owner: Organization, *, field_office: bool = False, number: int = 0) -> Office:
    name = f"Office {number} of {owner.name}"
    desk = Desk.objects.create(key=f"{owner.code}-{number}", name=name)
    return Office.objects.create(organization=owner, desk=desk, name=name, field_office=field_office)

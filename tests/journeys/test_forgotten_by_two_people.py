"""A worker asks to be forgotten; one person proposes it, another approves it, and only figures are left."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.keys import ring
from referrals.models import Disposition, KeyDestruction, Person, WorkerRequest
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, draft_request


@pytest.fixture
def keystore(settings: Any, tmp_path: Path) -> Path:
    """A directory of its own: what is destroyed in it is missing nowhere else."""
    settings.KEYSTORE = tmp_path / "keystore"
    return settings.KEYSTORE


class TestForgotten:
    @pytest.fixture(autouse=True)
    def _stage(self, keystore: Path, cast: Cast, time_machine: Any) -> None:
        self.cast, self.clock = cast, time_machine
        self.it_is(OPEN_WORLD)

    def it_is(self, now: datetime) -> None:
        """Another moment; sign-ins of an earlier day have ended."""
        self.now = now
        self.clock.move_to(now)
        self.browsers: dict[str, Client] = {}

    def test_two_people_agree_and_a_hold_keeps_the_other_one(
        self, django_capture_on_commit_callbacks: Any
    ) -> None:
        self.given_two_workers_whose_requests_were_withdrawn()
        self.when_one_of_them_asks_to_be_forgotten()
        self.when_time_goes_by(days=120)
        self.when_everything_is_looked_at()
        self.then_the_screening_notes_come_first()
        self.when_both_batches_are_proposed_by_the_privacy_officer()
        self.then_the_privacy_officer_cannot_approve_them()
        self.when_a_court_holds_the_other_worker()
        self.when_the_administrator_approves_them()
        with django_capture_on_commit_callbacks(execute=True):
            call_command("dispose", carry_out=True, stdout=StringIO())
        call_command("dispose", carry_out=True, stdout=StringIO())
        self.then_one_is_gone_and_the_other_is_kept()
        self.then_the_certificates_say_so_and_every_history_holds()

    def given_two_workers_whose_requests_were_withdrawn(self) -> None:
        statement = active_statement(self.cast)
        self.requests = [draft_request(self.cast, statement) for _each in range(2)]
        for request in self.requests:
            take_step(request, "withdraw", by=self.cast.representative, at=self.now, reason="No longer.")
        self.wishes, self.held = (request.person for request in self.requests)

    def browser(self, who: str) -> Client:
        if who not in self.browsers:
            self.browsers[who] = Client()
            self.browsers[who].force_login(self.cast.people[who])
        return self.browsers[who]

    def when_one_of_them_asks_to_be_forgotten(self) -> None:
        address = reverse("worker_wish", args=[self.wishes.token])
        self.browser("representative").post(address, {"asked_on": self.now.date().isoformat()})

    def when_time_goes_by(self, *, days: int) -> None:
        self.it_is(self.now + timedelta(days=days))

    def when_everything_is_looked_at(self) -> None:
        said = StringIO()
        call_command("dispose", stdout=said)
        self.batches = list(Disposition.objects.all())
        assert ", ".join(str(batch.pk) for batch in self.batches) in said.getvalue()

    def then_the_screening_notes_come_first(self) -> None:
        notes, workers = self.batches
        assert notes.items.count() == 2
        assert [item.person for item in workers.items.all()] == [self.wishes]

    def address(self, batch: Disposition) -> str:
        return reverse("disposition", args=[batch.pk])

    def when_both_batches_are_proposed_by_the_privacy_officer(self) -> None:
        for batch in self.batches:
            page = self.browser("privacy_officer").post(self.address(batch), {"propose": "yes"}, follow=True)
            assert "Proposed. A second person must approve it." in page.content.decode()

    def decide(self, who: str, batch: Disposition) -> Any:
        seen = Disposition.objects.get(pk=batch.pk).list_hash
        return self.browser(who).post(self.address(batch), {"decision": "approve", "seen": seen})

    def then_the_privacy_officer_cannot_approve_them(self) -> None:
        for batch in self.batches:
            assert self.decide("privacy_officer", batch).status_code == 400

    def when_a_court_holds_the_other_worker(self) -> None:
        told = {"scope": "PERSON", "mark": self.held.token, "reason": "A lawsuit.", "authority": "Order 7"}
        assert self.browser("privacy_officer").post("/retention/holds/", told).status_code == 302

    def when_the_administrator_approves_them(self) -> None:
        for batch in self.batches:
            assert self.decide("administrator", batch).status_code == 302

    def then_one_is_gone_and_the_other_is_kept(self) -> None:
        ring.begin()
        assert Person.objects.get(pk=self.wishes.pk).is_destroyed
        assert Person.objects.get(pk=self.held.pk).name.startswith("Prudencia")
        assert WorkerRequest.objects.filter(pk__in=[each.pk for each in self.requests]).count() == 2
        assert KeyDestruction.objects.get().ordered_by == self.cast.administrator
        page = self.browser("privacy_officer").get(self.address(self.batches[0])).content.decode()
        assert "Kept: a legal hold covers it" in page

    def then_the_certificates_say_so_and_every_history_holds(self) -> None:
        for batch in self.batches:
            address = reverse("disposition_certificate", args=[batch.pk])
            page = self.browser("administrator").get(address).content.decode()
            batch.refresh_from_db()
            for said in ("Paz Privacy", "Adam Administrator", batch.list_hash, batch.certificate_hash):
                assert said in page
            assert "do not fit" not in page
            assert "Prudencia" not in page
        said = StringIO()
        call_command("verify_history", stdout=said)
        assert "every history holds" in said.getvalue()

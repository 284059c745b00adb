"""What matters most asks for a fresh proof, loses nothing of what was typed, and then goes on."""

from __future__ import annotations

import re
import time
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from referrals import freshness
from referrals.demo.cast import Cast
from referrals.models import SoiRequest, User
from referrals.urls import urlpatterns
from tests import signing_in
from tests.cases import request_draft
from tests.laid_down import laid_down
from workflows.checks import machine_models
from workflows.machine import steps_of
from workflows.openness import manner_of

PASSWORD = "a password for tests"
MINUTE = 60


@pytest.fixture(autouse=True)
def _no_tries_before(db: None) -> None:
    cache.clear()


@pytest.fixture
@laid_down
def draft(cast: Cast) -> SoiRequest:
    return request_draft(cast)


def signed_in(user: User, *, minutes_ago: float) -> Client:
    client = Client()
    client.force_login(user)
    signing_in.remember(
        client, signing_in.proofs(user, "password", "mfa", at=time.time() - minutes_ago * MINUTE)
    )
    return client


def held(page: Any) -> dict[str, str]:
    found = re.findall(r'<input\s+type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', page.content.decode())
    return {name: unescape(value) for name, value in found}


def delegation(client: Client, **proof: str) -> Any:
    return client.post(reverse("signature_new"), {"title": "A text of hers", **proof})


class TestWhatNeedsOne:
    def test_every_step_that_is_countersigned(self) -> None:
        declared = {
            step.name
            for model in machine_models()
            for step in steps_of(model)
            if manner_of(step).countersigned_by
        }
        assert declared <= freshness.steps()
        assert {"terminate", "deny", "grant", "revoke", "sign", "countersign"} <= freshness.steps()

    def test_every_name_is_a_step_or_a_page_that_there_is(self) -> None:
        steps = {step.name for model in machine_models() for step in steps_of(model)} | {"countersign"}
        assert steps >= freshness.NAMED_STEPS
        pages = {pattern.name for pattern in urlpatterns}
        assert freshness.CHANGES | freshness.EXPORTS | {freshness.STEP, freshness.TOGETHER} <= pages

    def test_every_page_about_rules_and_authority_that_takes_something(self) -> None:
        from referrals.urls import policy

        takes_nothing = {"rules", "rule", "rule_changes", "closures", "agency_profiles", "signatures"}
        of_oneself = {"act_for", "absence_end", "dhs_draft_check"}
        names = {pattern.name for pattern in policy.urlpatterns}
        assert names - takes_nothing - of_oneself <= freshness.CHANGES | freshness.EXPORTS

    @pytest.mark.parametrize("step", ["sign", "grant", "deny", "terminate", "countersign"])
    def test_the_step_is_asked_before_the_record_is_looked_for(self, cast: Cast, step: str) -> None:
        client = signed_in(cast.adjudicator, minutes_ago=20)
        address = reverse("case_step", args=["XXXX", step])
        assert client.post(address).status_code == 403
        assert client.get(address).status_code == 404
        assert client.post(address, {"show_due": "1"}).status_code == 404
        fresh = signed_in(cast.adjudicator, minutes_ago=14)
        assert fresh.post(address).status_code == 404

    def test_the_same_step_for_several_cases(self, cast: Cast) -> None:
        client = signed_in(cast.adjudicator, minutes_ago=20)
        answer = client.post(reverse("together"), {"case": "XXXX", "step": "WORKER_REQUEST.deny"})
        assert answer.status_code == 403
        assert (
            client.post(reverse("together"), {"case": "X", "step": "SOI_REQUEST.submit"}).status_code != 403
        )

    def test_a_step_of_every_day_does_not(self, cast: Cast, draft: SoiRequest) -> None:
        client = signed_in(cast.representative, minutes_ago=20)
        answer = client.post(reverse("case_step", args=[draft.reference, "submit"]), {"reason": "x"})
        assert "proof_of_identity" not in answer.content.decode()

    def test_an_export_is_asked_for_and_then_given(self, cast: Cast, draft: SoiRequest) -> None:
        client = signed_in(cast.representative, minutes_ago=20)
        address = reverse("case_history_file", args=[draft.reference])
        there = client.get(address)["Location"]
        assert there == f"{reverse('account_reauthenticate')}?next={address.replace('/', '%2F')}"
        answer = client.post(there, {"password": PASSWORD, "next": address})
        assert answer["Location"] == address
        assert client.get(address).status_code == 200

    def test_an_accounting_of_disclosures_is_an_export_too(self, cast: Cast) -> None:
        client = signed_in(cast.representative, minutes_ago=20)
        for ending in ("", "?as=pdf"):
            answer = client.get(f"{reverse('disclosures', args=['W-1234567890'])}{ending}")
            assert answer.status_code == 302
            assert answer["Location"].startswith(reverse("account_reauthenticate"))


class TestTheAnswer:
    def test_it_holds_what_was_typed(self, cast: Cast) -> None:
        page = delegation(signed_in(cast.approver, minutes_ago=20))
        assert page.status_code == 403
        assert held(page)["title"] == "A text of hers"
        assert "no-store" in page.headers["Cache-Control"]

    @pytest.mark.parametrize("how", ["password", "code"])
    def test_a_proof_sends_it_on(self, cast: Cast, how: str) -> None:
        client = signed_in(cast.approver, minutes_ago=20)
        proof = PASSWORD if how == "password" else signing_in.code_of(cast.approver)
        page = delegation(client, proof_of_identity=proof)
        assert page.status_code != 403
        assert "A text of hers" in page.content.decode()
        assert delegation(client).status_code != 403

    @pytest.mark.parametrize("proof", ["", "wrong", "000000", "1234567890", "x" * 5000])
    def test_a_wrong_proof_changes_nothing_and_loses_nothing(self, cast: Cast, proof: str) -> None:
        page = delegation(signed_in(cast.approver, minutes_ago=20), proof_of_identity=proof)
        assert page.status_code == 403
        assert held(page)["title"] == "A text of hers"
        assert not proof or proof not in page.content.decode().replace("A text", "")

    def test_a_passkey_that_is_none_is_refused(self, cast: Cast) -> None:
        page = delegation(signed_in(cast.approver, minutes_ago=20), passkey_of_identity='{"id": 1}')
        assert page.status_code == 403
        assert held(page)["title"] == "A text of hers"

    def test_guessing_is_stopped(self, cast: Cast) -> None:
        client = signed_in(cast.approver, minutes_ago=20)
        for _try in range(12):
            delegation(client, proof_of_identity="wrong")
        assert "Wait" in delegation(client, proof_of_identity=PASSWORD).content.decode()

    def test_a_proof_is_not_held_by_the_page_after_the_session(self, cast: Cast) -> None:
        page = delegation(Client(), proof_of_identity=PASSWORD)
        assert page.status_code == 401
        assert held(page)["title"] == "A text of hers"
        assert PASSWORD not in page.content.decode()

    def test_the_proof_of_somebody_else_does_not_count(self, cast: Cast) -> None:
        client = signed_in(cast.approver, minutes_ago=20)
        signing_in.remember(client, signing_in.proofs(cast.signer, "password"))
        signing_in.remember(client, {"account_authentication_methods_user": str(cast.signer.pk)})
        assert client.get(reverse("desk")).status_code == 302  # nor has the factor been shown

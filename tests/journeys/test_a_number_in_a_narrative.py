"""An A-number typed into a text that the agency will read: refused with where and what, nothing stored."""

from __future__ import annotations

from typing import Any

import pytest

from referrals.demo.cast import Cast
from referrals.models import SoiRequest, StatementVersion
from referrals.personal_data import PersonalDataFound
from referrals.services import soi_requests, statements
from referrals.services.steps import take_step
from tests.cases import DISPUTE, OPEN_WORLD, complete_draft, matter_of, reload, request_draft

TYPED = "The foreman threatened the worker with A-number A 204 561 873 in front of the crew."


class TestGivenARequestForAStatement:
    @pytest.mark.parametrize("field", ["dispute", "retaliation", "fear", "cooperation", "laws", "roles"])
    def test_every_text_of_it_refuses_an_a_number(self, cast: Any, field: str) -> None:
        request = request_draft(cast)
        before, version = getattr(reload(request), field), reload(request).version
        with pytest.raises(PersonalDataFound) as found:
            soi_requests.revise(
                request, by=cast.representative, at=OPEN_WORLD, values={field: TYPED, "workers_affected": 99}
            )
        (sentence,) = found.value.messages
        assert "A-number" in sentence
        assert field in sentence
        assert "204561873" not in sentence.replace(" ", "")
        stored = reload(request)
        assert (getattr(stored, field), stored.version) == (before, version)
        assert stored.workers_affected != 99

    def test_the_same_text_without_the_number_is_kept(self, cast: Any) -> None:
        request = request_draft(cast)
        soi_requests.revise(request, by=cast.representative, at=OPEN_WORLD, values={"dispute": DISPUTE})
        assert SoiRequest.objects.get(pk=request.pk).dispute == DISPUTE

    def test_questions_and_answers_refuse_it_too(self, cast: Any) -> None:
        request = request_draft(cast)
        with pytest.raises(PersonalDataFound):
            soi_requests.ask(request, TYPED, at=OPEN_WORLD)
        with pytest.raises(PersonalDataFound):
            soi_requests.answer(request, TYPED, at=OPEN_WORLD)
        assert not request.questions.exists()


class TestGivenADraftStatement:
    def test_its_texts_refuse_an_a_number(self, cast: Any) -> None:
        statement = statements.open_draft(
            matter_of(cast), office=cast.offices["nlrb-region-28"], by=cast.investigator, at=OPEN_WORLD
        )
        complete_draft(statement, by=cast.investigator, at=OPEN_WORLD)
        version = reload(statement).version
        with pytest.raises(PersonalDataFound, match="A-number"):
            statements.revise(statement, by=cast.investigator, at=OPEN_WORLD, values={"cooperation": TYPED})
        assert reload(statement).version == version
        assert not StatementVersion.objects.filter(cooperation__contains="204").exists()


def test_a_reason_with_an_a_number_is_refused_and_the_case_stays_where_it_was(cast: Cast) -> None:
    request = request_draft(cast)
    take_step(request, "submit", by=cast.representative, at=OPEN_WORLD)
    with pytest.raises(PersonalDataFound):
        take_step(request, "withdraw", by=cast.representative, at=OPEN_WORLD, reason="It was A 204 561 873.")
    assert request.steps.count() == request.version
    assert not request.steps.filter(name="withdraw").exists()

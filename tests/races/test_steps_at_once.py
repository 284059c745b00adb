"""Eight processes at the same cases: one wins each, the others are told why not, and the history holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from notifications.models import Message
from referrals.models import SoiRequest
from tests.cases import OPEN_WORLD
from tests.races.conftest import PROCESSES, Contender
from workflows import history
from workflows.machines.soi_request_states import State
from workflows.models import Clock, Deadline, Pause, Step

pytestmark = pytest.mark.django_db(transaction=True)

CASES = 40
LATER = OPEN_WORLD + timedelta(hours=1)
Submitted = Callable[[int], list[SoiRequest]]


def flat(answers: list[list[Any]]) -> list[Any]:
    return [each for one in answers for each in one]


def explained(answers: list[Any], allowed: set[str]) -> bool:
    """Every refusal has a code that may come up here, and a remedy."""
    refused = [each for each in answers if "codes" in each]
    return all(set(each["codes"]) <= allowed and all(each["remedies"]) for each in refused)


def test_eight_processes_take_the_same_step_on_forty_cases(
    contenders: list[Contender], submitted: Submitted, cast: Any
) -> None:
    requests = submitted(CASES)
    messages = Message.objects.filter(event="soi_request.acknowledge").count()
    for each in contenders:
        each.order(
            "take",
            step="acknowledge",
            who=cast.investigator.email,
            cases=[request.pk for request in requests],
            version=None,
            at=LATER,
        )
    answers = flat([each.answer() for each in contenders])
    assert len(answers) == CASES * PROCESSES
    assert sum("step" in each for each in answers) == CASES
    assert explained(answers, {"wrong_state", "stale"})
    ours = [request.pk for request in requests]
    taken = Step.objects.filter(name="acknowledge", nature=Step.Nature.MOVED)
    assert Counter(taken.values_list("case_id", flat=True)) == Counter(ours)
    assert set(SoiRequest.objects.filter(pk__in=ours).values_list("state", flat=True)) == {State.ACKNOWLEDGED}
    told = Message.objects.filter(event="soi_request.acknowledge").count() - messages
    assert told == CASES * told_for_one(requests[0]), "each success was told once"
    assert not Clock.objects.filter(key="soi_acknowledgement", stopped_at=None).exists()
    assert history.verify().broken is None


def told_for_one(request: SoiRequest) -> int:
    return Message.objects.filter(event="soi_request.acknowledge", about=request.reference).count()


def test_two_steps_decided_on_the_same_page_exclude_each_other(
    contenders: list[Contender], submitted: Submitted, cast: Any
) -> None:
    """Half of the processes acknowledge, half withdraw, all of them having seen the same version."""
    requests = submitted(12)
    (version,) = {request.version for request in requests}
    ways = [("acknowledge", cast.investigator, ""), ("withdraw", cast.representative, "Settled.")]
    for number, each in enumerate(contenders):
        step, who, reason = ways[number % 2]
        each.order(
            "take",
            step=step,
            who=who.email,
            reason=reason,
            cases=[request.pk for request in requests],
            version=version,
            at=LATER,
        )
    answers = flat([each.answer() for each in contenders])
    assert sum("step" in each for each in answers) == len(requests)
    assert explained(answers, {"stale"})
    for request in SoiRequest.objects.filter(pk__in=[each.pk for each in requests]):
        last = request.steps.order_by("-sequence")[0]
        assert (request.version, last.sequence) == (version + 1, version + 1)
        assert request.state == {"acknowledge": State.ACKNOWLEDGED, "withdraw": State.WITHDRAWN}[last.name]
    assert history.verify().broken is None


def test_one_form_sent_by_eight_processes_is_one_step(
    contenders: list[Contender], submitted: Submitted, cast: Any
) -> None:
    requests = submitted(5)
    for each in contenders:
        each.order(
            "take",
            step="acknowledge",
            who=cast.investigator.email,
            cases=[request.pk for request in requests],
            version=requests[0].version,
            key="the same form",
            at=LATER,
        )
    by_case = list(zip(*[each.answer() for each in contenders], strict=True))
    for answers in by_case:
        assert len({each["step"] for each in answers}) == 1, "all of them got the one step"
        assert [each["repeated"] for each in answers].count(False) == 1
    assert Step.objects.filter(name="acknowledge").count() == len(requests)
    assert history.verify().broken is None


def test_of_those_who_take_a_case_at_once_one_has_it_and_the_others_read_who(
    contenders: list[Contender], submitted: Submitted, cast: Any
) -> None:
    """Everybody saw it in nobody's hands; one of them sits elsewhere and learns no name."""
    requests = submitted(20)
    people = [cast.investigator, cast.approver, cast.signer, cast.representative]
    for number, each in enumerate(contenders):
        each.order(
            "take_up",
            who=[person.email for person in people],
            number=number,
            cases=[request.pk for request in requests],
            at=LATER,
        )
    by_case = list(zip(*[each.answer() for each in contenders], strict=True))
    for request, answers in zip(requests, by_case, strict=True):
        (first,) = [each["who"] for each in answers if "step" in each]
        assert SoiRequest.objects.get(pk=request.pk).assignee.name == first
        slower = [each for each in answers if "codes" in each]
        assert explained(slower, {"faster", "yours_meanwhile", "not_your_desk"})
        for each in slower:
            assert (first in each["said"]) == (each["codes"] == ["faster"])
    assert Step.objects.filter(name="take_up").count() == len(requests)
    assert history.verify().broken is None


def test_eight_orders_at_once_overlap_and_each_is_lifted_once(
    contenders: list[Contender], submitted: Submitted, cast: Any
) -> None:
    """Nobody's order is lost, eight liftings of one order lift it once, and the clock waits for the last."""
    requests = submitted(4)
    ours = [request.pk for request in requests]
    for each in contenders:
        each.order("order_about_clock", who=cast.approver.email, cases=ours, at=LATER)
    given = flat([each.answer() for each in contenders])
    assert all("step" in each for each in given)
    orders = Pause.objects.filter(clock__case_id__in=ours, ended_at=None)
    assert Counter(orders.values_list("clock__case_id", flat=True)) == dict.fromkeys(ours, PROCESSES)
    first = {
        str(pk): min(orders.filter(clock__case_id=pk).values_list("ordered_in", flat=True)) for pk in ours
    }
    for each in contenders:
        each.order(
            "order_about_clock",
            who=cast.approver.email,
            cases=ours,
            lifts=first,
            at=LATER + timedelta(hours=1),
        )
    lifted = flat([each.answer() for each in contenders])
    assert sum("step" in each for each in lifted) == len(ours)
    assert explained(lifted, {"no_order"})
    assert orders.count() == len(ours) * (PROCESSES - 1)
    assert not Deadline.objects.filter(clock_key="soi_determination", state="ARMED").exists()
    assert history.verify().broken is None

"""Web processes, workers and beats that are killed with ``kill -9``, and more of them than are needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from referrals.models import SoiRequest, User
from tests.faults.effects import (
    an_hour_ago,
    due,
    fired,
    in_doubt,
    long_ago,
    mails_about,
    rungs,
    taken,
    the_dead_lose_their_leases,
    told,
    undelivered,
)
from tests.faults.figures import Figures
from tests.faults.stack import PATIENCE, Stack, wait_for
from tests.faults.visitors import UNHEARD, Crowd, Visitor
from workflows import history
from workflows.models import Deadline, Step

Submitted = Callable[..., list[SoiRequest]]


def references(requests: list[SoiRequest]) -> list[str]:
    return [each.reference for each in requests]


def test_a_web_process_killed_between_commit_and_reply_leaves_one_effect_and_the_second_try_sees_it(
    web: Stack, submitted: Submitted, people: Any, figures: Figures
) -> None:
    requests = submitted(3, at=an_hour_ago())
    visitor = Visitor(web, people.investigator)
    for each in requests:
        form = {"expected_version": each.version, "idempotency_key": f"page-{each.pk}"}
        assert visitor.press(each.reference, "acknowledge", fault="after-commit", **form) == UNHEARD
        assert Step.objects.filter(case=each.pk, name="acknowledge").count() == 1, "it was committed"
        assert visitor.insist(each.reference, "acknowledge", **form) == 302, "the second try sees the result"
    messages = told(requests, "soi_request.acknowledge")
    assert {about for about, _how, _whom in messages} == set(references(requests))
    fault = "web process killed between commit and reply"
    figures.hold(f"{fault}: steps", expected=references(requests), done=taken(requests, "acknowledge"))
    figures.hold(f"{fault}: messages", expected=set(messages), done=messages)
    assert history.verify().broken is None


def test_eight_reviewers_on_the_same_cases_get_one_effect_and_seven_explanations(
    web: Stack, submitted: Submitted, people: Any, figures: Figures
) -> None:
    requests = submitted(3, at=an_hour_ago())
    for each in requests:
        eight = [Visitor(web, people.investigator) for _ in range(8)]
        with Crowd(eight, [each] * 8, "acknowledge", own_keys=True) as crowd:
            pass
        assert crowd.outcomes == {302: 1, 409: 7}
    figures.hold(
        "eight reviewers on the same case: steps",
        expected=references(requests),
        done=taken(requests, "acknowledge"),
    )
    assert history.verify().broken is None


def test_a_worker_killed_in_mid_delivery_repeats_one_mail_at_most_and_marks_it(
    stack: Stack, submitted: Submitted, figures: Figures
) -> None:
    requests = submitted(15, at=an_hour_ago())
    arrived = len(stack.mail.mails)
    stack.mail.hold(arrived + 9)
    stack.work()
    stack.tick()
    assert stack.mail.holding.wait(PATIENCE), "the relay came as far as the mail at which it is to be killed"
    stack.kill("worker")
    killed_at = timezone.now()
    stack.mail.go_on.set()
    assert undelivered() > 0
    the_dead_lose_their_leases(dead_since=killed_at)
    stack.work()
    wait_for(lambda: undelivered() == 0, "all mail to leave")
    mails = mails_about(requests)
    marked = in_doubt(mails)
    assert len(marked) <= 1
    figures.hold(
        "worker killed in mid-delivery: mails",
        expected=mails,
        done=stack.mail.message_ids[arrived:],
        marked=marked,
    )


def test_a_worker_killed_in_mid_sweep_leaves_no_case_half_done(
    stack: Stack, submitted: Submitted, people: Any, figures: Figures
) -> None:
    requests = submitted(16, at=long_ago())
    expected, per_case = rungs(requests), len(rungs(requests[:1]))
    everybody = list(User.objects.values_list("pk", flat=True))
    stack.work()
    stack.tick()
    wait_for(lambda: len(fired(requests)) >= 3 * per_case, "a sweep that has begun")
    with stack.locked("SELECT 1 FROM referrals_user WHERE id = ANY(%s) FOR UPDATE", everybody):
        wait_for(stack.waits_for_lock, "a sweep in the middle of a case")
        stack.kill("worker")
        done = fired(requests)
        assert 0 < len(done) < len(expected), "it was killed half-way"
        assert len(done) % per_case == 0, "a case fired whole or not at all"
        assert len(taken(requests, "lapse")) == len(done) // per_case
    stack.work()
    wait_for(lambda: due() == 0, "a sweep by another worker")
    figures.hold("worker killed in mid-sweep: rungs", expected=expected, done=fired(requests))
    figures.hold(
        "worker killed in mid-sweep: steps", expected=references(requests), done=taken(requests, "lapse")
    )
    lapses = told(requests, "soi_request.lapse")
    assert {about for about, _how, _whom in lapses} == set(references(requests))
    assert history.verify().broken is None


def test_two_beats_do_nothing_twice_and_none_for_a_day_only_means_late(
    stack: Stack, submitted: Submitted, figures: Figures
) -> None:
    """Four sweepers and relays, asked by two beats at once."""
    stack.work(processes=4)
    for each in ("beat", "other beat"):
        stack.tick(each)
    arrived = len(stack.mail.mails)
    early = [one for hour in range(6) for one in submitted(1, at=long_ago() + timedelta(hours=hour))]
    wait_for(lambda: due() == 0 and undelivered() == 0, "both beats' work")
    stack.kill("beat")
    more = submitted(3, at=long_ago())
    wait_for(lambda: due() == 0 and undelivered() == 0, "the other beat's work")
    stack.kill("other beat")
    stack.kill("worker")
    stack.flush_valkey()
    yesterday = [one for hour in range(6) for one in submitted(1, at=long_ago() - timedelta(hours=hour))]
    late = due()
    assert late == len(rungs(yesterday)), "nobody asked, nothing fired, nothing is forgotten"
    stack.work()
    stack.tick()
    requests = [*early, *more, *yesterday]
    wait_for(lambda: due() == 0 and undelivered() == 0, "what was late")
    what = "two beats, four sweepers, beats killed, none for a day"
    figures.hold(f"{what}: rungs", expected=rungs(requests), done=fired(requests))
    figures.hold(f"{what}: steps", expected=references(requests), done=taken(requests, "lapse"))
    figures.hold(f"{what}: mails", expected=mails_about(requests), done=stack.mail.message_ids[arrived:])
    loud = Deadline.objects.filter(case__in=[each.pk for each in yesterday], collapsed=True)
    assert loud.exists(), "of several missed rungs only the last one spoke"
    assert history.verify().broken is None

"""Cases that live under another version, and how they get there and back."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from notifications.models import Message
from referrals import diary, tasks
from referrals.models import Membership, SoiRequest, WorkerRequest
from referrals.services import assignments
from referrals.services.steps import take_step
from tests import cases, versions
from tests.cases import OPEN_WORLD, reload
from workflows import definitions, engine, history, replay, storing, version_maps
from workflows.assigning import FALLS
from workflows.definitions import freezing
from workflows.migrating import Migration
from workflows.models import Case, Clock, Deadline, Step
from workflows.version_maps import MapRefused

LATER = OPEN_WORLD + timedelta(days=2)
LATEST = OPEN_WORLD + timedelta(days=3)


@pytest.fixture
def folder(tmp_path: Path, db: None) -> Iterator[Path]:
    with versions.known(versions.write(tmp_path / "definitions")):
        yield tmp_path / "definitions"


def forward(**more: Any) -> Migration:
    known = version_maps.shipped(versions.KIND, 1, 2)
    return Migration(known, at=LATER, reason="A triage comes first.", **more)


def back(**more: Any) -> Migration:
    known = version_maps.shipped(versions.KIND, 1, 2).turned_round()
    return Migration(known, at=LATEST, reason="The triage did not work.", **more)


def clocks_of(record: Any) -> dict[str, Any]:
    running = Clock.objects.filter(case_id=record.pk, stopped_at=None)
    return {clock.key: clock.due_on for clock in running}


def armed(record: Any) -> set[tuple[str, str, Any]]:
    found = Deadline.objects.filter(case_id=record.pk, state=Deadline.State.ARMED)
    return set(found.values_list("clock_key", "rung", "due_at"))


def everything_holds() -> None:
    assert history.verify().broken is None
    assert [str(each) for each in replay.replay().illegal] == []


def test_a_case_keeps_its_version_until_it_is_moved(folder: Path, cast: Any, submitted: SoiRequest) -> None:
    take_step(submitted, "acknowledge", by=cast.investigator, at=LATER)
    assert submitted.definition_version == submitted.steps.last().definition_version == 1


def test_moving_maps_the_state_and_the_clocks_with_a_line_that_says_so(
    folder: Path, submitted: SoiRequest
) -> None:
    before = clocks_of(submitted)
    outcome = forward().run()
    assert (outcome.moved, outcome.left) == (1, [])
    record = reload(submitted)
    assert (record.state, record.definition_version, record.version) == ("SENT", 2, submitted.version + 1)
    assert record.state_label == "On its way"
    assert record.entered_state_at == submitted.entered_state_at
    after = clocks_of(record)
    assert after.keys() == {"first_answer", "soi_determination", "triage"}
    assert after["first_answer"] == before["soi_acknowledgement"]
    assert after["soi_determination"] == before["soi_determination"]
    assert {key for key, _rung, _at in armed(record)} == set(after)
    line = record.steps.last()
    assert (line.nature, line.from_state, line.to_state) == ("MIGRATED", "SUBMITTED", "SENT")
    assert line.definition_version == 2
    assert line.data == {"from_version": 1, "to_version": 2, "back": False}
    assert {(each["what"], each["clock"]) for each in line.effects} == {
        ("renamed", "first_answer"), ("stopped", "soi_request_lapse"), ("started", "triage"),
    }  # fmt: skip
    everything_holds()


def test_a_dry_run_says_the_same_and_stores_nothing(folder: Path, submitted: SoiRequest) -> None:
    before = (Step.objects.count(), clocks_of(submitted), armed(submitted))
    foreseen = forward().foreseen()
    assert (Step.objects.count(), clocks_of(submitted), armed(submitted)) == before
    assert reload(submitted).definition_version == 1
    assert foreseen == forward().run()


def test_what_is_ended_and_what_is_moved_already_is_left_alone(
    folder: Path, cast: Any, submitted: SoiRequest
) -> None:
    take_step(submitted, "withdraw", by=cast.representative, at=OPEN_WORLD, reason="Settled.")
    other = cases.request_draft(cast)
    assert (forward().run().moved, forward().run().moved) == (1, 0)
    assert (reload(submitted).definition_version, reload(other).definition_version) == (1, 2)


def test_the_steps_of_a_moved_case_are_those_of_its_version(
    folder: Path, cast: Any, submitted: SoiRequest
) -> None:
    forward().run()
    record = reload(submitted)
    options = {each.name: each for each in engine.options_for(record, by=cast.investigator, at=LATER)}
    assert "acknowledge" in options
    with pytest.raises(engine.StepRefused) as refused:
        take_step(record, "acknowledge", by=cast.investigator, at=LATER)
    assert [each.code for each in refused.value.refusals] == ["needs_reason"]
    step = take_step(record, "acknowledge", by=cast.investigator, at=LATER, reason="It has arrived.")
    assert (step.from_state, step.to_state, step.definition_version) == ("SENT", "ACKNOWLEDGED", 2)
    assert clocks_of(record).keys() == {"soi_determination"}
    with pytest.raises(engine.StepRefused) as refused:
        take_step(record, "refer", by=cast.investigator, at=LATER, reason="Not ours.")
    (why,) = refused.value.refusals
    assert (why.code, "version 2" in why.reason) == ("other_version", True)
    assert "move the case to version 1" in why.remedy
    take_step(record, "begin_review", by=cast.investigator, at=LATER)
    everything_holds()


def test_a_step_that_the_code_does_not_carry_out_is_closed_with_the_remedy(
    folder: Path, cast: Any, submitted: SoiRequest
) -> None:
    forward().run()
    options = engine.options_for(submitted, by=cast.investigator, at=LATER)
    (option,) = [each for each in options if each.name == "lay_aside"]
    assert [each.code for each in option.refusals] == ["other_version"]
    page = engine.options_of(SoiRequest, [submitted.pk], by=cast.investigator, at=LATER, decided=False)
    assert [each.name for each in page[submitted.pk]] == [each.name for each in options]
    with pytest.raises(engine.StepRefused, match="no longer carried out"):
        engine.advance(reload(submitted), "lay_aside", by=cast.investigator, at=LATER, reason="Later.")


def test_a_case_of_an_older_version_does_not_have_the_steps_of_the_newer_one(
    folder: Path, cast: Any, submitted: SoiRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = freezing.frozen(SoiRequest)
    older["steps"] = [each for each in older["steps"] if each["name"] != "acknowledge"]
    (folder / "SOI_REQUEST.1.json").write_text(json.dumps(older), encoding="utf-8")
    monkeypatch.setattr(SoiRequest, "machine", dataclasses.replace(SoiRequest.machine, version=2))
    definitions.forget()
    with pytest.raises(engine.StepRefused) as refused:
        engine.advance(submitted, "acknowledge", by=cast.investigator, at=LATER)
    assert [each.code for each in refused.value.refusals] == ["other_version"]
    fresh = cases.request_draft(cast)
    assert fresh.definition_version == 2


def test_the_clock_fires_what_its_own_version_says(folder: Path, cast: Any, submitted: SoiRequest) -> None:
    """Version 2 has no lapse: after a year nothing has lapsed, and nothing was tried."""
    forward().run()
    silent = dataclasses.replace(tasks.SWEEPER, tell=lambda _fired, *, at: None)
    swept = silent.fire_due(at=OPEN_WORLD + timedelta(days=400))
    assert (swept.steps, swept.failed) == (0, 0)
    assert swept.fired > 0
    assert reload(submitted).state == "SENT"


def test_back_brings_state_clocks_and_dates_as_they_were_and_erases_nothing(
    folder: Path, submitted: SoiRequest
) -> None:
    before, rungs = clocks_of(submitted), armed(submitted)
    forward().run()
    outcome = back().run()
    assert (outcome.moved, outcome.left) == (1, [])
    record = reload(submitted)
    assert (record.state, record.definition_version) == ("SUBMITTED", 1)
    assert clocks_of(record) == before
    assert armed(record) == rungs
    assert [each.nature for each in record.steps.all()][-2:] == ["MIGRATED", "MIGRATED"]
    assert record.steps.last().data == {"from_version": 2, "to_version": 1, "back": True}
    assert back().run().moved == 0
    everything_holds()
    assert forward().run().moved == 1
    everything_holds()


def test_back_leaves_out_what_began_under_the_new_version(
    folder: Path, cast: Any, submitted: SoiRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward().run()
    with monkeypatch.context() as newer:
        newer.setattr(SoiRequest, "machine", dataclasses.replace(SoiRequest.machine, version=2))
        definitions.forget()
        fresh = cases.request_draft(cast)
    definitions.forget()
    assert fresh.definition_version == 2
    assert back().run().moved == 1
    assert (reload(submitted).definition_version, reload(fresh).definition_version) == (1, 2)


def test_a_case_that_has_gone_on_goes_back_where_its_state_has_one_counterpart(
    folder: Path, cast: Any, submitted: SoiRequest
) -> None:
    forward().run()
    take_step(reload(submitted), "acknowledge", by=cast.investigator, at=LATER, reason="It has arrived.")
    assert back().run().moved == 1
    record = reload(submitted)
    assert (record.state, record.definition_version) == ("ACKNOWLEDGED", 1)
    assert clocks_of(record).keys() == {"soi_determination"}
    everything_holds()


def test_a_case_in_a_state_that_two_became_goes_back_to_its_own_unless_it_has_moved(
    tmp_path: Path, cast: Any, submitted: SoiRequest
) -> None:
    merged = {"UNDER_REVIEW": "ACKNOWLEDGED"}
    take_step(submitted, "acknowledge", by=cast.investigator, at=OPEN_WORLD)
    take_step(submitted, "begin_review", by=cast.investigator, at=OPEN_WORLD)
    other = cases.request_draft(cast)
    take_step(other, "submit", by=cast.representative, at=OPEN_WORLD)
    with versions.known(versions.write(tmp_path / "two", states={**versions.MAP["states"], **merged})):
        assert forward().run().moved == 2
        take_step(reload(other), "acknowledge", by=cast.investigator, at=LATER, reason="It has arrived.")
        outcome = back().run()
        assert outcome.moved == 1
        (left,) = outcome.left
        assert left.reference == other.reference
        assert "no single state of version 1 leads there" in left.why
        assert reload(submitted).state == "UNDER_REVIEW"
        everything_holds()


def test_a_state_without_a_counterpart_stays_and_is_named(
    folder: Path, cast: Any, submitted: SoiRequest
) -> None:
    versions.write(folder, states={})
    draft = cases.request_draft(cast)
    outcome = forward().run()
    assert (outcome.moved, [each.reference for each in outcome.left]) == (1, [submitted.reference])
    assert "Version 2 has no state SUBMITTED" in outcome.left[0].why
    assert (reload(submitted).definition_version, reload(draft).definition_version) == (1, 2)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"states": {"SUBMITED": "SENT"}}, "Version 1 has no state SUBMITED"),
        ({"states": {"SUBMITTED": "SEND"}}, "Version 2 has no state SEND"),
        ({"states": {"SUBMITTED": "DECLINED"}}, "neither ends a case nor opens it again"),
        ({"clocks": {"soi_request_lapse": None}}, "Version 2 has no clock soi_acknowledgement"),
        ({"clocks": {**versions.MAP["clocks"], "soi_information": "first_answer"}}, "Two clocks cannot both"),
        ({"clocks": {**versions.MAP["clocks"], "rfe": None}}, "Version 1 has no clock rfe"),
        ({"back": {"states": {"SENT": "NOWHERE"}}}, "has no state NOWHERE"),
        ({"back": {"clocks": {}}}, "holds “states” and nothing else"),
        ({"stats": {}}, "no field “stats”"),
        ({"states": ["SENT"]}, "leads from names to names"),
        ({"to": 3}, "from version 1 to 3"),
    ],
)
def test_a_map_that_does_not_fit_is_refused_with_its_reason(
    folder: Path, submitted: SoiRequest, changed: dict[str, Any], why: str
) -> None:
    versions.write(folder, **changed)
    with pytest.raises(MapRefused) as refused:
        version_maps.shipped(versions.KIND, 1, 2)
    assert any(why in problem for problem in refused.value.problems)


def test_a_version_without_a_definition_is_refused(db: None) -> None:
    with pytest.raises(MapRefused, match=r"no definition SOI_REQUEST\.2\.json"):
        version_maps.shipped(versions.KIND, 1, 2)


def test_a_waiting_proposal_falls_and_its_author_is_told(
    tmp_path: Path, cast: Any, pending: WorkerRequest
) -> None:
    take_step(
        pending, "grant_at_ice", by=cast.ice_reviewer, at=OPEN_WORLD,
        grant_starts_on=date(2024, 9, 10), months=48,
    )  # fmt: skip
    assert pending.proposals.get().fate == "WAITING"
    content = freezing.frozen(WorkerRequest) | {"version": 2}
    folder = tmp_path / "same"
    folder.mkdir()
    (folder / "WORKER_REQUEST.2.json").write_text(json.dumps(content), encoding="utf-8")
    with versions.known(folder):
        call_command("migrate_cases", "WORKER_REQUEST", "--from=1", "--to=2", "--reason=New forms.")
        record = reload(pending)
        assert record.proposals.get().fate == "FALLEN"
        line = record.steps.last()
        assert line.data["fallen"] == record.proposals.get().step
        told = Message.objects.filter(channel="inbox", event="case.version_changed")
        assert [each.recipient_id for each in told] == [cast.ice_reviewer.pk]
        everything_holds()


def test_nobody_is_told_of_a_move_that_changes_nothing_for_them(folder: Path, submitted: SoiRequest) -> None:
    before = Message.objects.count()
    call_command("migrate_cases", versions.KIND, "--from=1", "--to=2")
    assert reload(submitted).definition_version == 2
    assert Message.objects.count() == before


def test_a_case_that_the_database_refuses_stays_and_the_others_move(
    folder: Path, cast: Any, submitted: SoiRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = cases.request_draft(cast)
    store = storing.store

    def refuse(changes: Any, **how: Any) -> set[int]:
        if any(change.record.pk == submitted.pk for change in changes):
            raise DatabaseError("no room")
        return store(changes, **how)

    monkeypatch.setattr(storing, "store", refuse)
    outcome = forward().run()
    assert (outcome.moved, [each.reference for each in outcome.left]) == (1, [submitted.reference])
    assert reload(other).definition_version == 2
    assert clocks_of(submitted).keys() == {"soi_acknowledgement", "soi_request_lapse", "soi_determination"}
    everything_holds()


def test_a_version_changes_only_with_a_line_that_says_so(cast: Any, submitted: SoiRequest) -> None:
    with pytest.raises(DatabaseError, match="together with a step"), transaction.atomic():
        Case.objects.filter(pk=submitted.pk).update(definition_version=2)


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("migrate_cases", versions.KIND, "--from=1", "--to=2", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_reports_moves_and_takes_back(folder: Path, submitted: SoiRequest) -> None:
    dry = printed("--dry-run")
    assert "1 open cases would move from version 1 to 2" in dry
    assert "SUBMITTED → SENT" in dry
    assert "clock soi_acknowledgement → first_answer: renamed" in dry
    assert reload(submitted).definition_version == 1
    assert "1 open cases moved from version 1 to 2" in printed("--batch=1")
    assert "0 open cases moved" in printed()
    assert "1 open cases moved from version 2 to 1" in printed("--back", "--reason=It did not work.")
    told = json.loads(printed("--dry-run", "--json"))
    assert told["states"] == [{"from": "SUBMITTED", "to": "SENT", "cases": 1}]
    assert reload(submitted).definition_version == 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--map=/nowhere.json"], "cannot be read"),
        (["--batch=0"], "at least one case"),
    ],
)
def test_the_command_refuses_in_sentences(folder: Path, arguments: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        printed(*arguments)


def test_the_command_names_who_ordered_it_in_each_history(
    folder: Path, cast: Any, submitted: SoiRequest
) -> None:
    assert "1 open cases moved" in printed(f"--by={cast.officer.email.upper()}")
    line = reload(submitted).steps.last()
    assert (line.nature, line.actor_id, line.capacity) == ("MIGRATED", cast.officer.pk, "PROGRAMME_OFFICER")
    assert line.organization == cast.officer.organization_id
    for reader in (cast.representative, cast.investigator):
        seen = next(each for each in diary.entries(submitted, reader) if each.name == "change_version")
        assert (seen.who, seen.capacity) == ("", "DHS programme officer")
        assert seen.reason == "The agency begins anew with a triage."
    everything_holds()
    printed("--back", f"--by={cast.administrator.email}", "--reason=It did not work.")
    line = reload(submitted).steps.last()
    assert (line.actor_id, line.capacity) == (cast.administrator.pk, "ADMINISTRATOR")
    everything_holds()


def test_who_holds_several_capacities_orders_it_in_the_one_that_may(
    folder: Path, cast: Any, submitted: SoiRequest
) -> None:
    first = cast.intake.memberships.get()
    hats = {"user": cast.intake, "organization": first.organization, "office": first.office}
    Membership.objects.create(**hats, capacity="ADMINISTRATOR")
    printed(f"--by={cast.intake.email}")
    assert reload(submitted).steps.last().capacity == "ADMINISTRATOR"


def test_without_a_name_the_system_moves_them(folder: Path, submitted: SoiRequest) -> None:
    printed()
    line = reload(submitted).steps.last()
    assert (line.actor_id, line.capacity) == (None, "SYSTEM")


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("nobody@example.test", "There is no account nobody@example.test"),
        ("signer", "may not change rules for everybody. Name an administrator or a programme officer"),
        ("representative", "may not change rules for everybody"),
        ("officer", "is closed. Name somebody who can answer"),
    ],
)
@pytest.mark.parametrize("dry", [["--dry-run"], []])
def test_the_command_refuses_whoever_may_not_order_it(
    folder: Path, cast: Any, submitted: SoiRequest, who: str, why: str, dry: list[str]
) -> None:
    person = cast.people.get(who)
    if who == "officer":
        type(person).objects.filter(pk=person.pk).update(is_active=False)
    with pytest.raises(CommandError, match=why):
        printed(f"--by={person.email if person else who}", *dry)
    assert reload(submitted).definition_version == 1


def test_the_command_wants_a_reason(folder: Path, submitted: SoiRequest) -> None:
    versions.write(folder, reason="")
    with pytest.raises(CommandError, match="Say why"):
        printed()
    assert reload(submitted).definition_version == 1


def test_the_command_names_who_stays_and_fails(folder: Path, submitted: SoiRequest) -> None:
    versions.write(folder, states={})
    with pytest.raises(CommandError, match="1 cases stay where they are"):
        printed()


def test_a_stopped_clock_that_stood_still_stands_still_again_after_the_way_back(
    tmp_path: Path, cast: Any, submitted: SoiRequest
) -> None:
    take_step(submitted, "acknowledge", by=cast.investigator, at=OPEN_WORLD)
    asked = OPEN_WORLD + timedelta(days=1)
    take_step(submitted, "request_information", by=cast.investigator, at=asked, reason="Which dates?")
    content = versions.second(freezing.frozen(SoiRequest))
    content["clocks"] = [each for each in content["clocks"] if each["key"] != "soi_determination"]
    content["clocks"] = [each | {"runs_in": ["SENT", "INFO_REQUESTED"]} if each["key"] == "triage" else each
                         for each in content["clocks"]]  # fmt: skip
    gone = {**versions.MAP["clocks"], "soi_determination": None}
    folder = versions.write(tmp_path / "without", content=content, clocks=gone)
    with versions.known(folder):
        assert forward().run().moved == 1
        assert clocks_of(submitted).keys() == {"soi_information", "triage"}
        everything_holds()
        assert back().run().moved == 1
        restored = Clock.objects.get(case_id=submitted.pk, key="soi_determination", stopped_at=None)
        (pause,) = restored.pauses.all()
        assert (pause.began_at, pause.ended_at) == (asked, None)
        assert "soi_determination" not in {key for key, _rung, _at in armed(submitted)}
        everything_holds()
        record = reload(submitted)
        take_step(record, "answer", by=cast.representative, at=LATEST, reason="In March.")
        everything_holds()


def test_a_clock_under_another_rule_gets_its_new_date_and_people_hear_of_it(
    tmp_path: Path, cast: Any, submitted: SoiRequest
) -> None:
    content = versions.second(freezing.frozen(SoiRequest))
    for clock in content["clocks"]:
        if clock["key"] == "first_answer":
            clock["policy"] = "soi_determination"
    before = clocks_of(submitted)
    with versions.known(versions.write(tmp_path / "longer", content=content)):
        told = json.loads(printed("--dry-run", "--json"))
        (moved,) = [each for each in told["dates"] if each["clock"] == "first_answer"]
        assert moved["old"] == before["soi_acknowledgement"].isoformat()
        printed()
        after = clocks_of(submitted)
        assert after["first_answer"].isoformat() == moved["new"] == after["soi_determination"].isoformat()
        assert {at for key, rung, at in armed(submitted) if (key, rung) == ("first_answer", "due")} == {
            at for key, rung, at in armed(submitted) if (key, rung) == ("soi_determination", "due")
        }
        heard = Message.objects.filter(event="case.version_changed", about=submitted.reference)
        assert heard.filter(recipient=cast.representative).exists()
        assert moved["new"] not in "".join(each.body for each in heard.filter(channel="email"))
        everything_holds()


def test_a_held_case_goes_back_to_where_it_was_held_under_its_new_name(
    tmp_path: Path, cast: Any, pending: WorkerRequest
) -> None:
    take_step(pending, "hold", by=cast.officer, at=OPEN_WORLD, reason="A court asked.")
    content = json.loads(json.dumps(freezing.frozen(WorkerRequest)).replace('"ICE_REVIEW"', '"ICE_LOOKS"'))
    folder = tmp_path / "renamed"
    folder.mkdir()
    (folder / "WORKER_REQUEST.2.json").write_text(json.dumps(content | {"version": 2}), encoding="utf-8")
    renaming = {"kind": "WORKER_REQUEST", "from": 1, "to": 2, "states": {"ICE_REVIEW": "ICE_LOOKS"}}
    (folder / "WORKER_REQUEST.1-2.json").write_text(json.dumps(renaming), encoding="utf-8")
    with versions.known(folder):
        known = version_maps.shipped("WORKER_REQUEST", 1, 2)
        assert Migration(known, at=LATER, reason="Better words.").run().left == []
        record = reload(pending)
        assert (record.state, record.held_from) == ("HELD", "ICE_LOOKS")
        take_step(record, "release", by=cast.officer, at=LATER, reason="The court decided.")
        assert record.state == "ICE_LOOKS"
        everything_holds()
        assert Migration(known.turned_round(), at=LATEST, reason="Back.").run().left == []
        assert (reload(pending).state, reload(pending).definition_version) == ("ICE_REVIEW", 1)
        everything_holds()


def test_a_case_without_a_desk_for_its_new_holder_stays_and_is_named(
    tmp_path: Path, cast: Any, submitted: SoiRequest
) -> None:
    content = versions.second(freezing.frozen(SoiRequest))
    content["states"]["SENT"]["holder"] = "court"
    with versions.known(versions.write(tmp_path / "court", content=content)):
        outcome = forward().run()
    assert (outcome.moved, reload(submitted).definition_version) == (0, 1)
    assert "“court”, who has no desk" in outcome.left[0].why


def test_whose_turn_it_becomes_is_told(tmp_path: Path, cast: Any, submitted: SoiRequest) -> None:
    content = versions.second(freezing.frozen(SoiRequest))
    content["states"]["SENT"]["holder"] = "requester"
    with versions.known(versions.write(tmp_path / "turn", content=content)):
        printed()
        assert reload(submitted).desk_id == submitted.requester_desk_id
        heard = Message.objects.filter(event="case.version_changed", channel="inbox")
        assert {each.recipient_id for each in heard} == {cast.representative.pk, cast.organizer.pk}


def test_a_case_that_goes_to_another_desk_is_in_nobodys_hands(
    tmp_path: Path, cast: Any, submitted: SoiRequest
) -> None:
    assignments.assign(submitted, cast.approver.pk, by=cast.approver, at=OPEN_WORLD, seen=None)
    content = versions.second(freezing.frozen(SoiRequest))
    content["states"]["SENT"]["holder"] = "requester"
    with versions.known(versions.write(tmp_path / "turn", content=content)):
        assert forward().run().moved == 1
        stored = reload(submitted)
        assert (stored.desk_id, stored.assignee_id) == (submitted.requester_desk_id, None)
        assert stored.steps.latest("sequence").data[FALLS] is True
        told = diary.entries(stored, cast.approver)[0]
        assert "Whoever had it in hand no longer has it: it has left this desk." in told.set_off
        everything_holds()

"""Daily heads: what a cut at the end of a history, or the loss of a whole case, leaves behind."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, transaction
from django.db.utils import DatabaseError

from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD
from tests.laid_down import laid_down
from tests.workflows.history_files import AsSuperuser, sql
from workflows import heads, history
from workflows.models import Case, CaseHead, CaseSalt, DailyHead, Step
from workflows.signing import SigningKey
from workflows.verify_export import leaf_hash, node_hash, root_of_path, signature_fits

DAY = timedelta(days=1)
SECRET = "5e" * 32
OTHER_SECRET = "0f" * 32


@pytest.fixture(autouse=True)
def signing_key(settings: Any) -> SigningKey:
    settings.HISTORY_SIGNING_KEY, settings.HISTORY_PUBLIC_KEYS = SECRET, []
    return SigningKey(bytes.fromhex(SECRET))


@pytest.fixture
@laid_down
def signed(cast: Any, submitted: Any) -> Any:
    """Two cases under a first daily head; the first went on and is under a second."""
    cases.request_draft(cast)
    heads.take(at=OPEN_WORLD)
    take_step(submitted, "acknowledge", by=cast.investigator, at=OPEN_WORLD + DAY)
    heads.take(at=OPEN_WORLD + DAY)
    assert history.verify(every_root=True).broken is None
    return submitted


def problem(**how: Any) -> str:
    verdict = history.verify(**how)
    return str(verdict.broken) if verdict.broken else ""


# Taking them


def test_a_day_has_one_head(signed: Any) -> None:
    before = DailyHead.objects.count()
    again = heads.take(at=OPEN_WORLD + DAY)
    assert again.number == 2
    assert DailyHead.objects.count() == before


def test_only_cases_that_went_on_are_written_anew(signed: Any) -> None:
    assert CaseHead.objects.filter(daily_head=1).count() == 2
    assert list(CaseHead.objects.filter(daily_head=2).values_list("reference", "version")) == [
        (signed.reference, signed.version)
    ]
    newest = DailyHead.objects.get(number=2)
    assert (newest.cases, newest.lines) == (2, sum(Case.objects.values_list("version", flat=True)))


def test_each_head_names_the_one_before(signed: Any) -> None:
    first, second = DailyHead.objects.order_by("number")
    assert first.previous == ""
    assert second.previous == first.hash


def test_a_digest_that_goes_on_is_the_digest_from_the_start(signed: Any) -> None:
    salt = CaseSalt.objects.get(case=signed).salt
    whole = ""
    for step in signed.steps.order_by("sequence"):
        whole = heads.digest_after(whole, heads.columns(step), salt)
    assert CaseHead.objects.get(daily_head=2).lines == whole


def test_the_signature_is_checked_with_the_public_key_alone(signed: Any, signing_key: SigningKey) -> None:
    head = DailyHead.objects.get(number=2)
    message = f"daily-head:{head.hash}".encode()
    assert signature_fits(signing_key.public, message, bytes.fromhex(head.signature))
    stranger = SigningKey(bytes.fromhex(OTHER_SECRET))
    assert not signature_fits(stranger.public, message, bytes.fromhex(head.signature))


def test_without_a_key_the_head_is_taken_and_not_signed(submitted: Any, settings: Any) -> None:
    settings.HISTORY_SIGNING_KEY = ""
    head = heads.take(at=OPEN_WORLD)
    assert (head.key_id, head.signature) == ("", "")
    assert problem() == ""


def test_no_case_at_all_still_makes_a_head(db: None) -> None:
    assert heads.take(at=OPEN_WORLD).cases == 0
    assert problem() == ""


# What a superuser does to a case


def test_a_tail_cut_off_with_the_case_set_back_is_found(signed: Any) -> None:
    last = signed.steps.order_by("-sequence").first()
    before = signed.steps.get(sequence=last.sequence - 1)
    with AsSuperuser():
        sql("DELETE FROM workflows_step WHERE id = %s", last.pk)
        sql(
            "UPDATE workflows_case SET state = %s, version = %s, head_hash = %s WHERE id = %s",
            before.to_state, before.sequence, before.hash, signed.pk,
        )  # fmt: skip
    day = (OPEN_WORLD + DAY).date()
    assert problem() == (
        f"Case {signed.reference}, step {last.sequence}: the end of the history is missing; "
        f"the daily head of {day} knew it"
    )


def test_a_tail_cut_off_and_grown_again_is_found(cast: Any, signed: Any) -> None:
    last = signed.steps.order_by("-sequence").first()
    before = signed.steps.get(sequence=last.sequence - 1)
    with AsSuperuser():
        sql("DELETE FROM workflows_step WHERE id = %s", last.pk)
        sql(
            "UPDATE workflows_case SET state = %s, version = %s, head_hash = %s WHERE id = %s",
            before.to_state, before.sequence, before.hash, signed.pk,
        )  # fmt: skip
    heads.take(at=OPEN_WORLD + 2 * DAY)
    fresh = type(signed).objects.get(pk=signed.pk)
    take_step(fresh, "withdraw", by=cast.representative, at=OPEN_WORLD + 2 * DAY, reason="Never mind.")
    heads.take(at=OPEN_WORLD + 3 * DAY)
    assert f"step {last.sequence}: is another step than before" in problem()


def test_a_whole_case_that_is_gone_is_found(signed: Any) -> None:
    with AsSuperuser():
        for table in ("step", "deadline", "casesalt"):
            sql(f"DELETE FROM workflows_{table} WHERE case_id = %s", signed.pk)  # noqa: S608
        sql("DELETE FROM workflows_case WHERE id = %s", signed.pk)
    assert problem() == (
        f"Case {signed.reference}, step 1: the whole case is gone; "
        f"the daily head of {OPEN_WORLD.date()} knew it"
    )


def test_a_history_written_anew_from_the_start_is_found(signed: Any) -> None:
    with AsSuperuser():
        previous = ""
        for step in signed.steps.order_by("sequence"):
            step.previous_hash, step.capacity = previous, "ORGANIZER"
            previous = step.hash = history.hash_of(step, signed.reference)
            step.save()
        sql("UPDATE workflows_case SET head_hash = %s WHERE id = %s", previous, signed.pk)
    assert "is another step than before" in problem()


# What a superuser does to the heads


def test_a_day_taken_out_is_found(signed: Any) -> None:
    heads.take(at=OPEN_WORLD + 2 * DAY)
    with AsSuperuser():
        sql("DELETE FROM workflows_dailyhead WHERE number = 2")
    assert "Daily head 2 of" in problem()
    assert "it is missing" in problem()


def test_the_last_day_taken_out_is_found_by_what_was_written_with_it(signed: Any) -> None:
    with AsSuperuser():
        sql("DELETE FROM workflows_dailyhead WHERE number = 2")
    assert "it is missing, though ends of histories were written with it" in problem()


def test_the_last_day_taken_out_with_all_its_traces_is_found_by_whoever_kept_its_hash(signed: Any) -> None:
    published = DailyHead.objects.get(number=2).hash
    with AsSuperuser():
        sql("DELETE FROM workflows_casehead WHERE daily_head_id = 2")
        sql("DELETE FROM workflows_dailyhead WHERE number = 2")
    assert problem() == ""
    assert "the head that was published is not among those kept" in problem(published=published)


def test_a_published_head_that_is_there_is_no_problem(signed: Any) -> None:
    assert problem(published=DailyHead.objects.get(number=1).hash) == ""


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("root = repeat('0', 64)", "it was changed after it was written"),
        ("cases = 7", "it was changed after it was written"),
        ("lines = 7", "it was changed after it was written"),
        ("day = day - 30", "it was changed after it was written"),
        ("taken_at = taken_at - interval '1 hour'", "it was changed after it was written"),
        ("previous = repeat('0', 64)", "it does not continue the one before it"),
        ("signature = repeat('0', 128)", "its signature does not fit"),
        ("hash = repeat('0', 64)", "it was changed after it was written"),
    ],
)
def test_a_changed_head_is_found(signed: Any, change: str, found: str) -> None:
    with AsSuperuser():
        sql(f"UPDATE workflows_dailyhead SET {change} WHERE number = 2")  # noqa: S608
    assert found in problem()


def test_a_head_made_up_without_the_key_is_found(signed: Any, settings: Any) -> None:
    settings.HISTORY_SIGNING_KEY = OTHER_SECRET
    heads.take(at=OPEN_WORLD + 2 * DAY)
    settings.HISTORY_SIGNING_KEY = SECRET
    assert "it is signed with the key" in problem()
    assert "which is not known here" in problem()


def test_a_head_left_unsigned_after_signed_ones_is_found(signed: Any, settings: Any) -> None:
    settings.HISTORY_SIGNING_KEY = ""
    heads.take(at=OPEN_WORLD + 2 * DAY)
    settings.HISTORY_SIGNING_KEY = SECRET
    assert "it is not signed, though an earlier one is" in problem()


def test_an_earlier_key_is_known_by_its_public_half(signed: Any, settings: Any) -> None:
    settings.HISTORY_SIGNING_KEY = OTHER_SECRET
    assert "which is not known here" in problem()
    settings.HISTORY_PUBLIC_KEYS = [SigningKey(bytes.fromhex(SECRET)).public.hex()]
    heads.take(at=OPEN_WORLD + 2 * DAY)
    assert problem() == ""


@pytest.mark.parametrize(
    "column", ["version = version - 1", "head = repeat('0', 64)", "lines = repeat('0', 64)"]
)
def test_a_changed_end_of_a_history_is_found(signed: Any, column: str) -> None:
    with AsSuperuser():
        sql(f"UPDATE workflows_casehead SET {column} WHERE daily_head_id = 1")  # noqa: S608
    assert "the ends of histories that were written with it were changed" in problem()


@pytest.mark.parametrize("model", [DailyHead, CaseHead, CaseSalt])
def test_the_database_refuses_to_change_remove_or_empty_them(signed: Any, model: Any) -> None:
    table = model._meta.db_table
    key = model._meta.pk.column
    for statement in (
        f"UPDATE {table} SET {key} = {key}",  # noqa: S608
        f"DELETE FROM {table}",  # noqa: S608
        f"TRUNCATE {table} CASCADE",
    ):
        with pytest.raises((InternalError, DatabaseError)), transaction.atomic():
            sql(statement)
    assert model.objects.count() > 0


# Trees


def naive_root(leaves: list[bytes]) -> bytes:
    """The tree's definition in RFC 9162, section 2.1.1, word by word."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(naive_root(leaves[:half]), naive_root(leaves[half:]))


@pytest.mark.parametrize("size", range(1, 35))
def test_every_leaf_of_a_tree_of_any_size_leads_to_its_root(size: int) -> None:
    leaves = [leaf_hash(f"A{number}", 1, "", "") for number in range(size)]
    for index, leaf in enumerate(leaves):
        grown = heads.Tree()
        for number, each in enumerate(leaves):
            grown.add(each, mine=number == index)
        root = grown.root()
        assert root == naive_root(leaves).hex()
        assert root_of_path(leaf, index, size, grown.path).hex() == root


# The key


@pytest.mark.parametrize(
    ("secret", "public", "message", "signature"),
    [
        # RFC 8032, section 7.1, tests 1 to 3
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "r",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ],
)
def test_signatures_are_those_of_the_standard(secret: str, public: str, message: str, signature: str) -> None:
    key = SigningKey(bytes.fromhex(secret))
    assert key.public.hex() == public
    assert key.sign(message) == signature
    assert signature_fits(key.public, message.encode(), bytes.fromhex(signature))
    assert not signature_fits(key.public, message.encode() + b"x", bytes.fromhex(signature))
    assert not signature_fits(key.public, message.encode(), bytes.fromhex(signature)[:-1] + b"\0" * 2)


def test_signatures_are_those_of_another_implementation() -> None:
    ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
    for number in range(8):
        secret = bytes([number]) * 32
        theirs, ours = ed25519.Ed25519PrivateKey.from_private_bytes(secret), SigningKey(secret)
        assert theirs.sign(b"daily-head:x").hex() == ours.sign("daily-head:x")
        assert theirs.public_key().public_bytes_raw() == ours.public


def test_a_secret_is_not_printed() -> None:
    assert SECRET not in repr(SigningKey(bytes.fromhex(SECRET)))


# The commands


def test_sign_heads_prints_what_to_publish(submitted: Any, capsys: Any) -> None:
    call_command("sign_heads")
    head = DailyHead.objects.get()
    printed = capsys.readouterr().out
    assert f"Root: {head.root}" in printed
    assert f"Hash: {head.hash}" in printed
    assert head.signature in printed


def test_verify_history_tells_the_newest_head(signed: Any, capsys: Any) -> None:
    head = DailyHead.objects.get(number=2)
    call_command("verify_history", "--published", head.hash.upper())
    assert (
        f"2 daily heads hold, the newest of {head.day}, signed with key {head.key_id}"
        in capsys.readouterr().out
    )
    call_command("verify_history", "--json", "--every-root")
    told = json.loads(capsys.readouterr().out)
    assert (told["heads"], told["newest"]["root"], told["broken"]) == (2, head.root, None)


def test_verify_history_fails_over_a_head(signed: Any) -> None:
    with pytest.raises(CommandError, match="published is not among"):
        call_command("verify_history", "--published", "00")


def test_progress_is_told_while_cases_are_walked(signed: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(history, "CHUNK", 1)
    told: list[int] = []
    history.verify(progress=told.append)
    assert told == [1, 2]


def test_a_new_key_signs_and_its_public_half_checks(capsys: Any) -> None:
    call_command("new_history_key")
    lines = capsys.readouterr().out.splitlines()
    secret = lines[0].removeprefix("HISTORY_SIGNING_KEY=")
    public = next(line for line in lines if line.startswith("Public key")).split(": ")[1]
    signature = SigningKey(bytes.fromhex(secret)).sign("x")
    assert signature_fits(bytes.fromhex(public), b"x", bytes.fromhex(signature))


def test_the_nightly_tasks_take_a_head_and_check_it(submitted: Any, caplog: Any) -> None:
    from referrals import tasks

    with caplog.at_level("INFO", logger=tasks.__name__):
        tasks.sign_heads_nightly()
        tasks.verify_history_nightly()
    assert DailyHead.objects.get().hash in caplog.text
    assert "broken" not in caplog.text
    with pgtrigger.ignore():
        Step.objects.filter(case=submitted, sequence=2).update(reason="Changed.")
    tasks.verify_history_nightly()
    assert f"history broken: Case {submitted.reference}, step 2" in caplog.text

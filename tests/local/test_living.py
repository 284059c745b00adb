"""Which day the demo lives on: what may be asked for, and that time does not go back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.local import demo, living, servers
from config.local.postgres import Postgres
from config.local.trouble import Trouble
from referrals.demo import world

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
RECORDS = "postgres://somebody@elsewhere/records"


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    kept = os.environ.get(living.VARIABLE)
    yield
    os.environ.pop(living.VARIABLE, None)
    if kept is not None:
        os.environ[living.VARIABLE] = kept


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2028-06-01", datetime(2028, 6, 1, 9, tzinfo=NEW_YORK)),
        (" 2028-06-01T14:30 ", datetime(2028, 6, 1, 14, 30, tzinfo=NEW_YORK)),
        ("2028-06-01 14:30", datetime(2028, 6, 1, 14, 30, tzinfo=NEW_YORK)),
        ("2028-06-01T14:30Z", datetime(2028, 6, 1, 14, 30, tzinfo=UTC)),
        ("2028-06-01T14:30-07:00", datetime(2028, 6, 1, 21, 30, tzinfo=UTC)),
    ],
)
def test_a_day_begins_in_the_morning_and_a_time_is_taken_as_it_is(text: str, at: datetime) -> None:
    assert living.wished(text).at == at


@pytest.mark.parametrize(
    "text", ["yesterday", "", "2028", "2028-06", "2028-02-30", "2028-06-01T25:00", "１２"]
)
def test_what_is_no_day_gets_a_sentence_with_an_example(text: str) -> None:
    with pytest.raises(Trouble, match=r"is no day that the demo can read.*--at 2028-06-01"):
        living.wished(text)


@pytest.mark.parametrize("text", ["1890-01-01", "2025-06-30", "0001-01-01", "2036-01-01", "9999-12-31T23:59"])
def test_a_day_outside_the_world_gets_a_sentence(text: str) -> None:
    with pytest.raises(Trouble, match=r"begins on 1 July 2025 .* lies outside"):
        living.wished(text)


def test_the_command_and_the_world_begin_on_the_same_day() -> None:
    assert living.FIRST_DAY == world.BEGINS_ON


def test_a_bad_day_starts_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REFERRAL_VAR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(Trouble):
        demo.main(["--at", "yesterday"])
    assert list(tmp_path.iterdir()) == []


class TestWhereItLives:
    def chosen(self, text: str | None, *, lived: datetime | None, moved: bool = False) -> datetime:
        wish = living.wished(text) if text else None
        return living.chosen(wish, lived=lived, moved=moved, now=NOW)

    def test_without_a_wish_it_lives_now(self) -> None:
        assert self.chosen(None, lived=None) == NOW
        assert self.chosen(None, lived=NOW - timedelta(days=3)) == NOW

    def test_without_a_wish_records_that_were_moved_go_on_where_they_stopped(self) -> None:
        ahead, behind = NOW + timedelta(days=400), NOW - timedelta(days=400)
        assert self.chosen(None, lived=ahead) == ahead
        assert self.chosen(None, lived=behind, moved=True) == behind

    def test_it_moves_on_to_a_later_day(self) -> None:
        lived = datetime(2028, 6, 1, 14, tzinfo=UTC)
        assert self.chosen("2028-07-01", lived=lived) == datetime(2028, 7, 1, 9, tzinfo=NEW_YORK)

    def test_time_does_not_go_back(self) -> None:
        lived = datetime(2028, 6, 1, 14, tzinfo=UTC)
        for text in ("2028-05-31", "2028-06-01T09:59"):
            with pytest.raises(Trouble, match=r"have lived until 1 June 2028, 10:00 \(New York\)"):
                self.chosen(text, lived=lived)

    def test_the_day_itself_goes_on_where_it_is(self) -> None:
        lived = datetime(2028, 6, 1, 14, tzinfo=UTC)
        assert self.chosen("2028-06-01", lived=lived) == lived


class TestWhatOthersAreTold:
    @pytest.fixture
    def lived(self, monkeypatch: pytest.MonkeyPatch) -> datetime:
        lived = living.real_now() + timedelta(days=100)
        monkeypatch.setattr(living, "lived_until", lambda _url: lived)
        return lived

    def test_every_process_gets_the_same_distance(self, lived: datetime, tmp_path: Path) -> None:
        assert living.begin(None, home=tmp_path, url=RECORDS, shared=False) == lived
        ahead = int(os.environ[living.VARIABLE])
        assert abs(ahead - timedelta(days=100).total_seconds()) < 60
        assert living.remembered(tmp_path, RECORDS) == ahead
        assert living.remembered(tmp_path, RECORDS + "2") == 0

    def test_a_second_demo_joins_the_day_and_cannot_move_it(self, lived: datetime, tmp_path: Path) -> None:
        living.remember(tmp_path, RECORDS, 1234)
        living.begin(None, home=tmp_path, url=RECORDS, shared=True)
        assert os.environ[living.VARIABLE] == "1234"
        with pytest.raises(Trouble, match="Another command uses the demo's records"):
            living.begin(living.wished("2030-01-01"), home=tmp_path, url=RECORDS, shared=True)
        assert living.remembered(tmp_path, RECORDS) == 1234

    def test_a_refused_day_changes_nothing(self, lived: datetime, tmp_path: Path) -> None:
        with pytest.raises(Trouble, match="time does not go back"):
            living.begin(living.wished("2025-07-02"), home=tmp_path, url=RECORDS, shared=False)
        assert list(tmp_path.iterdir()) == []
        assert living.VARIABLE not in os.environ

    def test_a_new_demo_lives_now_and_forgets_the_day(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(living, "lived_until", lambda _url: None)
        living.remember(tmp_path, RECORDS, 1234)
        assert living.begin(None, home=tmp_path, url=RECORDS, shared=False) is None
        assert living.remembered(tmp_path, RECORDS) == 0

    def test_a_command_beside_the_demo_lives_on_its_day(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("REFERRAL_VAR", str(tmp_path))
        for name in ("DATABASE_URL", "DEMO", "TESTING", "SECRET_KEY", "STATIC_ROOT"):
            monkeypatch.setenv(name, "noted, so that it is as before afterwards")
            monkeypatch.delenv(name)
        postgres = Postgres(servers.home())
        living.remember(servers.home(), postgres.url(), 86_400)
        servers.assume_demo(postgres)
        assert os.environ[living.VARIABLE] == "86400"

    @pytest.mark.parametrize("text", ["", "[]", '{"ahead": "x"}', '{"ahead": null, "records": ""}'])
    def test_a_broken_note_counts_as_none(self, tmp_path: Path, text: str) -> None:
        living.note(tmp_path).write_text(text)
        assert living.remembered(tmp_path, RECORDS) == 0


def test_what_visitors_read_says_on_which_day_it_lives() -> None:
    text = demo.welcome("http://127.0.0.1:8000", [], lives_on=datetime(2028, 6, 1, 9, tzinfo=NEW_YORK))
    assert "The demonstration lives on 1 June 2028, 09:00 (New York)" in text

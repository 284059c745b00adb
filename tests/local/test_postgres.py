from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import psycopg
import pytest

from config.local import places
from config.local.postgres import Postgres
from config.local.processes import until
from config.local.trouble import Trouble


def one(server: Postgres, query: str) -> object:
    with psycopg.connect(server.url()) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def test_it_serves_its_own_database_on_a_private_socket_and_no_network(postgres: Postgres) -> None:
    postgres.start()
    assert str(one(postgres, "SHOW server_version")).startswith("18")
    assert one(postgres, "SELECT current_database()") == "referrals"
    assert one(postgres, "SHOW listen_addresses") == ""
    assert one(postgres, "SELECT lower('ÑANDÚ ÉCOLE')") == "ñandú école"
    assert stat.S_IMODE(postgres.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(postgres.data.stat().st_mode) == 0o700


def test_stopping_ends_it_and_keeps_what_was_written(postgres: Postgres) -> None:
    postgres.start()
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    postgres.stop()
    assert not postgres.running()
    postgres.start()
    assert one(postgres, "SELECT number FROM kept") == 7


def test_a_second_object_sees_that_it_runs(postgres: Postgres) -> None:
    postgres.start()
    assert Postgres(postgres.base, durable=False).running()


def test_a_killed_server_starts_again(postgres: Postgres) -> None:
    postgres.start()
    assert postgres.child is not None
    os.kill(postgres.child.process.pid, signal.SIGKILL)
    postgres.child.process.wait()
    assert postgres.ended()
    assert not postgres.running()
    postgres.start()
    assert one(postgres, "SELECT 1") == 1


def test_a_process_number_that_went_to_another_program_is_no_hindrance(postgres: Postgres) -> None:
    postgres.start()
    postgres.stop()
    (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.data}\n")
    postgres.start()
    assert postgres.running()


def test_data_of_another_major_version_is_left_alone(postgres: Postgres) -> None:
    postgres.start()
    postgres.stop()
    (postgres.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(Trouble, match="was made by PostgreSQL 17, and this is PostgreSQL 18"):
        postgres.start()


def test_dropping_the_database_leaves_an_empty_one(postgres: Postgres) -> None:
    postgres.start()
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE gone ()")
        postgres.drop_database()
    assert one(postgres, "SELECT to_regclass('gone')") is None


def test_a_server_does_not_outlive_a_killed_parent(postgres: Postgres) -> None:
    code = f"""
        import sys, time
        from pathlib import Path
        from config.local.postgres import Postgres
        server = Postgres(Path({str(postgres.base)!r}), durable=False)
        server.start()
        print(server.child.process.pid, flush=True)
        time.sleep(60)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True, cwd=places.ROOT
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert postgres.running()
        parent.kill()
    assert until(lambda: not Path(f"/proc/{pid}").exists(), seconds=10)


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("a directory with spaces " * 5).strip() / ("and a second one " * 4).strip()
    deep.mkdir(parents=True)
    sockets = places.sockets(deep)
    assert len(os.fsencode(sockets)) <= places.LONGEST_SOCKET_DIRECTORY
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    sockets.rmdir()


def test_a_socket_directory_that_somebody_planted_is_refused(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.symlink_to(tmp_path)
    with pytest.raises(Trouble, match="belongs to somebody else"):
        places.private(theirs)

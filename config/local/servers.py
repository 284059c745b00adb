"""What a command gets when nobody names a database: the demo's, joined or started for as long as it runs."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.local import living, places
from config.local.leases import leased
from config.local.postgres import Postgres
from config.local.trouble import Trouble, say
from config.local.valkey import Valkey

# These never ask the database anything, so nothing is started for them.
WITHOUT_DATABASE = {
    "help", "--help", "-h", "version", "--version", "collectstatic", "findstatic", "compilemessages",
    "makemessages", "check", "check_machines", "draw_machines",
}  # fmt: skip
# These bring their own tables, or look for them missing.
MAKES_TABLES = {"migrate", "makemigrations", "showmigrations", "sqlmigrate", "dbshell", "flush"}


def home() -> Path:
    """Where the demo keeps its data."""
    return places.var() / "demo"


def secret_key() -> str:
    """The secret of this copy of the project, made once, readable by its user alone."""
    path = places.private(home()) / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def keystore() -> Path:
    """Where the demo's half of its data keys lies: beside its database, never in it."""
    return home() / "keystore"


def assume_demo(postgres: Postgres) -> None:
    """Set the environment that the settings read, as the demo has it."""
    os.environ["DATABASE_URL"] = postgres.url()
    os.environ.setdefault("DEMO", "1")
    os.environ.setdefault("SECRET_KEY", secret_key())
    os.environ.setdefault("KEYSTORE", str(keystore()))
    os.environ.setdefault("STATIC_ROOT", str(places.var() / "static"))
    if (ahead := living.remembered(home(), postgres.url())) and "TESTING" not in os.environ:
        os.environ.setdefault(living.VARIABLE, str(ahead))


@contextmanager
def for_command(command: str) -> Iterator[None]:
    """Let a management command use ``DATABASE_URL``, or the embedded server where there is none."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    postgres = Postgres(home())
    assume_demo(postgres)
    valkey = Valkey(home())
    if not os.environ.get("REDIS_URL") and valkey.running():
        os.environ["REDIS_URL"] = valkey.url()
    if command in WITHOUT_DATABASE:
        yield
        return
    if command == "dbshell":  # psql is among the server's programs, and takes the socket from PGHOST
        os.environ["PGHOST"] = str(postgres.sockets)
        os.environ["PATH"] = f"{postgres.programs()}{os.pathsep}{os.environ.get('PATH', '')}"
    with leased(postgres):
        if command not in MAKES_TABLES and not has_tables(postgres):
            make_tables()
        yield


def has_tables(postgres: Postgres) -> bool:
    import psycopg

    with psycopg.connect(postgres.url()) as connection:
        row = connection.execute("SELECT to_regclass('django_migrations')").fetchone()
    return row is not None and row[0] is not None


def make_tables() -> None:
    """Give an empty embedded database its tables and policies."""
    say("Making the tables of an empty database")
    command = [sys.executable, "-m", "config.local.prepare", "tables"]
    if subprocess.run(command, cwd=places.ROOT, stdout=sys.stderr).returncode:
        raise Trouble("The tables cannot be made; the lines above say why.")

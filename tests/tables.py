"""The tables of tests that run side by side: the first process migrates, the others copy what came of it.

Migrating costs ten seconds of a processor, copying a fraction of one.
"""

from __future__ import annotations

import fcntl
from pathlib import Path

from django.db import connection


class Turn:
    """One process makes its tables while the others wait, which tell each other by files in a folder.

    Who ends its turn first keeps a copy of its tables, in a database named ``copy``, as the template of all
    later ones. They still ask Django to migrate, which then finds nothing to do.
    """

    def __init__(self, folder: Path, *, run: str, copy: str) -> None:
        self.copy = copy
        self.lock = (folder / f"{run}.turn").open("a")
        self.kept = folder / f"{run}.template"
        self.keeps = False

    def begin(self) -> None:
        """Wait until it is this process's turn. Its tables will be those of the template, if there is one."""
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        if self.kept.exists():
            connection.settings_dict["TEST"]["TEMPLATE"] = self.kept.read_text()

    def end(self) -> None:
        """Keep a copy of the tables, unless they are one. Call it before anything else is stored in them."""
        if not self.kept.exists():
            self.keeps = True
            self._remove()
            source = connection.ops.quote_name(connection.settings_dict["NAME"])
            self._say(f"CREATE DATABASE {connection.ops.quote_name(self.copy)} TEMPLATE {source}")
            self.kept.write_text(self.copy)
        fcntl.flock(self.lock, fcntl.LOCK_UN)

    def leave_nothing(self) -> None:
        """Remove the template if it is this process's own: whoever comes later migrates."""
        if not self.keeps:
            return
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.kept.unlink()
        self._remove()
        fcntl.flock(self.lock, fcntl.LOCK_UN)

    def _remove(self) -> None:
        self._say(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(self.copy)}")

    def _say(self, statement: str) -> None:
        """A database can only be copied while nobody is connected to it, this process included."""
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)

"""Django's ``migrate``, with the row policies lifted while tables change and installed afterwards."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from referrals import row_security


class Command(migrate.Command):
    help = f"{migrate.Command.help} Then brings roles, rights and row policies of the database up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        only_looks = options["plan"] or options["check_unapplied"]
        connection = connections[options["database"]]
        if not only_looks and _changes_tables(connection, options):
            row_security.lift(connection)
        super().handle(*args, **options)
        if not only_looks:
            row_security.install(connection)


def _changes_tables(connection: Any, options: dict[str, Any]) -> bool:
    if options["app_label"]:
        return True
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

"""Django's PostgreSQL, with each statement sent for whom ``recordsets.asking`` says.

The session is told just before a statement is sent for somebody else than the one before it. PostgreSQL
forgets a setting together with the transaction or the savepoint that it was made in, so after each of these
it is told again: never may a statement be sent for the one before.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from .. import asking


class DatabaseWrapper(base.DatabaseWrapper):
    _told: asking.Asking | None = None

    def tell(self) -> None:
        """Tell the session for whom the next statement is sent, unless it knows.

        Within a transaction that has failed there is nothing to tell: PostgreSQL refuses everything there.
        """
        wanted = asking.now()
        if wanted is self._told or wanted == self._told:
            return
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return
        with self.wrap_database_errors:
            self.connection.execute(asking.TELL, asking.told(wanted))
        self._told = wanted

    def connect(self) -> None:
        self._told = None
        super().connect()

    def create_cursor(self, name: str | None = None) -> Any:
        self.tell()
        return super().create_cursor(name)

    def _rollback(self) -> None:
        self._told = None
        super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        self._told = None
        super()._savepoint_rollback(sid)  # type: ignore[misc]

"""Marks sent mails one by one at little cost, and books them batch by batch.

A mark is one short row, stored while the next mail is written. No mail is handed over before
the one ahead of it is marked, so at any moment at most one mail has left without a mark. Booking moves a
batch of messages to "sent" and turns marks into attempts, in one statement. A relay that is killed leaves its
marks behind; the next one books them before it takes over the rest. So it repeats at most one mail.
"""

import select
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import OperationalError, connection

from notifications.channels import Receipt
from notifications.ledger import without_addresses
from notifications.models import Attempt, Message, State
from recordsets.collisions import whole_again

MARK = b"""
    INSERT INTO notifications_mark (message_id, at, provider_id, answer, lease)
    VALUES ($1::bigint, $2::timestamptz, $3::text, $4::text, $5::text)
"""
# What a mark says is done: the message moves if the lease still holds it, and the attempt is recorded anyhow.
_BOOK = f"""
    WITH booked AS (
        DELETE FROM notifications_mark AS mark
         WHERE {{which}}
        RETURNING message_id, lease, at, provider_id, answer
    ), moved AS (
        UPDATE notifications_message AS message
           SET state = '{State.SENT.value}', leased_by = '', attempts = attempts + 1,
               next_try_at = booked.at, sent_at = booked.at
          FROM booked
         WHERE message.id = booked.message_id
           AND message.state = '{State.LEASED.value}' AND message.leased_by = booked.lease
    )
    INSERT INTO notifications_attempt (message_id, at, outcome, provider_id, answer)
    SELECT message_id, at, '{Attempt.Outcome.OK.value}', provider_id, answer FROM booked ORDER BY message_id
"""  # noqa: S608 (constants of our own)
_BOOK_OWN = _BOOK.format(which="mark.lease = %(lease)s")
_BOOK_LEFT_BEHIND = _BOOK.format(
    which=f"""NOT EXISTS (
            SELECT FROM notifications_message AS held
             WHERE held.id = mark.message_id AND held.state = '{State.LEASED.value}'
               AND held.leased_by = mark.lease AND held.next_try_at > %(at)s
        )"""
)


def book_left_behind(*, at: datetime) -> int:
    """Book what relays had marked whose leases have ended. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_BOOK_LEFT_BEHIND, {"at": at})
        return int(cursor.rowcount)


class Marks:
    """The marks of one run. While one is on its way, nothing else may use Django's connection.

    The statement is prepared once for a run. A pooler that hands out another session for each statement
    cannot keep it: Django's setting DISABLE_SERVER_SIDE_CURSORS says so, and then it is sent whole each time.
    """

    def __init__(self, *, lease: str, at: datetime) -> None:
        self._lease, self._at = lease.encode(), at.isoformat().encode()
        self._name = b""
        self._waiting: Any = None
        self._unbooked = 0

    def note_sent(self, message: Message, receipt: Receipt) -> None:
        """Begin to store that a message was sent. Call ``settle`` before anything depends on it."""
        self.settle()
        session = self._session()
        values = [
            b"%d" % message.pk,
            self._at,
            receipt.provider_id.replace("\x00", "")[:200].encode(),
            without_addresses(receipt.answer).encode(),
            self._lease,
        ]
        if self._name:
            session.send_query_prepared(self._name, values)
        else:
            session.send_query_params(MARK, values)
        self._waiting = session
        self._unbooked += 1
        while session.flush():
            select.select([], [session.socket], [])

    def settle(self) -> None:
        """Wait until the mark is stored. Raises OperationalError if the database did not store it."""
        session, self._waiting = self._waiting, None
        if session is None:
            return
        try:
            while session.is_busy():
                select.select([session.socket], [], [])
                session.consume_input()
            trouble = b""
            while (result := session.get_result()) is not None:
                trouble = trouble or result.error_message
        except Exception as problem:
            raise OperationalError("The mark of a sent mail could not be stored.") from problem
        if trouble:
            raise OperationalError(trouble.decode(errors="replace"))

    def book(self) -> None:
        """Move what was marked to "sent", with its attempts."""
        self.settle()
        if self._unbooked:
            whole_again(self._book)
            self._unbooked = 0

    def _book(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_BOOK_OWN, {"lease": self._lease.decode()})

    def close(self) -> None:
        """Book the rest and forget the statement; a lost connection leaves the marks to the next relay."""
        try:
            self.book()
        finally:
            if self._name and connection.connection is not None and not connection.connection.closed:
                connection.connection.pgconn.exec_(b"DEALLOCATE " + self._name)
            self._name = b""

    def _session(self) -> Any:
        if self._name:
            return connection.connection.pgconn
        connection.ensure_connection()
        session = connection.connection.pgconn
        if not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            name = b"mark_" + uuid4().hex.encode()
            if not session.prepare(name, MARK).error_message:
                self._name = name
        return session

"""Column types for personal data: encrypted under the key of the worker whom it is about.

What a column holds is opened when it is read from its record, and encrypted when the record is saved. Its
model says by ``sealed_by`` which key that is and by ``sealed_row`` which row, known before the row is stored.
No query can look into such a column: ``referrals.lookups`` finds people. An empty text is stored as it is.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact, IsNull
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext_lazy as _

from .. import reads
from ..keys import cipher, ring
from ..keys.cipher import Place
from .keys import ring_of

if TYPE_CHECKING:
    TextColumn = models.TextField[str, str]
    DateColumn = models.DateField[Any, Any]
    BytesColumn = models.BinaryField[Any, Any]
else:
    TextColumn, DateColumn, BytesColumn = models.TextField, models.DateField, models.BinaryField

DESTROYED = _("(destroyed)")
_UNOPENED = object()


class InClear(TypeError):
    """A personal text was about to be written, or read, past its record, where nothing encrypts it."""


class Gone(str):
    """What stands for a text whose key was destroyed. Given back to its record, it changes nothing."""

    sealed: Sealed


class Sealed:
    """A stored value that nobody has opened yet; it holds the ring on which its key will be found."""

    __slots__ = ("_opened", "_row", "column", "ring", "stored")

    def __init__(self, stored: Any, column: _SealedColumn, opened: Any = _UNOPENED, row: str = "") -> None:
        self.stored, self.column, self.ring = stored, column, ring.current()
        self._opened, self._row = opened, row
        if type(stored) is str:
            self.ring.want(cipher.name_in(stored))

    def __str__(self) -> str:
        raise InClear(f"{self.column} is encrypted: read it from its record, or open it for its row.")

    def __repr__(self) -> str:
        return f"<sealed {self.column}>"

    def __reduce__(self) -> tuple[type[Sealed], tuple[Any, Any]]:
        return Sealed, (self.stored, self.column)

    def __deepcopy__(self, _memo: Any) -> Sealed:
        return self

    def opened(self, row: object) -> Any:
        """The value as it was stored in this row.

        What was destroyed reads as ``Gone``, or as None where it is no text. Raises ``cipher.Unreadable``
        for a value that was changed or moved, and ``KeeperAway``.
        """
        if self._opened is _UNOPENED or self._row != str(row):
            try:
                key = self.ring.key(self.column.key_in(self.stored))
            except ring.KeyDestroyed:
                return self.column.destroyed(self)
            self._opened, self._row = self.column.open(self.stored, key, self.column.place(row)), str(row)
        return self._opened

    def says(self, value: Any) -> bool:
        """Whether it was opened and holds this."""
        return self._opened is not _UNOPENED and bool(self._opened == value)


class _Opening(DeferredAttribute):
    """Opens a value when it is read from its record, and keeps what is stored as long as it says the same."""

    field: _SealedColumn

    def __get__(self, record: Any, cls: Any = None) -> Any:
        if record is None:
            return self
        name = self.field.attname
        if name not in record.__dict__:
            super().__get__(record, cls)
        value = record.__dict__[name]
        if isinstance(value, Sealed):
            value = value.opened(self.field.row_of(record))
        reads.handed_out(record, value)
        return value

    def __set__(self, record: Any, value: Any) -> None:
        before = record.__dict__.get(self.field.attname)
        if isinstance(value, Gone):
            value = value.sealed
        elif isinstance(before, Sealed) and before.says(value):
            return
        record.__dict__[self.field.attname] = value


class _OnlyBlank(Exact[Any]):
    """Whether the column is empty: the one thing that a query may ask of it."""

    def get_prep_lookup(self) -> Any:
        if self.rhs != "":
            raise _refused(self.lhs.output_field, "exact")
        return self.rhs


def _refused(column: Any, lookup: str) -> FieldError:
    return FieldError(
        f"{column} is encrypted, and no query can look into it (“{lookup}”). "
        "Find people by referrals.lookups; a query may only ask whether the column is empty."
    )


class _SealedColumn(models.Field[Any, Any] if TYPE_CHECKING else object):  # type: ignore[misc]
    """What the encrypted columns have in common."""

    descriptor_class: Any = _Opening

    def key_in(self, stored: Any) -> uuid.UUID:
        return cipher.key_of(stored)

    def open(self, stored: Any, key: bytes, place: Place) -> Any:
        return cipher.open_text(stored, key=key, place=place)

    def seal(self, value: Any, key_id: uuid.UUID, key: bytes, place: Place) -> Any:
        return cipher.seal_text(value, key_id=key_id, key=key, place=place)

    def destroyed(self, sealed: Sealed) -> Any:
        gone = Gone(DESTROYED)
        gone.sealed = sealed
        return gone

    def stays_clear(self, value: Any) -> bool:
        """Whether a value says nothing, so that it is stored as it is."""
        return value is None or value == ""

    def row_of(self, record: Any) -> str:
        return str(getattr(record, record.sealed_row))

    def place(self, row: object) -> Place:
        return Place(self.model._meta.label_lower, self.name, str(row))

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return value if self.stays_clear(value) else Sealed(value, self)

    def pre_save(self, record: Any, add: bool) -> Any:
        value = record.__dict__.get(self.attname)
        if hasattr(value, "resolve_expression"):
            raise InClear(f"{self} is encrypted: it takes values, no expressions.")
        if isinstance(value, Sealed):
            if not add:
                return value
            value = getattr(record, self.attname)
        value = self.to_python(value)
        if self.stays_clear(value):
            return value
        sealed = self.sealed(value, record)
        record.__dict__[self.attname] = sealed
        return sealed

    def sealed(self, value: Any, record: Any) -> Sealed:
        """A value encrypted for this record. Raises ``KeyDestroyed``."""
        held, key_id, row = ring_of(record), key_of(record), self.row_of(record)
        stored = self.seal(value, key_id, held.key(key_id), self.place(row))
        return Sealed(stored, self, opened=value, row=row)

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sealed):
            return value.stored
        if self.stays_clear(value):
            return value
        raise InClear(f"{self} is encrypted: save the record, which knows its key. Nothing was written.")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        return super().get_db_prep_value(value, connection, prepared=True)

    def get_lookup(self, lookup_name: str) -> Any:
        allowed = {"exact": _OnlyBlank, "isnull": IsNull}
        if lookup_name not in allowed:
            raise _refused(self, lookup_name)
        return allowed[lookup_name]

    def get_transform(self, lookup_name: str) -> Any:
        raise _refused(self, lookup_name)


def is_sealed(column: object) -> bool:
    """Whether a column is encrypted for its row."""
    return isinstance(column, _SealedColumn)


def key_of(record: Any) -> uuid.UUID:
    """The key under which a record's personal columns are."""
    found: Any = record
    for name in record.sealed_by.split("."):
        found = getattr(found, name)
    return found


class PersonalTextField(_SealedColumn, TextColumn):
    """Text about a person that could harm them: names, numbers, addresses.

    Every such column has this type and stands on the worker's side. Within a request, whoever asks a record
    for such a value has read it: see ``referrals.reads``. Where ``hides_blank`` is set, even whether there
    is a text at all is encrypted.
    """

    def __init__(self, *args: Any, hides_blank: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        self.hides_blank = hides_blank
        super().__init__(*args, **kwargs)

    def stays_clear(self, value: Any) -> bool:
        return value is None or (value == "" and not self.hides_blank)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return value if value is None or value == "" else Sealed(value, self)


class PersonalDateField(_SealedColumn, DateColumn):
    """A date that helps to identify a person: a birth, an entry."""

    def get_internal_type(self) -> str:
        return "TextField"

    def open(self, stored: Any, key: bytes, place: Place) -> date:
        return date.fromisoformat(super().open(stored, key, place))

    def seal(self, value: Any, key_id: uuid.UUID, key: bytes, place: Place) -> Any:
        return super().seal(value.isoformat(), key_id, key, place)

    def destroyed(self, sealed: Sealed) -> None:
        return None


class SealedBytesField(_SealedColumn, BytesColumn):
    """A file, encrypted; None once its bytes are gone with their key."""

    def stays_clear(self, value: Any) -> bool:
        return value is None or (isinstance(value, bytes | memoryview) and not len(value))

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return None if self.stays_clear(value) else Sealed(value, self)

    def key_in(self, stored: Any) -> uuid.UUID:
        return cipher.key_of_file(bytes(stored[:32]))

    def open(self, stored: Any, key: bytes, place: Place) -> bytes:
        return cipher.open_file(bytes(stored), key=key, place=place)

    def seal(self, value: Any, key_id: uuid.UUID, key: bytes, place: Place) -> bytes:
        return cipher.seal_file(bytes(value), key_id=key_id, key=key, place=place)

    def destroyed(self, sealed: Sealed) -> None:
        return None

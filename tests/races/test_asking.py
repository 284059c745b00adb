"""For whom a session asks, when PostgreSQL has forgotten it with a transaction or a connection."""

from __future__ import annotations

import pytest
from django.db import connections, transaction

from recordsets import asking, fetch


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("within", ["a savepoint", "a transaction"])
def test_what_was_told_in_a_transaction_that_failed_is_told_again(within: str) -> None:
    """PostgreSQL would be back at whom it was told of before, and show the next statement's rows to them."""
    nobody = asking.NOBODY

    def asked() -> str:
        return str(fetch("default", "SELECT current_user", [])[0][0])

    @transaction.atomic
    def put_back() -> None:
        if within == "a savepoint":
            assert asked() == asking.DOOR
            with pytest.raises(ValueError, match="put back"):
                told_within()
            with asking.acting(nobody):
                assert asked() == asking.PAGES
        told_within()

    @transaction.atomic
    def told_within() -> None:
        with asking.acting(nobody):
            assert asked() == asking.PAGES
        raise ValueError("put back")

    with asking.acting(asking.THE_DOOR):
        assert asked() == asking.DOOR
        with pytest.raises(ValueError, match="put back"):
            put_back()
    with asking.acting(nobody):
        assert asked() == asking.PAGES


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_is_told_before_its_first_statement() -> None:
    with asking.acting(asking.NOBODY):
        assert fetch("default", "SELECT current_user", []) == [(asking.PAGES,)]
        connections["default"].close()
        assert fetch("default", "SELECT current_user", []) == [(asking.PAGES,)]

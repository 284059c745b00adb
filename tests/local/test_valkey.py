from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from config.local.valkey import Valkey


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path)
    yield server
    server.stop()


def test_it_answers_on_its_socket_and_keeps_what_was_written(valkey: Valkey) -> None:
    assert not valkey.running()
    valkey.start()
    assert valkey.running()
    client = redis.Redis(unix_socket_path=str(valkey.socket))
    client.set("kept", "yes")
    client.close()
    valkey.stop()
    assert not valkey.running()
    valkey.start()
    client = redis.Redis(unix_socket_path=str(valkey.socket))
    assert client.get("kept") == b"yes"
    client.close()


def test_removing_its_data_leaves_nothing(valkey: Valkey) -> None:
    valkey.start()
    valkey.stop()
    valkey.remove()
    assert list(valkey.data.iterdir()) == []

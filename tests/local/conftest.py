"""Places of their own for the tests of the bootstrap and the embedded servers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local.leases import Lease
from config.local.postgres import Postgres


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    """A server that has not been started; whatever is left of it is removed."""
    server = Postgres(tmp_path / "records", durable=False)
    yield server
    server.stop()
    if server.home != server.base:
        shutil.rmtree(server.home)


class PretendServer:
    """A server that only knows whether it runs, for everybody who holds the same ``state``."""

    name = "Pretend"

    def __init__(self, base: Path, state: dict[str, bool]) -> None:
        self.base = base
        self.state = state

    def running(self) -> bool:
        return self.state.get("runs", False)

    def start(self) -> None:
        self.state["runs"] = True

    def stop(self) -> None:
        self.state["runs"] = False


@pytest.fixture
def leases(tmp_path: Path) -> tuple[Lease, Lease]:
    """Two commands' leases of one server, neither taken."""
    state: dict[str, bool] = {}
    return Lease(PretendServer(tmp_path, state)), Lease(PretendServer(tmp_path, state))

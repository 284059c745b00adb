"""Who wraps data keys: the ring with its directory, and a service."""

from __future__ import annotations

import base64
import json
import stat
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.demo.cast import Cast
from referrals.keys import cipher, keepers, ring
from referrals.keys.cipher import Unreadable
from referrals.keys.keepers import KeeperAway, OwnKeeper, ServiceKeeper, Wrapped
from referrals.models import Person
from referrals.services.persons import add_person
from tests.cases import OPEN_WORLD

OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture
def own(tmp_path: Path) -> OwnKeeper:
    return OwnKeeper({"2026a": NEW, "2025b": OLD}, tmp_path / "keystore")


class TestOwnKeeper:
    def test_what_it_wraps_it_unwraps(self, own: OwnKeeper) -> None:
        keys = {uuid.uuid4(): cipher.new_key() for _ in range(20)}
        wrapped = own.wrap(keys)
        assert {each.by for each in wrapped.values()} == {"2026a"}
        assert own.unwrap(wrapped) == keys

    def test_an_older_key_of_the_ring_still_unwraps(self, own: OwnKeeper) -> None:
        keys = {uuid.uuid4(): cipher.new_key()}
        wrapped = OwnKeeper({"2025b": OLD}, own.directory).wrap(keys)
        assert own.unwrap(wrapped) == keys

    def test_the_database_and_the_environment_are_not_enough(self, own: OwnKeeper, tmp_path: Path) -> None:
        wrapped = own.wrap({uuid.uuid4(): cipher.new_key()})
        with pytest.raises(KeeperAway, match="is not in KEYSTORE"):
            OwnKeeper(own.keys, tmp_path / "elsewhere").unwrap(wrapped)

    def test_the_directory_and_the_database_are_not_enough(self, own: OwnKeeper) -> None:
        wrapped = own.wrap({uuid.uuid4(): cipher.new_key()})
        with pytest.raises(KeeperAway, match="DATA_KEYS does not name"):
            OwnKeeper({"2025b": OLD}, own.directory).unwrap(wrapped)
        with pytest.raises(Unreadable):
            OwnKeeper({"2026a": OLD}, own.directory).unwrap(wrapped)

    def test_one_key_cannot_stand_for_another(self, own: OwnKeeper) -> None:
        one, other = uuid.uuid4(), uuid.uuid4()
        wrapped = own.wrap({one: cipher.new_key(), other: cipher.new_key()})
        with pytest.raises(Unreadable):
            own.unwrap({one: wrapped[other]})

    def test_what_is_forgotten_is_missing_and_stays_so(self, own: OwnKeeper) -> None:
        gone, kept = uuid.uuid4(), uuid.uuid4()
        wrapped = own.wrap({gone: cipher.new_key(), kept: cipher.new_key()})
        own.forget([gone])
        own.forget([gone])
        assert set(own.unwrap(wrapped)) == {kept}
        with pytest.raises(KeeperAway, match="was destroyed"):
            own.wrap({gone: cipher.new_key()})
        assert not (own.directory / gone.hex[:2] / gone.hex).exists()

    def test_nobody_else_on_the_machine_reads_its_files(self, own: OwnKeeper) -> None:
        own.wrap({uuid.uuid4(): cipher.new_key()})
        files = [each for each in own.directory.rglob("*") if each.is_file()]
        assert [stat.S_IMODE(each.stat().st_mode) for each in files] == [0o600]

    def test_a_directory_that_cannot_be_written_makes_no_key(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(KeeperAway, match="KEYSTORE cannot be"):
            OwnKeeper({"a": NEW}, tmp_path / "file").wrap({uuid.uuid4(): cipher.new_key()})

    @given(bit=st.integers(min_value=0))
    def test_no_changed_bit_of_a_wrapped_key_goes_unnoticed(
        self, tmp_path_factory: pytest.TempPathFactory, bit: int
    ) -> None:
        keeper, name = OwnKeeper({"a": NEW}, tmp_path_factory.mktemp("k"), durable=False), uuid.uuid4()
        content = bytearray(keeper.wrap({name: cipher.new_key()})[name].content)
        content[bit // 8 % len(content)] ^= 1 << bit % 8
        with pytest.raises(Unreadable):
            keeper.unwrap({name: Wrapped("a", bytes(content))})


class Service(BaseHTTPRequestHandler):
    """A key service of some lines: it keeps what wraps a key, and forgets it when it is told to."""

    held: dict[str, bytes] = {}

    def do_POST(self) -> None:
        if self.headers["Authorization"] != "Bearer our-token":
            self.send_error(401)
            return
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps(getattr(self, self.path.strip("/"))(body)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def wrap(self, body: dict[str, Any]) -> dict[str, Any]:
        self.held.update({name: cipher.new_key() for name in body["keys"]})
        wrapped = {
            name: cipher.encrypt(self.held[name], base64.b64decode(key), name.encode())
            for name, key in body["keys"].items()
        }
        return {
            "current": "service-1",
            "wrapped": {name: base64.b64encode(each).decode() for name, each in wrapped.items()},
        }

    def unwrap(self, body: dict[str, Any]) -> dict[str, Any]:
        opened = {
            name: cipher.decrypt(self.held[name], base64.b64decode(each["content"]), name.encode())
            for name, each in body["wrapped"].items()
            if name in self.held
        }
        return {"keys": {name: base64.b64encode(key).decode() for name, key in opened.items()}}

    def forget(self, body: dict[str, Any]) -> dict[str, Any]:
        for name in body["ids"]:
            self.held.pop(name, None)
        return {}

    def log_message(self, *_said: Any) -> None:
        pass


@pytest.fixture
def service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class TestServiceKeeper:
    def test_what_it_wraps_it_unwraps_until_it_forgets(self, service: str) -> None:
        keeper, keys = ServiceKeeper(service, "our-token"), {uuid.uuid4(): cipher.new_key() for _ in range(3)}
        wrapped = keeper.wrap(keys)
        assert keeper.current == "service-1"
        assert keeper.unwrap(wrapped) == keys
        gone, *kept = keys
        keeper.forget([gone])
        assert list(keeper.unwrap(wrapped)) == kept

    @pytest.mark.parametrize("address", ["{}", "http://127.0.0.1:9"])
    def test_a_service_that_refuses_or_is_away_says_so(self, service: str, address: str) -> None:
        with pytest.raises(KeeperAway, match="does not answer"):
            ServiceKeeper(address.format(service), "another token").wrap({uuid.uuid4(): cipher.new_key()})

    def test_the_settings_choose_it(self, service: str, settings: Any, cast: Cast) -> None:
        settings.KEY_SERVICE_URL, settings.KEY_SERVICE_TOKEN = service, "our-token"
        assert isinstance(keepers.keeper(), ServiceKeeper)
        name = ring.make("PERSON")
        ring.begin()
        assert len(ring.current().key(name)) == 32


def test_a_page_says_so_when_keys_are_away_and_opens_when_they_are_back(
    keystore: Path, cast: Cast, client: Any
) -> None:
    worker = add_person(
        by=cast.representative, at=OPEN_WORLD, given_names="Prudencia", family_names="Ejemplo"
    )
    client.force_login(cast.representative)
    client.raise_request_exception = False
    away = keystore.with_name("unmounted")
    keystore.rename(away)
    answer = client.get(f"/workers/{worker.token}/")
    assert answer.status_code == 503
    assert b"The keys that open workers&#x27; files cannot be reached" in answer.content
    assert Person.objects.filter(pk=worker.pk).exists()
    away.rename(keystore)
    assert b"Prudencia Ejemplo" in client.get(f"/workers/{worker.token}/").content

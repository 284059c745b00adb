from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local import demo, places, prepare
from config.local.postgres import roots_home
from config.local.processes import until
from config.local.trouble import Trouble, sentence_for

DAY = "2028-06-01"
PEOPLE = [
    {"who": "Advocate", "email": "ana@one.example", "password": "first", "what": "carries workers through"},
    {"who": "Officer", "email": "bo@two.example", "password": "second", "what": "decides " * 30},
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((demo.HOST, 0))
        return int(probe.getsockname()[1])


def processes_of(place: Path) -> list[str]:
    """The programs whose command line or environment names a directory, or root's home for its data."""
    names = (bytes(place), f"{places.NAME}/{places.tag(place / 'var' / 'demo')}".encode())
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
            context = words + (process / "environ").read_bytes()
        except OSError:
            continue
        if any(name in context for name in names):
            found.append(words.replace(b"\0", b" ").decode(errors="replace"))
    return found


def test_a_busy_port_is_named_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind((demo.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Trouble, match=rf"Port {port} is taken .* --port {port + 1}"):
            demo.refuse_busy(port)


def test_a_port_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Trouble, match="70000 is no port"):
        demo.refuse_busy(70000)


def test_the_welcome_shows_the_address_and_everybodys_sign_in() -> None:
    text = demo.welcome("http://127.0.0.1:8000", PEOPLE)
    assert "http://127.0.0.1:8000/" in text
    for person in PEOPLE:
        assert f"{person['email']}" in text
        assert f"{person['password']}" in text
    assert max(len(line) for line in text.splitlines()) <= 120


def test_a_password_that_all_share_is_said_once() -> None:
    text = demo.welcome("http://127.0.0.1:8000", [person | {"password": "shared"} for person in PEOPLE])
    assert text.count("shared") == 1


@pytest.mark.parametrize(
    ("number", "words"), [(28, "The disk is full"), (13, "/there cannot be written"), (2, None)]
)
def test_a_full_disk_and_a_closed_directory_get_a_sentence(number: int, words: str | None) -> None:
    sentence = sentence_for(OSError(number, "as the system says it", "/there"))
    assert sentence is None if words is None else words in str(sentence)


def test_a_changed_file_changes_the_state_of_the_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(places, "ROOT", tmp_path)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.txt").write_text("six==1.17.0")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "a.py").write_text("1")
    before = prepare.state_of_code("open")
    assert prepare.state_of_code("open") == before
    assert prepare.state_of_code("closed") != before
    (tmp_path / "config" / "a.py").write_text("2")
    assert prepare.state_of_code("open") != before


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def own_place(place: Path) -> Iterator[dict[str, str]]:
    """The environment of a machine on which the demo never ran, or ran once for the test before."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    for name in ("TESTING", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "STATIC_ROOT"):
        kept.pop(name, None)
    yield kept | {"REFERRAL_MANAGED": "1", "REFERRAL_VAR": str(place / "var")}
    if os.geteuid() == 0:
        subprocess.run(["rm", "-rf", str(roots_home(place / "var" / "demo"))], check=True)


@pytest.mark.parametrize(("end", "words_of_the_day"), [(signal.SIGINT, ["--at", DAY]), (signal.SIGKILL, [])])
def test_the_demo_serves_its_pages_and_leaves_no_process(
    own_place: dict[str, str], place: Path, end: signal.Signals, words_of_the_day: list[str]
) -> None:
    """The second time it goes on by itself on the day to which it was moved."""
    port = free_port()
    command = [sys.executable, "manage.py", "demo", "--port", str(port), *words_of_the_day]
    words = place / f"said until {end.name}"
    with words.open("w") as said:
        running = subprocess.Popen(command, cwd=places.ROOT, env=own_place, stdout=said, stderr=said)
    try:
        ready = until(
            lambda: "Ctrl-C stops" in words.read_text() or running.poll() is not None,
            seconds=150,
            pause=0.3,
        )
        assert ready, words.read_text()
        assert running.poll() is None, words.read_text()
        connection = http.client.HTTPConnection(demo.HOST, port, timeout=20)
        connection.request("GET", "/accounts/login/")
        response = connection.getresponse()
        assert response.status == 200
        assert f'This demonstration lives on <time datetime="{DAY}">' in response.read().decode()
        connection.close()
        assert len(processes_of(place)) >= 8
    finally:
        running.send_signal(end)
        running.wait(60)
    assert until(lambda: processes_of(place) == [], seconds=60), processes_of(place)
    assert running.returncode == (0 if end == signal.SIGINT else -end)

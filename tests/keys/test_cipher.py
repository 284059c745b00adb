"""Whatever is encrypted comes back unchanged, or not at all."""

from __future__ import annotations

import base64
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.keys import cipher
from referrals.keys.cipher import Place, Unreadable

KEYS = st.binary(min_size=32, max_size=32)
NAMES = st.text(st.characters(codec="ascii", categories=["Ll"]), min_size=1, max_size=8)
PLACES = st.builds(Place, model=NAMES, column=NAMES, row=NAMES)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=80)


@given(text=TEXTS, key_id=st.uuids(), key=KEYS, place=PLACES)
def test_a_text_comes_back_as_it_was(text: str, key_id: uuid.UUID, key: bytes, place: Place) -> None:
    stored = cipher.seal_text(text, key_id=key_id, key=key, place=place)
    assert cipher.key_of(stored) == key_id
    assert cipher.open_text(stored, key=key, place=place) == text


@given(content=st.binary(max_size=5_000), key_id=st.uuids(), key=KEYS, place=PLACES)
def test_a_file_comes_back_as_it_was(content: bytes, key_id: uuid.UUID, key: bytes, place: Place) -> None:
    stored = cipher.seal_file(content, key_id=key_id, key=key, place=place)
    assert cipher.key_of_file(stored) == key_id
    assert cipher.open_file(stored, key=key, place=place) == content


@given(text=TEXTS, key=KEYS, place=PLACES, where=st.integers(min_value=0), to=st.integers(1, 255))
def test_no_changed_character_goes_unnoticed(
    text: str, key: bytes, place: Place, where: int, to: int
) -> None:
    stored = bytearray(cipher.seal_text(text, key_id=uuid.UUID(int=7), key=key, place=place).encode())
    stored[where % len(stored)] ^= to
    changed = stored.decode("latin-1")
    with pytest.raises(Unreadable):
        opened_by_its_name(changed, key, place)


def opened_by_its_name(stored: str, key: bytes, place: Place) -> str:
    """With the key that it names: a changed name is that of a key which nobody has."""
    if cipher.key_of(stored) != uuid.UUID(int=7):
        raise Unreadable
    return cipher.open_text(stored, key=key, place=place)


@given(content=st.binary(max_size=200), key=KEYS, place=PLACES, bit=st.integers(min_value=0))
def test_no_changed_bit_of_a_file_goes_unnoticed(content: bytes, key: bytes, place: Place, bit: int) -> None:
    stored = bytearray(cipher.seal_file(content, key_id=uuid.UUID(int=7), key=key, place=place))
    stored[bit // 8 % len(stored)] ^= 1 << bit % 8
    with pytest.raises(Unreadable):
        file_opened_by_its_name(bytes(stored), key, place)


def file_opened_by_its_name(stored: bytes, key: bytes, place: Place) -> bytes:
    if cipher.key_of_file(stored) != uuid.UUID(int=7):
        raise Unreadable
    return cipher.open_file(stored, key=key, place=place)


@given(text=TEXTS, key=KEYS, place=PLACES, other=PLACES)
def test_in_another_place_it_cannot_be_read(text: str, key: bytes, place: Place, other: Place) -> None:
    stored = cipher.seal_text(text, key_id=uuid.UUID(int=7), key=key, place=place)
    if place == other:
        assert cipher.open_text(stored, key=key, place=other) == text
    else:
        with pytest.raises(Unreadable, match="is not what was stored there"):
            cipher.open_text(stored, key=key, place=other)


@given(text=TEXTS, key=KEYS, other=KEYS, place=PLACES)
def test_under_another_key_it_cannot_be_read(text: str, key: bytes, other: bytes, place: Place) -> None:
    stored = cipher.seal_text(text, key_id=uuid.UUID(int=7), key=key, place=place)
    if key != other:
        with pytest.raises(Unreadable):
            cipher.open_text(stored, key=other, place=place)


@given(one=NAMES, other=NAMES)
def test_names_of_places_do_not_run_together(one: str, other: str) -> None:
    assert Place(one + other, "x", "y").bound != Place(one, other + "x", "y").bound


@given(text=st.text(st.characters(codec="ascii"), max_size=31))
def test_short_texts_are_all_as_long_as_each_other(text: str) -> None:
    place, key_id, key = Place("a", "b", "c"), uuid.UUID(int=7), bytes(32)
    lengths = {len(cipher.seal_text(each, key_id=key_id, key=key, place=place)) for each in (text, "")}
    assert len(lengths) == 1


def test_the_same_text_never_looks_the_same() -> None:
    place, key_id, key = Place("a", "b", "c"), uuid.UUID(int=7), bytes(32)
    assert len({cipher.seal_text("x", key_id=key_id, key=key, place=place) for _ in range(50)}) == 50


@pytest.mark.parametrize(
    "stored", ["", "Prudencia", "v1.", "v1.abc", "v2.AAAAAAAAAAAAAAAAAAAAAA.AAAA", "v1.AA.AA"]
)
def test_what_is_in_clear_is_not_taken_for_sealed(stored: str) -> None:
    with pytest.raises(Unreadable):
        cipher.key_of(stored)


def test_a_message_about_a_broken_value_does_not_show_it() -> None:
    place = Place("referrals.person", "given_names", "W-1")
    stored = cipher.seal_text("Prudencia", key_id=uuid.UUID(int=7), key=bytes(32), place=place)
    with pytest.raises(Unreadable) as broken:
        cipher.open_text(stored, key=b"x" * 32, place=place)
    assert str(broken.value) == "referrals.person.given_names: the stored value is not what was stored there"
    assert base64.urlsafe_b64encode(b"x" * 32).decode() not in str(broken.value)

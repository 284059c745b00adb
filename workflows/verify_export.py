#!/usr/bin/env python3
"""Checks an exported case history. One file, the standard library alone, no network:

    python3 verify_export.py history.json [--public-key HEX] [--root HEX]

Exit code 0: what the file shows holds together. 1: it does not, and the first place is named. 2: unreadable.

It recomputes the hash of every line that is shown whole, the links between lines, the commitments of every
line (shown, shown in part, or withheld), their way into the root of a daily head, and the signatures
(Ed25519, RFC 8032). Trees are those of RFC 9162, section 2.1. It cannot know whether the key or the root in
the file is the published one: give the published value with --public-key or --root, or compare by eye.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

FORMAT = "case-history/1"
# The parts of a line, each committed to on its own, so that one can be shown and another withheld.
PARTS = {
    "what": ("sequence", "nature", "name", "from", "to", "capacity", "at", "definition", "rules", "effects"),
    "who": ("actor", "organization", "key", "previous", "hash"),
    "reason": ("reason",),
    "data": ("data",),
}
SPELLING = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
COLUMNS = sum(map(len, PARTS.values()))
SEAL = "sealed:"
Line = dict[str, Any]


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces, UTF-8."""
    return SPELLING.encode(value)


def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def line_hash(case: str, line: Line) -> str:
    """The hash of a whole line: its columns, the case, and the hash of the line before."""
    columns = {name: line[name] for names in PARTS.values() for name in names if name != "hash"}
    return digest({"case": case, **columns})


def commitment(salt: str, values: Line) -> str:
    """A part of a line bound without being shown: HMAC-SHA256 under a key of its own."""
    return hmac.digest(bytes.fromhex(salt), canonical(values).encode(), "sha256").hex()


def lines_digest(before: str, commitments: Iterable[str]) -> str:
    """The digest of all lines up to one: of the digest before it and of its commitments in order."""
    return hashlib.sha256("".join((before, *commitments)).encode()).hexdigest()


def seal(key: str, text: str) -> str:
    """What stands in a line instead of a free text."""
    return SEAL + hmac.digest(bytes.fromhex(key), text.encode(), "sha256").hex()


def leaf_hash(reference: str, version: int, head: str, lines: str) -> bytes:
    return hashlib.sha256(b"\0" + canonical([reference, version, head, lines]).encode()).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which an inclusion proof leads (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        raise Broken("the daily head: the place of the case in it does not exist")
    last, found = size - 1, leaf
    for step in path:
        if last == 0:
            raise Broken("the daily head: its proof is too long")
        if index & 1 or index == last:
            found = node_hash(step, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, step)
        index, last = index >> 1, last >> 1
    if last:
        raise Broken("the daily head: its proof is too short")
    return found


def head_hash(head: dict[str, Any]) -> str:
    """The hash of a daily head: everything in it but the hash itself and the signature."""
    return digest({name: head[name] for name in HEAD})


HEAD = ("number", "day", "taken_at", "cases", "lines", "root", "changes", "previous", "key_id")

# Ed25519: checking a signature uses public values only, so nothing here need hide how long it takes.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def point_add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_times(factor: int, point: Point) -> Point:
    total = NEUTRAL
    for bit in bin(factor)[2:]:
        total = point_add(total, total)
        if bit == "1":
            total = point_add(total, point)
    return total


def same_point(one: Point, other: Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 == (one[1] * other[2] - other[1] * one[2]) % P


def point_read(encoded: bytes) -> Point | None:
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE: Point = point_read((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or NEUTRAL


def hashed_number(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def signature_fits(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(public) != 32 or len(signature) != 64:
        return False
    key, first = point_read(public), point_read(signature[:32])
    second = int.from_bytes(signature[32:], "little")
    if key is None or first is None or second >= ORDER:
        return False
    challenge = hashed_number(signature[:32], public, message) % ORDER
    return same_point(point_times(second, BASE), point_add(first, point_times(challenge, key)))


def key_id(public: bytes) -> str:
    """The short name of a public key."""
    return hashlib.sha256(public).hexdigest()[:16]


class Broken(Exception):
    """The first place where the file does not hold together."""


def need(holds: object, problem: str) -> None:
    if not holds:
        raise Broken(problem)


def checked_lines(case: str, lines: Sequence[Line]) -> Iterator[tuple[Line, str]]:
    """What each line shows, and the digest of the lines up to it; raises ``Broken`` at the first problem."""
    before: Line = {"hash": "", "to": ""}
    running = ""
    for number, line in enumerate(lines, start=1):
        here = f"line {number}"
        need(line["line"] == number, f"{here} is missing or stands in another place")
        parts, hidden = line["shown"], line["withheld"]
        whole = not set(parts) & set(hidden) and set(parts) | set(hidden) == set(PARTS)
        need(whole and set(line["salts"]) == set(parts), f"{here} does not consist of the parts of a line")
        for part, values in parts.items():
            need(set(values) == set(PARTS[part]), f"{here}: “{part}” does not have its columns")
        made = {part: commitment(line["salts"][part], values) for part, values in parts.items()}
        running = lines_digest(running, ((made | hidden)[part] for part in PARTS))
        shown = {name: value for values in parts.values() for name, value in values.items()}
        check_shown(case, number, shown, before)
        check_texts(here, shown, line["texts"])
        before = shown
        yield shown, running


def check_shown(case: str, number: int, shown: Line, before: Line) -> None:
    here = f"line {number}"
    need(shown.get("sequence", number) == number, f"{here} was another line")
    fits = shown.get("from", before.get("to")) == before.get("to", shown.get("from"))
    need(fits, f"{here} does not start where the one before it ends")
    fits = shown.get("previous", before.get("hash")) == before.get("hash", shown.get("previous"))
    need(fits, f"{here} does not continue the one before it")
    fits = len(shown) < COLUMNS or shown["hash"] == line_hash(case, shown)
    need(fits, f"{here} was changed after it was written")


def check_texts(here: str, shown: Line, texts: dict[str, Any]) -> None:
    stands = shown | {f"data.{name}": value for name, value in (shown.get("data") or {}).items()}
    for field, told in texts.items():
        need(stands.get(field) == seal(told["key"], told["text"]), f"{here}: “{field}” was changed")


def check_head(file: dict[str, Any], ends: Sequence[tuple[Line, str]]) -> None:
    """The daily head: its own hash, the way of the case into its root, what it says of the lines."""
    head, proof = file["daily_head"], file["proof"]
    need(head["hash"] == head_hash(head), "the daily head was changed after it was written")
    version = proof["version"]
    need(0 < version <= len(ends), "the daily head knows more lines than the file shows")
    shown, running = ends[version - 1]
    need(proof["lines"] == running, f"the daily head knows other lines up to line {version}")
    need(shown.get("hash", proof["head"]) == proof["head"], "the daily head knows another last line")
    leaf = leaf_hash(file["case"], version, proof["head"], running)
    path = [bytes.fromhex(each) for each in proof["path"]]
    root = root_of_path(leaf, proof["index"], head["cases"], path)
    need(root.hex() == head["root"], "this case does not lead to the root of the daily head")


def check_signature(what: str, signed: dict[str, Any], message: str) -> str:
    """Check a signature with the key beside it; returns that key, or nothing where there is no signature."""
    if not signed.get("signature"):
        return ""
    public = bytes.fromhex(signed["public_key"])
    need(key_id(public) == signed["key_id"], f"{what}: the key is not the one it names")
    fits = signature_fits(public, message.encode(), bytes.fromhex(signed["signature"]))
    need(fits, f"{what}: the signature does not fit")
    return public.hex()


def check(file: dict[str, Any], *, public_key: str = "", root: str = "") -> list[str]:
    """Check a whole file and say in sentences what was found; raises ``Broken`` at the first problem."""
    need(file["format"] == FORMAT, f"the format is not {FORMAT}")
    body = {name: value for name, value in file.items() if name != "signature"}
    keys = {check_signature("the file", file["signature"] or {}, f"case-history:{digest(body)}")}
    ends = list(checked_lines(file["case"], file["lines"]))
    need(file["version"] == len(ends) > 0, "the end of the history is missing")
    fits = ends[-1][0].get("hash", file["head"]) == file["head"]
    need(fits, "the last line is not the one with which the case ends")
    head = file["daily_head"]
    if head:
        check_head(file, ends)
        signed = head | file["head_signature"]
        keys.add(check_signature("the daily head", signed, f"daily-head:{head['hash']}"))
    need(head or keys != {""}, "nothing speaks for this file: it is not signed and holds no daily head")
    need(not root or (head and head["root"] == root), "the root is not the one you gave")
    need(not public_key or keys == {public_key}, "not everything is signed with the key you gave")
    said = [*told(file, ends)]
    said += [f"Signed with the key {each}" if each else "Not everything is signed." for each in sorted(keys)]
    return said if public_key or root else [*said, "Compare the key or the root with the published one."]


def told(file: dict[str, Any], ends: Sequence[tuple[Line, str]]) -> Iterator[str]:
    whole = sum(len(shown) == COLUMNS for shown, _running in ends)
    hidden = sum(not shown for shown, _running in ends)
    yield f"Case {file['case']}: {len(ends)} lines."
    yield f"{whole} shown whole, {len(ends) - whole - hidden} in part, {hidden} withheld."
    head = file["daily_head"]
    if head:
        yield f"The daily head of {head['day']} covers lines 1 to {file['proof']['version']}."
        yield f"Root: {head['root']}"
    if not head or file["proof"]["version"] < len(ends):
        yield "Of what no daily head covers, this file's own signature speaks alone."


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name in ("file", "--public-key", "--root"):
        parser.add_argument(name, default="")
    asked = parser.parse_args(arguments)
    try:
        with open(asked.file, encoding="utf-8") as opened:
            file = json.load(opened)
        said = check(file, public_key=asked.public_key.lower(), root=asked.root.lower())
    except OSError as missing:
        sys.stderr.write(f"{missing}\n")
        return 2
    except (Broken, KeyError, TypeError, ValueError, AttributeError, RecursionError) as wrong:
        problem = str(wrong) if isinstance(wrong, Broken) else "this is no whole export"
        sys.stdout.write(f"BROKEN: {problem}.\n")
        return 1
    sys.stdout.write("\n".join(("HOLDS", *said)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

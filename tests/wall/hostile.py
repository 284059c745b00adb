"""Values that nobody types by mistake, drawn by a seed, for every field and every part of an address."""

from __future__ import annotations

import random
from collections.abc import Iterator

TEXTS = (
    "", " ", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\ufffe\uffff", "\x1b[31m", "\r\nSet-Cookie: a=b",
    "\u202etxt.exe", "\u200b\u200d\ufeff", "é" * 70, "e\u0301" * 90, "🧑‍🏭" * 40, "İıſK", "ﷺ" * 300,
    "x" * 1_000_000, "9" * 5_000, "-" * 301, "A" * 256, "(" * 5_000, "{{7*7}}", "{% debug %}",
    "%s%n%x", "%(a)s",
    "{0.__class__}", "${7*7}", "`id`", "$(id)", "| id", "; ls", "../../etc/passwd", "file:///etc/passwd",
    "' OR 1=1 --", "'; DROP TABLE referrals_person; --", "1) UNION SELECT NULL--", "\\", "%", "_", "%%",
    "\\'", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "<!--", "]]>", "&#0;",
    "=cmd|' /C calc'!A0",
    "[]", "{}", "null", "true", '{"a":', "[" * 3_000, '{"$gt": ""}', "NaN", "Infinity", "-Infinity", "1e999",
    "1E400", "0x1F", "٣٤", "１２", "1_000", "+1", "--1", "0", "-1", "-0", "2147483648", "9223372036854775808",
    "-9223372036854775809", "1e5", "1.5", "1,5", "0.1e-400", "99999999999999999999.99", "on", "None",
    "2026-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "0001-01-01", "2026-13-01", "31/31/2026",
    "2026-11-23T25:61", "-2026-01-01", "2024-02-29", "tomorrow", "1/1/1", "12/31/9999", "present",
    "٢٠٢٦-٠١-٠١",
    "A123456789", "A000000000", "SOR-2026-00001", "1", "2", "00000000-0000-0000-0000-000000000000",
    "not-a-uuid",
    "a@b", "a@" + "b" * 300 + ".example", "\"a b\"@c.example", "http://[", "http://a:99999/", "+" * 40,
)  # fmt: skip
RAW = (
    b"\xff", b"%ff%fe", b"%00", b"%C0%AF", b"%ed%a0%80", b"%", b"%zz", b"+%2b", b"%u0041", b"\x80\x81",
    b"%F0%9F%92%A9", b"&&&==", b"[]=1", b"=x", b"a=b=c",
)  # fmt: skip
"""Parts of a query that are no proper encoding of anything."""

BODIES = (
    ("application/json", b'{"a": [1, {"b": null}]}'), ("application/json", b"\xff\xfe"),
    ("text/xml", b"<a/>"),
    ("multipart/form-data", b"no boundary"), ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    ("multipart/form-data; boundary=" + "x" * 300, b""), ("multipart/form-data; boundary=\u00e9", b"--"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"a=+ADw-"), ("", b"\x00\x01"),
    ("application/x-www-form-urlencoded; charset=nothing", b"a=%ff"), ("application/octet-stream", b"x" * 9),
    ("multipart/form-data; boundary=x",
     b'--x\r\nContent-Disposition: form-data; name="scan"; filename="\x00/../a"\r\n\r\n%PDF-\r\n--x--\r\n'),
    ("multipart/form-data; boundary=x",
     b'--x\r\nContent-Disposition: form-data; name="note"\r\n'
     b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n"),
)  # fmt: skip
ALWAYS_ASKED = (
    "page", "q", "show", "sort", "case", "step", "key", "next", "kind", "state", "as_shown", "on", "at",
    "from",
    "more", "number", "token", "language", "worker", "statement", "format", "day", "csrfmiddlewaretoken",
)  # fmt: skip


class Hostile:
    """Draws values; the same seed draws the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 (tests are to be repeatable)

    def text(self) -> str:
        one = self.random.choice(TEXTS)
        if self.random.random() < 0.15:
            one = (one + self.random.choice(TEXTS))[:1_000_000]
        return one

    def fields(self, shown: dict[str, list[str]]) -> dict[str, list[str]]:
        """A form as its page shows it with one to three fields made hostile; now and then, all of them."""
        names = sorted(shown)
        bent = names if self.random.random() < 0.25 else self.random.sample(names, min(len(names), 3))
        fields = {name: shown[name] for name in names}
        for name in bent:
            fields[name] = [self.text() for _each in range(self.random.choice((0, 1, 1, 1, 2)))]
        return fields

    def query(self) -> bytes:
        name = self.random.choice(ALWAYS_ASKED).encode()
        return b"&".join([name + b"=" + self.random.choice(RAW) for _each in range(2)])

    def bodies(self) -> Iterator[tuple[str, bytes]]:
        while True:
            yield self.random.choice(BODIES)

"""A mail server that takes everything and keeps nothing but numbers: ``python -m tests.benchmarks.sink``.

It prints the port it listens on. XSTAT is answered with how many mails came, how many different ones by their
Message-ID, which are then forgotten, and with the microseconds of processor time it has used. With ``plain``
as argument it does not offer PIPELINING.
"""

from __future__ import annotations

import asyncio
import sys
import time


class Sink(asyncio.Protocol):
    """As much of RFC 5321 and RFC 2920 as one client needs."""

    mails = 0
    different: set[bytes] = set()
    offers = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.waiting, self.in_mail = transport, b"", False
        transport.write(b"220 sink ready\r\n")

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        answers = []
        while True:
            if self.in_mail:
                mail, end, rest = self.waiting.partition(b"\r\n.\r\n")
                if not end:
                    break
                self.waiting, self.in_mail = rest, False
                answers.append(self.take(mail))
                continue
            line, end, rest = self.waiting.partition(b"\r\n")
            if not end:
                break
            self.waiting = rest
            answers.append(self.answer(line[:4].upper()))
        if answers:
            self.transport.write(b"".join(answers))

    def answer(self, verb: bytes) -> bytes:
        if verb == b"DATA":
            self.in_mail = True
            return b"354 go on\r\n"
        if verb == b"EHLO":
            return Sink.offers
        if verb == b"XSTA":
            microseconds = int(time.process_time() * 1e6)
            told = b"250 %d %d %d\r\n" % (Sink.mails, len(Sink.different), microseconds)
            Sink.mails, Sink.different = 0, set()
            return told
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 fine\r\n"

    def take(self, mail: bytes) -> bytes:
        Sink.mails += 1
        start = mail.find(b"Message-ID: ")
        Sink.different.add(mail[start : mail.find(b"\r\n", start)])
        return b"250 2.0.0 Ok: queued as Q%d\r\n" % Sink.mails


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    if "plain" in sys.argv:
        Sink.offers = b"250-sink\r\n250 8BITMIME\r\n"
    asyncio.run(serve())

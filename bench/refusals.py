"""`python -m bench.refusals`: what the event loop spends on each kind of refusal, and of sound query, at its largest.

Each is asked of the application in process, without a socket; parsing the head is timed with it. The figures are times
and ratios to a refusal of a short query, in one run: the least of several, as anything else on the machine adds to it.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from attractor.api.app import create_app
from attractor.api.server.process import SWITCH_INTERVAL
from attractor.api.server.protocol import Protocol
from attractor.api.settings import Settings

MOST = 0.001
"""Seconds of the loop for any refusal."""
ROUNDS = 30
HENON = "/calculation?system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
ENSEMBLE = "/ensemble?system=henon&y0=0&a=1.4&b=0.3&steps=1&x0="


def head(target: str, *headers: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode("latin-1")


def refusals() -> Iterator[tuple[str, bytes]]:
    """Each kind at its largest; the first is what the others are compared with."""
    full = 16_000
    yield "a short query with one unknown name", head(f"{HENON}&nothing=1")
    yield "100 unknown names", head("/calculation?" + "&".join(f"name{i}" + "y" * 140 + "=1" for i in range(100)))
    yield "100 unknown short names", head("/calculation?" + "&".join(f"n{i}=1" for i in range(100)))
    yield "100 unknown names of an analysis", head("/picture?" + "&".join(f"horizonta{i}=1" for i in range(100)))
    yield "one name 100 times", head("/calculation?" + "&".join("x0=" + "1" * 150 for _ in range(100)))
    yield "100 broken escapes", head("/calculation?" + "&".join(f"%zz{i}=%" for i in range(100)))
    yield "a value of broken escapes", head(f"{HENON}&steps=" + "%" * full)
    yield "a value of escapes", head(f"{HENON}&steps=" + "%41" * (full // 3))
    yield "thousands of parameters", head("/calculation?" + "a&" * (full // 2))
    yield "a query that is too long", head("/calculation?" + "a" * 60_000)
    yield "an unknown system of 16 kB", head("/calculation?system=" + "a" * full)
    yield "an unknown format of 16 kB", head(f"{HENON}&format=" + "a" * full)
    yield "a number of 16 kB", head(f"{HENON}&steps=" + "1" * full)
    yield "a list whose last item is wrong", head(ENSEMBLE + "1," * (full // 2 - 200) + "x")
    yield "a list of unusual spellings whose last item is wrong", head(ENSEMBLE + "01.0," * (full // 5 - 200) + "x")
    yield "a list of colons", head(ENSEMBLE + ":" * full)
    yield "coordinates by the thousand", head("/picture?system=henon&of=orbit&axes=" + "x," * (full // 2))
    yield "an Accept of thousands of types", head(HENON, "Accept: " + "a/b," * 15_000)
    yield "an Accept of one long type", head(HENON, "Accept: a/" + "b" * 60_000)
    yield "an Accept of thousands of parameters", head(HENON, "Accept: a/b" + ";q=1" * 15_000)
    yield "an Accept of thousands of types for the page", head("/", "Accept: text/html;q=0," + "a/b," * 15_000)
    yield "an Accept-Encoding of thousands of codings", head(f"{HENON}&a=1", "Accept-Encoding: " + "gz," * 20_000)
    yield "an If-None-Match of thousands of tags", head(f"{HENON}&a=1", "If-None-Match: " + '"a",' * 15_000)
    yield "a long Origin", head(f"{HENON}&a=1", "Origin: " + "a" * 60_000)
    yield "a long X-Request-ID", head(f"{HENON}&a=1", "X-Request-ID: " + "a" * 60_000)
    yield "a long Cookie", head(f"{HENON}&a=1", "Cookie: " + "a=b;" * 15_000)
    yield "a long X-Forwarded-For", head(f"{HENON}&a=1", "X-Forwarded-For: " + "1.2.3.4," * 7_500)
    yield "thousands of headers", head(HENON, *["a: b"] * 10_000)
    yield "255 headers", head(f"{HENON}&a=1", *["a: b"] * 250)
    yield "an unknown path of 60 kB", head("/" + "a" * 60_000)
    yield "an unknown path of escapes", head("/" + "%41" * 20_000)
    yield "an unknown path of slashes", head("/" * 60_000 + "x")
    yield "an unknown system by its path", head("/systems/" + "a" * 900)
    yield "a host that is too long", head("/systems", method="GET").replace(b"localhost", b"a" * 60_000)
    yield "a method that is not allowed", head("/systems", method="DELETE")
    yield "a preflight", head(HENON, "Origin: " + "a" * 9_000, "Access-Control-Request-Method: GET", method="OPTIONS")


def sound() -> Iterator[tuple[str, bytes]]:
    """Queries that are answered: what reading and answering the largest takes."""
    yield "a list of 8,000 numbers, HEAD", head(ENSEMBLE + ",".join(["1"] * 8_000), method="HEAD")
    yield "a list of 3,000 unusual spellings, HEAD", head(ENSEMBLE + ",".join(["01.0"] * 3_000), method="HEAD")
    yield (
        "a list of 14 numbers of 1,100 digits, HEAD",
        head(ENSEMBLE + ",".join("0." + "1" * 1_000 + str(i) for i in range(14)), method="HEAD"),
    )
    yield "one orbit of 20 steps", head(HENON)


class Transport(asyncio.Transport):
    """Takes what is written."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.written = bytearray()
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    abort = write_eof = close

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def seconds(config: Config, sent: bytes) -> tuple[float, bytes]:
    """The longest that the loop was held by one request, and its answer."""
    transport = Transport()
    protocol = Protocol(config, ServerState(), {})
    protocol.connection_made(transport)
    began, longest = time.perf_counter(), 0.0
    protocol.data_received(sent)
    while not transport.closed and (protocol.cycle is None or not protocol.cycle.response_complete):
        await asyncio.sleep(0)
        now = time.perf_counter()
        longest, began = max(longest, now - began), now
    longest = max(longest, time.perf_counter() - began)
    protocol.connection_lost(None)
    return longest, bytes(transport.written)


async def rows(say: Callable[[str, str, float, float, int], None]) -> float:
    """Measures every kind; returns the longest of the refusals, in seconds."""
    config = Config(create_app(Settings()), log_config=None, access_log=False)
    config.load()
    reference, worst = 0.0, 0.0
    for kinds in (refusals(), sound()):
        for what, sent in kinds:
            taken = [await seconds(config, sent) for _ in range(ROUNDS)]
            least, answer = min(taken)[0], taken[0][1]
            reference = reference or least
            status = answer[9:12].decode()
            say(what, status, least * 1000, least / reference, len(answer))
            if status[0] == "4":
                worst = max(worst, least)
    return worst


def main() -> int:
    """1 where a refusal takes longer than MOST."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    print("| what | status | ms of the loop | to a short refusal | bytes |\n|---|---|---|---|---|")
    worst = asyncio.run(
        rows(lambda what, status, ms, ratio, size: print(f"| {what} | {status} | {ms:.2f} | {ratio:.1f} | {size:,} |"))
    )
    print(f"\nThe longest refusal takes {worst * 1000:.2f} ms of the loop; the aim is {MOST * 1000:g}.")
    return worst > MOST


if __name__ == "__main__":
    sys.exit(main())

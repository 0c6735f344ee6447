"""Clients that ask all the time, each over connections of its own, and what became of each thing asked."""

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.waiting import until_meanwhile

_RENEWAL = {"kept": 0.0, "renewed": 0.05, "new": 1.0}  # how probably a connection is given up after an answer


class Outcome(NamedTuple):
    """What became of one request: "right", "wrong", "lost", "busy" (503) or "refused", where it got no connection.

    An answer that the application did not make, uvicorn's own to what it gave up say, is a wrong one.
    """

    what: str
    opened: float
    """When its connection was, or was to be."""
    began: float
    connection: int
    """A number that each connection has to itself."""
    worker: str
    """Which process has answered over this connection; empty where none has."""
    detail: str = ""


@dataclass
class Load:
    """So many clients of each of `kinds`: "kept" asks over one connection for as long as that is open, "renewed"
    over one for some twenty requests, "new" over one for each. `bodies` has the right answer to each that may be asked.
    """

    address: str
    bodies: Mapping[str, bytes]
    kinds: Mapping[str, int]
    outcomes: list[Outcome] = field(default_factory=list)
    held: dict[int, str] = field(default_factory=dict)
    """Which process has answered over each connection that is open and has had an answer."""
    is_over: bool = False
    may_connect: bool = True
    pause: float = 0.0
    """Seconds between an answer and the next request of its client."""
    _connections: int = 0

    def count(self, what: str) -> int:
        return sum(outcome.what == what for outcome in self.outcomes)

    def answering_since(self, moment: float) -> set[str]:
        """The processes that have answered what was asked later."""
        return {outcome.worker for outcome in self.outcomes if outcome.began > moment and outcome.what != "lost"}

    async def __aenter__(self) -> "Load":
        kinds = [kind for kind, count in self.kinds.items() for _ in range(count)]
        self._clients = [asyncio.create_task(self._client(kind, seed)) for seed, kind in enumerate(kinds)]
        await until_meanwhile(lambda: self.count("right") >= 5 * len(kinds))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.is_over = True
        await asyncio.gather(*self._clients)

    async def _client(self, kind: str, seed: int) -> None:
        paths, chosen = list(self.bodies), random.Random(seed)
        host = urlsplit(self.address)
        while not self.is_over and self.may_connect:
            self._connections += 1
            connection, worker, opened = self._connections, "", time.monotonic()
            try:
                reader, writer = await asyncio.open_connection(host.hostname, host.port)
            except OSError as error:
                self.outcomes.append(Outcome("refused", opened, opened, connection, worker, repr(error)))
                await asyncio.sleep(0.05)
                continue
            is_open = True
            while is_open and not self.is_over:
                began, path = time.monotonic(), chosen.choice(paths)
                if reader.at_eof():  # closed while nothing was asked, as HTTP allows
                    break
                try:
                    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                    headers, body = await read_answer(reader)
                except (OSError, EOFError, ValueError) as error:
                    self.outcomes.append(Outcome("lost", opened, began, connection, worker, f"{path}: {error!r}"))
                    break
                what = "busy" if "retry-after" in headers else "right" if body == self.bodies[path] else "wrong"
                worker = headers.get("x-request-id", "")[:-8]  # they count, from where each process began
                detail = path if what == "right" else f"{path}: {headers} {body[:200]!r}"
                self.outcomes.append(Outcome(what, opened, began, connection, worker, detail))
                self.held[connection] = worker
                is_open = headers.get("connection") != "close" and chosen.random() > _RENEWAL[kind]
                await asyncio.sleep(self.pause)
            self.held.pop(connection, None)
            writer.close()


async def read_answer(reader: asyncio.StreamReader) -> tuple[dict[str, str], bytes]:
    """Raises EOFError or OSError where it is not whole."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
    if "content-length" in headers:
        return headers, await reader.readexactly(int(headers["content-length"]))
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return headers, body

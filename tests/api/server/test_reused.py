"""Connections that a load balancer keeps open and uses again: none is closed by the service as it sends a request."""

import asyncio
import random
from urllib.parse import urlsplit

from tests.conftest import running_server

CONNECTIONS, REQUESTS = 100, 20
IDLE = 0.4
"""Seconds after which the load balancer closes a silent connection itself."""
KEPT = 15
"""Seconds after which the service does, longer as in terraform/main.tf, and than any machine is late."""
PATH = "/calculation?system=henon&x0=0.1&y0=0&a=1.4&b=0.3"


async def ask(address: str, pauses: list[float]) -> int:
    """How many requests are answered whole, one after each pause, over as few connections as a load balancer would."""
    host, port = urlsplit(address).hostname, urlsplit(address).port
    request = f"GET {PATH} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    answered, writer = 0, None
    clock = asyncio.get_running_loop().time
    for pause in pauses:
        last = clock()
        await asyncio.sleep(pause)
        if writer is None or clock() - last > IDLE:
            if writer:
                writer.close()
            reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            (length,) = (line.split()[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
            await reader.readexactly(int(length))
            answered += head.startswith(b"HTTP/1.1 200 ")
        except (asyncio.IncompleteReadError, ConnectionError):  # for which a client gets 502
            writer = None
    writer.close()
    return answered


def test_of_2000_requests_over_connections_that_are_used_again_none_is_lost():
    chance = random.Random(1)
    pauses = [[chance.uniform(0, 1.2 * IDLE) for _ in range(REQUESTS)] for _ in range(CONNECTIONS)]

    async def all_at_once(address: str) -> int:
        return sum(await asyncio.gather(*(ask(address, each) for each in pauses)))

    with running_server(ATTRACTOR_KEEP_ALIVE_SECONDS=str(KEPT)) as (address, _):
        assert asyncio.run(all_at_once(address)) == CONNECTIONS * REQUESTS

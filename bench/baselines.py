"""What the service is compared with, each an ASGI application for the same uvicorn."""

import os
from decimal import Decimal, localcontext

CHUNK = bytes(1 << 20)
BODY = bytes(int(os.environ.get("BODY", 0)))


async def constant(scope, _, send):
    """A body of BODY bytes with nothing computed: the most requests per second that the server can answer."""
    if scope["type"] == "http":
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": BODY})


async def ready_made(scope, _, send):
    """As many ready-made bytes as the path says, a MiB at a time: the most that the server can send."""
    if scope["type"] == "http":
        left = int(scope["path"][1:])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % left)]})
        while left > 0:
            chunk = CHUNK[: min(left, len(CHUNK))]
            left -= len(chunk)
            await send({"type": "http.response.body", "body": chunk, "more_body": left > 0})


def straightforward():
    """FastAPI, pydantic and decimal, as one would write it first."""
    from fastapi import FastAPI
    from pydantic import BaseModel

    class Record(BaseModel):
        n: int
        x: Decimal
        y: Decimal
        z: Decimal

    app = FastAPI()

    @app.get("/calculation")
    def calculation(
        x0: Decimal, y0: Decimal, z0: Decimal, sigma: Decimal, rho: Decimal, beta: Decimal, delta_t: Decimal
    ) -> list[Record]:
        x, y, z = x0, y0, z0
        records = []
        with localcontext(prec=28):
            for n in range(1, 21):
                x, y, z = (
                    x + x * sigma * (y - x) * delta_t,
                    y + (x * (rho - z) - z * y) * delta_t,
                    z + (x * y - beta * z) * delta_t,
                )
                records.append(Record(n=n, x=x, y=y, z=z))
        return records

    return app

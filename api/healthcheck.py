"""`attractor health`: 0 where the service on this machine's HOST and PORT is ready, else 1 and the reason."""

import os
import re
from http.client import HTTPConnection, HTTPException

SECONDS = 3


EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # where to ask who listens everywhere


def fault(port: int, host: str = "127.0.0.1") -> str | None:
    """Why the service on this machine's `host` is not ready; None where it is."""
    connection = HTTPConnection(EVERYWHERE.get(host, host), port, timeout=SECONDS)
    try:
        connection.request("GET", "/health/ready")
        status = connection.getresponse().status
    except (OSError, OverflowError, HTTPException) as error:
        return f"no answer on port {port}: {error or type(error).__name__}"
    finally:
        connection.close()
    return None if status == 200 else f"status {status} on port {port}"


def check() -> int:
    """The exit code; prints whether the service is ready, or why not."""
    port, host = os.environ.get("PORT", "8000"), os.environ.get("HOST", "127.0.0.1")
    found = fault(int(port), host) if re.fullmatch("[0-9]{1,5}", port) else f"PORT is {port!r}, which is no port"
    print(found or "ready")
    return int(found is not None)

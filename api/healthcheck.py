"""`python -m api.healthcheck`: 0 where the service on this machine's PORT is ready, else 1 and the reason."""

import os
import sys
from http.client import HTTPConnection, HTTPException

SECONDS = 3


def fault(port: int) -> str | None:
    """Why the service on loopback is not ready; None where it is."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", "/health/ready")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return f"no answer on port {port}: {error or type(error).__name__}"
    finally:
        connection.close()
    return None if status == 200 else f"status {status} on port {port}"


if __name__ == "__main__":
    found = fault(int(os.environ.get("PORT", "8000")))
    print(found or "ready")
    sys.exit(found is not None)

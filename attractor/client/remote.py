"""Asks a service over HTTP, and asks a busy one again when it says."""

import time
from collections.abc import Iterator
from contextlib import closing
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from typing import cast
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import msgspec

from attractor import __version__
from attractor.api.http.form import MEDIA_TYPE as FORM
from attractor.api.problems import MEDIA_TYPE, Problem
from attractor.client.refusals import Refused, Unreachable

TRIES = 6
LONGEST = 120.0
"""Seconds that a service may have a caller wait before it asks again."""
_PATIENCE = 600  # seconds without a byte: an answer begins when it is computed
_CHUNK = 1 << 16
_BUSY = (429, 503)


class Body:
    """The body of an answer."""

    def __init__(self, response: HTTPResponse) -> None:
        self._response = response
        told = response.headers.get("content-length")
        self.length = int(told) if told else None
        self.edition = int(response.headers.get("attractor-edition", 0))
        """The edition whose values it has; 0 where the service tells none."""

    def chunks(self) -> Iterator[bytes]:
        """Yields the whole body. Raises Unreachable where it breaks off."""
        read = 0
        with closing(self._response):
            try:
                while chunk := self._response.read(_CHUNK):
                    read += len(chunk)
                    yield chunk
            except (OSError, HTTPException) as error:
                raise Unreachable(f"the answer breaks off after {read} bytes: {_words(error)}") from None
        if self.length is not None and read < self.length:
            raise Unreachable(f"the answer breaks off after {read} of {self.length} bytes")


def ask(url: str, form: bytes | None = None) -> Body:
    """Asks a service by a GET of `url`, or by a POST of a form. Raises Refused and Unreachable."""
    headers = {"user-agent": f"attractor/{__version__}", "accept": "*/*"} | ({"content-type": FORM} if form else {})
    request = Request(url, form, headers)  # noqa: S310  # `origin_of` takes http and https alone
    for tried in range(1, TRIES + 1):
        try:
            return Body(cast(HTTPResponse, urlopen(request, timeout=_PATIENCE)))  # noqa: S310
        except HTTPError as error:
            wait = _wait(error.headers) if error.code in _BUSY and tried < TRIES else None
            if wait is None or wait > LONGEST:
                raise _read_refusal(url, error) from None
            error.close()
            time.sleep(wait)
        except (URLError, OSError, HTTPException) as error:
            raise Unreachable(f"{request.host} cannot be reached: {_words(error)}") from None
    raise AssertionError("the last try ends")


def _wait(headers: Message) -> float | None:
    """Seconds that Retry-After tells, which may be a date."""
    told = headers.get("retry-after", "")
    if told.isdigit():
        return float(told)
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except ValueError:
        return None


def _read_refusal(url: str, error: HTTPError) -> Exception:
    """The exception that tells of an answer other than 200."""
    with closing(error):
        if error.headers.get_content_type() == MEDIA_TYPE:
            try:
                return Refused(msgspec.json.decode(error.read(), type=Problem))
            except (msgspec.MsgspecError, OSError, HTTPException):
                pass
        return Unreachable(f"{url} answers {error.code} {error.reason}, which is no answer of this API")


def _words(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return getattr(reason, "strerror", None) or str(reason) or type(error).__name__

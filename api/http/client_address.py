"""Reads the client's address from a header that trusted proxies set, such as CloudFront-Viewer-Address."""

from ipaddress import ip_address

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from attractor.api.asgi import Application, Receive, Scope, Send

_FORWARDED = b"x-forwarded-for"


class ClientAddress:
    """`application` with each request's client and scheme as the `trusted` proxies name them.

    What `header` says counts in place of X-Forwarded-For, which counts where that header is missing or is no address.
    """

    def __init__(self, application: Application, header: str, trusted: str) -> None:
        self._named = ProxyHeadersMiddleware(application, trusted)  # type: ignore[arg-type]  # of the same protocol
        self._header = header.lower().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = [value for name, value in scope.get("headers", ()) if name == self._header]
        address = parse_address(said[-1].decode("latin-1")) if said else None  # the last proxy's, whatever came before
        if address:
            others = [each for each in scope["headers"] if each[0] != _FORWARDED]
            scope["headers"] = [*others, (_FORWARDED, address.encode())]
        await self._named(scope, receive, send)  # type: ignore[arg-type]


def parse_address(text: str) -> str | None:
    """The address of `198.51.100.7`, `198.51.100.7:46532`, `2001:db8::7`, `2001:db8::7:46532` or `[2001:db8::7]:46532`.

    CloudFront writes the port of IPv6 without brackets: where both readings are addresses, the last group is a port.
    None where there is no address.
    """
    text = text.strip()
    if text.startswith("["):
        readings = [text[1:].partition("]")[0]]
    else:
        before, _, port = text.rpartition(":")
        readings = [before, text] if port.isdecimal() else [text]
    for each in readings:
        try:
            ip_address(each)
        except ValueError:
            continue
        return each
    return None

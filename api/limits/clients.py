"""Tells for which client a request counts, where clients share resources or are limited."""

from ipaddress import AddressValueError, IPv6Address

from attractor.api.asgi import Scope

_LONGEST = 45  # characters of an address


def client_key(scope: Scope) -> str:
    """The key of a request's client: the `share_of` its address; "" where the server knows none."""
    client = scope["client"]
    return share_of(client[0]) if client else ""


def share_of(address: str) -> str:
    """An IPv4 address as it is, an IPv6 address as its /64 network, which one client has whole; "" for neither.

    An IPv4-mapped IPv6 address is the IPv4 address. At most 45 characters, whatever a proxy says.
    """
    if len(address) > _LONGEST:
        return ""
    return _network(address) if ":" in address else address


def _network(address: str) -> str:
    try:
        parsed = IPv6Address(address)
    except AddressValueError:
        return ""
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"

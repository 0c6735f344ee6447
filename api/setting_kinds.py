"""The kinds of values that settings have, as an operator writes them."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """A kind of setting: how its text is read, and the rule that a refusal tells."""

    read: Callable[[str], Any]
    """Reads the value of a text. Raises ValueError where the text is not allowed."""
    allowed: str


def whole(least: int, most: int) -> Kind:
    """The kind of integers from `least` to `most`."""

    def read(text: str) -> int:
        number = int(_match(r"[0-9]{1,18}", text))
        if not least <= number <= most:
            raise ValueError
        return number

    return Kind(read, f"a whole number from {least} to {most:,}, written in digits only")


def decimal(most: int) -> Kind:
    """The kind of numbers from 0 to `most`, written without an exponent."""

    def read(text: str) -> float:
        number = float(_match(r"[0-9]{1,18}(\.[0-9]{1,18})?", text))
        if number > most:
            raise ValueError
        return number

    return Kind(read, f"a number from 0 to {most:,}, such as 2 or 0.5")


def _match(pattern: str, text: str) -> str:
    if not re.fullmatch(pattern, text):
        raise ValueError
    return text


def _flag(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[_match("true|false|0|1", text.lower())]


def _host(text: str) -> str:
    """An address or a name; what looks like an address of version 4 is one."""
    from ipaddress import ip_address  # which takes long to load, as below

    try:
        ip_address(text)
    except ValueError:
        label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
        last = r"(?![0-9]+$)" + label
        _match(rf"(?=.{{1,253}}$)({label}\.)*{last}", text)
    return text


def _proxies(text: str) -> str:
    from ipaddress import ip_network

    for each in text.split(",") if text not in ("*", "") else ():
        ip_network(each.strip())  # an address too; ValueError where bits behind the prefix are set
    return text


def _rate(text: str) -> str | None:
    every = r"(/| per )([1-9][0-9]{0,8} ?)?(second|minute|hour|day|month|year)s?"
    return _match(rf"[1-9][0-9]{{0,8}}{every}", text) if text else None


def _origins(text: str) -> str:
    from ipaddress import ip_address

    for each in text.split(",") if text not in ("*", "") else ():
        found = re.fullmatch(r"(https?)://(?:([^]:/[]+)|\[([0-9a-f:.]+)\])(?::([1-9][0-9]{0,4}))?", each)
        if not found:
            raise ValueError
        scheme, name, address, port = found.groups()
        if address:
            ip_address(address)
        elif _host(name) != name.lower():
            raise ValueError
        if port == {"http": "80", "https": "443"}[scheme] or int(port or 0) > 65_535:
            raise ValueError  # browsers leave the usual port out
    return text


def _contact(text: str) -> str | None:
    """A URI without what would end a line, or an element of a page."""
    uri = r"mailto:[!-;=?-~]+@[!-;=?-~]+|https://[0-9A-Za-z.-]+(:[0-9]{1,5})?([/?#][!#-;=?-~]*)?"
    return _match(rf"(?=.{{1,300}}$)({uri})", text) if text else None


def _revision(text: str) -> str | None:
    return _match(r"[0-9A-Za-z._+-]{1,64}", text) if text else None


def _header(text: str) -> str | None:
    return _match(r"[0-9A-Za-z-]{1,64}", text) if text else None


PORT = whole(0, 65_535)
FLAG = Kind(_flag, "true or false")
HOST = Kind(_host, "an address, such as 0.0.0.0 or ::1, or a host's name")
PROXIES = Kind(
    _proxies, "addresses or networks with commas between them, such as 10.0.0.0/8,::1, or * alone for everybody"
)
RATE = Kind(_rate, "a count above 0 and a time, such as 100/minute or 8/2 seconds")
ORIGINS = Kind(
    _origins,
    "* alone, or origins as browsers send them with commas between them, such as https://a.example,http://b.example:8080",
)
CONTACT = Kind(
    _contact, "a mailto: or https: URI of at most 300 characters, such as mailto:security@a.example, or nothing"
)
REVISION = Kind(
    _revision, "up to 64 letters, digits, dots, underscores, pluses and hyphens, such as a commit's hash, or nothing"
)
HEADER = Kind(_header, "a header's name of up to 64 letters, digits and hyphens, or nothing")

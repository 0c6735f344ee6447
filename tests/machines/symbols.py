"""What compiled code calls outside itself, by the symbols that its object files leave undefined."""

import re
from collections.abc import Iterable, Iterator
from struct import unpack_from

_ELF = b"\x7fELF"
_SYMBOLS = 2  # the kind of a section that is a table of symbols
_KNOWN = re.compile(
    r"(Py|_Py|NRT_|numba_(gil_|unpickle$|do_raise$|runtime_|frexp$|ldexp$))\w*|mem(cpy|move|set)"
    r"|sqrt|fabs|copysign|ceil|floor|trunc|frexp|ldexp|modf|nextafter"
)
"""What runs beside the arithmetic, and functions of the C library that have one result."""


def foreign(codes: Iterable[bytes]) -> set[str]:
    """What any of the codes calls that may give other bits on another machine."""
    return {name for code in codes for name in _undefined(code) if not _KNOWN.fullmatch(name)}


def _undefined(code: bytes) -> Iterator[str]:
    """Of each object file in a code, for 64 bits and little-endian, the symbols that it leaves to others."""
    beginnings = [match.start() for match in re.finditer(_ELF, code)]
    assert beginnings, "there is no object file"
    for file in (code[first:] for first in beginnings):
        (table,), (size, count) = unpack_from("<Q", file, 40), unpack_from("<HH", file, 58)
        sections = [unpack_from("<IIQQQQI", file, table + i * size) for i in range(count)]
        for _, kind, _, _, place, length, strings in sections:
            for entry in range(place, place + length, 24) if kind == _SYMBOLS else ():
                name, _, _, section = unpack_from("<IBBH", file, entry)
                if name and not section:
                    begin = sections[strings][4] + name
                    yield file[begin : file.index(b"\0", begin)].decode()

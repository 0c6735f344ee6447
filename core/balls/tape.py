"""Arithmetic that is done once with names in place of numbers, and written down for numbers of any kind."""

from collections.abc import Callable, Sequence
from typing import Any


class Tape:
    """A library whose functions and numbers write down what is done with them; each value is computed once."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}  # by what is computed

    @property
    def pi(self) -> "Written":
        return self.write("_library.pi")

    def __getattr__(self, name: str) -> Callable[..., "Written"]:
        return lambda *values: self.write(f"_library.{name}({', '.join(map(_text, values))})")

    def write(self, text: str) -> "Written":
        return Written(self, self._names.setdefault(text, f"_{len(self._names)}"))

    def read(self, arguments: Sequence[str], results: Sequence[Any]) -> str:
        """The text of a function of `arguments` that gives `results`, lists of what is written, within lists."""
        lines = "".join(f"\n    {name} = {text}" for text, name in self._names.items())
        return f"def written({', '.join(arguments)}):{lines}\n    return {_text(results)}"


class Written:
    """A number by its name."""

    __slots__ = ("_tape", "name")

    def __init__(self, tape: Tape, name: str) -> None:
        self._tape, self.name = tape, name

    def _before(self, sign: str, other: Any) -> "Written":
        return self._tape.write(f"{self.name} {sign} {_text(other)}") if isinstance(other, _KINDS) else NotImplemented

    def _behind(self, other: Any, sign: str) -> "Written":
        return self._tape.write(f"{_text(other)} {sign} {self.name}") if isinstance(other, _KINDS) else NotImplemented

    def __add__(self, other: Any) -> "Written":
        return self._before("+", other)

    def __radd__(self, other: Any) -> "Written":
        return self._behind(other, "+")

    def __sub__(self, other: Any) -> "Written":
        return self._before("-", other)

    def __rsub__(self, other: Any) -> "Written":
        return self._behind(other, "-")

    def __mul__(self, other: Any) -> "Written":
        return self._before("*", other)

    def __rmul__(self, other: Any) -> "Written":
        return self._behind(other, "*")

    def __truediv__(self, other: Any) -> "Written":
        return self._before("/", other)

    def __rtruediv__(self, other: Any) -> "Written":
        return self._behind(other, "/")

    def __neg__(self) -> "Written":
        return self._tape.write(f"-{self.name}")

    def __abs__(self) -> "Written":
        return self._tape.write(f"abs({self.name})")


_KINDS = (Written, int, float)


def _text(value: Any) -> str:
    if isinstance(value, Written):
        return value.name
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    return f"({value!r})"

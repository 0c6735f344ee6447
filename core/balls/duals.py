"""Numbers with their derivatives by the coordinates, over any kind of number: the Jacobian of a plain step."""

from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any

from attractor.core.balls.evaluation import step_over
from attractor.core.balls.tape import Tape, Written
from attractor.core.system import System, per_system


class Dual:
    """A value, and its derivative by each coordinate, None for one that is 0."""

    __array_ufunc__ = None
    __slots__ = ("library", "slopes", "value")

    def __init__(self, value: Any, slopes: list[Any], library: Any) -> None:
        self.value, self.slopes, self.library = value, slopes, library

    def _of(self, value: Any, factor: Any) -> "Dual":
        """A function's value, where its derivative is `factor`."""
        return Dual(value, [None if s is None else s * factor for s in self.slopes], self.library)

    def __add__(self, other: Any) -> "Dual":
        if isinstance(other, Dual):
            return Dual(self.value + other.value, list(map(_sum, self.slopes, other.slopes)), self.library)
        return Dual(self.value + other, self.slopes, self.library)

    __radd__ = __add__

    def __neg__(self) -> "Dual":
        return Dual(-self.value, [None if s is None else -s for s in self.slopes], self.library)

    def __sub__(self, other: Any) -> "Dual":
        if isinstance(other, Dual):
            slopes = [a if b is None else _sum(a, -b) for a, b in zip(self.slopes, other.slopes, strict=True)]
            return Dual(self.value - other.value, slopes, self.library)
        return Dual(self.value - other, self.slopes, self.library)

    def __rsub__(self, other: Any) -> "Dual":
        return Dual(other - self.value, [None if s is None else -s for s in self.slopes], self.library)

    def __mul__(self, other: Any) -> "Dual":
        if other is self:
            return self._of(self.library.square(self.value), 2 * self.value)  # type: ignore[no-any-return]
        if isinstance(other, Dual):
            first = [None if s is None else s * other.value for s in self.slopes]
            second = [None if s is None else s * self.value for s in other.slopes]
            return Dual(self.value * other.value, list(map(_sum, first, second)), self.library)
        return self._of(self.value * other, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "Dual":
        if isinstance(other, Dual):
            return self * (1 / other)
        return self._of(self.value / other, 1 / other)

    def __rtruediv__(self, other: Any) -> "Dual":
        inverse = 1 / self.value
        return self._of(inverse * other, -(self.library.square(inverse)) * other)

    def __abs__(self) -> "Dual":
        return self._of(abs(self.value), self.library.sign(self.value))


def _sum(a: Any, b: Any) -> Any:
    if a is None or b is None:
        return a if b is None else b
    return a + b


_DERIVATIVES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "sin": lambda of, x, _: of.cos(x),
    "cos": lambda of, x, _: -of.sin(x),
    "exp": lambda _, __, value: value,
    "log": lambda _, x, __: 1 / x,
    "tanh": lambda of, _, value: 1 - of.square(value),
    "atan": lambda of, x, _: 1 / (1 + of.square(x)),
    "sqrt": lambda _, __, value: 1 / (2 * value),
}


class Functions:
    """The functions of a library, over its numbers and over duals of them."""

    def __init__(self, library: Any) -> None:
        self._library = library

    @property
    def pi(self) -> Any:
        return self._library.pi

    def __getattr__(self, name: str) -> Callable[[Any], Any]:
        if name not in _DERIVATIVES:
            raise AttributeError(name)
        plain, derivative = getattr(self._library, name), _DERIVATIVES[name]

        def function(x: Any) -> Any:
            if not isinstance(x, Dual):
                return plain(x)
            value = plain(x.value)
            return x._of(value, derivative(self._library, x.value, value))

        return function

    def square(self, x: Any) -> Any:
        return self._library.square(x)

    def sign(self, x: Any) -> Any:
        return self._library.sign(x)

    def turned(self, x: Any, by: Any) -> Any:
        if isinstance(x, Dual):
            return Dual(self._library.turned(x.value, by), x.slopes, x.library)
        return self._library.turned(x, by)

    def remainder(self, x: Any, by: Any) -> Any:
        if isinstance(x, Dual):
            return x._of(self._library.remainder(x.value, by), self._library.jump(x.value, by))
        return self._library.remainder(x, by)


def with_jacobian(
    system: System, library: Any
) -> Callable[[Sequence[Any], Sequence[Any]], tuple[list[Any], list[Any]]]:
    """A function (state, parameters) to the next state and the Jacobian's rows, entries None where they are 0.

    Raises Unsupported where the library lacks a function of the step.
    """
    step_over(system, library)
    names = {"_library": library}
    exec(_written(system), names)  # noqa: S102  # made of the step's own text
    written: Any = names["written"]
    return lambda state, parameters: written(*state, *parameters)


@per_system
def _written(system: System) -> CodeType:
    """The definition of the function, made by running the step over duals once."""
    tape = Tape()
    functions, size = Functions(tape), system.dimension
    arguments = [f"_given{i}" for i in range(size + len(system.parameters))]
    given = [Written(tape, name) for name in arguments]
    units = [[1 if i == j else None for j in range(size)] for i in range(size)]
    duals = [Dual(value, slopes, functions) for value, slopes in zip(given[:size], units, strict=True)]
    found = step_over(system, functions)(*duals, *given[size:])
    values = [f.value if isinstance(f, Dual) else f for f in found]
    rows = [f.slopes if isinstance(f, Dual) else [None] * size for f in found]
    return compile(tape.read(arguments, [values, rows]), f"<Jacobian of {system.name}>", "exec")

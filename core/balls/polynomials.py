"""Polynomials with exact rational coefficients in a system's coordinates, and in what is no polynomial of them.

A sine, an absolute value, a quotient or a remainder is an unknown of its own, named by its argument: equal arguments
make equal unknowns.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from attractor.core.balls.evaluation import step_over
from attractor.core.system import System

Monomial = tuple[tuple[str, int], ...]
"""Names with their powers, sorted; empty for 1."""


class Polynomial:
    """A sum of monomials with rational coefficients."""

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Monomial, Fraction]) -> None:
        self.terms = {monomial: factor for monomial, factor in terms.items() if factor}

    def __add__(self, other: Any) -> "Polynomial":
        if not isinstance(other, _KNOWN):
            return NotImplemented
        terms = dict(self.terms)
        for monomial, factor in polynomial(other).terms.items():
            terms[monomial] = terms.get(monomial, Fraction(0)) + factor
        return Polynomial(terms)

    __radd__ = __add__

    def __neg__(self) -> "Polynomial":
        return Polynomial({monomial: -factor for monomial, factor in self.terms.items()})

    def __sub__(self, other: Any) -> "Polynomial":
        if not isinstance(other, _KNOWN):
            return NotImplemented
        return self + -polynomial(other)

    def __rsub__(self, other: Any) -> "Polynomial":
        return -self + other  # type: ignore[no-any-return]

    def __mul__(self, other: Any) -> "Polynomial":
        if not isinstance(other, _KNOWN):
            return NotImplemented
        terms: dict[Monomial, Fraction] = {}
        for first, a in self.terms.items():
            for second, b in polynomial(other).terms.items():
                monomial = _product(first, second)
                terms[monomial] = terms.get(monomial, Fraction(0)) + a * b
        return Polynomial(terms)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "Polynomial":
        if not isinstance(other, _KNOWN):
            return NotImplemented
        divisor = polynomial(other)
        if divisor.is_constant and divisor.constant:
            return self * (1 / divisor.constant)
        return self * _another("inverse", divisor)

    def __rtruediv__(self, other: Any) -> "Polynomial":
        return polynomial(other) / self

    def __abs__(self) -> "Polynomial":
        return _another("abs", self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Polynomial) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    @property
    def constant(self) -> Fraction:
        return self.terms.get((), Fraction(0))

    @property
    def is_constant(self) -> bool:
        return not self.terms.keys() - {()}

    @property
    def names(self) -> set[str]:
        return {name for monomial in self.terms for name, _ in monomial}

    @property
    def degree(self) -> int:
        return max((degree(monomial) for monomial in self.terms), default=0)

    def part(self, of: int) -> "Polynomial":
        """The terms of one degree."""
        return Polynomial({m: f for m, f in self.terms.items() if degree(m) == of})

    def coefficients(self, name: str) -> dict[int, "Polynomial"]:
        """The coefficients of the powers of one name."""
        found: dict[int, dict[Monomial, Fraction]] = {}
        for monomial, factor in self.terms.items():
            power = dict(monomial).get(name, 0)
            rest = tuple((other, n) for other, n in monomial if other != name)
            found.setdefault(power, {})[rest] = factor
        return {power: Polynomial(terms) for power, terms in found.items()}

    def at(self, values: Mapping[str, Any], one: Any) -> Any:
        """The value where names have `values`, of whatever kind `one` is."""
        total: Any = one - one
        for monomial, factor in self.terms.items():
            total = total + prod((values[name] for name, n in monomial for _ in range(n)), start=factor * one)
        return total

    def with_(self, name: str, value: "Polynomial") -> "Polynomial":
        """The value with a polynomial in place of a name."""
        total = Polynomial({})
        for power, rest in self.coefficients(name).items():
            total = total + prod([value] * power, start=rest)
        return total


_KNOWN = (Polynomial, int, float, Fraction)


def polynomial(value: Any) -> Polynomial:
    """A number as a polynomial, exactly; what is one already as it is."""
    return value if isinstance(value, Polynomial) else Polynomial({(): Fraction(value)})


def variable(name: str) -> Polynomial:
    """A name as a polynomial."""
    return Polynomial({((name, 1),): Fraction(1)})


def to_power(value: Polynomial, n: int) -> Polynomial:
    """Its n-th power."""
    return prod([value] * n, start=polynomial(1))


def without_squared_sines(value: Polynomial) -> Polynomial:
    """The same, with 1 - cos² in place of each sin²."""
    for name in sorted(value.names):
        if name.startswith("sin("):
            cosine = variable(name.replace("sin(", "cos(", 1))
            value = sum(
                (
                    part * to_power(1 - cosine * cosine, n // 2) * to_power(variable(name), n % 2)
                    for n, part in value.coefficients(name).items()
                ),
                Polynomial({}),
            )
    return value


def degree(monomial: Monomial) -> int:
    """The sum of its powers."""
    return sum(n for _, n in monomial)


def _product(first: Monomial, second: Monomial) -> Monomial:
    powers = dict(first)
    for name, n in second:
        powers[name] = powers.get(name, 0) + n
    return tuple(sorted(powers.items()))


def _another(function: str, argument: Polynomial) -> Polynomial:
    text = " + ".join(f"{factor}{monomial}" for monomial, factor in sorted(argument.terms.items()))
    return variable(f"{function}({text})")


class Functions:
    """The functions of `math` over polynomials, as `core.balls.evaluation` wants them."""

    pi = variable("pi")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda x: _another(name, polynomial(x))

    @staticmethod
    def remainder(x: Any, by: Any) -> Polynomial:
        return _another("remainder", polynomial(x) + polynomial(by) * variable("of"))

    turned = remainder

    @staticmethod
    def square(x: Polynomial) -> Polynomial:
        return x * x

    @staticmethod
    def jump(_: Any, __: Any) -> Polynomial:
        """The derivative of `remainder`, wherever it has one."""
        return polynomial(1)


def images(system: System, parameters: Sequence[Any]) -> list[Polynomial]:
    """The next state in the coordinates' names, at exact parameters."""
    step = step_over(system, Functions())
    state = [variable(name) for name in system.state]
    return [polynomial(value) for value in step(*state, *(polynomial(Fraction(p)) for p in parameters))]


def monomials(value: Polynomial) -> Iterator[tuple[dict[str, int], Fraction]]:
    """The terms: powers by name, and the coefficient."""
    for monomial, factor in value.terms.items():
        yield dict(monomial), factor

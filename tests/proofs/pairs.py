"""What Gappa is asked to prove: how far the pair of a function is from the polynomial over the numbers of its tables.

Each script repeats the operations of `core.elementary`, `rnd` for each rounding, and bounds `high + low - M`, where
M is the same without any rounding. A multiply_add is one rounding where there is a fused one, else two. Products with
what their rounding cuts off, and sums with it, are exact in both forms, so these are differences here.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor, log2, pi, sin
from typing import NamedTuple

ALLOWED = Fraction(15, 16)
"""Of what Ziv's test assumes; the rest is for the ends of series, which Gappa knows nothing of."""


class Script(NamedTuple):
    """A text for Gappa, of which `bound` is what is proven of |high + low - M|."""

    name: str
    text: str
    bound: Fraction


class _Writer:
    """Definitions, then hints how a difference is to be taken apart, which Gappa checks."""

    def __init__(self, is_fused: bool) -> None:
        self._is_fused = is_fused
        self.lines = ["@rnd = float<ieee_64,ne>;"]
        self.hints: list[str] = []

    def given(self, *names: str) -> None:
        self.lines += [f"{name} = rnd({name}_);" for name in names]

    def constants(self, **values: float) -> None:
        for name, value in values.items():
            numerator, denominator = value.as_integer_ratio()
            self.lines.append(f"{name} = {numerator}b-{denominator.bit_length() - 1};")

    def rounded(self, name: str, exact: str) -> None:
        self.lines.append(f"{name} = rnd({exact});")

    def exactly(self, name: str, exact: str) -> None:
        self.lines.append(f"{name} = {exact};")

    def multiply_add(self, name: str, a: str, b: str, c: str) -> None:
        if self._is_fused:
            self.rounded(name, f"{a} * {b} + {c}")
        else:
            self.rounded(f"{name}_p", f"{a} * {b}")
            self.rounded(name, f"{name}_p + {c}")
            self.hints.append(f"{name} - ({a} * {b} + {c}) -> ({name} - ({name}_p + {c})) + ({name}_p - {a} * {b});")

    def hint(self, difference: str, parts: str) -> None:
        self.hints.append(f"{difference} -> {parts};")

    def script(self, name: str, given: str, bound: Fraction) -> Script:
        numerator, exponent = bound.numerator, bound.denominator.bit_length() - 1
        goal = f"{{ {given} -> |high + low - M| <= {numerator}b-{exponent} }}"
        return Script(name, "\n".join([*self.lines, goal, *self.hints, ""]), bound)


def exponential(is_fused: bool, bound: Fraction) -> Script:
    """|r| <= 2^-8.5, T in [1, 2]: the error is relative to at least 0.997."""
    w = _Writer(is_fused)
    w.constants(c5040=1 / 5040, c720=1 / 720, c120=1 / 120, c24=1 / 24, c6=1 / 6)
    w.given("r", "l", "T", "t")
    w.rounded("s", "r * r")
    w.multiply_add("a", "r", "c5040", "c720")
    w.multiply_add("b", "r", "c120", "c24")
    w.multiply_add("c", "r", "c6", "1b-1")
    w.multiply_add("q", "s", "a", "b")
    w.multiply_add("p", "s", "q", "c")
    w.multiply_add("tail", "s", "p", "l")
    w.rounded("first", "T * r")
    w.rounded("high", "T + first")
    w.multiply_add("d", "t", "r", "t")
    w.exactly("lost1", "T * r - first")
    w.exactly("lost2", "(T + first) - high")
    w.rounded("e", "lost2 + lost1")
    w.rounded("f", "d + e")
    w.multiply_add("low", "T", "tail", "f")
    for name, exact in {"A": "1/720 + r/5040", "B": "1/24 + r/120", "C": "1/2 + r/6"}.items():
        w.exactly(name, exact)
    w.exactly("P", "r*r*r*r*r*r * A + r*r*r*r * B + r*r * C")
    w.exactly("M", "(T + t) * (1 + r + l + P)")
    w.hint("r * c5040 + c720 - A", "r * (c5040 - 1/5040) + (c720 - 1/720)")
    w.hint("r * c120 + c24 - B", "r * (c120 - 1/120) + (c24 - 1/24)")
    w.hint("r * c6 + 1b-1 - C", "r * (c6 - 1/6)")
    w.hint(
        "tail - (P + l)",
        "(tail - (s * p + l)) + s * (p - (s * q + c)) + s * s * (q - (s * a + b))"
        " + s * s * s * (a - (r * c5040 + c720))"
        " + s * s * (b - (r * c120 + c24)) + s * (c - (r * c6 + 1b-1))"
        " + (s - r*r) * ((s * s + s * r*r + r*r*r*r) * (r * c5040 + c720) + (s"
        " + r*r) * (r * c120 + c24) + (r * c6 + 1b-1))"
        " + r*r*r*r*r*r * (r * c5040 + c720 - A) + r*r*r*r * (r * c120 + c24 - B) + r*r * (r * c6 + 1b-1 - C)",
    )
    w.hint(
        "high + low - M",
        "(low - (T * tail + f)) + (f - (d + e)) + (d - (t * r + t)) + (e - (lost2 + lost1))"
        " + T * (tail - (P + l)) - t * (P + l)",
    )
    return w.script("exp", "|r| <= 0.002763 /\\ |l| <= 1b-62 /\\ T in [1, 2] /\\ |t| <= 1b-53", bound)


def logarithm(is_fused: bool, name: str, given: str, bound: Fraction) -> Script:
    """F = k log 2 - log r to 2^-42, and what it leaves as k n + f."""
    w = _Writer(is_fused)
    w.constants(**{f"c{n}": (-1) ** (n + 1) / n for n in range(3, 11)})
    w.given("z", "F", "k", "n", "f")
    w.rounded("s", "z * z")
    w.exactly("lost1", "z * z - s")
    for pair, (a, b) in {"a": (10, 9), "b": (8, 7), "c": (6, 5), "d": (4, 3)}.items():
        w.multiply_add(pair, "z", f"c{a}", f"c{b}")
        w.exactly(pair.upper(), f"{(-1) ** (b + 1)}/{b} + z * {(-1) ** (a + 1)}/{a}")
        w.hint(
            f"z * c{a} + c{b} - {pair.upper()}", f"z * (c{a} - {(-1) ** (a + 1)}/{a}) + (c{b} - {(-1) ** (b + 1)}/{b})"
        )
    w.multiply_add("q", "s", "a", "b")
    w.multiply_add("p", "s", "q", "c")
    w.multiply_add("tail", "s", "p", "d")
    w.rounded("first", "F + z")
    w.exactly("lost2", "(F + z) - first")
    w.rounded("high", "first - 1b-1 * s")
    w.exactly("lost3", "(first - 1b-1 * s) - high")
    w.multiply_add("u", "k", "n", "f")
    w.rounded("v", "u - 1b-1 * lost1")
    w.rounded("x", "lost3 + lost2")
    w.rounded("small", "v + x")
    w.rounded("cube", "z * s")
    w.multiply_add("low", "cube", "tail", "small")
    w.exactly("Q", "z*z*z*z*z*z * A + z*z*z*z * B + z*z * C + D")
    w.exactly("M", "F + (k * n + f) + z - 1b-1 * z * z + z*z*z * Q")
    w.hint(
        "tail - Q",
        "(tail - (s * p + d)) + s * (p - (s * q + c)) + s * s * (q - (s * a + b))"
        " + s * s * s * (a - (z * c10 + c9)) + s * s * (b - (z * c8 + c7)) + s * (c - (z * c6"
        " + c5)) + (d - (z * c4 + c3))"
        " + (s - z*z) * ((s * s + s * z*z + z*z*z*z) * (z * c10 + c9) + (s + z*z) * (z * c8 + c7) + (z * c6 + c5))"
        " + z*z*z*z*z*z * (z * c10 + c9 - A) + z*z*z*z * (z * c8 + c7 - B) + z*z * (z * c6"
        " + c5 - C) + (z * c4 + c3 - D)",
    )
    w.hint("cube * tail - z*z*z * Q", "(cube - z * s) * tail + z * (s - z*z) * tail + z*z*z * (tail - Q)")
    w.hint(
        "high + low - M",
        "(low - (cube * tail + small)) + (small - (v + x)) + (v - (u - 1b-1 * lost1))"
        " + (u - (k * n + f)) + (x - (lost3 + lost2))"
        " + (cube * tail - z*z*z * Q)",
    )
    return w.script(name, given, bound)


def sine(is_fused: bool, name: str, given: str, bound: Fraction) -> Script:
    """S + a and C + b are the sine and the cosine of a multiple of pi/256."""
    w = _Writer(is_fused)
    w.constants(c5040=-1 / 5040, c120=1 / 120, c6=-1 / 6, c720=-1 / 720, c24=1 / 24)
    w.given("r", "l", "S", "C", "a", "b")
    w.rounded("s", "r * r")
    w.multiply_add("bend1", "s", "c5040", "c120")
    w.multiply_add("bend", "s", "bend1", "c6")
    w.multiply_add("fall1", "s", "c720", "c24")
    w.multiply_add("fall", "s", "fall1", "-1b-1")
    w.rounded("turned", "C * r")
    w.exactly("lost1", "C * r - turned")
    w.rounded("high", "S + turned")
    w.exactly("lost2", "(S + turned) - high")
    w.multiply_add("d", "b", "r", "a")
    w.multiply_add("slope", "(-S)", "r", "C")
    w.multiply_add("e", "slope", "l", "d")
    w.rounded("f", "lost2 + lost1")
    w.rounded("small", "e + f")
    w.rounded("fallen", "S * fall")
    w.multiply_add("y", "turned", "bend", "fallen")
    w.multiply_add("low", "s", "y", "small")
    w.exactly("B1", "1/120 - r*r/5040")
    w.exactly("B", "r*r * B1 - 1/6")
    w.exactly("F1", "1/24 - r*r/720")
    w.exactly("F", "r*r * F1 - 1/2")
    w.exactly("M", "(S + a) * (1 + r*r * F) + (C + b) * (r + r*r*r * B) + (C - S * r) * l")
    w.hint("bend1 - B1", "(bend1 - (s * c5040 + c120)) + (s - r*r) * c5040 + r*r * (c5040 + 1/5040) + (c120 - 1/120)")
    w.hint("bend - B", "(bend - (s * bend1 + c6)) + (s - r*r) * bend1 + r*r * (bend1 - B1) + (c6 + 1/6)")
    w.hint("fall1 - F1", "(fall1 - (s * c720 + c24)) + (s - r*r) * c720 + r*r * (c720 + 1/720) + (c24 - 1/24)")
    w.hint("fall - F", "(fall - (s * fall1 + -1b-1)) + (s - r*r) * fall1 + r*r * (fall1 - F1)")
    w.hint(
        "y - (C * r * B + S * F)",
        "(y - (turned * bend + fallen)) + (fallen - S * fall) - lost1 * bend + C * r * (bend - B) + S * (fall - F)",
    )
    w.hint(
        "high + low - M",
        "(low - (s * y + small)) + (small - (e + f)) + (e - (slope * l + d))"
        " + (slope - ((-S) * r + C)) * l + (d - (b * r + a))"
        " + (f - (lost2 + lost1)) + (s - r*r) * y + r*r * (y - (C * r * B + S * F)) - a * r*r * F - b * r*r*r * B",
    )
    return w.script(name, given, bound)


def _two(exponent: int) -> Fraction:
    return Fraction(2) ** exponent


def _cut(bound: Fraction) -> Fraction:
    return Fraction(int(bound * 2**140), 2**140)


def scripts(is_fused: bool) -> Iterator[Script]:
    """All, each to the relative error that it is named for."""
    yield exponential(is_fused, _two(-67))
    far = "|z| <= 1b-8 /\\ |F| in [1b-9, 710] /\\ |k| <= 1024 /\\ |n| <= 1b-43 /\\ |f| <= 1b-43"
    yield logarithm(is_fused, "log", far, _two(-75))
    for e in range(8, 54):
        near = f"|z| in [1b-{e + 1}, 1b-{e}] /\\ F in [0, 0] /\\ k in [0, 0] /\\ n in [0, 0] /\\ f in [0, 0]"
        yield logarithm(is_fused, f"log near 1, 2^-{e}", near, _two(-66 - e - 1))
    small = "|l| <= 1b-61 /\\ |C| <= 1 /\\ |b| <= 1b-54"
    spans = [(floor(sin(k * pi / 256) * 1e6), ceil(sin(k * pi / 256) * 1e6)) for k in range(1, 8)]
    spans += [(98_017, 125_000), (125_000, 250_000), (250_000, 500_000), (500_000, 1_000_000)]
    for least, most in spans:  # of the table, in millionths
        s = f"|S| in [{least}e-6, {most}e-6] /\\ |a| <= 1b-{floor(54 - log2(most / 1e6))}"
        bound = _cut(ALLOWED * _two(-65) * Fraction(least - 6137, 1_000_000))
        yield sine(is_fused, f"sin, table {least}e-6", f"|r| <= 0.006137 /\\ {s} /\\ {small}", bound)
    for e in range(7, 27):
        r = f"|r| in [1b-{e + 1}, 1b-{e}] /\\ |l| <= 1b-{e + 54}"
        nothing = "S in [0, 0] /\\ a in [0, 0] /\\ C in [1, 1] /\\ b in [0, 0]"
        yield sine(is_fused, f"sin near 0, 2^-{e}", f"{r} /\\ {nothing}", _two(-66 - e - 1))

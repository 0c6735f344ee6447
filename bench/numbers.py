"""`python -m bench.numbers`: what proofs take, in CPU seconds, and how many times an addition of balls that is.

Each is the least of several, as anything else on the machine adds to it.
"""

import sys
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from flint import arb

from attractor.core.balls.precision import bits
from attractor.core.catalogue import SYSTEMS
from attractor.core.correct import correct_orbit
from attractor.core.fixed_points import fixed_points
from attractor.core.horizon import horizon
from attractor.core.selection import Selection
from attractor.core.slicing import cpu_seconds, finish
from bench.recording import Table

ROUNDS = 3


class Measured(NamedTuple):
    """What is measured, the CPU seconds that are aimed at, and the work, which tells what it found."""

    what: str
    aim: float
    work: Callable[[], str]


def cycles(name: str, period: int, expected: int | None = None) -> Callable[[], str]:
    """Of which `expected` are known to be there."""
    system = SYSTEMS[name]
    parameters = [4.0] if name == "logistic" else [system.canonical[each] for each in system.parameters]

    def work() -> str:
        found = finish(fixed_points(system, parameters, period))
        assert not found.complete or expected in (None, len(found.cycles))
        return f"{len(found.cycles)} cycles, {'complete' if found.complete else 'not complete'}"

    return work


def exact(name: str, steps: int, **given: str) -> Callable[[], str]:
    start, parameters = values(name, given)
    return lambda: f"{finish(horizon(SYSTEMS[name], start, parameters, steps, steps)).bits} bits"


def correct(name: str, steps: int, **given: str) -> Callable[[], str]:
    start, parameters = values(name, given)
    return lambda: f"{finish(correct_orbit(SYSTEMS[name], start, parameters, Selection(steps), 28)).bits} bits"


def values(name: str, given: dict[str, str]) -> tuple[list[Decimal], list[Decimal]]:
    system = SYSTEMS[name]
    told = [Decimal(given.get(each, repr(system.canonical[each]))) for each in system.inputs]
    return told[: system.dimension], told[system.dimension :]


MEASUREMENTS = [
    Measured("all cycles of hénon of period 17", 3.0, cycles("henon", 17, 166)),
    Measured("all cycles of logistic, r = 4, of period 12", 0.5, cycles("logistic", 12, 335)),
    Measured("all cycles of tinkerbell of period 5", 2.0, cycles("tinkerbell", 5)),
    Measured("all cycles of ikeda of period 4", 2.0, cycles("ikeda", 4, 3)),
    Measured("horizon of 10,000 steps of lorenz, delta_t = 0.005", 0.2, exact("lorenz", 10_000, delta_t="0.005")),
    *(
        Measured(f"horizon of 10,000 steps of {name}", 1.0, exact(name, 10_000))
        for name in ("henon", "logistic", "lozi", "chen", "roessler")
    ),
    Measured("horizon of 10,000 steps of ikeda", 2.0, exact("ikeda", 10_000)),
    Measured("horizon of 10,000 steps of clifford", 2.0, exact("clifford", 10_000)),
    Measured("correct=28, the main example", 0.003, correct("modified-lorenz", 20)),
    Measured("correct=28, 1,000 steps of logistic", 0.05, correct("logistic", 1_000)),
]


def least(work: Callable[[], str]) -> tuple[float, str]:
    """The least CPU seconds of several runs, and what the work found."""
    taken, found = [], ""
    for _ in range(ROUNDS):
        began = cpu_seconds()
        found = work()
        taken.append(cpu_seconds() - began)
    return min(taken), found


def addition() -> float:
    """CPU seconds of a million additions of balls of 256 bits."""
    with bits(256):
        x, y = arb(1) / 3, arb(1) / 7

        def work() -> str:
            for _ in range(1_000_000):
                x + y
            return ""

        return least(work)[0]


def main() -> int:
    """1 where an aim is missed by more than ten times."""
    unit = addition() / 1_000_000
    table = Table("numbers", "make bench-numbers", "what", "CPU s", "aim", "additions of balls", "found")
    is_far = False
    for what, aim, work in MEASUREMENTS:
        taken, found = least(work)
        is_far |= taken > 10 * aim
        table.row(what, f"{taken:.3g}", f"{aim:g}", f"{taken / unit:.2g}", found)
    table.record()
    return is_far


if __name__ == "__main__":
    sys.exit(main())

"""The catalogue: one declaration a system, nothing about it written twice.

To add a system, write its step function here under `@catalogued`: the state before the `/`, the
parameters after it, canonical values as defaults (see `core.system.System`). The kernel, the decimal
evaluation, the query's parameters, their documentation and the entry under /systems all follow from it.
Every operation happens in the order in which it is written, so the formula is also the arithmetic.
"""

from collections.abc import Callable
from math import cos, pi, sin

from attractor.core.system import Step, System

SYSTEMS: dict[str, System] = {}
DEFAULT = "modified-lorenz"


def catalogued(title: str, source: str) -> Callable[[Step], System]:
    """Declare the step function below as a system of the catalogue."""

    def declare(step: Step) -> System:
        system = System(step, title, source)
        SYSTEMS[system.name] = system
        return system

    return declare


@catalogued(
    title="Modified Lorenz map",
    source="Attractor: the Euler map of the Lorenz flow (Lorenz 1963), its x equation scaled by x, its y damped by z",
)
def modified_lorenz(x=1, y=2, z=3, /, sigma=4, rho=5, beta=1, delta_t=2):
    return (
        x + x * sigma * (y - x) * delta_t,
        y + (x * (rho - z) - z * y) * delta_t,
        z + (x * y - beta * z) * delta_t,
    )


@catalogued(
    title="Modified Lorenz map, z variant",
    source="Attractor: modified-lorenz with z in place of x as the factor of sigma",
)
def modified_lorenz_z(x=1, y=2, z=3, /, sigma=4, rho=5, beta=1, delta_t=0.01):
    return (
        x + z * sigma * (y - x) * delta_t,
        y + (x * (rho - z) - z * y) * delta_t,
        z + (x * y - beta * z) * delta_t,
    )


@catalogued(
    title="Lorenz flow, Euler map",
    source="E. N. Lorenz, Deterministic nonperiodic flow, J. Atmos. Sci. 20, 130-141 (1963), eqs. (25)-(27)",
)
def lorenz(x=1, y=1, z=1, /, sigma=10, rho=28, beta=2.6666666666666665, delta_t=0.01):
    return (
        x + sigma * (y - x) * delta_t,
        y + (x * (rho - z) - y) * delta_t,
        z + (x * y - beta * z) * delta_t,
    )


@catalogued(
    title="Rössler flow, Euler map",
    source="O. E. Rössler, An equation for continuous chaos, Phys. Lett. A 57, 397-398 (1976), eq. (2)",
)
def roessler(x=1, y=1, z=1, /, a=0.2, b=0.2, c=5.7, delta_t=0.01):
    return (
        x + (-y - z) * delta_t,
        y + (x + a * y) * delta_t,
        z + (b + z * (x - c)) * delta_t,
    )


@catalogued(
    title="Chen flow, Euler map",
    source="G. Chen, T. Ueta, Yet another chaotic attractor, Int. J. Bifurcation Chaos 9, 1465-1466 (1999)",
)
def chen(x=-3, y=2, z=20, /, a=35, b=3, c=28, delta_t=0.001):
    return (
        x + a * (y - x) * delta_t,
        y + ((c - a) * x - x * z + c * y) * delta_t,
        z + (x * y - b * z) * delta_t,
    )


@catalogued(
    title="Thomas' cyclically symmetric flow, Euler map",
    source="R. Thomas, Deterministic chaos seen in terms of feedback circuits, "
    "Int. J. Bifurcation Chaos 9, 1889-1905 (1999)",
)
def thomas(x=1, y=0, z=0, /, b=0.208186, delta_t=0.05):
    return (
        x + (sin(y) - b * x) * delta_t,
        y + (sin(z) - b * y) * delta_t,
        z + (sin(x) - b * z) * delta_t,
    )


@catalogued(
    title="Hénon map",
    source="M. Hénon, A two-dimensional mapping with a strange attractor, Commun. Math. Phys. 50, 69-77 (1976)",
)
def henon(x=0, y=0, /, a=1.4, b=0.3):
    return 1 - a * x * x + y, b * x


@catalogued(
    title="Logistic map",
    source="R. M. May, Simple mathematical models with very complicated dynamics, Nature 261, 459-467 (1976), eq. (3)",
)
def logistic(x=0.2, /, r=3.9):
    return (r * x * (1 - x),)


@catalogued(
    title="Ikeda map",
    source="S. M. Hammel, C. K. R. T. Jones, J. V. Moloney, Global dynamical behavior of the optical field in a ring "
    "cavity, J. Opt. Soc. Am. B 2, 552-564 (1985), after K. Ikeda, Opt. Commun. 30, 257-261 (1979)",
)
def ikeda(x=0.1, y=0.1, /, u=0.9):
    t = 0.4 - 6 / (1 + x * x + y * y)
    return 1 + u * (x * cos(t) - y * sin(t)), u * (x * sin(t) + y * cos(t))


@catalogued(
    title="Lozi map",
    source="R. Lozi, Un attracteur étrange du type attracteur de Hénon, J. Phys. Colloques 39, C5-9 (1978)",
)
def lozi(x=0, y=0, /, a=1.7, b=0.5):
    return 1 - a * abs(x) + y, b * x


@catalogued(
    title="Tinkerbell map",
    source="H. E. Nusse, J. A. Yorke, Dynamics: Numerical Explorations, Springer (1994)",
)
def tinkerbell(x=-0.72, y=-0.64, /, a=0.9, b=-0.6013, c=2, d=0.5):
    return x * x - y * y + a * x + b * y, 2 * x * y + c * x + d * y


@catalogued(
    title="Standard (Chirikov) map",
    source="B. V. Chirikov, A universal instability of many-dimensional oscillator systems, "
    "Phys. Rep. 52, 263-379 (1979)",
)
def standard(theta=1, p=1, /, k=0.971635):
    kicked = (p + k * sin(theta)) % (2 * pi)
    return (theta + kicked) % (2 * pi), kicked


@catalogued(
    title="Duffing map",
    source="P. Holmes, A nonlinear oscillator with a strange attractor, Phil. Trans. R. Soc. A 292, 419-448 (1979)",
)
def duffing(x=0.1, y=0.1, /, a=2.75, b=0.2):
    return y, -b * x + a * y - y * y * y


@catalogued(
    title="Gingerbreadman map",
    source="R. L. Devaney, A piecewise linear model for the zones of instability of an area-preserving map, "
    "Physica D 10, 387-393 (1984)",
)
def gingerbreadman(x=-0.1, y=0, /):
    return 1 - y + abs(x), x


@catalogued(
    title="Clifford map",
    source="C. A. Pickover, Chaos in Wonderland: Visual Adventures in a Fractal World, St. Martin's Press (1994)",
)
def clifford(x=0.1, y=0.1, /, a=-1.4, b=1.6, c=1, d=0.7):
    return sin(a * y) + c * cos(a * x), sin(b * x) + d * cos(b * y)

"""The catalogue: one declaration a system, nothing about it written twice.

To add a system, write its step function here under `@catalogued`: the state before the `/`, the
parameters after it, canonical values as defaults (see `core.system.System`). The kernel, the decimal
evaluation, the query's parameters, their documentation and the entry under /systems all follow from it.
Below it, `described` says in words what it is.
Every operation happens in the order in which it is written, so the formula is also the arithmetic.
"""

from collections.abc import Callable
from math import cos, pi, sin
from typing import NamedTuple

from attractor.core.system import Step, System

SYSTEMS: dict[str, System] = {}
DEFAULT = "modified-lorenz"


class Words(NamedTuple):
    """The words about a system, for people."""

    about: str
    meanings: dict[str, str]
    """What each coordinate and parameter stands for, with its unit where it has one."""


WORDS: dict[str, Words] = {}
"""By the name of the system; one that is added without any has none."""


def catalogued(title: str, source: str) -> Callable[[Step], System]:
    """Declare the step function below as a system of the catalogue."""

    def declare(step: Step) -> System:
        system = System(step, title, source)
        SYSTEMS[system.name] = system
        return system

    return declare


def described(system: System, about: str, **meanings: str) -> None:
    """Say of the system above what it is, in two sentences, and what each coordinate and parameter stands for.

    It stands outside of the declaration, whose text is a part of what the compiled kernels are cached by. Raises
    ValueError where another name is told than the system has, or one is missing.
    """
    if tuple(meanings) != (*system.state, *system.parameters):
        raise ValueError(f"{system.name}: tell of {', '.join((*system.state, *system.parameters))}, in this order")
    WORDS[system.name] = Words(about, meanings)


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


described(
    modified_lorenz,
    "The Euler map of the Lorenz flow with two changes: the equation of x is scaled by x, that of y damped by "
    "z. With a small time step its orbits spiral into a fixed point; at the canonical step of 2 the orbit "
    "leaves double's range.",
    x="first coordinate",
    y="second coordinate",
    z="third coordinate",
    sigma="rate at which x follows y",
    rho="driving of y by x",
    beta="rate at which z decays",
    delta_t="time step",
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


described(
    modified_lorenz_z,
    "The modified Lorenz map with z in place of x as the factor of σ. At the canonical values its orbit "
    "spirals into a fixed point.",
    x="first coordinate",
    y="second coordinate",
    z="third coordinate",
    sigma="rate at which x follows y",
    rho="driving of y by x",
    beta="rate at which z decays",
    delta_t="time step",
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


described(
    lorenz,
    "Convection in a layer of fluid that is heated from below, reduced to three modes and stepped by Euler's "
    "method. At the canonical values the orbit goes round the two wings of a strange attractor, and "
    "neighbours part exponentially.",
    x="speed of the convection",
    y="temperature difference between rising and sinking fluid",
    z="distortion of the vertical temperature profile",
    sigma="Prandtl number of the fluid",
    rho="Rayleigh number over its critical value",
    beta="measure of the cells' shape",
    delta_t="time step, in units of the flow's dimensionless time",
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


described(
    roessler,
    "A flow made for simplicity: its only nonlinear term is z x. The orbit spirals outwards in the plane of x "
    "and y, is lifted in z and folded back, which is chaos on one band.",
    x="first coordinate of the spiral",
    y="second coordinate of the spiral",
    z="height of the fold",
    a="rate at which the spiral grows",
    b="inflow of z",
    c="value of x beyond which z grows",
    delta_t="time step, in units of the flow's dimensionless time",
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


described(
    chen,
    "A relative of the Lorenz flow that came from controlling chaos. At the canonical values its orbit goes "
    "round a double scroll.",
    x="first coordinate",
    y="second coordinate",
    z="third coordinate",
    a="rate at which x follows y",
    b="rate at which z decays",
    c="growth of y",
    delta_t="time step, in units of the flow's dimensionless time",
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


described(
    thomas,
    "A particle with friction in a lattice of forces that is the same in all three directions. As the "
    "friction b falls, orbits go from rest through limit cycles to chaos that wanders through the lattice.",
    x="first coordinate, the same in role as the others",
    y="second coordinate",
    z="third coordinate",
    b="friction",
    delta_t="time step, in units of the flow's dimensionless time",
)


@catalogued(
    title="Hénon map",
    source="M. Hénon, A two-dimensional mapping with a strange attractor, Commun. Math. Phys. 50, 69-77 (1976)",
)
def henon(x=0, y=0, /, a=1.4, b=0.3):
    return 1 - a * x * x + y, b * x


described(
    henon,
    "A plane is stretched, folded and turned: the simplest model of what a Poincaré section of a chaotic flow "
    "does. At the canonical values the orbit settles on a strange attractor of fine layers.",
    x="coordinate along which the plane is folded",
    y="x of the step before, times b",
    a="strength of the fold",
    b="factor by which a step shrinks areas",
)


@catalogued(
    title="Logistic map",
    source="R. M. May, Simple mathematical models with very complicated dynamics, Nature 261, 459-467 (1976), eq. (3)",
)
def logistic(x=0.2, /, r=3.9):
    return (r * x * (1 - x),)


described(
    logistic,
    "A population that grows in proportion to its size and to the room that is left. As r grows, its size "
    "settles, then alternates between two values, four and so on, and from r ≈ 3.57 on is chaotic, with "
    "windows of order between.",
    x="population, as a share of the most there is room for",
    r="rate of growth from one generation to the next",
)


@catalogued(
    title="Ikeda map",
    source="S. M. Hammel, C. K. R. T. Jones, J. V. Moloney, Global dynamical behavior of the optical field in a ring "
    "cavity, J. Opt. Soc. Am. B 2, 552-564 (1985), after K. Ikeda, Opt. Commun. 30, 257-261 (1979)",
)
def ikeda(x=0.1, y=0.1, /, u=0.9):
    t = 0.4 - 6 / (1 + x * x + y * y)
    return 1 + u * (x * cos(t) - y * sin(t)), u * (x * sin(t) + y * cos(t))


described(
    ikeda,
    "Light that goes round a ring of mirrors with a nonlinear medium in it, seen once a round. At the "
    "canonical values the field is chaotic.",
    x="real part of the field",
    y="imaginary part of the field",
    u="share of the field that is left after a round",
)


@catalogued(
    title="Lozi map",
    source="R. Lozi, Un attracteur étrange du type attracteur de Hénon, J. Phys. Colloques 39, C5-9 (1978)",
)
def lozi(x=0, y=0, /, a=1.7, b=0.5):
    return 1 - a * abs(x) + y, b * x


described(
    lozi,
    "The Hénon map with a corner in place of its fold: it is linear on each side of x = 0. That is simple "
    "enough for proofs that its attractor is a strange one.",
    x="coordinate along which the plane is folded",
    y="x of the step before, times b",
    a="strength of the fold",
    b="factor by which a step shrinks areas",
)


@catalogued(
    title="Tinkerbell map",
    source="H. E. Nusse, J. A. Yorke, Dynamics: Numerical Explorations, Springer (1994)",
)
def tinkerbell(x=-0.72, y=-0.64, /, a=0.9, b=-0.6013, c=2, d=0.5):
    return x * x - y * y + a * x + b * y, 2 * x * y + c * x + d * y


described(
    tinkerbell,
    "A quadratic map of the plane whose attractor looks like the path of a looping flight. At the canonical "
    "values the orbit is chaotic.",
    x="first coordinate",
    y="second coordinate",
    a="factor of x in the next x",
    b="factor of y in the next x",
    c="factor of x in the next y",
    d="factor of y in the next y",
)


@catalogued(
    title="Standard (Chirikov) map",
    source="B. V. Chirikov, A universal instability of many-dimensional oscillator systems, "
    "Phys. Rep. 52, 263-379 (1979)",
)
def standard(theta=1, p=1, /, k=0.971635):
    kicked = (p + k * sin(theta)) % (2 * pi)
    return (theta + kicked) % (2 * pi), kicked


described(
    standard,
    "A rotor that is kicked once a turn, on a torus: both coordinates are taken modulo 2π. It keeps areas; "
    "regular curves, chains of islands and chaotic seas lie beside each other, and the seas grow with k.",
    theta="angle of the rotor, in radians",
    p="angular momentum, in radians a kick",
    k="strength of the kicks",
)


@catalogued(
    title="Duffing map",
    source="P. Holmes, A nonlinear oscillator with a strange attractor, Phil. Trans. R. Soc. A 292, 419-448 (1979)",
)
def duffing(x=0.1, y=0.1, /, a=2.75, b=0.2):
    return y, -b * x + a * y - y * y * y


described(
    duffing,
    "A map of the plane with a cubic force, a discrete relative of Duffing's forced oscillator. At the "
    "canonical values the orbit settles on a strange attractor.",
    x="y of the step before",
    y="position",
    a="strength of the linear force",
    b="damping: factor by which a step shrinks areas",
)


@catalogued(
    title="Gingerbreadman map",
    source="R. L. Devaney, A piecewise linear model for the zones of instability of an area-preserving map, "
    "Physica D 10, 387-393 (1984)",
)
def gingerbreadman(x=-0.1, y=0, /):
    return 1 - y + abs(x), x


described(
    gingerbreadman,
    "A piecewise linear map that keeps areas and has no parameter. Chaotic orbits fill the figure it is named "
    "for, around hexagonal islands of cycles.",
    x="first coordinate",
    y="x of the step before",
)


@catalogued(
    title="Clifford map",
    source="C. A. Pickover, Chaos in Wonderland: Visual Adventures in a Fractal World, St. Martin's Press (1994)",
)
def clifford(x=0.1, y=0.1, /, a=-1.4, b=1.6, c=1, d=0.7):
    return sin(a * y) + c * cos(a * x), sin(b * x) + d * cos(b * y)


described(
    clifford,
    "Sines and cosines of both coordinates, so that every orbit stays bounded whatever the parameters are. "
    "Small changes of them give quite different figures.",
    x="first coordinate",
    y="second coordinate",
    a="frequency within the next x",
    b="frequency within the next y",
    c="weight of the cosine in the next x",
    d="weight of the cosine in the next y",
)

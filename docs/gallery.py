"""`python -m docs.gallery`: asks a service that it starts for every figure of the gallery, and writes gallery/NAME.png.

The figures need no other tool than the service: each is one URL.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

FOLDER = Path(__file__).parent / "gallery"
_ROOT = Path(__file__).parent.parent
_SECONDS = 300  # that one figure may take on a busy machine


class Figure(NamedTuple):
    """A figure, by the path and query that draws it."""

    name: str
    title: str
    url: str


def _density(system: str, title: str, inputs: str, options: str = "") -> Figure:
    return Figure(system, title, f"/picture?of=density&system={system}&{inputs}{options}")


FIGURES = (
    _density(
        "modified-lorenz",
        "Modified Lorenz map: an orbit that spirals into a fixed point",
        "x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1&delta_t=0.01",
        "&steps=100000&transient=0",
    ),
    _density(
        "modified-lorenz-z",
        "Modified Lorenz map, z variant: likewise",
        "x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1&delta_t=0.01",
        "&steps=100000&transient=0",
    ),
    _density(
        "lorenz",
        "Lorenz flow",
        "x0=1&y0=1&z0=1&sigma=10&rho=28&beta=2.6666666666666665&delta_t=0.01",
        "&plane=x,z",
    ),
    _density("roessler", "Rössler flow", "x0=1&y0=1&z0=1&a=0.2&b=0.2&c=5.7&delta_t=0.01"),
    _density("chen", "Chen flow", "x0=-3&y0=2&z0=20&a=35&b=3&c=28&delta_t=0.001", "&plane=x,z"),
    _density("thomas", "Thomas' cyclically symmetric flow", "x0=1&y0=0&z0=0&b=0.208186&delta_t=0.05"),
    _density("henon", "Hénon map", "x0=0&y0=0&a=1.4&b=0.3"),
    Figure(
        "logistic",
        "Logistic map: the orbit diagram",
        "/picture?of=bifurcation&system=logistic&x0=0.2&r=2.8:4:800",
    ),
    _density("ikeda", "Ikeda map", "x0=0.1&y0=0.1&u=0.9"),
    _density("lozi", "Lozi map", "x0=0&y0=0&a=1.7&b=0.5"),
    _density("tinkerbell", "Tinkerbell map", "x0=-0.72&y0=-0.64&a=0.9&b=-0.6013&c=2&d=0.5"),
    _density("standard", "Standard (Chirikov) map", "theta0=1&p0=1&k=0.971635"),
    _density("duffing", "Duffing map", "x0=0.1&y0=0.1&a=2.75&b=0.2"),
    _density("gingerbreadman", "Gingerbreadman map", "x0=-0.1&y0=0"),
    _density("clifford", "Clifford map", "x0=0.1&y0=0.1&a=-1.4&b=1.6&c=1&d=0.7"),
    Figure(
        "bifurcation",
        "An orbit diagram: the Hénon map over a",
        "/picture?of=bifurcation&system=henon&x0=0&y0=0&a=0.9:1.4:800&b=0.3",
    ),
    Figure(
        "basins",
        "Basins of attraction: the Duffing map at a = 2.5",
        "/picture?of=basins&system=duffing&x0=-2:2:400&y0=-2:2:400&a=2.5&b=0.2&steps=2000",
    ),
    Figure(
        "spectrum",
        "A Lyapunov spectrum: the Hénon map over a",
        "/picture?of=lyapunov&system=henon&x0=0.1&y0=0&a=1:1.4:400&b=0.3&steps=5000",
    ),
    Figure(
        "exponents",
        "The greatest Lyapunov exponent: the Hénon map over a and b",
        "/picture?of=lyapunov&system=henon&x0=0.1&y0=0&a=1:1.4:160&b=0:0.3:120&steps=1000",
    ),
)
"""A figure of each system, then one of each kind of analysis that is drawn."""


def main() -> int:
    """Draws every figure; 0, or an exception where the service does not answer."""
    FOLDER.mkdir(exist_ok=True)
    served = subprocess.Popen(
        [sys.executable, "-m", "attractor", "serve"],
        cwd=_ROOT,
        env={**os.environ, "HOST": "127.0.0.1", "PORT": "0", "WORKERS": "1", "ATTRACTOR_ACCESS_LOG": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = _address(served)
        for figure in FIGURES:
            with urlopen(f"{address}{figure.url}", timeout=_SECONDS) as answer:
                (FOLDER / f"{figure.name}.png").write_bytes(answer.read())
    finally:
        served.terminate()
        served.communicate(timeout=_SECONDS)
    print(f"{len(FIGURES)} figures in {FOLDER.relative_to(_ROOT)}")
    return 0


def _address(served: "subprocess.Popen[str]") -> str:
    """Where the service listens, once it does. Raises SystemExit where it ends before."""
    said: list[str] = []
    for line in served.stderr or ():
        said.append(line)
        if found := re.search(r"running on (http://[0-9.:]+)", line):
            return found[1]
    raise SystemExit(f"the service ended: {''.join(said)}")


if __name__ == "__main__":
    sys.exit(main())

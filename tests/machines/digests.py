"""`python -m tests.machines.digests NAME …` prints a digest of "functions", or of a system's answer at each path.

It needs what the service runs with alone, and no network.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numba import types

from attractor.client.local import read
from attractor.client.refusals import Refused
from attractor.core.catalogue import SYSTEMS
from attractor.core.compiling import compiled
from attractor.core.elementary.steps import FULL, MODULES

ASKED = os.environ.get("DIGESTS", "functions standard").split()
NAMES = ["functions", *SYSTEMS] if ASKED == ["all"] else ASKED
"""What is compiled for other machines: it takes half a minute and more for each system."""
HARD = Path(__file__).parents[1] / "core/hard_to_round"

sin, cos, exp, log = (FULL[name] for name in ("sin", "cos", "exp", "log"))
tanh, atan, remainder = (FULL[name] for name in ("tanh", "atan", "remainder"))


def _all(values, found):
    for i in range(values.shape[0]):
        x = values[i]
        found[i, 0], found[i, 1], found[i, 2], found[i, 3] = sin(x), cos(x), exp(x), log(x)
        found[i, 4], found[i, 5], found[i, 6] = tanh(x), atan(x), remainder(x, 6.283185307179586)


def functions() -> Iterator[tuple[str, str]]:
    """Of every function at the hard cases of each, and at random arguments of all sizes; any nan is one."""
    lines = [line for path in sorted(HARD.glob("*.txt")) for line in path.read_text().splitlines()]
    random = np.random.default_rng(24)
    hard = [float.fromhex(line) for line in lines if not line.startswith("#")]
    spread = np.ldexp(4 * random.random(20_000) - 2, random.integers(-60, 60, 20_000))
    values = np.array([*hard, *(-x for x in hard), *spread])
    found = np.empty((len(values), 7))
    kernel = compiled(_all, "all", (types.float64[::1], types.float64[:, ::1]), *MODULES, __file__)
    kernel(values, found)
    for name, column in zip((*FULL,), found.T, strict=True):
        yield name, _digest(np.where(np.isnan(column), np.nan, column).astype("<f8").tobytes())


def urls(name: str) -> Iterator[str]:
    """What is asked of a system: each path that computes, in lanes and alone, and each kind of picture."""
    system = SYSTEMS[name]
    canonical = {key: repr(value) for key, value in system.canonical.items()}
    first = system.start[0]

    def query(**changed: str) -> str:
        return f"system={name}&" + "&".join(f"{key}={value}" for key, value in (canonical | changed).items())

    def near(key: str, count: int) -> dict[str, str]:
        value = system.canonical[key]
        return {key: f"{value - 0.0625}:{value + 0.0625}:{count}"}

    many, small = query(**near(first, 70)), "&format=svg&width=200&height=160"
    over = query(**near(system.parameters[0], 30)) if system.parameters else ""
    plane = query(**near(first, 12), **(near(system.start[1], 10) if system.dimension > 1 else {}))
    parameters = "&".join(f"{key}={canonical[key]}" for key in system.parameters)
    signs = ("", "-", "-", "")
    far = {key: f"{sign}1.7e308" for key, sign in zip(system.start, signs, strict=False)}
    yield f"/calculation?{query()}&steps=2000&precision=double"
    yield f"/calculation?{query(**far)}&steps=50&precision=double&format=npy"
    yield f"/ensemble?{query(**far | {first: '-1.7e308,1e308'})}&steps=50&format=npy"
    yield f"/lyapunov?{query(**far)}&steps=301&transient=0"
    yield f"/lyapunov?{query(**far | {first: '-1.7e308,1e308'})}&steps=301&transient=0"
    yield f"/calculation?{query()}&steps=40&correct=20"
    yield f"/ensemble?{many}&steps=300"
    yield f"/lyapunov?{query()}&steps=1000"
    yield f"/lyapunov?{many}&steps=500"
    if over:
        yield f"/bifurcation?{over}&transient=200&kept=8"
        yield f"/bifurcation?{over}&transient=200&kept=8&continuation=true"
        yield f"/picture?of=bifurcation&{over}&transient=100&kept=50{small}"
    yield f"/fixed-points?system={name}&{parameters}&period=1"
    yield f"/fixed-points?system={name}&{parameters}&period=2"
    yield f"/horizon?{query()}&steps=60&every=20"
    yield f"/basins?{plane}&steps=500"
    yield f"/picture?of=basins&{plane}&steps=500{small}"
    yield f"/picture?of=lyapunov&{plane}&steps=200{small}"
    if system.dimension > 1:
        yield f"/picture?of=density&{query()}&steps=5000{small}"


def answer(url: str) -> bytes:
    """The body; of what is refused the reasons, which are the same everywhere too."""
    path, _, asked = url.partition("?")
    try:
        return b"".join(bytes(chunk) for chunk in read(path, asked.encode()).chunks() if chunk is not None)
    except Refused as refusal:
        return str(refusal).encode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def digests(name: str) -> Iterator[tuple[str, str]]:
    """What each is of, and the digest."""
    if name == "functions":
        yield from functions()
    else:
        yield from ((url, _digest(answer(url))) for url in urls(name))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        for what, digest in digests(name):
            print(digest, name, what, flush=True)

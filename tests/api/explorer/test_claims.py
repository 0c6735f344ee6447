"""What the presets say is so: each claim is computed from the API's answers."""

import io
import json
from collections.abc import Callable
from urllib.parse import parse_qsl

import httpx
import numpy as np
import pytest

from attractor.core.catalogue import SYSTEMS
from tests.conftest import ROOT

PRESETS = json.loads((ROOT / "api/explorer/pages/presets.json").read_text())
SHARE = 0.1  # of the figure, from which two orbits have parted


class Preset:
    """The orbit of a preset, and what the API says of it."""

    def __init__(self, client: httpx.Client, system: str, query: str) -> None:
        self.client, self.system, self.given = client, SYSTEMS[system], dict(parse_qsl(query, strict_parsing=True))
        canonical = {name: repr(value) for name, value in self.system.canonical.items()}
        self.inputs = {name: self.given.get(name, value) for name, value in canonical.items()}

    def ask(self, path: str, **options: str) -> httpx.Response:
        response = self.client.get(path, params={"system": self.system.name, **self.inputs, **options})
        assert response.status_code == 200, response.text
        return response

    def orbit(self, **changed: str) -> np.ndarray:
        selection = {name: self.given[name] for name in ("steps", "skip") if name in self.given}
        options = {**selection, "precision": "double", "format": "npy", **changed}
        return np.load(io.BytesIO(self.ask("/calculation", **options).content))

    def exponents(self) -> tuple[np.ndarray, np.ndarray]:
        """The exponents, of flows per unit time, and their errors."""
        flow = self.system.is_flow
        options = {"steps": "60000", "transient": "20000"} if flow else {"steps": "10000", "transient": "1000"}
        values = np.load(io.BytesIO(self.ask("/lyapunov", **options, format="npy").content)).ravel()
        dimension = self.system.dimension
        step = float(self.inputs["delta_t"]) if flow else 1
        return values[:dimension] / step, values[dimension : 2 * dimension] / step


Claim = Callable[[Preset], bool]


def is_chaotic(preset: Preset) -> bool:
    exponents, errors = preset.exponents()
    return np.isfinite(preset.orbit()).all() and exponents[0] > max(3 * errors[0], 0.001)


def is_regular(preset: Preset) -> bool:
    """Bounded, neither drawn to a cycle nor chaotic."""
    exponents, errors = preset.exponents()
    return np.isfinite(preset.orbit()).all() and abs(exponents[0]) < max(3 * errors[0], 0.002)


def has_period(period: int) -> Claim:
    def claim(preset: Preset) -> bool:
        last = preset.orbit()[-3 * period :]
        distances = [np.abs(last[k:] - last[:-k]).max() for k in range(1, period + 1)]
        return distances[-1] < 1e-9 and all(distance > 1e-6 for distance in distances[:-1])

    return claim


def parts(preset: Preset) -> bool:
    """The second orbit is a share of the figure away before the last step, and was not at first."""
    first = preset.orbit()
    along = preset.given["along"]
    preset.inputs[along] = repr(float(preset.inputs[along]) + float(preset.given["apart"]))
    distances = np.hypot.reduce(first - preset.orbit(), axis=1) / np.hypot.reduce(np.ptp(first, axis=0))
    return distances[0] < 1e-3 and distances.max() > SHARE


def spirals_in(preset: Preset) -> bool:
    """The distance to the end falls to next to nothing, while the orbit goes round it many times."""
    offsets = preset.orbit(skip="0")[:, :2] - preset.orbit()[-1, :2]
    turned = np.unwrap(np.arctan2(offsets[:1000, 1], offsets[:1000, 0]))
    return abs(turned[-1] - turned[0]) > 2 * np.pi and np.hypot(*offsets[-100:].T).max() < 1e-3 * np.ptp(offsets)


def is_wider_than(title: str) -> Claim:
    def claim(preset: Preset) -> bool:
        other = Preset(preset.client, preset.system.name, PRESETS[preset.system.name]["presets"][title])
        return bool((np.ptp(preset.orbit(), axis=0) > 3 * np.ptp(other.orbit(), axis=0)).all())

    return claim


def leaves_at(n: int) -> Claim:
    return lambda preset: np.isfinite(preset.orbit()).all(axis=1).argmin() + 1 == n


def islands(preset: Preset) -> int:
    """Pieces of the plane in which the orbit stays, on a torus."""
    cells = 100
    at = np.floor(preset.orbit() / (2 * np.pi) * cells).astype(int) % cells
    left = set(map(tuple, at.tolist()))
    count = 0
    while left:
        count += 1
        edge = [left.pop()]
        while edge:
            i, j = edge.pop()
            near = {((i + a) % cells, (j + b) % cells) for a in (-1, 0, 1) for b in (-1, 0, 1)} & left
            left -= near
            edge += near
    return count


def turns_once(preset: Preset) -> bool:
    """A flow's loop closes after one turn: x has one maximum, always the same."""
    x = preset.orbit()[:, 0]
    maxima = x[1:-1][(x[1:-1] > x[:-2]) & (x[1:-1] >= x[2:])]
    return len(maxima) > 5 and np.ptp(maxima) < 0.01 * np.ptp(x)


def is_limit_cycle(preset: Preset) -> bool:
    exponents, _ = preset.exponents()
    return bool(abs(exponents[0]) < 0.002 and (exponents[1:] < -0.01).all())


def fills_its_frame(preset: Preset) -> bool:
    left, right, bottom, top = map(float, preset.given["frame"].split(","))
    x, y = preset.orbit(steps="100000").T
    seen = (x > left) & (x < right) & (y > bottom) & (y < top)
    return seen.sum() > 100 and np.ptp(x[seen]) > 0.9 * (right - left)


def both(*claims: Claim) -> Claim:
    return lambda preset: all(claim(preset) for claim in claims)


CLAIMS: dict[tuple[str, str], Claim] = {
    ("lorenz", "The butterfly"): is_chaotic,
    ("lorenz", "Two orbits part"): parts,
    ("lorenz", "From above"): both(is_chaotic, lambda preset: preset.given["axes"] == "x,y"),
    ("lorenz", "Into the fixed point"): has_period(1),
    ("modified-lorenz", "A spiral inwards"): spirals_in,
    ("modified-lorenz", "It leaves at n = 9"): leaves_at(9),
    ("modified-lorenz", "A wider sweep"): is_wider_than("A spiral inwards"),
    ("modified-lorenz-z", "A spiral inwards"): spirals_in,
    ("modified-lorenz-z", "Strongly driven"): is_wider_than("A spiral inwards"),
    ("roessler", "The folded band"): is_chaotic,
    ("roessler", "Period one"): turns_once,
    ("roessler", "Through time"): lambda preset: preset.given["view"] == "series",
    ("chen", "The double scroll"): both(is_chaotic, lambda preset: set(np.sign(preset.orbit()[:, 0])) >= {-1, 1}),
    ("chen", "Two orbits part"): parts,
    ("thomas", "The labyrinth's thread"): is_chaotic,
    ("thomas", "Nearly frictionless"): lambda preset: float(preset.inputs["b"]) < preset.system.canonical["b"] / 4,
    ("thomas", "A limit cycle"): is_limit_cycle,
    ("henon", "The attractor"): is_chaotic,
    ("henon", "A closer look"): fills_its_frame,
    ("henon", "Two orbits part"): parts,
    ("henon", "Period seven"): has_period(7),
    ("logistic", "Chaos in time"): is_chaotic,
    ("logistic", "Cobweb"): lambda preset: preset.given["draw"] == "lines",
    ("logistic", "The return map"): lambda preset: preset.given["axes"] == "x,x'",
    ("logistic", "Period three"): has_period(3),
    ("ikeda", "The attractor"): is_chaotic,
    ("ikeda", "A cycle of four"): has_period(4),
    ("ikeda", "Two orbits part"): parts,
    ("lozi", "The attractor"): is_chaotic,
    ("lozi", "Two orbits part"): parts,
    ("tinkerbell", "The attractor"): is_chaotic,
    ("standard", "A chaotic sea"): is_chaotic,
    ("standard", "A chain of islands"): both(is_regular, lambda preset: islands(preset) > 1),
    ("standard", "An invariant curve"): both(is_regular, lambda preset: islands(preset) == 1),
    ("duffing", "The attractor"): is_chaotic,
    ("gingerbreadman", "The gingerbread man"): is_chaotic,
    ("gingerbreadman", "A cycle of six"): has_period(6),
    ("clifford", "Wonderland"): is_chaotic,
    ("clifford", "Ribbons"): is_chaotic,
    ("clifford", "Folds"): is_chaotic,
}


def test_each_preset_has_its_claim():
    assert {(name, title) for name, of in PRESETS.items() for title in of["presets"]} == set(CLAIMS)


@pytest.mark.parametrize("name", PRESETS)
def test_what_the_presets_claim_is_so(client, name):
    presets = PRESETS[name]["presets"]
    assert [title for title, query in presets.items() if not CLAIMS[name, title](Preset(client, name, query))] == []


@pytest.mark.parametrize(
    ("name", "query", "title"),
    [
        ("lorenz", "rho=20&steps=6000", "Into the fixed point"),
        ("gingerbreadman", "x0=-0.5&y0=3.7&steps=1000", "A cycle of six"),
        ("standard", "theta0=0&p0=3.9&k=0.6&steps=5000", "A chain of islands"),
        ("logistic", "r=3.83&steps=100", "Chaos in time"),
        ("henon", "a=0.9&steps=100&apart=1e-8&along=x0", "Two orbits part"),
    ],
)
def test_the_claims_can_fail(client, name, query, title):
    assert not CLAIMS[name, title](Preset(client, name, query))

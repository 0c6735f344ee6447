"""Basins of attraction: against boundaries and attractors that are known, and independent of threads and slices."""

from itertools import islice, permutations
from math import pi, sin, sqrt

import numpy as np
import pytest

from attractor.core import basins as module
from attractor.core.basins import KINDS, basins, conservative, motion
from attractor.core.catalogue import SYSTEMS
from attractor.core.kernel import orbit_kernel
from attractor.core.slicing import finish
from attractor.core.system import System


def of(system, start, parameters, *args, **kwargs):
    system = SYSTEMS[system] if isinstance(system, str) else system
    return finish(basins(system, start, parameters, *args, **kwargs))


def square(left, right, bottom, top, count):
    x, y = np.meshgrid(np.linspace(left, right, count), np.linspace(bottom, top, count))
    return np.column_stack([x.ravel(), y.ravel()])


def cubic(x=0.5, /, a=1.5):
    return (a * x - x * x * x,)


def newton(x=1, y=1, /):
    r = x * x + y * y
    return 2 * x / 3 + (x * x - y * y) / (3 * r * r), 2 * y / 3 - 2 * x * y / (3 * r * r)


CUBIC, NEWTON = (
    System(cubic, "Cubic map", "odd and bistable"),
    System(newton, "Newton's method", "Cayley 1879"),
)


def test_henons_quadrilateral_goes_to_one_attractor():
    """M. Hénon, Commun. Math. Phys. 50, 69-77 (1976): the map takes the quadrilateral ABCD into itself."""
    corners = np.array([(-1.33, 0.42), (1.32, 0.133), (1.245, -0.14), (-1.06, -0.5)])
    u, v = np.random.default_rng(0).uniform(0, 1, (2, 500, 1))
    inside = (1 - u) * ((1 - v) * corners[0] + v * corners[3]) + u * ((1 - v) * corners[1] + v * corners[2])
    found = of("henon", inside, (1.4, 0.3))
    assert (found.labels == 1).all()
    (attractor,) = found.attractors
    assert (attractor.kind, attractor.period, attractor.share) == ("chaotic", 0, 1)
    # Its extent, ibid. fig. 2: x from -1.3 to 1.3, y from -0.4 to 0.4.
    assert np.abs(np.abs(attractor.points).max(axis=0) - [1.28, 0.385]).max() < 0.01


def test_the_boundary_of_henons_basin_is_the_stable_manifold_of_a_saddle():
    """C. Grebogi, E. Ott, J. A. Yorke, Physica D 7, 181-200 (1983): of the fixed point of negative x."""
    a, b = 1.4, 0.3
    x = (b - 1 - sqrt((1 - b) ** 2 + 4 * a)) / (2 * a)
    values, vectors = np.linalg.eig([[-2 * a * x, 1], [b, 0]])
    stable, unstable = (vectors[:, i] * np.sign(vectors[0, i]) for i in np.argsort(np.abs(values)))
    manifold = [np.array([x, b * x]) + s * stable for s in (0, 1e-8, -1e-8)]
    for i in (1, 2):
        for _ in range(6):  # the inverse map stretches a short piece of it
            previous = manifold[i][1] / b
            manifold[i] = np.array([previous, manifold[i][0] - 1 + a * previous * previous])
        assert 1e-4 < np.linalg.norm(manifold[i] - manifold[0]) < 1
    for offset in (1e-3, 1e-6):
        for side, label in ((1, 1), (-1, 0)):
            found = of("henon", [p + side * offset * unstable for p in manifold] + [[0, 0]], (a, b))
            assert found.labels.tolist() == [label] * 3 + [1]


def test_two_attractors_of_henons_map():
    """At a = 1.0645 a stable 6-cycle is beside a chaotic attractor; what both are is certified here, without basins."""
    parameters = a, b = 1.0645, 0.3
    found = of("henon", square(-1.5, 1.5, -0.5, 0.5, 60), parameters)
    assert (found.labels >= 0).all()
    cycle, chaotic = found.attractors
    assert (chaotic.kind, cycle.kind, cycle.period) == ("chaotic", "cycle", 6)
    x, y = cycle.points.T
    image = np.c_[1 - a * x * x + y, b * x]
    assert np.allclose(image, np.roll(cycle.points, -1, axis=0), rtol=0, atol=1e-11)
    multipliers = np.linalg.eigvals(np.linalg.multi_dot([[[-2 * a * x[i], 1], [b, 0]] for i in range(5, -1, -1)]))
    assert np.abs(multipliers).max() < 1
    orbit = np.empty((100_000, 2))
    orbit_kernel(SYSTEMS["henon"])(tuple(chaotic.points[-1]), parameters, 1, orbit)
    assert min(np.abs(orbit - point).max(axis=1).min() for point in cycle.points) > 1e-3
    for attractor in found.attractors:  # each point of an attractor goes to it
        again = of("henon", np.vstack([attractor.points[:6], square(-1.5, 1.5, -0.5, 0.5, 20)]), parameters)
        (label,) = set(again.labels[:6])
        assert again.attractors[label - 1].period == attractor.period


def test_newtons_method_for_three_roots():
    """A. Cayley, Am. J. Math. 2, 97 (1879), for the roots; their basins from the iteration in complex numbers."""
    start = square(-2, 2, -1.9, 1.9, 80)
    z = start[:, 0] + 1j * start[:, 1]
    for _ in range(200):
        z = z - (z * z * z - 1) / (3 * z * z)
    found = of(NEWTON, start, ())
    assert [a.kind for a in found.attractors] == ["fixed point"] * 3
    roots = np.array([complex(*a.points[0]) for a in found.attractors])
    assert np.abs(roots**3 - 1).max() < 1e-14
    assert np.abs(roots[found.labels - 1] - z).max() < 1e-14
    turned = start @ np.array([[-1 / 2, sqrt(3) / 2], [-sqrt(3) / 2, -1 / 2]])
    assert (
        np.bincount(np.unique(np.c_[found.labels, of(NEWTON, turned, ()).labels], axis=0)[:, 0])[1:].tolist() == [1] * 3
    )
    line = of(NEWTON, np.c_[np.linspace(0.01, 5, 200), np.zeros(200)], ())
    assert (line.labels == 1).all()
    assert np.allclose(line.attractors[0].points, [[1, 0]], rtol=0, atol=1e-14)


@pytest.mark.parametrize("a", [1.1, 1.5, 1.9])
def test_the_basins_of_a_bistable_cubic_map(a):
    """x' = x (a - x²) keeps the sign of x below √a, so ±√(a - 1) take each their side; beyond √(a + 1), |x'| > |x|."""
    side = np.geomspace(1e-6, sqrt(a) - 1e-6, 100)
    far = sqrt(a + 1) + np.array([1e-9, 0.1, 3])
    found = of(CUBIC, np.concatenate([side, -side, far, -far])[:, None], (a,))
    assert found.labels.tolist() == [2] * 100 + [1] * 100 + [0] * 6
    assert [(x.kind, x.label) for x in found.attractors] == [("fixed point", 1), ("fixed point", 2)]
    points = np.array([x.points[0, 0] for x in found.attractors])
    assert np.allclose(points, [-sqrt(a - 1), sqrt(a - 1)], rtol=0, atol=1e-11)
    assert [x.share for x in found.attractors] == [100 / 206] * 2


def test_cycles_of_the_logistic_map():
    """R. M. May, Nature 261, 459-467 (1976): period 2 past r = 3, its points roots of a quadratic; 3 past 1 + √8."""
    x0 = np.concatenate([np.random.default_rng(1).uniform(0, 1, 200), [-1e-9, 1 + 1e-9, 7.0]])[:, None]
    expected = [1] * 200 + [0] * 3
    r = 3.2
    two = of("logistic", x0, (r,))
    assert two.labels.tolist() == expected
    (attractor,) = two.attractors
    assert (attractor.kind, attractor.period) == ("cycle", 2)
    root = sqrt((r - 3) * (r + 1))
    assert np.allclose(attractor.points[:, 0], [(r + 1 - root) / (2 * r), (r + 1 + root) / (2 * r)], rtol=0, atol=1e-12)
    three = of("logistic", x0, (3.83,))
    assert three.labels.tolist() == expected
    # S. H. Strogatz, Nonlinear Dynamics and Chaos, section 10.4: the stable 3-cycle.
    assert np.allclose(three.attractors[0].points[:, 0], [0.15615, 0.50467, 0.95742], rtol=0, atol=1e-5)


def test_lorenz_below_the_onset_of_chaos():
    """E. N. Lorenz, J. Atmos. Sci. 20, 130-141 (1963): ±√(β (ρ - 1)) are stable, and x = y = 0 an orbit."""
    beta, rho = 8 / 3, 14
    rng = np.random.default_rng(2)
    start = np.c_[rng.uniform(-20, 20, (60, 2)), rng.uniform(0, 30, 60)]
    mirrored = start * [-1, -1, 1]
    found = of("lorenz", np.vstack([start, mirrored, [[0, 0, 5]]]), (10, rho, beta, 0.01), 40_000)
    assert found.labels[-1] == -1  # the origin repels, so no proof is found that it attracts
    assert (found.labels[:60] + found.labels[60:120] == 3).all()
    assert [a.kind for a in found.attractors] == ["fixed point"] * 2
    c = sqrt(beta * (rho - 1))
    points = np.array([a.points[0] for a in found.attractors])
    assert np.allclose(points, [[-c, -c, rho - 1], [c, c, rho - 1]], rtol=0, atol=1e-11)
    early = of("lorenz", start, (10, rho, beta, 0.01), 64)
    assert set(early.labels) == {-1}  # undecided, not guessed
    assert early.attractors == ()


def test_symmetric_attractors_stay_apart():
    """The map commutes with (x, y, z) → (y, z, x) and with -1, so both carry labels to labels, one to one."""
    rng = np.random.default_rng(3)
    start = rng.uniform(-4, 4, (100, 3))
    images = [sign * np.roll(start, turn, axis=1) for sign in (1, -1) for turn in range(3)]
    found = of("thomas", np.vstack(images), list(SYSTEMS["thomas"].canonical.values())[3:], 20_000)
    labels = found.labels.reshape(6, 100)
    assert (labels > 0).all()
    assert len(found.attractors) == 8  # two with the threefold symmetry, three images of two without
    assert [a.kind for a in found.attractors] == ["regular"] * 6 + ["chaotic"] * 2  # limit cycles, as invariant circles
    for a, b in permutations(labels, 2):
        assert len(set(zip(a.tolist(), b.tolist(), strict=True))) == 8


def test_escape_is_counted_as_a_loop_counts_it():
    x0 = np.array([0.5, -0.3, 1.0001, 2.0, 1e7, np.nan])[:, None]
    expected = []
    for x in x0[:, 0].tolist():
        n = 0
        while abs(x) <= 1e6 and n < 256:
            x, n = 3.2 * x * (1 - x), n + 1
        expected.append(n)
    found = of("logistic", x0, (3.2,), 256)
    assert found.labels.tolist() == [1, 0, 0, 0, 0, 0]
    assert found.steps.tolist()[1:] == expected[1:]
    assert of("logistic", [[-0.3]], (3.2,), escape=5.0).steps[0] < expected[1]


def test_steps_tell_when_an_orbit_has_come_near():
    """x' = x (a - x²) contracts the distance to √(a - 1) by 3 - 2 a, so ten times nearer is so much earlier."""
    a = 1.1
    x = sqrt(a - 1) + np.array([1e-2, 1e-3])[:, None]
    far, near = of(CUBIC, np.vstack([x, -x]), (a,)).steps[:2]
    assert abs((far - near) - np.log(10) / -np.log(3 - 2 * a)) <= 1.5


@pytest.mark.parametrize("name", SYSTEMS)
def test_neither_threads_nor_slices_matter(name, monkeypatch):
    system = SYSTEMS[name]
    canonical = np.array(list(system.canonical.values()))
    size = system.dimension
    start = canonical[:size] + np.random.default_rng(4).uniform(-1.5, 1.5, (150, size))
    monkeypatch.setattr(module, "CHARTS", 4)
    monkeypatch.setattr(module, "VISITS", 1)
    monkeypatch.setattr(module.motion, "EXPONENT_STEPS", 1 << 10)
    monkeypatch.setattr(module.motion, "WINDOW", 1 << 8)
    one = of(system, start, canonical[size:], 300)
    monkeypatch.setattr(module.follower, "WINDOWS", 1)
    two = of(system, start, canonical[size:], 300, threads=2)
    for found in (one, two):
        assert found.labels.shape == found.steps.shape == (150,)
        assert found.labels.dtype == found.steps.dtype == np.int64
        assert set(found.labels) - {-1, 0} == {a.label for a in found.attractors}
        kinds = [KINDS.index(a.kind) for a in found.attractors]
        assert kinds == sorted(kinds)
    assert np.array_equal(one.labels, two.labels)
    assert np.array_equal(one.steps, two.steps)
    for a, b in zip(one.attractors, two.attractors, strict=True):
        assert (a.kind, a.period, a.share) == (b.kind, b.period, b.share)
        assert np.array_equal(a.points, b.points)


@pytest.mark.parametrize("threads", [1, 2])
def test_it_can_be_stopped_between_slices(threads):
    running = basins(SYSTEMS["standard"], np.ones((1000, 2)), (0.97,), 10**9, threads=threads)
    assert list(islice(running, 3)) == [None] * 3
    running.close()  # would take minutes if it waited for the end


@pytest.mark.parametrize(
    ("name", "parameters", "start"),
    [
        ("logistic", [3.0], np.linspace(0.1, 0.9, 12)[:, None]),  # to a neutral fixed point, like a power of n
        ("lorenz", [10, 28, 8 / 3, 1e-15], np.random.default_rng(5).uniform(-9, 9, (12, 3))),  # a drift, and no more
        ("lorenz", [10, 28, 8 / 3, 0], np.random.default_rng(5).uniform(-9, 9, (12, 3))),  # every point is fixed
    ],
)
def test_what_is_not_shown_is_undecided(name, parameters, start):
    found = of(name, start, parameters, 500)
    assert (found.labels == -1).all()
    assert found.attractors == ()


def test_a_transient_is_not_a_chaotic_attractor():
    """Lorenz at ρ = 22: all but few orbits end at C±, some of them after a million steps that look chaotic."""
    start = square(-20, 20, -20, 20, 6)
    start = np.column_stack([start, np.full(len(start), 20.0)])
    found = of("lorenz", start, (10, 22, 8 / 3, 0.001), 10_000)
    c = sqrt(8 / 3 * 21)
    for attractor in found.attractors:
        assert attractor.kind == "fixed point"
        assert np.allclose(np.abs(attractor.points), [[c, c, 21]], rtol=0, atol=1e-10)


def test_labels_do_not_depend_on_which_points_there_are():
    start = square(-1.5, 1.5, -0.5, 0.5, 24)
    whole = of("henon", start, (1.0645, 0.3))
    for part in (slice(None, None, -1), slice(100, 500), slice(None, None, 3)):
        assert np.array_equal(of("henon", start[part], (1.0645, 0.3)).labels, whole.labels[part])


def test_motions_of_the_standard_map():
    """k = 0.3: tori almost everywhere. k = 8: chaos almost everywhere. Between, an island around (π, 0) in a sea."""
    start = np.random.default_rng(7).uniform(0, 6.28, (200, 2))
    few, many = (of("standard", start, (k,)) for k in (0.3, 8.0))
    assert (few.labels == 1).mean() > 0.8
    assert (few.labels == 2).mean() < 0.01
    assert (many.labels == 2).mean() > 0.97
    island = [[3.14 + x, (0.02 * y) % 6.28] for x in (-0.3, 0.2, 0.4) for y in (1, 2)]
    sea = [[0.01, 0.02], [0.02, 0.01], [6.27, 6.25]]
    assert of("standard", island, (1.5,)).labels.tolist() == [1] * 6
    found = of("standard", sea, (6.0,))
    assert found.labels.tolist() == [2] * 3  # whether or not there is regular motion among them
    assert [(a.label, a.kind, len(a.points)) for a in found.attractors] == [(2, "chaotic", 0)]


def test_a_conservative_map_costs_few_steps(monkeypatch):
    """The whole of a grid that the page asks for by itself, told from a tenth of the steps."""
    taken = []
    original = conservative.motions_in_halves

    def counted(system, start, values, steps, *rest):
        taken.append(len(start) * steps)
        return original(system, start, values, steps, *rest)

    monkeypatch.setattr(conservative, "motions_in_halves", counted)
    of("gingerbreadman", square(-3, 8, -3, 8, 40), (), 10_000)
    assert taken == [1600 * 1000]


def test_orbits_of_a_conservative_map_that_escape():
    """At |b| = 1 Hénon's map keeps area; beyond its bounded set orbits escape, at the n that a loop tells."""
    start, (a, b) = square(-2, 2, -2, 2, 15), (0.2, 1.0)
    found = of("henon", start, (a, b), 2048)
    expected = []
    for x, y in start.tolist():
        n = 0
        while max(abs(x), abs(y)) <= 1e6 and n < 2048:
            x, y, n = 1 - a * x * x + y, b * x, n + 1
        expected.append(n if max(abs(x), abs(y)) > 1e6 else 0)
    escaped = found.labels == 0
    assert escaped.tolist() == [n > 0 for n in expected]
    assert found.steps[escaped].tolist() == [n for n in expected if n]


@pytest.mark.parametrize("name", SYSTEMS)
def test_which_maps_preserve_volume(name):
    parameters = np.array(list(SYSTEMS[name].canonical.values()))[SYSTEMS[name].dimension :]
    assert conservative.preserves_volume(SYSTEMS[name], parameters) == (name in ("standard", "gingerbreadman"))


def test_no_points_and_wrong_shapes():
    assert of("henon", np.empty((0, 2)), (1.4, 0.3)).labels.shape == (0,)
    for start, parameters in (([[0.0]], (1.4, 0.3)), ([[0, 0]], (1.4,)), ([[0, 0]], [[1.4, 0.3], [1.3, 0.3]])):
        with pytest.raises(ValueError, match="parameters"):
            of("henon", start, parameters)


def circle(theta=1, /, omega=0, k=0.5):
    return ((theta + omega - k * sin(theta)) % (2 * pi),)


def damped(theta=1, p=0, /, b=0.5, k=1):
    kicked = b * p - k * sin(theta)
    return (theta + kicked) % (2 * pi), kicked


@pytest.mark.parametrize(
    ("step", "parameters", "expected"),
    [
        (circle, (0, 0.5), [[0]]),
        (circle, (0, 1.5), [[0]]),  # each iterate is on the other side of where the circle closes
        (circle, (pi, 0.5), [[0], [pi]]),
        (damped, (0.5, 1), [[0, 0]]),
    ],
)
def test_a_cycle_where_a_circle_closes_is_reached_from_both_sides(step, parameters, expected):
    system = System(step, "On a circle", "V. I. Arnold, Trans. Am. Math. Soc. Ser. 2 46, 213 (1965)")
    angles = np.linspace(0.05, 2 * pi - 0.05, 64)[:, None]
    found = of(system, np.hstack([angles, np.zeros((64, system.dimension - 1))]), parameters)
    assert found.labels.tolist() == [1] * 64
    (attractor,) = found.attractors
    assert attractor.period == len(expected)
    off = attractor.points - np.array(expected)
    assert (np.abs(off - 2 * pi * np.round(off / (2 * pi))) < 1e-12).all()


def test_motions_in_five_dimensions_look_at_all_records():
    def step(v=0.1, w=0.1, x=0.1, y=0.1, z=0.1, /, a=0.5):
        return a * v * (1 - v), a * w, a * x, a * y, a * z

    system = System(step, "A map of five dimensions", "this test")
    found = finish(motion.motions(system, np.full((2, 5), 0.1), np.array([0.5]), 100, 1))
    assert found.tolist() == ["", ""]


def fading(x=0.1, y=1, /, k=3):
    share = y**16 / (y**16 + 0.7**16)  # from y = 1, a half after 36,000 steps
    return (x + 0.6180339887498949 + k * share * sin(6.283185307179586 * x)) % 1, 0.99999 * y


def test_what_looks_clearly_chaotic_at_first_and_not_later_is_told_by_all_of_its_steps(monkeypatch):
    """A circle map of which the nonlinearity fades: chaotic for some 50,000 steps, and then a rotation."""
    system = System(fading, "Fading circle map", "chaotic at first")
    start = np.column_stack([np.linspace(0, 0.9, 40), np.linspace(0.9, 1, 40)])
    found = of(system, start, (3,), 200)
    assert finish(motion.clearly_chaotic(system, start, np.array([3.0]), 1)).all()
    monkeypatch.setattr(module, "GLANCES", (False,))
    by_all = of(system, start, (3,), 200)
    assert "chaotic" not in [each.kind for each in by_all.attractors]
    assert [found.labels.tolist(), found.steps.tolist()] == [by_all.labels.tolist(), by_all.steps.tolist()]


@pytest.mark.parametrize("name", ["henon", "lozi", "duffing", "ikeda"])
def test_what_is_clearly_chaotic_is_told_at_a_glance_as_by_all_of_its_steps(monkeypatch, name):
    system = SYSTEMS[name]
    start, parameters = square(-1, 1, -1, 1, 8), [system.canonical[each] for each in system.parameters]
    found = of(system, start, parameters, 300)
    assert "chaotic" in [each.kind for each in found.attractors]
    asked = []
    motions = motion.motions
    monkeypatch.setattr(motion, "motions", lambda *about: asked.append(len(about[1])) or motions(*about))
    again = of(system, start, parameters, 300)
    assert not any(asked)
    monkeypatch.setattr(module, "GLANCES", (False,))
    by_all = of(system, start, parameters, 300)
    assert any(asked)
    assert [each.labels.tolist() for each in (again, by_all)] == [found.labels.tolist()] * 2

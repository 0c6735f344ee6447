"""No kernel is compiled when the image runs, whatever CPU it runs on."""

import platform
from io import BytesIO

import httpx
import numpy as np
import pytest

from attractor.api.formats import FORMATS
from attractor.api.formats.table import with_one_nan
from attractor.core.baseline import BASELINES
from attractor.core.catalogue import SYSTEMS
from attractor.core.orbit import short_orbit
from attractor.core.selection import Selection
from tests.conftest import get_patiently
from tests.image.conftest import until_ready
from tests.waiting import until

ANOTHER_CPU = """
import platform
import sys

import llvmlite.binding as llvm

features = llvm.FeatureMap()
features.update(dict.fromkeys(FEATURES, True))
llvm.get_host_cpu_name = lambda: "nocona" if platform.machine() == "x86_64" else "cortex-a53"
llvm.get_host_cpu_features = lambda: features

from numba.core import event


class Tell(event.Listener):
    def on_start(self, event):
        print("COMPILING", event.data["dispatcher"], file=sys.stderr, flush=True)

    def on_end(self, event):
        pass


event.register("numba:compile", Tell())
print("ANOTHER CPU", file=sys.stderr, flush=True)
"""


BASELINE = BASELINES[{"x86_64": "x86-64-v3", "aarch64": "neoverse-n1"}[platform.machine()]]


def cpu_with(features, folder):
    """What makes an interpreter see another CPU than it has, and tell what is compiled."""
    folder.chmod(0o755)
    (folder / "sitecustomize.py").write_text(f"FEATURES = {features!r}\n{ANOTHER_CPU}")
    return {"mounts": {folder: "/srv"}, "PYTHONPATH": "/srv"}


@pytest.fixture(scope="module")
def another_cpu(tmp_path_factory):
    """One that has what the image is compiled for, and no more."""
    return cpu_with(BASELINE, tmp_path_factory.mktemp("probe"))


@pytest.mark.promise("No host compiles the image's kernels, whatever its CPU")
def test_nothing_is_compiled_on_another_cpu(image, another_cpu):
    with image.running(**another_cpu) as container:
        until_ready(container)
        assert "COMPILING" not in container.log()  # before it has so much of it that it ends for want of memory
        for system in SYSTEMS.values():
            values = dict(zip(system.inputs, system.canonical.values(), strict=True))
            for name in FORMATS:
                for steps in (20, 2000):  # answered at once, and by a thread
                    query = {"system": system.name, **values, "precision": "double", "format": name, "steps": steps}
                    answer = get_patiently(f"{container.address}/calculation", params=query)
                    assert answer.status_code == 200, answer.text
            first, last = system.inputs[0], system.inputs[-1]
            swept = {**values, last: f"{values[last]},{values[last] + 0.01}"}
            parameters = {name: swept[name] for name in system.parameters}
            plane = {**values, first: f"{values[first]}:{values[first] + 0.01}:2"}
            analyses = {
                "ensemble": {**values, "steps": 20},
                "ensemble?keep=orbits": {**values, "steps": 20},
                "lyapunov": {**values, "steps": 20},
                "lyapunov?": {**values, first: f"{values[first]}:{values[first] + 0.01}:64", "steps": 20},
                "fixed-points": {name: values[name] for name in parameters},
                "horizon": {**values, "steps": 10},
                "basins": {**plane, "steps": 100},
            }
            if parameters:
                analyses |= {"bifurcation": swept, "bifurcation?continuation=true": swept}
                analyses["picture?of=bifurcation"] = swept
            if system.dimension > 1:
                analyses["picture"] = {**values, "steps": 100}
            for path, query in analyses.items():
                url = f"{container.address}/{path}"
                answer = get_patiently(httpx.URL(url).copy_merge_params({"system": system.name, **query}))
                assert answer.status_code == 200 or "gives no picture" in answer.text, answer.text
        assert "ANOTHER CPU" in container.log()
        assert "COMPILING" not in container.log()
        assert "compiled but not cached" not in container.log()


@pytest.mark.parametrize("unset", [["NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES"], ["NUMBA_CPU_FEATURES"]])
def test_without_the_baseline_something_is(image, another_cpu, unset):
    without = [word for name in unset for word in ("-u", name)]
    with image.running(command=["env", *without, *image.config()["Cmd"]], **another_cpu) as container:
        until(lambda: "COMPILING" in container.log())  # else it would not be seen


@pytest.mark.promise("A CPU below the image's baseline is told what it lacks")
def test_a_cpu_below_the_baseline_is_told_what_it_lacks(image, tmp_path):
    """It would die of SIGILL at the first kernel, which says nothing."""
    with image.running(**cpu_with(BASELINE[:1], tmp_path)) as container:
        assert container.wait(300) == 1
        assert f"This CPU lacks {', '.join(BASELINE[1:])}, which kernels compiled for" in container.log()


VECTORS = """
import numba

@numba.njit(numba.void(numba.float64[::1], numba.float64[::1]))
def scale(a, b):
    for i in range(len(a)):
        a[i] *= b[i]

print(*scale.inspect_asm().values())
"""


@pytest.mark.promise("The image's baseline has vectors")
def test_the_baseline_has_vectors_but_none_that_some_hosts_lack(container):
    code = container.run("python", "-c", VECTORS).stdout
    assert {"x86_64": "ymm", "aarch64": "v0.2d"}[platform.machine()] in code
    assert "zmm" not in code


@pytest.mark.parametrize("system", [system for system in SYSTEMS.values() if system.is_rational], ids=lambda s: s.name)
def test_orbits_have_the_bits_that_they_have_here(container, system):
    values = dict(zip(system.inputs, system.canonical.values(), strict=True))
    query = {"system": system.name, **values, "precision": "double", "format": "npy", "steps": 5000}
    answer = get_patiently(f"{container.address}/calculation", params=query).content
    canonical = tuple(map(float, system.canonical.values()))
    start, parameters = canonical[: system.dimension], canonical[system.dimension :]
    (block,) = short_orbit(system, start, parameters, Selection(5000))
    is_equal = np.load(BytesIO(answer)).tobytes() == with_one_nan(block.rows).tobytes()
    assert is_equal, "other bits"  # that pytest tells apart for hours

"""What a first use loads is not looked through for garbage again and again, and freed memory is given back late."""

import ctypes
import gc
import subprocess
import sys
from types import ModuleType

import pytest

from attractor.api.limits.heap import keep


@pytest.fixture
def frozen():
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("frozen")
def test_what_a_first_use_loads_is_taken_out_of_garbage_collection(monkeypatch):
    loaded = len(sys.modules)
    before = gc.get_freeze_count()
    assert keep(loaded) == loaded
    assert gc.get_freeze_count() == before
    module = ModuleType("loaded_at_a_first_use")
    module.objects = [[] for _ in range(1000)]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    loaded = keep(loaded)
    assert loaded == len(sys.modules)
    assert gc.get_freeze_count() >= before + 1000
    assert not any(each is module.objects for each in gc.get_objects())


@pytest.mark.usefixtures("frozen")
def test_garbage_is_not_kept(monkeypatch):
    monkeypatch.setitem(sys.modules, "loaded_at_a_first_use", ModuleType("loaded_at_a_first_use"))

    class Circular:
        pass

    found = Circular()
    found.itself = found
    del found
    keep(0)
    gc.unfreeze()
    assert not any(type(each) is Circular for each in gc.get_objects())


ARRAYS = """
import asyncio, resource
import numpy as np
from attractor.api.limits.heap import give_back

def arrays():
    return [np.ones(1 << 18) for _ in range(16)]  # 32 MiB, in blocks too small for huge pages

def faults():
    arrays()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        arrays()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

async def main():
    giving_back = asyncio.ensure_future(give_back())
    await asyncio.sleep(0)
    print(await asyncio.to_thread(faults))

asyncio.run(main())
"""


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="other C libraries than glibc have ways of their own"
)
def test_arrays_that_go_leave_their_memory_to_those_that_come():
    ran = subprocess.run([sys.executable, "-c", ARRAYS], capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 4_096  # half of the pages of one time

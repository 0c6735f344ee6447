"""What is loaded at a first use is not looked through for garbage again and again."""

import gc
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

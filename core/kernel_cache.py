"""Where compiled kernels lie on disk, and what makes one stale.

Numba's own locators need a writable folder even to read, and know a function by the file that holds it. A
kernel here is a template bound to a step function, so its freshness is the text of the step and of the
template's module: it hits wherever the package was copied to, read-only or not, and misses when either was edited.
"""

import hashlib
import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from numba.core.caching import _CacheLocator

config: Any = importlib.import_module("numba.core.config")  # its settings are set at run time, which no type tells

_STAMP = "__kernel_stamp__"


def stamp(kernel: Any, *sources: Callable[..., Any] | ModuleType) -> None:
    """Tie the cached code of `kernel` to the text of `sources`."""
    text = "\n".join(inspect.getsource(source) for source in sources)
    setattr(kernel, _STAMP, hashlib.sha256(text.encode()).hexdigest())


class KernelLocator(_CacheLocator):
    """Finds a stamped kernel under NUMBA_CACHE_DIR, or else beside this file."""

    def __init__(self, kernel: Any) -> None:
        self._kernel = kernel

    def get_cache_path(self) -> str:
        return str(config.CACHE_DIR or Path(__file__).parent / "__pycache__")

    def get_source_stamp(self) -> str:
        return str(getattr(self._kernel, _STAMP))

    def get_disambiguator(self) -> str:
        return self.get_source_stamp()[:12]

    @classmethod
    def from_function(cls, py_func: Any, _: str) -> "KernelLocator | None":
        return cls(py_func) if hasattr(py_func, _STAMP) else None


config.CACHE_LOCATOR_CLASSES = f"{__name__}.{KernelLocator.__name__}"

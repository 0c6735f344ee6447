"""How kernels are compiled, where they lie on disk, and what makes one stale.

Numba's own cache locators need a writable folder even to read, and know a function by the file that holds it. A
kernel here is a template bound to others (a system's step, say), so its freshness is the text of all of them: it
hits wherever the package was copied to, read-only or not, and misses when any of it was edited.
"""

import hashlib
import importlib
import inspect
import logging
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numba
from numba.core.caching import _CacheLocator
from numba.core.codegen import get_host_cpu_features

from core.slicing import uncounted

_STAMP = "__kernel_stamp__"

jit: Any = partial(numba.njit, error_model="numpy", fastmath=False, nogil=True)
"""Numba under strict IEEE 754: division by zero gives an infinity or nan, and nothing is fused or reordered."""


@uncounted()
def compiled(
    template: Callable[..., Any],
    name: str,
    signature: tuple[Any, ...],
    *sources: Callable[..., Any] | ModuleType | str,
    **bound: Any,
) -> Any:
    """`template` compiled for `signature` as `name`, or loaded from the cache on disk.

    `bound` replaces the template's globals of those names; `sources` are the functions, modules or texts that they
    were made from.
    Where the cache cannot be used the kernel is compiled all the same, and a warning logged, once for all.
    """
    function = FunctionType(template.__code__, {**template.__globals__, **bound}, name)
    function.__qualname__ = name
    modules = sys.modules[__name__], sys.modules[template.__module__]
    setattr(function, _STAMP, _digest(*modules, *sources))
    dispatcher = jit(function, cache=True)
    try:
        dispatcher.compile(signature)
    except OSError as error:
        _warn(f"{type(error).__name__}, {error.strerror}")
        if not dispatcher.overloads:  # it could not even be looked for in the cache
            dispatcher = jit(function)
            dispatcher.compile(signature)
    dispatcher.disable_compile()
    return dispatcher


@cache
def _warn(reason: str) -> None:
    """Once for each reason: what one kernel meets, the others do too."""
    logging.getLogger(__name__).warning("kernels are compiled but not cached in %s: %s", _folder(), reason)


def _digest(*sources: Callable[..., Any] | ModuleType | str) -> str:
    return hashlib.sha256("\n".join(map(_text, sources)).encode()).hexdigest()


def _text(source: Callable[..., Any] | ModuleType | str) -> str:
    """What `source` says, and where, since a cached kernel imports what it was made from."""
    if isinstance(source, str):
        return source
    name = source.__name__ if isinstance(source, ModuleType) else source.__module__
    return f"{name}\n{inspect.getsource(source)}"


_config: Any = importlib.import_module("numba.core.config")  # its settings are set at run time, which no type tells


def _folder() -> str:
    return str(_config.CACHE_DIR or Path(__file__).parent / "__pycache__")


class KernelLocator(_CacheLocator):  # type: ignore[misc]
    """Finds a kernel under NUMBA_CACHE_DIR, or else beside this file."""

    def __init__(self, kernel: Any) -> None:
        self._kernel = kernel

    def get_cache_path(self) -> str:
        return _folder()

    def get_source_stamp(self) -> str:
        return str(getattr(self._kernel, _STAMP))

    def get_disambiguator(self) -> str:
        return self.get_source_stamp()[:12]

    @classmethod
    def from_function(cls, py_func: Any, _: str) -> "KernelLocator | None":
        return cls(py_func) if hasattr(py_func, _STAMP) else None


_config.CACHE_LOCATOR_CLASSES = ",".join(
    [
        f"{__name__}.{KernelLocator.__name__}",
        *("UserProvidedCacheLocator", "InTreeCacheLocator", "UserWideCacheLocator"),  # for what others compile
    ]
)

if _config.CPU_NAME is None and _config.CPU_FEATURES is None and "+avx512f" in get_host_cpu_features():
    _config.CPU_FEATURES = f"{get_host_cpu_features()},-prefer-256-bit"  # lanes fill the widest vectors that there are

"""How kernels are compiled, and what makes a cached one stale.

A kernel here is a template bound to others (a system's step, say), so its freshness is the text of all of them: it
hits wherever the package was copied to, read-only or not, and misses when any of it was edited.

To import it raises TooOld on a CPU that kernels are not for.
"""

import hashlib
import inspect
import logging
import pickle
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from secrets import randbits
from types import FunctionType, ModuleType
from typing import Any

import llvmlite
import numba
from llvmlite.binding import get_host_cpu_name
from numba.core.bytecode import FunctionIdentity
from numba.core.codegen import get_host_cpu_features
from numba.core.compiler import CompileResult
from numba.core.runtime import rtsys

from attractor.core import kernel_files
from attractor.core.baseline import check_cpu
from attractor.core.compiler import COMPILER, Unavailable, serialize
from attractor.core.kernel_files import Damaged, config
from attractor.core.slicing import uncounted

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
    dispatcher = jit(function)
    dispatcher._cache = _Cache(dispatcher, _digest(*modules, *sources))
    dispatcher.compile(signature)
    dispatcher.disable_compile()
    return dispatcher


class _Cache:
    """What Numba asks for a kernel before it compiles it, and gives it once it has."""

    def __init__(self, dispatcher: Any, stamp: str) -> None:
        self._dispatcher = dispatcher
        self._stamp = stamp

    def load_overload(self, signature: tuple[Any, ...], target: Any) -> Any:
        """The kernel from disk, or from a process that compiles it; None where this one has to."""
        rtsys.initialize(target)  # all of a context that a loaded kernel links to; what compiles refreshes the rest
        name, key = self._name(), self._key(signature, target)
        try:
            if payload := kernel_files.read(name, key):
                return _rebuilt(target, payload)
        except Damaged as file:
            kernel_files.warn_damaged(str(file))
        try:
            payload = COMPILER.compile(self._dispatcher, signature)
            found = _rebuilt(target, payload)
        except (Unavailable, Damaged) as reason:
            logging.getLogger(__name__).info("%s is compiled in this process: %s", name, reason)
            return None
        kernel_files.write(name, key, payload)
        return found

    def save_overload(self, signature: tuple[Any, ...], found: Any) -> None:
        if not found.library.has_dynamic_globals:
            kernel_files.write(self._name(), self._key(signature, found.target_context), serialize(found))

    def _name(self) -> str:
        function = self._dispatcher.py_func
        return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"

    def _key(self, signature: tuple[Any, ...], target: Any) -> str:
        """All that the compiled code depends on."""
        versions = sys.version, numba.__version__, llvmlite.__version__
        bounds = config.BOUNDSCHECK
        return repr((self._name(), self._stamp, signature, *versions, bounds, target.codegen().magic_tuple()))


def _rebuilt(target: Any, payload: bytes) -> Any:
    """The kernel of a payload. Raises Damaged where it holds none, of these versions of Numba and Python; MemoryError
    where there is no room for one, which says nothing of the payload."""
    try:
        return CompileResult._rebuild(target, *pickle.loads(payload))  # noqa: S301  # no other user can write it
    except MemoryError:
        raise
    except Exception as error:  # whatever bytes can do to these
        raise Damaged(f"a kernel that cannot be loaded ({type(error).__name__}: {error})") from error


def _digest(*sources: Callable[..., Any] | ModuleType | str) -> str:
    return hashlib.sha256("\n".join(map(_text, sources)).encode()).hexdigest()


def _text(source: Callable[..., Any] | ModuleType | str) -> str:
    """What `source` says, and where, since a cached kernel imports what it was made from."""
    if isinstance(source, str):
        return source
    name = source.__name__ if isinstance(source, ModuleType) else source.__module__
    return f"{name}\n{inspect.getsource(source)}"


check_cpu()

if config.CPU_NAME is None and config.CPU_FEATURES is None and "+avx512f" in get_host_cpu_features():
    # Lanes fill the widest vectors that there are; AMD's gathers take longer than one load after the other.
    slow = ",+prefer-no-gather" if get_host_cpu_name().startswith("znver") else ""
    config.CPU_FEATURES = f"{get_host_cpu_features()},-prefer-256-bit{slow}"

FunctionIdentity._unique_ids = count(randbits(48))
"""A number in the symbol of each function that is compiled, by which those of one name are told apart. Where a function
is not inlined, LLVM takes the first of a symbol that was loaded for all kernels; so kernels that come from different
processes may not count alike."""

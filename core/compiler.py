"""A process that compiles kernels for another and ends: compiling takes memory that LLVM never gives back.

It is asked through its standard input, answers through its standard output, and ends with whoever started it.
"""

import atexit
import logging
import os
import pickle
import resource
import select
import signal
import subprocess
import sys
import warnings
from struct import Struct
from threading import Lock, Thread
from typing import IO, Any, cast

from llvmlite.binding import parse_assembly
from numba.core.serialize import dumps

IDLE = 5.0
"""Seconds without a request after which it ends."""
MOST = 300 << 20
"""Bytes of resident memory above which it ends: another takes its place."""

_SIZE = Struct("<Q")
_SERVE = "import sys; sys.path[:] = {path!r}; from attractor.core import compiler, compiling; compiler.serve()"


class Unavailable(Exception):
    """The process cannot be started, or it failed; the message says which."""


class Compiler:
    """The process of this one: started when it is needed, and again when it has ended."""

    def __init__(self) -> None:
        self.is_apart = True
        """False in a process that compiles for itself, as one may that ends when it has compiled."""
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def compile(self, dispatcher: Any, signature: tuple[Any, ...]) -> bytes:
        """`dispatcher`'s code for `signature`, serialized. Raises Unavailable."""
        if not self.is_apart:
            raise Unavailable("it ends when it has compiled")
        request = dumps((dispatcher, signature))
        with self._lock:
            try:
                content = self._ask(request)
            except (EOFError, BrokenPipeError):  # it had ended meanwhile, as it does when it is idle
                self.end()
                try:
                    content = self._ask(request)
                except (EOFError, OSError) as error:
                    self.end()
                    raise Unavailable(f"the process that compiles has failed ({type(error).__name__})") from None
            except OSError as error:
                raise Unavailable(f"no process that compiles can be started ({error.strerror})") from None
        payload, reason, warned = pickle.loads(content)  # noqa: S301  # from a child of this process
        for warning in warned:
            warnings.warn_explicit(*warning)
        if payload is None:
            raise Unavailable(reason)
        return payload  # type: ignore[no-any-return]

    def end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
            _require(process.stdin).close()
            _require(process.stdout).close()

    def _ask(self, request: bytes) -> bytes:
        if self._process is None or self._process.poll() is not None:
            self.end()
            self._process = _start()
        _send(_require(self._process.stdin), request)
        return _receive(_require(self._process.stdout))


def _start() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", _SERVE.format(path=[os.path.abspath(path) for path in sys.path])]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    process = subprocess.Popen(command, bufsize=0, **pipes)  # type: ignore[call-overload]  # noqa: S603
    Thread(target=_relay, args=(process,), name="compiler", daemon=True).start()
    return process  # type: ignore[no-any-return]


def _relay(process: subprocess.Popen[bytes]) -> None:
    """Logs what the process says, and waits for its end."""
    with _require(process.stderr) as said:
        for line in said:
            logging.getLogger(__name__).warning("the process that compiles says: %s", line.decode(errors="replace"))
    process.wait()


def _require(pipe: IO[bytes] | None) -> IO[bytes]:
    """The pipe, which exists since it was asked for."""
    if pipe is None:
        raise Unavailable("a process without pipes")
    return pipe


def _send(pipe: IO[bytes], content: bytes) -> None:
    left = memoryview(_SIZE.pack(len(content)) + content)
    while left:
        left = left[pipe.write(left) :]


def _receive(pipe: IO[bytes]) -> bytes:
    """Receives one message. Raises EOFError where the other end is closed."""
    (size,) = _SIZE.unpack(_read(pipe, _SIZE.size))
    return _read(pipe, size)


def _read(pipe: IO[bytes], size: int) -> bytes:
    content = bytearray()
    while len(content) < size:
        if not (piece := pipe.read(size - len(content))):
            raise EOFError
        content += piece
    return bytes(content)


def serialize(kernel: Any) -> bytes:
    """A compiled kernel as `CompileResult._rebuild` takes it, with the least to load.

    Of the code that would be linked into others only the names are kept that Numba looks up, since no kernel calls
    another; and the environments of Numba's own functions go, whose modules would be imported: without constants, only
    exceptions with values are made by them, and those functions raise none.
    """
    (library, kind, (code, _)), description, *rest, environments = kernel._reduce()
    names = description.llvm_func_name, description.llvm_cpython_wrapper_name, description.llvm_cfunc_wrapper_name
    named = parse_assembly("".join(f'@"{name}" = global i8 0\n' for name in names)).as_bitcode()
    read = tuple(each for each in environments if each.consts or not each.globals["__name__"].startswith("numba."))
    return cast(bytes, dumps(((library, kind, (code, named)), description, *rest, read)))


def serve() -> None:
    """Answers until nothing has been asked for a while, or its standard input is closed."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # meant for who asks, whose end ends this
        signal.signal(each, signal.SIG_IGN)
    asking = os.fdopen(0, "rb", buffering=0, closefd=False)
    answering = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what is printed is no answer
    while select.select([asking], [], [], IDLE)[0]:
        try:
            _send(answering, _answer(_receive(asking)))
        except (EOFError, BrokenPipeError):
            return
        if _resident() > MOST:
            return


def _answer(request: bytes) -> bytes:
    payload, reason = None, ""
    with warnings.catch_warnings(record=True) as caught:
        try:
            dispatcher, signature = pickle.loads(request)  # noqa: S301  # from this one's parent
            dispatcher.compile(signature)
            (compiled,) = dispatcher.overloads.values()
            payload = serialize(compiled)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
    warned = [(str(each.message), each.category, each.filename, each.lineno) for each in caught]
    return pickle.dumps((payload, reason, warned))


def _resident() -> int:
    """The most that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1 << 10)


COMPILER = Compiler()
atexit.register(COMPILER.end)

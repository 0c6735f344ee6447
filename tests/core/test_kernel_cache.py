"""Kernels on disk: what is damaged is replaced, what another user can write is not read; and who compiles them."""

import logging
import os
import pickle
import subprocess
import sys
from math import sin
from pathlib import Path

import numba
import pytest

from attractor.core import compiling, kernel_files
from attractor.core.compiler import COMPILER
from attractor.core.compiling import compiled, jit
from attractor.core.kernel_files import Damaged, read, write
from tests.conftest import ROOT
from tests.waiting import until

NAMES = ("one", "key", b"some bytes")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(kernel_files, "_said", set())
    return tmp_path / "cache" / "kernels"


@pytest.fixture
def asked(monkeypatch):
    """The kernels that had to be compiled."""
    found, compile_apart = [], COMPILER.compile
    monkeypatch.setattr(COMPILER, "compile", lambda *each: found.append(each) or compile_apart(*each))
    return found


def successor(x):
    return x + 1


def use():
    assert compiled(successor, "successor", (numba.float64,))(1.0) == 2.0


@jit
def refuse(x):
    raise ValueError("too great", x)


def bounded(x):
    if x > 9:
        refuse(x)
    return x


def test_what_a_kernel_from_disk_raises_has_its_values(folder):
    for _ in range(2):
        kernel = compiled(bounded, "bounded", (numba.float64,))
        assert kernel(9.0) == 9.0
        with pytest.raises(ValueError, match=r"'too great', 10\.0"):
            kernel(10.0)
    assert [*folder.iterdir()]


def warnings(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.promise("A kernel's file that is damaged is replaced")
def test_a_bit_that_is_another_is_noticed_wherever_it_is(folder):
    write(*NAMES)
    (file,) = folder.iterdir()
    content = file.read_bytes()
    assert read(*NAMES[:2]) == NAMES[2]
    for bit in range(8 * len(content)):
        spoilt = bytearray(content)
        spoilt[bit // 8] ^= 1 << bit % 8
        file.write_bytes(spoilt)
        with pytest.raises(Damaged):
            read(*NAMES[:2])
    for size in range(len(content)):
        file.write_bytes(content[:size])
        with pytest.raises(Damaged):
            read(*NAMES[:2])
    file.write_bytes(content + b"\0")
    with pytest.raises(Damaged):
        read(*NAMES[:2])


def emptied(file):
    file.write_bytes(b"")


def cut(file):
    file.write_bytes(file.read_bytes()[:-100])


def another(file):
    """A sound file of another kernel."""
    write("another", "key", pickle.dumps("something else"))
    (other,) = file.parent.glob("another*")
    other.rename(file)


def linked(file):
    file.rename(file.parent.parent / "elsewhere")
    file.symlink_to(file.parent.parent / "elsewhere")


def linked_to_what_all_can_write(file):
    file.unlink()
    file.symlink_to("/dev/zero")


def grown(file):
    """By more than there is memory, of which the disk holds nothing."""
    os.truncate(file, 1 << 40)


def piped(file):
    file.unlink()
    os.mkfifo(file, 0o644)


def foreign(file):
    """Sound as a file, but of another version of what wrote it."""
    content = file.read_bytes()
    size = len(kernel_files.MAGIC) + 32
    read_before = kernel_files._head

    def head(key, payload):
        return content[:size] if payload == b"nonsense" else read_before(key, payload)

    kernel_files._head = head
    file.write_bytes(content[:size] + b"nonsense")


@pytest.mark.parametrize("spoil", [emptied, cut, another, linked, linked_to_what_all_can_write, grown, piped, foreign])
def test_a_damaged_file_is_replaced_with_one_warning(folder, asked, caplog, monkeypatch, spoil):
    monkeypatch.setattr(kernel_files, "_head", kernel_files._head)
    use()
    (file,) = folder.iterdir()
    sound = file.read_bytes()
    spoil(file)
    use()
    use()
    assert len(asked) == 2
    assert len(warnings(caplog)) == 1, warnings(caplog)
    assert str(folder) in warnings(caplog)[0]
    assert not file.is_symlink()
    assert file.read_bytes()[: len(kernel_files.MAGIC)] == sound[: len(kernel_files.MAGIC)]


def test_where_a_folder_has_the_name_of_a_kernel_it_is_not_left_open(folder):
    write(*NAMES)
    (file,) = folder.iterdir()
    file.unlink()
    file.mkdir()
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(Damaged):
        read(*NAMES[:2])
    assert len(os.listdir("/proc/self/fd")) == before


def writable_folder(file):
    file.parent.chmod(0o775)


def writable_by_all(file):
    file.parent.chmod(0o1777)


def writable_file(file):
    file.chmod(0o664)


def file_of_another(file):
    os.chown(file, 12345, -1)


def folder_of_another(file):
    os.chown(file.parent, 12345, -1)


def linked_folder(file):
    real = file.parent.rename(file.parent.parent / "real")
    real.chmod(0o777)
    (file.parent.parent / "kernels").symlink_to(real)


@pytest.mark.promise("What another user can write is no kernel: it is neither read nor written, which is said once")
@pytest.mark.parametrize(
    "open_up", [writable_folder, writable_by_all, writable_file, file_of_another, folder_of_another, linked_folder]
)
def test_what_another_user_can_write_is_neither_read_nor_written_and_that_is_said_once(folder, asked, caplog, open_up):
    if "of_another" in open_up.__name__ and os.geteuid():
        pytest.skip("only root can give a file away")
    use()
    (file,) = folder.iterdir()
    open_up(file)
    before = file.stat().st_mtime_ns, file.stat().st_ino
    use()
    use()
    assert len(asked) == 3
    assert len(warnings(caplog)) == 1, warnings(caplog)
    assert str(folder) in warnings(caplog)[0]
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("umask", [0, 0o002])
def test_others_cannot_write_what_is_made_whatever_the_umask(folder, asked, caplog, umask):
    before = os.umask(umask)
    try:
        use()
        use()
    finally:
        os.umask(before)
    assert len(asked) == 1
    for path in (folder, *folder.iterdir()):
        assert not path.stat().st_mode & 0o022
    assert warnings(caplog) == []


@pytest.mark.promise("Kernels are compiled in a process that ends, so the service holds no memory for it")
def test_a_kernel_is_compiled_in_another_process(folder):
    """Whose end gives back the memory that it took: Numba tells of each compilation in this one."""
    code = """
import sys
from numba.core import event
from attractor.core.kernel import orbit_kernel
from attractor.core.ensemble import advance_kernel
from attractor.core.catalogue import SYSTEMS

class Tell(event.Listener):
    def on_start(self, event):
        print("COMPILING")
    def on_end(self, event):
        pass

event.register("numba:compile", Tell())
for kernel in (orbit_kernel, advance_kernel):
    kernel(SYSTEMS["henon"])
"""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder.parent)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(list(folder.iterdir())) == 2


def test_where_that_process_has_ended_another_is_started(folder, asked, caplog):
    use()
    COMPILER._process.kill()
    COMPILER._process.wait()
    for file in folder.iterdir():
        file.unlink()
    use()
    assert len(asked) == 2
    assert len(list(folder.iterdir())) == 1
    assert warnings(caplog) == []


def test_where_none_can_be_started_this_process_compiles(folder, monkeypatch, caplog):
    COMPILER.end()
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    use()
    assert len(list(folder.iterdir())) == 1
    use()
    assert warnings(caplog) == []


STARTING = """
from attractor.core.compiler import COMPILER
from attractor.core.kernel import orbit_kernel
from attractor.core.catalogue import SYSTEMS
orbit_kernel(SYSTEMS["logistic"])
print(COMPILER._process.pid, flush=True)
input()
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's /proc")
def test_it_ends_with_the_process_that_started_it(folder):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder.parent)}
    command, pipe = [sys.executable, "-c", STARTING], subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True) as process:
        child = int(process.stdout.readline())
        process.kill()
    until(lambda: not lives(child))


def lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def shifting(by):
    """A function that is too long to be inlined."""
    found = {"sin": sin, "by": by, "__name__": __name__}
    exec("def shift(x):\n" + "    x = x + sin(x) / 2\n" * 60 + "    return x + by\n", found)  # noqa: S102
    return found["shift"]


def shift(x):
    return x


def shifted(x):
    return shift(x) - shift(-x) + shift(2 * x)


@pytest.mark.usefixtures("folder")
def test_kernels_of_different_processes_keep_functions_of_the_same_name_apart():
    """One that is not inlined is a symbol, and of a symbol the first that is loaded would serve all."""
    for by in (1.0, 20.0):
        COMPILER.end()  # so that a new process counts functions anew
        kernel = compiled(shifted, f"shifted_{by:.0f}", (numba.float64,), str(by), shift=jit(shifting(by)))
        plain = shifting(by)
        assert kernel(0.5) == pytest.approx(plain(0.5) - plain(-0.5) + plain(1.0), abs=1e-9)


def test_where_memory_ends_a_kernel_is_not_taken_for_damaged(monkeypatch):
    def filled(*_):
        raise MemoryError

    monkeypatch.setattr("attractor.core.compiling.pickle.loads", filled)
    with pytest.raises(MemoryError):
        compiling._rebuilt(None, b"")

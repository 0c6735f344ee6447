"""The command `attractor` but for `serve`: most in this process, which has loaded kernels; what is quick apart."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from attractor.api.endpoints.analyses import RESOURCES
from attractor.api.endpoints.systems import example_path
from attractor.client.remote import TRIES
from attractor.client.urls import read_url
from attractor.commands import CODES, DIFFERS, FAILED, INTERRUPTED, LEFT, REFUSED, UNREACHABLE, USAGE, run
from attractor.core.catalogue import SYSTEMS
from tests.client.service import Sent, sending
from tests.conftest import ROOT
from tests.corpus.requests import requests
from tests.waiting import until

HENON = "system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
ORBIT = f"/calculation?{HENON}"
LORENZ = "/calculation?x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1&delta_t=2"
LONG = f"{ORBIT}&steps=900000000&format=npy"
COMPUTING = [resource.path for resource in RESOURCES]


@pytest.fixture
def attractor(capfdbinary):
    """The exit code of a command, and what it writes."""

    def ran(*arguments: str) -> tuple[int, bytes, str]:
        with pytest.raises(SystemExit) as end:
            run(arguments)
        sys.stdout.flush()
        out, error = capfdbinary.readouterr()
        return end.value.code or 0, out, error.decode()

    return ran


def started(*arguments: str, **options) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "attractor", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


CORPUS = [each for each in requests() if each.method == "GET" and not each.headers and not each.raw]
ASKED = [each.target for each in CORPUS if read_url(each.target).path in COMPUTING and len(each.target) < 2_000]
SAMPLE = [target for target in ASKED if not target.startswith("//")][::17]  # which httpx takes for a host


def test_the_sample_of_the_corpus_asks_for_everything():
    assert {read_url(target).path for target in SAMPLE} == set(COMPUTING)
    assert len(SAMPLE) > 30


@pytest.mark.parametrize("target", SAMPLE)
def test_an_answer_is_the_services_byte_for_byte_and_a_refusal_names_the_same_culprits(attractor, client, target):
    theirs = client.get(target)
    code, out, error = attractor("get", target)
    if theirs.status_code == 200:
        assert (code, out, error) == (0, theirs.content, "")
        return
    assert (code, out) == (REFUSED, b"")
    told = theirs.json()
    named = [line.split()[0] for line in error.splitlines()[1:]]
    assert named == [fault["parameter"] for fault in told["errors"]]
    assert all(fault["problem"] in error and fault["allowed"] in error for fault in told["errors"])


QUICK = [ORBIT, f"{ORBIT}&format=csv", f"{ORBIT}&include_start=true&steps=16000&skip=10&every=7", LORENZ]
QUICK += [f"{ORBIT}&precision=decimal&digits=50", f"{ORBIT}&steps=12&format=columns", f"{ORBIT}&format=ndjson"]
QUICK += [example_path(system) for system in SYSTEMS.values() if system.is_rational]


def test_short_orbits_load_no_library_but_two_and_have_the_same_bytes(client):
    """One process for all of them; neither NumPy nor Numba is there, nor what progress and threads need."""
    code = (
        "import sys; before = {*sys.modules}; import attractor.commands as c, attractor.client.ahead as ahead\n"
        "ahead.PATIENCE = 3600\n"  # however busy the machine is, none takes long
        "for url in sys.argv[1:]:\n"
        "    try: c.run(['get', url])\n"
        "    except SystemExit as end: assert not end.code\n"
        "    sys.stdout.buffer.write(b'\\n--\\n')\n"
        "late = {'asyncio', 'concurrent', 'email', 'http.client', 'logging', 'multiprocessing', 'subprocess'}\n"
        "print(*sorted({each.partition('.')[0] for each in {*sys.modules} - before} - sys.stdlib_module_names),"
        "*late & ({*sys.modules} - before))"
    )
    done = subprocess.run([sys.executable, "-c", code, *QUICK], cwd=ROOT, capture_output=True, check=True)
    *answers, loaded = done.stdout.split(b"\n--\n")
    assert {*loaded.decode().split()} <= {"attractor", "click", "msgspec", "typing_extensions"}
    for url, answer in zip(QUICK, answers, strict=True):
        assert answer == client.get(url).content, url


def test_arrow_npy_and_parquet_of_the_plain_step_have_the_same_bytes(client):
    """In a process of their own, which has loaded no kernel: NumPy and pyarrow write what the plain step computes."""
    code = (
        "import sys\nfrom attractor.client.local import read\nfrom attractor.client.urls import read_url\n"
        "for url in sys.argv[1:]:\n"
        "    asked = read_url(url)\n"
        "    print(b''.join(filter(None, read(asked.path, asked.raw).chunks())).hex())\n"
        "print(*{'attractor.core.kernel', 'pandas'} & {*sys.modules})"
    )
    urls = [f"{ORBIT}&steps=9999&every=3&include_start=true&format={form}" for form in ("arrow", "npy", "parquet")]
    done = subprocess.run([sys.executable, "-c", code, *urls], cwd=ROOT, capture_output=True, check=True, text=True)
    *answers, loaded = done.stdout.split("\n")[:-1]
    assert not loaded
    for url, answer in zip(urls, answers, strict=True):
        assert bytes.fromhex(answer) == client.get(url).content, url


@pytest.mark.parametrize("host", ["", "https://gone.example", "gone.example", "http://127.0.0.1:1"])
def test_the_host_of_a_url_is_not_asked(attractor, client, host):
    assert attractor("get", f"{host}{ORBIT}") == (0, client.get(ORBIT).content, "")


@pytest.mark.parametrize("ending", ["json", "ndjson", "csv", "arrows", "npy", "parquet", "CSV"])
@pytest.mark.parametrize("at", [False, True])
def test_the_ending_of_a_file_is_the_format_where_the_url_names_none(attractor, client, address, tmp_path, ending, at):
    form = {"arrows": "arrow"}.get(ending, ending.lower())
    file = tmp_path / f"orbit.{ending}"
    assert attractor("get", ORBIT, "-o", str(file), *(["--at", address] if at else [])) == (0, b"", "")
    assert file.read_bytes() == client.get(f"{ORBIT}&format={form}").content
    assert os.listdir(tmp_path) == [file.name]


def test_a_picture_goes_by_its_ending(attractor, client, tmp_path):
    url = f"/picture?{HENON}&steps=500&width=160&height=120"
    assert attractor("get", url, "-o", str(tmp_path / "henon.svg"))[0] == 0
    assert (tmp_path / "henon.svg").read_bytes() == client.get(f"{url}&format=svg").content


@pytest.mark.parametrize(
    ("url", "name", "told"),
    [
        (ORBIT, "orbit", "known here are .json, .ndjson, .csv, .arrows, .npy, .parquet"),
        (ORBIT, "orbit.png", "known here are .json"),
        (f"/fixed-points?{HENON.replace('x0=0.1&y0=0&', '')}", "points.npy", "known here are"),
        (f"/picture?{HENON}", "henon.csv", "known here are .png, .svg"),
        (f"{ORBIT}&format=csv", "orbit.parquet", "the URL asks for csv, and"),
    ],
)
def test_a_wrong_ending_is_refused_and_nothing_written(attractor, tmp_path, url, name, told):
    (tmp_path / name).write_bytes(b"old")
    code, out, error = attractor("get", url, "-o", str(tmp_path / name))
    assert (code, out) == (USAGE, b"")
    assert told in error
    assert (tmp_path / name).read_bytes() == b"old"
    assert os.listdir(tmp_path) == [name]


def test_a_name_that_tells_no_format_holds_what_the_url_asks_for(attractor, client, tmp_path):
    url = f"{ORBIT}&format=csv"
    assert attractor("get", url, "-o", str(tmp_path / "orbit.txt"))[0] == 0
    assert (tmp_path / "orbit.txt").read_bytes() == client.get(url).content


@pytest.mark.parametrize("name", ["missing/orbit.csv", "folder.csv", "/proc/orbit.csv"])
def test_a_file_that_cannot_be_written_is_told_in_one_line(attractor, tmp_path, name):
    (tmp_path / "folder.csv").mkdir()
    code, out, error = attractor("get", ORBIT, "-o", str(tmp_path / name))
    assert (code, out) == (FAILED, b"")
    assert error.count("\n") == 1
    assert f"{Path(name).name}: " in error
    assert ".part" not in error


@pytest.mark.parametrize("name", ["orbit.csv", "/dev/full", "-"])
def test_a_disk_that_is_full_is_told_with_the_file_and_nothing_of_it_stays(tmp_path, name):
    """Of as many bytes as a file may have: the least of what a full disk refuses, without a disk to fill."""
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (700, 1 << 40))"
    code = f"{limited}\nfrom attractor.__main__ import main; main()"
    file = "/dev/full" if name == "-" else tmp_path / name
    command = [sys.executable, "-c", code, "get", ORBIT, "-o", "-" if name == "-" else str(file)]
    kept = os.environ | {"PYTHONPATH": str(ROOT)}
    with open("/dev/full" if name == "-" else os.devnull, "wb") as out:
        done = subprocess.run(command, cwd=tmp_path, env=kept, stdout=out, stderr=subprocess.PIPE, text=True)
    told = "File too large" if name == "orbit.csv" else "No space left on device"
    named = "stdout" if name == "-" else file
    assert (done.returncode, done.stderr) == (FAILED, f"attractor: {named}: {told}\n")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("at", [False, True])
def test_a_refusal_leaves_a_file_as_it_was(attractor, address, tmp_path, at):
    file = tmp_path / "orbit.npy"
    file.write_bytes(b"old")
    code, _, error = attractor("get", LORENZ, "-o", str(file), *(["--at", address] if at else []))
    assert code == REFUSED
    assert "format holds doubles only, and this orbit leaves their range" in error
    assert file.read_bytes() == b"old"
    assert os.listdir(tmp_path) == [file.name]


def test_what_computes_nowhere_is_refused_with_what_does(attractor):
    code, _, error = attractor("get", "/calculate?x=1")
    assert code == REFUSED
    assert "nothing computes at /calculate; the nearest is /calculation" in error


def test_a_url_that_is_too_long_is_refused_as_by_the_service(attractor):
    code, _, error = attractor("get", f"{ORBIT}&x={'1' * 17_000}")
    assert code == REFUSED
    assert "query is too long" in error


def test_a_service_that_does_not_answer_is_told_in_one_line(attractor, tmp_path):
    with sending(Sent(200, {"content-length": "9"}, b"half")) as (address, _):
        code, _, error = attractor("get", ORBIT, "--at", address, "-o", str(tmp_path / "orbit.csv"))
    assert code == UNREACHABLE
    assert "breaks off after 4 of 9 bytes" in error
    assert os.listdir(tmp_path) == []
    code, _, error = attractor("get", ORBIT, "--at", address)
    assert code == UNREACHABLE
    assert error.count("\n") == 1


def test_a_busy_service_is_asked_again(attractor):
    with sending(Sent(503, {"retry-after": "0"}), Sent(200, {"content-length": "2"}, b"ok")) as (address, seen):
        assert attractor("get", ORBIT, "--at", address) == (0, b"ok", "")
    assert len(seen) == 2 < TRIES
    assert seen[0].target == ORBIT


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["serv"], "No such command 'serv'"),
        (["get"], "Missing argument 'URL'"),
        (["get", ORBIT, "--at", "ftp://a.example"], "is no address of a service"),
        (["systems", "henom"], "no system henom; the nearest is henon; known are modified-lorenz"),
        (["compile", "henon", "henom"], "no system henom; the nearest is henon"),
        (["cite", ORBIT, "--style", "mla"], "'bibtex', 'ris', 'csl-json'"),
        (["verify", ORBIT, "missing.csv"], "does not exist"),
    ],
)
def test_a_wrong_command_line_is_answered_with_the_right_one(attractor, arguments, told):
    code, out, error = attractor(*arguments)
    assert (code, out) == (USAGE, b"")
    assert told in " ".join(error.split())


def test_the_catalogue_is_listed_and_each_system_told(attractor):
    lines = attractor("systems")[1].decode().splitlines()
    assert [line.split()[0] for line in lines] == list(SYSTEMS)
    told = attractor("systems", "henon")[1].decode()
    assert "x' = 1 - a * x * x + y" in told
    url = told.rpartition("attractor get '")[2].rstrip().rstrip("'")
    assert attractor("get", url)[0] == 0


def test_what_was_got_is_verified_and_what_was_changed_is_not(attractor, address, tmp_path):
    file = tmp_path / "orbit.csv"
    attractor("get", ORBIT, "-o", str(file))
    for at in ([], ["--at", address]):
        assert attractor("verify", ORBIT, str(file), *at) == (0, f"{file} is the answer\n".encode(), "")
    file.write_bytes(file.read_bytes().replace(b"0.03\n", b"0.04\n", 1))
    for at in ([], ["--at", address]):
        code, out, error = attractor("verify", ORBIT, str(file), *at)
        assert (code, out) == (DIFFERS, b"")
        assert "it differs at byte" in error
    assert attractor("verify", f"{ORBIT}&format=npy", str(file))[0] == USAGE


def test_a_reference_names_a_url_that_gives_the_answer_again(attractor):
    item = json.loads(attractor("cite", f"https://a.example{ORBIT}", "--style", "csl-json")[1])[0]
    assert item["URL"].startswith("https://a.example/calculation?")
    assert attractor("get", item["URL"])[1] == attractor("get", ORBIT)[1]
    assert b"https://b.example/calc" in attractor("cite", ORBIT, "--at", "https://b.example")[1]


def test_help_tells_every_command_and_the_documents_every_exit_code(attractor):
    code, out, _ = attractor("--help")
    assert code == 0
    for name in ("get", "systems", "cite", "verify", "sweep", "serve", "compile", "health"):
        assert f"\n  {name} " in out.decode()
        assert attractor(name, "--help")[1]
    text = (ROOT / "docs/command-line.md").read_text()
    assert all(f"| {number} | {words} |" in text for number, words in CODES.items())


def test_a_shell_can_complete_commands_and_systems():
    environment = {**os.environ, "_ATTRACTOR_COMPLETE": "bash_complete", "COMP_WORDS": "attractor systems he"}
    code = "from attractor.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment | {"COMP_CWORD": "2"}, capture_output=True, text=True
    )
    assert done.stdout.split() == ["plain,henon"]


@pytest.mark.parametrize("number", [signal.SIGINT])
def test_an_interrupt_ends_it_without_a_word_and_without_a_file(tmp_path, number):
    process = started("get", LONG, "-o", str(tmp_path / "orbit.npy"))
    until(lambda: any(each.stat().st_size for each in tmp_path.iterdir()))
    process.send_signal(number)
    out, error = process.communicate(timeout=300)
    assert (process.returncode, out.strip(), error.strip()) == (INTERRUPTED, b"", b"")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "code",
    [
        # as Dask does while a cluster begins
        "import os, signal, attractor.commands as c\n"
        "@c.command.command()\n"
        "def fall():\n"
        "    try: os.kill(os.getpid(), signal.SIGINT); signal.pause()\n"
        "    except KeyboardInterrupt: raise AssertionError from None\n"
        "from attractor.__main__ import main; main(['fall'])",
        # while the command itself is loaded
        "import sys\n"
        "class Interrupted:\n"
        "    def find_spec(name, *_):\n"
        "        if name == 'attractor.commands': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted)\n"
        "from attractor.__main__ import main; main(['systems'])",
    ],
    ids=["fall", "load"],
)
def test_what_an_interrupt_makes_of_libraries_is_an_interrupt(code):
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (INTERRUPTED, "", "")


def test_a_fault_without_an_interrupt_keeps_its_traceback():
    code = "import attractor.commands as c\n@c.command.command()\ndef fall(): raise AssertionError\nc.run(['fall'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, "AssertionError" in done.stderr) == (1, True)


def test_a_reader_that_leaves_ends_it_without_a_word():
    with started("get", LONG) as process:
        assert process.stdout.read(10).startswith(b"\x93NUMPY")
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == LEFT


def test_on_a_terminal_binary_is_not_written_and_long_work_tells_how_far_it_is():
    """stdout and stderr are terminals; what rich draws holds no fixed words, so that something is drawn counts."""
    inner, outer = os.openpty()
    code = f"import attractor.commands as c; c.run(['get', '{ORBIT}&format=npy'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=outer, stderr=subprocess.PIPE, text=True)
    assert done.returncode == USAGE
    assert "npy is not for a terminal" in done.stderr
    slow = (
        "import sys, time, attractor.client.progress as p\n"
        "def chunks():\n"
        "    yield b'a'\n    time.sleep(0.05)\n    yield None\n    yield b'bc'\n    time.sleep(0.3)\n    yield b'd'\n"
        "p.PATIENCE = 0.01\nprint(b''.join(p.show_progress(chunks(), p.Length(4))).decode())"
    )
    done = subprocess.run([sys.executable, "-c", slow], cwd=ROOT, stdout=subprocess.PIPE, stderr=outer, text=True)
    assert done.stdout == "abcd\n"
    os.close(outer)
    drawn = os.read(inner, 1 << 16)
    os.close(inner)
    assert b"bytes" in drawn

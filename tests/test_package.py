"""The package, built and used where a user has folders of the same names."""

import os
import subprocess
import sys
import tarfile
import zipfile

import httpx
import pytest

from attractor import __version__
from tests.blocks import blocks
from tests.conftest import ROOT, running_server


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of a wheel and an sdist."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "-d", folder, "-t", "wheel", "-t", "sdist"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture
def installed(built, tmp_path):
    """The environment of a user who has installed the wheel, and stands where `core` and `api` are something else."""
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")  # noqa: S202  # our own
    for name in ("core", "api"):
        (tmp_path / "here" / name).mkdir(parents=True)
        (tmp_path / "here" / name / "__init__.py").write_text("raise SystemExit('this is the wrong one')")
    return {"PYTHONPATH": str(tmp_path / "site"), "XDG_CACHE_HOME": str(tmp_path / "cache")}, tmp_path / "here"


def test_an_installed_service_never_meets_folders_of_the_users(installed):
    environment, here = installed
    cached = {"NUMBA_CACHE_DIR": str(ROOT / "core/__pycache__")}  # a kernel is known by its text
    with running_server(cwd=here, **environment, **cached) as (address, _):
        answer = httpx.get(f"{address}/calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3")
        assert answer.status_code == 200
        assert httpx.get(address, headers={"accept": "text/html"}).status_code == 200  # the pages are in it, too


def test_installed_it_caches_kernels_in_the_users_cache(installed):
    environment, here = installed
    code = "from attractor.core.kernel_files import folder; print(folder())"
    kept = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=here, env=kept | environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(here.parent / "cache" / "attractor" / "kernels")


def test_installed_it_computes_without_a_service_and_types_what_it_offers(installed):
    environment, here = installed
    site = here.parent / "site" / "attractor"
    assert (site / "py.typed").exists()
    assert "def orbit(" in (site / "__init__.pyi").read_text()
    code = (
        "import sys, attractor; from attractor.__main__ import main\n"
        "print(attractor.orbit('henon', x0=0, y0=0, a=1.4, b=0.3).url)\n"
        "main(['get', '/calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3&steps=1'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=here, env=os.environ | environment, capture_output=True, text=True, check=True
    )
    url, answer = done.stdout.split()
    assert url.startswith("/calculation?system=henon&")
    assert answer == '[{"n":1,"x":1.0,"y":0.0}]'


def test_the_installed_command_gets_verifies_cites_and_lists(installed):
    """By the entry point of the wheel, as pip writes it into a script."""
    environment, here = installed
    code = (
        "from importlib.metadata import distribution\n"
        "(script,) = distribution('attractor').entry_points.select(group='console_scripts', name='attractor')\n"
        "script.load()()"
    )

    def attractor(*arguments: str) -> str:
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, cwd=here, env=os.environ | environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    url = "https://gone.example/calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3&steps=2"
    assert attractor("get", url, "-o", "orbit.csv") == ""
    assert (here / "orbit.csv").read_text() == "n,x,y\n1,1.0,0.0\n2,-0.3999999999999999,0.3\n"
    assert attractor("verify", url, "orbit.csv") == "orbit.csv is the answer\n"
    assert "https://gone.example/calculation?system=henon&" in attractor("cite", url)
    assert "\nhenon " in attractor("systems")
    assert "attractor get '/calculation?system=henon&" in attractor("systems", "henon")


@pytest.fixture(scope="module")
def alone(built, tmp_path_factory):
    """An environment in which there is Python, the wheel, and what that asks for; of the versions that are locked."""
    folder = tmp_path_factory.mktemp("alone")
    uv, wheel = ROOT / ".venv/bin/uv", next(built.glob("*.whl"))
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    install = [
        uv,
        "pip",
        "install",
        "--quiet",
        "--python",
        folder / "bin/python",
        wheel,
        "-c",
        ROOT / "requirements/serve.txt",
    ]
    subprocess.run(install, check=True)
    return folder


ALONE = [
    block
    for block in blocks(ROOT / "README.md")
    if not block.reason and (block.code.startswith("attractor ") or "import attractor" in block.code)
]


@pytest.mark.parametrize("block", ALONE, ids=lambda block: block.language)
def test_in_an_empty_environment_the_lines_of_the_first_page_work(alone, block, tmp_path):
    command = [alone / "bin/python", "-I", "-c"] if block.language == "python" else ["bash", "-euc"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "NUMBA", "VIRTUAL"))}
    own = {"PATH": f"{alone / 'bin'}:{os.environ['PATH']}", "XDG_CACHE_HOME": str(alone / "cache")}
    done = subprocess.run([*command, block.code], cwd=tmp_path, env=kept | own, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == (block.output or "").strip()


def test_the_wheel_is_small(built):
    assert next(built.glob("*.whl")).stat().st_size < 1 << 20


def test_the_sdist_has_what_the_wheel_is_built_from(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert names >= {
        "pyproject.toml",
        "attractor/__init__.py",
        "core/catalogue.py",
        "api/app.py",
        "api/queries/numbers.py",
    }


def test_the_command_says_its_version():
    done = subprocess.run([sys.executable, "-m", "attractor", "--version"], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == __version__

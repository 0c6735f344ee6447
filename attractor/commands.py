"""The command `attractor`: it computes, checks and cites what a URL names, sweeps grids, and serves the API.

Each command imports what it needs when it is run: a short orbit is there before Numba would be loaded.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from types import FrameType
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from attractor import __version__

if TYPE_CHECKING:
    from attractor.api.formats import Format
    from attractor.client.progress import Body
    from attractor.client.urls import Asked

FAILED, USAGE, REFUSED, UNREACHABLE, DIFFERS = 1, 2, 3, 4, 5
INTERRUPTED, LEFT = 130, 141
CODES = {
    0: "all is well",
    FAILED: "the command failed: a file that cannot be read or written, a service that cannot start, a CPU too old",
    USAGE: "the command line is wrong",
    REFUSED: "the API refuses what is asked for, and every culprit is named",
    UNREACHABLE: "the service of `--at` does not answer, answers otherwise than this API does, or breaks off",
    DIFFERS: "`attractor verify`: the file is not the answer, or the folder not the whole sweep",
    INTERRUPTED: "it was interrupted (Ctrl-C); no file was changed, but for the shards that a sweep has",
    LEFT: "who read its output has left",
}
"""The statuses with which the command exits, and when."""

STDOUT = "-"


class _Left(Exception):
    """The reader of the output has left."""


def run(arguments: Sequence[str] | None = None) -> None:
    """Runs the command. Raises SystemExit, with one of CODES where that is not 0."""
    with _noting_interrupts() as interrupts:
        try:
            found = command.main(arguments, prog_name="attractor", standalone_mode=False)
            sys.exit(found if isinstance(found, int) else 0)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            sys.exit(INTERRUPTED)
        except _Left:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # where Python flushes as it ends
            sys.exit(LEFT)
        except Exception as error:
            if interrupts:  # of which libraries make errors of their own
                sys.exit(INTERRUPTED)
            _explain(error)
            raise


@contextmanager
def _noting_interrupts() -> Iterator[list[int]]:
    """Notes interrupts, each of which raises KeyboardInterrupt as ever."""
    noted: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        noted.append(number)
        signal.default_int_handler(number, frame)

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield noted
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)


def _explain(error: Exception) -> None:
    """Ends the command with a sentence about an error; returns where that is a fault of ours."""
    if isinstance(error, OSError):
        _end(FAILED, f"{error.filename}: {error.strerror}" if error.filename else str(error))
    from attractor.client.refusals import Refused, Unreachable  # which `attractor health` does without

    if isinstance(error, Refused):
        _end(REFUSED, *error.lines())
    if isinstance(error, Unreachable):
        _end(UNREACHABLE, str(error))
    from attractor.core.baseline import TooOld

    if isinstance(error, TooOld):
        _end(FAILED, str(error))
    from attractor.sweeps.failures import Failed

    if isinstance(error, Failed):
        _end(FAILED, str(error))


def _end(code: int, *lines: str) -> None:
    first, *others = lines
    click.echo("\n".join([f"attractor: {first}", *others]), err=True)
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.version_option(__version__, message="%(version)s")
def command() -> None:
    """Orbits of discrete-time dynamical systems: one URL names one orbit.

    \b
    attractor systems                       what there is
    attractor systems henon                 its formula, its inputs, a URL that works
    attractor get '/calculation?system=henon&x0=0.1&y0=0&a=1.4&b=0.3&steps=1000' -o orbit.parquet
    attractor serve                         the same URLs over HTTP
    """


def _systems(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """The names of systems that begin with `begun`, for completion in a shell."""
    from attractor.core.catalogue import SYSTEMS

    return [name for name in SYSTEMS if name.startswith(begun)]


def _origin(_: click.Context, __: click.Parameter, address: str | None) -> str | None:
    from attractor.client.urls import origin_of

    try:
        return address and origin_of(address)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _part(_: click.Context, __: click.Parameter, text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    number, *others = text.split("/")
    if not (number.isdecimal() and len(others) == 1 and others[0].isdecimal() and 1 <= int(number) <= int(others[0])):
        raise click.BadParameter(f"{text!r} is no part i/n, such as 1/4: i counts from 1 to n")
    return int(number), int(others[0])


def _check_extra() -> None:
    """Raises UsageError where a package of the extra is not installed."""
    from importlib.util import find_spec

    if missing := [name for name in ("distributed", "obstore", "zarr") if find_spec(name) is None]:
        raise click.UsageError(f"a sweep needs {', '.join(missing)}: pip install '.[sweep]' in a clone")


_url = click.argument("url", metavar="URL")
_at = click.option("--at", metavar="ORIGIN", callback=_origin, help="Ask this service, such as https://example.org.")


@command.command()
@_url
@click.option("-o", "--output", metavar="FILE", default=STDOUT, help="Where the answer goes; - is stdout, the default.")
@_at
def get(url: str, output: str, at: str | None) -> None:
    """Compute the answer that URL names.

    It is made in this process, byte for byte as the service gives it.

    URL is one of the service, with its host or without: what was cited works whatever became of the host. Where it says
    no format=, the ending of FILE does. FILE appears whole or not at all.

    \b
    attractor get '/calculation?system=henon&x0=0.1&y0=0&a=1.4&b=0.3'
    attractor get '/picture?system=henon&x0=0.1&y0=0&a=1.4&b=0.3' -o henon.png
    """
    from attractor.client.urls import read_url

    asked = read_url(url)
    if at:
        with _open_output(output) as out:
            _write(out, _ask(at, asked, output))
        return
    form, chunks = _read(asked, output)
    if output == STDOUT and sys.stdout.isatty() and not form.is_text:
        raise click.UsageError(f"{form.suffix} is not for a terminal: name a file by -o, or pipe it")
    with _open_output(output) as out:
        _write(out, chunks)


def _read(asked: "Asked", output: str) -> tuple["Format", "Body"]:
    """The format of the answer in this process, and its body, which is computed as it is taken.

    Raises Refused, and UsageError by the ending.
    """
    from attractor.api.problems import BadQuery
    from attractor.api.queries.query_string import check_length
    from attractor.client.ahead import compute_ahead
    from attractor.client.local import read
    from attractor.client.progress import Length, show_progress
    from attractor.client.refusals import refusal_of
    from attractor.client.resources import resource_at

    formats = resource_at(asked.path).formats
    try:
        check_length(asked.raw)
    except BadQuery as error:
        raise refusal_of(error) from None
    found = read(asked.path, asked.raw, _format_by_ending(asked, output, formats))
    if output != STDOUT:
        _check_ending(output, found.form, formats)
    length = Length()
    return found.form, show_progress(compute_ahead(found.chunks(length)), length)


def _format_by_ending(asked: "Asked", output: str, formats: dict[str, "Format"]) -> str | None:
    """The format that the ending of a file names, where the URL names none."""
    from attractor.client.resources import format_of, no_format
    from attractor.client.urls import names_format

    if output == STDOUT or names_format(asked.query):
        return None
    found = format_of(formats, output)
    if found is None and not _is_special(output):
        raise click.UsageError(no_format(formats, output, "format= in the URL"))
    return found


def _check_ending(output: str, form: "Format", formats: dict[str, "Format"]) -> None:
    """Checks a file's ending. Raises UsageError where it is that of another format than the file would hold."""
    from attractor.api.formats import FORMATS
    from attractor.client.resources import format_of

    named = format_of(FORMATS | formats, output)
    if named and not output.lower().endswith(f".{form.suffix}"):
        raise click.UsageError(f"the URL asks for {form.suffix}, and {output} ends as {named} does")


def _is_special(output: str) -> bool:
    """Whether `output` is something else than a file, such as a pipe or /dev/null."""
    return os.path.exists(output) and not os.path.isfile(output) and not os.path.isdir(output)


def _ask(origin: str, asked: "Asked", output: str) -> "Body":
    """Asks a service, and gives the body of its answer."""
    from attractor.client import remote
    from attractor.client.progress import Length, show_progress
    from attractor.client.urls import names_format

    if output != STDOUT and not names_format(asked.query):
        from attractor.client.resources import resource_at

        if form := _format_by_ending(asked, output, resource_at(asked.path).formats):
            asked = asked._replace(query=f"{asked.query}&format={form}" if asked.query else f"format={form}")
    body = remote.ask(asked.under(origin))
    return show_progress(body.chunks(), Length(body.length))


@contextmanager
def _open_output(output: str) -> Iterator[BinaryIO]:
    from attractor.client.files import errors_named, whole_file

    if output == STDOUT:
        with errors_named("stdout"):
            yield sys.stdout.buffer
    else:
        with whole_file(output) as out:
            yield out


def _write(out: BinaryIO, chunks: "Body") -> None:
    with closing(chunks):
        for chunk in chunks:
            try:
                out.write(chunk)
                out.flush()
            except BrokenPipeError:  # which click would end with 1
                raise _Left from None


@command.command()
@click.argument("name", required=False, metavar="[SYSTEM]", shell_complete=_systems)
def systems(name: str | None) -> None:
    """List the catalogue, or tell all of one system.

    That is its formula, its inputs with canonical values, and a URL that works.
    """
    from attractor.api.endpoints.systems import entry
    from attractor.core.catalogue import SYSTEMS

    if name is None:
        width = max(map(len, SYSTEMS))
        for system in SYSTEMS.values():
            click.echo(f"{system.name:{width}}  {system.dimension}  {system.title}")
        return
    if name not in SYSTEMS:
        raise _unknown([name])
    found = entry(SYSTEMS[name])
    inputs = [f"{each} = {value!r}".removesuffix(".0") for each, value in found.canonical.items()]
    click.echo("\n".join([f"{found.title} ({found.name})", "", found.formula.text, "", found.about, ""]))
    click.echo("\n".join([f"  {line}" for line in inputs]))
    click.echo("\n".join(["", found.source, f"attractor get '{found.example}'"]))


def _unknown(names: Sequence[str]) -> click.UsageError:
    from attractor.api.problems import nearest
    from attractor.core.catalogue import SYSTEMS

    near = nearest(names[0], tuple(SYSTEMS))
    return click.UsageError(f"no system {', '.join(names)}; the nearest is {near}; known are {', '.join(SYSTEMS)}")


@command.command()
@_url
@click.option("--style", type=click.Choice(["bibtex", "ris", "csl-json"]), default="bibtex", help="How it is written.")
@_at
def cite(url: str, style: str, at: str | None) -> None:
    """Write a reference of the answer that URL names.

    It tells the canonical URL, and today as the date on which that was seen.
    """
    from attractor.client.citing import STYLES, make_reference
    from attractor.client.local import read
    from attractor.client.urls import read_url

    asked = read_url(url)
    found = make_reference(read(asked.path, asked.raw), at or asked.origin, date.today())
    sys.stdout.buffer.write(STYLES[style](found).encode())


@command.command()
@click.argument("url", metavar="URL|DIR")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@_at
@click.option("--sample", metavar="N", type=click.IntRange(1), help="Of a sweep: compute N shards again, at random.")
def verify(url: str, file: str | None, at: str | None, sample: int | None) -> None:
    """Tell whether FILE is the answer that URL names, or DIR holds a whole sweep.

    The answer is computed anew; the command exits with 5 where the file is another. Where the URL names no format, the
    ending of FILE does. Of Arrow and Parquet, whose bytes follow the library's version, what they hold is compared.

    Of a sweep each shard is compared with its receipt.
    """
    if file is None:
        _verify_sweep(url, sample)
        return
    if sample:
        raise click.UsageError("--sample is of a sweep, which is told by its folder alone")
    from attractor.client.urls import read_url
    from attractor.client.verifying import difference

    asked = read_url(url)
    chunks = _ask(at, asked, file) if at else _read(asked, file)[1]
    with closing(chunks):
        found = difference(chunks, file)
    if found:
        _end(DIFFERS, f"{file} is not the answer: {found}")
    click.echo(f"{file} is the answer")


def _verify_sweep(out: str, sample: int | None) -> None:
    if not (os.path.isdir(out) or out.startswith("s3://")):
        raise click.UsageError(f"{out} is no folder of a sweep; of a URL, FILE is missing")
    _check_extra()
    from attractor.sweeps.command import verify_sweep

    if not verify_sweep(out, sample):
        sys.exit(DIFFERS)


@command.command()
@_url
@click.option("--out", metavar="DIR", required=True, help="A folder that all workers share, or s3://bucket/prefix.")
@click.option("--yes", is_flag=True, help="Begin without asking.")
@click.option("--dry-run", is_flag=True, help="Tell what it costs, and no more.")
@click.option("--part", metavar="i/n", callback=_part, help="Shards i, i + n, … alone, in this process, without Dask.")
@click.option("--workers", type=click.IntRange(1), help="Processes of the local cluster, by default one for each CPU.")
@click.option("--adaptive", is_flag=True, help="Let the local cluster start and stop processes as there is work.")
@click.option("--scheduler", metavar="ADDRESS", help="That of a Dask cluster, such as tcp://10.0.0.1:8786.")
@click.option("--scheduler-file", type=click.Path(exists=True, dir_okay=False), help="The same, as Dask writes it.")
@click.option("--picture", is_flag=True, help="Draw the plane at the end, as DIR/plane.png.")
def sweep(
    url: str, out: str, yes: bool, dry_run: bool, part: tuple[int, int] | None, picture: bool, **where: Any
) -> None:
    """Compute a grid of any size, in shards, with the same bits on any number of machines.

    URL is that of a grid at /ensemble, /lyapunov, /bifurcation, /fixed-points, /horizon or /basins, without the bounds
    of an answer. What it costs is told first. DIR then holds data.zarr, or records/ of Parquet where URL says
    format=parquet or points have different numbers of records. A sweep that ended early goes on where it is started
    again.

    \b
    attractor sweep '/lyapunov?system=henon&x0=0.1&y0=0&a=1:1.4:10000&b=0.1:0.3:10000' --out plane
    """
    _check_extra()
    from attractor.sweeps.command import Where, run_sweep
    from attractor.sweeps.places import Part

    clusters = [name for name, value in where.items() if value]
    if part and clusters:
        raise click.UsageError(f"--part computes in this process, without --{clusters[0].replace('_', '-')}")
    if (where["scheduler"] or where["scheduler_file"]) and len(clusters) > 1:
        raise click.UsageError("a cluster that there is has one scheduler, and processes of its own")
    run_sweep(url, out, part and Part(*part), Where(**where), asks=not yes, runs=not dry_run, draws=picture)


@command.command()
def serve() -> None:
    """Serve the API on HOST and PORT.

    These, and WORKERS, the number of processes, are variables of the environment.
    """
    import logging

    from attractor.api.server.process import prepare

    prepare()
    try:
        from attractor.api.serve import serve as begin

        begin()
    except SystemExit as end:
        if not isinstance(end.code, str):
            raise
        for line in end.code.splitlines():
            logging.getLogger("attractor").error("%s", line)
        sys.exit(FAILED)


@command.command("compile")
@click.argument("names", nargs=-1, metavar="[SYSTEM]...", shell_complete=_systems)
def compile_(names: tuple[str, ...]) -> None:
    """Fill the caches of kernels and fonts.

    No request has to, then. The kernels are those of the systems that are named, by default of all.
    """
    from attractor.api.warmup import compile_on_all_cpus
    from attractor.core.catalogue import SYSTEMS

    if unknown := sorted({*names} - {*SYSTEMS}):
        raise _unknown(unknown)
    sys.exit(not compile_on_all_cpus([SYSTEMS[name] for name in names or SYSTEMS]))


@command.command()
def health() -> None:
    """Ask whether the service on HOST and PORT is ready.

    The command exits with 1 where it is not.
    """
    from attractor.api.healthcheck import check

    sys.exit(check())

"""Sweeps in S3, as moto's server has it."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import boto3
import obstore.store
import pytest

from attractor.commands import DIFFERS, FAILED
from attractor.sweeps.places import Bucket
from tests.sweeps.conftest import PLANE, started
from tests.waiting import until

SERVER = """
import os, sys, threading
from moto.moto_server.werkzeug_app import DomainDispatcherApplication as Application
from moto.server import ThreadedMotoServer
answered = Application.__call__
refuses, is_slow = sys.argv[1:]
count = 0

def refuse(start, status, code):
    start(status, [("content-type", "application/xml")])
    return [b"<Error><Code>" + code + b"</Code></Error>"]

def refusing(self, environ, start):
    global count
    if os.path.exists(refuses) and environ["REQUEST_METHOD"] == "PUT":
        return refuse(start, "403 Forbidden", b"AccessDenied")
    if not os.path.exists(is_slow):
        return answered(self, environ, start)
    count += 1
    with open(is_slow) as file:
        every = int(file.read() or 1)
    if count % every:
        return answered(self, environ, start)
    with open(is_slow + ".refused", "a") as file:
        file.write("x")
    if count % 2:
        return refuse(start, "503 Slow Down", b"SlowDown")
    list(answered(self, environ, lambda *_: None))  # it is done, and the answer is lost
    return refuse(start, "500 Internal Server Error", b"InternalError")

Application.__call__ = refusing
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
threading.Event().wait()
"""


@pytest.fixture
def refuses(tmp_path) -> Path:
    """A file that, while it is there, has every write refused."""
    return tmp_path / "refuses"


@pytest.fixture
def is_slow(tmp_path) -> Path:
    """A file that, while it is there, has every so many requests fail as S3 does now and then, as it says."""
    return tmp_path / "is-slow"


@pytest.fixture
def bucket(monkeypatch, refuses, is_slow):
    """A client of S3 in which there is a bucket `sweeps`, as the environment names it."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, refuses, is_slow], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    address = f"http://127.0.0.1:{process.stdout.readline().strip()}"
    for name, value in {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "of-a-test",
        "AWS_SECRET_ACCESS_KEY": "of-a-test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3")
    client.create_bucket(Bucket="sweeps")
    yield client
    client.close()
    process.kill()
    process.communicate()


def test_a_bucket_holds_what_a_folder_does(attractor, bucket, tmp_path):
    folder, there = tmp_path / "plane", "s3://sweeps/some/plane"
    attractor("sweep", PLANE, "--out", folder, "--yes", "--part", "1/1")
    for part in ("1/2", "2/2"):
        code, out, _ = attractor("sweep", PLANE, "--out", there, "--yes", "--part", part)
        assert code == 0
    assert out == f"{there} holds all of it\n"
    listed = [
        each["Key"]
        for page in bucket.get_paginator("list_objects_v2").paginate(Bucket="sweeps")
        for each in page["Contents"]
    ]
    names = [name.removeprefix("some/plane/") for name in listed if "/parts/" not in name]
    assert all(
        bucket.get_object(Bucket="sweeps", Key=f"some/plane/{name}")["Body"].read() == (folder / name).read_bytes()
        for name in names
    )
    assert (
        len(names) == sum(path.is_file() for path in folder.rglob("*")) - len(list(folder.glob("parts/**/*.json"))) - 1
    )
    assert "is whole: 40 shards" in attractor("verify", there)[1]
    bucket.delete_object(Bucket="sweeps", Key="some/plane/data.zarr/exponent1/c/3/0")
    assert attractor("verify", there)[0] == DIFFERS
    code, _, error = attractor("sweep", PLANE.replace("1.4", "1.5"), "--out", there, "--yes", "--part", "1/1")
    assert (code, "s3://sweeps/some/plane/ holds another sweep" in error) == (FAILED, True)


def test_a_bucket_that_refuses_midway_is_told_in_a_line_and_gone_on_with(attractor, bucket, refuses):
    there = "s3://sweeps/plane"
    slow = "import time, attractor.sweeps.places as p; real = p.Bucket.write"
    slow += "; p.Bucket.write = lambda *given: (time.sleep(0.02), real(*given))[1]"
    process = started("sweep", PLANE, "--out", there, "--yes", "--part", "1/1", first=slow)
    until(lambda: bucket.list_objects_v2(Bucket="sweeps", Prefix="plane/data.zarr/exponent1/c/2/").get("Contents"))
    refuses.touch()
    _, error = process.communicate(timeout=300)
    assert (process.returncode, error.count("\n"), "Traceback" in error) == (FAILED, 2, False), error
    assert error.splitlines()[-1].startswith(f"attractor: {there}/")
    refuses.unlink()
    assert attractor("sweep", PLANE, "--out", there, "--yes", "--part", "1/1")[0] == 0
    assert "is whole: 40 shards" in attractor("verify", there)[1]


@pytest.mark.usefixtures("bucket")
def test_failures_that_pass_change_nothing(attractor, is_slow, tmp_path):
    """Of every three requests one fails, every second of those once its work is done."""
    small, there = PLANE.replace("1.4:40", "1.4:12"), "s3://sweeps/passing"
    is_slow.write_text("3")
    for part in ("1/2", "2/2"):
        assert attractor("sweep", small, "--out", there, "--yes", "--part", part)[0] == 0
    refused = is_slow.with_name("is-slow.refused").stat().st_size
    is_slow.unlink()
    assert refused > 10
    assert "is whole: 12 shards" in attractor("verify", there)[1]
    attractor("sweep", small, "--out", tmp_path / "plane", "--yes", "--part", "1/1")
    place = Bucket(there)
    for file in (tmp_path / "plane/data.zarr").rglob("*"):
        if file.is_file():
            assert place.read(str(file.relative_to(tmp_path / "plane"))) == file.read_bytes()


@pytest.mark.usefixtures("bucket")
def test_failures_that_stay_are_told_in_a_line_and_gone_on_with(attractor, is_slow, monkeypatch):
    there, write = "s3://sweeps/staying", Bucket.write
    monkeypatch.setattr(obstore.store, "S3Store", partial(obstore.store.S3Store, retry_config={"max_retries": 2}))

    def failing(self: Bucket, name: str, data: bytes) -> None:
        if "/exponent1/c/20/" in name:
            is_slow.write_text("1")
        write(self, name, data)

    with monkeypatch.context() as patched:
        patched.setattr(Bucket, "write", failing)
        code, _, error = attractor("sweep", PLANE, "--out", there, "--yes", "--part", "1/1")
    assert (code, error.count("\n"), "Traceback" in error) == (FAILED, 2, False), error
    assert error.splitlines()[-1].startswith(f"attractor: {there}/")
    assert is_slow.with_name("is-slow.refused").stat().st_size > 2
    is_slow.unlink()
    assert attractor("sweep", PLANE, "--out", there, "--yes", "--part", "1/1")[0] == 0
    assert "is whole: 40 shards" in attractor("verify", there)[1]


@pytest.mark.usefixtures("bucket")
def test_of_two_who_create_a_file_one_does():
    place = Bucket("s3://sweeps/a")
    assert [place.create("manifest.json", data) for data in (b"1", b"2")] == [True, False]
    assert (place.read("manifest.json"), place.read("other"), place.has("other")) == (b"1", None, False)


@pytest.mark.usefixtures("bucket")
def test_a_bucket_that_is_none_is_told_in_a_line(attractor):
    for there in ("s3://missing/a", "s3:///a"):
        code, _, error = attractor("sweep", PLANE, "--out", there, "--yes", "--part", "1/1")
        assert (code, error.splitlines()[-1].startswith("attractor: s3://")) == (FAILED, True)
        assert "Traceback" not in error

"""Sweeps in S3, as moto's server has it."""

import subprocess
import sys
from pathlib import Path

import boto3
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

def refusing(self, environ, start):
    if environ["REQUEST_METHOD"] != "PUT" or not os.path.exists(sys.argv[1]):
        return answered(self, environ, start)
    start("403 Forbidden", [("content-type", "application/xml")])
    return [b"<Error><Code>AccessDenied</Code></Error>"]

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
def bucket(monkeypatch, refuses):
    """A client of S3 in which there is a bucket `sweeps`, as the environment names it."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, refuses], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    address = f"http://127.0.0.1:{process.stdout.readline().strip()}"
    for name, value in {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "of-a-test",
        "AWS_SECRET_ACCESS_KEY": "of-a-test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
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

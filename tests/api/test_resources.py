"""Limits of cgroups in both versions, in trees as the kernel shows them."""

import math
import os
import subprocess
import sys

import pytest

from attractor.api import host as resources
from tests.conftest import ROOT

V1 = """\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 {top} /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
34 31 0:31 {top} /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
35 31 0:32 {top} /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
"""
V2 = "30 23 0:26 {top} /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"

CGROUP_V1 = "9:name=systemd:{path}\n4:memory:{path}\n3:cpuset:{path}\n1:cpu,cpuacct:{path}\n0::/\n"
CGROUP_V2 = "0::{path}\n"

UNLIMITED_V1 = "9223372036854771712\n"


@pytest.fixture
def tree(tmp_path):
    """Writes a tree: where the mount begins, where the process is, and the files of cgroups."""

    def write(version, path, files, top="/"):
        mounts, groups = (V1, CGROUP_V1) if version == 1 else (V2, CGROUP_V2)
        folder = tmp_path / "proc" / "self"
        folder.mkdir(parents=True)
        (folder / "mountinfo").write_text("22 1 254:0 / / rw - ext4 /dev/vda rw\n" + mounts.format(top=top))
        (folder / "cgroup").write_text(groups.format(path=path))
        for name, text in files.items():
            file = tmp_path / "sys/fs/cgroup" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return resources.cpu_quota(tmp_path), resources.memory_limit(tmp_path)

    return write


def test_version_2_in_a_container(tree):
    files = {"cpu.max": "150000 100000\n", "memory.max": "1073741824\n"}
    assert tree(2, "/", files) == (1.5, 1 << 30)


def test_version_2_without_limits(tree):
    assert tree(2, "/", {"cpu.max": "max 100000\n", "memory.max": "max\n"}) == (math.inf, math.inf)


@pytest.mark.promise("Of the limits of cgroups of version 2 the narrowest holds")
def test_version_2_the_narrowest_of_the_ancestors_holds(tree):
    files = {
        "ecs/cpu.max": "50000 100000\n",
        "ecs/memory.max": "max\n",
        "ecs/task/cpu.max": "max 100000\n",
        "ecs/task/memory.max": "2147483648\n",
        "ecs/task/one/cpu.max": "200000 100000\n",
        "ecs/task/one/memory.max": "4294967296\n",
        "ecs/other/memory.max": "1\n",
    }
    assert tree(2, "/ecs/task/one", files) == (0.5, 2 << 30)


@pytest.mark.promise("The limits of cgroups of version 1 hold")
def test_version_1(tree):
    files = {
        "cpu,cpuacct/a/b/cpu.cfs_quota_us": "25000\n",
        "cpu,cpuacct/a/b/cpu.cfs_period_us": "50000\n",
        "cpu,cpuacct/a/cpu.cfs_quota_us": "-1\n",
        "cpu,cpuacct/a/cpu.cfs_period_us": "100000\n",
        "memory/a/b/memory.limit_in_bytes": UNLIMITED_V1,
        "memory/a/memory.limit_in_bytes": "536870912\n",
        "memory/memory.limit_in_bytes": UNLIMITED_V1,
    }
    assert tree(1, "/a/b", files) == (0.5, 512 << 20)


@pytest.mark.parametrize("top", ["/docker/1f", "/elsewhere", "/.."])
def test_version_1_in_a_container_whose_mount_begins_at_its_own_group_or_is_seen_from_elsewhere(tree, top):
    files = {
        "cpu,cpuacct/cpu.cfs_quota_us": "400000\n",
        "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        "memory/memory.limit_in_bytes": "1000\n",
    }
    assert tree(1, "/docker/1f", files, top) == (4, 1000)


def test_version_1_without_limits(tree):
    files = {
        "cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
        "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        "memory/memory.limit_in_bytes": UNLIMITED_V1,
    }
    assert tree(1, "/", files) == (math.inf, int(UNLIMITED_V1))


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"cpu.max": "", "memory.max": ""},
        {"cpu.max": "lots\n", "memory.max": "1 GiB\n"},
        {"cpu.max": "1000\n", "memory.max": "-5\n"},
        {"cpu.max": "1000 0\n", "memory.max": "0\n"},
    ],
)
def test_what_cannot_be_read_limits_nothing(tree, files):
    assert tree(2, "/", files) == (math.inf, math.inf)


@pytest.mark.parametrize("name", ["mountinfo", "cgroup"])
def test_lines_that_are_none_limit_nothing(tmp_path, name):
    folder = tmp_path / "proc" / "self"
    folder.mkdir(parents=True)
    (folder / "mountinfo").write_text(V2.format(top="/"))
    (folder / "cgroup").write_text("0::/\n")
    (folder / name).write_text("nonsense\n\n1 2\n- -\n")
    assert resources.memory_limit(tmp_path) == math.inf


def test_where_there_are_no_cgroups_nothing_is_limited(tmp_path):
    assert (resources.cpu_quota(tmp_path), resources.memory_limit(tmp_path)) == (math.inf, math.inf)


def test_affinity_and_the_memory_of_the_machine_limit_too():
    code = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
    code += "from attractor.api.host import cpus, memory; print(cpus(), memory())"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    cpus, memory = map(float, result.stdout.split())
    assert 0 < cpus <= 1
    assert 0 < memory <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.promise("Workers and their threads share what CPUs and memory there are")
@pytest.mark.parametrize(
    ("cpus", "megabytes", "workers", "threads"),
    [
        (0.25, 512, 1, 1),
        (1, 2048, 1, 1),
        (1.5, 2048, 1, 1),
        (2, 4096, 2, 1),
        (4, 8192, 4, 1),
        (4, 1100, 2, 2),
        (8, 1100, 2, 4),
        (2, 100, 1, 2),
        (4, 500, 1, 4),
    ],
)
def test_workers_and_their_threads_share_what_there_is(cpus, megabytes, workers, threads):
    assert resources.workers(cpus, megabytes << 20) == workers
    assert resources.threads(cpus, workers) == threads

"""compose.yaml: the image as it is meant to run. No engine reads it here; tests/image runs the same by hand."""

import re

import pytest
import yaml

from api.settings import Settings, from_environment
from tests.conftest import ROOT

SERVICE = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["attractor"]


@pytest.mark.promise("Compose listens on loopback only")
def test_it_builds_this_folder_and_listens_on_loopback_only():
    assert SERVICE["build"]["context"] == "."
    assert SERVICE["ports"] == ["${BIND:-127.0.0.1:8000}:8000"]


@pytest.mark.promise("Compose's container may do no more than it needs")
def test_it_may_do_no_more_than_it_needs():
    assert SERVICE["read_only"] is True
    assert SERVICE["tmpfs"] == ["/tmp"]  # noqa: S108
    assert SERVICE["cap_drop"] == ["ALL"]
    assert SERVICE["security_opt"] == ["no-new-privileges:true"]
    assert (SERVICE["cpus"], SERVICE["mem_limit"]) == ("${CPUS:-2}", "${MEMORY:-1g}")
    assert {"restart", "init"} <= SERVICE.keys()
    assert not {"privileged", "user", "network_mode", "volumes"} & SERVICE.keys()


@pytest.mark.promise("Compose leaves time for the drain")
def test_a_stop_leaves_time_for_the_drain():
    assert int(re.fullmatch(r"(\d+)s", SERVICE["stop_grace_period"])[1]) > Settings().drain_seconds


def test_it_passes_on_settings_that_exist():
    from_environment(dict.fromkeys(SERVICE["environment"], "1"))
    assert {"WORKERS", "ATTRACTOR_DRAIN_SECONDS"} == set(SERVICE["environment"])

"""The image, built once, and containers of it; `make image-test` runs what uses them."""

import uuid

import httpx
import pytest

from tests.image.docker import Docker, answers
from tests.image.runc import Runc
from tests.waiting import until

REVISION = uuid.uuid4().hex
"""Of this run alone: by it the image is called, where others build theirs at the same time."""


@pytest.fixture(scope="session")
def engine(request):
    """What builds images, and runs them."""
    engine = Docker() if answers() else Runc()
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\nBuilding the image with {engine.says}.", flush=True)
    try:
        yield engine
    finally:
        engine.close()


@pytest.fixture(scope="session")
def image(engine):
    """The service's image."""
    return engine.build(REVISION)


def until_ready(container):
    """Waits for the service to answer."""

    def answers():
        assert container.lives(), container.log()
        try:
            return httpx.get(f"{container.address}/health/ready").raise_for_status()
        except httpx.TransportError:
            return None

    until(answers)


@pytest.fixture(scope="session")
def container(image):
    """The image as it comes, with one CPU and a gigabyte."""
    with image.running() as container:
        until_ready(container)
        yield container

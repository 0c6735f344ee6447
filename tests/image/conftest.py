"""The image, built once, and containers of it; `make image-test` runs what uses them."""

import httpx
import pytest

from tests.image.docker import Docker, answers
from tests.image.runc import Runc
from tests.waiting import until

REVISION = "0123456789abcdef"


@pytest.fixture(scope="session")
def image(request):
    """The engine that holds the image."""
    engine = Docker() if answers() else Runc()
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\nBuilding the image with {engine.says}.", flush=True)
    engine.build(REVISION)
    yield engine
    engine.close()


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

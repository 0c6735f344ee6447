"""A container that is told to stop does so in time, and says that all went well."""

import time

import httpx
import pytest

from tests.api.test_main import BILLION
from tests.image.conftest import until_ready


@pytest.mark.promise("A container stops within the drain, half a core or an answer on its way notwithstanding")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_stops_within_the_drain_though_an_answer_is_on_its_way(image, workers):
    with image.running(WORKERS=workers, ATTRACTOR_DRAIN_SECONDS="1") as container:
        until_ready(container)
        with httpx.stream("GET", container.address + BILLION) as answer:
            received = answer.iter_raw()  # held, since httpx leaves when it is forgotten
            next(received)
            container.terminate()
            assert container.wait(300) == 0  # what is not read would never end


@pytest.mark.promise("A container told to stop while it starts stops")
def test_told_to_stop_while_it_starts_it_stops(image):
    with image.running() as container:
        while "Try http" not in container.log():
            assert container.lives(), container.log()
            time.sleep(0.05)
        container.terminate()
        assert container.wait(300) == 0

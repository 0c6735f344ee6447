"""Settings come from the environment, and a wrong one is told before anything starts."""

import pytest

from api.resources import cpus, memory, workers
from api.settings import Settings, from_environment


def test_defaults():
    assert from_environment({}) == Settings()
    assert (Settings().host, Settings().port, Settings().drain_seconds) == ("127.0.0.1", 8000, 20)
    assert (Settings().metrics_port, Settings().metrics_host, Settings().rate_limit) == (None, "127.0.0.1", None)
    assert Settings().workers == workers(cpus(), memory())


def test_each_is_set_by_its_variable():
    given = {"HOST": "0.0.0.0", "PORT": "9", "WORKERS": "3", "ATTRACTOR_MAX_STEPS": "7", "HOME": "/"}  # noqa: S104
    assert from_environment(given) == Settings(host="0.0.0.0", port=9, workers=3, max_steps=7)  # noqa: S104


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "http", "PORT"),
        ("PORT", "70000", "PORT"),
        ("WORKERS", "0", "WORKERS"),
        ("ATTRACTOR_DRAIN_SECONDS", "-1", "ATTRACTOR_DRAIN_SECONDS"),
        ("ATTRACTOR_MAX_STEPS", "many", "ATTRACTOR_MAX_STEPS"),
        ("ATTRACTOR_ACCESS_LOG", "maybe", "ATTRACTOR_ACCESS_LOG"),
        ("ATTRACTOR_METRICS_PORT", "-1", "ATTRACTOR_METRICS_PORT"),
        ("ATTRACTOR_ALLOWED_ORIGINS", "a.example", "ATTRACTOR_ALLOWED_ORIGINS"),
        ("ATTRACTOR_ALLOWED_ORIGINS", "https://a.example/", "ATTRACTOR_ALLOWED_ORIGINS"),
        ("ATTRACTOR_MAX_STEP", "1", "known: .*ATTRACTOR_MAX_STEPS"),
    ],
)
def test_a_wrong_setting_is_named(name, value, message):
    with pytest.raises(SystemExit, match=message):
        from_environment({name: value})

"""Settings come from the environment, and a wrong one is told before anything starts."""

import re

import pytest
import uvicorn
from msgspec.structs import fields

from attractor.api.host import cpus, memory, workers
from attractor.api.settings import Settings, from_environment
from tests.conftest import ROOT


@pytest.mark.promise("There is no limit of requests unless it is set")
@pytest.mark.promise("Unless set otherwise, the drain takes 20 seconds and metrics are on loopback")
def test_defaults():
    assert from_environment({}) == Settings()
    assert (Settings().host, Settings().port, Settings().drain_seconds) == ("127.0.0.1", 8000, 20)
    assert (Settings().metrics_port, Settings().metrics_host, Settings().rate_limit) == (None, "127.0.0.1", None)
    assert Settings().workers == workers(cpus(), memory())


@pytest.mark.promise("Each setting is read from its variable")
def test_each_is_set_by_its_variable():
    given = {"HOST": "0.0.0.0", "PORT": "9", "WORKERS": "3", "ATTRACTOR_MAX_STEPS": "7", "HOME": "/"}  # noqa: S104
    assert from_environment(given) == Settings(host="0.0.0.0", port=9, workers=3, max_steps=7)  # noqa: S104


@pytest.mark.promise("A setting that is wrong or unknown is refused at start, by its name")
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "http", "PORT"),
        ("PORT", "70000", "PORT"),
        ("WORKERS", "0", "WORKERS"),
        ("ATTRACTOR_DRAIN_SECONDS", "-1", "ATTRACTOR_DRAIN_SECONDS"),
        ("ATTRACTOR_KEEP_ALIVE_SECONDS", "0", "ATTRACTOR_KEEP_ALIVE_SECONDS"),
        ("ATTRACTOR_KEEP_ALIVE_SECONDS", "3601", "ATTRACTOR_KEEP_ALIVE_SECONDS"),
        ("ATTRACTOR_CONTACT", "security@a.example", "ATTRACTOR_CONTACT"),
        ("ATTRACTOR_CONTACT", "mailto:a@b.example\nExpires: never", "ATTRACTOR_CONTACT"),
        ("ATTRACTOR_CONTACT", "http://a.example", "ATTRACTOR_CONTACT"),
        ("ATTRACTOR_CONTACT", f"https://a.example/{'b' * 300}", "ATTRACTOR_CONTACT"),
        ("ATTRACTOR_REVISION", "a b", "ATTRACTOR_REVISION"),
        ("ATTRACTOR_REVISION", 'a"', "ATTRACTOR_REVISION"),
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


WHOLE = "PORT", "WORKERS", "ATTRACTOR_DRAIN_SECONDS", "ATTRACTOR_METRICS_PORT", "ATTRACTOR_MAX_POINTS"
NO_DIGITS = "1e3", "5.0", " 7", "7 ", "1_000", "+5", "-5", "True", "true", "null", "0x10", "٣", "５", "²", "", "nan"
MISTYPED = {
    "HOST": ["", " ", "a b", "[::1]", "256.1.1.1", "1.2.3", "x..y", "-a", "a_b", "http://x", "a:80", "x" * 64, "*"],
    "ATTRACTOR_METRICS_HOST": ["", "300.0.0.1", "a b", "*"],
    "ATTRACTOR_RATE_LIMIT": [
        *(
            "0/minute",
            "100",
            "many/minute",
            "1/second;5/minute",
            "100/fortnight",
            "-1/minute",
            "٣/minute",
            "1/0 minute",
        ),
        *("1e3/minute", "1.5/minute", " 1/minute", "1/minute\n", "/minute", "null", "1//minute"),
    ],
    "ATTRACTOR_TRUSTED_PROXIES": [
        *("10.0.0.1/8", "10.0.0.0/33", "a.example", "1.2.3.4,*", "*,*", "1.2.3.4,", "1.2.3", "1.2.3.4 5.6.7.8"),
        *("1.2.3.4;5.6.7.8", "010.0.0.1", "none", "::1/129", "[::1]", "1.2.3.4:80"),
    ],
    "ATTRACTOR_CLIENT_ADDRESS_HEADER": ["x forwarded", "x:", "x_real_ip", "é", "a" * 65, "a,b"],
    "ATTRACTOR_UNREADY_SECONDS": ["nan", "inf", "1e3", "-1", "-0.0", ".5", "1.", "1_0", "٣", "", "99999", " 1"],
    "ATTRACTOR_ACCESS_LOG": ["yes", "on", "", " true", "2", "null"],
    "ATTRACTOR_ALLOWED_ORIGINS": [
        *(
            "https://a.example,*",
            "https://A.example",
            "https://a.example:443",
            "http://a:80",
            "https://a.example:70000",
        ),
        *("ftp://a", "https://u@a", "https://a.example?x", "https://a,,https://b", "null", "https://[zz]"),
        *("https://a.example, https://b.example", "https://", "https://*.a.example"),
    ],
    "ATTRACTOR_MAX_DIGITS": ["0", "1000001"],
    "ATTRACTOR_DRAIN_SECONDS": ["86401", "9" * 5000],
    "PORT": ["65536", "-1"],
}


@pytest.mark.promise("Whole numbers are digits only")
@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("value", NO_DIGITS)
def test_whole_numbers_are_digits_only(name, value):
    with pytest.raises(SystemExit) as refused:
        from_environment({name: value})
    assert f"{name} is {value!r}; allowed is a whole number " in str(refused.value)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in MISTYPED.items() for value in values])
def test_what_is_mistyped_is_refused_with_what_is_allowed(name, value):
    with pytest.raises(SystemExit) as refused:
        from_environment({name: value})
    (line,) = str(refused.value).splitlines()
    assert line.startswith(f"{name} is {value[:100]!r}")
    assert "; allowed is " in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("HOST", host) for host in ("::1", "::", "0.0.0.0", "localhost", "a-1.example", "fe80::1%eth0")),  # noqa: S104
        *(("ATTRACTOR_RATE_LIMIT", rate) for rate in ("100/minute", "8/2 second", "10 per hour", "1/days", "")),
        *(("ATTRACTOR_TRUSTED_PROXIES", each) for each in ("*", "", "10.0.0.0/8", "::1", "1.2.3.4, fe80::/10")),
        *(("ATTRACTOR_CLIENT_ADDRESS_HEADER", each) for each in ("CloudFront-Viewer-Address", "x-real-ip", "")),
        *(
            ("ATTRACTOR_ALLOWED_ORIGINS", each)
            for each in ("*", "", "https://a.example,http://[::1]:8080,http://a:443")
        ),
        *(("ATTRACTOR_UNREADY_SECONDS", each) for each in ("0", "2", "0.5", "3600")),
        *(("ATTRACTOR_ACCESS_LOG", each) for each in ("true", "FALSE", "1", "0")),
        ("ATTRACTOR_MAX_MEMORY", str(1 << 40)),
    ],
)
def test_what_is_sound_is_taken(name, value):
    from_environment({name: value})


def test_all_faults_are_told_at_once():
    with pytest.raises(SystemExit) as refused:
        from_environment({"PORT": "http", "WORKERS": "1e3", "ATTRACTOR_NOTHING": "1", "ATTRACTOR_MAX_STEPS": "7"})
    lines = str(refused.value).splitlines()
    assert [line.split()[0] for line in lines] == ["PORT", "WORKERS", "unknown"]


@pytest.mark.promise("More workers than CPUs and memory carry are refused at start")
@pytest.mark.parametrize(
    ("cpus", "memory", "most"),
    [(0.5, 8 << 30, 2), (0.1, 8 << 30, 1), (2, 24 << 30, 8), (64, 1 << 30, 2), (4, 1 << 20, 1)],
)
def test_more_workers_than_cpus_or_memory_carry_are_refused_with_both(monkeypatch, cpus, memory, most):
    monkeypatch.setattr("attractor.api.settings.cpus", lambda: cpus)
    monkeypatch.setattr("attractor.api.settings.memory", lambda: memory)
    assert from_environment({"WORKERS": str(most)}).workers == most
    for over in (most + 1, 1000, 10**12):
        with pytest.raises(SystemExit) as refused:
            from_environment({"WORKERS": str(over)})
        assert f"WORKERS is {over}; allowed is at most {most} here" in str(refused.value)
        assert f"{cpus:g} CPUs" in str(refused.value)
        assert f"{memory >> 20:,} MiB of memory" in str(refused.value)
    assert from_environment({"WORKERS": "1"}).workers == 1


def test_the_last_port_for_metrics_exists():
    with pytest.raises(SystemExit, match="METRICS_PORT is 65535; allowed is at most 65534"):
        from_environment({"WORKERS": "2", "ATTRACTOR_METRICS_PORT": "65535"})
    from_environment({"WORKERS": "1", "ATTRACTOR_METRICS_PORT": "65535"})


def test_variables_of_what_serves_it_change_nothing(monkeypatch):
    from attractor.api.serve import options

    for name in ("WEB_CONCURRENCY", "UVICORN_WORKERS"):
        monkeypatch.setenv(name, "4")
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    config = uvicorn.Config(**{**options(from_environment({"WORKERS": "1"})), "log_config": None})
    assert (config.workers, config.forwarded_allow_ips) == (1, "127.0.0.1")


def test_what_terraform_may_set_is_what_the_service_knows():
    """A name that the service does not know ends every task as it starts; one that is new belongs in settings.tf."""
    listed = set(re.findall(r'"(ATTRACTOR_\w+)"', (ROOT / "terraform/settings.tf").read_text()))
    elsewhere = {f"ATTRACTOR_{name}" for name in ("DRAIN_SECONDS", "MAX_SECONDS", "KEEP_ALIVE_SECONDS", "REVISION")}
    known = {each.encode_name for each in fields(Settings) if each.encode_name.startswith("ATTRACTOR_")}
    assert known <= listed | elsewhere
    assert listed <= known

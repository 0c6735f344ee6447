"""What AWS costs, from variables files and list prices: the tables of docs/deployment.md and docs/sweeps.md."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TERRAFORM = Path(__file__).resolve().parents[1] / "terraform"

DATED = "November 2026"
"""When these prices were noted; they are list prices of us-east-1 in dollars."""
HOURS = 730
"""Of a month."""
CORE, GIBIBYTE, SPOT = 0.04048, 0.004445, 0.3
"""Fargate on x86, an hour of each; the share of it that Spot costs moves."""
BALANCER, CAPACITY, ADDRESS, ENDPOINT, GATEWAY = 0.0225, 0.008, 0.005, 0.01, 0.045
"""An hour: a load balancer, a unit of its capacity, a public address, an endpoint in a zone, a NAT gateway."""
FIREWALL, RULE, KEY, ALARM, METRIC = 5, 1, 1, 0.10, 0.30
"""A month of each."""
FREE_ALARMS = 10
OUT, OUT_BY_CDN = 0.09, 0.085
"""A gigabyte that leaves AWS."""
INSPECTED, BY_CDN = 0.60, 1.00
"""A million requests through the firewall, and through CloudFront."""

WRITTEN, KEPT = 0.005, 0.023
"""A thousand files written to S3, and a gigabyte kept there for a month."""

SCALING_ALARMS, RULES, METRICS = 4, 4, 25
"""Alarms of two policies of scaling, rules of the firewall, and about what Container Insights measures."""
COLUMNS = 4
"""Of the widest records: their number, and three coordinates."""


class Row(NamedTuple):
    """What something costs a month, and how that comes about."""

    name: str
    product: str
    dollars: float

    def __str__(self) -> str:
        return f"{self.product} = {self.dollars:.2f}" if self.product else f"{self.dollars:.2f}"


def given(file: Path) -> dict[str, str]:
    """The variables of a stack, those of its file before their defaults; lists and maps only as they begin."""
    declared = re.findall(r'^variable "(\w+)" \{(.*?)^\}', (TERRAFORM / "variables.tf").read_text(), re.M | re.S)
    defaults = {name: found[1] for name, body in declared if (found := re.search(r"^  default += (.+)$", body, re.M))}
    set_here = re.findall(r"^(\w+) += ([^#\n]+)", file.read_text(), re.M)
    return defaults | {name: value.strip() for name, value in set_here}


def idle(file: Path) -> Iterator[Row]:
    """What a stack costs a month while nobody asks for anything."""
    said = given(file)
    tasks, zones = int(said["min_tasks"]), int(said["zone_count"])
    cores, memory = int(said["cpu"]) / 1024, int(said["memory"]) / 1024
    is_spot, is_own = said["spot"] == "true", said["network"] == '"own"'
    share = SPOT if is_spot else 1
    product = f"{tasks} × ({cores:g} × {CORE} + {memory:g} × {GIBIBYTE}) × {HOURS}"
    about = f"about {SPOT:g} × {product}" if is_spot else product
    yield Row("tasks", about, share * tasks * (cores * CORE + memory * GIBIBYTE) * HOURS)
    yield Row("load balancer", f"{BALANCER} × {HOURS}", BALANCER * HOURS)
    addresses = zones + (0 if is_own else tasks)
    yield Row("public addresses", f"{addresses} × {ADDRESS} × {HOURS}", addresses * ADDRESS * HOURS)
    if is_own:
        count, price = {'"endpoints"': (3 * zones, ENDPOINT), '"nat"': (1, GATEWAY)}.get(
            said["egress"], (zones, GATEWAY)
        )
        yield Row("way out of private subnets", f"{count} × {price} × {HOURS}", count * price * HOURS)
    has_firewall, has_cdn = said["firewall"] == "true", said["cdn_certificate_arn"] != "null"
    if has_firewall:
        yield Row("firewall", f"{FIREWALL} + {RULES} rules × {RULE}", FIREWALL + RULES * RULE)
    keys = 2 if has_firewall and has_cdn else 1
    yield Row("keys", f"{keys} × {KEY}", keys * KEY)
    alarms = len(re.findall(r"^ +says +=", (TERRAFORM / "alarms.tf").read_text(), re.M)) + 1 + SCALING_ALARMS
    yield Row("alarms", f"({alarms} − {FREE_ALARMS}) × {ALARM:.2f}", (alarms - FREE_ALARMS) * ALARM)
    if not is_spot:
        yield Row("Container Insights", f"about {METRICS} metrics × {METRIC:.2f}", METRICS * METRIC)


def a_million(has_firewall: bool, has_cdn: bool, is_kept: bool = False) -> Iterator[Row]:
    """What a million answers of 20 iterates, 2 KB each, cost; `is_kept` where CloudFront has them already."""
    if not is_kept:
        connections = 1_000_000 / (25 * 3600)
        yield Row("load balancer", f"1,000,000 ÷ (25 × 3,600) × {CAPACITY}", connections * CAPACITY)
    yield Row("data out", f"2 GB × {OUT_BY_CDN if has_cdn else OUT}", 2 * (OUT_BY_CDN if has_cdn else OUT))
    if has_firewall:  # which stands before CloudFront, and sees all
        yield Row("firewall", "", INSPECTED)
    if has_cdn:
        yield Row("CloudFront", "", BY_CDN)


def dearest(file: Path) -> float:
    """Cents of the dearest answer to one anonymous request: as many records as may be, in the format that has most."""
    found = re.findall(r'^ +ATTRACTOR_MAX_BINARY_RECORDS += "(\d+)"', file.read_text(), re.M)
    default = (TERRAFORM / "settings.tf").read_text()
    records = int((found or re.findall(r'ATTRACTOR_MAX_BINARY_RECORDS += "(\d+)"', default))[0])
    seconds = 2 * int(given(file)["max_seconds"])
    return 100 * (records * COLUMNS * 8 / 1e9 * OUT + seconds / 3600 * CORE)


def swept(seconds: float, files: int, size: float) -> Iterator[Row]:
    """What a sweep on AWS Batch costs that takes `seconds` of a core and writes `files` of `size` bytes together."""
    hours, gigabytes = seconds / 3600, size / 1e9
    price = CORE + 2 * GIBIBYTE
    yield Row("parts on Spot", f"{hours:.2f} hours × about {SPOT:g} × ({CORE} + 2 × {GIBIBYTE})", hours * SPOT * price)
    yield Row("writing to S3", f"{files:,} ÷ 1,000 × {WRITTEN}", files / 1000 * WRITTEN)
    yield Row("a month in S3", f"{gigabytes:.1f} GB × {KEPT}", gigabytes * KEPT)

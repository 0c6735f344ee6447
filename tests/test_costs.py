"""What the documents say of costs, beside figures that were worked out by hand."""

import pytest

from docs.costs import TERRAFORM, a_million, dearest, idle, swept

VARIABLES = TERRAFORM / "variables"


def sums(file):
    return {row.name: round(row.dollars, 2) for row in idle(file)}


def test_a_trial_costs_less_than_40_dollars_a_month():
    found = sums(VARIABLES / "trial.tfvars")
    parts = {"tasks": 5.41, "load balancer": 16.43, "public addresses": 10.95, "keys": 1, "alarms": 0.3}
    assert found == pytest.approx(parts, abs=0.01)
    assert sum(found.values()) < 40


def test_production_pays_for_what_a_trial_has_not():
    found = sums(VARIABLES / "production.tfvars")
    more = {"tasks": 216.24, "way out of private subnets": 65.7, "firewall": 9, "keys": 2, "Container Insights": 7.5}
    assert {name: found[name] for name in more} == pytest.approx(more, abs=0.01)
    assert found["public addresses"] == pytest.approx(10.95)  # those of the load balancer: tasks have none


@pytest.mark.parametrize(("egress", "dollars"), [("nat", 32.85), ("nat-per-zone", 98.55)])
def test_a_gateway_is_paid_for_in_each_zone_that_has_one(tmp_path, egress, dollars):
    file = tmp_path / "other.tfvars"
    file.write_text((VARIABLES / "production.tfvars").read_text().replace('"endpoints"', f'"{egress}"'))
    assert sums(file)["way out of private subnets"] == pytest.approx(dollars)


def test_a_million_answers_are_dearest_where_the_cdn_has_to_ask():
    plain, missed, kept = (sum(row.dollars for row in a_million(*kind)) for kind in ((0, 0), (1, 1), (1, 1, 1)))
    assert (plain, missed, kept) == pytest.approx((0.27, 1.86, 1.77), abs=0.01)


def test_the_dearest_answer_costs_three_cents():
    """Ten million records of 32 bytes, in a trial one million, at nine cents a gigabyte; 50 seconds of a core."""
    assert dearest(VARIABLES / "production.tfvars") == pytest.approx(2.88 + 0.056, abs=0.001)
    assert dearest(VARIABLES / "trial.tfvars") == pytest.approx(0.288 + 0.056, abs=0.001)


def test_an_hour_of_a_sweep_costs_a_cent_and_a_half():
    """A core and two gibibytes at a third of the price; a thousand files; ten gigabytes."""
    found = {row.name: row.dollars for row in swept(3600, 1000, 10e9)}
    assert found == pytest.approx({"parts on Spot": 0.014811, "writing to S3": 0.005, "a month in S3": 0.23})

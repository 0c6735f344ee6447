"""Whom a request counts for."""

import pytest

from attractor.api.limits.clients import client_key, share_of


@pytest.mark.parametrize(
    ("address", "share"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:ffff:ffff:ffff:ffff", "2001:db8::/64"),
        ("2001:DB8::2%eth0", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::FFFF:cb00:7107", "203.0.113.7"),
        ("::1", "::/64"),
        ("2001:db8::1::2", ""),
        ("a:b", ""),
        ("x" * 46, ""),
        ("", ""),
    ],
)
def test_an_address_counts_by_itself_and_an_ipv6_address_with_its_network(address, share):
    assert share_of(address) == share
    assert client_key({"client": (address, 1)}) == share


def test_who_has_no_address_counts_all_the_same():
    assert client_key({"client": None}) == ""

"""Both examples are really applied, looked at, changed and destroyed, by the real provider against an emulated AWS."""

from collections.abc import Iterator

import pytest

from tests.terraform.conftest import EXAMPLES
from tests.terraform.stack import Aws, Stack, emulated_aws, example


@pytest.fixture(scope="module", params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in EXAMPLES])
def applied(request, tmp_path_factory) -> Iterator[tuple[Stack, Aws]]:
    with emulated_aws() as aws:
        stack = example(request.param, tmp_path_factory.mktemp(request.param), aws)
        stack.run("apply", "-input=false", "-auto-approve")
        yield stack, aws


def test_a_second_plan_finds_no_drift(applied):
    stack, _ = applied
    assert stack.changes() == {}

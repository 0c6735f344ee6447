"""The grammar of ranges and lists."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attractor.api.queries.ranges import read_values
from tests.searching import searched


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1", [1.0]),
        ("1,2,5", [1.0, 2.0, 5.0]),
        ("0:1:11", [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),  # numpy.linspace gives other tenths
        ("-1:1:2", [-1.0, 1.0]),
        ("1e-300:3e-300:3", [1e-300, 2e-300, 3e-300]),
        ("-1.7e308:1.7e308:3", [-1.7e308, 0.0, 1.7e308]),
        ("0e-9999999999999999999:1:2", [0.0, 1.0]),
    ],
)
def test_what_a_text_stands_for(text, values):
    read = read_values(text)
    assert read.doubles().tolist() == values
    assert read.count == len(values)
    assert read.is_swept == (text != "1")


numbers = st.decimals(-1000, 1000, places=3).map(str) | st.floats(allow_nan=False, allow_infinity=False).map(repr)


@searched(300)
@given(numbers, numbers, st.integers(2, 50))
def test_each_value_of_a_range_is_the_double_nearest_to_its_place(start, stop, count):
    first, last = Fraction(start), Fraction(stop)
    if first >= last:
        return
    exact = [first + (last - first) * i / (count - 1) for i in range(count)]
    assert read_values(f"{start}:{stop}:{count}").doubles().tolist() == [float(value) for value in exact]


def test_a_long_range_of_few_digits_is_exact_too():
    values = read_values("0:4:1000001").doubles()
    assert values[250_000] == 1.0
    assert np.array_equal(values, np.arange(1_000_001) / 250_000)


@pytest.mark.parametrize("text", ["7", "1,2,5,7", "0:1:11", "1e-300:1e300:11", f"1:1.{'0' * 1000}1:11"])
def test_a_part_of_the_values_is_that_of_all_of_them(text):
    values = read_values(text)
    whole = values.doubles().tolist()
    for first in range(values.count + 1):
        for end in range(first, values.count + 1):
            assert values.doubles(first, end).tolist() == whole[first:end]


@pytest.mark.promise("What is no range says why")
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1:1:3", "must have a stop other than its start"),
        ("1:2", "must be start:stop:count"),
        ("1:2:3:4", "must be start:stop:count"),
        ("::", "start that"),
        ("nan:2:3", "start that is not finite"),
        ("1:inf:3", "stop that is not finite"),
        ("1:1e999:3", "larger than any double"),
        ("1:2:1", "count"),
        ("1:2:0", "count"),
        ("1:2:-3", "count"),
        ("1:2:2.5", "count"),
        ("1:2:٣", "count"),
        ("1:2:" + "9" * 50, "count"),
        ("1,,2", "an item ''"),
        ("1,nan", "an item 'nan' that is not finite"),
        ("1 2,3", "an item '1 2' that is not a plain decimal"),
        ("1 2", "not a plain decimal"),
        ("1,2:3:4", "start that"),
        ("", "not a plain decimal"),
    ],
)
def test_what_is_none_says_why(text, problem):
    with pytest.raises(ValueError, match=problem):
        read_values(text)


def test_all_spellings_share_one():
    assert read_values("0.0:1e0:011").text == "0:1:11"
    assert read_values("1.0,02,5e0").text == "1,2,5"
    assert read_values(read_values("1e-9:0.50:3e3").text).text == "1e-9:.5:3e3"


def test_decimals_are_the_digits_that_were_written():
    assert list(map(str, read_values("0.10,1e2").decimals())) == ["0.1", "100"]
    assert list(map(str, read_values("0:0.3:4").decimals())) == ["0.0", "0.1", "0.2", "0.3"]

"""What is in flight together, and each client's share of it."""

from contextlib import ExitStack

import pytest

from attractor.api.limits import memory_budget as budget
from attractor.api.limits.memory_budget import Budget, Full


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(budget, "perf_counter", lambda: now[0])
    return now


class Holding(ExitStack):
    """What clients hold of a budget of 100 bytes."""

    def __init__(self):
        super().__init__()
        self.budget = Budget(100)

    def fits(self, client, size):
        try:
            self.enter_context(self.budget.reserve(client, size))
        except Full:
            return False
        return True

    def most(self, client):
        """How many bytes it gets, one by one."""
        return next(count for count in range(101) if not self.fits(client, 1))


def test_one_client_holds_at_most_three_quarters_by_several_answers_and_all_of_it_by_one():
    with Holding() as holding:
        assert holding.most("A") == 75
    with Holding() as holding:
        assert not holding.fits("A", 101)
        assert holding.fits("A", 100)


@pytest.mark.promise("One client leaves room for another that arrives, and for the next")
def test_another_that_arrives_finds_room_and_so_does_the_next():
    with Holding() as holding:
        assert [holding.most(client) for client in "ABCD"] == [75, 18, 5, 1]


@pytest.mark.promise("While another waits, one client holds at most a quarter of the room")
def test_while_another_waits_a_client_holds_at_most_a_quarter(clock):
    with Holding() as holding:
        assert holding.fits("A", 30)
        assert holding.fits("B", 52)
        assert not holding.fits("C", 20)  # which is told to come back
        assert not holding.fits("A", 1)
    with Holding() as holding:
        assert holding.fits("A", 50)
        assert holding.fits("B", 30)
        assert not holding.fits("C", 20)
        holding.close()
        assert holding.fits("C", 1)
        assert holding.most("A") == 25
        clock[0] += 6
        assert holding.fits("A", 1)


def test_who_waits_for_more_than_a_quarter_keeps_nobody_from_having_more():
    with Holding() as holding:
        assert holding.fits("A", 40)
        assert not holding.fits("B", 50)
        assert holding.fits("A", 20)


def test_who_waits_has_no_less_because_of_itself():
    with Holding() as holding:
        assert holding.fits("A", 60)
        assert holding.fits("B", 25)
        assert not holding.fits("C", 12)
        holding.close()
        assert holding.fits("D", 1)
        assert holding.most("C") == 74


def test_room_is_given_back_by_what_fails_too_and_whoever_holds_nothing_is_forgotten():
    room = Budget(100)
    with pytest.raises(ZeroDivisionError), room.reserve("A", 70):
        raise ZeroDivisionError
    assert room.used == 0
    for number in range(1000):
        with room.reserve(str(number), 100), pytest.raises(Full), room.reserve(f"{number}x", 1):
            pass
    assert len(room._of) == 0
    assert len(room._missed) <= 2


def test_who_holds_nothing_is_not_in_the_way_of_what_the_same_client_gives_back():
    budget = Budget(100)
    with budget.reserve("a", 0):
        with budget.reserve("a", 10):
            pass
        assert budget.used == 0

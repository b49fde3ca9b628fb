"""Work ahead: in order, one piece ahead and no more, trouble in its place, nothing under way once it is left."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from newsflow.isolation.prefetch import prefetch
from tests.waiting import PATIENCE_S


def test_the_next_is_made_while_one_is_dealt_with() -> None:
    gates = [threading.Event() for _ in range(3)]

    def made() -> Iterator[int]:
        for number, gate in enumerate(gates):
            gate.set()
            yield number

    found = []
    for number in prefetch(made()):
        if number + 1 < len(gates):
            assert gates[number + 1].wait(PATIENCE_S)
        assert not any(gate.is_set() for gate in gates[number + 2 :])
        found.append(number)
    assert found == [0, 1, 2]


@pytest.mark.parametrize("items", [[], [None], [0, "", None]])
def test_any_item_is_an_item(items: list[object]) -> None:
    assert list(prefetch(items)) == items


def test_trouble_is_raised_in_its_place() -> None:
    def made() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    found = []
    with pytest.raises(OSError, match="gone"):
        for number in prefetch(made()):
            found.append(number)
    assert found == [1]


def test_left_early_it_waits_for_what_is_under_way_and_closes_it() -> None:
    started, leave, closed = threading.Event(), threading.Event(), []

    def made() -> Iterator[int]:
        try:
            yield 1
            started.set()
            leave.wait(PATIENCE_S)
            yield 2
        finally:
            closed.append(True)

    numbers = prefetch(made())
    assert next(numbers) == 1
    assert started.wait(PATIENCE_S)
    threading.Timer(0.05, leave.set).start()
    numbers.close()
    assert closed == [True]
    assert "ahead" not in {thread.name.partition("_")[0] for thread in threading.enumerate()}

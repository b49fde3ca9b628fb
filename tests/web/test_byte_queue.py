"""The queue between workers and writer."""

from __future__ import annotations

import threading

from newsflow.web.byte_queue import ByteQueue
from tests.waiting import PATIENCE_S


def test_first_in_first_out() -> None:
    box: ByteQueue[int] = ByteQueue(10)
    for number in range(5):
        box.put(number)
    assert [box.get() for _ in range(5)] == [0, 1, 2, 3, 4]


def test_waits_while_too_many_bytes_are_inside() -> None:
    box: ByteQueue[str] = ByteQueue(10)
    box.put("a", 8)
    other = threading.Thread(target=box.put, args=("b", 8), daemon=True)
    other.start()
    other.join(0.1)
    assert other.is_alive()
    assert box.get() == "a"
    other.join(PATIENCE_S)
    assert box.get() == "b"


def test_item_over_the_limit_passes_alone() -> None:
    box: ByteQueue[str] = ByteQueue(10)
    box.put("large", 1000)
    assert box.get() == "large"


def test_close_frees_those_who_wait() -> None:
    box: ByteQueue[str] = ByteQueue(1)
    box.put("a", 1)
    other = threading.Thread(target=box.put, args=("b", 1), daemon=True)
    other.start()
    box.close()
    other.join(PATIENCE_S)
    assert not other.is_alive()


def test_get_waits_for_an_item() -> None:
    box: ByteQueue[str] = ByteQueue(1)
    got: list[str] = []
    other = threading.Thread(target=lambda: got.append(box.get()), daemon=True)
    other.start()
    box.put("a")
    other.join(PATIENCE_S)
    assert got == ["a"]

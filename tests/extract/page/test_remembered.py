"""Names are remembered, and long ones take no more memory than short ones."""

from __future__ import annotations

from newsflow.extract.page.remembered import remembered


def test_a_name_is_asked_once_and_long_ones_make_it_forget() -> None:
    asked: list[str] = []
    size = remembered(lambda name: asked.append(name) or len(name))
    assert [size("a"), size("a")] == [1, 1]
    assert asked == ["a"]
    assert [size(str(n) * 1_000_000) for n in range(5)] == [1_000_000] * 5
    assert size("a") == 1
    assert asked.count("a") == 2

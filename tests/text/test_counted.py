"""Numbers of things in words."""

from __future__ import annotations

import pytest

from newsflow.text.counted import counted


@pytest.mark.parametrize(
    "number, thing, words",
    [(0, "feed", "0 feeds"), (1, "feed", "1 feed"), (2, "entry", "2 entries"), (1204, "story", "1,204 stories")],
)
def test_one_is_no_plural(number: int, thing: str, words: str) -> None:
    assert counted(number, thing) == words

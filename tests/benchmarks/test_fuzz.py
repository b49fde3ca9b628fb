"""A short, seeded slice of `make fuzz`: inputs of all kinds through the steps and the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fuzzing.night import Tally, nights


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_no_step_ends_and_every_input_has_an_outcome(dsn: str, tmp_path: Path, seed: int) -> None:
    tally = nights(dsn, tmp_path, seed, (), lambda so_far: not so_far.inputs, pages=12)
    assert tally.findings == []
    assert set(tally.inputs) == {"feed", "page and its head", "robots.txt", "WARC file", "list", "imported file"}


def test_an_input_without_an_outcome_is_a_finding() -> None:
    tally = Tally()
    tally.ended("feed", None, "https://a.example/feed")
    assert tally.findings == ["feed https://a.example/feed has no outcome"]

"""Plays every registered case; `make conformance` prints them as a table."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from tests.conformance.registry import CASES, SEEN, Case, World

pytestmark = pytest.mark.slow

for path in sorted(Path(__file__).parent.glob("*_cases.py")):
    importlib.import_module(f"tests.conformance.{path.stem}")


@pytest.mark.parametrize("case", CASES, ids=[f"{case.group}: {case.name}" for case in CASES])
def test_case(case: Case, world: World) -> None:
    seen = case.play(world)
    SEEN.append((case, seen, world.measured))
    assert seen == case.expected


def test_names_are_told_apart() -> None:
    assert len({(case.group, case.name) for case in CASES}) == len(CASES) > 40

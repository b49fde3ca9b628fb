"""`make bench` finds the benchmarks by their `main`, names them with what they print, and passes arguments on."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.__main__ import parts, purpose
from tests.paths import ROOT


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_parts_are_the_modules_with_a_main() -> None:
    assert {"extraction", "loading", "searching", "stories"} <= parts().keys()
    assert not {"__init__", "scores", "server", "load_world"} & parts().keys()


def test_the_list_says_of_each_what_it_measures() -> None:
    done = bench("list")
    assert done.returncode == 0
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    assert dict(lines) == parts()
    assert all(len(what) > 20 for what in parts().values())


def test_an_unknown_part_is_named_with_those_that_exist() -> None:
    done = bench("nonsense")
    assert done.returncode == 2
    assert "'nonsense'" in done.stderr
    assert next(iter(parts())) in done.stderr


def test_arguments_reach_the_part() -> None:
    done = bench("loading", "--help")
    assert done.returncode == 0
    assert "--articles" in done.stdout


@pytest.mark.parametrize(
    ("source", "first"), [('"""One.\n\nTwo."""', "One."), ("x = 1", ""), ('"""Three."""\nx = 1', "Three.")]
)
def test_the_purpose_is_the_first_line(source: str, first: str) -> None:
    assert purpose(source) == first

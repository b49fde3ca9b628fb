"""`make bench` finds the benchmarks by their `main`, and names them where it is asked for another."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.__main__ import parts
from newsflow.settings import ROOT


def test_parts_are_the_modules_with_a_main() -> None:
    assert parts()
    assert all((ROOT / f"benchmarks/{name}.py").is_file() for name in parts())
    assert "__init__" not in parts()


def test_an_unknown_part_is_named_with_those_that_exist() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "nonsense"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "'nonsense'" in done.stderr
    assert parts()[0] in done.stderr

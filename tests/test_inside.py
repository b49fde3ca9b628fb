"""Checks from outside find what they ask for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.paths import ROOT

LOAD = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("cases_inside", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(all(callable(getattr(module, name)) for name in module.__all__))
"""


def test_it_loads_by_its_path_with_the_package_alone(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "plugins")}
    command = [sys.executable, "-c", LOAD, str(ROOT / "tests" / "inside.py")]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr

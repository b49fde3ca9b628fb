"""`make bench [PART=name]`: one benchmark, or all of them, each in a process of its own.

Processes of their own, so that memory and caches of one do not colour the next.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def parts() -> list[str]:
    """Names of the benchmarks: modules beside this one that have a `main`."""
    found = sorted(Path(__file__).parent.glob("[a-z]*.py"))
    return [path.stem for path in found if "\ndef main(" in path.read_text(encoding="utf-8")]


def main(asked: list[str]) -> int:
    """The exit code: 2 for an unknown name, else that of the last benchmark that failed."""
    unknown = [name for name in asked if name not in parts()]
    if unknown:
        sys.stderr.write(f"no benchmark {unknown[0]!r}; there are: {', '.join(parts())}\n")
        return 2
    code = 0
    for name in asked or parts():
        print(f"── {name}", flush=True)
        command = [sys.executable, "-c", f"from benchmarks.{name} import main; main()"]
        code = subprocess.run(command, cwd=Path(__file__).parents[1], check=False).returncode or code
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

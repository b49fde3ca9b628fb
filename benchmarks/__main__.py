"""`make bench [PART=name [ARGS="…"]]`: one benchmark, or all of them, each in a process of its own.

Processes of their own, so that memory and caches of one do not colour the next. `make bench PART=list` names
them with what each prints; `ARGS=--help` tells what a part can be asked.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path


def parts() -> dict[str, str]:
    """What each benchmark measures, by name: modules and folders beside this one that have a `main`."""
    found = sorted([*Path(__file__).parent.glob("[a-z]*.py"), *Path(__file__).parent.glob("[a-z]*/__init__.py")])
    texts = {path.parent.name if path.stem == "__init__" else path.stem: path.read_text("utf-8") for path in found}
    return {name: purpose(text) for name, text in sorted(texts.items()) if "\ndef main(" in text}


def purpose(source: str) -> str:
    """The first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def run(name: str, arguments: list[str]) -> int:
    """The exit code of a benchmark."""
    print(f"── {name}", flush=True)
    command = [sys.executable, "-c", f"from benchmarks.{name} import main; main()", *arguments]
    return subprocess.run(command, cwd=Path(__file__).parents[1], check=False).returncode


def main(asked: list[str]) -> int:
    """The exit code: 2 for an unknown name, else that of the last benchmark that failed."""
    known = parts()
    if asked == ["list"]:
        width = max(map(len, known))
        print("\n".join(f"  {name:<{width}}  {what}" for name, what in known.items()))
        return 0
    if asked and asked[0] not in known:
        sys.stderr.write(f"no benchmark {asked[0]!r}; there are: {', '.join(known)}\n")
        return 2
    codes = [run(name, asked[1:]) for name in asked[:1] or known]
    return next((code for code in reversed(codes) if code), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

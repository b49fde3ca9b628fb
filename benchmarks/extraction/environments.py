"""An environment of its own for each group of extractors, made once in `.newsflow/peers` from pinned requirements."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.paths import ROOT

REQUIREMENTS = Path(__file__).parent / "peers"
HOME = ROOT / ".newsflow" / "peers"
UV = Path(sys.executable).with_name("uv")


class UnavailableError(Exception):
    """An environment can't be made here; says why."""


@dataclass(frozen=True)
class Environment:
    """A Python, and what it is asked for its version."""

    python: Path
    requirements: Path

    def version(self, package: str) -> str:
        """The pinned version; "" for what is not pinned there."""
        found = re.search(rf"^{re.escape(package)}==(\S+)", self.requirements.read_text(), re.MULTILINE)
        return found[1] if found else ""


def environment(group: str) -> Environment:
    """`own` is this process' own; others are installed where they are not.

    :raises UnavailableError: with the installer's last word.
    """
    if group == "own":
        return Environment(Path(sys.executable), ROOT / "requirements.txt")
    requirements = REQUIREMENTS / f"{group}.txt"
    folder = HOME / f"{group}-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:8]}"
    if not (folder / "ready").exists():
        print(f"  installing {group} into {folder.relative_to(ROOT)} (a minute the first time)", flush=True)
        _install(folder, requirements)
    return Environment(folder / "bin" / "python", requirements)


def _install(folder: Path, requirements: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    python = folder / "bin" / "python"
    _run(UV, "venv", "-q", "--python", sys.executable, folder)
    _run(UV, "pip", "install", "-q", "--compile-bytecode", "--python", python, "-r", requirements)
    (folder / "ready").touch()


def _run(*command: str | Path) -> None:
    plain = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    done = subprocess.run(list(map(str, command)), env=plain, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError((done.stderr.strip() or "the installer failed").splitlines()[-1][:200])

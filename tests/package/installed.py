"""newsflow installed from its wheel into an environment that holds what a lock names, and nothing of the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from tests.paths import ROOT
from tests.waiting import PATIENCE_S

LOCKS = {"wheel": ("requirements.txt", ".ci/local.txt"), "image": ("requirements.txt",)}
COPY = re.compile(r"^COPY (?!--from)(?P<sources>.+) \S+$", re.MULTILINE)


@dataclass(frozen=True)
class Installed:
    """An environment with newsflow in it; `work` is an empty folder to work in, and HOME."""

    folder: Path
    work: Path

    @property
    def bin(self) -> Path:
        """Where its programs are."""
        return self.folder / "bin"

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing of ours but the way to the programs."""
        return {"PATH": f"{self.bin}:/usr/bin:/bin", "HOME": str(self.work), "NO_COLOR": "1", **more}

    def run(self, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run one of its programs to its end."""
        words = [str(self.bin / command[0]), *command[1:]]
        return subprocess.run(
            words,
            env=self.environment(**env),
            cwd=self.work,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )


def copied_by_dockerfile() -> list[str]:
    """The paths that the image's build sees."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    return [source for found in COPY.finditer(text) for source in found["sources"].split()]


def build_wheel(tree: Path) -> Path:
    """The wheel of the files that the image is built from, made in a copy of them."""
    for name in copied_by_dockerfile():
        source, target = ROOT / name, tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(source, target)
    code = "from setuptools import build_meta; build_meta.build_wheel('dist')"
    (tree / "dist").mkdir()
    done = subprocess.run([sys.executable, "-c", code], cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (wheel,) = (tree / "dist").glob("*.whl")
    return wheel


def install(kind: str, wheel: Path, folder: Path) -> Installed:
    """A fresh environment with the packages of its locks, linked from this one, and the wheel.

    :param kind: `wheel` (with the extra [local]) or `image`.
    """
    venv, work = folder / "venv", folder / "work"
    work.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(venv)}))
    _link(site, locked(LOCKS[kind]))
    target = ("--python", str(venv / "bin/python"), "--no-deps", "--offline", "--quiet")
    subprocess.run([str(Path(sys.executable).parent / "uv"), "pip", "install", *target, str(wheel)], check=True)
    airflow = venv / "bin/airflow"
    airflow.write_text(f"#!{venv}/bin/python\nfrom airflow.__main__ import main\nmain()\n")
    airflow.chmod(0o755)
    return Installed(venv, work)


def locked(names: Iterable[str]) -> set[str]:
    """The packages of some lock files."""
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in names]
    return {_normal(found) for text in texts for found in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}


def _link(site: Path, wanted: set[str]) -> None:
    for found in distributions(path=[sysconfig.get_path("purelib")]):
        if _normal(found.metadata["Name"]) in wanted:
            for top in _tops(found):
                if not (site / top).exists():
                    os.symlink(str(found.locate_file(top)), site / top)


def _tops(found: Distribution) -> set[str]:
    """What the package has put into site-packages; its programs lie elsewhere."""
    return {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

"""Runs one extractor over one set, in its own process and environment, behind a progress bar."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from benchmarks.extraction.environments import Environment, UnavailableError, environment
from benchmarks.extraction.extractors import Made
from benchmarks.extraction.sets import Gold
from tests.paths import ROOT

SCRIPT = Path(__file__).with_name("extractors.py")
_PEAK = "peak"  # the key of the last line: no page's
KEPT = ROOT / ".newsflow" / "bench"
GROUPS = {"newsflow": "own", "mediacloud-metadata": "mediacloud"}  # the others stand in `peers`
PACKAGES = {name: name for name in ("readability-lxml", "resiliparse", "newspaper4k", "news-please")}


@dataclass
class Run:
    """One extractor on one set: what it made of each page, and its peak of memory in MiB."""

    name: str
    version: str
    made: list[Made]
    peak_mb: float

    @property
    def rate(self) -> float:
        """Pages per CPU second; 0 where nothing was measured."""
        seconds = sum(page.seconds for page in self.made)
        return len(self.made) / seconds if seconds else 0.0


def run(name: str, gold: Sequence[Gold], *, reuse: bool = False) -> Run:
    """Everything it makes of the pages.

    :param reuse: take what the same version made of a page before, newsflow excepted.
    :raises UnavailableError: where it can't be installed or does not run.
    """
    where = environment(GROUPS.get(name, "peers"))
    kept = _kept(name, where)
    known = _read(kept)
    new = [one for one in gold if not reuse or name == "newsflow" or _key(one) not in known]
    if new:
        *made, known[_PEAK] = _lines(name, "".join(one.manifest_line() + "\n" for one in new), where, len(new))
        known |= zip(map(_key, new), made, strict=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(known), encoding="utf-8")
    return _parse(name, where, [known[_key(one)] for one in gold], known[_PEAK])


def _kept(name: str, where: Environment) -> Path:
    """Where an extractor's results are kept: a line of `extractors.py` a page, by the page's key."""
    parts = (name, where.requirements.read_text(), SCRIPT.read_text(encoding="utf-8"))
    return KEPT / f"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:16]}.json"


def _read(kept: Path) -> dict[str, str]:
    return json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}


def _key(one: Gold) -> str:
    return f"{one.path} {one.url}"


def _lines(name: str, manifest: str, where: Environment, count: int) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder, Progress(transient=True) as progress:
        path = Path(folder) / "manifest.jsonl"
        path.write_text(manifest, encoding="utf-8")
        command = [str(where.python), str(SCRIPT), name, str(path)]
        variables = {**os.environ, "PYTHONPATH": str(ROOT / "plugins") if name == "newsflow" else ""}
        with (Path(folder) / "errors").open("w+") as errors:
            child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=variables)
            assert child.stdout is not None
            for line in progress.track(child.stdout, total=count + 1, description=f"  {name}"):
                yield line.rstrip("\n")
            if child.wait():
                errors.seek(0)
                raise UnavailableError((errors.read().strip() or "it died").splitlines()[-1][:200])


def _parse(name: str, where: Environment, lines: Sequence[str], last: str) -> Run:
    version = where.version(PACKAGES.get(name, name.partition(" ")[0]))
    return Run(name, version, [Made(**json.loads(line)) for line in lines], json.loads(last)["peak_mb"])

"""`make setup`: the virtual environment, from hash-locked files, with nothing but Python at hand.

Runs as a script of the system's Python (standard library only): `python3 -I install.py [--tests]`.
An environment that is up to date costs some milliseconds.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

OLDEST, NEWEST = (3, 10), (3, 14)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class SetupError(Exception):
    """The environment can't be made; the message says what to do."""


def say(text: str) -> None:
    """One line on stderr, so that stdout stays free for results."""
    sys.stderr.write(f"setup: {text}\n")
    sys.stderr.flush()


def locked(root: Path, tests: bool) -> list[Path]:
    """The locks of what is installed: the tests' holds all; else the image's, and what a laptop has beside that."""
    return [root / "tests/requirements.txt"] if tests else [root / "requirements.txt", root / ".ci/local.txt"]


def sources(root: Path, tests: bool) -> list[Path]:
    """The files from which the environment is made."""
    return [root / ".ci/bootstrap.txt", *locked(root, tests), root / "pyproject.toml"]


def fingerprint(root: Path, tests: bool, version: tuple[int, ...]) -> str:
    """Changes when the environment must: with the locks, the Python, or the folder of the checkout."""
    digest = hashlib.sha256(json.dumps([str(root), list(version)]).encode())
    for path in sources(root, tests):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def stamp(root: Path, tests: bool) -> Path:
    """File that holds the fingerprint of what was installed."""
    return root / ".venv" / (".installed-tests" if tests else ".installed")


def up_to_date(root: Path, tests: bool, version: tuple[int, ...]) -> bool:
    """Whether there is nothing to do."""
    wanted, note = fingerprint(root, tests, version), stamp(root, tests)
    return note.is_file() and note.read_text() == wanted and (root / ".venv/bin/newsflow").is_file()


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold a lock on the checkout, so that two `make` at once don't install into each other."""
    handle = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another setup is at work in this checkout, waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def environment(current: Mapping[str, str]) -> dict[str, str]:
    """For uv: an index that pip was told of is uv's too; no virtual environment but ours."""
    env = {k: v for k, v in current.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "CONDA_PREFIX")}
    for theirs, ours in (("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_EXTRA_INDEX_URL", "UV_INDEX")):
        if current.get(theirs) and not (current.get(ours) or current.get("UV_INDEX_URL")):
            env[ours] = current[theirs]
    return env


def run(command: Sequence[str | Path], env: Mapping[str, str]) -> None:
    """Run a step and let its output be seen.

    :raises SetupError: where it fails.
    """
    words = [str(word) for word in command]
    with subprocess.Popen(words, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            if not line.startswith((" + ", " Downloaded", " - ", " ~ ")):  # a line a package says nothing
                sys.stderr.write(line)
                sys.stderr.flush()
    if process.returncode:
        raise SetupError(f"this failed, its own message stands above: {' '.join(words)}")


def make_venv(root: Path, env: Mapping[str, str]) -> None:
    """A fresh virtual environment with uv in it, installed by pip against hashes.

    :raises SetupError: where Python has no `venv` with pip (Debian's package python3-venv).
    """
    venv = root / ".venv"
    say(f"making {venv.name} with Python {sys.version.split()[0]}")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(venv)], env=dict(env), capture_output=True, text=True, check=False
    )
    if made.returncode:
        shutil.rmtree(venv, ignore_errors=True)
        raise SetupError(
            "this Python can't make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"
            f" (Python said: {(made.stdout + made.stderr).strip().splitlines()[-1:]})"
        )
    python = venv / "bin/python"
    options = ("--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps")
    run([python, "-m", "pip", "install", *options, "-r", root / ".ci/bootstrap.txt"], env)


def install(root: Path, tests: bool) -> None:
    """Bring the environment to what the locks say."""
    env, started = environment(os.environ), time.monotonic()
    venv = root / ".venv"
    if not _usable(root):
        make_venv(root, env)
    locks = locked(root, tests)
    lines = [line for path in locks for line in path.read_text().splitlines()]
    packages = sum("==" in line and not line.startswith((" ", "#")) for line in lines)
    say(f"installing {packages} locked packages (a minute or two the first time, then cached)")
    target = ("--python", venv / "bin/python")
    files = [word for path in locks for word in ("-r", path)]
    run([venv / "bin/uv", "pip", "install", *target, "--require-hashes", "--compile-bytecode", *files], env)
    local = ("--no-deps", "--no-build-isolation", "-e", root)
    run([venv / "bin/uv", "pip", "install", "--quiet", *target, *local], env)
    for done in {False, tests}:
        stamp(root, done).write_text(fingerprint(root, done, sys.version_info[:2]))
    say(f"ready after {time.monotonic() - started:.0f} s")


def _usable(root: Path) -> bool:
    """Whether the environment there is one of this Python, this folder, and has uv in it."""
    python, uv = root / ".venv/bin/python", root / ".venv/bin/uv"
    if not (python.exists() and uv.exists()):
        return False
    probe = subprocess.run(
        [str(python), "-c", "import sys; print(sys.prefix, *sys.version_info[:2], sep='\\n')"],
        capture_output=True,
        text=True,
        check=False,
    )
    return probe.stdout.splitlines() == [str(root / ".venv"), *map(str, sys.version_info[:2])]


def browser() -> str:
    """Path of a Chromium, or ''."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), "")


def ensure_browser() -> None:
    """Debian's Chromium where it is missing and we may install it; its tests are skipped, loudly, where not."""
    if browser():
        return
    if os.geteuid() or not shutil.which("apt-get"):
        say("no Chromium here: the tests that look at Airflow's pages will be skipped (apt-get install chromium)")
        return
    say("installing Debian's chromium for the tests that look at Airflow's pages")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = ("-qq", "-o=Dpkg::Use-Pty=0")
    for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        if subprocess.run(["apt-get", *quiet, *command], env=env, stdout=sys.stderr, check=False).returncode:
            say("apt-get could not install it: those tests will be skipped")
            return


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = argparse.ArgumentParser(description="Install newsflow into .venv.")
    parser.add_argument("--tests", action="store_true", help="what the tests need, too")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the checkout")
    asked = parser.parse_args(arguments)
    root = asked.root.resolve()
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        say(f"Python {sys.version.split()[0]} does not fit; name one from 3.10 to 3.14: make PYTHON=python3.12 …")
        return 1
    try:
        with alone(root):
            if not up_to_date(root, asked.tests, sys.version_info[:2]):
                install(root, asked.tests)
            if asked.tests:
                ensure_browser()
    except SetupError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

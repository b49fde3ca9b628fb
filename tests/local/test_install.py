"""`make setup` and the Makefile: what makes an environment stale, and what each target runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from newsflow.local import install
from tests.paths import ROOT
from tests.waiting import PATIENCE_S

VERSION = (3, 11)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that setup looks at."""
    for name in (".ci/bootstrap.txt", "requirements.txt", ".ci/local.txt", "tests/requirements.txt", "pyproject.toml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"# {name}\n")
    return tmp_path


def installed(checkout: Path, *, tests: bool) -> None:
    (checkout / ".venv/bin").mkdir(parents=True, exist_ok=True)
    (checkout / ".venv/bin/newsflow").touch()
    install.stamp(checkout, tests).write_text(install.fingerprint(checkout, tests, VERSION))


def test_an_installed_environment_is_up_to_date(checkout: Path) -> None:
    assert not install.up_to_date(checkout, False, VERSION)
    installed(checkout, tests=False)
    assert install.up_to_date(checkout, False, VERSION)
    assert not install.up_to_date(checkout, True, VERSION)


@pytest.mark.parametrize("name", [".ci/bootstrap.txt", "requirements.txt", ".ci/local.txt", "pyproject.toml"])
def test_a_changed_lock_makes_it_stale(checkout: Path, name: str) -> None:
    installed(checkout, tests=False)
    (checkout / name).write_text("changed")
    assert not install.up_to_date(checkout, False, VERSION)


def test_another_python_or_a_moved_checkout_makes_it_stale(checkout: Path, tmp_path: Path) -> None:
    installed(checkout, tests=False)
    assert not install.up_to_date(checkout, False, (3, 12))
    moved = tmp_path.with_name(tmp_path.name + "-moved")
    checkout.rename(moved)
    assert not install.up_to_date(moved, False, VERSION)


def test_a_removed_environment_is_made_again(checkout: Path) -> None:
    installed(checkout, tests=False)
    (checkout / ".venv/bin/newsflow").unlink()
    assert not install.up_to_date(checkout, False, VERSION)


def test_up_to_date_setup_says_nothing(capfd: pytest.CaptureFixture[str], checkout: Path) -> None:
    installed(checkout, tests=False)
    install.stamp(checkout, False).write_text(install.fingerprint(checkout, False, sys.version_info[:2]))
    assert install.main(["--root", str(checkout)]) == 0
    assert capfd.readouterr() == ("", "")


def test_pips_index_becomes_uvs_and_a_foreign_environment_is_left() -> None:
    found = install.environment({"PIP_INDEX_URL": "https://pypi.example.org/simple", "VIRTUAL_ENV": "/x", "A": "b"})
    assert found["UV_DEFAULT_INDEX"] == "https://pypi.example.org/simple"
    assert "VIRTUAL_ENV" not in found
    assert found["A"] == "b"


def test_an_index_given_to_uv_wins() -> None:
    found = install.environment({"PIP_INDEX_URL": "https://a", "UV_DEFAULT_INDEX": "https://b"})
    assert found["UV_DEFAULT_INDEX"] == "https://b"


def test_a_python_that_does_not_fit_is_named(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], checkout: Path
) -> None:
    monkeypatch.setattr(install, "OLDEST", (3, 99))
    assert install.main(["--root", str(checkout)]) == 1
    assert "make PYTHON=" in capfd.readouterr().err


def test_a_failing_step_ends_with_its_command(checkout: Path) -> None:
    with pytest.raises(install.SetupError, match="false --really"):
        install.run(["false", "--really"], os.environ)


def test_two_setups_wait_for_each_other(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    order: list[str] = []

    def second() -> None:
        with install.alone(checkout):
            order.append("second")

    with install.alone(checkout):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        order.append("first")
    thread.join(PATIENCE_S)
    assert order == ["first", "second"]
    assert "waiting for it" in capfd.readouterr().err


def test_the_script_needs_nothing_but_the_standard_library() -> None:
    subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "plugins/newsflow/local/install.py"), "--help"],
        check=True,
        capture_output=True,
    )


def test_locks_are_hashed_and_the_tests_lock_holds_the_runtimes() -> None:
    def pins(name: str) -> set[str]:
        lines = (ROOT / name).read_text().splitlines()
        return {line.split()[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}

    for name in (".ci/bootstrap.txt", ".ci/local.txt", "requirements.txt", "tests/requirements.txt"):
        assert (ROOT / name).read_text().count("--hash=sha256:") >= len(pins(name))
    assert pins("requirements.txt") | pins(".ci/local.txt") <= pins("tests/requirements.txt")


def test_the_laptops_lock_is_what_the_extra_local_adds_to_the_images() -> None:
    def names(text: str) -> set[str]:
        return set(re.findall(r"^([a-z][\w-]*)", text, re.MULTILINE))

    (extra,) = re.findall(r"^local = \[(.+?)\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    wanted = set(re.findall(r'"([a-z][\w-]*)', extra))
    assert names((ROOT / ".ci/local.in").read_text()) == wanted - names((ROOT / "requirements.txt").read_text())
    assert wanted


HANDED_DOWN = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "ARGS", "PART", "FEEDS", "ONCE", "WORKERS")


def make(*words: str) -> str:
    """What a make of its own says; these tests run under one, which hands its flags and variables down."""
    env = {name: value for name, value in os.environ.items() if name not in HANDED_DOWN}
    return subprocess.run(["make", *words], cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout


def dry(*words: str) -> str:
    """What make would run."""
    return make("-n", *words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("run",), ".venv/bin/newsflow up --run"),
        (("run", "ONCE=1"), ".venv/bin/newsflow up --run --once"),
        (("run", "ONCE=0"), ".venv/bin/newsflow up --run"),
        (("run", "FEEDS=my feeds.opml", "ONCE=1"), '.venv/bin/newsflow up --run --once --feeds "my feeds.opml"'),
        (("test",), ".venv/bin/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder"),
        (("test", "ARGS=-k copy"), ".venv/bin/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -k copy"),
        (("bench", "PART=load"), ".venv/bin/python -m benchmarks load"),
        (("down",), ".venv/bin/newsflow down"),
    ],
)
def test_make_targets_run_what_they_say(words: tuple[str, ...], expected: str) -> None:
    assert dry(*words).strip().splitlines()[-1].rstrip() == expected


def test_lint_is_ruff_and_strict_mypy() -> None:
    text = dry("lint")
    assert "ruff check" in text and "ruff format --check" in text and "mypy" in text


def test_every_target_installs_first_and_tests_install_more() -> None:
    assert "--tests" not in dry("run")
    for target in ("test", "lint", "bench"):
        assert dry(target).splitlines()[0].endswith("install.py --tests")


def test_ci_runs_lint_and_tests_and_nothing_else() -> None:
    commands = [line for line in (ROOT / ".ci/run").read_text().splitlines() if not line.startswith("#")]
    assert commands == ["set -e", 'cd "$(dirname "$0")/.."', "make lint", "exec make test"]


def test_help_names_the_targets() -> None:
    text = make()
    assert all(f"make {target}" in text for target in ("setup", "run", "test", "lint", "bench", "lock"))

"""One real Airflow for all tests that need its scheduler: `newsflow up --run`, as a user has it.

Starting it is what takes the time. The files beside this one are parts of one story, played in their order by one
worker (`tests/conftest.py`); each can be played alone.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsflow.local.home import Home
from tests.real_airflow.up import Up, started


@pytest.fixture(scope="session")
def up() -> Iterator[Up]:
    """The servers at work, after the first run."""
    folder = Path(tempfile.mkdtemp(prefix="nf-night-"))
    folder.chmod(0o755)
    with started(Home(folder / "home")) as running:
        yield running
    shutil.rmtree(folder, ignore_errors=True)

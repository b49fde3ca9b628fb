"""The analyst's notebook, executed. To renew its outputs and figures in docs/:

python -m tests.contract.notebook
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from newsflow.maintain.scratch_database import scratch_database
from newsflow.store.db import session
from newsflow.store.migrate import migrate
from tests.contract.month import fill
from tests.load.world import World
from tests.paths import ROOT
from tests.waiting import PATIENCE_S

NOTEBOOK = ROOT / "docs/examples/first_hour.ipynb"
FIGURES = ROOT / "docs/figures"


@contextmanager
def environment(**values: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def execute(dsn: str, figures: Path) -> Any:
    """The notebook with fresh outputs; its figures go to a folder.

    :raises nbclient.exceptions.CellExecutionError: where a cell fails.
    """
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with environment(NEWS_DSN=dsn, NEWS_FIGURES=str(figures), MPLBACKEND="module://matplotlib_inline.backend_inline"):
        NotebookClient(notebook, timeout=int(PATIENCE_S), kernel_name="python3").execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times of day
    return notebook


def texts(notebook: Any) -> list[str]:
    """What the cells answer in text, without what differs between versions of the libraries."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            found.append(re.sub(r"<Figure size .*?>", "<Figure>", text))
    return found


def main() -> None:
    """Write the notebook and its figures anew."""
    with scratch_database() as dsn:
        with session(dsn) as conn:
            migrate(conn)
        world = World(dsn)
        fill(world)
        made = execute(dsn, FIGURES)
        world.conn.close()
    nbformat.write(made, NOTEBOOK)


if __name__ == "__main__":
    main()

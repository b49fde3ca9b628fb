"""The files that the package carries beside its code: SQL, runbooks and Dags. The one way to them.

In the repository they stand at the top (`sql/`, `docs/runbooks/`, `dags/`), and the package holds symbolic links to
them; a wheel holds the files themselves. So the same paths work in a checkout, in the image and from a wheel.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from newsflow.errors import NewsflowError

SQL, RUNBOOKS, DAGS = "sql", "runbooks", "dags"


class MissingResourceError(NewsflowError):
    """The installation lacks files that newsflow carries."""


def _package() -> Path:
    # Airflow reads Dag files from the disk, so the package is never imported from a zip: nothing is unpacked here.
    with as_file(files("newsflow")) as found:
        return found


def folder(name: str) -> Path:
    """A folder of the package, such as `sql/queries`.

    :raises MissingResourceError: where it is not there.
    """
    found = _package() / name
    if not found.is_dir():
        raise MissingResourceError(f"this installation is incomplete, there is no {found}: install newsflow again")
    return found


def listed(name: str, suffix: str) -> list[Path]:
    """The files of a folder that end in `suffix`, by name.

    :raises MissingResourceError: where there is none: an installation lost them.
    """
    found = sorted(folder(name).glob(f"*{suffix}"))
    if not found:
        raise MissingResourceError(f"this installation is incomplete, {folder(name)} is empty: install newsflow again")
    return found


def dags_folder() -> Path:
    """The folder of the Dag files, for an Airflow to read.

    :raises MissingResourceError: where it is not there.
    """
    return folder(DAGS).resolve()


def import_folder() -> Path:
    """The folder from which `newsflow` is imported, for the search path of a child process."""
    return _package().parent


def checkout() -> Path | None:
    """The working copy that the package runs from; None for an installed wheel, which holds no links."""
    link = _package() / SQL
    return link.resolve().parent if link.is_symlink() else None

"""The runbooks of docs/runbooks as pages, so that an alarm's link works where the alarm is read."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

from newsflow import resources

_NAME = re.compile(r"^[a-z_]{1,40}$")


def listed(folder: Path) -> dict[str, str]:
    """Runbooks by name, with their titles."""
    return {p.stem: _title(p) for p in sorted(folder.glob("*.md")) if _NAME.match(p.stem)}


def _title(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ").strip()


@lru_cache(maxsize=64)
def _html(path: Path, _changed: float) -> Markup:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return Markup(parser.render(path.read_text(encoding="utf-8")))  # noqa: S704  # html is off: all markup is ours


def page(folder: Path, name: str) -> Markup | None:
    """A runbook as HTML; None where there is none of that name."""
    path = folder / f"{name}.md"
    if not _NAME.match(name) or not path.is_file():
        return None
    return _html(path, path.stat().st_mtime)


def shown(name: str) -> dict[str, Any] | None:
    """What the page of a runbook shows; None where there is none of that name.

    :param name: with ".md" too, as the links between the files have it.
    """
    folder, name = resources.folder(resources.RUNBOOKS), name.removesuffix(".md")
    body = page(folder, name)
    return {"body": body, "name": name, "listed": listed(folder)} if body is not None else None

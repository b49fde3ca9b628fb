"""`python -m newsflow.reference` writes the pages of settings, commands and runbooks anew; tests find them stale."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from newsflow import resources
from newsflow.reference import commands_page, runbooks_page, settings_page

PAGES: Mapping[str, Callable[[], str]] = {
    "docs/settings.md": settings_page.render,
    "docs/commands.md": commands_page.render,
    "docs/runbooks/README.md": runbooks_page.render,
}


def main() -> None:
    """Write the pages below the working copy."""
    folder = resources.checkout()
    if folder is None:
        sys.exit("newsflow does not run from a working copy")
    for name, render in PAGES.items():
        (folder / name).write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()

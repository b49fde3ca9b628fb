"""The index of decisions names each page with its date and status, and nothing else."""

from __future__ import annotations

import re

from tests.paths import ROOT

FOLDER = ROOT / "docs" / "decisions"
HEAD = re.compile(r"# (\d{4}) (.+)\n\n\*(\d{4}-\d\d-\d\d) · (in force|replaced by \[\d{4}\]\(.+\))\*\n")


def row(name: str, text: str) -> str:
    """The line of the index for a page."""
    head = HEAD.match(text)
    assert head, f"{name} begins otherwise than: # 0000 Title, an empty line, *date · status*"
    number, title, date, status = head.groups()
    assert name.startswith(number)
    return f"| [{number}]({name}) | {title} | {date} | {status} |"


def test_the_index_names_each_page() -> None:
    pages = sorted(FOLDER.glob("0*.md"))
    expected = [row(page.name, page.read_text(encoding="utf-8")) for page in pages]
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert expected
    assert re.findall(r"^\| \[.*$", index, re.MULTILINE) == expected

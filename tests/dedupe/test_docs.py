"""The queries of docs/stories.md answer."""

from __future__ import annotations

import re

from newsflow.importer.columns import FIELDS
from tests.dedupe.conftest import Desk
from tests.paths import ROOT

IMPORTING = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "stories.md").read_text(encoding="utf-8")


def test_queries_of_the_page_run(desk: Desk) -> None:
    found = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    assert len(found) >= 2
    for query in found:
        assert desk.rows(query) == []


def test_the_page_names_every_field_of_an_import() -> None:
    assert [name for name in FIELDS if f"`{name}`" not in IMPORTING] == []

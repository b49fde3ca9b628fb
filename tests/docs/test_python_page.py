"""The examples of docs/python.md print what the page says."""

from __future__ import annotations

import contextlib
import io
import re

import pytest

from tests.paths import ROOT

EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text(encoding="utf-8"), re.DOTALL)
PRINTED = re.compile(r"^# (.+)$", re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.partition("\n")[0])
def test_an_example_prints_what_the_page_says(example: str) -> None:
    compile(example, "docs/python.md", "exec")
    if example.startswith("# needs a database"):
        return
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(example, {})
    assert out.getvalue().strip() == PRINTED.findall(example)[-1]

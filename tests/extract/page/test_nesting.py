"""How deep boxes stand within boxes; of a page that is too deep for it resiliparse is not asked."""

from __future__ import annotations

import pytest

from newsflow.extract.body import completeness
from newsflow.extract.page import markup

LINE = "<p>The council voted on Tuesday to rebuild the old ferry pier, ending a dispute of nine years.</p>"


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("", 0),
        ("<div>a</div><div>b</div>", 1),
        ("<div><section><DIV></DIV></section></div>", 3),
        ("<div><div><div>", 3),
        ("<body><br><img><p>", 0),
    ],
)
def test_levels_are_counted(text: str, levels: int) -> None:
    assert not markup.is_deep(text, levels)
    assert levels == 0 or markup.is_deep(text, levels - 1)


def test_resiliparse_reads_no_page_that_is_thousands_of_boxes_deep() -> None:
    assert completeness.light(f"<body><article>{LINE * 9}</article></body>")
    assert not completeness.light(f"<body><article>{LINE * 9}</article>{'<div>' * 6_000}</body>")

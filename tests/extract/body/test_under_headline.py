"""The text under the headline wins over comments and teasers below it, however it is marked up."""

from __future__ import annotations

import pytest

from newsflow.extract.document import extract
from tests.extract.texts import TEXTS

URL = "https://courier.example/2026/05/12/pier"
TEXT = TEXTS["en"].paragraphs
VOICES = [f"{p} {q}" for p in TEXTS["de"].paragraphs for q in TEXTS["de"].paragraphs]
LOOSE = "<br><br>".join(TEXT)


@pytest.mark.parametrize("story", [
    "<div id=txt>{}</div>", "<div><div class='art'>{}</div></div>", "<td>{}</td>", "<section>{}</section>",
    "<div id=txt><img src=a.png>{}<br><a href=/x>More</a></div>",
])  # fmt: skip
@pytest.mark.parametrize("voice", [
    "<div class=op><div class=txt><p>{}</p></div></div>",
    "<div class='newsItem clear'><div class=content><p>{}</p></div></div>",
])  # fmt: skip
def test_it_wins_over_many_boxes_below(story: str, voice: str) -> None:
    below = "".join(voice.format(p) for p in VOICES)
    found = extract(f"<html><body><h1>The pier is closed</h1>{story.format(LOOSE)}{below}</body></html>".encode(), URL)
    assert found.body.split("\n") == list(TEXT)


def test_a_text_in_many_boxes_stays() -> None:
    boxes = "".join(f"<div class=part><div><p>{p}</p></div></div>" for p in TEXT)
    found = extract(f"<html><body><h1>The pier is closed</h1>{boxes}</body></html>".encode(), URL)
    assert found.body.split("\n") == list(TEXT)

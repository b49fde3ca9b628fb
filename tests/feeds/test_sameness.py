"""A document that differs in the time of the answer alone says the same; any other difference counts."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest

from newsflow.feeds.sameness import digest

RSS = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>Paper</title><link>https://paper.example/</link>
<lastBuildDate>Mon, 02 Mar 2026 10:00:00 GMT</lastBuildDate><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>
<item><title>One</title><guid>1</guid><pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate>
<description><![CDATA[<p>Text <!-- a --></p>]]></description></item>
<item><title>Two</title><guid>2</guid></item></channel></rss>
<!-- page generated in 0.31 s at 10:00:00 -->
"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Paper</title><!-- built 10:00 -->
<updated>2026-03-02T10:00:00Z</updated><id>p</id>
<entry><id>1</id><title>One</title><updated>2026-03-02T09:00:00Z</updated></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Paper</title><dc:date>2026-03-02T10:00:00Z</dc:date></channel>
<item><title>One</title><link>https://paper.example/1</link><dc:date>2026-03-02T09:00:00Z</dc:date></item></rdf:RDF>"""
JSON = '{"version": "https://jsonfeed.org/version/1.1", "updated": "10:00", "items": [{"id": "1"}]}'


def changed(text: str, old: str, new: str) -> bool:
    assert old in text
    return digest(text.encode()) != digest(text.replace(old, new).encode())


@pytest.mark.parametrize(
    "text, old, new",
    [
        (RSS, "10:00:00 GMT", "10:30:00 GMT"),
        (RSS, "0.31 s at 10:00:00", "0.29 s at 10:30:00"),
        (RSS, "<lastBuildDate>Mon, 02 Mar 2026 10:00:00 GMT</lastBuildDate>", ""),
        (ATOM, "2026-03-02T10:00:00Z", "2026-03-02T10:30:00Z"),
        (ATOM, "built 10:00", "built 10:30"),
        (RDF, "2026-03-02T10:00:00Z", "2026-03-02T10:30:00Z"),
    ],
)
def test_the_time_of_the_answer_does_not_count(text: str, old: str, new: str) -> None:
    assert not changed(text, old, new)


@pytest.mark.parametrize(
    "text, old, new",
    [
        (RSS, "09:00:00", "09:10:00"),
        (RSS, "<!-- a -->", "<!-- b -->"),  # in an entry's text it may be anything
        (RSS, "One", "One, corrected"),
        (RSS, "Paper", "The Paper"),
        (RSS, "https://paper.example/", "https://new.example/"),
        (RSS, "<guid>2</guid>", "<guid>3</guid>"),
        (ATOM, "T09:00:00Z", "T09:10:00Z"),
        (RDF, "T09:00:00Z", "T09:10:00Z"),
        (JSON, "10:00", "10:30"),
    ],
)
def test_all_else_counts(text: str, old: str, new: str) -> None:
    assert changed(text, old, new)


HOSTILE: list[tuple[str, Callable[[int], str]]] = [
    ("open comments", lambda n: "<rss>" + "<!-- " * n),
    ("open dates", lambda n: "<rss>" + "<pubDate>" * n),
    ("comments at the end", lambda n: "<rss><item/>" + "<!-- x -->" * n + "!"),
    ("blanks at the end", lambda n: "<rss><item/>" + " " * n + "!"),
]


@pytest.mark.parametrize("make", [make for _, make in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_no_document_is_dear(make: Callable[[int], str]) -> None:
    """Twice the size costs about twice the CPU, and not four times."""

    def cost(size: int) -> float:
        body = make(size).encode()
        began = process_time()
        for _ in range(5):
            digest(body)
        return process_time() - began

    assert cost(80_000) < 10 * max(cost(20_000), 0.005)

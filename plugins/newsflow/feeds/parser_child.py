"""What a parsing child does with a feed. Only the child imports this: the parent needs no parser."""

from __future__ import annotations

from newsflow.feeds.dates import times_in
from newsflow.feeds.pages.memory import PageKnowledge
from newsflow.feeds.parse import parse
from newsflow.feeds.parsed import FeedError, ParsedFeed
from newsflow.outcomes import Outcome

Answer = ParsedFeed | tuple[Outcome, str]


def answer(
    body: bytes,
    base: str,
    content_type: str,
    max_bytes: int,
    known: bytes = b"",
    page: PageKnowledge | None = None,
    zone: str = "",
) -> Answer:
    """As `parse.parse`, with times in the publisher's zone; a FeedError comes back as its outcome and detail."""
    try:
        with times_in(zone):
            return parse(body, base, content_type, max_bytes=max_bytes, known=known, page=page)
    except FeedError as error:
        return error.outcome, error.detail

"""An extraction as the database keeps it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from newsflow.model import Extraction
from newsflow.text.normalise import text_hash, tokens_by_line
from newsflow.text.word_count import count_words

COLUMNS = (
    "extractor", "outcome", "detail", "title", "lead", "body", "authors", "agencies", "published_at", "published_raw",
    "published_quality", "modified_at", "language", "language_confidence", "section", "tags", "image_url",
    "image_caption", "canonical_url", "amp_url", "page_type",
)  # fmt: skip

CONTENT_HASH = len(COLUMNS) + 1  # place of that hash among `values`


def content_hash(extraction: Extraction) -> bytes:
    """sha256 over what a reader would call a change: title, lead, body, persons, agencies, time of publication.

    Left out is what pages change with each rendering: modified times, tags, images, sections.
    """
    published = extraction.published_at.astimezone(timezone.utc).isoformat() if extraction.published_at else ""
    parts = [extraction.title, extraction.lead, extraction.body, extraction.authors, extraction.agencies, published]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).digest()


def values(extraction: Extraction, lines: Iterable[Iterable[str]] | None = None) -> list[Any]:
    """The values of `COLUMNS`, then word count and both hashes.

    :param lines: `tokens_by_line` of its body, where they are at hand.
    """
    stated = [getattr(extraction, name) for name in COLUMNS]
    plain = [list(value) if isinstance(value, tuple) else value for value in stated]
    plain[COLUMNS.index("outcome")] = str(extraction.outcome)
    hashes = content_hash(extraction), text_hash(lines or tokens_by_line(extraction.body))
    return [*plain, count_words(extraction.body), *hashes]


def record(
    page: Any, run_id: int, cause: str, extraction: Extraction, values: list[Any], taught: int, now: datetime
) -> list[Any]:
    """The row of `extract.store`.

    :param page: row of `extract.take`, or with the same columns.
    :param cause: why this version came to be: fetch, backfill, reprocess.
    :param values: those of `values`.
    :param taught: the newest run that taught one of the publisher's site lines; 0 where there are none.
    """
    learned = {"site_lines": f"run {taught}"} if taught else {}
    rights = json.dumps({**(page.rights or {}), **extraction.rights}, ensure_ascii=False)
    sources = json.dumps({**extraction.sources, **learned}, ensure_ascii=False)
    return [page.page_id, page.capture_id, run_id, cause, rights, sources, *values, now]

"""Pages that are another address of a page that we have: rel=canonical, believed only where the texts agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from newsflow.web.urls import BadUrl, canonicalise, url_hash

Alike = Callable[[Any, Any], bool]


def canonical_hash(url: str, canonical_url: str) -> bytes | None:
    """Key of the page that a canonical link names; None where it names none, itself or a home page.

    Templates that point every page at the home page are a common mistake.
    """
    try:
        canonical = canonicalise(canonical_url, url)
    except BadUrl:
        return None
    parts = urlsplit(canonical)
    if not canonical_url or canonical == url or (parts.path == "/" and not parts.query):
        return None
    return url_hash(canonical)


def find_canonical(texts: Iterable[Any], known: Mapping[bytes, Any], alike: Alike) -> dict[int, int]:
    """Pages of a batch that end since another stands for them: page_id → the page that stands for it.

    A page that already is an article or in a story stays one; no page that ended stands for another.

    :param known: pages by the hash of their URL, with their text.
    """
    canonical_of: dict[int, int] = {}
    for text in texts:
        if text.loaded or text.clustered:
            continue
        target = known.get(canonical_hash(text.url, text.canonical_url) or b"")
        if target is None or target.page_id in canonical_of or target.page_id == text.page_id:
            continue
        if target.publisher_id == text.publisher_id and alike(text, target):
            canonical_of[text.page_id] = target.page_id
    return canonical_of

"""Pages that are another address of a page that we have: rel=canonical, believed only where the texts agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from newsflow.web.urls import BadUrl, canonicalise, url_hash


class KnownPage(Protocol):
    """A page that others name as their canonical address (a row of `dedupe.list_canonical`)."""

    @property
    def page_id(self) -> int: ...
    @property
    def publisher_id(self) -> int: ...


class NewText(KnownPage, Protocol):
    """A text of a batch (a row of `dedupe.list_texts`)."""

    @property
    def url(self) -> str: ...
    @property
    def canonical_url(self) -> str: ...
    @property
    def loaded(self) -> bool: ...
    @property
    def clustered(self) -> bool: ...


New = TypeVar("New", bound=NewText)
Known = TypeVar("Known", bound=KnownPage)


@lru_cache(maxsize=4_000)  # asked three times of each page of a batch
def canonical_hash(url: str, canonical_url: str) -> bytes | None:
    """Key of the page that a canonical link names; None where it names none, itself or a home page.

    Templates that point every page at the home page are a common mistake.
    """
    if not canonical_url:
        return None
    try:
        canonical = canonicalise(canonical_url, url)
    except BadUrl:
        return None
    return None if canonical == url or _is_home(canonical) else url_hash(canonical)


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path == "/" and not parts.query


def find_canonical(
    texts: Iterable[New], known: Mapping[bytes, Known], alike: Callable[[New, Known], bool]
) -> dict[int, int]:
    """Pages of a batch that end since another stands for them: page_id → the page that stands for it.

    A page that already is an article or in a story stays one; no page that ended stands for another.

    :param known: pages by the hash of their URL, with their text.
    """
    canonical_of: dict[int, int] = {}
    for text in texts:
        target = _stands_for(text, known)
        # not where that page itself ended in this batch: of two that name each other, one stays
        if target is not None and target.page_id not in canonical_of and alike(text, target):
            canonical_of[text.page_id] = target.page_id
    return canonical_of


def _stands_for(text: NewText, known: Mapping[bytes, Known]) -> Known | None:
    """The publisher's other page that this page names, if it is known and this page is no article yet."""
    key = None if text.loaded or text.clustered else canonical_hash(text.url, text.canonical_url)
    target = known.get(key) if key else None
    if target is None or target.page_id == text.page_id:
        return None
    return target if target.publisher_id == text.publisher_id else None

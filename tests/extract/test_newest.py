"""What is remembered of a step's articles: all that can be among a publisher's newest, in whatever order they come."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.extract import site_store
from newsflow.extract.site_store import Newest

EPOCH = datetime(2026, 1, 1, tzinfo=timezone.utc)


class Page(NamedTuple):
    publisher_id: int
    fetched_at: datetime
    page_id: int


def newest(pages: list[Page], keep: int) -> set[Page]:
    by_publisher = defaultdict(list)
    for page in pages:
        by_publisher[page.publisher_id].append(page)
    return {page for some in by_publisher.values() for page in sorted(some)[-keep:]}


PAGES = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 5)), max_size=40).map(
    lambda found: [Page(who, EPOCH + timedelta(days=day), n) for n, (who, day) in enumerate(found)]
)


@given(PAGES, st.integers(1, 4))
def test_the_newest_of_what_is_taken_are_the_newest_of_all(pages: list[Page], keep: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(site_store, "KEEP", keep)
        memory = Newest(cast("Any", None))
        taken = [page for page in pages if memory.takes(page)]
    assert newest(taken, keep) == newest(pages, keep)


def test_of_an_archive_read_from_its_end_no_more_are_taken_than_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_store, "KEEP", 3)
    memory = Newest(cast("Any", None))
    pages = [Page(n % 2, EPOCH + timedelta(minutes=n), n) for n in range(100)]
    assert [page.page_id for page in reversed(pages) if memory.takes(page)] == [99, 98, 97, 96, 95, 94]

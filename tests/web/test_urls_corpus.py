"""Canonical URLs over the links of real news pages and feeds."""

from __future__ import annotations

import gzip
import html
import re
from collections import defaultdict
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import ada_url
import pytest

from newsflow.text.tracking import tracks
from newsflow.web.urls import BadUrl, canonicalise, sendable
from newsflow.web.wrappers import unwrapped

HREF = re.compile(r"""\bhref\s*=\s*["']([^"'<>]+)["']|<(?:link|guid)[^>]*>\s*(https?://[^<\s]+)\s*<""")


@pytest.fixture(scope="module")
def links(request: pytest.FixtureRequest) -> list[str]:
    shared: Path = request.getfixturevalue("shared_folder")
    found: dict[str, None] = {}
    for path in [*sorted(shared.glob("feeds/*.gz")), *sorted(shared.glob("pages_meta/html/*.gz"))[:150]]:
        text = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        for one, other in HREF.findall(text):
            url = html.unescape(one or other)
            if url.startswith(("http://", "https://")):
                found[url] = None
    return list(found)


@pytest.fixture(scope="module")
def shared_folder() -> Path:
    import os

    from tests.paths import ROOT

    folder = Path(os.environ.get("NEWSFLOW_SHARED", ROOT.parent / "shared"))
    if not (folder / "feeds").exists():
        pytest.skip(f"no open data at {folder}")
    return folder


def test_twice_is_once_and_hardly_any_is_refused(links: list[str]) -> None:
    refused = []
    for link in links:
        try:
            canonical = canonicalise(link)
        except BadUrl:
            refused.append(link)
            continue
        assert canonicalise(canonical) == canonical
    assert len(links) > 5_000
    assert len(refused) < 0.005 * len(links)


def test_host_and_path_are_those_of_the_link(links: list[str]) -> None:
    for link in links:
        try:
            canonical, sent = canonicalise(link), sendable(link)
        except BadUrl:
            continue
        ours, theirs = ada_url.URL(canonical), ada_url.URL(sent)
        if unwrapped(theirs.hostname, theirs.pathname, theirs.search):  # `test_wrappers.py`
            continue
        assert (ours.protocol, ours.host.rstrip(".")) == (theirs.protocol, theirs.host.rstrip("."))
        assert (
            ours.pathname.lower() == re.sub(r";jsessionid=[^/]*", "", theirs.pathname, flags=re.IGNORECASE).lower()
            or "%" in sent
        )


def test_links_that_become_one_differ_in_tracking_only(links: list[str]) -> None:
    same: dict[str, list[str]] = defaultdict(list)
    for link in links:
        try:
            same[canonicalise(link)].append(link)
        except BadUrl:
            continue
    joined = [group for group in same.values() if len(group) > 1]
    assert joined  # else the corpus says nothing
    for group in joined:
        told = {tuple(sorted(pair for pair in parse_qsl(urlsplit(url).query) if not tracks(*pair))) for url in group}
        assert len(told) == 1, group

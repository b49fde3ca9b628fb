"""Canonical URLs: what goes, what stays, and that twice is as good as once."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.web.urls import LONGEST, BadUrl, canonicalise, origin_of, publisher_name, sendable, url_hash

SAME = [
    ("HTTP://Example.ORG:80/A", "http://example.org/A"),
    ("https://example.org:443", "https://example.org/"),
    ("https://example.org./a", "https://example.org/a"),
    ("  https://example.org/a\n", "https://example.org/a"),
    ("https://example.org/a/./b/../c", "https://example.org/a/c"),
    ("https://example.org/a#section-2", "https://example.org/a"),
    ("https://example.org/a#:~:text=word", "https://example.org/a"),
    ("https://example.org/#!/story/1", "https://example.org/#!/story/1"),
    ("https://example.org/a?", "https://example.org/a"),
    ("https://example.org/a?&&b=1&", "https://example.org/a?b=1"),
    ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
    ("https://example.org/a?x=2&a=1&x=1", "https://example.org/a?a=1&x=2&x=1"),
    ("https://example.org/%7euser/%C3%a4%2fb", "https://example.org/~user/%C3%A4%2Fb"),
    ("https://example.org/ä?q=ü", "https://example.org/%C3%A4?q=%C3%BC"),
    ("https://münchen.example/", "https://xn--mnchen-3ya.example/"),
    ("https://example.org\\a\\b", "https://example.org/a/b"),
    ("https://example.org/a;jsessionid=1F3A?id=2", "https://example.org/a?id=2"),
    # tracking goes
    ("https://example.org/a?utm_source=x&UTM_Medium=y&id=1", "https://example.org/a?id=1"),
    ("https://example.org/a?fbclid=1&gclid=2&msclkid=3&yclid=4&igshid=5&mc_cid=6", "https://example.org/a"),
    ("https://www.theguardian.example/a?CMP=share_btn_tw", "https://www.theguardian.example/a"),
    ("https://www.bbc.example/news/1?at_medium=RSS&at_campaign=KARANGA", "https://www.bbc.example/news/1"),
    ("https://www.lemonde.example/a.html?xtor=RSS-3208", "https://www.lemonde.example/a.html"),
    ("https://example.org/a?source=rss&mod=rss_world&ref=homepage", "https://example.org/a"),
    # identity stays
    ("https://example.org/Case/Path", "https://example.org/Case/Path"),
    ("https://example.org/story?cid=7&id=8&sid=9&p=10", "https://example.org/story?cid=7&id=8&p=10&sid=9"),
    ("https://example.org/?123", "https://example.org/?123"),
    ("https://example.org/a?source=ap&ref=doc4&mod=12", "https://example.org/a?mod=12&ref=doc4&source=ap"),
    ("https://example.org/a/", "https://example.org/a/"),
    ("https://example.org//a", "https://example.org//a"),
]


@pytest.mark.parametrize(("given_url", "canonical"), SAME)
def test_canonical_form(given_url: str, canonical: str) -> None:
    assert canonicalise(given_url) == canonical
    assert canonicalise(canonical) == canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org/a", "https://example.org/a"),
        ("https://news.example.org/a", "https://sports.example.org/a"),
        ("https://www.example.org/a", "https://example.org/a"),
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a", "https://example.org/a/"),
        ("https://example.org/a?cid=1", "https://example.org/a?cid=2"),
        ("https://example.org/%2F", "https://example.org//"),
    ],
)
def test_different_pages_stay_different(one: str, other: str) -> None:
    assert canonicalise(one) != canonicalise(other)


@pytest.mark.parametrize(
    "url",
    ["", "   ", "not a url", "//example.org/a", "mailto:a@example.org", "javascript:alert(1)", "data:text/html,x",
     "ftp://example.org/", "http://", "http://user@example.org/", "http://user:secret@example.org/", "http://a..b/",
     "http://exa mple.org/", "http://[::1", "http://1.2.3.4.5/", "http://example.org:99999/", "http://a<b>/",
     "http://example.org/" + "a" * 2_700, "http://example.org/" + "ä" * 600, "http://" + "a" * 70_000]
)  # fmt: skip
def test_unusable_urls_are_refused(url: str) -> None:
    with pytest.raises(BadUrl) as found:
        canonicalise(url)
    assert "secret" not in str(found.value)


def test_longest_url_passes() -> None:
    url = "http://example.org/"
    assert len(canonicalise(url + "a" * (LONGEST - len(url)))) == LONGEST


def test_relative_links_resolve_against_their_base() -> None:
    assert canonicalise("../b?x=1", "https://example.org/a/c/d") == "https://example.org/a/b?x=1"
    assert canonicalise("//cdn.example/b", "https://example.org/") == "https://cdn.example/b"
    with pytest.raises(BadUrl):
        canonicalise("mailto:x", "https://example.org/")


pieces = st.text(
    alphabet=st.one_of(st.sampled_from("abcXYZ019%/?#&=.;:@!~\\ -_"), st.characters(codec="utf-8")), max_size=60
)


@given(pieces)
def test_twice_is_once(text: str) -> None:
    try:
        canonical = canonicalise("https://example.org/" + text)
    except BadUrl:
        return
    assert canonicalise(canonical) == canonical
    assert canonical.isascii()
    assert canonical.startswith("https://example.org/")


@given(st.text(max_size=80))
def test_any_text_is_canonical_or_refused(text: str) -> None:
    try:
        canonical = canonicalise(text)
    except BadUrl:
        return
    assert canonicalise(canonical) == canonical
    assert canonical.startswith(origin_of(canonical) + "/")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("123")), max_size=6), st.randoms())
def test_order_of_different_parameters_does_not_matter(pairs: list[tuple[str, str]], random: object) -> None:
    unique = list(dict(pairs).items())
    shuffled = list(unique)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    def url(items: list[tuple[str, str]]) -> str:
        return canonicalise("https://example.org/?" + "&".join(f"{k}={v}" for k, v in items))

    assert url(unique) == url(shuffled)


def test_lone_surrogates_do_no_harm() -> None:
    assert canonicalise("https://example.org/\ud800") == "https://example.org/%EF%BF%BD"


def test_origin_and_hash() -> None:
    assert origin_of("HTTPS://Example.org:443/a") == "https://example.org"
    assert origin_of("http://127.0.0.1:8001/x") == "http://127.0.0.1:8001"
    assert url_hash("https://example.org/") == hashlib.sha256(b"https://example.org/").digest()


def test_what_is_sent_keeps_tracking_and_drops_the_fragment() -> None:
    assert sendable("https://Example.org/a?utm_source=x#f") == "https://example.org/a?utm_source=x"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("https://edition.cnn.com/x", "cnn.com"),
        ("https://someone.blogspot.com/x", "someone.blogspot.com"),
        ("https://www.gov.uk/x", "www.gov.uk"),
        ("http://127.0.0.1:8001/feed", "127.0.0.1:8001"),
        ("http://localhost:8001/feed", "localhost:8001"),
        ("https://xn--mnchen-3ya.de/", "xn--mnchen-3ya.de"),
        ("https://paper.co.uk/", "paper.co.uk"),
        ("https://someone.github.io/x", "someone.github.io"),
        ("https://someone.blogspot.co.uk/x", "someone.blogspot.co.uk"),
        ("https://abcnews.go.com/x", "abcnews.go.com"),
        ("https://m.espn.go.com/x", "espn.go.com"),
        ("https://www.go.com/", "go.com"),
        ("https://uk.news.yahoo.com/x", "news.yahoo.com"),
        ("https://www.yahoo.com/news/x", "yahoo.com"),
        ("https://oglobo.globo.com/x", "oglobo.globo.com"),
        ("https://someone.substack.com/p/x", "someone.substack.com"),
        ("https://substack.com/@Someone/p-1", "substack.com/@someone"),
        ("https://medium.com/@someone/x", "medium.com/@someone"),
        ("https://medium.com/feed/@someone", "medium.com/@someone"),
        ("https://medium.com/a-magazine/x", "medium.com/a-magazine"),
        ("https://medium.com/tag/news", "medium.com"),
        ("https://www.medium.com/", "medium.com"),
        ("https://sites.google.com/view/someone/x", "sites.google.com/someone"),
        ("https://news.google.com/x", "google.com"),
        ("https://ameblo.jp/someone/entry-1.html", "ameblo.jp/someone"),
    ],
)
def test_publisher(url: str, name: str) -> None:
    assert publisher_name(url) == name

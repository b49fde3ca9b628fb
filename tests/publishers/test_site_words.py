"""What the pages of a site agree on fills what nobody said of its publisher."""

from __future__ import annotations

from newsflow.extract.document import extract
from newsflow.extract.site_words import SiteWords
from newsflow.model import Extraction
from newsflow.outcomes import Outcome
from newsflow.publishers import listed, store
from tests.load.world import T0, World


def said(*names: str, language: str = "pt", outcome: Outcome = Outcome.OK) -> SiteWords:
    words = SiteWords()
    for name in names:
        words.note(7, Extraction("u", outcome, site_name=name, site_language=language))
    return words


def test_articles_must_agree() -> None:
    assert list(said(*["The Post"] * 3).agreed()) == [(7, {"languages": "pt"}), (7, {"title": "The Post"})]
    assert list(said(*["The Post"] * 3, *["Other"] * 2, language="").agreed()) == []
    assert list(said("The Post", "The Post").agreed()) == []
    assert list(said(*["The Post"] * 5, outcome=Outcome.PAYWALL).agreed()) == []


def test_a_page_says_its_site_s_name_and_language() -> None:
    words = "<p>The harbour was closed for most of the day while the crews looked at the damage to the quay.</p>" * 12
    head = '<title>Harbour closed</title><meta property="og:site_name" content="The Post">'
    html = f'<html lang="en-GB"><head>{head}</head><body><article><h1>Harbour closed</h1>{words}</article></body>'
    found = extract(html.encode(), "https://a.example/1")
    assert (found.site_name, found.site_language) == ("The Post", "en")


def test_a_site_counts_before_a_feed_and_behind_all_others(world: World) -> None:
    publisher = world.publisher("a.example")
    told = [(publisher, {"title": "The Post", "languages": "pt"})]
    with world.conn:
        listed.learn(world.conn, [(publisher, {"title": "The Post: world"})], "feed")
        listed.learn_lacking(world.conn, told, "site")
    known = store.listing(world.conn)[0]
    assert (known.title, known.languages, known.said_by) == ("The Post", ["pt"], {"title": "site", "languages": "site"})
    store.set_facts(world.conn, "a.example", {"title": "Post"}, None, "ana", T0)
    with world.conn:
        listed.learn_lacking(world.conn, told, "site")
    assert store.listing(world.conn)[0].title == "Post"

"""Furniture is learned, articles are not: whatever the order, and however often an article comes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsflow.text.normalise import tokens
from newsflow.text.site_lines import MAX_PAGES, RULE, Rule, learn, line_hash, page_lines

FURNITURE = "Follow the Courier on all channels"
PROSE = [f"Paragraph number {w} tells of something that no other page tells of, namely of {w} and {w}." for w in
         ("harbours", "ferries", "councils", "tides", "channels", "mayors", "drawings", "loans", "crowns", "boats",
          "piers", "autumns", "regions", "masters", "disputes", "towns", "votes", "groups", "fishermen", "projects",
          "winters", "ropes", "nets", "sails", "anchors", "winds", "storms", "lamps", "bells", "charts")]  # fmt: skip


def article(n: int, *extra: str, title: str = "") -> list[str]:
    return [title or f"Headline {PROSE[n].split()[2]}", *PROSE[3 * n : 3 * n + 3], *extra]


def pages(*articles: list[str]) -> list:  # type: ignore[type-arg]
    return [page_lines(f"https://a.example/{i}", lines[0], map(tokens, lines[1:])) for i, lines in enumerate(articles)]


def own(letter: str) -> list[str]:
    """An article that shares nothing with those of other letters."""
    return [
        f"Headline {letter}",
        *(" ".join(f"{letter}{chr(97 + k)}{chr(97 + j)}" for j in range(20)) for k in range(3)),
    ]


def test_a_line_in_two_articles_is_a_site_line() -> None:
    assert set(learn(pages(article(0, FURNITURE), article(1, FURNITURE), article(2)))) == {line_hash(FURNITURE)}


def test_it_counts_the_articles() -> None:
    found = learn(pages(*(article(n, FURNITURE) for n in range(4))))
    assert found[line_hash(FURNITURE)] == 4


def test_the_same_article_twice_does_not_vote() -> None:
    same = article(0, FURNITURE)
    assert learn(pages(same, [*same[:1], *same[1:], "Updated with a further line"])) == {}


def test_the_same_article_under_another_headline_does_not_vote() -> None:
    first, second = article(0), article(0, title="Quite another headline")
    assert learn(pages(first, second)) == {}


def test_the_same_headline_is_the_same_article() -> None:
    one, other = article(0, FURNITURE, title="Live: the vote"), article(1, FURNITURE, title="Live: the vote")
    assert learn(pages(one, other)) == {}


def test_counters_and_dates_in_a_line_do_not_hide_it() -> None:
    found = learn(pages(article(0, "Read 17 times since 3 May"), article(1, "Read 2,401 times since 12 May")))
    assert set(found) == {line_hash("Read 5 times since 1 May")}


def test_a_reused_paragraph_of_background_is_no_site_line() -> None:
    background = " ".join(["The", "dispute", "began", "when", "the", "old", "pier", "burned"] * 4)
    assert len(background.split()) > RULE.long
    assert learn(pages(article(0, background), article(1, background), article(2))) == {}


def test_a_line_in_few_of_many_articles_is_no_site_line() -> None:
    articles = [own(letter) for letter in "abcdefghijklmnopqrstuvwxyz"]
    quoted = "He said this to two of our reporters"
    articles[0].append(quoted)
    articles[1].append(quoted)
    assert line_hash(quoted) not in learn(pages(*articles))


def test_lines_without_words_have_no_fingerprint() -> None:
    assert line_hash("— * —") == 0
    assert line_hash("2026 05 12") == 0
    assert page_lines("a", "", [tokens(line) for line in ("***", "12:30", "")]).lines == {}


def test_fingerprints_fit_a_bigint() -> None:
    found = [line_hash(line) for line in PROSE]
    assert all(-(2**63) <= f < 2**63 for f in found)
    assert any(f < 0 for f in found)
    assert len(set(found)) == len(found)


def test_fingerprints_never_change() -> None:
    """Stored in databases: a change needs a new version of the table."""
    assert line_hash("Follow us on Twitter!") == line_hash("follow us, on  TWITTER")
    assert line_hash("Follow us on Twitter!") == GOLDEN


GOLDEN = -3739173753422345973


@settings(max_examples=50)
@given(st.lists(st.sampled_from([*PROSE, FURNITURE, "Share", "Print"]), min_size=0, max_size=6), st.randoms())
def test_order_does_not_matter(extra: list[str], rng: random.Random) -> None:
    made = pages(article(0, *extra), article(1, FURNITURE, *extra[:2]), article(2, FURNITURE), article(0, FURNITURE))
    shuffled = list(made)
    rng.shuffle(shuffled)
    assert learn(shuffled) == learn(made)


def test_many_pages_are_sampled() -> None:
    many = [[*own(f"{one}{two}"), FURNITURE] for one in "abcdefghijklmnopqrst" for two in "abcdefghijklmnopqrst"]
    assert len(many) > MAX_PAGES
    assert learn(pages(*many)) == {line_hash(FURNITURE): MAX_PAGES}


def test_nothing_teaches_nothing() -> None:
    assert learn([]) == {}
    assert learn(pages(article(0, FURNITURE))) == {}


@pytest.mark.parametrize(
    ("words", "articles", "needed"),
    [(3, 2, 2), (3, 20, 2), (3, 21, 3), (25, 60, 6), (26, 2, 3), (26, 15, 3), (26, 16, 4), (400, 60, 12)],
)
def test_longer_lines_and_more_articles_need_more_votes(words: int, articles: int, needed: int) -> None:
    assert RULE.needed(words, articles) == needed


def test_another_rule_learns_other_lines() -> None:
    made = pages(*(article(n, FURNITURE) for n in range(3)))
    assert set(learn(made, Rule(votes=3))) == {line_hash(FURNITURE)}
    assert learn(made, Rule(votes=4)) == {}
    assert learn(made, Rule(long=3, long_votes=4)) == {}


def test_a_rule_says_what_one_article_is() -> None:
    half = pages(article(0, FURNITURE), ["Another headline", *article(0)[1:3], *PROSE[10:12], FURNITURE])
    assert learn(half, Rule(same=0.9)).keys() >= {line_hash(FURNITURE)}
    assert learn(half, Rule(same=0.2)) == {}

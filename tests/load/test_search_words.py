"""Other forms of a word are found, other words are not: the list of benchmarks/search_words.tsv."""

from __future__ import annotations

import pytest
from psycopg2.extensions import connection as Connection

from benchmarks.search_words import Pair, pairs, wrong


@pytest.fixture(scope="module")
def known() -> list[Pair]:
    return pairs()


def test_the_list_is_long_enough(known: list[Pair]) -> None:
    assert len([pair for pair in known if pair.wanted]) >= 500
    assert len([pair for pair in known if not pair.wanted]) >= 40
    assert len({pair.language for pair in known}) >= 35


def test_forms_are_found_and_other_words_are_not(conn: Connection, known: list[Pair]) -> None:
    bad = wrong(conn)
    missed = [pair for pair in bad if pair.wanted]
    assert len(missed) <= 0.05 * len([pair for pair in known if pair.wanted]), missed
    assert len(bad) - len(missed) <= 0.05 * len([pair for pair in known if not pair.wanted]), bad

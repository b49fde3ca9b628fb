"""Verdicts, fields and similarity, without a database."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsflow.extract.row import content_hash
from newsflow.model import Extraction
from newsflow.outcomes import Outcome
from newsflow.reprocess.compare import difference, f1
from newsflow.reprocess.sides import MOST_WORDS, side_by_side

OLD = Extraction("u", Outcome.OK, title="A", body="one two three four", authors=("Ada",), tags=("x",))


@dataclass
class Row:
    """A row of `reprocess.before`."""

    extraction: Extraction

    def __getattr__(self, name: str) -> object:
        value = getattr(self.extraction, name)
        return list(value) if isinstance(value, tuple) else value

    @property
    def content_hash(self) -> memoryview:
        return memoryview(content_hash(self.extraction))


def changed(**fields: object) -> Extraction:
    return Extraction(
        **{**{n: getattr(OLD, n) for n in ("url", "outcome", "title", "body", "authors", "tags")}, **fields}
    )  # type: ignore[arg-type]


GONE = changed(outcome=Outcome.CAPTURE_LOST, detail="x")


@pytest.mark.parametrize(
    ("before", "after", "verdict", "fields"),
    [
        (Row(OLD), changed(), "same", ()),
        (Row(OLD), changed(tags=("y",)), "same", ("tags",)),
        (Row(OLD), changed(title="B", authors=("Ada", "Bo")), "changed", ("title", "authors")),
        (Row(OLD), changed(outcome=Outcome.PAYWALL), "lost", ()),
        (None, changed(), "gained", ()),
        (None, changed(outcome=Outcome.TOO_SHORT), "rejected", ()),
        (Row(OLD), GONE, "unreadable", ()),
    ],
)  # fmt: skip
def test_verdicts(before: Row | None, after: Extraction, verdict: str, fields: tuple[str, ...]) -> None:
    found = difference(before, after, content_hash(after))
    assert (found.verdict, found.changed) == (verdict, fields)


@pytest.mark.parametrize(
    ("before", "after", "value"),
    [("", "", 1.0), ("a b", "a b", 1.0), ("a b", "c d", 0.0), ("a b c d", "a b", 2 / 3), ("a a b", "a", 0.5)],
)
def test_similarity_is_f1_of_words(before: str, after: str, value: float) -> None:
    assert f1(before, after) == pytest.approx(value)
    assert f1(after, before) == pytest.approx(value)


def test_columns_mark_what_differs_and_nothing_else() -> None:
    old, new = side_by_side(["Head", "the quick fox", "end & out"], ["Head", "the slow fox", "end & out"])
    assert old == [(("", "Head"),), (("", "the"), ("del", "quick"), ("", "fox")), (("", "end & out"),)]
    assert new == [(("", "Head"),), (("", "the"), ("ins", "slow"), ("", "fox")), (("", "end & out"),)]


def test_a_column_that_one_side_lacks_stays_empty() -> None:
    assert side_by_side([], ["A new", "article."]) == ([], [(("ins", "A new"),), (("ins", "article."),)])
    assert side_by_side(["Old", "one"], ["Old"]) == ([(("", "Old"),), (("del", "one"),)], [(("", "Old"),)])
    assert side_by_side([], []) == ([], [])


def test_a_passage_too_long_to_compare_is_marked_whole() -> None:
    long = " ".join(f"w{n}" for n in range(MOST_WORDS))
    old, new = side_by_side(["Head", long], ["Head", f"{long} more"])
    assert old == [(("", "Head"),), (("del", long),)]
    assert new == [(("", "Head"),), (("ins", f"{long} more"),)]


@given(st.lists(st.text("ab c", max_size=12), max_size=6), st.lists(st.text("ab c", max_size=12), max_size=6))
def test_each_side_keeps_its_own_words_in_order(before: list[str], after: list[str]) -> None:
    for side, texts, mark in zip(side_by_side(before, after), (before, after), ("del", "ins"), strict=True):
        runs = [run for paragraph in side for run in paragraph]
        assert " ".join(run.text for run in runs).split() == " ".join(texts).split()
        assert {run.mark for run in runs} <= {"", mark}

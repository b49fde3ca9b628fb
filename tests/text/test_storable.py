"""Nouns with other values: as `dataclasses.replace` makes them."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace

import pytest

from newsflow.model import Entry, Exchange
from newsflow.outcomes import Outcome
from newsflow.text.storable import replaced

ENTRY = Entry("1", "https://example.org/1", title="One", authors=("A",))
EXCHANGE = Exchange("https://example.org/1", Outcome.OK, headers={"etag": "1"}, body=b"x")


def test_the_same_as_a_replacement() -> None:
    assert replaced(ENTRY, title="Two", authors=("B", "C")) == replace(ENTRY, title="Two", authors=("B", "C"))
    assert replaced(EXCHANGE, body=b"", headers={}) == replace(EXCHANGE, body=b"", headers={})
    assert ENTRY.title == "One"


def test_what_changes_is_cleaned() -> None:
    assert replaced(ENTRY, title="a\x00b\ud800").title == "ab"
    assert replaced(EXCHANGE, headers={"a": "\x00b"}).headers == {"a": "b"}


def test_a_field_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match="wrong"):
        replaced(ENTRY, wrong=1)


def test_a_noun_comes_back_whole_from_another_process() -> None:
    entry = Entry("g", "https://a.example/", title="t", authors=("Ann",), record=b"\x00\x01", known=True)
    for noun in (entry, Exchange("https://a.example/", Outcome.OK, 200, {"etag": "1"}, b"body", retry_after_s=1.5)):
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            assert pickle.loads(pickle.dumps(noun, protocol)) == noun
        assert copy.deepcopy(noun) == noun

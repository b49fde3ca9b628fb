"""What is wanted of an archive, and what is not."""

from __future__ import annotations

from datetime import date

import pytest

from newsflow.backfill.request import BackfillRequest
from newsflow.backfill.selection import Selection, language, refuses_answer

DE = "Der Hafen bleibt nach dem Sturm gesperrt, und die Fähren fahren erst am Donnerstag wieder. " * 20


def test_publishers_are_registered_domains() -> None:
    wanted = Selection(publishers=frozenset({"bbc.co.uk"}))
    assert wanted.refuses_record("https://www.bbc.co.uk/news/1", "2026-01-01T00:00:00Z") == ""
    assert wanted.refuses_record("https://news.bbc.co.uk/1", "2026-01-01T00:00:00Z") == ""
    assert wanted.refuses_record("https://notbbc.co.uk/1", "2026-01-01T00:00:00Z") == "publisher"


def test_known_origins_keep_the_name_that_people_gave_them() -> None:
    wanted = Selection(publishers=frozenset({"Auntie"}), owners={"https://www.bbc.co.uk": "Auntie"})
    assert wanted.refuses_record("https://www.bbc.co.uk/news/1", "2026-01-01") == ""
    assert wanted.refuses_record("https://news.bbc.co.uk/1", "2026-01-01") == "publisher"


@pytest.mark.parametrize(
    ("captured", "refused"),
    [("2026-01-31T23:59:59Z", "date"), ("2026-02-01T00:00:00Z", ""), ("2026-02-28T23:59:59.9Z", ""),
     ("2026-03-01", "date")],
)  # fmt: skip
def test_both_days_of_the_span_belong_to_it(captured: str, refused: str) -> None:
    wanted = Selection(since=date(2026, 2, 1), until=date(2026, 2, 28))
    assert wanted.refuses_record("https://a.example/", captured) == refused


@pytest.mark.parametrize(
    ("status", "kind", "refused"),
    [(200, "text/html; charset=x", ""), (200, "TEXT/HTML", ""), (200, "", ""), (200, "image/png", "type"),
     (404, "text/html", "status"), (206, "text/html", "status")],
)  # fmt: skip
def test_only_good_answers_in_html_are_wanted(status: int, kind: str, refused: str) -> None:
    assert refuses_answer(status, kind) == refused


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        ({}, b'<!doctype html><html class="x" lang="fr-CA">', "fr"),
        ({}, b"<html lang=de>", "de"),
        ({"content-language": "nl-BE"}, b"<html>", "nl"),
        ({"content-language": "en, de"}, f"<html><script>var the = of</script><p>{DE}".encode(), "de"),
    ],
)
def test_languages_are_declared_or_read(headers: dict[str, str], body: bytes, code: str) -> None:
    assert language(headers, body) == code
    assert Selection(languages=frozenset({code})).refuses_language(headers, body) == ""
    assert Selection(languages=frozenset({"xx"})).refuses_language(headers, body) == "language"


def test_without_filters_nothing_is_read_for_them() -> None:
    assert Selection().refuses_language({}, b"\xff") == ""
    assert Selection().refuses_record("", "") == ""


def test_fingerprints_tell_filters_apart_and_not_their_order() -> None:
    one = BackfillRequest(warc=("a",), publishers=("b", "a"), since=date(2026, 1, 1)).selection({})
    two = BackfillRequest(warc=("b",), publishers=("a", "b"), since=date(2026, 1, 1)).selection({"https://a": "a"})
    assert one.filter_hash == two.filter_hash
    assert one.filter_hash != Selection().filter_hash

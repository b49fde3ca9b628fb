"""Each language's file is sound: known lists, plain strings, nothing twice, patterns that compile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel import Locale

from newsflow.languages import lists

LANGUAGES = lists.by_language()


def test_all_files_are_read_in_an_order_that_stays() -> None:
    found = {path.name for path in Path(lists.__file__).parent.glob("*.yaml")}
    assert {f"{code}.yaml" for code in LANGUAGES} == found
    assert [*LANGUAGES][:2] == ["common", "en"]
    assert [*LANGUAGES][2:] == sorted([*LANGUAGES][2:])


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_file_is_named_after_its_language(code: str) -> None:
    assert code == lists.COMMON or (len(code) == 2 and code in Locale("en").languages)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_file_holds_known_lists_of_entries(code: str) -> None:
    assert set(LANGUAGES[code]) <= set(lists.LISTS)
    for name, found in LANGUAGES[code].items():
        assert found, f"{name} is empty: leave it out"
        for entry in found:
            assert isinstance(entry, str), f"{name}: {entry!r} needs quotes"
            assert entry.strip() == entry != "", f"{name}: {entry!r} has blanks around it"


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_list_of_a_file_says_anything_twice(code: str) -> None:
    for name, found in LANGUAGES[code].items():
        exact = name == "by_exact" or name.endswith("_patterns")
        folded = [entry if exact else entry.casefold() for entry in found]
        assert sorted(folded) == sorted(set(folded)), name


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != lists.COMMON])
def test_what_is_no_languages_stands_in_none(code: str) -> None:
    for name, found in LANGUAGES[lists.COMMON].items():
        assert not set(found) & set(LANGUAGES[code].get(name, ())), name


# Without these a wall of that language is stored as an article, and furniture as its text.
_OF_ALL = """
soft_404 removed paywall subscription consent_wall login javascript bot_challenge
comment_form interface related promotion legal
"""


@pytest.mark.parametrize("name", _OF_ALL.split())
def test_each_language_knows_the_words_of_walls_and_furniture(name: str) -> None:
    assert [code for code, held in LANGUAGES.items() if code != lists.COMMON and name not in held] == []


@pytest.mark.parametrize("name", lists.LISTS)
def test_each_list_is_filled_and_makes_a_pattern(name: str) -> None:
    found = lists.entries(name)
    assert len(found) == len(set(found)) > 0
    assert {entry for held in LANGUAGES.values() for entry in held.get(name, ())} == set(found)
    re.compile(lists.any_pattern(name) if name.endswith("_patterns") else lists.any_of(name))


def test_a_list_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="adverts"):
        lists.entries("adverts")


def test_the_longest_words_win() -> None:
    found = re.match(lists.any_of("by"), "γράφει ο Νίκος")
    assert found is not None
    assert found[0] == "γράφει ο"


def test_a_star_stands_for_further_letters_and_a_blank_for_any_space() -> None:
    assert re.fullmatch(lists.any_of("photo"), "fotografía")
    assert re.fullmatch(lists.any_of("published"), "last  updated")

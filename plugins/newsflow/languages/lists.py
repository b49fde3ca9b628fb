"""Lists of words over all languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import yaml

from newsflow import resources

COMMON = "common"

# What a list holds. Entries are plain words, except where it says "stems" (words begin with them) or "patterns"
# (Python's regular expressions). In plain words `*` stands for any further letters, a blank for any space.
LISTS: Mapping[str, str] = {
    # What is not the article: single lines (`extract/body/cleaning.py`)
    "advertisement": "stands where an advertisement or a player would be",
    "about_page": "words that lines on the page itself are made of, beside a number: time to read, age, comments",
    "audio": "opens a line about a text that is read aloud",
    "comment_form": "opens a comment form, or a line of one",
    "credit": "opens a last line that says who else worked on the text",
    "interface": "a control of the page, as a whole line",
    "legal": "opens a line of copyright or terms",
    "promotion": "opens a line that wants something of the reader: subscribe, follow, share, pay",
    "related": "opens a line that leads to other articles",
    "channel": "stems of ways by which a publisher reaches readers; a line with one and a word of `join` asks for it",
    "join": "stems of what readers are asked to do with a channel",
    "helped": "says inside a last line who else worked on the text",
    "photo": "opens a picture's credit",
    "photo_by": "follows such a word where it opens a credit, as a colon does",
    "caption_stems": "stems of words before a colon or slash that make a line a caption and no deck",
    # What is not the article: whole pages (`extract/rejects/`)
    "bot_challenge": "said by browser checks and captchas",
    "consent_stems": "stems without which no consent wall speaks",
    "consent_wall": "said to a reader by consent walls: in the first person, or as the name of a button",
    "javascript": "said by shells that are empty without JavaScript",
    "login": "said by login pages",
    "paywall": "said where the free part of an article ends",
    "removed": "said where an article was",
    "soft_404": "said by pages that are not there",
    "wall_who": "stems of subscribers; a line with one and with one of each of the next two lists bars a text",
    "wall_what": "stems of reading, articles and contents, in such a line",
    "wall_how": "stems of only, whole and on, in such a line",
    "subscription": "said to subscribers, and by badges on teasers: no proof of a paywall where the text is whole",
    # By-lines (`extract/fields/name_words.py`)
    "by": "stands before names, with a blank or a colon behind it, in capitals or not",
    "by_exact": "the same, only as it is written: in other capitals it opens names (Van Sias, De Luca)",
    "by_joined": "the same, with nothing or a mark behind it, in scripts that write so",
    "by_safe": "words for by that stand in no name: what a by-line says in front of one is no name either",
    "by_names": "words for by that are first names as well",
    "and": "stands between names",
    "and_first": "stands before the first of the names",
    "name_tail": "ends a name: what follows is a place, a paper or a role",
    "published": "announces the time behind names",
    "date_stems": "stems of months and days of the week in such a time",
    "roles": "what persons are; stands before or behind a name",
    "writers": "what persons are who write: said of a text's author behind it",
    "desks": "what roles are for; stands right before one, and between it and a name",
    "staff": "in names of desks, outlets and organisations, which are no persons",
    "outlets": "in names of outlets; some of them are surnames too, so they count in names of the page's own site only",
    "outlet_ends": "endings of names of outlets, in scripts that write without blanks",
    "credentials": "degrees and the like behind a name",
    "labels": "what pages say around a name: on its own nobody's name, behind one cut off",
    "others_by": "stands before those who made the pictures, edited or translated",
    "reporter": "what persons are, as Korean writes it behind a name",
    # Days of articles (`extract/fields/shown_dates.py`)
    "date_published": "stands beside the day of publication, as readers see it",
    "date_fact": "all that the line before it says in a list of facts; in small letters",
    "date_modified": "stands beside the day of the last change",
    "date_other": "stands beside another day: of joining, of an event, the last one for something, of copyright",
    "particles": "may stand in small letters inside a person's name",
    "report_patterns": "patterns of lines in Han letters that say what a text is, and name nobody",
    # Names that designers and addresses use (regions.py, deck.py, reader_comments.py, fields/other.py); the English
    # ones are custom everywhere and stand in the code
    "deck_patterns": "patterns of class names of decks",
    "region_patterns": "patterns of class names of regions that are not the article",
    "author_names": "what class names call an author",
    "comment_names": "stems of class names of readers' comments",
    "opinion_paths": "parts of addresses, and names of sections, of opinion pieces",
    "gallery_paths": "parts of addresses of picture galleries",
    # Copies (`dedupe/`)
    "boilerplate_patterns": "patterns that open lines of forms and notices, in small letters without accents",
    "credit_patterns": "patterns that stand before the agencies that a line credits",
    "credit_article": "may stand between such words and an agency's name",
    "credit_and": "stands between names of agencies",
    "credit_label": "stands before an agency inside brackets",
    "credit_after": "patterns that stand behind the agencies that a line credits",
    "credit_post": "what an agency's people are, behind its name in a by-line",
    "credit_by": "opens a by-line that ends with an agency",
    "live_title_patterns": "patterns of titles of live blogs",
    "version_marks": "words by which a headline calls its text a later version: update, corrected, 1st lead",
    "roundup_title_patterns": "patterns of titles of lists of short items",
    "clock_words": "stands before the time of a live blog's entry",
    "calendar": "months and days, which are capitalised and no names",
}

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml reads all files in 50 ms, Python in 500


@lru_cache(maxsize=1)
def by_language() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The lists of each file as they are written, by language: common first, then English, then by their codes.

    :raises MissingResourceError: where the installation lost the files.
    """
    found = {path.stem: path for path in resources.listed("languages", ".yaml")}
    order = sorted(found, key=lambda code: (code != COMMON, code != "en", code))
    return {code: _lists(found[code].read_text(encoding="utf-8")) for code in order}


def _lists(text: str) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(found) for name, found in yaml.load(text, Loader=_LOADER).items()}  # noqa: S506 -- a safe one


@lru_cache(maxsize=len(LISTS))
def entries(name: str) -> tuple[str, ...]:
    """A list over all languages, each entry once.

    :raises KeyError: where no list has this name.
    """
    if name not in LISTS:
        raise KeyError(name)
    return tuple(dict.fromkeys(entry for lists in by_language().values() for entry in lists.get(name, ())))


def any_of(*names: str) -> str:
    """A pattern for any word of some lists, the longest first: "posted by" wins over "posted"."""
    return _alternatives(entry for name in names for entry in entries(name))


def any_pattern(name: str) -> str:
    """A pattern for any of a list's patterns."""
    return "|".join(entries(name))


def _alternatives(found: Iterable[str]) -> str:
    longest_first = sorted(set(found), key=lambda entry: (-len(entry), entry))
    return "|".join(map(_pattern, longest_first))


def _pattern(entry: str) -> str:
    """Plain words as a pattern: "last updated" → "last\\s+updated", "fotograf*" → "fotograf\\w*"."""
    return re.escape(entry).replace(r"\ ", r"\s+").replace(r"\*", r"\w*")

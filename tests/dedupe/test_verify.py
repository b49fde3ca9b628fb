"""Two texts, one verdict: copies differ in blocks and wording, pages of a template in facts."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsflow.dedupe.comparison_text import prepare
from newsflow.dedupe.fact_conflicts import conflicts, names
from newsflow.dedupe.stories import NOWHERE
from newsflow.dedupe.verify import Comparison, compare
from tests.worlds.story_world import CHANGES
from tests.worlds.story_writer import TEMPLATES, Event, account

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
RNG = random.Random(4)
WIRE = account(RNG, Event(RNG), 16)
OTHER = account(RNG, Event(RNG), 16)


def judge(one: str, other: str, **kinds: str) -> Comparison:
    return compare(prepare("", one, NOON, **kinds), prepare("", other, NOON, **kinds))


@pytest.mark.parametrize("kind", sorted(CHANGES))
@pytest.mark.parametrize("seed", range(3))
def test_copies(kind: str, seed: int) -> None:
    rng = random.Random(seed)
    wire = account(rng, Event(rng), 16)
    assert judge(wire, CHANGES[kind](rng, wire, "en")).copies


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_templates(kind: str) -> None:
    rng = random.Random(1)
    pages = [TEMPLATES[kind](rng) for _ in range(7)]
    assert [v.rule for a, b in combinations(pages, 2) if (v := judge(a, b)).copies] == []


def test_unlike_texts_share_little() -> None:
    assert judge(WIRE, OTHER).rule == "little shared"


def test_two_articles_above_one_long_form_are_not_one() -> None:
    form = " ".join(f"condition{i} applies to the use of this page" for i in range(40))
    verdict = judge(WIRE[:500] + "\n" + form, OTHER[:500] + "\n" + form)
    assert not verdict.copies


def test_a_background_block_at_the_end_of_another_article_joins_nothing() -> None:
    assert not judge(WIRE[:600], OTHER + "\n" + OTHER.upper() + "\n" + WIRE[:600]).copies


def test_a_corrected_figure_is_a_copy_and_at_one_publisher_a_version_for_hours_only() -> None:
    text = "In 2019 some 120 people came. " + WIRE
    fixed = text.replace("120", "140")
    assert judge(text, fixed).copies
    assert judge(text, fixed, publisher="a").rule == "version"
    later = prepare("", fixed, NOON + timedelta(days=1), publisher="a")
    assert compare(prepare("", text, NOON, publisher="a"), later).rule == "template"


def test_another_name_at_the_opening_is_another_subject() -> None:
    """One name in 150 words may be a house's own word for it; not the one whom the text is about."""
    long = " ".join(f"word{i}" for i in range(150))
    later = f"{long} said Anna Berg of the council {WIRE[:200]}"
    assert judge(later, later.replace("Anna Berg", "Paul Stone")).copies
    opening = f"They say that Anna Berg won the prize of the university this year. {long}"
    assert judge(opening, opening.replace("Anna Berg", "Paul Stone")).rule == "template"


def test_a_text_gone_over_word_by_word_is_no_copy_at_its_own_publisher() -> None:
    words = ["then", "Anna", *(f"word{i}" for i in range(200))]
    edited = " ".join("other" if i % 8 == 7 else word for i, word in enumerate(words))
    assert judge(" ".join(words), edited).copies
    assert judge(" ".join(words), edited, publisher="a").rule == "little shared"


def test_a_short_text_in_another_house_style_is_a_copy() -> None:
    words = ["then", "Anna", *(f"word{i}" for i in range(30))]
    assert judge(" ".join(words), " ".join([*words[:14], "other", *words[15:27], "another", *words[28:]])).copies


def test_quotes_that_lie_about_in_a_longer_text_make_no_copy() -> None:
    """Two quotes are all of a brief, and stand far from each other in another reporter's article."""
    first, second = (" ".join(f"{letter}{i}" for i in range(16)) for letter in "ab")
    between = " ".join(f"between{i}" for i in range(150))
    assert judge(f"{first} {second}", f"{first} {between[:200]} {second}").rule != "scattered"
    assert judge(f"{first} {second}", f"{first} {between} {second}").rule == "scattered"


def test_copies_months_apart_must_agree_in_every_fact() -> None:
    one = prepare("", "In all 77 people came. It was 50 in May. " + WIRE, NOON)
    later = prepare("", "In all 99 people came. It was 50 in May. " + WIRE, NOON + timedelta(days=90))
    same = prepare("", "In all 77 people came. It was 50 in May. " + WIRE, NOON + timedelta(days=90))
    assert compare(one, later).rule == "too far apart"
    assert compare(one, same).copies


def test_a_text_without_a_date_is_judged_by_its_words() -> None:
    assert compare(prepare("", WIRE), prepare("", WIRE, NOON)).copies


def test_a_part_says_where_it_stands() -> None:
    before, after = (" ".join(f"{letter}{i}" for i in range(400)) for letter in "ab")
    verdict = judge(WIRE[:700], f"{before}\n{WIRE[:700]}\n{after}")
    assert not verdict.copies
    assert verdict.spans is not None
    inner, (start, end) = verdict.spans
    assert inner == NOWHERE
    assert abs(start - 400) < 20
    assert abs(end - 400 - len(WIRE[:700].split())) < 20


def test_an_excerpt_says_where_it_agrees_in_both() -> None:
    added, short = " ".join(f"a{i}" for i in range(40)), WIRE[:500]
    verdict = judge(f"{added}\n{short}", WIRE)
    assert verdict.rule == "lead"
    assert verdict.spans is not None
    (start, end), (other_start, other_end) = verdict.spans
    assert abs(start - 40) < 20
    assert other_start < 20
    assert abs((end - start) - (other_end - other_start)) < 5


def test_a_part_with_the_lead_begins_at_the_top_whatever_was_cut_behind_it() -> None:
    words = [f"word{i}" for i in range(600)]
    verdict = judge(" ".join(words[:15] + words[250:450]), " ".join(words))
    assert verdict.spans is not None
    assert verdict.spans[1][0] == 0


def test_what_goes_on_alike_behind_another_lead_is_no_part() -> None:
    """An update begins anew; an item of a roundup has its lead."""
    old, new = ([f"{letter}{i}" for i in range(60)] for letter in "ab")
    rest = [f"word{i}" for i in range(300)]
    verdict = judge(" ".join(new + rest), " ".join(old + rest))
    assert verdict.copies
    assert verdict.spans is None


def test_a_roundups_title_is_believed() -> None:
    short, long = prepare("", WIRE[:400], NOON), prepare("News in brief", WIRE, NOON)
    assert compare(short, long).rule == "roundup"
    assert compare(short, prepare("A mayor resigns", WIRE, NOON)).rule == "lead"


@settings(max_examples=30)
@given(st.text(max_size=400), st.text(max_size=400))
def test_the_verdict_does_not_depend_on_who_is_first(one: str, other: str) -> None:
    a, b = prepare("", one + WIRE[:300], NOON), prepare("", WIRE[:500] + other, NOON)
    there, back = compare(a, b), compare(b, a)
    assert (there.copies, there.rule, there.containment) == (back.copies, back.rule, back.containment)
    assert there.spans == (back.spans and back.spans[::-1])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("The mayor Anna Berg met Mr. Stone.", {"anna", "berg", "mr"}),
        ("Smith Holdings grew. Later it fell.", {"smith", "holdings"}),
        ("However it rained. But not long.", set()),
        ("新华社北京", set()),
    ],
)
def test_names(body: str, expected: set[str]) -> None:
    assert names(body) == expected


KNOWN = frozenset(
    {
        "anna",
        "paul",
        "kyiv",
        "kiev",
        "tuesday",
        "march",
        "wednesday",
        "chen",
        "grant",
        "sept",
        "september",
        "oct",
        "november",
    }
)


@pytest.mark.parametrize(
    ("one", "other", "numbers", "others"),
    [
        (["12"], ["14"], 1, 0),
        (["1.5"], ["1,5"], 0, 0),
        (["15th"], ["15"], 0, 0),
        (["five"], ["5"], 0, 0),
        (["anna"], ["paul"], 0, 1),
        (["kyiv"], ["kiev"], 0, 0),
        (["said"], ["told"], 0, 0),
        (["tuesday"], ["march", "3"], 0, 0),
        (["tuesday"], ["wednesday"], 0, 1),
        (["sept"], ["september"], 0, 0),
        (["oct"], ["november"], 0, 1),
        (["chen", "of", "the", "12"], ["grant", "of", "the", "14"], 1, 1),
        (["anna"], [], 0, 0),
        (["anna"] * 30, ["paul"] * 30, 0, 0),
    ],
)
def test_conflicts(one: list[str], other: list[str], numbers: int, others: int) -> None:
    found = conflicts([(one, other)], KNOWN)
    assert (found.numbers, found.names) == (numbers, others)


def test_a_number_that_was_changed_throughout_is_one_change() -> None:
    assert conflicts([(["12"], ["14"])] * 5 + [(["12"], ["15"])], KNOWN).numbers == 2


def test_counting_stops_when_it_is_enough() -> None:
    slots = iter([([f"{n}"], ["14"]) for n in range(20, 25)])
    assert conflicts(slots, KNOWN, enough=lambda found: found.numbers > 1).numbers == 2
    assert len(list(slots)) == 3


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("the town of (Bergen) and “Oslo” lie", {"bergen", "oslo"}),
        ("Sea Bird sank. Ships waited.", {"sea", "bird"}),
        ("by Ann-Marie d’Arc’s house", {"ann", "marie"}),
        ("It rained, Émile said: Ümit left", {"emile", "umit"}),
        ("per Per Cent street", {"per", "cent"}),
    ],
)
def test_names_in_their_surroundings(body: str, expected: set[str]) -> None:
    assert names(body) == expected


def test_without_case_a_replaced_word_counts_a_third() -> None:
    assert conflicts([(["晴"], ["雨"])] * 3, frozenset()).names == pytest.approx(1)

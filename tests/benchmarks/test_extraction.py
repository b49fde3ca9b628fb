"""The extraction benchmark's own reasoning: folds, lines learned on other pages, the network, tables."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import extraction_arbiter, extraction_rules
from benchmarks.extraction import bodies, boosting, fields, figure, learned, outcomes, running, sets, suites, validate
from benchmarks.extraction.environments import UnavailableError
from benchmarks.extraction.extractors import EXTRACTORS, Made
from benchmarks.extraction.running import Run
from benchmarks.extraction.sets import Gold
from benchmarks.sheets import Sheet
from newsflow.extract.body import arbiter
from newsflow.outcomes import Outcome
from tests.extract import walls

LINE = "Follow the Courier on every channel"


def gold(number: int, site: str = "", text: str = "a b c d") -> Gold:
    return Gold(Path(f"{number}.html.gz"), f"https://x.example/{number}", text, site or f"p{number}.example")


def test_a_publisher_is_judged_by_what_was_best_on_others() -> None:
    """Each fold's own pages like `own` best; a choice that only they like must not be taken for them."""
    pages = [gold(n) for n in range(60)]
    folds = np.array([validate.fold(one.site) for one in pages])
    assert set(folds) == set(range(validate.FOLDS))
    choices = {"good": np.full((60, 2), 0.8)}
    for number in range(validate.FOLDS):
        choices[f"own {number}"] = np.where((folds == number)[:, None], 1.0, 0.5) * np.ones((60, 2))
    scores, picked = validate.validated(pages, choices)
    assert picked == ["good"] * validate.FOLDS
    assert (scores == 0.8).all()


def test_pages_of_one_publisher_fall_into_one_fold() -> None:
    assert len({validate.fold("courier.example") for _ in range(3)}) == 1


def test_site_lines_are_learned_without_gold() -> None:
    prose = [f"{w} one. {w} two. {w} three." for w in ("harbour", "ferry", "council", "tide", "boat", "pier")]
    pages = [gold(n, "p.example") for n in range(6)]
    made = [Made(f"{text}\n{LINE}", f"Headline {text}") for text in prose]
    assert learned.applied(pages, made) == prose
    assert learned.held_out(pages, made) == prose


def test_a_page_does_not_teach_its_own_lines() -> None:
    pages = [gold(n, "p.example") for n in range(2)]
    prose = ["one harbour " * 9, "other ferries " * 9]
    made = [Made(f"{text}\n{LINE}", f"Headline {text}") for text in prose]
    assert LINE not in "".join(learned.applied(pages, made))
    assert all(LINE in body for body in learned.held_out(pages, made))


def test_where_others_do_better_is_listed_worst_first() -> None:
    pages = [gold(n) for n in range(3)]
    scores = {
        "newsflow": np.array([[1.0, 1.0], [0.5, 0.5], [0.2, 0.2]]),
        "other": np.array([[0.9, 0.9], [1.0, 1.0], [0.9, 0.9]]),
    }
    found = bodies.worse("set", pages, scores, "newsflow")
    assert [row[0][:6] for row in found.rows] == ["2.html", "1.html"]
    assert "2 of 3 pages" in found.notes[0]
    assert "0.9667" in found.notes[0]


def test_fields_are_compared_by_their_words(tmp_path: Path) -> None:
    assert fields.folded("“Pier – open”") == fields.folded('"pier" open')
    assert fields.names(["Ada  Lane", " ", "Bo Li"]) == {"bo li", "ada lane"}


def test_confusion_counts_what_is_lost_and_stored() -> None:
    """On some of the pages: tests/extract/rejects/test_judge.py judges them all."""
    cases = walls.cases()[::25]
    [wall] = [case for case in cases if case.expected is not Outcome.OK][:1]
    found = outcomes.sheet(cases)
    assert f"{len(cases)} of {len(cases)} by their name; 0 articles lost, 0 walls stored" in found.notes[0]
    assert found.headings[1] == "ok"
    mistaken = outcomes.sheet([replace(wall, expected=Outcome.OK), *cases])
    assert "1 articles lost, 0 walls stored" in mistaken.notes[0]


def test_every_set_made_here_has_its_gold() -> None:
    pages = sets.load("generated")
    assert len({one.site for one in pages}) >= 10
    assert all(one.title and one.authors and one.day and one.text for one in pages)
    line = json.loads(pages[0].manifest_line())
    assert line["charset"] == "utf-8"
    assert Path(line["path"]).exists()


def test_an_extractor_runs_in_its_own_process() -> None:
    pages = sets.load("generated")[:3]
    found = running.run("newsflow", pages)
    assert [made.title for made in found.made] == [one.title for one in pages]
    assert found.rate > 0
    assert found.peak_mb > 20


def test_an_extractor_that_is_not_there_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(running.GROUPS, "news-please", "own")
    with pytest.raises(UnavailableError, match="newsplease"):
        running.run("news-please", sets.load("generated")[:1])


def test_no_extractor_reaches_the_network() -> None:
    code = (
        "import socket, sys; sys.path.insert(0, 'benchmarks/extraction'); import extractors as e\n"
        "refusals = e.Refusals()\n"
        "page = e.Page(b'', '', 'utf-8')\n"
        "made = e.measured(lambda page: socket.create_connection(('127.0.0.1', 9)), page, refusals)\n"
        "print(made.refused, made.body == '')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=running.ROOT)
    assert done.stdout.split() == ["1", "True"]


def test_each_extractor_of_the_issue_is_there() -> None:
    names = " ".join(EXTRACTORS)
    for name in (
        "fast",
        "precision",
        "recall",
        "readability",
        "resiliparse",
        "newspaper4k",
        "news-please",
        "mediacloud",
    ):
        assert name in names


def test_a_sheet_is_markdown_too() -> None:
    text = Sheet("Title", ("", "F1"), [("a|b", "0.9")], ["A note."]).markdown()
    assert text.splitlines() == ["## Title", "", "|  | F1 |", "|---|---:|", "| a\\|b | 0.9 |", "", "A note."]


def test_the_figure_is_well_formed_and_names_all() -> None:
    from lxml import etree

    drawn = figure.draw({"pages": {"newsflow": (0.97, 0.01), "a<b": (0.9, 0.02)}, "sites": {"newsflow": (0.89, 0.02)}})
    tree = etree.fromstring(drawn.encode())
    assert {"newsflow", "a<b", "pages", "sites"} <= set(tree.itertext())
    assert len(tree.findall(".//{*}circle")) == 3


def test_a_run_without_seconds_has_no_rate() -> None:
    assert Run("x", "1", [Made("a")], 0.0).rate == 0.0


def test_what_an_extractor_made_of_a_page_is_kept_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def lines(_: str, manifest: str, *__: object) -> list[str]:
        asked.append(len(manifest.splitlines()))
        return [json.dumps({"body": line}) for line in manifest.splitlines()] + ['{"peak_mb": 1}']

    monkeypatch.setattr(running, "KEPT", tmp_path)
    monkeypatch.setattr(running, "_lines", lines)
    monkeypatch.setitem(running.GROUPS, "trafilatura", "own")
    pages = sets.load("generated")[:3]
    running.run("trafilatura", pages[:2], reuse=True)
    made = running.run("trafilatura", pages, reuse=True).made
    assert asked == [2, 1]
    assert [one.body for one in made] == [page.manifest_line() for page in pages]


def test_what_an_extractor_failed_on_counts_against_it() -> None:
    told, failed, body_alone = Made(authors=["Ada Lane"], title="A"), Made(), Made("text")
    assert suites.answered([told, failed]) == [told, Made(authors=[], title="")]
    assert suites.answered([body_alone, failed]) == [body_alone, failed]


def test_suites_are_judged_by_what_they_tell() -> None:
    """Each measure where a page is told one thing only; what it does not tell is no figure."""
    page = replace(gold(0, text=""), source="suite")
    cases = [
        (suites.words, replace(page, text="One two two"), Made("two one one"), 2 / 3),
        (suites.inside, replace(page, inside=("a  b", "c d")), Made("x a\nb"), 0.5),
        (suites.outside, replace(page, outside=("a b", "c d")), Made("x a b"), 0.5),
        (suites.opening, replace(page, prefix="“So it” goes"), Made('Rome "So it" goes on'), 1.0),
        (suites.first, replace(page, prefix="“So it” goes"), Made('Rome "So it" goes on'), 0.0),
        (suites.title, replace(page, title="A – b"), Made(title="a b"), 1.0),
        (suites.authors, replace(page, authors=("Ada Lane", "Bo Li")), Made(authors=["Bo Li", "Ada Lane"]), 1.0),
        (suites.day, replace(page, day="2026-05-04"), Made(day="2026-05-05"), 0.0),
        (suites.lost, page, Made("text", rejected="index_page"), 1.0),
        (suites.taken, replace(page, article=False), Made("text"), 1.0),
    ]
    for score, one, made, wanted in cases:
        assert score(one, made) == pytest.approx(wanted), score.__name__
        assert suites.mean([(page, Made())], score) in {"–", "1.000" if score is suites.lost else "–"}


def test_names_are_read_as_suites_write_them() -> None:
    assert sets._names("By Ada Lane and Bo Li") == ("Ada Lane", "Bo Li")
    assert sets._names(["Ada Lane", "Bo Li"]) == ("Ada Lane", "Bo Li")
    assert sets._names("") is None


def test_each_rule_can_be_switched_off() -> None:
    """What stands in a rule's place is called as it is: a page is extracted all the same."""
    trial = extraction_rules.tried(("generated", sets.load("generated")[0]))
    assert trial.f1.keys() == {"", *extraction_rules.RULES}
    assert trial.f1[""] > 0.9
    assert trial.f1[""] > trial.f1["clean: title"] or trial.f1[""] == 1.0
    assert len(extraction_rules.sheet([trial]).rows) == len(extraction_rules.RULES)


def test_boosted_trees_find_what_two_signs_say_together() -> None:
    signs = np.array([[a, b, (7 * a + b) % 5] for a in range(10) for b in range(10)], dtype=float)
    gains = np.where(signs[:, 0] > 4, 0.2, 0.0) + np.where(signs[:, 1] > 6, -0.1, 0.0)
    trees = boosting.boosted(signs, gains, boosting.Manner(leaf=5, drawn=1.0))
    assert np.abs(boosting.estimates(trees, signs) - gains).max() < 0.02
    assert trees == boosting.boosted(signs, gains, boosting.Manner(leaf=5, drawn=1.0))
    shipped = sum(arbiter.value(tree, signs[0].tolist()) for tree in trees)
    assert shipped == pytest.approx(boosting.estimates(trees, signs)[0])


def test_the_arbiter_takes_a_rival_that_is_estimated_to_be_better() -> None:
    better, worse = (extraction_arbiter.Rival({"": 0.0}, gain, gain) for gain in (0.3, -0.3))
    pages = [
        extraction_arbiter.Page("wcxb", "a.example", [worse, better]),
        extraction_arbiter.Page("wcxb", "b.example", []),
    ]
    assert extraction_arbiter.taken(pages, np.array([0.01, 0.03]), 0.02) == [better, None]
    assert extraction_arbiter.taken(pages, np.array([0.01, 0.01]), 0.02) == [None, None]

"""Extraction against gold texts, beside other extractors: quality, fields, pages per CPU-second, memory.

Reads the open sets of a folder beside the project (or NEWSFLOW_SHARED) where they are there. Peers run
in the environment that NEWSFLOW_PEERS names (a Python with trafilatura, readability-lxml, newspaper4k,
news-please and resiliparse); without it, those that newsflow itself installs.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.extraction_peers import PEERS
from benchmarks.scores import shingles

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("NEWSFLOW_SHARED", ROOT.parent / "shared"))
OWN = {"trafilatura", "trafilatura fast", "trafilatura precision", "trafilatura recall", "resiliparse"}


@dataclass(frozen=True)
class Gold:
    path: Path
    url: str
    text: str
    site: str
    title: str = ""
    authors: str = ""
    date: str = ""


@dataclass
class Row:
    """One extractor on one set."""

    name: str
    bodies: list[str]
    seconds: float
    titles: list[str] = field(default_factory=list)


def pages() -> list[Gold]:
    gold = json.loads((SHARED / "pages/ground-truth.json").read_text())
    folder = SHARED / "pages/html"
    return [
        Gold(folder / f"{key}.html.gz", one["url"], one["articleBody"], one["url"].split("/")[2])
        for key, one in sorted(gold.items())
    ]


def pages_meta() -> list[Gold]:
    folder = SHARED / "pages_meta/html"
    return [
        Gold(folder / f"{a['html_file']}.html.gz", a["link"], a["text"], a["site"], a["title"], a["authors"], a["date"])
        for a in json.loads((SHARED / "pages_meta/articles.json").read_text())
    ]


def sites() -> list[Gold]:
    folder = SHARED / "sites/html"
    return [
        Gold(folder / f"{a['file']}.html.gz", f"http://{a['host']}/{a['file']}", a["text"], a["host"])
        for a in json.loads((SHARED / "sites/articles.json").read_text())
    ]


def page_score(gold: str, found: str) -> tuple[float, float]:
    """Precision and recall of a page, as the article extraction benchmark defines them."""
    true, seen = shingles(gold), shingles(found)
    shared = sum((true & seen).values())
    if true == seen:
        return 1.0, 1.0
    return (shared / sum(seen.values()) if seen else 1.0), (shared / sum(true.values()) if true else 1.0)


def f1(scores: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    precision = sum(p for p, _ in scores) / len(scores)
    recall = sum(r for _, r in scores) / len(scores)
    return 2 * precision * recall / (precision + recall), precision, recall


def rouge_lsum(gold: str, found: str) -> float:
    """F of the longest common subsequence of tokens, both capped at 300 tokens."""
    one, other = (re.findall(r"\w+", text)[:300] for text in (gold, found))
    if not one or not other:
        return float(one == other)
    row = [0] * (len(other) + 1)
    for token in one:
        before = 0
        for i, word in enumerate(other, 1):
            before, row[i] = row[i], before + 1 if token == word else max(row[i], row[i - 1])
    return 2 * row[-1] / (len(one) + len(other))


def bootstrap(ours: Sequence[tuple[float, float]], theirs: Sequence[tuple[float, float]], rounds: int = 1000) -> str:
    """95 % interval of the difference in F1, pages drawn in pairs."""
    rng, count = random.Random(0), len(ours)
    gains = []
    for _ in range(rounds):
        drawn = [rng.randrange(count) for _ in range(count)]
        gains.append(f1([ours[i] for i in drawn])[0] - f1([theirs[i] for i in drawn])[0])
    gains.sort()
    return f"{gains[int(rounds * 0.025)]:+.3f} … {gains[int(rounds * 0.975)]:+.3f}"


def ours(gold: Sequence[Gold]) -> tuple[Row, list[Any]]:
    from newsflow.extract.document import extract

    seconds, made = 0.0, []
    extract(gold[0].path.read_bytes(), "")
    for one in gold:
        html = gzip.decompress(one.path.read_bytes())
        started = time.process_time()
        made.append(extract(html, one.url))
        seconds += time.process_time() - started
    return Row("newsflow", [m.body for m in made], seconds, [m.title for m in made]), made


def with_site_lines(gold: Sequence[Gold], made: Sequence[Any]) -> Row:
    from newsflow.text.sitelines import fingerprint, learn, page_lines

    hosts: dict[str, list[Any]] = {}
    for one, extraction in zip(gold, made, strict=True):
        lines = extraction.body.split("\n")
        hosts.setdefault(one.site, []).append(page_lines(one.url, extraction.title, lines))
    learned = {host: learn(found).keys() for host, found in hosts.items()}
    bodies = [
        "\n".join(line for line in extraction.body.split("\n") if fingerprint(line) not in learned[one.site])
        for one, extraction in zip(gold, made, strict=True)
    ]
    return Row("newsflow, site lines", bodies, 0.0)


def peer(name: str, python: str, gold: Sequence[Gold]) -> Row:
    manifest = "".join(json.dumps({"path": str(one.path), "url": one.url}) + "\n" for one in gold)
    script = str(Path(__file__).with_name("extraction_peers.py"))
    done = subprocess.run([python, script, name], input=manifest, capture_output=True, text=True, check=False)
    made = [json.loads(line) for line in done.stdout.splitlines()]
    if len(made) != len(gold):
        raise RuntimeError(f"{name}: {done.stderr.strip().splitlines()[-1:]}")
    return Row(name, [m["body"] for m in made], sum(m["seconds"] for m in made), [m["title"] for m in made])


def rivals(gold: Sequence[Gold]) -> Iterable[Row]:
    python = os.environ.get("NEWSFLOW_PEERS", "")
    for name in PEERS:
        if not python and name not in OWN:
            print(f"  {name:<22} not measured: NEWSFLOW_PEERS names no environment")
            continue
        try:
            yield peer(name, python or sys.executable, gold)
        except RuntimeError as error:
            print(f"  {name:<22} failed: {error}")


def show(row: Row, gold: Sequence[Gold], best: Sequence[tuple[float, float]] | None) -> list[tuple[float, float]]:
    scores = [page_score(one.text, body) for one, body in zip(gold, row.bodies, strict=True)]
    value, precision, recall = f1(scores)
    rouge = sum(rouge_lsum(one.text, body) for one, body in zip(gold, row.bodies, strict=True)) / len(gold)
    perfect = sum(score == (1.0, 1.0) for score in scores)
    speed = f"{len(gold) / row.seconds:7.1f}" if row.seconds else "      –"
    gain = f"  newsflow {bootstrap(best, scores)}" if best else ""
    print(
        f"  {row.name:<22} {value:.4f}  {precision:.3f}/{recall:.3f}  {rouge:.3f}  {perfect:>4}  {speed}{gain}",
        flush=True,
    )
    return scores


def plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()


def fields(gold: Sequence[Gold], made: Sequence[Any]) -> None:
    """Exactness of title, set of authors and day; a day may agree with the gold or with the page's own JSON-LD."""
    from newsflow.extract import charset, tree
    from newsflow.extract.harvest import harvest
    from newsflow.extract.harvest import plain as value

    titles = authors = days = either = 0
    for one, extraction in zip(gold, made, strict=True):
        titles += plain(extraction.title) == plain(one.title)
        wanted = {plain(name) for name in one.authors.split(",") if name.strip()}
        authors += {plain(name) for name in extraction.authors} == wanted
        day = extraction.published_at.date().isoformat() if extraction.published_at else ""
        root = tree.parse(charset.decode(gzip.decompress(one.path.read_bytes()))[0])
        stated = value(harvest(root, one.url).article.get("datePublished"))[:10] if root is not None else ""
        days += day == one.date
        either += day == one.date or (bool(day) and day == stated)
    n = len(gold)
    print(f"  exact: titles {titles / n:.3f}, sets of authors {authors / n:.3f}, days {days / n:.3f}, ", end="")
    print(f"days by gold or JSON-LD {either / n:.3f}")


def measure(name: str, load: Callable[[], list[Gold]]) -> None:
    gold = load()
    print(f"{name}: {len(gold)} pages of {len({one.site for one in gold})} publishers")
    print(f"  {'':<22} F1      P/R          ROUGE  perfect  pages/CPU-s  (95 % interval of newsflow's gain)")
    row, made = ours(gold)
    best = show(row, gold, None)
    if name == "sites":
        best = show(with_site_lines(gold, made), gold, None)
    if name == "pages_meta":
        fields(gold, made)
    for rival in rivals(gold):
        show(rival, gold, best)
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB\n", flush=True)


def main() -> None:
    """Print a table a set."""
    wanted = os.environ.get("NEWSFLOW_SETS", "pages pages_meta sites").split()
    for name, load in (("pages", pages), ("pages_meta", pages_meta), ("sites", sites)):
        if name in wanted and (SHARED / name).exists():
            measure(name, load)
        elif name in wanted:
            print(f"{name}: not measured, there is no {SHARED / name}")

"""What pages of forty-one languages say around an article, held against pages of each: names, days, furniture, walls.

The wordings (`said.yaml`) were written before the lists were looked at, so they try the kind, not the entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from newsflow.extract.document import extract
from newsflow.model import Extraction
from newsflow.outcomes import Outcome
from tests.extract.walls import document, paragraphs

SAID: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("said.yaml").read_text(encoding="utf-8"))
URL = "https://courier.velmara.example/news/eastern-pier"
TITLE = "Velmara rebuilds its eastern pier"
TEXT = (
    "The harbour council of Velmara voted on Tuesday to rebuild the eastern pier, which the winter storms had closed.",
    "Engineers told the meeting that the work would take eleven months and cost about nine million crowns in all.",
    "Fishermen who use the pier said they had been waiting for a decision since the spring of the year before.",
    "The mayor, Ilse Tarnow, promised that the market would stay open while the work goes on at the harbour.",
)
MENU = '<header><a href="/">Velmara Courier</a><nav><a href="/news">News</a> <a href="/sport">Sport</a></nav></header>'
ABOUT = "Velmara Courier: news of the harbour, sport and culture from the city and its islands, every day of the year."

# Behind a short text that is whole: no wall.
OPEN = {
    "en": "Subscribe to our newsletter and read the full story of the week every Friday",
    "de": "Abonnieren Sie unseren Newsletter und lesen Sie nur das Wichtigste des Tages",
    "fr": "Abonnez-vous à notre newsletter pour lire nos articles",
    "es": "Únete a los lectores que siguen nuestro canal de WhatsApp",
    "it": "Sostieni il giornale con un abbonamento",
    "pl": "Zaprenumeruj nasz newsletter",
    "ru": "Подписывайтесь на наш Telegram-канал и читайте новости целиком",
    "tr": "YouTube kanalımıza abone olun",
}

everywhere = pytest.mark.parametrize("code", SAID)


def read(code: str, article: str, title: str = TITLE) -> Extraction:
    return extract(document(title, f"{MENU}<main><article><h1>{title}</h1>{article}</article></main>", code), URL)


def around(code: str, top: str = "", middle: str = "", end: str = "") -> Extraction:
    return read(code, f"{top}{paragraphs(*TEXT[:2])}{middle}{paragraphs(*TEXT[2:])}{end}")


def of(code: str, *names: str) -> Iterator[str]:
    return (line for name in names for line in SAID[code].get(name, ()))


@everywhere
def test_a_name_is_read_without_the_words_around_it(code: str) -> None:
    for label in of(code, "by"):
        line = label.format(n=SAID[code]["name"])
        made = around(code, top=f'<p class="author">{line}</p>')
        assert [name.replace(" ", "") for name in made.authors] == [SAID[code]["name"].replace(" ", "")], line
        assert made.body.split("\n") == list(TEXT), line


@everywhere
def test_a_day_is_read_and_a_later_change_is_none(code: str) -> None:
    for label in of(code, "published"):
        line = label.format(d=SAID[code]["day"])
        made = around(code, top=f"<div><span>{line}</span></div>")
        assert str(made.published_at)[:10] == "2026-05-04", line
        assert made.body.split("\n") == list(TEXT), line
        for changed in of(code, "modified"):
            both = f"{changed.format(u=SAID[code]['later'])} | {line}"
            assert str(around(code, top=f"<p>{both}</p>").published_at)[:10] == "2026-05-04", both


@everywhere
def test_furniture_is_no_text(code: str) -> None:
    for line in of(code, "furniture", "related", "promotion"):
        assert around(code, middle=f"<p>{line}</p>").body.split("\n") == list(TEXT), line
    for line in of(code, "furniture", "related", "promotion", "comments", "legal"):
        assert around(code, end=f"<p>{line}</p>").body.split("\n") == list(TEXT), line


@everywhere
def test_walls_are_no_articles(code: str) -> None:
    for line in of(code, "missing"):
        assert read(code, paragraphs(ABOUT), line).outcome is Outcome.SOFT_404, line
    for line in of(code, "removed"):
        assert read(code, paragraphs(line)).outcome in {Outcome.REMOVED, Outcome.SOFT_404}, line
    for line in of(code, "paywall"):
        stub = f'{paragraphs(*TEXT[:2])}<div class="box">{paragraphs(line)}</div>'
        assert read(code, stub).outcome is Outcome.PAYWALL, line


@pytest.mark.parametrize("code", OPEN)
def test_an_open_pages_request_is_no_wall(code: str) -> None:
    made = read(code, f"{paragraphs(*TEXT[:2])}<div>{paragraphs(OPEN[code])}</div>")
    assert made.outcome is Outcome.OK

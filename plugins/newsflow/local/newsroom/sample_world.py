"""The sample world: seven invented publishers in three languages, written for this project."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from newsflow.local.newsroom.script import (
    EPOCH,
    Article,
    ArticleText,
    Behaviour,
    FeedKind,
    Publisher,
    Revision,
    ScriptedWorld,
)

TEXTS = Path(__file__).parent / "texts"
PUBLISHERS = ("courier", "lowland", "tribune", "kuestenblatt", "gazette", "hilltop", "ferry-times")


def sample_world(epoch: datetime = EPOCH) -> ScriptedWorld:
    """Publishers whose newest article is a few hours older than `epoch`; equal epochs give equal worlds."""
    wires = _read("wires")
    return ScriptedWorld(tuple(_publisher(_read(name), wires, epoch) for name in PUBLISHERS))


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((TEXTS / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _publisher(data: Mapping[str, Any], wires: Mapping[str, str], epoch: datetime) -> Publisher:
    delay_s = float(data.get("delay_s", 0))
    return Publisher(
        name=data["name"],
        title=data["title"],
        tagline=data["tagline"],
        language=data["language"],
        kind=FeedKind(data["kind"]),
        articles=tuple(_article(a, wires, epoch, delay_s) for a in data["articles"]),
        robots=data.get("robots", Publisher("").robots),
        feed=Behaviour(delay_s=delay_s),
    )


def _article(data: Mapping[str, Any], wires: Mapping[str, str], epoch: datetime, delay_s: float) -> Article:
    body = wires[data["wire"]] + data["tail"] if "wire" in data else data["body"]
    text = ArticleText(data["title"], _paragraphs(body))
    published_at = epoch - timedelta(hours=data["hours_before"])
    section = data.get("section", "news")
    moved = {"moved_to": f"/{section}/{data['slug']}"} if "moved_from" in data else {}
    return Article(
        slug=data.get("moved_from", data["slug"]),
        text=text,
        author=data.get("author", ""),
        published_at=published_at,
        section=section,
        revisions=tuple(_revision(r, text, published_at) for r in data.get("revisions", ())),
        behaviour=Behaviour(**{"delay_s": delay_s, **data.get("behaviour", {}), **moved}),
        paywall=data.get("paywall", False),
        comment_form=data.get("comment_form", False),
        repeats_title=data.get("repeats_title", False),
    )


def _revision(data: Mapping[str, Any], text: ArticleText, published_at: datetime) -> Revision:
    body = "\n".join(text.paragraphs)
    for old, new in data["replace"]:
        if old not in body:
            raise ValueError(f"the correction replaces {old!r}, which the article does not have")
        body = body.replace(old, new)
    changed = ArticleText(data.get("title", text.title), _paragraphs(body + "\n" + data.get("append", "")))
    return Revision(data["edition"], changed, published_at + timedelta(hours=data["hours_after"]))

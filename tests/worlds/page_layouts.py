# ruff: noqa: E501
"""How sites lay out their home pages: cards in which a story is shown, and what stands around them."""

from __future__ import annotations

import html
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Story:
    """An article of a site; `at` in hours since the world began."""

    url: str
    headline: str
    teaser: str
    section: tuple[str, str]  # address and name
    author: tuple[str, str]
    tags: tuple[tuple[str, str], ...]
    at: float


@dataclass
class Shown:
    """All that a page shows: stories by box, and links that are none."""

    title: str
    language: str
    direction: str
    sections: list[tuple[str, str]]
    top: list[Story] = field(default_factory=list)
    ticker: list[Story] = field(default_factory=list)
    most_read: list[Story] = field(default_factory=list)
    blocks: list[tuple[tuple[str, str], list[Story]]] = field(default_factory=list)
    topics: list[tuple[str, str]] = field(default_factory=list)
    promotions: list[tuple[str, str]] = field(default_factory=list)
    partners: list[tuple[str, str]] = field(default_factory=list)
    legal: list[tuple[str, str]] = field(default_factory=list)
    dossiers: list[tuple[str, str]] = field(default_factory=list)  # lists of stories that look like stories
    services: list[tuple[str, str]] = field(default_factory=list)  # newsletters, games, a shop
    comments: bool = False  # the comments of a story have an address of their own
    pages: list[tuple[str, str]] = field(default_factory=list)
    more: str = "…"  # what a link to the rest of a story says


Card = Callable[[Story, Shown, random.Random], str]


def link(url: str, text: str, more: str = "") -> str:
    return f'<a href="{html.escape(url)}"{more}>{html.escape(text)}</a>'


def _below(story: Story, shown: Shown, rng: random.Random) -> str:
    """What else a card links to: comments, a page to print."""
    if not shown.comments:
        return ""
    where = story.url.rstrip("/")
    return f"{link(where + '/comments', f'{rng.randint(0, 40)} {shown.more}')} {link(f'/print?of={story.at:.3f}', '⎙')}"


def _chips(story: Story) -> str:
    chips = "".join(link(url, name, ' class="chip"') for url, name in story.tags)
    return f'<p class="meta">{link(*story.section)} {link(*story.author)} <span>{story.at:.0f}</span></p><p>{chips}</p>'


def card_article(story: Story, shown: Shown, rng: random.Random) -> str:
    """An article element: picture, heading, teaser, tags, and a link to the rest."""
    return (
        f'<article class="card card-{rng.randint(1, 99)}"><a href="{story.url}"><img src="/p/{rng.randint(1, 999)}.jpg" '
        f'alt=""></a><h2>{link(story.url, story.headline)}</h2><p>{html.escape(story.teaser)}</p>{_chips(story)}'
        f"{link(story.url, shown.more)} {link(story.url + '#comments', str(rng.randint(0, 90)))}"
        f"{_below(story, shown, rng)}</article>"
    )


def card_block(story: Story, shown: Shown, rng: random.Random) -> str:
    """The whole card is the link."""
    return (
        f'<li class="item"><a class="cover" href="{story.url}"><div class="pic"></div><div><span class="kick">'
        f"{html.escape(story.section[1])}</span><h3>{html.escape(story.headline)}</h3><time>{story.at:.0f}</time>"
        f"<p>{html.escape(story.teaser)}</p></div></a></li>"
    )


def card_line(story: Story, shown: Shown, rng: random.Random) -> str:
    """A line of a list."""
    return f'<div class="line"><span>{story.at:.0f}</span> {link(story.url, story.headline)}</div>'


def card_below(story: Story, shown: Shown, rng: random.Random) -> str:
    """The headline is no link; what is linked says the same of all stories."""
    return (
        f'<div class="teaser"><h3>{html.escape(story.headline)}</h3><p>{html.escape(story.teaser)}</p>'
        f"{link(story.url, shown.more)} {_below(story, shown, rng)}</div>"
    )


def card_row(story: Story, shown: Shown, rng: random.Random) -> str:
    """A row of a table, as pages were built once."""
    return (
        f'<tr><td><a href="{story.url}"><img src="/i/{rng.randint(1, 999)}.gif"></a></td><td>'
        f'<a class="hl" href="{story.url}"><b>{html.escape(story.headline)}</b></a><br>{html.escape(story.teaser)} '
        f"{link(story.url, shown.more)}</td></tr>"
    )


def card_spans(story: Story, shown: Shown, rng: random.Random) -> str:
    """Spans with classes that a machine made."""
    return (
        f'<a class="x{rng.randint(1, 9)}k-3f" href="{story.url}"><span class="a9">{html.escape(story.section[1])}</span>'
        f'<div class="b7">{html.escape(story.headline)}</div></a>'
    )


def card_definition(story: Story, shown: Shown, rng: random.Random) -> str:
    """A definition list, with a link to another story in the teaser."""
    other = rng.choice(shown.top)
    inner = f"{html.escape(story.teaser)} {link(other.url, other.headline[:20])}"
    return f"<dl><dt>{link(story.url, story.headline)}</dt><dd>{inner} {link(*story.author)}</dd></dl>"


def card_figure(story: Story, shown: Shown, rng: random.Random) -> str:
    """A figure whose caption is the headline, tags below."""
    chips = "".join(f"<li>{link(url, name)}</li>" for url, name in story.tags)
    return (
        f'<div class="grid-item post-{rng.randint(1000, 9999)}"><figure><a href="{story.url}"><img alt="" src="/x.webp">'
        f"</a><figcaption>{link(story.url, story.headline)}</figcaption></figure><ul>{chips}</ul>"
        f"<small>{link(*story.author)} {_below(story, shown, rng)}</small></div>"
    )


Frame = Callable[[Shown, str, str], str]


def _links(links: Sequence[tuple[str, str]], around: str = "{}") -> str:
    return "".join(around.format(link(*each)) for each in links)


def frame_semantic(shown: Shown, main: str, side: str) -> str:
    """HTML 5 with its landmarks."""
    return (
        f"<header>{link('/', shown.title)}<nav><ul>{_links(shown.sections, '<li>{}</li>')}</ul></nav></header>"
        f"<main>{main}<p class='pages'>{_links(shown.pages)}</p></main><aside>{side}</aside>"
        f"<footer><ul>{_links(shown.legal, '<li>{}</li>')}</ul></footer>"
    )


def frame_divs(shown: Shown, main: str, side: str) -> str:
    """Nothing but div and class."""
    return (
        f'<div id="top"><div class="bar">{_links(shown.sections, "<div>{}</div>")}</div></div><div class="wrap">'
        f'<div class="col-8">{main}<div class="pager">{_links(shown.pages)}</div></div><div class="col-4">{side}</div></div>'
        f'<div class="bottom">{_links(shown.legal, "<span>{}</span>")}</div>'
    )


def frame_table(shown: Shown, main: str, side: str) -> str:
    """A layout table."""
    return (
        f'<table width="100%"><tr><td valign=top><font size=2>{_links(shown.sections, "{}<br>")}</font></td>'
        f"<td><table>{main}</table>{_links(shown.pages)}</td><td>{side}</td></tr></table>"
        f"<center><font size=1>{_links(shown.legal, '{} | ')}</font></center>"
    )


def frame_roles(shown: Shown, main: str, side: str) -> str:
    """Landmarks by role, a menu that is written twice, and another one at the foot."""
    menu = _links(shown.sections, '<span class="m-i">{}</span>')
    return (
        f'<div role="banner"><div class="burger">{menu}</div><div role="navigation">{menu}</div></div>'
        f'<section class="feed">{main}</section><section class="rail">{side}</section>'
        f'<section class="end">{menu}{_links(shown.legal, "<p>{}</p>")}{_links(shown.pages)}</section>'
    )


@dataclass(frozen=True)
class Layout:
    """A frame, and the cards of its boxes."""

    frame: Frame
    top: Card
    block: Card
    list_tag: str = "div"

    def page(self, shown: Shown, rng: random.Random) -> str:
        """The page as HTML."""
        main = f'<div class="strip">{_links(shown.dossiers, "<h3>{}</h3>")}</div>' if shown.dossiers else ""
        main += self._list(self.top, shown.top, shown, rng)
        for section, stories in shown.blocks:
            main += f'<div class="block"><h2>{link(*section)}</h2>{self._list(self.block, stories, shown, rng)}</div>'
        main += "".join(f'<div class="service"><h3>{link(*each)}</h3></div>' for each in shown.services)
        main += f'<div class="promo">{_links(shown.promotions, "<p>{}</p>")}</div>'
        side = f'<div class="live">{"".join(card_line(story, shown, rng) for story in shown.ticker)}</div>'
        ranked = "".join(f"<li>{link(story.url, story.headline)}</li>" for story in shown.most_read)
        side += f'<div class="top10"><ol>{ranked}</ol></div><div class="topics">{_links(shown.topics)}</div>'
        side += f'<div class="partners">{_links(shown.partners, "<h4>{}</h4>")}</div>'
        head = f'<html lang="{shown.language}" dir="{shown.direction}"><head><meta charset="utf-8"><title>{shown.title}'
        return f"<!doctype html>{head}</title></head><body>{self.frame(shown, main, side)}</body></html>"

    def _list(self, card: Card, stories: Sequence[Story], shown: Shown, rng: random.Random) -> str:
        return f"<{self.list_tag}>{''.join(card(story, shown, rng) for story in stories)}</{self.list_tag}>"

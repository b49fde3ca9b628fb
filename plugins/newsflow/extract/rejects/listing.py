"""Is a page a list of other pages (a section, a shop's shelf, a home page) rather than one text?

Told by structure, in any language: a list has many linked lines of one kind, prices, and short texts that stand each
in a box of its own; an article has paragraphs in a row, a day and a name. 22 such signs are weighed and added up.
The weights were fitted (logistic regression, `make bench PART=extraction_listings`) on the open sets; that command
prints what they find and lose on five folds of sites, each judged by weights that were fitted without it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from math import log1p
from statistics import median

from newsflow.extract.body.placement import WHOLE_LINK, Paragraph, kind
from newsflow.extract.page.blocks import Block, is_running
from newsflow.extract.page.metadata import types
from newsflow.extract.page.remembered import remembered
from newsflow.extract.rejects import addresses, templates
from newsflow.extract.rejects.evidence import Evidence, Verdict
from newsflow.outcomes import Outcome
from newsflow.text.word_count import count_words

WEIGHTS: Mapping[str, float] = {
    "home": 4.362, "depth": -0.213, "number": -0.779, "list address": 4.265, "section's name": 3.403, "section": 1.26,
    "og:article": -0.854, "json-ld article": -0.675, "day": -0.851, "signed": -0.811, "template": 2.952,
    "headline": -1.202, "buttons": 0.521, "cards": 0.395, "alike": 0.345, "items": 0.356,
    "prices": 0.455, "products": 0.397, "row": -0.624, "line": 0.163,
    "links": 3.311, "run": -0.149, "row words": -0.25, "text box": -1.134,
    "": -2.398,
}  # fmt: skip
LIMIT = -0.2  # of a list's score: of the open articles, on folds of other sites, .6 % have more (.8 % of WCXB's)
STATED_LIMIT = 1.5  # where `og:type` calls it an article: none of a day and an author on the open sets has more
_CARD = 4  # words of a linked line that leads to another page
_WHOLE = 500  # words in one box: a home page that holds one text
_HEADLINES = 6  # linked lines of one kind that a section has at least
_WORKS = ("Article", "Posting", "Recipe")  # ends of the JSON-LD types of a page that is one text
_LABEL = 12  # words: a price stands in a shorter line
_NEAR, _DEEPEST = 5, 5  # boxes around a line that are asked for their names, parts of a path that are told apart
_PRICE = re.compile(r"(?:[$€£¥₹]|\b(?:USD|EUR|GBP|kr|zł)\b)\s?\d|\d[\d.,]*\s?(?:[$€£¥₹]|USD|EUR|kr\b|zł)")
# What designers call a product's box, and the box of an article's text (English by custom everywhere).
_PRODUCT = re.compile(r"product|price|sku|plp", re.IGNORECASE)
_TEXT = re.compile(
    r"(?:article|entry|post|story|page|news|blog)[-_]*(?:body|content|text|inner|detail|copy)|articlebody|single"
    r"|rte(?![a-z])|prose|wysiwyg|richtext",
    re.IGNORECASE,
)


def verdict(page: Evidence) -> Verdict | None:
    """`index_page`, where enough speaks for a list; more, where a page says it is an article of a day and an author."""
    whole = page.stated and page.dated and page.signed
    if whole and not is_og_alone(page):
        return None
    likely = score(signs(page))
    limit = STATED_LIMIT if whole else LIMIT
    return (Outcome.INDEX_PAGE, f"a list by its structure ({likely:.1f})") if likely > limit else None


def is_og_alone(page: Evidence) -> bool:
    """Is `og:type` all that calls it an article? Plug-ins write that on sections, too; JSON-LD they make with care."""
    return not any(name.endswith(("Article", "Posting")) for name in types(page.page.article))


def score(found: Mapping[str, float]) -> float:
    """How much speaks for a list: over 0, more than against it."""
    return WEIGHTS[""] + sum(WEIGHTS[name] * value for name, value in found.items())


def signs(page: Evidence) -> dict[str, float]:
    """The signs of a page, by the names of their weights."""
    found = {**_of_address(page.url), **_of_statements(page), **_of_page(page.blocks), **_of_body(page)}
    found["items"] = log1p(page.signals.html.count("<li"))
    # An address is a section's where the page has a section's headlines: a blog's only text may stand at "/blog/".
    listed = found["cards"] >= log1p(_HEADLINES)
    told = found["row words"] >= log1p(_WHOLE)
    return found | {
        "home": found["home"] * (listed and not told),
        "section's name": found["section's name"] * listed,
    }


def _of_address(url: str) -> dict[str, float]:
    return {
        "depth": float(min(len(addresses.parts(url)), _DEEPEST)),
        "number": float(addresses.ends_in_a_number(url)),
        "list address": addresses.called_a_list(url),
        "home": float(addresses.is_home(url)),
        "section's name": float(addresses.names_a_section(url)),
        "section": float(addresses.is_section(url)),
    }


def _of_statements(page: Evidence) -> dict[str, float]:
    """What it says of itself; a headline has more words than a section's name."""
    return {
        "og:article": float(page.page.first("og:type").casefold().endswith("article")),
        "json-ld article": float(any(name.endswith(_WORKS) for name in types(page.page.article))),
        "day": float(page.has_day),
        "signed": float(page.signed),
        "headline": log1p(count_words(page.heads[0]) if page.heads else 0),
        "buttons": log1p(page.signals.button_count),
        "template": float(templates.is_list(page.blocks[0].path[0]) if page.blocks and page.blocks[0].path else 0),
    }


def _of_page(blocks: Sequence[Block]) -> dict[str, float]:
    """What stands on it often: linked headlines of one kind, prices, boxes of products; paragraphs in one box."""
    return {
        "cards": _most(kind(block) for block in blocks if block.links > WHOLE_LINK and block.words >= _CARD),
        "alike": _most(kind(block) for block in blocks if block.words >= 2 and block.tag != "p"),
        "prices": log1p(sum(block.words < _LABEL and bool(_PRICE.search(block.text)) for block in blocks)),
        "products": log1p(sum(any(map(_is_product, block.path[-_NEAR:])) for block in blocks)),
        "row": _most(block.box for block in blocks if is_running(block)),
    }


def _of_body(page: Evidence) -> dict[str, float]:
    """How its text is made: words of a line, links among its lines, the longest runs without one, boxes of texts."""
    within = _within(page.body, page.blocks)
    boxes: Counter[Hashable] = Counter()
    for p in page.body:
        if p.block and is_running(p.block):
            boxes[p.block.box] += p.words
    in_text = sum(p.words for p in page.body if p.block and any(map(_is_text_box, p.block.path)))
    return {
        "line": log1p(median([p.words for p in page.body] or [0])),
        "links": sum(block.links > WHOLE_LINK for block in within) / max(len(within), 1),
        "run": log1p(_longest_run(within)),
        "row words": log1p(max(boxes.values(), default=0)),
        "text box": in_text / max(page.words, 1),
    }


def _longest_run(blocks: Sequence[Block]) -> int:
    """Words of running text between two linked lines, where there are most."""
    longest = run = 0
    for block in blocks:
        run = 0 if block.links > WHOLE_LINK else run + (block.words if is_running(block) else 0)
        longest = max(longest, run)
    return longest


@remembered
def _is_product(label: str) -> bool:
    return bool(_PRODUCT.search(label))


@remembered
def _is_text_box(label: str) -> bool:
    return bool(_TEXT.search(label))


def _most(kinds: Iterable[Hashable]) -> float:
    """How many there are of the commonest, on a scale that grows slowly."""
    return log1p(max(Counter(kinds).values(), default=0))


def _within(body: Sequence[Paragraph], blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks from the body's first to its last."""
    places = [p.block.order for p in body if p.block]
    return blocks[min(places) : max(places) + 1] if places else ()

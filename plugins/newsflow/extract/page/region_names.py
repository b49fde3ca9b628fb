"""Regions of a page that are no article, known by their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from newsflow.extract.page.blocks import HEADINGS, Block
from newsflow.languages.lists import any_of, any_pattern

# "relatedArticles" and "related_articles" are "related-Articles" to the names below.
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_")
# English by custom everywhere; those of other languages are what their news systems use in class names.
_NAMES = re.compile(
    rf"\b(?:author|writer|reporter|contributor|{any_of('author_names')})s?-?(?:bio\w*|box|card|info|details?|profile|about)\b"
    r"|\bbio(?:graph\w*|graf\w*|s)?\b"
    r"|\b(?:related|recirc\w*|recommend\w*|trending|teasers?)\b"
    r"|\bmost-?(?:read|viewed|popular|shared|commented)\b|\b(?:read|see|view)-?(?:more|next|also)\b|\bup-?next\b"
    r"|\b(?:next|more|other)-?(?:articles?|stor(?:y|ies)|posts?|news)\b"
    r"|outbrain|taboola|revcontent|\bmgid|zergnet|\bdisqus"
    r"|newsletter|\b(?:signup|sign-up|opt-?in)\b|\bwp-auth\b|\blightbox|\bmodal\b|\bpopup"
    r"|\bcomments?(?:-?(?:list|form|area|section|body|text|thread|wrap\w*|box|item|content))?\b"
    rf"|\b(?:{any_of('comment_names')})\w*|\brespond\b"
    r"|\b(?:reg(?:istration)?|access|log-?in|subscri\w*)-?wall\b"
    r"|\bshar(?:e|ing)-?(?:bar|box|buttons?|tools?|links?)\b|\bsocial-?(?:share|sharing|bar|links?|buttons?|follow)\b"
    r"|\bbreadcrumbs?\b|\bfooter\b|\btoolbar\b|\badvert\w*|\bsponsor\w*|\bdisclaimers?\b|\bcookies?\b|\bcopyright\b|"
    + any_pattern("region_patterns"),
    re.IGNORECASE,
)
# Elements that are such regions, whatever their names.
_TAGS = ("footer#", "form#")


@lru_cache(maxsize=20_000)
def is_region(label: str) -> bool:
    """Is a label the name of such a region?"""
    return label.startswith(_TAGS) or bool(_NAMES.search(_HUMPS.sub("-", label.split("#", 1)[-1])))


def named(block: Block, outer: Sequence[str]) -> bool:
    """Is one of the labels around a block, or its own, the name of a region that is no article?

    A heading's own label does not count: its id is often made from its text.

    :param outer: labels of what the block stands in, without the containers of the bulk of the text.
    """
    own = outer[:-1] if block.tag in HEADINGS else outer
    return any(map(is_region, own))

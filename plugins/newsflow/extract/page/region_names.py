"""Regions of a page that are no article, known by their names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsflow.extract.page.blocks import HEADINGS, Block
from newsflow.extract.page.remembered import remembered
from newsflow.languages.lists import any_of, any_pattern

# "relatedArticles" and "related_articles" are "related-Articles" to the names below.
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_")
# English by custom everywhere; those of other languages are what their news systems use in class names.
# All in lower case, and the most of them behind one \b: three times as fast as what a reader would write.
_NAMES = re.compile(
    r"\b(?:"
    rf"(?:author|writer|reporter|contributor|{any_of('author_names')})s?-?"
    r"(?:bio\w*|box|card|info|desc\w*|details?|profile|about)\b"
    r"|saboxplugin\w*|cta\b|call-?to-?action\b|promo\b|disclosures?\b"
    r"|bio(?:graph\w*|graf\w*|s)?\b"
    r"|(?:related|recirc\w*|recommend\w*|trending|teasers?)\b"
    r"|most-?(?:read|viewed|popular|shared|commented)\b|(?:read|see|view)-?(?:more|next|also)\b|up-?next\b"
    r"|(?:next|more|other)-?(?:articles?|stor(?:y|ies)|posts?|news)\b"
    r"|mgid|disqus|(?:signup|sign-up|opt-?in)\b|wp-auth\b|lightbox|modal\b|popup"
    r"|comments?(?:-?(?:list|form|area|section|body|text|thread|wrap\w*|box|item|content))?\b"
    rf"|(?:{any_of('comment_names')})\w*|respond\b"
    r"|(?:reg(?:istration)?|access|log-?in|subscri\w*)-?wall\b"
    r"|shar(?:e|ing)-?(?:bar|box|buttons?|tools?|links?)\b|social-?(?:share|sharing|bar|links?|buttons?|follow)\b"
    # Menus and settings of players: video.js, JW, Plyr, MediaElement, Bitmovin, Kaltura, Yahoo.
    r"|vjs\b|video-js\b|jw(?:player)?-(?:controls|settings|captions|text|related)\w*|plyr\b|mejs\b|bmpui\b|playkit\b|yvp\b"
    r"|breadcrumbs?\b|footer\b|toolbar\b|advert\w*|sponsor\w*|disclaimers?\b|cookies?\b|copyright\b"
    r")|outbrain|taboola|revcontent|zergnet|newsletter|" + any_pattern("region_patterns")
)
# Elements that are such regions, whatever their names.
_TAGS = ("footer#", "form#")


@remembered
def is_region(label: str) -> bool:
    """Is a label the name of such a region?"""
    return label.startswith(_TAGS) or bool(_NAMES.search(hyphened(label)))


def hyphened(label: str) -> str:
    """The id and classes of a label in small letters, with hyphens between their words."""
    return _HUMPS.sub("-", label.split("#", 1)[-1]).lower()


def named(block: Block, outer: Sequence[str]) -> bool:
    """Is one of the labels around a block, or its own, the name of a region that is no article?

    A heading's own label does not count: its id is often made from its text.

    :param outer: labels of what the block stands in, without the containers of the bulk of the text.
    """
    own = outer[:-1] if block.tag in HEADINGS else outer
    return any(map(is_region, own))

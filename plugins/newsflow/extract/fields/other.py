"""Section, tags, image, addresses, type: fields that a page states and that need little judgement."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from newsflow.extract.page.metadata import PageMetadata, plain, types
from newsflow.languages.lists import any_of
from newsflow.text.characters import clean

_LONGEST_URL = 2000  # characters; longer ones hold data, and break indexes
_MOST_TAGS, _LONGEST_TAG = 30, 60  # tags of a page, characters of one: longer ones are sentences
_LEAD = 20  # characters; shorter summaries are names of sections
_LIVE = re.compile(r"LiveBlogPosting")
_OPINION = re.compile(rf"(?:^|/)(?:{any_of('opinion_paths')})(?:/|$)", re.IGNORECASE)
_GALLERY = re.compile(rf"/(?:{any_of('gallery_paths')})/")
_VIDEO = re.compile(r"/(?:videos?|watch|tv)/")
_PODCAST = re.compile(r"/podcasts?/")


def _url(base: str, value: str) -> str:
    """An absolute http(s) URL, or ""."""
    try:
        joined = urljoin(base, value.strip())
        return joined if urlsplit(joined).scheme in {"http", "https"} and len(joined) <= _LONGEST_URL else ""
    except ValueError:
        return ""


def _image(value: Any) -> str:
    if isinstance(value, list):
        return _image(value[0]) if value else ""
    if isinstance(value, Mapping):
        return _image(value.get("url") or value.get("contentUrl") or value.get("@id"))
    return value if isinstance(value, str) else ""


def image(harvest: PageMetadata, base: str) -> tuple[str, str]:
    """The lead image and the source that named it."""
    rivals = (
        ("og", harvest.first("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")),
        ("json-ld", _image(harvest.article.get("image"))),
        ("link", next(iter(harvest.links.get("image_src", ())), "")),
    )
    return next(((found, source) for source, value in rivals if value and (found := _url(base, value))), ("", ""))


def caption(harvest: PageMetadata) -> str:
    """What the page says of its lead image: the caption in JSON-LD, else the alternative text of og:image."""
    image = harvest.article.get("image")
    first = image[0] if isinstance(image, list) and image else image
    stated = plain(first.get("caption") or first.get("description")) if isinstance(first, Mapping) else ""
    return (stated or harvest.first("og:image:alt", "twitter:image:alt"))[:1000]


def section(harvest: PageMetadata) -> str:
    """The section as the page names it."""
    found = plain(harvest.article.get("articleSection")) or harvest.first(
        "article:section", "og:article:section", "parsely-section", "section", "cxenseparse:section", "dc.subject"
    )
    return clean(found)[:200]


def _split(values: list[Any]) -> list[str]:
    found: list[str] = []
    for value in values:
        if isinstance(value, list):
            found.extend(_split(value))
        elif isinstance(value, str):
            found.extend(re.split(r"[,;|]", value))
        elif isinstance(value, Mapping):
            found.append(plain(value))
    return found


def tags(harvest: PageMetadata) -> tuple[str, ...]:
    """Tags and keywords, each once."""
    raw = [harvest.article.get("keywords"), list(harvest.meta.get("article:tag", ()))]
    raw += [list(harvest.meta.get(name, ())) for name in ("news_keywords", "parsely-tags", "keywords")]
    known: dict[str, str] = {}
    for part in _split(raw):
        tag = clean(part)
        if 1 < len(tag) <= _LONGEST_TAG:
            known.setdefault(tag.casefold(), tag)
    return tuple(known.values())[:_MOST_TAGS]


def canonical(harvest: PageMetadata, base: str) -> str:
    """rel=canonical, else og:url; "" where it leads to a home page or to nothing."""
    for value in (*harvest.links.get("canonical", ()), harvest.first("og:url")):
        found = _url(base, value) if value else ""
        # templates that give every page the home page's address are common
        if found and (_has_path(found) or not _has_path(base)):
            return found
    return ""


def _has_path(url: str) -> bool:
    return bool(path_of(url).strip("/"))


def amp(harvest: PageMetadata, base: str) -> str:
    """rel=amphtml."""
    return next((found for value in harvest.links.get("amphtml", ()) if (found := _url(base, value))), "")


def path_of(url: str) -> str:
    """The path of an address, "" where it can't be read."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def page_type(harvest: PageMetadata, url: str) -> str:
    """article, live, opinion, video, gallery or podcast, by schema.org type, og:type and path."""
    kinds = " ".join(types(harvest.article))
    path = path_of(url)
    if _LIVE.search(kinds):
        return "live"
    if "Opinion" in kinds or _is_opinion(path, section(harvest)):
        return "opinion"
    og_video = harvest.first("og:type").startswith("video")
    signs = (
        ("video", "VideoObject" in kinds or og_video or _VIDEO.search(path)),
        ("gallery", "Gallery" in kinds or _GALLERY.search(path)),
        ("podcast", "Podcast" in kinds or "AudioObject" in kinds or _PODCAST.search(path)),
    )
    return next((name for name, sign in signs if sign), "article")


def _is_opinion(path: str, section: str) -> bool:
    """Does the address or the section say so ("/opinion/…", "Kommentar")?"""
    return bool(_OPINION.search(path) or _OPINION.fullmatch(f"/{section}/"))


def lead(harvest: PageMetadata) -> tuple[str, str]:
    """The summary that the page gives of itself, and its source."""
    rivals = (
        ("json-ld", plain(harvest.article.get("description"))),
        ("og", harvest.first("og:description", "twitter:description")),
        ("meta", harvest.first("description")),
    )
    return next(((text[:2000], source) for source, text in rivals if len(text) > _LEAD), ("", ""))


def rights(harvest: PageMetadata) -> dict[str, Any]:
    """Robots and text-and-data-mining signals of the page itself (TDMRep: https://www.w3.org/community/tdmrep/)."""
    found: dict[str, Any] = {}
    for name in ("robots", "googlebot", "tdm-reservation", "tdm-policy"):
        if value := harvest.first(name):
            found[name] = value[:200]
    if harvest.links.get("license"):
        found["license"] = harvest.links["license"][0][:500]
    if "isAccessibleForFree" in harvest.article:
        found["free"] = str(harvest.article["isAccessibleForFree"]).lower() not in {"false", "no", "0"}
    return found

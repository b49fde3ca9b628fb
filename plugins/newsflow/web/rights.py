"""What a publisher says about text and data mining, noted when the page is fetched. Pure.

Sources: robots.txt groups of AI crawlers; Content-Signal lines (contentsignals.org); the
X-Robots-Tag and TDM-Reservation headers and meta tags (W3C TDMRep, 2024); noai (DeviantArt).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from newsflow.model import Exchange
from newsflow.web.robots import Rules

# Product tokens of crawlers that gather for AI, as their operators document them.
AI_AGENTS = (
    "AI2Bot",
    "Amazonbot",
    "anthropic-ai",
    "Applebot-Extended",
    "Bytespider",
    "CCBot",
    "ChatGPT-User",
    "ClaudeBot",
    "cohere-ai",
    "Diffbot",
    "FacebookBot",
    "Google-Extended",
    "GPTBot",
    "meta-externalagent",
    "OAI-SearchBot",
    "omgili",
    "PerplexityBot",
    "Timpibot",
)

_HEAD = 64 * 1024  # bytes of the page that are looked at
_SIGNAL = re.compile(r"^[ \t]*content-signal[ \t]*:[ \t]*([^#\r\n]{1,500})", re.IGNORECASE | re.MULTILINE)
_META = re.compile(rb"<meta\b[^>]{0,1000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"([a-zA-Z-]+)\s*=\s*(?:\"([^\"]{0,500})\"|'([^']{0,500})'|([^\s\"'>]{1,500}))")
_OPT_OUTS = frozenset({"noai", "noimageai", "notdm"})
_NAMES = frozenset({"robots", "newsflow", "tdm-reservation", "tdm-policy"})
_NAMED = re.compile("|".join(sorted(_NAMES)).encode(), re.IGNORECASE)


def of_robots(rules: Rules, body: str, url: str) -> dict[str, Any]:
    """The AI crawlers that robots.txt shuts out from `url` by name, and its content signals.

    :param rules: parsed with `AI_AGENTS` among its agents.
    """
    found: dict[str, Any] = {}
    denied = [agent for agent in AI_AGENTS if rules.names(agent) and not rules.allows(url, agent)]
    if denied:
        found["ai_agents_denied"] = denied
    signals = _signals(body)
    if signals:
        found["content_signals"] = signals
    return found


def _signals(body: str) -> dict[str, str]:
    pairs = (pair.partition("=") for line in _SIGNAL.findall(body) for pair in line.split(","))
    return {name.strip().lower(): value.strip().lower() for name, equals, value in pairs if equals}


def of_page(exchange: Exchange, robots: Mapping[str, Any]) -> dict[str, Any]:
    """All signals of a page, for the column `rights`; empty where there are none.

    :param robots: `of_robots` of its origin.
    :return: keys `ai_agents_denied`, `content_signals`, `x_robots_tag`, `meta_robots`, `tdm_reservation`,
        `tdm_policy`, and `reserved`: true where any of them reserves mining or AI training.
    """
    found = dict(robots)
    meta = _meta(exchange.body[:_HEAD])
    for key, value in (
        ("x_robots_tag", exchange.headers.get("x-robots-tag", "")[:500].lower()),
        ("meta_robots", meta.get("newsflow") or meta.get("robots", "")),
        ("tdm_reservation", exchange.headers.get("tdm-reservation", "").strip() or meta.get("tdm-reservation", "")),
        ("tdm_policy", exchange.headers.get("tdm-policy", "")[:500].strip() or meta.get("tdm-policy", "")),
    ):
        if value:
            found[key] = value
    if found:
        found["reserved"] = _reserved(found)
    return found


def _reserved(found: Mapping[str, Any]) -> bool:
    words = set(re.findall(r"[a-z]+", f"{found.get('x_robots_tag', '')} {found.get('meta_robots', '')}"))
    signals = found.get("content_signals", {})
    return bool(
        words & _OPT_OUTS
        or found.get("tdm_reservation") == "1"
        or "no" in {signals.get("ai-train"), signals.get("ai-input")}
        or found.get("ai_agents_denied")
    )


def _meta(head: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in filter(_NAMED.search, _META.findall(head)):
        attributes = {name.lower(): b"".join(values) for name, *values in _ATTRIBUTE.findall(tag)}
        name = attributes.get(b"name", b"").decode("ascii", "replace").strip().lower()
        if name in _NAMES:
            found.setdefault(name, attributes.get(b"content", b"").decode("utf-8", "replace").strip().lower())
    return found

"""Walls of every kind, in the languages of `texts.py` and in the shapes of several vendors; and articles about them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from newsflow.outcomes import Outcome
from tests.extract.texts import TEXTS, Text


@dataclass(frozen=True)
class Case:
    name: str
    html: bytes
    expected: Outcome
    url: str = "https://courier.example/news/westmere-votes-to-rebuild-the-ferry-pier-20260512"


def document(title: str, body: str, language: str, head: str = "") -> bytes:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>{head}</head><body>{body}</body></html>"
    ).encode()


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def json_ld(**fields: object) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(node, ensure_ascii=False)}</script>'


FURNITURE = (
    '<header><a href="/">Courier</a> <a href="/login">{login}</a></header>',
    '<footer><div class="cookie-banner"><p>{consent}</p><button>{accept}</button></div>'
    '<div class="paywall-template" style="display:none"><p>{paywall}</p></div></footer>',
)


def furnished(text: Text, article: str) -> str:
    words = {
        "login": escape(text.login),
        "consent": escape(text.consent[0]),
        "accept": escape(text.consent[1]),
        "paywall": escape(text.paywall),
    }
    return FURNITURE[0].format(**words) + article + FURNITURE[1].format(**words)


def bots(code: str, text: Text) -> Iterator[Case]:
    cloudflare = '<script>window._cf_chl_opt={}</script><script src="/cdn-cgi/challenge-platform/h/b/x.js"></script>'
    body = (
        f'<div class="main-wrapper"><h1>courier.example</h1>{paragraphs(text.bot)}<div id="cf-turnstile"></div></div>'
    )
    yield Case(f"bot-cloudflare-{code}", document("Just a moment...", body, code, cloudflare), Outcome.BOT_CHALLENGE)
    datadome = '<script src="https://ct.captcha-delivery.com/c.js"></script>'
    yield Case(
        f"bot-datadome-{code}", document("courier.example", paragraphs(text.bot), code, datadome), Outcome.BOT_CHALLENGE
    )
    human = f'<div id="px-captcha"></div><h1>{escape(text.bot)}</h1>{paragraphs("Reference ID 0c8a-77")}'
    yield Case(f"bot-human-{code}", document(text.bot, human, code), Outcome.BOT_CHALLENGE)


def consents(code: str, text: Text) -> Iterator[Case]:
    said, button = text.consent
    page = f'<div class="message"><h2>Courier</h2>{paragraphs(said, said)}<button>{escape(button)}</button></div>'
    yield Case(f"consent-page-{code}", document("Courier", page, code), Outcome.CONSENT_WALL)
    overlay = f'<div id="sp_message"><div role="dialog">{paragraphs(said)}<button>{escape(button)}</button></div></div>'
    yield Case(f"consent-overlay-{code}", document(text.title, overlay, code), Outcome.CONSENT_WALL)


def paywalls(code: str, text: Text) -> Iterator[Case]:
    stub = f"<article><h1>{escape(text.title)}</h1>{paragraphs(text.paragraphs[0])}"
    offer = f'<div class="offer">{paragraphs(text.paywall)}</div>'
    yield Case(f"paywall-inside-{code}", document(text.title, f"{stub}{offer}</article>", code), Outcome.PAYWALL)
    yield Case(f"paywall-behind-{code}", document(text.title, f"{stub}</article>{offer}", code), Outcome.PAYWALL)
    closed = json_ld(
        headline=text.title, isAccessibleForFree=False, wordCount=900, datePublished="2026-05-12T08:00:00Z"
    )
    yield Case(f"paywall-declared-{code}", document(text.title, f"{stub}</article>", code, closed), Outcome.PAYWALL)


def others(code: str, text: Text) -> Iterator[Case]:
    form = '<form><input type="text" name="user"><input type="password"></form>'
    yield Case(f"login-{code}", document(text.login, f"<h1>{escape(text.login)}</h1>{form}", code), Outcome.LOGIN)
    gone = f"<main><h1>{escape(text.missing)}</h1>{paragraphs(text.missing + '.')}</main>"
    yield Case(f"missing-{code}", document(f"{text.missing} | Courier", gone, code), Outcome.SOFT_404)
    teasers = "".join(f'<h3><a href="/n/{n}">{escape(t)}</a></h3>' for n, t in enumerate(text.paragraphs * 3))
    yield Case(f"missing-teasers-{code}", document(f"404 - {text.missing}", gone + teasers, code), Outcome.SOFT_404)
    removed = f"<article><h1>{escape(text.title)}</h1>{paragraphs(text.removed)}</article>"
    yield Case(f"removed-{code}", document(text.title, removed, code), Outcome.REMOVED)
    shell = f'<noscript>{escape(text.javascript)}</noscript><div id="root"></div><script src="/main.js"></script>'
    yield Case(f"shell-{code}", document("Courier", shell, code), Outcome.NEEDS_JAVASCRIPT)


def articles(code: str, text: Text) -> Iterator[Case]:
    plain = f"<article><h1>{escape(text.title)}</h1>{paragraphs(*text.paragraphs)}</article>"
    yield Case(f"article-{code}", document(text.title, plain, code), Outcome.OK)
    yield Case(f"article-furnished-{code}", document(text.title, furnished(text, plain), code), Outcome.OK)
    dated = json_ld(headline=text.title, datePublished="2026-05-12T08:00:00Z", isAccessibleForFree=True)
    yield Case(f"article-dated-{code}", document(text.title, furnished(text, plain), code, dated), Outcome.OK)
    for kind in ("bot", "consent", "paywall", "login", "missing", "removed", "javascript"):
        said = text.consent[0] if kind == "consent" else getattr(text, kind)
        quoting = paragraphs(*text.paragraphs[:2], f"«{said}»", text.paragraphs[2])
        about = f"<article><h1>{escape(text.title)}</h1>{quoting}</article>"
        yield Case(f"about-{kind}-{code}", document(text.title, furnished(text, about), code), Outcome.OK)


def indexes() -> Iterator[Case]:
    for code, text in TEXTS.items():
        teasers = "".join(
            f'<div class="teaser"><h3><a href="/n/{n}">{escape(t)} {n}</a></h3></div>'
            for n, t in enumerate(text.paragraphs * 6)
        )
        yield Case(
            f"index-{code}",
            document("Courier", f"<main>{teasers}</main>", code),
            Outcome.INDEX_PAGE,
            "https://courier.example/politics/",
        )


def cases() -> list[Case]:
    makers = (bots, consents, paywalls, others, articles)
    return [case for code, text in TEXTS.items() for make in makers for case in make(code, text)] + list(indexes())

# ruff: noqa: E501 -- wide scripts count double
"""Walls in the mark-up of the vendors that sell them, in words that no list of phrases holds, and articles beside them.

The shapes are those that the vendors' public documentation and the pages of their customers show.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from newsflow.outcomes import Outcome
from tests.extract.texts import TEXTS, Text
from tests.extract.walls import Case, document, json_ld, paragraphs

OFFERS = {
    "en": ("This is premium content", "Your first month for $1, cancel anytime"),
    "de": ("Dieser Text gehört zu Plus", "Der erste Monat für 1 €, jederzeit kündbar"),
    "fr": ("Débloquez cet article", "1 € le premier mois, sans engagement"),
    "es": ("Contenido para socios", "Primer mes por 1 €, cancela cuando quieras"),
    "pt": ("Conteúdo para membros", "R$ 1,99 no primeiro mês, cancele quando quiser"),
    "pl": ("To jest treść premium", "Pierwszy miesiąc za 1 zł, rezygnujesz, kiedy chcesz"),
    "ru": ("Это платный материал", "Первый месяц за 1 ₽, отмена в любой момент"),
    "el": ("Περιεχόμενο premium", "Ο πρώτος μήνας με 1 €, ακυρώνετε όποτε θέλετε"),
    "tr": ("Bu içerik premium", "İlk ay 1 TL, istediğiniz zaman iptal edin"),
    "ja": ("この先は有料です", "初月100円、いつでも解約できます"),
    "ko": ("프리미엄 콘텐츠입니다", "첫 달 100원, 언제든지 해지할 수 있습니다"),
}
PAYWALLS = {
    "piano": '<div class="tp-container-inner"><div class="piano-offer">{offer}</div></div>',
    "poool": '<div id="poool-widget" class="poool-widget-paywall"><div class="p3-body">{offer}</div></div>',
    "zephr": '<div class="zephr-paywall zephr-rendered"><div>{offer}</div></div>',
    "leaky": '<div class="leaky_paywall_message_wrap"><div id="leaky_paywall_message">{offer}</div></div>',
    "sophi": '<div id="sophi-paywall"><section>{offer}</section></div>',
    "mather": '<div class="mpp-paywall"><div class="mpp-offer">{offer}</div></div>',
    "evolok": '<div id="evolok-metering-widget" class="ev-engagement">{offer}</div>',
    "pelcro": '<div class="pelcro-root"><div id="pelcro-paywall">{offer}</div></div>',
    "steady": '<div id="steady-paywall" class="steady_paywall__container">{offer}</div>',
    "own": '<aside class="article-regwall">{offer}</aside>',
}
CONSENTS = {
    "onetrust": '<div id="onetrust-consent-sdk"><div id="onetrust-banner-sdk" role="alertdialog"><div id="onetrust-policy">{said}</div><button id="onetrust-accept-btn-handler">{button}</button></div></div>',
    "didomi": '<div id="didomi-host" class="didomi-host"><div class="didomi-popup-container"><div class="didomi-popup-notice">{said}</div><button class="didomi-button">{button}</button></div></div>',
    "sourcepoint": '<div id="sp_message_container_1" class="sp-message-open"><div class="message-container">{said}<button class="sp_choice_type_11">{button}</button></div></div>',
    "quantcast": '<div class="qc-cmp2-container"><div class="qc-cmp2-summary-section">{said}</div><button mode="primary">{button}</button></div>',
    "usercentrics": '<div id="usercentrics-root"><div data-testid="uc-default-wall">{said}<button>{button}</button></div></div>',
    "trustarc": '<div id="truste-consent-track"><div id="truste-consent-text">{said}</div><button id="truste-consent-button">{button}</button></div>',
    "cookiebot": '<div id="CybotCookiebotDialog"><div id="CybotCookiebotDialogBodyContentText">{said}</div><button>{button}</button></div>',
    "funding choices": '<div class="fc-consent-root"><div class="fc-dialog-container"><div class="fc-dialog-content">{said}</div><button class="fc-button">{button}</button></div></div>',
}
CHALLENGES = {
    "turnstile": '<main class="main-content"><h1>courier.example</h1><div class="cf-turnstile"></div>{bot}<div class="footer">Ray ID: 8a0c77</div></main>',
    "datadome-frame": '<iframe src="https://geo.captcha-delivery.com/captcha/?initialCid=A" title="DataDome CAPTCHA"></iframe>{bot}',
    "human-box": '<div class="px-captcha-container"><div id="px-captcha"></div>{bot}</div><script>window._pxAppId="PX0"</script>',
    "akamai": '<script src="/akam/13/pixel"></script><div id="sec-if-cpt-container"><div id="sec-text-container">{bot}</div></div>',
    "incapsula": '<iframe src="/_Incapsula_Resource?SWUDNSAI=31&amp;xinfo=9">Request unsuccessful. Incapsula incident ID: 0-1</iframe>{bot}',
    "aws": '<script>window.gokuProps={{}}; window.awsWafCookieDomainList=[];</script><div id="captcha-container"></div>{bot}',
    "hcaptcha": '<form action="/verify">{bot}<div class="h-captcha" data-sitekey="0"></div></form>',
    "recaptcha": '<form action="/sorry">{bot}<div class="g-recaptcha" data-sitekey="0"></div></form>',
    "kasada": '<script src="/149e9513-01fa/2d206a39/ips.js?KP_UIDz=0"></script><script>window.KPSDK={{}}</script>{bot}',
}
LOGINS = {
    "auth0": '<div class="auth0-lock"><form class="auth0-lock-widget"><h1>{login}</h1><input name="email"><input type="password" name="password"><button>{login}</button></form></div>',
    "keycloak": '<div id="kc-content"><h1 id="kc-page-title">{login}</h1><form id="kc-form-login"><input id="username"><input id="password" type="password"></form></div>',
    "wordpress": '<div id="login"><h1><a href="/">Courier</a></h1><form name="loginform" id="loginform"><p><input id="user_login"></p><p><input type="password" id="user_pass"></p><input type="submit" value="{login}"></form><p id="nav"><a href="/lost">{login}</a></p></div>',
}
SHELLS = {
    "next": '<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{{"props":{{"pageProps":{{}}}},"page":"/[slug]"}}</script>',
    "nuxt": '<div id="__nuxt"></div><script>window.__NUXT__={{config:{{}}}}</script>',
    "react": '<noscript>{javascript}</noscript><div id="root"></div><script src="/static/js/main.js"></script>',
    "angular": '<app-root></app-root><script src="/runtime.js" type="module"></script><noscript>{javascript}</noscript>',
}


def _article(text: Text, body: str) -> str:
    return f"<article><h1>{escape(text.title)}</h1><div class=text>{body}</div></article>"


def _cut(paragraph: str) -> str:
    """The first half of a paragraph, as a stub breaks off."""
    return paragraph[: len(paragraph) // 2].rsplit(" ", 1)[0] + "…"


def _offer(code: str) -> str:
    head, price = (escape(line) for line in OFFERS[code])
    return f"<h2>{head}</h2><p>{price}</p><button>OK</button>"


def paywalls(code: str, text: Text) -> Iterator[Case]:
    """A stub that breaks off before a box of the vendor's; and the full text above such a box that a style hides."""
    stub = paragraphs(text.paragraphs[0], _cut(text.paragraphs[1]))
    for vendor, shape in PAYWALLS.items():
        wall = shape.format(offer=_offer(code))
        inside = document(text.title, _article(text, stub + wall), code)
        yield Case(f"paywall-{vendor}-inside-{code}", inside, Outcome.PAYWALL)
        yield Case(f"paywall-{vendor}-{code}", document(text.title, _article(text, stub) + wall, code), Outcome.PAYWALL)
        full = document(text.title, _article(text, paragraphs(*text.paragraphs)) + wall, code)
        yield Case(f"article-over-{vendor}-{code}", full, Outcome.OK)


def consents(code: str, text: Text) -> Iterator[Case]:
    """The vendor's dialogue alone, and before and behind a full text."""
    for vendor, shape in CONSENTS.items():
        box = shape.format(said=paragraphs(text.consent[0]), button=escape(text.consent[1]))
        yield Case(f"consent-{vendor}-{code}", document(text.title, box, code), Outcome.CONSENT_WALL)
        full = _article(text, paragraphs(*text.paragraphs))
        yield Case(f"article-with-{vendor}-{code}", document(text.title, box + full, code), Outcome.OK)
        yield Case(f"article-before-{vendor}-{code}", document(text.title, full + box, code), Outcome.OK)


def others(code: str, text: Text) -> Iterator[Case]:
    """Browser checks, login pages and empty shells."""
    for vendor, shape in CHALLENGES.items():
        body = shape.format(bot=paragraphs(text.bot))
        yield Case(f"bot-{vendor}-{code}", document("courier.example", body, code), Outcome.BOT_CHALLENGE)
    for vendor, shape in LOGINS.items():
        body = shape.format(login=escape(text.login))
        yield Case(f"login-{vendor}-{code}", document(f"{text.login} | Courier", body, code), Outcome.LOGIN)
    for vendor, shape in SHELLS.items():
        body = shape.format(javascript=escape(text.javascript))
        yield Case(f"shell-{vendor}-{code}", document("Courier", body, code), Outcome.NEEDS_JAVASCRIPT)


def surrounded(code: str, text: Text) -> Iterator[Case]:
    """Full texts among all that a page may print around them, and pages that say they are closed but show all."""
    full = _article(text, paragraphs(*text.paragraphs))
    login = f'<form class="login-box"><h3>{escape(text.login)}</h3><input name=u><input type="password"></form>'
    pitch = f'<aside class="subscription-pitch">{_offer(code)}</aside>'
    letter = f'<form class="newsletter"><h3>{escape(text.title)}</h3><input type=email><button>OK</button></form>'
    captcha = '<div class="g-recaptcha"></div><script src="/cdn-cgi/challenge-platform/x.js"></script>'
    around = {"login": login, "pitch": pitch, "newsletter": letter, "captcha": captcha}
    for name, box in {**around, "all": "".join(around.values())}.items():
        yield Case(f"article-above-{name}-{code}", document(text.title, full + box, code), Outcome.OK)
        yield Case(f"article-below-{name}-{code}", document(text.title, box + full, code), Outcome.OK)
    closed = json_ld(headline=text.title, isAccessibleForFree=False, datePublished="2026-05-12T08:00:00Z")
    marked = _article(text, f'<section class="paywall">{paragraphs(*text.paragraphs)}</section>')
    yield Case(f"article-closed-shown-{code}", document(text.title, marked, code, closed), Outcome.OK)
    live = f'{full}<div id="__next"><div class="app"></div></div><noscript>{escape(text.javascript)}</noscript>'
    yield Case(f"article-in-application-{code}", document(text.title, live, code), Outcome.OK)


def cases() -> list[Case]:
    """All of them, in the languages of `OFFERS`."""
    makers = (paywalls, consents, others, surrounded)
    return [case for code in OFFERS for make in makers for case in make(code, TEXTS[code])]

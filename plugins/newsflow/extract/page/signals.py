"""What the mark-up gives away before it is stripped: password fields, captchas, shells of applications."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml.html import HtmlElement

from newsflow.extract.page.tree import text_of

# Addresses and names in the mark-up of browser checks, by vendor: Cloudflare, DataDome, HUMAN (PerimeterX),
# Imperva (Incapsula), AWS WAF, Akamai, Kasada, Sucuri, DDoS-Guard, reCAPTCHA, hCaptcha, Turnstile, GeeTest.
_CHALLENGES = (
    "_cf_chl_opt", "cf-browser-verification", "cf-challenge", "/cdn-cgi/challenge-platform", "captcha-delivery.com",
    "px-captcha", "_incapsula_resource", "awswafcookiedomainlist", "gokuprops", "ak-challenge", "/kpsdk/",
    "sucuri_cloudproxy_js", "ddos-guard", "g-recaptcha", "h-captcha", "cf-turnstile", "geetest_",
)  # fmt: skip
_SHELLS = frozenset(("root", "app", "__next", "__nuxt", "react-root", "main-app", "application", "svelte", "gatsby"))


@dataclass(frozen=True, slots=True)
class PageSignals:
    """`password`: a field for one; `shell`: an empty application root; `html`: the page's mark-up."""

    password: bool = False
    shell: bool = False
    noscript: str = ""
    buttons: str = ""
    button_count: int = 0
    html: str = field(default="", repr=False)

    @property
    def challenge(self) -> str:
        """Name of a browser check, "" without one; looked for when asked, as few pages give reason to."""
        small = self.html[:200_000].casefold()
        return next((name for name in _CHALLENGES if name in small), "")


def read(root: HtmlElement, html: str) -> PageSignals:
    """Look at a tree that still has its scripts and forms."""
    buttons = list(root.iter("button"))
    return PageSignals(
        password=any((field.get("type") or "").lower() == "password" for field in root.iter("input")),
        shell=any((box.get("id") or "") in _SHELLS and not text_of(box) for box in root.iter("div", "main")),
        noscript=" ".join(text_of(element)[:300] for element in root.iter("noscript"))[:1000].casefold(),
        buttons=" ".join(text_of(element)[:60] for element in buttons)[:1000].casefold(),
        button_count=len(buttons),
        html=html,
    )

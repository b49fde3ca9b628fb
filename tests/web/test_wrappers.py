"""Links within links, and parameters that track or name the page."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from newsflow.web.urls import canonicalise

PAGE = "https://www.hafen.example/a/1?id=4"
ESCAPED = quote(PAGE, safe="")


def google_news(url: str) -> str:
    """As Google News wrote the address of an article until 2024."""
    size = bytes([len(url)]) if len(url) < 128 else bytes([len(url) & 127 | 128, len(url) >> 7])
    message = b"\x08\x13\x22" + size + url.encode() + b"\xd2\x01\x00"
    return base64.urlsafe_b64encode(message).decode().rstrip("=")


WRAPPED = [
    f"https://www.google.com/url?rct=j&sa=t&url={ESCAPED}&ct=ga&cd=CAI&usg=AOv",
    f"https://www.google.de/url?q={ESCAPED}&sa=U",
    f"https://www.google.co.uk/url?sa=t&q=&url={ESCAPED}",
    f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&tid=7&url={ESCAPED}&c=1&mkt=de-de",
    f"https://l.facebook.com/l.php?u={ESCAPED}&h=AT0",
    f"https://www.facebook.com/l.php?u={ESCAPED}",
    f"https://www.youtube.com/redirect?event=video&q={ESCAPED}",
    f"https://duckduckgo.com/l/?uddg={ESCAPED}&rut=1",
    f"https://out.reddit.com/t3_1?url={ESCAPED}&token=A",
    f"https://eur01.safelinks.protection.outlook.com/?url={ESCAPED}&data=05",
    f"https://vk.com/away.php?to={ESCAPED}",
    f"https://r.search.yahoo.com/_ylt=A/RV=2/RE=1/RO=10/RU={ESCAPED}/RK=2/RS=x",
    f"https://www.google.com/url?url={quote(f'https://www.bing.com/news/apiclick.aspx?url={ESCAPED}', safe='')}",
    f"https://www.google.com/url?url={quote(PAGE + '&utm_source=x', safe='')}",
    f"https://www.bing.com/news/apiclick.aspx?URL={ESCAPED}",
    f"https://steamcommunity.com/linkfilter/?u={ESCAPED}",
    f"https://link.zhihu.com/?target={ESCAPED}",
    f"https://go.bsky.app/redirect?u={ESCAPED}",
    f"https://disq.us/url?url={ESCAPED}%3AkZEjq2aOSQ7m1lx8v6cNqz9rT4A&cuid=1",
    f"https://urldefense.com/v3/__{PAGE}__;!!Ab1!xyz$",
    "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.hafen.example_a_1-3Fid-3D4&d=DwMF",
    f"https://www.bing.com/ck/a?!&&p=1&u=a1{base64.urlsafe_b64encode(PAGE.encode()).decode().rstrip('=')}&ntb=1",
    f"https://news.google.com/rss/articles/{google_news(PAGE)}?oc=5",
    f"https://news.google.com/__i/rss/rd/articles/{google_news(PAGE + '&utm_source=' + 'x' * 200)}?oc=5&hl=de",
    "https://www.google.com/amp/s/www.hafen.example/a/1?id=4",
    "https://www-hafen-example.cdn.ampproject.org/c/s/www.hafen.example/a/1?id=4",
]


@pytest.mark.parametrize("url", WRAPPED)
def test_a_wrapper_is_not_the_page(url: str) -> None:
    assert canonicalise(url) == PAGE


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/search?q=https%3A%2F%2Fwww.hafen.example%2Fa",
        "https://www.google.com/url?q=no+address",
        "https://www.google.com/url?url=javascript%3Aalert(1)",
        "https://www.hafen.example/url?url=https%3A%2F%2Fother.example%2F",
        "https://google.evil.example/url?url=https%3A%2F%2Fother.example%2F",
        "https://www.google.com/url?url=https%3A%2F%2F%5B",
        "https://www.google.com/url?" + "a=1&" * 200,
        "https://news.google.com/rss/articles/CBMiW0FVX3lxTE5mUW5yd0h3cDlzZHVfaXdsb3dtVG5KQ0NYbk1ZTmdwV0xaY3NPSkg?oc=5",
        "https://www.bing.com/ck/a?u=a1!!!!!!!!!!!!!!!!",
        "https://urldefense.com/v3/__https://www.hafen.example/a*b__;Iw!!x",
    ],
)
def test_other_addresses_stay(url: str) -> None:
    assert canonicalise(url).partition("?")[0] == url.partition("?")[0]


@pytest.mark.parametrize(
    "parameter",
    [
        "wt.mc_id=rss.politik", "WT.tsrc=rss", "wt_mc=rss", "wt_zmc=x", "cm_mmc=RSS-_-a", "cm_mmca1=3", "cm_lm=a",
        "dpg_source=rss", "dpg_campaign=1", "campaign_id=9", "campaign_source=x", "pk_campaign=feed", "pk_source=rss",
        "pk_kwd=a", "at_medium=RSS", "at_campaign=KARANGA", "at_custom2=x", "ns_mchannel=rss", "ns_campaign=bbc",
        "ga_source=x", "utm_anything=1", "mtm_group=2", "xtor=RSS-3", "fbclid=1", "__readwiseLocation=x", "mc_tc=1",
        "source=rss", "from=twitter.com", "ref=rss_feed", "src=newsletter-daily", "erid=1", "usqp=mq",
        "amp;utm_source=rss", "maca=de-rss-de-all", "emc=rss", "via=newsletter", "ref=www.letter.example",
        "amp_js_v=0.1",
    ],
)  # fmt: skip
def test_what_tracks_goes(parameter: str) -> None:
    assert canonicalise(f"https://www.n.example/a?id=5&{parameter}") == "https://www.n.example/a?id=5"


@pytest.mark.parametrize(
    "parameter",
    [
        "pk_id=12", "at_id=7", "ns_id=3", "ga_id=9", "source=feed123", "source=rss-4711", "asc_id=3", "fb_id=1",
        "wt_id=3", "trk_id=8", "stm_id=2", "itm_id=1", "vero=1", "src=twitterstorm", "from=feedback", "campaign=12",
        "mod=rss2024", "ref=12", "hmb_id=1", "piwik=1", "_hs=1", "at_page=2", "oly_id=3",
        "via=17", "emc=5", "ref=story.html", "ref=a.12", "id=5?page=2", "q=what?really=1",
    ],
)  # fmt: skip
def test_what_may_name_the_page_stays(parameter: str) -> None:
    assert canonicalise(f"https://www.n.example/show?{parameter}") == f"https://www.n.example/show?{parameter}"


@pytest.mark.parametrize("query", ["id=5?utm_source=rss", "id=5?utm_source=a&utm_medium=b", "id=5?fbclid=x"])
def test_a_second_question_mark_before_what_tracks(query: str) -> None:
    assert canonicalise(f"https://www.n.example/a?{query}") == "https://www.n.example/a?id=5"

"""Links within links, and parameters that track or name the page."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from newsflow.web.urls import canonicalise

PAGE = "https://www.hafen.example/a/1?id=4"
ESCAPED = quote(PAGE, safe="")
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
    ],
)  # fmt: skip
def test_what_may_name_the_page_stays(parameter: str) -> None:
    assert canonicalise(f"https://www.n.example/show?{parameter}") == f"https://www.n.example/show?{parameter}"
